"""The digest of a day: due by the operator's clock, once for all workers and restarts."""

from collections.abc import Callable, Sequence
from datetime import time, timedelta

import pytest
from sqlalchemy import Engine, select

from monitor.bot.daily_digest import DailyDigest
from monitor.bot.deleted_posts import no_look
from monitor.config.hours import Day, Hours, read_time
from monitor.models.channels import Destination
from monitor.models.outbox import Delivery, DeliveryKind, DeliveryState, DigestItem, Pace, Settlement
from monitor.storage.corrections.retractions import Retractions
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.outbox.digests import DigestStore
from monitor.storage.tables import deliveries
from monitor.text.telegram_html import visible_text
from tests.factories import NOW
from tests.harness.clock import Clock
from tests.harness.seeded_outbox import CHAT, SeededOutbox

FREE = Pace(per_minute=1000, spacing=timedelta(0))
HALF_PAST_TWO = Hours(zone="Asia/Almaty", digest_at=read_time("14:30"))  # NOW is 14:00 there
MAIN = Destination(chat=CHAT, digest_at=HALF_PAST_TWO.digest_at)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def digests(outbox: Outbox, clock: Clock) -> list[Delivery]:
    """Send what waits; the digests among it."""
    sent = []
    while isinstance(claimed := outbox.claim(CHAT, clock(), lease=timedelta(minutes=3), pace=FREE), Delivery):
        outbox.settle(claimed, Settlement(state=DeliveryState.SENT, message_id=claimed.id), clock())
        sent.append(claimed)
    return [delivery for delivery in sent if delivery.kind is DeliveryKind.DIGEST]


def daily_digest(
    engine: Engine,
    clock: Clock,
    *further: Destination,
    undecided: Callable[[Day], Sequence[DigestItem]] = lambda _day: (),
) -> DailyDigest:
    return DailyDigest(
        DigestStore(engine),
        [MAIN, *further],
        hours=HALF_PAST_TWO,
        clock=clock,
        undecided=undecided,
        held=lambda _day: 0,
        look=no_look,
    )


async def test_once_a_day_whoever_asks_and_how_often(outbox: Outbox, engine: Engine, clock: Clock) -> None:
    workers = [daily_digest(engine, clock) for _ in range(3)]
    seeded = SeededOutbox(engine)
    pages = []
    for number in range(1, 97):  # two days, half an hour each
        if number % 24 == 1:
            seeded.add_story(number, at=clock())
        for worker in workers:
            await worker.put_if_due()
        pages += [digest.html for digest in digests(outbox, clock)]
        clock.forward(minutes=30)

    # Stories come at 14:00 and 2:00: one before the first digest, and then two between two digests.
    assert [html.partition("\n")[0] for html in pages] == [
        "<b>За сутки: 1</b> · 22.11.2026",
        "<b>За сутки: 2</b> · 23.11.2026",
    ]


async def test_a_day_is_told_late_if_nobody_was_there_in_time(outbox: Outbox, engine: Engine, clock: Clock) -> None:
    SeededOutbox(engine).add_story(1)
    digests(outbox, clock)
    clock.forward(hours=6)

    await daily_digest(engine, clock).put_if_due()

    assert len(digests(outbox, clock)) == 1


async def test_stories_left_undecided_are_asked_for_by_the_day(outbox: Outbox, engine: Engine, clock: Clock) -> None:
    asked = []

    def undecided(day: Day) -> Sequence[DigestItem]:
        asked.append((day.since, day.until))
        return [DigestItem(topic="Не рассмотрены", title="Спорная", url="https://news.example/9")]

    daily = daily_digest(engine, clock, undecided=undecided)
    await daily.put_if_due()
    assert not asked, "the day is not over"
    clock.forward(minutes=30)
    await daily.put_if_due()
    await daily.put_if_due()

    assert asked == [(NOW - timedelta(hours=23, minutes=30), NOW + timedelta(minutes=30))]
    (digest,) = digests(outbox, clock)
    assert "Спорная" in digest.html


async def test_each_destination_has_its_hour_and_its_own_news(outbox: Outbox, engine: Engine, clock: Clock) -> None:
    def undecided(_day: Day) -> Sequence[DigestItem]:
        return [DigestItem(topic="Не рассмотрены", title="Спорная", url="https://news.example/9")]

    kazakh = Destination(chat="@kazakh", digest_at=time(16), tongue="kk")
    seeded = SeededOutbox(engine)
    for number, chat in ((1, CHAT), (1, "@kazakh"), (2, CHAT)):
        seeded.add_story(number, chat=chat)
        taken = outbox.claim(chat, clock(), lease=timedelta(minutes=3), pace=FREE)
        assert isinstance(taken, Delivery)
        outbox.settle(taken, Settlement(state=DeliveryState.SENT, message_id=number), clock())
    daily = daily_digest(engine, clock, kazakh, undecided=undecided)

    clock.forward(hours=1)
    await daily.put_if_due()
    clock.forward(hours=1)
    await daily.put_if_due()

    told = select(deliveries.c.chat, deliveries.c.html).where(deliveries.c.kind == DeliveryKind.DIGEST)
    with engine.connect() as db:
        shown = {row.chat: row.html for row in db.execute(told)}
    assert "За сутки: 3" in shown[CHAT]
    assert "Бір тәулікте: 1" in shown["@kazakh"]
    assert "Спорная" not in shown["@kazakh"]


async def a_day_that_waits(outbox: Outbox, engine: Engine, clock: Clock) -> DailyDigest:
    """Of stories 1 and 2, in a channel that takes nothing since."""
    SeededOutbox(engine).add_stories([1, 2])
    digests(outbox, clock)
    clock.forward(minutes=30)
    daily = daily_digest(engine, clock)
    await daily.put_if_due()
    clock.forward(hours=20)
    return daily


async def test_what_waits_names_no_story_that_was_retracted_since(outbox: Outbox, engine: Engine, clock: Clock) -> None:
    daily, retractions = await a_day_that_waits(outbox, engine, clock), Retractions(engine, destinations=[MAIN])

    retractions.retract(1, "суд ещё не состоялся", now=clock())
    await daily.renew()
    retractions.retract(2, "и этот", now=clock())
    retractions.restore(2, now=clock())
    await daily.renew()

    (digest,) = digests(outbox, clock)
    assert visible_text(digest.html).splitlines()[0] == "За сутки: 1 · 22.11.2026"
    assert "Новость 1 " not in digest.html
    assert "Новость 2" in digest.html
    await daily.renew()
    assert not digests(outbox, clock)


async def test_nothing_is_left_of_a_day_whose_stories_are_all_retracted(
    outbox: Outbox, engine: Engine, clock: Clock
) -> None:
    daily = await a_day_that_waits(outbox, engine, clock)

    for number in (1, 2):
        Retractions(engine, destinations=[MAIN]).retract(number, "суд ещё не состоялся", now=clock())
    await daily.renew()

    assert not digests(outbox, clock)


async def test_one_on_its_way_stays_as_it_is(outbox: Outbox, engine: Engine, clock: Clock) -> None:
    daily = await a_day_that_waits(outbox, engine, clock)
    claimed = outbox.claim(CHAT, clock(), lease=timedelta(minutes=3), pace=FREE)
    assert isinstance(claimed, Delivery)

    Retractions(engine, destinations=[MAIN]).retract(1, "суд ещё не состоялся", now=clock())
    await daily.renew()

    assert SeededOutbox(engine).row(claimed.id)["html"] == claimed.html
