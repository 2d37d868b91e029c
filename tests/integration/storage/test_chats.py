"""Chats that move, close, and bear several names: nothing is lost, nothing told twice, and nobody waits for another."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO

import pytest
from sqlalchemy import Engine

from monitor.bot.client import BotClient
from monitor.bot.dispatcher import Dispatcher
from monitor.bot.terminal import Terminal
from monitor.config.hours import Hours, read_quiet
from monitor.models.outbox import DeliveryKind, DeliveryState, Pace
from monitor.storage.history import History
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.stats import Stats
from tests.factories import NOW
from tests.harness.clock import Clock
from tests.harness.seeded_outbox import CHAT, SeededChats, SeededOutbox
from tests.servers.bot_api import CHANNEL, OPERATOR, REVIEW, TOKEN, BotApi, http

FREE = Pace(per_minute=1000, spacing=timedelta(0))
GROUP, SUPERGROUP, NUMBER, OPERATOR_CHAT = "-555", str(REVIEW.id), str(CHANNEL.id), str(OPERATOR.id)
MIGRATED = http(400, "Bad Request: group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": REVIEW.id})


@dataclass(frozen=True, slots=True, kw_only=True)
class Harness(SeededChats):
    """The chats, and who serves them."""

    def serve(self, *chats: str, operator: str = "") -> Dispatcher:
        """A dispatcher as a (re)started process has it."""
        served = dict.fromkeys(chats, self.channel)
        return Dispatcher(self.outbox, self.store.chats, served, clock=self.clock, pace=FREE, operator=operator)


@pytest.fixture
async def harness(engine: Engine, outbox: Outbox, bot_api: BotApi) -> AsyncIterator[Harness]:
    async with BotClient(TOKEN, base_url=bot_api.url) as channel:
        yield Harness(seeded=SeededOutbox(engine), outbox=outbox, bot_api=bot_api, channel=channel, clock=Clock())


def shown(bot_api: BotApi, chat: str) -> list[str]:
    return [message.text for message in bot_api.posted(chat)]


# -- a group becomes a supergroup -----------------------------------------------------------------------


async def test_what_waits_goes_to_the_supergroup_and_the_operator_is_told_once(harness: Harness) -> None:
    dispatcher = harness.serve(GROUP, OPERATOR_CHAT, operator=OPERATOR_CHAT)
    harness.seeded.add_story(1, chat=GROUP)
    harness.seeded.add_story(2, chat=GROUP)
    harness.bot_api.script(MIGRATED)

    await dispatcher.drain(GROUP)
    await dispatcher.drain(OPERATOR_CHAT)

    assert shown(harness.bot_api, SUPERGROUP) == ["Новость 1", "Новость 2"]
    (notice,) = shown(harness.bot_api, OPERATOR_CHAT)
    assert f"Группа {GROUP} стала супергруппой, её новый номер {SUPERGROUP}" in notice
    (moved,) = [state for state in harness.seeded.chats() if state.chat == GROUP]
    assert (moved.moved_to, moved.closed) == (SUPERGROUP, "")


async def test_a_restart_remembers_the_move(harness: Harness) -> None:
    harness.seeded.add_story(1, chat=GROUP)
    harness.bot_api.script(MIGRATED)
    await harness.serve(GROUP).drain(GROUP)
    harness.seeded.add_story(2, chat=GROUP)

    await harness.serve(GROUP).drain(GROUP)

    assert shown(harness.bot_api, SUPERGROUP) == ["Новость 1", "Новость 2"]
    assert harness.bot_api.count("sendMessage") == 3


async def test_messages_of_the_old_group_are_left_as_they_are(harness: Harness) -> None:
    """Numbers count anew in the supergroup: an edit would hit somebody else's message."""
    dispatcher = harness.serve(SUPERGROUP)
    harness.seeded.add_story(1, chat=SUPERGROUP)
    await dispatcher.drain(SUPERGROUP)
    harness.seeded.add_story(1, chat=SUPERGROUP, html="правка")
    harness.seeded.add_story(2, chat=SUPERGROUP)
    harness.bot_api.script(http(400, "Bad Request: group chat was upgraded", {"migrate_to_chat_id": CHANNEL.id}))

    await dispatcher.drain(SUPERGROUP)

    assert shown(harness.bot_api, NUMBER) == ["Новость 2"]
    assert list(harness.seeded.states().values()) == ["cancelled", "sent"]
    assert "супергруппой" in str(harness.seeded.row(1)["error"])
    assert harness.bot_api.count("editMessageText") == 0


async def test_what_the_old_group_showed_is_told_as_sent(harness: Harness) -> None:
    dispatcher = harness.serve(SUPERGROUP)
    harness.seeded.add_story(1, chat=SUPERGROUP)
    await dispatcher.drain(SUPERGROUP)
    harness.seeded.add_story(2, chat=SUPERGROUP)
    harness.bot_api.script(http(400, "Bad Request: group chat was upgraded", {"migrate_to_chat_id": CHANNEL.id}))
    await dispatcher.drain(SUPERGROUP)

    assert Stats(harness.seeded.engine).summary(NOW).counts == {"sent": 2}
    assert History(harness.seeded.engine).standings([1, 2]) == {1: "sent", 2: "sent"}
    assert [row.state for row in harness.outbox.rows(DeliveryState)] == ["sent", "sent"]


async def test_the_operator_writes_the_new_number_and_nothing_is_told_twice(harness: Harness) -> None:
    harness.seeded.add_story(1, chat=GROUP)
    harness.bot_api.script(MIGRATED)
    await harness.serve(GROUP).drain(GROUP)

    harness.seeded.add_story(1, "Вторая", chat=SUPERGROUP, html="с вторым изданием")
    await harness.serve(SUPERGROUP).drain(SUPERGROUP)

    assert shown(harness.bot_api, SUPERGROUP) == ["с вторым изданием"]
    assert [state.chat for state in harness.seeded.chats()] == [SUPERGROUP]


# -- one channel, two names -----------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "after"), [(CHAT, NUMBER), (NUMBER, CHAT), ("@Test_Channel", CHAT)])
async def test_a_channel_under_another_name_is_the_same_channel(harness: Harness, before: str, after: str) -> None:
    first = harness.serve(before)
    harness.seeded.add_story(1, chat=before)
    await first.drain(before)
    harness.seeded.add_story(2, chat=before)

    for number in (1, 2, 3):  # the operator has changed the setting, and polls went on
        harness.seeded.add_story(number, "Вторая", chat=after, html=f"{number}: два издания")
    await harness.serve(after).drain(after)

    assert shown(harness.bot_api, CHAT) == ["1: два издания", "2: два издания", "3: два издания"]
    assert harness.bot_api.count("sendMessage") == 3
    assert {harness.seeded.row(number)["chat"] for number in harness.seeded.states()} == {after}


async def test_until_telegram_says_which_chat_it_is_nothing_goes_where_it_may_stand_already(harness: Harness) -> None:
    harness.seeded.add_story(1, chat=CHAT)
    await harness.serve(CHAT).drain(CHAT)
    harness.seeded.add_story(1, chat=NUMBER)
    harness.bot_api.script(http(500, "Internal Server Error"), "getChat")
    renamed = harness.serve(NUMBER)

    assert await renamed.drain(NUMBER) == NOW + timedelta(minutes=1)
    assert harness.bot_api.count("sendMessage") == 1
    harness.clock.forward(minutes=1)
    await renamed.drain(NUMBER)

    assert harness.bot_api.count("sendMessage") == 1
    assert shown(harness.bot_api, CHAT) == ["Новость 1"]


async def test_a_chat_that_shuts_the_door_before_it_is_known_is_closed(harness: Harness) -> None:
    harness.seeded.add_story(1, chat=CHAT)
    await harness.serve(CHAT).drain(CHAT)
    harness.seeded.add_story(2, chat=NUMBER)
    harness.bot_api.kick(CHAT)
    renamed = harness.serve(NUMBER)

    await renamed.drain(NUMBER)
    (state,) = [state for state in harness.seeded.chats() if state.chat == NUMBER]
    assert "добавьте его администратором" in state.closed
    assert state.closed_at == NOW

    harness.bot_api.restore(CHAT)
    harness.clock.forward(minutes=1)
    await renamed.drain(NUMBER)
    (state,) = harness.seeded.chats()
    assert (state.chat, state.closed, state.closed_at) == (NUMBER, "", None)
    assert shown(harness.bot_api, CHAT) == ["Новость 1", "Новость 2"]


async def test_what_was_shown_on_a_screen_is_no_reason_to_wait(harness: Harness) -> None:
    chats = dict.fromkeys(("terminal", "terminal/Казахша"), Terminal(StringIO()))
    shown_there = Dispatcher(harness.outbox, harness.store.chats, chats, clock=harness.clock, pace=FREE)
    for chat in chats:
        harness.seeded.add_story(1, chat=chat)
        await shown_there.drain(chat)
    harness.bot_api.script(http(500, "Internal Server Error"), "getChat")
    harness.seeded.add_story(1)

    await harness.serve(CHAT).drain(CHAT)

    assert shown(harness.bot_api, CHAT) == ["Новость 1"]


async def test_a_new_installation_does_not_wait_to_know_its_chat(harness: Harness) -> None:
    harness.bot_api.script(http(500, "Internal Server Error"), "getChat")
    harness.seeded.add_story(1)

    await harness.serve(CHAT).drain(CHAT)

    assert shown(harness.bot_api, CHAT) == ["Новость 1"]


async def test_another_chat_keeps_its_rows(harness: Harness) -> None:
    harness.seeded.add_story(1, chat="@elsewhere")
    harness.seeded.add_story(1, chat=SUPERGROUP)
    await harness.serve(SUPERGROUP, CHAT).drain(SUPERGROUP)
    harness.seeded.add_story(2)
    await harness.serve(SUPERGROUP, CHAT).drain(CHAT)

    assert {(row["chat"], row["state"]) for row in map(harness.seeded.row, harness.seeded.states())} == {
        ("@elsewhere", "pending"),
        (SUPERGROUP, "sent"),
        (CHAT, "sent"),
    }


# -- closed ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", ["kicked", "token"])
async def test_a_closed_chat_says_since_when_and_why_and_resumes_by_itself(harness: Harness, trouble: str) -> None:
    dispatcher = harness.serve(CHAT)
    harness.seeded.add_story(1)
    if trouble == "kicked":
        harness.bot_api.kick(CHAT)
    else:
        harness.bot_api.revoke()
    pauses = []
    for _ in range(12):
        until = await dispatcher.drain(CHAT)
        assert until is not None
        pauses.append(until - harness.clock())
        harness.clock.now = until

    (state,) = harness.seeded.chats()
    assert dispatcher.is_closed(CHAT)
    assert state.closed
    assert state.closed_at == NOW
    assert pauses == sorted(pauses)
    assert max(pauses) == timedelta(minutes=5)

    harness.bot_api.restore(CHAT)
    harness.bot_api.revoke(revoked=False)
    assert await dispatcher.drain(CHAT) is None

    (state,) = harness.seeded.chats()
    assert (state.closed, state.closed_at) == ("", None)
    assert shown(harness.bot_api, CHAT) == ["Новость 1"]


async def test_one_chats_trouble_never_delays_another(harness: Harness) -> None:
    dispatcher = harness.serve(CHAT, SUPERGROUP, OPERATOR_CHAT)
    for chat in (CHAT, SUPERGROUP, OPERATOR_CHAT):
        harness.seeded.add_story(1, chat=chat)
    harness.bot_api.kick(CHAT)
    harness.bot_api.script(http(429, "Too Many Requests: retry after 3600", {"retry_after": 3600}))

    # The 429 hits whoever comes first: not the kicked one, which never gets that far.
    until = await asyncio.gather(*map(dispatcher.drain, (SUPERGROUP, CHAT, OPERATOR_CHAT)))

    assert sum(bool(shown(harness.bot_api, chat)) for chat in (SUPERGROUP, OPERATOR_CHAT)) >= 1
    assert until.count(None) >= 1


# -- the post itself ------------------------------------------------------------------------------------


async def test_a_post_that_may_not_be_edited_is_left_and_says_so(harness: Harness) -> None:
    dispatcher = harness.serve(CHAT)
    harness.seeded.add_story(1)
    await dispatcher.drain(CHAT)
    harness.seeded.add_story(1, html="правка")
    harness.bot_api.script(http(400, "Bad Request: message can't be edited"), "editMessageText")

    await dispatcher.drain(CHAT)

    assert harness.seeded.states() == {1: "cancelled"}
    assert "Пост больше нельзя править, он остаётся" in str(harness.seeded.row(1)["error"])
    assert shown(harness.bot_api, CHAT) == ["Новость 1"]


async def test_buttons_come_with_the_post_and_go_with_an_edit(harness: Harness) -> None:
    dispatcher = harness.serve(SUPERGROUP)
    harness.seeded.add_story(
        1, chat=SUPERGROUP, kind=DeliveryKind.REVIEW, buttons=((("Да", "y:1"), ("Нет", "n:1")), (("?", "q:1"),))
    )
    await dispatcher.drain(SUPERGROUP)
    (message,) = harness.bot_api.posted(SUPERGROUP)
    assert message.raw["reply_markup"]["inline_keyboard"] == [
        [{"text": "Да", "callback_data": "y:1"}, {"text": "Нет", "callback_data": "n:1"}],
        [{"text": "?", "callback_data": "q:1"}],
    ]

    harness.seeded.add_story(
        1, chat=SUPERGROUP, kind=DeliveryKind.REVIEW, html="решено", buttons=((("Отменить", "u:1"),),)
    )
    await dispatcher.drain(SUPERGROUP)
    (message,) = harness.bot_api.posted(SUPERGROUP)
    assert message.raw["reply_markup"]["inline_keyboard"] == [[{"text": "Отменить", "callback_data": "u:1"}]]

    harness.seeded.add_story(1, chat=SUPERGROUP, kind=DeliveryKind.REVIEW, html="решено")
    await dispatcher.drain(SUPERGROUP)
    (message,) = harness.bot_api.posted(SUPERGROUP)
    assert "reply_markup" not in message.raw


async def test_buttons_that_telegram_does_not_take_put_the_row_aside(harness: Harness) -> None:
    harness.seeded.add_story(1, buttons=((("Да", "y" * 65),),))
    await harness.serve(CHAT).drain(CHAT)

    assert harness.seeded.states() == {1: DeliveryState.REJECTED}


async def test_at_night_stories_come_without_a_sound_and_notices_as_they_want(harness: Harness) -> None:
    night = Hours(zone="Asia/Almaty", quiet=read_quiet("13:00-15:00"))  # it is 14:00 there
    dispatcher = Dispatcher(
        harness.outbox, harness.store.chats, {CHAT: harness.channel}, clock=harness.clock, pace=FREE, hours=night
    )
    harness.seeded.add_story(1)
    harness.outbox.tell(CHAT, "a", "громко", now=NOW)
    harness.outbox.tell(CHAT, "b", "тихо", now=NOW, silent=True)
    await dispatcher.drain(CHAT)
    harness.clock.forward(hours=1)
    harness.seeded.add_story(2)
    await dispatcher.drain(CHAT)

    calls = [call for call in harness.bot_api.calls if call.method == "sendMessage"]
    assert [(call.params.text("text")[:3], call.params.flag("disable_notification")) for call in calls] == [
        ("<b>", True),
        ("гро", False),
        ("тих", True),
        ("<b>", False),
    ]


async def test_a_number_that_exists_is_told_from_one_that_does_not(harness: Harness) -> None:
    harness.bot_api.say(CHAT, "чужое")
    await harness.channel.post(CHAT, "своё")

    assert [await harness.channel.exists(CHAT, number) for number in (1, 2, 3)] == [True, True, False]
