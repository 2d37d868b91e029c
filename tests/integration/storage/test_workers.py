"""Several workers on one PostgreSQL: starting at once, versions side by side, a server that goes away."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, NullPool, create_engine, inspect, select, text

from monitor.errors import DatabaseError, SchemaError
from monitor.models.outbox import ChatIdentity, Delivery, DeliveryState, Pace, Settlement
from monitor.storage.database import (
    SCHEMA_LOCK,
    migrate,
    open_engine,
    require_current_schema,
    require_usable_schema,
    write_transaction,
)
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.schema_version import SCRIPTS, serves
from monitor.storage.store import Store
from monitor.storage.tables import feeds
from tests.factories import HOUR, NOW, poll_outcome
from tests.factories import feed as make_feed
from tests.harness.databases import lent_postgres_engine
from tests.servers.postgres import PostgresServer

LEASE = timedelta(minutes=5)
pytestmark = pytest.mark.postgres


@pytest.fixture
def url(postgres: PostgresServer) -> str:
    return postgres.new_database()


@pytest.fixture
def engine(postgres: PostgresServer) -> Iterator[Engine]:
    """Of a migrated database."""
    with lent_postgres_engine(postgres) as lent:
        yield lent


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """One that may be stopped."""
    with PostgresServer(durable=True) as started:
        yield started


def at_once(work: Callable[[int], object], count: int = 4) -> list[object]:
    """Run it so many times at the same moment; raises what any of them raised."""
    start = threading.Barrier(count)

    def one(number: int) -> object:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


def test_workers_that_start_at_once_migrate_once(url: str) -> None:
    def start(_: int) -> None:
        engine = open_engine(url)
        migrate(engine)
        Store(engine).feeds.sync([make_feed(name=f"Лента {number}") for number in range(50)], NOW)
        engine.dispose()

    at_once(start)

    engine = open_engine(url)
    require_current_schema(engine)
    with engine.connect() as db:
        assert len(db.execute(select(feeds.c.name)).all()) == 50
    engine.dispose()


def test_the_migrations_of_others_are_waited_for(url: str) -> None:
    engine = open_engine(url)
    with create_engine(url, poolclass=NullPool).connect() as other:
        other.execute(text(f"SELECT pg_advisory_lock({SCHEMA_LOCK})"))
        with ThreadPoolExecutor(1) as threads:
            migrating = threads.submit(migrate, engine)
            with pytest.raises(TimeoutError):
                migrating.result(timeout=0.5)
            other.execute(text(f"SELECT pg_advisory_unlock({SCHEMA_LOCK})"))
            migrating.result(timeout=30)
    require_current_schema(engine)
    engine.dispose()


def test_many_rows_are_locked_in_one_order(engine: Engine) -> None:
    """Two workers that each want what the other holds would be stopped by the server."""
    names = [f"Лента {number:02}" for number in range(40)]
    wanted = [make_feed(name=name) for name in names]
    store = Store(engine)
    store.feeds.sync(wanted, NOW)
    claimed = {one.name: one.lease_no for one in store.feeds.claim(NOW, limit=40, lease=LEASE)}
    outcomes = [poll_outcome(feed=name, lease_no=claimed[name], next_poll_at=NOW) for name in reversed(names)]
    jobs: list[Callable[[], object]] = [
        lambda: store.polls.record_all(outcomes, lambda *_, **__: (), window=HOUR),
        lambda: store.feeds.forgive(names[::-1], NOW),
        lambda: store.feeds.sync(wanted[::-1], NOW),
        lambda: store.feeds.claim(NOW, limit=10, lease=LEASE),
    ]

    def many(number: int) -> None:
        for _ in range(25):
            jobs[number]()

    at_once(many, len(jobs))


def test_workers_that_serve_topics_of_one_forum_keep_one_pace_and_never_wait_for_each_other(
    engine: Engine,
) -> None:
    store, topics = Store(engine), ("@forum", "@forum/17", "-1005/18", "@forum/19")
    numbers = {name: f"-1005/{topic}" if (topic := name.partition("/")[2]) else "-1005" for name in topics}
    for name in topics:
        for number in range(20):
            store.outbox.tell(name, str(number), "новость", now=NOW)

    def serve(worker: int) -> int:
        sent = 0
        for name in (topics[worker:] + topics[:worker]) * 2:
            store.chats.meet(name, ChatIdentity(number=numbers[name]), served=topics, now=NOW)
            claimed = store.outbox.claim(name, NOW, lease=LEASE, pace=Pace(per_minute=10, spacing=timedelta(0)))
            if isinstance(claimed, Delivery):
                sent += 1
                store.outbox.settle(claimed, Settlement(state=DeliveryState.SENT, message_id=claimed.id), NOW)
        return sent

    for name in topics:
        store.chats.meet(name, ChatIdentity(number=numbers[name]), served=topics, now=NOW)
    sent: list[int] = []
    at_once(lambda worker: sent.append(serve(worker)))

    assert sum(sent) == 10


def test_a_lease_given_up_is_free_at_once_unless_it_was_taken_over(engine: Engine) -> None:
    store = Store(engine)
    store.feeds.sync([make_feed(name="А"), make_feed(name="Б")], NOW)
    mine = store.feeds.claim(NOW, limit=2, lease=LEASE)
    (taken_over,) = store.feeds.claim(NOW + LEASE, limit=2, lease=LEASE, names=["Б"])

    store.feeds.release(mine)

    assert [one.name for one in store.feeds.claim(NOW + LEASE, limit=2, lease=LEASE)] == ["А"]
    assert taken_over.lease_no == 2


def test_locks_of_a_worker_that_vanished_end(url: str) -> None:
    engine = open_engine(url)
    with engine.connect() as db:
        settings = ("lock_timeout", "idle_in_transaction_session_timeout", "tcp_keepalives_idle")
        assert [db.scalar(text(f"SHOW {name}")) for name in settings] == ["30s", "1min", "30"]
    engine.dispose()


def test_the_server_restarts_and_work_goes_on(server: PostgresServer) -> None:
    engine = open_engine(server.new_database())
    migrate(engine)
    store, outbox = Store(engine), Outbox(engine)
    store.feeds.sync([make_feed(name="А")], NOW)

    server.restart()
    assert store.feeds.claim(NOW, limit=1, lease=LEASE), "a connection that broke is replaced unseen"

    server.stop(immediate=True)
    with pytest.raises(DatabaseError, match="недоступна"):
        outbox.recover(NOW, everything=False)
    server.start()

    assert outbox.recover(NOW, everything=False) == 0
    assert not store.feeds.claim(NOW + LEASE / 2, limit=1, lease=LEASE), "the lease outlived the crash"
    assert store.feeds.claim(NOW + LEASE, limit=1, lease=LEASE)
    engine.dispose()


def test_the_server_goes_away_in_the_middle_of_a_transaction(server: PostgresServer) -> None:
    engine = open_engine(server.new_database())
    migrate(engine)
    store = Store(engine)

    def torn() -> None:
        with write_transaction(engine) as db:
            db.execute(feeds.insert().values(name="А", url="http://127.0.0.1/", active=True, next_poll_at=NOW))
            server.restart()

    with pytest.raises(DatabaseError):
        torn()

    assert store.feeds.health(NOW) == ()
    engine.dispose()


@pytest.mark.parametrize(
    ("found", "expected", "works"),
    [
        ("0003", "0003", True),
        ("0005", "0003", True),
        ("0002", "0003", False),
        ("", "0003", False),
        ("2-0006", "0003", False),
        ("2-0007", "2-0006", True),
        ("0005", "2-0006", False),
    ],
)
def test_code_works_on_later_tables_of_its_era(found: str, expected: str, *, works: bool) -> None:
    assert serves(found, expected) is works


def stamp(engine: Engine, revision: str) -> None:
    with engine.begin() as db:
        db.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def test_a_worker_of_the_version_before_starts_on_tables_of_the_next(engine: Engine) -> None:
    stamp(engine, "0999")
    with engine.begin() as db:
        db.execute(text("ALTER TABLE feeds ADD COLUMN colour varchar NOT NULL DEFAULT 'blue'"))

    migrate(engine)
    require_usable_schema(engine)
    Store(engine).feeds.sync([make_feed()], NOW)

    with pytest.raises(SchemaError, match="обновите"):
        require_current_schema(engine)  # a copy would leave the column out
    stamp(engine, "9-0999")
    with pytest.raises(SchemaError, match="Программа старее базы"):
        migrate(engine)


def columns(engine: Engine) -> dict[tuple[str, str], tuple[bool, bool]]:
    """Of every column: whether it may be NULL, whether it has a default."""
    return {
        (table, column["name"]): (column["nullable"], column["default"] is not None)
        for (_, table), found in inspect(engine).get_multi_columns().items()
        for column in found
    }


def test_within_an_era_migrations_only_add(url: str) -> None:
    """What is dropped, or must be given, stops the workers of the version before."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    engine = open_engine(url)
    steps = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()][::-1]
    before: dict[tuple[str, str], tuple[bool, bool]] = {}
    era = ""
    for step in steps:
        assert step.rpartition("-")[2].isdigit(), f"{step}: a revision is named 0007, or 2-0007 in a later era"
        with engine.begin() as db:
            config.attributes["connection"] = db
            command.upgrade(config, step)
        after = columns(engine)
        if step.rpartition("-")[0] == era and before:
            known = {table for table, _ in before}
            assert before.keys() <= after.keys(), f"{step} drops {before.keys() - after.keys()}"
            for table, name in after.keys() - before.keys():
                nullable, has_default = after[table, name]
                assert table not in known or nullable or has_default, f"{step}: {table}.{name} must be given"
        before, era = after, step.rpartition("-")[0]
    engine.dispose()
