"""The outbox drained to a Bot API over HTTP: what each answer of Telegram does to a delivery and to its chat."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert, select
from structlog.testing import capture_logs

from monitor.bot.client import BotClient
from monitor.bot.dispatcher import Dispatcher
from monitor.models.outbox import DeliveryState, Pace, WantedPost
from monitor.storage.database import write_transaction
from monitor.storage.outbox.deliveries import Outbox, want
from monitor.storage.store import Store
from monitor.storage.tables import chats, deliveries, stories
from tests.factories import NOW
from tests.harness.clock import Clock
from tests.servers import faults
from tests.servers.bot_api import TOKEN, BotApi, badjson, deliver_then_502, deliver_then_reset, html502, http

CHAT = "@test_channel"
FREE = Pace(per_minute=1000, spacing=timedelta(0))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def dispatcher(bot_api: BotApi, store: Store, outbox: Outbox, clock: Clock) -> AsyncIterator[Dispatcher]:
    async with BotClient(TOKEN, base_url=bot_api.url) as channel:
        yield Dispatcher(outbox, store.chats, {CHAT: channel}, clock=clock, pace=FREE)


def wish(engine: Engine, story_id: int = 1, html: str = "текст", part: int = 1, *, silent: bool = False) -> None:
    with write_transaction(engine) as db:
        if db.execute(select(stories.c.id).where(stories.c.id == story_id)).first() is None:
            db.execute(insert(stories).values(id=story_id, created_at=NOW, updated_at=NOW))
        want(db, story_id, WantedPost(chat=CHAT, html=html, part=part, silent=silent), NOW)


def states(engine: Engine) -> list[str]:
    with engine.connect() as db:
        return list(db.scalars(select(deliveries.c.state).order_by(deliveries.c.id)))


def shown(bot_api: BotApi) -> list[str]:
    return [message.text for message in bot_api.posted(CHAT)]


async def test_everything_waiting_is_posted_once_in_order(
    dispatcher: Dispatcher, bot_api: BotApi, engine: Engine
) -> None:
    for number in (1, 2, 3):
        wish(engine, number, f"новость {number}")

    assert await dispatcher.drain(CHAT) is None
    assert await dispatcher.drain(CHAT) is None

    assert shown(bot_api) == ["новость 1", "новость 2", "новость 3"]
    assert states(engine) == ["sent"] * 3


async def test_a_story_that_need_not_ring_comes_without_a_sound(
    dispatcher: Dispatcher, bot_api: BotApi, engine: Engine
) -> None:
    for number, silent in ((1, True), (2, False)):
        wish(engine, number, silent=silent)

    await dispatcher.drain(CHAT)

    assert [post.silent for post in bot_api.posted(CHAT)] == [True, False]


async def test_a_joined_story_is_edited_in_place(dispatcher: Dispatcher, bot_api: BotApi, engine: Engine) -> None:
    wish(engine)
    await dispatcher.drain(CHAT)
    wish(engine, html="текст. Также пишут: Вторая")

    await dispatcher.drain(CHAT)

    assert shown(bot_api) == ["текст. Также пишут: Вторая"]
    assert bot_api.count("sendMessage") == 1


async def test_who_counts_delays_is_told_of_posts_and_not_of_edits_or_failures(
    bot_api: BotApi, store: Store, outbox: Outbox, engine: Engine, clock: Clock
) -> None:
    posted: list[int] = []
    async with BotClient(TOKEN, base_url=bot_api.url) as channel:
        dispatcher = Dispatcher(outbox, store.chats, {CHAT: channel}, clock=clock, pace=FREE, posted=posted.append)
        wish(engine)
        await dispatcher.drain(CHAT)
        wish(engine, html="исправленный текст")
        await dispatcher.drain(CHAT)
        bot_api.script(faults.status(400, body='{"ok": false, "error_code": 400, "description": "Bad Request: x"}'))
        wish(engine, story_id=2)
        await dispatcher.drain(CHAT)

    assert states(engine) == ["sent", "rejected"]
    assert posted == [1]


async def test_retry_after_is_obeyed_to_the_second(
    dispatcher: Dispatcher, bot_api: BotApi, engine: Engine, clock: Clock
) -> None:
    wish(engine)
    bot_api.script(http(429, "Too Many Requests: retry after 37", {"retry_after": 37}))

    again = await dispatcher.drain(CHAT)

    assert states(engine) == ["pending"]
    clock.forward(seconds=36)
    assert await dispatcher.drain(CHAT) == again == NOW + timedelta(seconds=37)
    assert bot_api.count("sendMessage") == 1
    clock.forward(seconds=1)
    await dispatcher.drain(CHAT)
    assert shown(bot_api) == ["текст"]


@pytest.mark.parametrize(
    "fault",
    [html502, badjson, faults.reset, deliver_then_502, deliver_then_reset, faults.deliver_then(http(500, "restart"))],
)
async def test_no_clear_answer_is_a_doubt_that_is_never_resent(
    dispatcher: Dispatcher, bot_api: BotApi, engine: Engine, clock: Clock, fault: faults.Fault
) -> None:
    wish(engine, 1, "первая")
    wish(engine, 2, "вторая")
    bot_api.script(fault)

    await dispatcher.drain(CHAT)
    clock.forward(days=3)
    await dispatcher.drain(CHAT)

    assert states(engine) == ["uncertain", "sent"]
    assert shown(bot_api).count("первая") <= 1
    assert bot_api.count("sendMessage") == 2


async def test_a_surely_refused_post_is_tried_again(
    dispatcher: Dispatcher, bot_api: BotApi, engine: Engine, clock: Clock
) -> None:
    wish(engine)
    bot_api.script(http(429, "Too Many Requests: retry later"), times=3)

    for _ in range(4):
        await dispatcher.drain(CHAT)
        clock.forward(minutes=5)

    assert shown(bot_api) == ["текст"]


async def test_telegram_away_loses_nothing(
    dispatcher: Dispatcher, bot_api: BotApi, engine: Engine, clock: Clock
) -> None:
    wish(engine)
    bot_api.stop()
    for _ in range(5):
        await dispatcher.drain(CHAT)
        clock.forward(minutes=5)
    assert states(engine) == ["pending"]

    bot_api.start()
    await dispatcher.drain(CHAT)

    assert shown(bot_api) == ["текст"]


async def test_a_malformed_message_is_put_aside_and_the_next_goes_on(
    dispatcher: Dispatcher, bot_api: BotApi, engine: Engine
) -> None:
    wish(engine, 1, "<b>не закрыто")
    wish(engine, 2, "вторая")

    await dispatcher.drain(CHAT)

    assert states(engine) == ["rejected", "sent"]
    assert shown(bot_api) == ["вторая"]


async def test_a_closed_channel_pauses_and_resumes_by_itself(
    dispatcher: Dispatcher, bot_api: BotApi, engine: Engine, clock: Clock
) -> None:
    wish(engine)
    bot_api.kick(CHAT)
    await dispatcher.drain(CHAT)
    with engine.connect() as db:
        assert db.scalar(select(chats.c.closed))
    assert states(engine) == ["pending"]

    bot_api.restore(CHAT)
    clock.forward(minutes=5)
    await dispatcher.drain(CHAT)

    assert shown(bot_api) == ["текст"]
    with engine.connect() as db:
        assert db.scalar(select(chats.c.closed)) == ""


async def test_a_revoked_token_stands_in_no_row(dispatcher: Dispatcher, bot_api: BotApi, engine: Engine) -> None:
    wish(engine)
    bot_api.revoke()

    await dispatcher.drain(CHAT)

    with engine.connect() as db:
        row = db.execute(select(deliveries)).one()
    assert row.state == "pending"
    assert row.error
    assert TOKEN.partition(":")[2] not in str(row)


async def test_a_post_deleted_by_an_administrator_is_left_deleted(
    dispatcher: Dispatcher, bot_api: BotApi, engine: Engine
) -> None:
    wish(engine)
    await dispatcher.drain(CHAT)
    bot_api.delete(CHAT, bot_api.posted(CHAT)[0].message_id)
    wish(engine, html="правка")

    await dispatcher.drain(CHAT)

    assert states(engine) == [DeliveryState.CANCELLED]
    assert shown(bot_api) == []


async def test_a_lost_answer_to_an_edit_is_repeated(
    dispatcher: Dispatcher, bot_api: BotApi, engine: Engine, clock: Clock
) -> None:
    wish(engine)
    await dispatcher.drain(CHAT)
    wish(engine, html="правка")
    bot_api.script(deliver_then_reset, "editMessageText")

    await dispatcher.drain(CHAT)
    clock.forward(minutes=5)
    await dispatcher.drain(CHAT)

    assert states(engine) == ["sent"]
    assert shown(bot_api) == ["правка"]


async def test_a_follow_up_answers_the_storys_first_message(
    dispatcher: Dispatcher, engine: Engine, bot_api: BotApi
) -> None:
    wish(engine, 1)
    await dispatcher.drain(CHAT)
    wish(engine, 1, html="новое", part=2)
    await dispatcher.drain(CHAT)

    first, second = bot_api.posted(CHAT)
    assert second.raw["reply_to_message"]["message_id"] == first.message_id


async def test_a_follow_up_is_posted_though_the_first_message_was_deleted(
    dispatcher: Dispatcher, engine: Engine, bot_api: BotApi
) -> None:
    wish(engine, 1)
    await dispatcher.drain(CHAT)
    (first,) = bot_api.posted(CHAT)
    bot_api.delete(CHAT, first.message_id)
    wish(engine, 1, html="новое", part=2)
    await dispatcher.drain(CHAT)

    (second,) = bot_api.posted(CHAT)
    assert "reply_to_message" not in second.raw


async def test_after_a_doubt_the_next_post_waits_for_a_sign_of_life(
    dispatcher: Dispatcher, bot_api: BotApi, engine: Engine, clock: Clock
) -> None:
    """However long Telegram swallows everything, one post is in doubt, not one a minute."""
    for number in range(1, 6):
        wish(engine, number, f"новость {number}")
    await dispatcher.drain(CHAT)  # the chat is known now
    bot_api.script(deliver_then_reset)
    bot_api.script(faults.reset, "getChat", times=3)
    wish(engine, 6, "новость 6")
    wish(engine, 7, "новость 7")

    pauses = []
    for _ in range(5):
        until = await dispatcher.drain(CHAT)
        pauses.append((until - clock()).total_seconds() if until else 0)
        clock.forward(seconds=pauses[-1])

    assert pauses == [60, 5, 10, 20, 0]
    assert states(engine) == ["sent"] * 5 + ["uncertain", "sent"]


async def test_a_refusal_that_repeats_itself_is_logged_once(
    dispatcher: Dispatcher, bot_api: BotApi, engine: Engine, clock: Clock
) -> None:
    wish(engine)
    bot_api.script(http(429, "Too Many Requests: retry after 9", {"retry_after": 9}), times=3)
    with capture_logs() as log:
        for _ in range(4):
            await dispatcher.drain(CHAT)
            clock.forward(seconds=10)

    assert shown(bot_api) == ["текст"]
    assert [line["log_level"] for line in log if line["event"] == "not delivered"] == ["warning", "debug", "debug"]
    assert [line["attempts"] for line in log if line["event"] == "delivered"] == [4]
