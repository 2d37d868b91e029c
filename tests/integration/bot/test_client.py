import asyncio
import json
import traceback
from collections.abc import AsyncIterator
from contextlib import nullcontext
from datetime import timedelta

import pytest

from monitor.bot.client import BotClient
from monitor.errors import ChannelClosed, DeliveryError, MaybeAccepted, MessageGone, MessageRejected, NotAccepted
from tests.harness.loops import wait_out
from tests.servers import faults
from tests.servers.bot_api import BotApi
from tests.servers.bot_faults import (
    badjson,
    deliver_then_502,
    deliver_then_hang,
    deliver_then_reset,
    empty200,
    html502,
    http,
    too_many_requests,
)
from tests.servers.faults import Fault, deliver_then

CHAT = "@test_channel"
POST = '<b><a href="https://news.example/1">Заголовок</a></b>'
pytestmark = pytest.mark.manual_time  # no answer is late because the machine is busy


@pytest.fixture
async def channel(api: BotApi) -> AsyncIterator[BotClient]:
    async with BotClient(api.token, base_url=api.url) as opened:
        yield opened


def answer(code: int, content: object) -> Fault:
    return faults.status(code, {"content-type": "application/json"}, json.dumps(content))


async def refusal(channel: BotClient, html: str = POST, chat: str = CHAT) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await channel.post(chat, html)
    return caught.value


# -- when all is well -----------------------------------------------------------------------------------


async def test_a_post_and_its_edit_show_in_the_channel(api: BotApi, channel: BotClient) -> None:
    message_id = await channel.post(CHAT, POST)
    await channel.edit(CHAT, message_id, f"{POST}\nТакже пишут: Медуза")

    (shown,) = api.posted(CHAT)
    assert shown.message_id == message_id
    assert shown.text == "Заголовок\nТакже пишут: Медуза"
    assert {entity["type"] for entity in shown.entities} == {"bold", "text_link"}


async def test_the_first_link_is_previewed_small_also_after_an_edit(api: BotApi, channel: BotClient) -> None:
    message_id = await channel.post(CHAT, POST)
    await channel.edit(CHAT, message_id, f"{POST}!")

    for call in api.calls:
        assert json.loads(call.params["link_preview_options"]) == {"prefer_small_media": True}


async def test_a_chat_may_be_named_by_its_number(api: BotApi, channel: BotClient) -> None:
    await channel.post("-1001234567890", POST)

    assert len(api.posted(CHAT)) == 1


async def test_a_silent_post_disturbs_nobody(api: BotApi, channel: BotClient) -> None:
    await channel.post(CHAT, POST, silent=True)
    await channel.post(CHAT, POST)

    assert [call.params.flag("disable_notification") for call in api.calls] == [True, False]


async def test_opening_asks_telegram_nothing(api: BotApi) -> None:
    async with BotClient(api.token, base_url=f"{api.url}/"):
        pass

    assert api.calls == []


async def test_an_edit_that_changes_nothing_is_done(channel: BotClient) -> None:
    message_id = await channel.post(CHAT, POST)

    await channel.edit(CHAT, message_id, POST)


# -- when the answer is lost ----------------------------------------------------------------------------

LOST = {
    "hang": wait_out(faults.hang),
    "reset": faults.reset,
    "closed without a byte": faults.no_answer,
    "not HTTP": faults.garbage,
    "truncated": faults.truncate,
    "half of the body": faults.drop_mid_body,
    "dripping": wait_out(faults.slow_drip(20)),
    "502 in HTML": html502,
    "503 empty": faults.status(503),
    "503 in somebody else's JSON": answer(503, {"message": "upstream"}),
    "500 in a JSON list": answer(500, [1]),
    "500 in the words of the Bot API": http(500, "Internal Server Error: restart"),
    "500 that names a chat": http(500, "Internal Server Error: chat not found"),
    "posted, then 500 in the words of the Bot API": deliver_then(http(500, "Internal Server Error: restart")),
    "bad JSON": badjson,
    "deep JSON": faults.status(200, {}, "[" * 100_000),
    "empty 200": empty200,
    "200 without a result": answer(200, {"ok": True}),
    "200 with no message": answer(200, {"ok": True, "result": {}}),
    "posted, then hang": wait_out(deliver_then_hang),
    "posted, then reset": deliver_then_reset,
    "posted, then 502": deliver_then_502,
}


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST)
async def test_a_post_whose_answer_is_lost_is_in_doubt(api: BotApi, channel: BotClient, fault: Fault) -> None:
    api.script(fault)

    assert type(await refusal(channel)) is MaybeAccepted


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST)
async def test_an_edit_whose_answer_is_lost_may_be_repeated(api: BotApi, channel: BotClient, fault: Fault) -> None:
    message_id = await channel.post(CHAT, "было")
    api.script(fault, "editMessageText")

    with pytest.raises(DeliveryError) as caught:
        await channel.edit(CHAT, message_id, "стало")
    await channel.edit(CHAT, message_id, "стало")

    assert type(caught.value) is NotAccepted
    assert api.posted(CHAT)[0].text == "стало"


async def test_a_yes_without_the_message_is_in_doubt_too(api: BotApi, channel: BotClient) -> None:
    api.script(answer(200, {"ok": True, "result": True}))

    assert type(await refusal(channel)) is MaybeAccepted


async def test_a_slow_answer_is_waited_for(api: BotApi, channel: BotClient) -> None:
    api.script(wait_out(faults.slow(0.1), seconds=25))

    assert await channel.post(CHAT, POST) == 1


async def test_cancelling_is_not_an_error_of_delivery(api: BotApi, channel: BotClient) -> None:
    with api.hold() as hold:
        posting = asyncio.create_task(channel.post(CHAT, POST))
        await hold.arrived()
        posting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await posting


# -- when it surely was not posted ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base_url", "proxy"),
    [
        ("http://127.0.0.1:{free}", None),  # nobody listens
        ("https://127.0.0.1:{api}", None),  # no secure connection
        ("telegram.example", None),  # not an address
        ("http://127.0.0.1:{api}", "http://127.0.0.1:{free}"),
        ("http://127.0.0.1:{api}", "socks5://127.0.0.1:{free}"),
    ],
)
async def test_a_connection_that_never_opened(api: BotApi, base_url: str, proxy: str | None) -> None:
    ports = {"free": "1", "api": api.url.rpartition(":")[2]}  # nobody listens on the first
    base_url, proxy = base_url.format(**ports), proxy and proxy.format(**ports)
    async with BotClient(api.token, base_url=base_url, proxy=proxy) as channel:
        assert type(await refusal(channel)) is NotAccepted
        with pytest.raises(NotAccepted):
            await channel.check([CHAT])

    assert api.posted(CHAT) == []


@pytest.mark.parametrize(
    "fault",
    [
        http(429, "Too Many Requests: retry later"),
        http(429, "Too Many Requests: retry later", {"retry_after": 0}),
    ],
)
async def test_a_refusal_in_the_words_of_the_bot_api(api: BotApi, channel: BotClient, fault: Fault) -> None:
    api.script(fault)
    error = await refusal(channel)

    assert isinstance(error, NotAccepted)
    assert error.retry_after is None
    assert api.posted(CHAT) == []


@pytest.mark.parametrize(("asked", "obeyed"), [(7, timedelta(seconds=7)), (10**15, timedelta(days=1)), (-1, None)])
async def test_the_pause_telegram_asks_for(
    api: BotApi, channel: BotClient, asked: int, obeyed: timedelta | None
) -> None:
    api.script(too_many_requests(asked))
    error = await refusal(channel)

    assert isinstance(error, NotAccepted)
    assert error.retry_after == obeyed


async def test_an_edit_obeys_the_pause_too(api: BotApi, channel: BotClient) -> None:
    message_id = await channel.post(CHAT, "было")
    api.script(too_many_requests(3), "editMessageText")

    with pytest.raises(NotAccepted) as caught:
        await channel.edit(CHAT, message_id, "стало")
    assert caught.value.retry_after == timedelta(seconds=3)


# -- when the message is at fault -----------------------------------------------------------------------


@pytest.mark.parametrize("html", ["<br>", "<b>", "", " <b> </b> ", "я" * 4097, "половина \ud800"])
async def test_a_malformed_message_is_rejected_and_the_next_goes_on(api: BotApi, channel: BotClient, html: str) -> None:
    assert type(await refusal(channel, html)) is MessageRejected
    assert await channel.post(CHAT, POST) == 1


async def test_a_deleted_message_is_gone(api: BotApi, channel: BotClient) -> None:
    message_id = await channel.post(CHAT, POST)
    api.delete(CHAT, message_id)

    with pytest.raises(MessageGone):
        await channel.edit(CHAT, message_id, "стало")


async def test_a_malformed_edit_is_rejected(channel: BotClient) -> None:
    message_id = await channel.post(CHAT, POST)

    with pytest.raises(MessageRejected):
        await channel.edit(CHAT, message_id, "<p>стало</p>")


# -- when the channel is closed -------------------------------------------------------------------------


async def test_a_revoked_token(api: BotApi, channel: BotClient) -> None:
    api.revoke()
    error = await refusal(channel)
    api.revoke(revoked=False)

    assert type(error) is ChannelClosed
    assert "MONITOR_BOT_TOKEN" in str(error)
    assert await channel.post(CHAT, POST) == 1


async def test_a_malformed_token(api: BotApi) -> None:
    async with BotClient("not-a-token", base_url=api.url) as channel:
        assert type(await refusal(channel)) is ChannelClosed


async def test_kicked_from_the_channel(api: BotApi, channel: BotClient) -> None:
    api.kick(CHAT)
    error = await refusal(channel)

    assert type(error) is ChannelClosed
    assert CHAT in str(error)
    assert "администратором" in str(error)


async def test_no_such_chat(channel: BotClient) -> None:
    error = await refusal(channel, chat="@no_such_channel")

    assert type(error) is ChannelClosed
    assert "@no_such_channel не найден" in str(error)


@pytest.mark.parametrize(
    "text",
    [
        "not enough rights to send text messages to the chat",
        "need administrator rights in the channel chat",
        "have no rights to send a message",
        "CHAT_WRITE_FORBIDDEN",
        "TOPIC_CLOSED",
        "TOPIC_DELETED",
        "message thread not found",
    ],
)
async def test_rights_are_missing(api: BotApi, channel: BotClient, text: str) -> None:
    api.script(http(400, f"Bad Request: {text}"))

    assert type(await refusal(channel)) is ChannelClosed


async def test_a_group_that_moved(api: BotApi, channel: BotClient) -> None:
    moved = "Bad Request: group chat was upgraded to a supergroup chat"
    api.script(http(400, moved, {"migrate_to_chat_id": -1005550001112}))
    error = await refusal(channel)

    assert isinstance(error, ChannelClosed)
    assert error.migrated_to == -1005550001112
    assert "-1005550001112" in str(error)


@pytest.mark.parametrize("code", [302, 403, 404, 407])
async def test_somebody_else_answers(api: BotApi, channel: BotClient, code: int) -> None:
    api.script(faults.status(code, {"content-type": "text/html"}, "<html>Доступ ограничен</html>"))
    error = await refusal(channel)

    assert type(error) is ChannelClosed
    assert "MONITOR_PROXY" in str(error)


# -- the check at the start -----------------------------------------------------------------------------


async def test_all_chats_are_open(channel: BotClient) -> None:
    await channel.check([CHAT, "-1009876543210", "1000000001"])


async def test_the_check_tells_what_is_wrong(api: BotApi, channel: BotClient) -> None:
    with pytest.raises(ChannelClosed, match="@nowhere не найден"):
        await channel.check([CHAT, "@nowhere"])
    api.kick(CHAT)
    with pytest.raises(ChannelClosed, match="администратором"):
        await channel.check([CHAT])
    api.revoke()
    with pytest.raises(ChannelClosed, match="MONITOR_BOT_TOKEN"):
        await channel.check([])


RIGHTS = (
    "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members "
    "can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories "
    "can_post_messages"
)
POWERLESS = dict.fromkeys(RIGHTS.split(), False)


@pytest.mark.parametrize(
    ("chat", "member", "open_"),
    [
        (CHAT, {"status": "creator", "is_anonymous": False}, True),
        (CHAT, {"status": "administrator"} | POWERLESS | {"can_post_messages": True}, True),
        (CHAT, {"status": "administrator"} | POWERLESS, False),
        (CHAT, {"status": "member"}, False),  # a reader of the channel
        (CHAT, {"status": "left"}, False),
        ("-1009876543210", {"status": "administrator"} | POWERLESS, True),
        ("-1009876543210", {"status": "member"}, True),
        ("-1009876543210", {"status": "kicked", "until_date": 0}, False),
    ],
)
async def test_only_who_may_write_passes_the_check(
    api: BotApi, channel: BotClient, chat: str, member: dict[str, object], open_: bool
) -> None:
    me = {"id": 1, "is_bot": True, "first_name": "Бот"}
    api.script(answer(200, {"ok": True, "result": member | {"user": me}}), "getChatMember")

    with nullcontext() if open_ else pytest.raises(ChannelClosed):
        await channel.check([chat])


# -- the token ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [faults.reset, html502, badjson, http(401, "Unauthorized"), http(400, "Bad Request: {}"), faults.status(404)],
)
async def test_no_error_carries_the_token(api: BotApi, channel: BotClient, fault: Fault) -> None:
    api.script(fault)
    error = await refusal(channel)
    shown = "".join(traceback.format_exception(error))

    assert api.token.partition(":")[2] not in shown


async def test_a_token_that_telegram_repeats_is_struck_out(api: BotApi, channel: BotClient) -> None:
    api.script(http(401, f"Unauthorized: {api.token}"))

    assert api.token.partition(":")[2] not in repr(await refusal(channel))


async def test_the_channel_does_not_show_its_token(channel: BotClient, api: BotApi) -> None:
    assert api.token not in f"{channel!r} {channel._bot!r} {channel._bot!s}"
