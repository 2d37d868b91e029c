"""What the database tells of the work, on both kinds."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, update

from monitor.models.health import Disk, Vitals
from monitor.models.outbox import Delivery, DeliveryState, Pace, Settlement, WantedPost
from monitor.storage import glance
from monitor.storage.database import write_transaction
from monitor.storage.outbox.deliveries import Outbox, want
from monitor.storage.stats import Stats
from monitor.storage.store import Store
from monitor.storage.tables import chats, deliveries, feeds
from monitor.stories.grouping import group
from tests.factories import HOUR, NOW, feed, matched, poll_outcome
from tests.factories.channels import to_channel

PLACE = partial(group, chats=to_channel("@channel", review="-1005"))
LEASE = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)
FREE = Pace(per_minute=1000, spacing=timedelta(0))
LOST = Settlement(state=DeliveryState.UNCERTAIN, error="ответа нет")


class StatsAndGlance(Stats):
    """What the health check sees of a SQLite file without SQLAlchemy is, for all that these tests do, the same."""

    def vitals(self, now: datetime) -> Vitals:
        seen = super().vitals(now)
        if file := glance.plain_file(str(self._engine.url)):
            assert glance.vitals(file, now) == replace(seen, feeds={}, deliveries={}, undecided=(), deaf="")
        return seen


@pytest.fixture
def stats(engine: Engine) -> Stats:
    """Of either kind of database."""
    return StatsAndGlance(engine)


def poll(store: Store, *numbers: int) -> None:
    """A poll of the default feed that finds these stories."""
    (state,) = store.feeds.claim(NOW, limit=1, lease=LEASE, names=["Лента"])
    found = tuple(matched(number, title=f"Случай {number}", text=f"слово{number} " * 30) for number in numbers)
    assert store.polls.record_all(
        [poll_outcome(lease_no=state.lease_no, matched=found)], PLACE, window=timedelta(days=5)
    )


def send(outbox: Outbox, settlement: Settlement) -> Delivery:
    claimed = outbox.claim("@channel", NOW, lease=LEASE, pace=FREE)
    assert isinstance(claimed, Delivery)
    assert outbox.settle(claimed, settlement, NOW)
    return claimed


def test_an_empty_database(stats: Stats) -> None:
    seen = stats.vitals(NOW)

    assert seen.due_since is seen.polled_at is None
    assert (seen.beats, seen.chats, seen.undecided) == ({}, (), ())
    assert set(seen.deliveries.values()) == set(seen.feeds.values()) == {0}


def test_feeds_by_state(store: Store, stats: Stats, engine: Engine) -> None:
    store.feeds.sync([feed(name=name) for name in ("Хорошая", "Плохая", "Новая", "Бывшая")], NOW)
    with write_transaction(engine) as db:
        polled = {"polled_at": NOW, "next_poll_at": NOW + HOUR}
        db.execute(update(feeds).where(feeds.c.name != "Новая").values(**polled))
        db.execute(update(feeds).where(feeds.c.name == "Плохая").values(failures=3, failure="404"))
        db.execute(update(feeds).where(feeds.c.name == "Бывшая").values(active=False))

    seen = stats.vitals(NOW + MINUTE)

    assert seen.feeds == {"working": 1, "failing": 1, "new": 1, "paused": 0, "resting": 1}
    assert (seen.due_since, seen.polled_at) == (NOW, NOW)


def test_a_paused_feed_is_not_left_undone(store: Store, stats: Stats) -> None:
    store.feeds.sync([feed(paused_until=NOW + HOUR, paused_because="сайт взломан")], NOW)

    assert stats.vitals(NOW + MINUTE).due_since is None
    assert stats.vitals(NOW + HOUR).due_since == NOW


def test_a_feed_being_polled_is_not_left_undone_until_its_lease_ends(store: Store, stats: Stats) -> None:
    store.feeds.sync([feed()], NOW)
    store.feeds.claim(NOW, limit=1, lease=LEASE)

    polled = stats.vitals(NOW + MINUTE)
    assert (polled.due_since, polled.unended_since) == (None, NOW)
    assert stats.vitals(NOW + LEASE).due_since == NOW


def test_the_outbox_at_a_glance(store: Store, outbox: Outbox, stats: Stats) -> None:
    store.feeds.sync([feed()], NOW)
    poll(store, 1, 2, 3)
    send(outbox, Settlement(state=DeliveryState.SENT, message_id=7))
    doubtful = send(outbox, LOST)

    seen = stats.vitals(NOW)

    assert seen.deliveries[DeliveryState.SENT] == seen.deliveries[DeliveryState.PENDING] == 1
    assert seen.undecided == ((doubtful.id, DeliveryState.UNCERTAIN),)
    (chat,) = seen.chats
    assert (chat.chat, chat.pending, chat.waiting_since, chat.tried_at) == ("@channel", 1, NOW, NOW)


def test_what_a_first_poll_found_is_not_called_late(store: Store, outbox: Outbox, stats: Stats) -> None:
    store.feeds.sync([feed()], NOW)
    poll(store, 1)
    send(outbox, Settlement(state=DeliveryState.SENT, message_id=7))
    first = stats.summary(NOW - HOUR)
    assert (len(first.sent_after), first.found_after) == (1, ())

    (state,) = store.feeds.claim(NOW, limit=1, lease=LEASE, names=["Лента"])
    found = (matched(2, title="Другой случай", text="другое " * 30, published_at=NOW),)
    later = poll_outcome(lease_no=state.lease_no, matched=found, polled_at=NOW + MINUTE)
    store.polls.record_all([later], PLACE, window=timedelta(days=5))
    send(outbox, Settlement(state=DeliveryState.SENT, message_id=8))
    assert len(stats.summary(NOW - HOUR).found_after) == 1


def test_an_edit_waits_since_it_is_wanted_not_since_its_post(store: Store, stats: Stats, engine: Engine) -> None:
    store.feeds.sync([feed()], NOW)
    poll(store, 1)
    with write_transaction(engine) as db:
        db.execute(update(deliveries).values(message_id=7, updated_at=NOW + HOUR))

    assert stats.vitals(NOW + HOUR).chats[0].waiting_since == NOW + HOUR


def test_an_edit_that_is_refused_again_and_again_still_waits_since_it_is_wanted(
    store: Store, outbox: Outbox, stats: Stats
) -> None:
    store.feeds.sync([feed()], NOW)
    poll(store, 1)
    send(outbox, Settlement(state=DeliveryState.SENT, message_id=7))
    with write_transaction(outbox._engine) as db:
        want(db, 1, WantedPost(chat="@channel", html="и ещё"), NOW + MINUTE)
    later = NOW + HOUR
    claimed = outbox.claim("@channel", later, lease=LEASE, pace=FREE)
    assert isinstance(claimed, Delivery)
    outbox.settle(claimed, Settlement(state=DeliveryState.PENDING, error="нет связи"), later)

    assert stats.vitals(later).chats[0].waiting_since == NOW + MINUTE


def test_a_closed_chat_is_seen_without_anything_waiting(stats: Stats, engine: Engine) -> None:
    with write_transaction(engine) as db:
        db.execute(insert(chats).values(chat="-1005", closed="нет прав", not_before_at=NOW + MINUTE))

    (chat,) = stats.vitals(NOW).chats

    assert stats.chats() == (chat,)
    assert (chat.closed, chat.not_before_at, chat.pending, chat.waiting_since) == ("нет прав", NOW + MINUTE, 0, None)


def test_the_times_of_a_post(store: Store, outbox: Outbox, stats: Stats) -> None:
    store.feeds.sync([feed()], NOW)
    poll(store, 1)
    posted = send(outbox, Settlement(state=DeliveryState.SENT, message_id=7))

    assert stats.times(posted.id) == (NOW - HOUR, NOW)
    assert stats.times(999) is None


def test_what_fired_since_it_was_last_asked(store: Store, stats: Stats) -> None:
    store.feeds.sync([feed()], NOW)
    poll(store, 1, 2)
    first = stats.list_fired(after=0, since=NOW - HOUR)
    poll(store, 3)

    later = stats.list_fired(after=first[-1][0], since=NOW - HOUR)

    assert [(seen_at, rules) for _, seen_at, rules in first] == [(NOW, ("extradition/правило",))] * 2
    assert len(later) == 1
    assert stats.list_fired(after=0, since=NOW + HOUR) == ()


def test_the_disk_is_ours_to_see_only_under_a_file(engine: Engine, stats: Stats, tmp_path: Path) -> None:
    assert stats.disk() is None
    disk = Stats(engine, folder=tmp_path).disk()
    assert isinstance(disk, Disk)
    assert 0 < disk.free < disk.total
