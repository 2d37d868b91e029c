"""The clock was set back: what then stands in the future is put right at the next beat, on both databases."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert, select, update

from monitor.models.outbox import Delivery, Pace
from monitor.storage.database import write_transaction
from monitor.storage.outbox import Outbox
from monitor.storage.store import Store
from monitor.storage.tables import chats, deliveries, feeds
from tests.factories import NOW, feed, poll_outcome
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


def test_a_beat_of_another_worker_or_a_second_sets_nothing_off(store: Store) -> None:
    polled(store)
    store.heartbeats.beat("poll@there", NOW + timedelta(days=1))
    store.heartbeats.beat("poll@here", NOW)

    assert store.heartbeats.beat("poll@here", NOW - timedelta(seconds=30)) == timedelta(0)

    assert store.feeds.claim(NOW, limit=9, lease=LEASE) == ()


def test_pauses_last_as_long_as_they_would_have(store: Store, engine: Engine) -> None:
    with write_transaction(engine) as db:
        db.execute(insert(chats).values(chat=CHAT, closed="", not_before_at=NOW + 37 * MINUTE))
    store.heartbeats.beat("dispatch@here", NOW)

    store.heartbeats.beat("dispatch@here", YESTERDAY)

    assert value(engine, chats.c.not_before_at) == YESTERDAY + 37 * MINUTE


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
