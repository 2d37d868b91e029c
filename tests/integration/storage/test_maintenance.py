"""Forgetting, on both kinds of database: only what is old, once a day whoever runs."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from monitor.models.articles import Outcome
from monitor.storage.corrections.schema import retractions
from monitor.storage.database import read_transaction, write_transaction
from monitor.storage.edits.schema import file_versions
from monitor.storage.entries import KEYS_KEPT
from monitor.storage.maintenance import (
    BATCH,
    BEATS_KEPT,
    CHORES,
    PEOPLE_KEPT,
    SENDS_KEPT,
    TIDIED,
    TIDY_EVERY,
    Housekeeping,
)
from monitor.storage.stats import Stats
from monitor.storage.store import Store
from monitor.storage.tables import (
    deliveries,
    desk_keys,
    entries,
    entry_keys,
    feeds,
    heartbeats,
    mutes,
    reviews,
    sends,
    stories,
)
from tests.factories import NOW, feed

SECOND = timedelta(seconds=1)


def count(engine: Engine, table: str) -> int:
    with read_transaction(engine) as db:
        return db.scalar(select(func.count()).select_from(heartbeats.metadata.tables[table])) or 0


@pytest.fixture
def filled(engine: Engine, store: Store) -> Engine:
    """In each table one row a second too old and one just young enough; more old keys than a batch."""
    store.feeds.sync([feed()], NOW)
    keys = [("young", NOW - KEYS_KEPT), *((f"old {n}", NOW - KEYS_KEPT - SECOND) for n in range(BATCH + 1))]
    entry = {"feed": "Лента", "url": "", "title": "Т", "seen_at": NOW, "outcome": Outcome.UNMATCHED, "reason": ""}
    with write_transaction(engine) as db:
        number = db.execute(insert(entries).values(**entry).returning(entries.c.id)).scalar_one()
        rows = [{"feed": "Лента", "key": key, "entry_id": number, "last_seen_at": at} for key, at in keys]
        db.execute(insert(entry_keys), rows)
        for at in (NOW - SENDS_KEPT, NOW - SENDS_KEPT - SECOND):
            db.execute(insert(sends).values(chat="@channel", at=at))
        for name, at in (("poll@here", NOW - BEATS_KEPT), ("poll@gone", NOW - BEATS_KEPT - SECOND)):
            db.execute(insert(heartbeats).values(name=name, at=at))
    return engine


def test_only_what_is_old_is_forgotten(filled: Engine) -> None:
    forgotten = Housekeeping(filled).tidy(NOW)

    assert forgotten == {"keys": BATCH + 1, "sends": 1, "beats": 1, "answers": 0, "photos": 0, "initials": 0}
    assert (count(filled, "entry_keys"), count(filled, "sends"), count(filled, "entries")) == (1, 1, 1)
    assert count(filled, "heartbeats") == 2, "the young one, and the memory of this round"


def test_of_reviewers_nothing_is_left_after_ninety_days(engine: Engine, store: Store) -> None:
    with write_transaction(engine) as db:
        db.execute(insert(stories).values(id=1, created_at=NOW, updated_at=NOW))
        decided = {"html": "?", "asked_at": NOW, "decision": "rejected", "decided_at": NOW, "initial": "А"}
        db.execute(insert(reviews).values(story_id=1, part=1, **decided))
        db.execute(insert(retractions).values(story_id=1, why="ошибка", at=NOW, initial="А", parts=[1]))
        db.execute(insert(mutes).values(topic="т", rule="п", title="Т", since=NOW, until=NOW, initial="А"))
        saved = {"file": "feeds.yaml", "digest": "", "content": b"", "saved_at": NOW, "initial": "А"}
        db.execute(insert(file_versions).values(**saved))
        db.execute(insert(desk_keys).values(digest="", kind="session", expires_at=NOW, initial="А"))
        sent = {"chat": "-1", "state": "sent", "wanted_revision": 1, "created_at": NOW, "updated_at": NOW}
        question = "?\n\n<b>Отклонено · 23.11 14:05 · А.</b>"
        db.execute(insert(deliveries).values(story_id=1, part=1, html=question, **sent))
        db.execute(insert(deliveries).values(key="reply:7", html="Ленты: 5", **sent))
        db.execute(insert(deliveries).values(key="reload:0", html="Правила обновлены (правка за столом, А.)", **sent))
        answered = "Было: «Ахметов (А.)»\n\nСообщено в канале (А.)\n\nСтраница снова на месте"
        db.execute(insert(deliveries).values(key="page:1", html=answered, **sent))
    housekeeping = Housekeeping(engine)
    assert housekeeping.tidy(NOW + PEOPLE_KEPT)["initials"] == 0

    forgotten = housekeeping.tidy(NOW + PEOPLE_KEPT + TIDY_EVERY)

    assert (forgotten["answers"], forgotten["initials"]) == (2, 1)
    with read_transaction(engine) as db:
        assert db.scalars(select(deliveries.c.html).order_by(deliveries.c.id)).all() == [
            "?\n\n<b>Отклонено · 23.11 14:05</b>",
            "Было: «Ахметов (А.)»\n\nСообщено в канале\n\nСтраница снова на месте",
        ]
        for table in (table for table in reviews.metadata.sorted_tables if "initial" in table.c):
            assert not any(db.scalars(select(table.c.initial))), table.name


def test_a_feed_that_has_not_changed_for_months_keeps_everything(filled: Engine) -> None:
    """It still shows those entries; forgotten, they would come back as news."""
    with write_transaction(filled) as db:
        db.execute(delete(entry_keys).where(entry_keys.c.key == "young"))
        db.execute(update(feeds).values(read_at=NOW - 2 * KEYS_KEPT))  # its last whole reading showed them all

    assert Housekeeping(filled).tidy(NOW)["keys"] == 0
    assert count(filled, "entry_keys") == BATCH + 1


def test_once_a_day_whoever_asks(engine: Engine) -> None:
    first, second = Housekeeping(engine), Housekeeping(engine)

    assert first.tidy(NOW)
    assert not second.tidy(NOW + SECOND)
    assert not first.tidy(NOW + TIDY_EVERY - SECOND)
    assert second.tidy(NOW + TIDY_EVERY)


def test_more_chores_may_be_given(engine: Engine) -> None:
    def forget_nothing(_db: Connection, _now: datetime) -> int:
        return 0

    house = Housekeeping(engine, {**CHORES, "archive": forget_nothing})

    assert house.tidy(NOW) == dict.fromkeys([*CHORES, "archive"], 0)


def test_the_memory_of_a_round_is_a_beat(engine: Engine) -> None:
    Housekeeping(engine).tidy(NOW)

    assert Stats(engine).vitals(NOW).beats == {TIDIED: NOW}
