"""The picture of a week: due by the operator's clock, once for all workers and restarts, and never blindly twice."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from monitor.app.build_bot import draw_week
from monitor.bot.client import BotClient
from monitor.bot.deleted_posts import no_look
from monitor.bot.dispatcher import Dispatcher
from monitor.bot.reconcile import Reconciler
from monitor.bot.weekly_digest import WeeklyDigest
from monitor.config.hours import Hours, Week, read_quiet, read_weekly
from monitor.models.channels import Destination
from monitor.models.outbox import Delivery, DeliveryKind, DeliveryState, DigestItem, Pace, Settlement
from monitor.sources.http.client import Fetcher, Limits
from monitor.storage.chats import ChatStore
from monitor.storage.corrections.retractions import Retractions
from monitor.storage.database import write_transaction
from monitor.storage.maintenance import Housekeeping
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.outbox.digests import DigestStore
from monitor.storage.store import Store
from monitor.storage.tables import deliveries, delivery_photos
from monitor.text.telegram_html import visible_text
from tests.harness.clock import Clock
from tests.harness.seeded_outbox import CHAT, SeededOutbox
from tests.servers.bot_api import TOKEN, BotApi, deliver_then_reset
from tests.servers.faults import reset

FREE = Pace(per_minute=1000, spacing=timedelta(0))
SUNDAYS = Hours(zone="Asia/Almaty", weekly_at=read_weekly("вс 14:30"))  # NOW is Sunday, 14:00 there
PICTURE = b"\x89PNG picture"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def seeded(engine: Engine) -> SeededOutbox:
    return SeededOutbox(engine)


def named(week: Week, items: Sequence[DigestItem]) -> bytes:
    return PICTURE + f"{week.name}: {len(items)}".encode()


def weekly(
    engine: Engine,
    clock: Clock,
    *,
    hours: Hours = SUNDAYS,
    hidden: Sequence[int] = (),
    draw: Callable[[Week, Sequence[DigestItem]], bytes] = named,
) -> WeeklyDigest:
    store = DigestStore(engine)
    return WeeklyDigest(
        store, CHAT, hours=hours, clock=clock, draw=draw, archive="", hidden=lambda: hidden, look=no_look
    )


def send(outbox: Outbox, clock: Clock) -> list[Delivery]:
    """Send what waits; the digests among it."""
    sent = []
    while isinstance(claimed := outbox.claim(CHAT, clock(), lease=timedelta(minutes=3), pace=FREE), Delivery):
        outbox.settle(claimed, Settlement(state=DeliveryState.SENT, message_id=claimed.id), clock())
        sent.append(claimed)
    return [delivery for delivery in sent if delivery.kind is DeliveryKind.DIGEST]


async def test_once_a_week_whoever_asks_and_how_often(
    outbox: Outbox, engine: Engine, seeded: SeededOutbox, clock: Clock
) -> None:
    told = []
    for hours in range(0, 15 * 24, 6):
        if hours % 96 == 0:
            seeded.add_story(hours + 1, at=clock())
        for worker in (weekly(engine, clock), weekly(engine, clock)):  # as after a restart
            await worker.put_if_due()
        told += send(outbox, clock)
        clock.forward(minutes=6 * 60)

    # Six hours apart: the stories of 14:00 on Sunday; of Sunday, Thursday, Monday; of Friday, Tuesday.
    assert [(one.photo.decode("latin-1")[5:], one.silent) for one in told] == [
        ("picture2026-W47: 1", False),
        ("picture2026-W48: 1", False),
        ("picture2026-W49: 2", False),
    ]
    assert visible_text(told[2].html).startswith("Неделя: 2 · 29.11, 14:30 – 06.12.2026, 14:30")


async def test_a_week_without_stories_has_no_picture(outbox: Outbox, engine: Engine, clock: Clock) -> None:
    clock.forward(hours=1)
    await weekly(engine, clock).put_if_due()

    assert send(outbox, clock) == []


async def test_what_was_taken_back_or_down_or_went_elsewhere_is_not_in_it(
    outbox: Outbox, engine: Engine, seeded: SeededOutbox, clock: Clock
) -> None:
    for number in range(1, 5):
        seeded.add_story(number)
    seeded.add_story(5, chat="@other")
    seeded.add_story(6, kind=DeliveryKind.REVIEW)
    send(outbox, clock)
    with write_transaction(engine) as db:
        db.execute(update(deliveries).where(deliveries.c.story_id == 2).values(html=""))
    clock.forward(hours=1)

    await weekly(engine, clock, hidden=[3]).put_if_due()
    (digest,) = send(outbox, clock)
    assert digest.photo == PICTURE + b"2026-W47: 2"


async def test_the_first_and_the_last_second_count_and_none_beside_them(
    outbox: Outbox, engine: Engine, seeded: SeededOutbox, clock: Clock
) -> None:
    until = clock() + timedelta(minutes=30)
    second, week = timedelta(seconds=1), timedelta(days=7)
    for number, clock.now in enumerate((until - week - second, until - week, until - second, until), start=1):
        seeded.add_story(number, at=clock())
        send(outbox, clock)

    await weekly(engine, clock).put_if_due()

    (told,) = send(outbox, clock)
    assert visible_text(told.html).startswith("Неделя: 2 · 15.11, 14:30 – 22.11.2026, 14:30")


async def test_one_that_waits_counts_no_story_that_was_retracted_since(
    outbox: Outbox, engine: Engine, seeded: SeededOutbox, clock: Clock
) -> None:
    seeded.add_stories([1, 2])
    send(outbox, clock)
    clock.forward(minutes=30)
    picture = weekly(engine, clock)
    await picture.put_if_due()

    Retractions(engine, destinations=[Destination(chat=CHAT)]).retract(1, "суд ещё не состоялся", now=clock())
    await picture.renew()

    (told,) = send(outbox, clock)
    assert visible_text(told.html).startswith("Неделя: 1")
    assert told.photo == PICTURE + b"2026-W47: 1"


async def test_quiet_hours_put_it_off(outbox: Outbox, engine: Engine, seeded: SeededOutbox, clock: Clock) -> None:
    quiet = Hours(zone="Asia/Almaty", weekly_at=read_weekly("вс 14:30"), quiet=read_quiet("14:15-16:00"))
    seeded.add_story(1)
    send(outbox, clock)
    clock.forward(minutes=45)
    await weekly(engine, clock, hours=quiet).put_if_due()
    assert send(outbox, clock) == []
    clock.forward(minutes=80)

    await weekly(engine, clock, hours=quiet).put_if_due()
    assert len(send(outbox, clock)) == 1


async def test_the_picture_is_kept_until_it_is_sent_and_then_forgotten(
    outbox: Outbox, engine: Engine, seeded: SeededOutbox, clock: Clock
) -> None:
    seeded.add_story(1)
    send(outbox, clock)
    clock.forward(hours=1)
    await weekly(engine, clock).put_if_due()
    claimed = outbox.claim(CHAT, clock(), lease=timedelta(minutes=3), pace=FREE)
    assert isinstance(claimed, Delivery)
    outbox.settle(claimed, Settlement(state=DeliveryState.PENDING, error="нет связи"), clock())

    (again,) = send(outbox, clock)
    assert again.photo == claimed.photo
    clock.forward(hours=24)
    assert Housekeeping(engine).tidy(clock())["photos"] == 0
    clock.forward(hours=24 * 8)
    assert Housekeeping(engine).tidy(clock())["photos"] == 1
    with engine.connect() as db:
        assert db.execute(select(delivery_photos)).all() == []


# ── through Telegram ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def channel(bot_api: BotApi) -> AsyncIterator[BotClient]:
    async with BotClient(TOKEN, base_url=bot_api.url) as opened:
        yield opened


@pytest.fixture
async def due(engine: Engine, outbox: Outbox, seeded: SeededOutbox, clock: Clock, channel: BotClient) -> Dispatcher:
    """A week of three stories has been posted, and its picture waits."""
    dispatcher = Dispatcher(outbox, ChatStore(engine), {CHAT: channel}, clock=clock, pace=FREE)
    seeded.add_story(1, "Медиазона", "Медуза", "Лада")
    seeded.add_story(2, topic="knb")
    seeded.add_story(3, topic="knb")
    await dispatcher.drain(CHAT)
    clock.forward(hours=1)
    await weekly(engine, clock, draw=draw_week).put_if_due()
    return dispatcher


def reconciler_of(engine: Engine, bot_api: BotApi, channel: BotClient, fetcher: Fetcher, clock: Clock) -> Reconciler:
    store = Store(engine)
    return Reconciler(
        store.uncertain, store.chats, pages=fetcher, exists=channel.exists, clock=clock, preview_url=bot_api.url
    )


async def test_the_channel_shows_picture_and_text(due: Dispatcher, bot_api: BotApi) -> None:
    await due.drain(CHAT)

    shown = bot_api.posted(CHAT)[-1]
    assert shown.text.splitlines() == [
        "Неделя: 3 · 15.11, 14:30 – 22.11.2026, 14:30",
        "",
        "Knb · 2",
        "Extradition · 1",
        "",
        "Больше всего писали:",
        "• Новость 1 — Медиазона, Медуза, Лада",
    ]
    assert (shown.raw["photo"][0]["width"], shown.raw["photo"][0]["height"]) == (1200, 675)
    assert "https://t.me/test_channel/1" in shown.html


@pytest.mark.parametrize("arrives", [True, False])
async def test_a_picture_in_doubt_is_looked_for(
    due: Dispatcher, engine: Engine, bot_api: BotApi, channel: BotClient, clock: Clock, *, arrives: bool
) -> None:
    bot_api.script(deliver_then_reset if arrives else reset, "sendPhoto")
    await due.drain(CHAT)
    assert (states(engine)[4], bot_api.count("sendPhoto")) == ("uncertain", 1)
    clock.forward(minutes=5)
    limits = Limits(host_gap=0.0)
    async with Fetcher(user_agent="test", clock=clock, allow_private=True, limits=limits) as fetcher:
        await reconciler_of(engine, bot_api, channel, fetcher, clock).reconcile(CHAT)
    await due.drain(CHAT)

    assert states(engine)[4] == "sent"
    assert bot_api.count("sendPhoto") == (1 if arrives else 2)
    assert sum("photo" in post.raw for post in bot_api.posted(CHAT)) == 1


def states(engine: Engine) -> dict[int, str]:
    return SeededOutbox(engine).states()
