"""Empty migrated databases: the migrations run once a process, each test gets a copy of what they made; and engines
that compile a statement once a process.
"""

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Dialect, Engine, event
from sqlalchemy.exc import SQLAlchemyError

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
def lent_postgres_engine(server: PostgresServer) -> Iterator[Engine]:
    """`postgres_database` for the time of the block: emptied, it is lent again, since a copy takes a tenth of a second.

    Its connections stay open: a new one costs the server more than most tests ask of it. A database that is still used
    at the end, or whose tables are no longer the migrations', is lent to nobody else.
    """
    free = _free[server]
    engine = free.pop() if free else open_test_engine(postgres_database(server))
    yield engine.execution_options()  # who listens to its events listens to this borrower's
    if _emptied(engine, like=_migrated_template(server)):
        free.append(engine)
    else:
        engine.dispose()


def close_lent_engines(server: PostgresServer) -> None:
    """Before the server stops."""
    for engine in _free.pop(server, ()):
        engine.dispose()


def open_test_engine(url: str) -> Engine:
    """`open_engine`; what one of these engines has compiled, no other of its kind compiles again.

    By itself each keeps its own statements, and a database that lives for one test is asked most of them once. SQLite
    does not wait for the disk: nobody pulls the plug here, and the system keeps what it was given.
    """
    engine = open_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda opened, _: opened.execute("PRAGMA synchronous=OFF"))
    dialect: Any = type(engine.dialect)
    engine.dialect.__class__ = _alike(dialect)
    engine.update_execution_options(compiled_cache=_COMPILED)
    return engine


_COMPILED: dict[Any, Any] = {}


@cache
def _alike(dialect: type[Dialect]) -> type[Dialect]:
    """The dialect, all of whose objects are one key among the compiled statements."""

    def is_alike(one: object, other: object) -> bool:
        return type(one) is type(other)

    own = {"__eq__": is_alike, "__hash__": lambda one: hash(type(one)), "supports_statement_cache": True}
    return type(dialect.__name__, (dialect,), own)


_free: defaultdict[PostgresServer, list[Engine]] = defaultdict(list)
_SCHEMA = """
SELECT md5(string_agg(format('%s.%s %s', c.relname, a.attname, a.atttypid), ',' ORDER BY c.relname, a.attnum))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE n.nspname = 'public' AND a.attnum > 0 AND NOT a.attisdropped
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
  PERFORM setval(sequencename::regclass, start_value, false) FROM pg_sequences WHERE schemaname = 'public';
END $$
"""


def _emptied(engine: Engine, *, like: str) -> bool:
    try:
        with closing(engine.raw_connection()) as pooled:
            connection: Any = pooled.driver_connection
            if connection.execute(_SCHEMA).fetchone() != _schema(like):
                return False
            connection.execute(_EMPTY)
            connection.commit()
            for table, rows in _first_rows(like):
                put = f'INSERT INTO "{table}" SELECT * FROM json_populate_recordset(NULL::"{table}", %s::json)'
                connection.execute(put, [rows])
            connection.commit()
    except (psycopg.Error, SQLAlchemyError):
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
