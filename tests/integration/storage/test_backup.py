"""Copies of a database that is worked on, put back and moved: every row, or nothing."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from monitor.errors import DatabaseError, InstanceRunning
from monitor.models.outbox import Delivery, DeliveryState, Pace, Settlement
from monitor.storage import backup
from monitor.storage.database import instance_lock, open_engine, write_transaction
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.store import Store
from monitor.storage.tables import deliveries, entries, feeds, metadata, stories
from monitor.stories.grouping import group
from tests.factories import NOW, feed, matched, poll_outcome, settled
from tests.factories.channels import to_channel
from tests.harness.databases import lent_postgres_engine, open_test_engine, postgres_database, sqlite_database
from tests.servers.postgres import PostgresServer

PLACE = partial(group, chats=to_channel("@channel", review="-100"))
LEASE, MINUTE = timedelta(minutes=5), timedelta(minutes=1)
FREE = Pace(per_minute=1000, spacing=timedelta(0))


def address(path: Path) -> str:
    return f"sqlite:///{path}"


def address_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def poll(store: Store, numbers: range) -> None:
    """One good poll that finds these entries, each a story of its own."""
    (state,) = store.feeds.claim(NOW, limit=1, lease=LEASE, names=["Лента"])
    found = tuple(matched(number, title=f"Случай {number}", text=f"слово{number} " * 30) for number in numbers)
    outcome = poll_outcome(lease_no=state.lease_no, matched=found, settled=(settled(10_000 + numbers.start),))
    assert store.polls.record_all([outcome], PLACE, window=timedelta(days=5))


@pytest.fixture
def database_url(database_server: PostgresServer | None, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database, of either kind."""
    if database_server:
        with lent_postgres_engine(database_server) as engine:
            yield address_of(engine)
    else:
        yield sqlite_database(tmp_path / "monitor.db")


@pytest.fixture
def filled(database_url: str) -> Iterator[Engine]:
    """A database of either kind with stories: one posted, one just being sent, the others waiting."""
    engine = open_test_engine(database_url)
    store, outbox = Store(engine), Outbox(engine)
    store.feeds.sync([feed()], NOW)
    poll(store, range(1, 6))
    first = outbox.claim("@channel", NOW, lease=LEASE, pace=FREE)
    assert isinstance(first, Delivery)
    outbox.settle(first, Settlement(state=DeliveryState.SENT, message_id=7), NOW)
    outbox.claim("@channel", NOW, lease=LEASE, pace=FREE)
    yield engine
    engine.dispose()


def rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, in the order of the keys."""
    engine = open_test_engine(url)
    with engine.connect() as db:
        found = {
            table.name: [tuple(row) for row in db.execute(select(table).order_by(*table.primary_key.columns))]
            for table in metadata.sorted_tables
        }
    engine.dispose()
    return found


def test_a_backup_is_equal_row_by_row(filled: Engine, database_url: str, tmp_path: Path) -> None:
    told = backup.backup(database_url, tmp_path / "copies" / "one.db")

    assert rows(address(tmp_path / "copies" / "one.db")) == rows(database_url)
    assert told["stories"] == 5
    assert sorted(path.name for path in (tmp_path / "copies").iterdir()) == ["one.db"], "one file, nothing beside it"


def test_a_backup_taken_during_writes_is_one_moment(tmp_path: Path) -> None:
    """Every entry in it has its feed, its story and its delivery, whatever was written meanwhile."""
    url = sqlite_database(tmp_path / "live.db")
    engine = open_engine(url)
    store = Store(engine)
    store.feeds.sync([feed()], NOW)
    stop = threading.Event()

    def work() -> None:
        number = 1
        while not stop.is_set():
            poll(store, range(number, number + 3))
            number += 3

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for number in range(4):
            told = backup.backup(url, tmp_path / f"{number}.db")
            assert told["stories"] == told["deliveries"]
            assert told["stories"] % 3 == 0, "no half of a poll"
    finally:
        stop.set()
        worker.join()
        engine.dispose()
    assert backup.verify(tmp_path / "3.db")["stories"] >= backup.verify(tmp_path / "0.db")["stories"]


def test_a_backup_never_overwrites(filled: Engine, database_url: str, tmp_path: Path) -> None:
    (tmp_path / "old.db").write_text("dear")

    with pytest.raises(DatabaseError, match="уже есть"):
        backup.backup(database_url, tmp_path / "old.db")
    assert (tmp_path / "old.db").read_text() == "dear"


def test_a_backup_that_cannot_be_written_leaves_no_file_of_that_name(filled: Engine, database_url: str) -> None:
    with pytest.raises(DatabaseError, match="проверьте"):
        backup.backup(database_url, Path("/proc/nowhere/copy.db"))


def test_a_restored_copy_sends_nothing_again(filled: Engine, database_url: str, tmp_path: Path) -> None:
    """What was sent stays sent; what waited may have been sent since, so it is in doubt."""
    backup.backup(database_url, tmp_path / "copy.db")
    url = address(tmp_path / "elsewhere" / "monitor.db")

    backup.restore(tmp_path / "copy.db", url, NOW)

    restored, original = rows(url), rows(database_url)
    assert {name: found for name, found in restored.items() if name not in ("deliveries", "feeds")} == {
        name: found for name, found in original.items() if name not in ("deliveries", "feeds")
    }
    engine = open_engine(url)
    with engine.connect() as db:
        states = db.scalars(select(deliveries.c.state).order_by(deliveries.c.id)).all()
        leases = db.scalars(select(feeds.c.lease_until)).all()
    assert states == ["sent", *["uncertain"] * 4]
    assert leases == [None]
    assert Outbox(engine).claim("@channel", NOW, lease=LEASE, pace=FREE) is None
    engine.dispose()


@pytest.mark.parametrize(
    ("published_at", "found_after", "state"),
    [
        (NOW - MINUTE, timedelta(hours=5), "uncertain"),
        (NOW + MINUTE, timedelta(hours=5), "pending"),
        (None, timedelta(minutes=30), "uncertain"),
        (None, timedelta(hours=5), "pending"),
    ],
)
def test_what_was_news_before_a_copy_was_put_back_may_have_been_told(
    published_at: datetime | None, found_after: timedelta, state: str, filled: Engine, tmp_path: Path
) -> None:
    Store(filled).destinations.settle(["@channel"], NOW)
    backup.backup(address_of(filled), tmp_path / "copy.db")
    url = address(tmp_path / "elsewhere" / "monitor.db")
    backup.restore(tmp_path / "copy.db", url, NOW)
    engine, later = open_test_engine(url), NOW + found_after
    store = Store(engine)

    (claimed,) = store.feeds.claim(later, limit=1, lease=LEASE, names=["Лента"])
    again = matched(9, title="Случай 9", text="слово9 " * 30, published_at=published_at)
    outcome = poll_outcome(lease_no=claimed.lease_no, matched=(again,), polled_at=later)
    assert store.polls.record_all([outcome], PLACE, window=timedelta(days=5))

    with engine.connect() as db:
        newest = db.execute(select(deliveries).order_by(deliveries.c.id.desc()).limit(1)).one()
    assert newest.state == state
    assert ("восстановлена из копии" in newest.error) is (state == "uncertain")
    engine.dispose()


def test_a_restore_that_ends_before_the_doubts_restores_nothing(
    filled: Engine, database_url: str, tmp_path: Path
) -> None:
    """Killed between the rows and the doubts, it must not leave rows that would all be posted again."""
    backup.backup(database_url, tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        copy.execute("CREATE TRIGGER stop BEFORE UPDATE ON deliveries BEGIN SELECT RAISE(ABORT, 'killed'); END")
    target = tmp_path / "new.db"

    with pytest.raises(IntegrityError, match="killed"):
        backup.restore(tmp_path / "copy.db", address(target), NOW)

    assert target.stat().st_size == 0, "held, and empty"


def test_a_restore_to_postgresql_is_one_transaction(tmp_path: Path, postgres: PostgresServer) -> None:
    file, server = sqlite_database(tmp_path / "monitor.db"), postgres_database(postgres)
    for url in (file, server):
        engine = open_engine(url)
        with write_transaction(engine) as db:
            if url == file:
                row = {"chat": "@c", "state": DeliveryState.PENDING, "html": "x", "key": "x", "wanted_revision": 1}
                db.execute(insert(deliveries).values(**row, created_at=NOW, updated_at=NOW))
            else:
                db.execute(
                    text("CREATE FUNCTION stop() RETURNS trigger AS 'BEGIN RAISE ''killed''; END' LANGUAGE plpgsql")
                )
                db.execute(text("CREATE TRIGGER stop BEFORE UPDATE ON deliveries EXECUTE FUNCTION stop()"))
        engine.dispose()
    backup.backup(file, tmp_path / "copy.db")

    with pytest.raises(ProgrammingError, match="killed"):
        backup.restore(tmp_path / "copy.db", server, NOW)

    assert rows(server)["deliveries"] == []


def test_copies_are_their_owners_alone(filled: Engine, database_url: str, tmp_path: Path) -> None:
    backup.backup(database_url, tmp_path / "copy.db")
    backup.restore(tmp_path / "copy.db", address(tmp_path / "data" / "new.db"), NOW)

    files = [tmp_path / "copy.db", *(tmp_path / "data").iterdir()]
    assert {file.name: oct(file.stat().st_mode & 0o777) for file in files} == {file.name: "0o600" for file in files}
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_an_edit_that_waited_goes_on_after_a_restore(tmp_path: Path) -> None:
    url = sqlite_database(tmp_path / "live.db")
    engine = open_engine(url)
    with write_transaction(engine) as db:
        db.execute(insert(stories).values(id=1, created_at=NOW, updated_at=NOW))
        edit = {"story_id": 1, "chat": "@c", "state": DeliveryState.PENDING, "html": "x", "wanted_revision": 2}
        db.execute(insert(deliveries).values(**edit, message_id=5, created_at=NOW, updated_at=NOW))
    backup.backup(url, tmp_path / "copy.db")

    backup.restore(tmp_path / "copy.db", address(tmp_path / "new.db"), NOW)

    assert [row[3] for row in rows(address(tmp_path / "new.db"))["deliveries"]] == [DeliveryState.PENDING]
    engine.dispose()


def test_a_restore_replaces_only_when_told_and_keeps_the_old_file(tmp_path: Path) -> None:
    url = sqlite_database(tmp_path / "monitor.db")
    engine = open_engine(url)
    Store(engine).feeds.sync([feed(name="Новая")], NOW)
    backup.backup(url, tmp_path / "copy.db")
    with write_transaction(engine) as db:
        db.execute(update(feeds).values(name="Позже"))
    engine.dispose()

    with pytest.raises(DatabaseError, match="--force"):
        backup.restore(tmp_path / "copy.db", url, NOW)
    backup.restore(tmp_path / "copy.db", url, NOW, force=True)

    assert rows(url)["feeds"][0][0] == "Новая"
    (kept,) = tmp_path.glob("monitor.db.replaced-*")
    assert rows(address(kept))["feeds"][0][0] == "Позже"


def test_a_database_in_use_is_neither_replaced_nor_moved(tmp_path: Path) -> None:
    url = sqlite_database(tmp_path / "monitor.db")
    backup.backup(url, tmp_path / "copy.db")

    with instance_lock(url):
        with pytest.raises(InstanceRunning):
            backup.restore(tmp_path / "copy.db", url, NOW, force=True)
        with pytest.raises(InstanceRunning):
            backup.copy_to(url, address(tmp_path / "other.db"))


@pytest.mark.parametrize("damage", ["cut", "text", "empty", "missing", "foreign"])
def test_what_is_no_whole_copy_is_refused_and_nothing_replaced(damage: str, tmp_path: Path) -> None:
    url = sqlite_database(tmp_path / "monitor.db")
    engine = open_engine(url)
    Store(engine).feeds.sync([feed(name=f"Лента {number}") for number in range(200)], NOW)
    backup.backup(url, tmp_path / "copy.db")
    before, copy = rows(url), tmp_path / "copy.db"
    if damage == "cut":
        os.truncate(copy, copy.stat().st_size // 2)
    elif damage == "text":
        copy.write_text("не база" * 1000, encoding="utf-8")
    elif damage == "empty":
        copy.write_bytes(b"")
    elif damage == "missing":
        copy.unlink()
    else:
        copy.unlink()
        with closing(sqlite3.connect(copy)) as db:
            db.execute("CREATE TABLE notes (x)")
            db.commit()

    with pytest.raises(DatabaseError):
        backup.restore(copy, url, NOW, force=True)
    assert rows(url) == before
    engine.dispose()


@pytest.mark.postgres
def test_a_sqlite_file_moves_to_postgresql_and_goes_on_there(tmp_path: Path, postgres: PostgresServer) -> None:
    url, target = sqlite_database(tmp_path / "monitor.db"), postgres.new_database()
    engine = open_engine(url)
    store = Store(engine)
    store.feeds.sync([feed()], NOW)
    poll(store, range(1, 6))
    engine.dispose()

    told = backup.copy_to(url, target)

    assert rows(target) == rows(url)
    assert told["stories"] == 5
    moved = open_engine(target)
    with moved.begin() as db:
        db.execute(update(feeds).values(lease_until=None))
    poll(Store(moved), range(6, 8))  # the numbers go on after the last one
    with moved.connect() as db:
        assert db.scalar(select(text("max(id)")).select_from(entries)) == 9
    moved.dispose()


@pytest.mark.postgres
def test_a_backup_of_postgresql_comes_back_to_postgresql(tmp_path: Path, postgres: PostgresServer) -> None:
    url, target = postgres_database(postgres), postgres.new_database()
    engine = open_engine(url)
    Store(engine).feeds.sync([feed(name=f"Лента {number}") for number in range(backup.BATCH + 100)], NOW)
    engine.dispose()
    backup.backup(url, tmp_path / "copy.db")

    backup.restore(tmp_path / "copy.db", target, NOW)

    assert rows(target) == rows(url)


def test_a_target_with_rows_is_refused(filled: Engine, database_url: str, tmp_path: Path) -> None:
    target = sqlite_database(tmp_path / "target.db")
    other = open_engine(target)
    Store(other).feeds.sync([feed(name="Чужая")], NOW)
    before = rows(target)

    with pytest.raises(DatabaseError, match="не пуста"):
        backup.copy_to(database_url, target)
    assert rows(target) == before
    other.dispose()


def test_a_difference_is_named(tmp_path: Path) -> None:
    one, other = (open_engine(sqlite_database(tmp_path / name)) for name in ("one.db", "other.db"))
    for engine, name in ((one, "Первая"), (other, "Вторая")):
        Store(engine).feeds.sync([feed(name=name)], NOW)

    with one.connect() as old, other.connect() as new:
        assert list(backup.differences(old, new)) == ["feeds: name=Первая"]
    one.dispose()
    other.dispose()
