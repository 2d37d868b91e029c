"""Empty migrated databases: the migrations run once a process, each test gets a copy of what they made."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from monitor.storage.database import migrate, open_engine
from tests.servers.postgres import PostgresServer


def sqlite_database(path: Path) -> str:
    """Put a migrated SQLite file at `path`, making its folder; returns its SQLAlchemy address."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_migrated_file())
    return f"sqlite:///{path}"


def postgres_database(server: PostgresServer) -> str:
    """A migrated database of its own on this server; returns its SQLAlchemy address."""
    return server.new_database(like=_migrated_template(server))


@cache
def _migrated_file() -> bytes:
    folder = Path(tempfile.mkdtemp())
    _migrate(f"sqlite:///{folder / 'empty.db'}")
    content = (folder / "empty.db").read_bytes()
    shutil.rmtree(folder)
    return content


@cache
def _migrated_template(server: PostgresServer) -> str:
    url = server.new_database()
    _migrate(url)
    return url


def _migrate(url: str) -> None:
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
