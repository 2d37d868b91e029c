"""Fixtures that are real parts: databases of both kinds, servers on loopback. Nothing may leave loopback."""

import asyncio
import gc
import os
import secrets
import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
import structlog
from hypothesis import settings
from sqlalchemy import Engine

from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.store import Store
from tests.harness.databases import close_lent_engines, lent_postgres_engine, open_test_engine, sqlite_database
from tests.harness.loops import LoopbackLoop, ManualTimeLoop, VirtualTimeLoop, refuse_outside
from tests.servers.bot_api import BotApi
from tests.servers.postgres import PostgresServer
from tests.servers.web import WebServer

# The same examples in every run of CI; a developer's machine looks for new ones. How long one takes says nothing
# on a machine that does other work: what must be quick is measured in benchmarks/.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
_STORAGE = Path(__file__).parent / "integration" / "storage"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--one-database",
        action="store_true",
        help="outside of storage run each test on one of the two databases, half of them on each",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Storage is what the databases differ in: its tests run on both. CI runs all of them on both (Makefile)."""
    if config.option.one_database:
        left_out = set(filter(_is_of_the_other_database, items))
        config.hook.pytest_deselected(items=[*left_out])
        items[:] = [item for item in items if item not in left_out]


def _is_of_the_other_database(item: pytest.Item) -> bool:
    callspec = getattr(item, "callspec", None)
    kind = callspec.params.get("database_server") if callspec else None
    if kind is None or _STORAGE in item.path.parents:
        return False
    turn = crc32(item.nodeid.replace(kind, "").encode()) % 2
    return bool(kind != ("sqlite", "postgres")[turn])


def pytest_configure(config: pytest.Config) -> None:
    """One seed for all chance of a run: the order of the tests, `random`, the examples of hypothesis."""
    options = config.option
    if seed := getattr(options, "randomly_seed", None):  # none under `-p no:randomly`
        options.randomly_seed = secrets.randbits(32) if seed == "default" else seed
        options.hypothesis_seed = options.hypothesis_seed or str(options.randomly_seed)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Name the seed in quiet runs too, where the plugin says nothing; `--randomly-seed=N` repeats the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    seed = getattr(session.config.option, "randomly_seed", None)
    if reporter and seed is not None and not reporter.showheader:
        reporter.write_line(f"Using --randomly-seed={seed}")


def pytest_xdist_auto_num_workers() -> int:
    """Three more than there are cores: tests of processes wait for most of their time. (Four more gain nothing.) In CI,
    which has time, two: browsers and killed processes stumble where too many work.
    """
    return len(os.sched_getaffinity(0)) + (2 if os.environ.get("CI") else 3)


def pytest_collection() -> None:
    """No garbage to look for while modules are imported and tests made: all of it stays."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Let the collector leave alone what the whole run keeps: the modules and eight thousand tests."""
    gc.enable()
    gc.collect()
    gc.freeze()


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop that the test's mark asks for (tests/harness/loops.py)."""
    for mark, loop in (("virtual_time", VirtualTimeLoop), ("manual_time", ManualTimeLoop)):
        if item.get_closest_marker(mark):
            return {mark: loop}
    return {"real time": LoopbackLoop}


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections to anywhere but this machine, whoever asks."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        refuse_outside(address[0] if isinstance(address, tuple) else "")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def plain_log() -> None:
    """Tracebacks as Python writes them: the default of structlog draws each with rich, which takes seconds."""
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, structlog.dev.set_exc_info, renderer])


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL of our own; a machine that cannot start one fails, it does not skip."""
    with PostgresServer() as server:
        yield server
        close_lent_engines(server)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_server(request: pytest.FixtureRequest) -> PostgresServer | None:
    """Once None, for a SQLite file, and once PostgreSQL."""
    return request.getfixturevalue("postgres") if request.param == "postgres" else None


@pytest.fixture
def database_url(database_server: PostgresServer | None, tmp_path: Path) -> str:
    """The address of a database without tables, of either kind."""
    return database_server.new_database() if database_server else f"sqlite:///{tmp_path / 'monitor.db'}"


@pytest.fixture
def engine(database_server: PostgresServer | None, tmp_path: Path) -> Iterator[Engine]:
    """A migrated database of either kind."""
    if database_server:
        with lent_postgres_engine(database_server) as engine:
            yield engine
    else:
        engine = open_test_engine(sqlite_database(tmp_path / "monitor.db"))
        yield engine
        engine.dispose()


@pytest.fixture
def store(engine: Engine) -> Store:
    """A store on either kind of database."""
    return Store(engine)


@pytest.fixture
def outbox(engine: Engine) -> Outbox:
    """The outbox of the same database."""
    return Outbox(engine)


@pytest.fixture
def web() -> Iterator[WebServer]:
    """Feeds and pages over HTTP."""
    with WebServer() as server:
        yield server


@pytest.fixture
def bot_api() -> Iterator[BotApi]:
    """A Bot API that speaks HTTP."""
    with BotApi() as server:
        yield server
