"""Topics of a forum as places that posts go to, over HTTP, on both databases: each by itself, one governor for all."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from monitor.bot.client import BotClient
from monitor.bot.dispatcher import Dispatcher
from monitor.bot.updates import Updates
from monitor.errors import ChannelClosed
from monitor.models.outbox import ChatIdentity, Delivery, DeliveryState, Pace, Settlement
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.outbox.destinations import DestinationStore
from monitor.storage.stats import Stats
from monitor.storage.tables import chats
from tests.factories import NOW
from tests.harness.clock import Clock
from tests.harness.seeded_outbox import SeededChats, SeededOutbox
from tests.servers.bot_api import OPERATOR, TOKEN, BotApi, Chat, deliver_then_reset, http, too_many_requests

FORUM = Chat(id=-1005, type="supergroup", title="Форум", username="test_forum", threads=frozenset({17, 18}))
LATER = Chat(id=-1006, type="supergroup", title="Форум", username="other_forum", threads=frozenset({17, 18}))
PLAIN = Chat(id=-1007, type="supergroup", title="Группа")
GROUP, FIRST, SECOND = "@test_forum", "@test_forum/17", "-1005/18"
FREE = Pace(per_minute=1000, spacing=timedelta(0))
SECONDS = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Harness(SeededChats):
    """A forum, and who serves its topics."""

    def serve(self, *chats: str, pace: Pace = FREE, operator: str = "") -> Dispatcher:
        """A dispatcher as a (re)started process has it."""
        served = dict.fromkeys(chats or (GROUP, FIRST, SECOND), self.channel)
        return Dispatcher(self.outbox, self.store.chats, served, clock=self.clock, pace=pace, operator=operator)

    def shown(self, chat: Chat = FORUM) -> list[tuple[int, str]]:
        return [(post.thread, post.text) for post in self.bot_api.posted(chat.id)]


@pytest.fixture
def forum() -> Iterator[BotApi]:
    with BotApi(chats=(FORUM, LATER, PLAIN, OPERATOR)) as api:
        yield api


@pytest.fixture
async def channel(forum: BotApi) -> AsyncIterator[BotClient]:
    async with BotClient(TOKEN, base_url=forum.url) as opened:
        yield opened


@pytest.fixture
def harness(engine: Engine, outbox: Outbox, forum: BotApi, channel: BotClient) -> Harness:
    return Harness(seeded=SeededOutbox(engine), outbox=outbox, bot_api=forum, channel=channel, clock=Clock())


# -- the client -----------------------------------------------------------------------------------------


async def test_a_message_is_sent_to_its_topic_and_changed_wherever_it_is(forum: BotApi, channel: BotClient) -> None:
    first = await channel.post(FIRST, "в тему")
    await channel.post(f"{GROUP}/1", "в «General»", photo=b"png")
    await channel.edit(FIRST, first, "иначе")

    assert [(post.thread, post.text) for post in forum.posted(GROUP)] == [(17, "иначе"), (0, "в «General»")]
    assert await channel.exists(FIRST, first)
    await channel.delete(FIRST, first)
    assert not await channel.exists(FIRST, first)


async def test_a_topic_is_another_chat_than_its_group(channel: BotClient) -> None:
    known = [await channel.identify(chat) for chat in (GROUP, f"{GROUP}/1", FIRST, "-1005/17", SECOND)]

    group, topic = ChatIdentity(number="-1005", name=GROUP), ChatIdentity(number="-1005/17")
    assert known == [group, group, topic, topic, ChatIdentity(number="-1005/18")]


@pytest.mark.parametrize(
    ("chat", "said"),
    [
        ("@test_forum/99", "Темы 99 в @test_forum нет"),
        ("@test_forum/18", "Тема 18 в @test_forum закрыта"),
        ("@test_forum", "Тема «General» в @test_forum закрыта"),
    ],
)
async def test_a_topic_that_takes_nothing_is_named(forum: BotApi, channel: BotClient, chat: str, said: str) -> None:
    for thread in (1, 18):
        forum.close_topic(GROUP, thread)

    with pytest.raises(ChannelClosed, match=said):
        await channel.post(chat, "текст")


async def test_the_check_says_that_a_group_has_no_topics(channel: BotClient) -> None:
    await channel.check([GROUP, FIRST])

    with pytest.raises(ChannelClosed, match="темы не включены"):
        await channel.check([f"{PLAIN.id}/17"])


async def test_what_is_said_in_a_topic_is_read(forum: BotApi, channel: BotClient) -> None:
    forum.say(GROUP, "/status", thread=17)

    (incoming,) = await Updates(channel).get(0, wait=timedelta(0))

    assert (incoming.chat, incoming.name, incoming.text) == ("-1005", GROUP, "/status")


# -- one governor ---------------------------------------------------------------------------------------


async def test_topics_share_the_pace_of_their_group(harness: Harness) -> None:
    dispatcher = harness.serve(pace=Pace(per_minute=3, spacing=SECONDS))
    for number, chat in enumerate((GROUP, FIRST, SECOND, FIRST), 1):
        harness.seeded.add_story(number, chat=chat)

    waits = []
    for chat in (GROUP, FIRST, FIRST, SECOND, SECOND, FIRST):
        until = await dispatcher.drain(chat)
        waits.append((until - NOW) / SECONDS if until else None)
        harness.clock.forward(seconds=1)

    assert waits == [None, 2, None, 60, 60, None], "sent at 0, 1 and 2; then the minute is full"
    assert len(harness.shown()) == 3


async def test_what_telegram_asks_of_one_topic_holds_for_the_others(harness: Harness) -> None:
    dispatcher = harness.serve()
    for number, chat in enumerate((FIRST, SECOND, GROUP), 1):
        harness.seeded.add_story(number, chat=chat)
    harness.bot_api.script(too_many_requests(600))

    until = NOW + timedelta(seconds=600)
    assert [await dispatcher.drain(chat) for chat in (FIRST, SECOND, GROUP)] == [until] * 3
    assert await harness.serve().drain(SECOND) == until, "a restart obeys it"
    vitals = Stats(harness.seeded.engine).vitals(NOW).chats
    assert {chat.not_before_at for chat in vitals} == {until}, "nobody stands still who was asked to wait"

    harness.clock.now = until
    for chat in (SECOND, GROUP, FIRST):
        assert await dispatcher.drain(chat) is None
    assert harness.shown() == [(18, "Новость 2"), (0, "Новость 3"), (17, "Новость 1")]


async def test_a_send_that_ends_well_shortens_no_pause_of_another_topic(harness: Harness) -> None:
    dispatcher = harness.serve()
    harness.seeded.add_story(1, chat=FIRST)
    harness.seeded.add_story(2, chat=SECOND)
    harness.seeded.add_story(3, chat=SECOND)
    under_way = harness.outbox.claim(SECOND, NOW, lease=timedelta(minutes=3), pace=FREE)
    harness.bot_api.script(too_many_requests(60))
    await dispatcher.drain(FIRST)

    assert isinstance(under_way, Delivery)
    harness.outbox.settle(under_way, Settlement(state=DeliveryState.SENT, message_id=1), NOW)

    assert await dispatcher.drain(SECOND) == NOW + timedelta(seconds=60)


async def test_a_closed_topic_holds_up_only_itself(harness: Harness) -> None:
    dispatcher = harness.serve()
    harness.seeded.add_story(1, chat=FIRST)
    harness.seeded.add_story(2, chat=SECOND)
    harness.bot_api.close_topic(GROUP, 17)

    assert await dispatcher.drain(FIRST) == NOW + timedelta(seconds=5)
    assert await dispatcher.drain(SECOND) is None
    harness.bot_api.close_topic(GROUP, 17, closed=False)
    harness.clock.forward(seconds=5)
    assert await dispatcher.drain(FIRST) is None

    assert harness.shown() == [(18, "Новость 2"), (17, "Новость 1")]


async def test_after_a_lost_answer_no_topic_sends_until_telegram_speaks(harness: Harness) -> None:
    dispatcher = harness.serve()
    for number, chat in enumerate((FIRST, SECOND), 1):
        await dispatcher.drain(chat)  # it is known from here on
        harness.seeded.add_story(number, chat=chat)
    harness.bot_api.script(deliver_then_reset)
    await dispatcher.drain(FIRST)
    harness.clock.forward(minutes=1)
    harness.bot_api.script(http(502, "Bad Gateway"), "getChat")

    assert await dispatcher.drain(SECOND) == harness.clock() + timedelta(seconds=5)
    harness.clock.forward(seconds=5)
    assert await dispatcher.drain(SECOND) is None

    assert list(harness.seeded.states().values()) == ["uncertain", "sent"]
    doubt = harness.store.uncertain.take(FIRST, harness.clock())
    assert doubt
    assert doubt.name == "", "no page shows a topic: the operator decides"


# -- groups that are called otherwise -------------------------------------------------------------------


async def test_a_topic_of_a_renamed_group_is_the_same_topic(harness: Harness) -> None:
    harness.seeded.add_story(1, chat=FIRST)
    harness.seeded.add_story(1, chat=SECOND)
    before = harness.serve(FIRST, SECOND)
    for chat in (FIRST, SECOND):
        await before.drain(chat)
    harness.seeded.add_story(1, "Вторая", chat="-1005/17", html="два издания")

    await harness.serve("-1005/17", SECOND).drain("-1005/17")

    assert harness.shown() == [(17, "два издания"), (18, "Новость 1")]
    assert [row.chat for row in harness.seeded.chats()] == ["-1005/17", SECOND]


async def test_a_group_that_moved_keeps_its_topics(harness: Harness) -> None:
    dispatcher = harness.serve(FIRST, SECOND, str(OPERATOR.id), operator=str(OPERATOR.id))
    harness.seeded.add_story(1, chat=FIRST)
    harness.seeded.add_story(2, chat=SECOND)
    moved = http(400, "Bad Request: group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": LATER.id})

    for chat in (FIRST, SECOND):
        harness.bot_api.script(moved)
        await dispatcher.drain(chat)
    await dispatcher.drain(str(OPERATOR.id))
    harness.seeded.add_story(1, "Вторая", chat="-1006/17", html="два издания")
    await harness.serve("-1006/17", SECOND).drain("-1006/17")

    assert harness.shown() == []
    assert harness.shown(LATER) == [(17, "два издания"), (18, "Новость 2")]
    notices = [post.text for post in harness.bot_api.posted(OPERATOR.id)]
    assert ["новый номер -1006/17" in notices[0], "новый номер -1006/18" in notices[1]] == [True, True]


# -- what a post answers --------------------------------------------------------------------------------


async def test_a_later_part_quotes_the_headline_that_it_answers(harness: Harness) -> None:
    dispatcher = harness.serve()
    linked = '<b><a href="https://news.example/1">Суд &lt;решил&gt;</a></b>'
    harness.seeded.add_story(1, chat=FIRST, html=f"<b>Экстрадиция: суд</b>\n{linked}")
    harness.seeded.add_story(1, chat=FIRST, part=2)
    await dispatcher.drain(FIRST)

    (first, second) = harness.bot_api.posted(GROUP)

    assert (second.reply_to, second.quote, second.thread) == (first.message_id, "Суд <решил>", 17)


async def test_a_quote_that_is_wrong_by_now_costs_nothing_but_itself(harness: Harness) -> None:
    dispatcher = harness.serve()
    harness.seeded.add_story(1, chat=FIRST)
    await dispatcher.drain(FIRST)
    harness.seeded.add_story(1, chat=FIRST, html="<b>Заголовок изменён</b>")
    harness.seeded.add_story(1, chat=FIRST, part=2)  # goes out before the edit
    harness.bot_api.script(http(400, "Bad Request: message can't be edited"), "editMessageText")
    await dispatcher.drain(FIRST)

    (first, second) = harness.bot_api.posted(GROUP)

    assert (second.reply_to, second.quote) == (first.message_id, "")
    assert harness.bot_api.count("sendMessage") == 3


async def test_a_message_that_cannot_be_answered_costs_no_post(forum: BotApi, channel: BotClient) -> None:
    forum.script(http(400, "Bad Request: message to be replied not found"), times=2)

    assert await channel.post(FIRST, "ответ", reply_to=77, quote="<b>нет</b>") == 1
    assert await channel.post(FIRST, "ответ", reply_to=77, quote="<b>нет</b>") == 2

    assert [(post.text, post.reply_to) for post in forum.posted(GROUP)] == [("ответ", 0), ("ответ", 0)]


async def test_the_answer_to_a_second_try_counts(harness: Harness) -> None:
    """The first was refused in clear words; what became of the second nobody knows."""
    harness.seeded.add_story(1, chat=FIRST)
    await harness.serve().drain(FIRST)
    harness.seeded.add_story(1, chat=FIRST, part=2)
    harness.bot_api.script(http(400, "Bad Request: QUOTE_TEXT_INVALID"))
    harness.bot_api.script(deliver_then_reset)

    await harness.serve().drain(FIRST)

    assert list(harness.seeded.states().values()) == ["sent", "uncertain"]


async def test_a_place_that_is_named_twice_is_told_once(harness: Harness, engine: Engine) -> None:
    numbered = "-1005/17"
    DestinationStore(engine).settle([FIRST, numbered], NOW)
    for chat in (FIRST, numbered):
        harness.seeded.add_story(1, chat=chat)
    dispatcher = harness.serve(FIRST, numbered)

    await dispatcher.drain(numbered)  # the second name comes to it first
    await dispatcher.drain(FIRST)
    await dispatcher.drain(numbered)

    assert harness.shown() == [(17, "Новость 1")]
    assert harness.outbox.claim(numbered, NOW, lease=SECONDS, pace=FREE), "what waits is kept"
    with engine.connect() as db:
        assert "дважды" in (db.scalar(select(chats.c.closed).where(chats.c.chat == numbered)) or "")


async def test_a_place_that_takes_nothing_ends_a_sweep(harness: Harness, engine: Engine) -> None:
    """`monitor poll` waits for what will go soon only, and rows of places that are served no more are no reason."""
    DestinationStore(engine).settle([FIRST, "-1005/17"], NOW)
    for chat in (FIRST, "-1005/17", "@nobody_there"):
        harness.seeded.add_story(1, chat=chat)
    dispatcher = harness.serve(FIRST, "-1005/17", "@nobody_there")
    for chat in dispatcher.chats:
        await dispatcher.drain(chat)

    assert [dispatcher.is_closed(chat) for chat in dispatcher.chats] == [False, True, True]
