"""Fixtures that are real parts: databases of both kinds, servers on loopback. Nothing may leave loopback."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import Engine

from monitor.storage.database import migrate, open_engine
from monitor.storage.outbox import Outbox
from monitor.storage.polls import Store
from tests.servers.bot_api import BotApi
from tests.servers.postgres import PostgresServer
from tests.servers.web import WebServer

# The same examples in every run of CI; a developer's machine looks for new ones. How long one takes says nothing
# on a machine that does other work: what must be quick is measured in benchmarks/.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections to anywhere but this machine, whoever asks."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if host and not host.startswith("127.") and host not in {"::1", "localhost"}:
            raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL of our own; a machine that cannot start one fails, it does not skip."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database: a SQLite file, and a PostgreSQL one."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'monitor.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A migrated database of either kind."""
    engine = open_engine(database_url)
    migrate(engine)
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
