"""Empty migrated databases: the migrations run once a process, each test gets a copy of what they made."""

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg

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


@contextmanager
def lent_postgres_database(server: PostgresServer) -> Iterator[str]:
    """`postgres_database` for the time of the block: emptied, it is lent again, since a copy takes a tenth of a second.

    One that is still used at the end, or whose tables are no longer the migrations', is lent to nobody else.
    """
    free = _free[server]
    url = free.pop() if free else postgres_database(server)
    yield url
    if _emptied(url, like=_migrated_template(server)):
        free.append(url)


_free: defaultdict[PostgresServer, list[str]] = defaultdict(list)
_SCHEMA = """
SELECT md5(string_agg(format('%s.%s %s', c.relname, a.attname, a.atttypid), ',' ORDER BY c.relname, a.attnum))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE n.nspname = 'public' AND NOT a.attisdropped
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
_EMPTY = f"""
DO $$
DECLARE name text;
BEGIN
  SET LOCAL lock_timeout = '2s';
  SET LOCAL session_replication_role = replica;  -- in any order, whatever refers to what
  FOR name IN {_TABLES} LOOP
    EXECUTE format('DELETE FROM %I', name);
  END LOOP;
  FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', name);
  END LOOP;
END $$
"""


def _emptied(url: str, *, like: str) -> bool:
    try:
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            if connection.execute(_SCHEMA.encode()).fetchone() != _schema(like):
                return False
            connection.execute(_EMPTY.encode())
            for table, rows in _first_rows(like):
                put = f'INSERT INTO "{table}" SELECT * FROM json_populate_recordset(NULL::"{table}", %s::json)'
                connection.execute(put.encode(), [rows])
    except psycopg.Error:
        return False
    return True


@cache
def _first_rows(url: str) -> list[tuple[str, str]]:
    """What the migrations themselves put into tables, as JSON."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        tables = connection.execute(_TABLES.encode()).fetchall()
        rows = [(name, connection.execute(f'SELECT json_agg(t)::text FROM "{name}" t'.encode())) for (name,) in tables]
        return [(name, kept) for name, answer in rows for (kept,) in answer if kept]


@cache
def _schema(url: str) -> object:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        return connection.execute(_SCHEMA.encode()).fetchone()


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
