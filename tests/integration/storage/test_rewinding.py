"""The clock was set back: what then stands in the future is put right at the next beat, on both databases."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update

from monitor.matching.mutes import Mute, RuleName
from monitor.models.articles import Outcome
from monitor.models.feeds import Validators
from monitor.models.health import Alarm
from monitor.models.outbox import Delivery, DeliveryState, Pace, Settlement
from monitor.models.stories import EntryOutcome
from monitor.storage.database import write_transaction
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.store import Store
from monitor.storage.tables import chats, deliveries, feeds
from tests.factories import HOUR, NOW, entry, feed, poll_outcome
from tests.harness.seeded_outbox import CHAT, SeededOutbox

LEASE = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)
YESTERDAY = NOW - timedelta(days=1)
FREE = Pace(per_minute=1000, spacing=timedelta(0))


def value(engine: Engine, column: Any) -> datetime | None:
    with engine.connect() as db:
        found: datetime | None = db.scalar(select(column))
        return found


def polled(store: Store) -> None:
    """A feed that was polled now, and one that is being polled."""
    store.feeds.sync([feed(name="А"), feed(name="Б", url="http://127.0.0.1/b")], NOW)
    held = {one.name: one for one in store.feeds.claim(NOW, limit=2, lease=LEASE)}
    store.polls.record_all([poll_outcome(feed="А", lease_no=held["А"].lease_no)], lambda *_, **__: (), window=LEASE)


def test_feeds_are_due_and_leases_end_in_their_time(store: Store) -> None:
    polled(store)
    assert store.heartbeats.beat("poll@here", NOW) == timedelta(0)

    assert store.heartbeats.beat("poll@here", YESTERDAY) == timedelta(days=1)

    (due,) = store.feeds.claim(YESTERDAY, limit=9, lease=LEASE)
    assert (due.name, due.polled_at, due.succeeded_at) == ("А", YESTERDAY, YESTERDAY)
    assert {one.name for one in store.feeds.claim(YESTERDAY + LEASE, limit=9, lease=LEASE)} == {"А", "Б"}
    assert store.heartbeats.beat("poll@here", YESTERDAY + MINUTE) == timedelta(0), "once"


def test_a_second_sets_nothing_off(store: Store) -> None:
    polled(store)
    store.heartbeats.beat("poll@here", NOW)

    assert store.heartbeats.beat("poll@here", NOW - timedelta(seconds=30)) == timedelta(0)

    assert store.feeds.claim(NOW, limit=9, lease=LEASE) == ()


def test_the_clock_of_another_machine_sets_nothing_off_but_on_sqlite_there_is_none(
    store: Store, engine: Engine
) -> None:
    polled(store)
    store.heartbeats.beat("poll@there", NOW)

    step = store.heartbeats.beat("poll@here", YESTERDAY)

    assert step == (timedelta(days=1) if engine.dialect.name == "sqlite" else timedelta(0))


def test_pauses_last_as_long_as_they_would_have(store: Store, engine: Engine) -> None:
    with write_transaction(engine) as db:
        db.execute(insert(chats).values(chat=CHAT, closed="", not_before_at=NOW + 37 * MINUTE))
    store.heartbeats.beat("dispatch@here", NOW)

    store.heartbeats.beat("dispatch@here", YESTERDAY)

    assert value(engine, chats.c.not_before_at) == YESTERDAY + 37 * MINUTE


def test_a_mute_lasts_as_long_as_it_would_have(store: Store) -> None:
    mute = Mute(name=RuleName(topic="t", title="Тема", rule="правило"), until=NOW + HOUR)
    store.mutes.begin(mute, CHAT, "reply:1", NOW)
    store.heartbeats.beat("poll@here", NOW)

    store.heartbeats.beat("poll@here", YESTERDAY)

    (lasting,) = store.mutes.active(YESTERDAY)
    assert lasting.until == YESTERDAY + HOUR


def test_a_channel_added_by_that_clock_is_told_what_comes(store: Store, engine: Engine) -> None:
    seeded = SeededOutbox(engine)
    store.destinations.settle([CHAT], YESTERDAY)
    store.destinations.settle([CHAT, "@second"], NOW)
    store.heartbeats.beat("poll@here", NOW)

    store.heartbeats.beat("poll@here", YESTERDAY)
    for chat in (CHAT, "@second"):
        seeded.add_story(1, chat=chat, at=YESTERDAY + MINUTE)

    assert len(seeded.states()) == 2


def test_another_worker_takes_over_the_updates_in_minutes(store: Store) -> None:
    assert store.updates.lease("here", NOW, length=3 * MINUTE) == 0
    store.heartbeats.beat("poll@here", NOW)

    store.heartbeats.beat("poll@here", YESTERDAY)

    assert store.updates.lease("there", YESTERDAY + MINUTE, length=3 * MINUTE) is None
    assert store.updates.lease("there", YESTERDAY + 3 * MINUTE, length=3 * MINUTE) == 0


def test_alarms_and_tidying_wait_no_longer_than_they_would_have(store: Store) -> None:
    store.alarms.keep([Alarm(key="outage:", text="", since=NOW)])
    store.housekeeping.tidy(NOW)
    store.heartbeats.beat("poll@here", NOW)

    store.heartbeats.beat("poll@here", YESTERDAY)

    (alarm,) = store.alarms.alarms()
    assert alarm.since == YESTERDAY
    assert not store.housekeeping.tidy(YESTERDAY)
    assert store.housekeeping.tidy(NOW)


@pytest.mark.parametrize("beats", [False, True])
def test_sends_close_a_chat_for_a_minute_at_most(store: Store, outbox: Outbox, engine: Engine, beats: bool) -> None:
    SeededOutbox(engine).add_stories((1, 2))
    sent = outbox.claim(CHAT, NOW, lease=LEASE, pace=Pace())
    assert isinstance(sent, Delivery)
    outbox.settle(sent, Settlement(state=DeliveryState.SENT, message_id=7), NOW)
    if beats:  # `monitor poll` does not
        store.heartbeats.beat("dispatch@here", NOW)
        store.heartbeats.beat("dispatch@here", YESTERDAY)

    assert isinstance(outbox.claim(CHAT, YESTERDAY + MINUTE, lease=LEASE, pace=Pace()), Delivery)


def test_a_claim_whose_worker_died_is_in_doubt_in_minutes(store: Store, outbox: Outbox, engine: Engine) -> None:
    SeededOutbox(engine).add_story(1)
    assert isinstance(outbox.claim(CHAT, NOW, lease=LEASE, pace=FREE), Delivery)
    store.heartbeats.beat("dispatch@here", NOW)

    store.heartbeats.beat("dispatch@here", YESTERDAY)
    outbox.claim(CHAT, YESTERDAY + LEASE, lease=LEASE, pace=FREE)

    assert value(engine, deliveries.c.state) == "uncertain"
    assert value(engine, deliveries.c.look_at) == YESTERDAY + LEASE + timedelta(seconds=20)


def test_a_feed_whose_turn_was_set_by_the_right_clock_keeps_it(store: Store, engine: Engine) -> None:
    store.feeds.sync([feed()], NOW)
    with write_transaction(engine) as db:
        db.execute(update(feeds).values(polled_at=NOW - timedelta(hours=2), next_poll_at=NOW + MINUTE))
    store.heartbeats.beat("poll@here", NOW)

    store.heartbeats.beat("poll@here", NOW - timedelta(hours=1))

    assert value(engine, feeds.c.next_poll_at) == NOW + MINUTE


@pytest.mark.parametrize(
    ("outcome", "age", "ahead", "is_unseen"),
    [
        ("too_old", 2, 1, True),
        ("too_old", None, 1, True),
        ("baseline", 2, 1, True),
        ("baseline", 25, 1, False),
        ("baseline", None, 1, False),
        ("unmatched", 2, 1, False),
        ("too_old", 2, -1, False),
    ],
    ids=["too old", "dated by its page", "first sight", "no news even so", "undated", "judged", "by the right clock"],
)
def test_what_was_refused_for_its_age_is_forgotten(
    store: Store, outcome: Outcome, age: int | None, ahead: int, is_unseen: bool
) -> None:
    found = entry(published_at=None if age is None else YESTERDAY - age * HOUR)
    store.feeds.sync([feed()], YESTERDAY)
    (state,) = store.feeds.claim(YESTERDAY, limit=1, lease=LEASE)
    polled_at = YESTERDAY + ahead * HOUR
    settled = (EntryOutcome(entry=found, outcome=outcome, reason="дата"),)
    poll = poll_outcome(
        lease_no=state.lease_no,
        polled_at=polled_at,
        settled=settled,
        validators=Validators(etag="x", items=b"12345678"),
    )
    store.polls.record_all([poll], lambda *_, **__: (), window=LEASE)
    store.heartbeats.beat("poll@here", NOW)

    store.heartbeats.beat("poll@here", YESTERDAY)

    assert store.entries.find_known("Лента", [found], NOW).unseen == ((found,) if is_unseen else ())
    (polled,) = store.feeds.claim(YESTERDAY + 12 * HOUR, limit=1, lease=LEASE, names=["Лента"])
    assert (polled.validators == Validators()) is is_unseen
