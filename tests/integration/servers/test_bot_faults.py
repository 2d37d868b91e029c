"""The stand-in of the Bot API: limits, updates, faults, holds, and the public preview of its channel."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, TelegramError, TimedOut

from tests.harness.loops import finish, wait_out
from tests.servers import faults
from tests.servers.bot_api import (
    CHANNEL,
    OPERATOR,
    REVIEW,
    BotApi,
    Chat,
    badjson,
    deliver_then_502,
    deliver_then_hang,
    deliver_then_reset,
    empty200,
    html502,
    http,
    too_many_requests,
)
from tests.servers.faults import Fault

pytestmark = pytest.mark.manual_time  # no answer is late because the machine is busy


class Seconds:
    """The clock of the stand-in, in the test's hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds(api: BotApi) -> Seconds:
    api.clock = clock = Seconds()
    return clock


def call(client: httpx.Client, api: BotApi, method: str, **fields: Any) -> Any:
    return client.post(f"{api.url}/bot{api.token}/{method}", data=fields).json()


# -- the Bot API: limits --------------------------------------------------------------------------------------


def test_the_long_window_counts_sends_and_edits_of_one_chat(
    api: BotApi, client: httpx.Client, seconds: Seconds
) -> None:
    api.limit(chat_per_minute=2, chat_per_second=100, overall=100)
    post = call(client, api, "sendMessage", chat_id=CHANNEL.id, text="1")["result"]["message_id"]
    call(client, api, "editMessageText", chat_id="@test_channel", message_id=post, text="2")

    refused = client.post(f"{api.url}/bot{api.token}/sendMessage", data={"chat_id": CHANNEL.id, "text": "3"})

    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "60"
    assert refused.json()["description"] == "Too Many Requests: retry after 60"
    assert refused.json()["parameters"] == {"retry_after": 60}
    assert call(client, api, "sendMessage", chat_id=REVIEW.id, text="другой чат")["ok"]
    seconds.now = 59.9
    assert not call(client, api, "sendMessage", chat_id=CHANNEL.id, text="3")["ok"]
    seconds.now = 60
    assert call(client, api, "sendMessage", chat_id=CHANNEL.id, text="3")["ok"]


@pytest.mark.usefixtures("seconds")
@pytest.mark.parametrize(
    ("limits", "chats", "accepted"),
    [
        ({"chat_per_second": 1}, [CHANNEL, CHANNEL], [True, False]),
        ({"chat_per_second": 9, "overall": 2}, [CHANNEL, REVIEW, OPERATOR], [True, True, False]),
        ({"chat_per_minute": 1, "chat_per_second": 9}, [CHANNEL, CHANNEL, REVIEW], [True, False, True]),
    ],
)
def test_the_short_windows(
    api: BotApi, client: httpx.Client, limits: dict[str, int], chats: list[Chat], accepted: list[bool]
) -> None:
    api.limit(**limits)

    assert [call(client, api, "sendMessage", chat_id=chat.id, text="x")["ok"] for chat in chats] == accepted
    api.unlimit()
    assert call(client, api, "sendMessage", chat_id=CHANNEL.id, text="x")["ok"]


def test_an_album_costs_its_items_and_the_wait_is_told(api: BotApi, client: httpx.Client, seconds: Seconds) -> None:
    api.limit(chat_per_minute=3, chat_per_second=9)
    media = '[{"type": "photo", "media": "https://news.example/1.jpg"}, {"type": "photo", "media": "https://news.example/2.jpg"}]'

    assert call(client, api, "sendMediaGroup", chat_id=CHANNEL.id, media=media)["ok"]
    refused = call(client, api, "sendMediaGroup", chat_id=CHANNEL.id, media=media)

    assert refused["parameters"]["retry_after"] == 60
    assert call(client, api, "sendMessage", chat_id=CHANNEL.id, text="x")["ok"]


# -- the Bot API: updates -------------------------------------------------------------------------------------


async def test_updates_come_until_confirmed(api: BotApi, bot: Bot) -> None:
    api.say(REVIEW.id, "/why https://news.example/1")
    api.push_update({"message": {"message_id": 9, "date": 1, "chat": REVIEW.json(), "text": "чужое"}})

    first = await bot.get_updates()
    again = await bot.get_updates(offset=first[1].update_id)
    rest = await bot.get_updates(offset=again[0].update_id + 1)

    assert [update.message.text for update in first if update.message] == ["/why https://news.example/1", "чужое"]
    assert first[0].message is not None
    assert first[0].message.entities[0].type == "bot_command"
    assert [update.update_id for update in again] == [first[1].update_id]
    assert rest == ()


async def test_only_the_kinds_asked_for(api: BotApi, bot: Bot) -> None:
    api.say(REVIEW.id, "слово")

    assert await bot.get_updates(allowed_updates=["callback_query"]) == ()


async def test_a_long_poll_wakes_when_something_happens(api: BotApi, bot: Bot, seconds: Seconds) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=10))
    await asyncio.to_thread(api.wait_until, lambda: api.count("getUpdates") == 1)
    assert not waiting.done()
    api.say(REVIEW.id, "проснись")

    assert len(await waiting) == 1


async def test_a_long_poll_ends_empty(api: BotApi, bot: Bot, seconds: Seconds) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=10))
    await asyncio.to_thread(api.wait_until, lambda: api.count("getUpdates") == 1)
    assert not waiting.done()
    seconds.now = 10

    assert await waiting == ()


async def test_a_second_long_poll_ends_the_first(api: BotApi, bot: Bot) -> None:
    async with Bot(api.token, base_url=f"{api.url}/bot") as rival:
        older = asyncio.create_task(bot.get_updates(timeout=10))
        await asyncio.to_thread(api.wait_until, lambda: api.count("getUpdates") == 1)
        younger = await rival.get_updates(timeout=0)

        assert younger == ()
        with pytest.raises(Conflict, match=r"(?i)terminated by other getupdates request"):
            await older


async def test_a_revoked_token_ends_the_poll(api: BotApi, bot: Bot, seconds: Seconds) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=10))
    await asyncio.to_thread(api.wait_until, lambda: api.count("getUpdates") == 1)
    api.revoke()

    with pytest.raises(InvalidToken):
        await waiting


async def test_a_webhook_excludes_polling(api: BotApi, bot: Bot) -> None:
    await bot.set_webhook("https://hook.example/")
    api.say(REVIEW.id, "слово")
    with pytest.raises(Conflict, match=r"(?i)while webhook is active"):
        await bot.get_updates(timeout=10)
    info = await bot.get_webhook_info()
    await bot.delete_webhook(drop_pending_updates=True)

    assert (info.url, info.pending_update_count) == ("https://hook.example/", 1)
    assert await bot.get_updates() == ()


async def test_a_button_is_pressed_and_answered_once(api: BotApi, bot: Bot) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Да", callback_data="yes:1")]])
    question = await bot.send_message(REVIEW.id, "Публиковать?", reply_markup=keyboard)
    with pytest.raises(LookupError):
        api.callback(REVIEW.id, question.message_id, "no:1")
    api.callback(REVIEW.id, question.message_id, "yes:1")

    (update,) = await bot.get_updates()
    query = update.callback_query
    assert query is not None
    assert (query.data, query.message and query.message.message_id) == ("yes:1", question.message_id)
    assert await bot.answer_callback_query(query.id)
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_callback_query(query.id)


# -- the Bot API: faults --------------------------------------------------------------------------------------

SPOILED = {
    "http 500": (http(500, "Internal Server Error"), NetworkError, False),
    "http 400": (http(400, "Bad Request: TOPIC_CLOSED"), BadRequest, False),
    "html 502": (html502, NetworkError, False),
    "bad json": (badjson, TelegramError, False),
    "empty 200": (empty200, TelegramError, False),
    "hang": (wait_out(faults.hang), TimedOut, False),
    "reset": (faults.reset, NetworkError, False),
    "slow": (wait_out(faults.slow(0.2)), TimedOut, False),
    "truncate": (faults.truncate, NetworkError, True),
    "deliver then hang": (wait_out(deliver_then_hang), TimedOut, True),
    "deliver then reset": (deliver_then_reset, NetworkError, True),
    "deliver then 502": (deliver_then_502, NetworkError, True),
    "deliver then truncate": (faults.deliver_then(faults.truncate), NetworkError, True),
}


@pytest.mark.parametrize(("fault", "error", "kept"), SPOILED.values(), ids=SPOILED)
async def test_a_send_with_a_fault(
    api: BotApi, bot: Bot, fault: Fault, error: type[TelegramError], *, kept: bool
) -> None:
    api.script(fault)

    with pytest.raises(error):
        await bot.send_message(CHANNEL.id, "x")
    assert len(api.posted(CHANNEL.id)) == kept
    await bot.send_message(CHANNEL.id, "следующее")
    assert len(api.posted(CHANNEL.id)) == kept + 1


def test_a_kept_message_is_noticed_before_its_answer(api: BotApi, client: httpx.Client) -> None:
    api.script(deliver_then_hang)
    with ThreadPoolExecutor() as pool:
        sending = pool.submit(
            client.post, f"{api.url}/bot{api.token}/sendMessage", data={"chat_id": CHANNEL.id, "text": "x"}
        )
        api.wait_until(lambda: api.posted(CHANNEL.id))
        assert not sending.done()
        api.stop()

        assert isinstance(sending.exception(), httpx.TransportError)


def test_flood_control_and_migration_carry_their_parameters(api: BotApi, client: httpx.Client) -> None:
    upgraded = "Bad Request: group chat was upgraded to a supergroup chat"
    api.script(too_many_requests(17))
    api.script(http(400, upgraded, {"migrate_to_chat_id": -100777}))

    flood, moved = (call(client, api, "sendMessage", chat_id=CHANNEL.id, text="x") for _ in range(2))

    assert flood == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 17",
        "parameters": {"retry_after": 17},
    }
    assert moved["parameters"] == {"migrate_to_chat_id": -100777}


def test_a_fault_of_any_method_and_its_end(api: BotApi, client: httpx.Client) -> None:
    api.script(http(500, "Internal Server Error"), "*", times=None)
    api.script(http(400, "Bad Request: x"), "getMe")

    assert [call(client, api, "getMe")["error_code"] for _ in range(3)] == [400, 500, 500]
    assert call(client, api, "getUpdates")["error_code"] == 500
    api.mend("*")
    assert call(client, api, "getMe")["ok"]


def test_a_held_call_is_not_yet_kept(api: BotApi, client: httpx.Client) -> None:
    with ThreadPoolExecutor() as pool, api.hold("sendMessage") as hold:
        sent = pool.submit(call, client, api, "sendMessage", chat_id=CHANNEL.id, text="x")
        hold.wait_arrived()
        assert api.posted(CHANNEL.id) == []
        hold.release()

        assert sent.result()["ok"]
    assert len(api.posted(CHANNEL.id)) == 1


def test_an_accepted_call_is_kept_while_its_answer_waits(api: BotApi, client: httpx.Client) -> None:
    with ThreadPoolExecutor() as pool, api.hold("sendMessage", accepted=True) as hold:
        sent = pool.submit(call, client, api, "sendMessage", chat_id=CHANNEL.id, text="x")
        hold.wait_arrived()
        assert len(api.posted(CHANNEL.id)) == 1
        assert not sent.done()
        hold.release()

        assert sent.result()["result"]["message_id"] == 1


@pytest.mark.parametrize("accepted", [False, True])
async def test_the_held_call_of_a_dead_client(api: BotApi, bot: Bot, *, accepted: bool) -> None:
    with api.hold("sendMessage", accepted=accepted) as hold:
        sending = asyncio.create_task(bot.send_message(CHANNEL.id, "x"))
        await hold.arrived()
        with pytest.raises(TimedOut):
            await finish(sending, every=50)
    await bot.send_message(CHANNEL.id, "следующее")

    assert len(api.posted(CHANNEL.id)) == 1 + accepted


async def test_an_outage_loses_nothing(api: BotApi, bot: Bot) -> None:
    await bot.send_message(CHANNEL.id, "до")
    await asyncio.to_thread(api.stop)
    with pytest.raises(NetworkError) as caught:
        await bot.send_message(CHANNEL.id, "во время")
    api.start()
    await bot.send_message(CHANNEL.id, "после")

    assert isinstance(caught.value.__cause__, httpx.ConnectError)
    assert [post.text for post in api.posted(CHANNEL.id)] == ["до", "после"]


# -- the public preview of the channel ------------------------------------------------------------------------


def test_the_preview_shows_what_the_channel_shows(api: BotApi, client: httpx.Client) -> None:
    for number in range(25):
        call(client, api, "sendMessage", chat_id=CHANNEL.id, text=f"<b>№{number}</b>\nстрока", parse_mode="HTML")

    newest = client.get(f"{api.url}/s/test_channel").text
    older = client.get(f"{api.url}/s/test_channel?before=6").text

    assert '<div class="tgme_widget_message_text js-message_text" dir="auto"><b>№24</b><br/>строка</div>' in newest
    assert 'data-post="test_channel/25"' in newest
    assert (newest.count("js-message_text"), older.count("js-message_text")) == (20, 5)
    assert 'href="/s/test_channel?before=6"' in newest
    assert "tme_messages_more" not in older


def test_the_preview_may_be_hidden_or_missing(api: BotApi, client: httpx.Client) -> None:
    empty = client.get(f"{api.url}/s/test_channel").text
    api.hide_preview()
    hidden = client.get(f"{api.url}/s/test_channel")

    assert "tme_no_messages_found" in empty
    assert hidden.status_code == 200
    assert "tgme_page" in hidden.text
    assert client.get(f"{api.url}/s/no_such_channel").status_code == 302
