"""Opening the database: an engine for each dialect, migrations, the schema check, the instance lock.

No statements on the product's own rows.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Engine, Table, create_engine, event, inspect, make_url, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import ArgumentError, DataError, IntegrityError, NoSuchModuleError, ProgrammingError
from sqlalchemy.exc import DatabaseError as DriverError

from monitor.errors import DatabaseError, DatabaseLost, SchemaError
from monitor.storage.corrections import schema as _corrections  # noqa: F401 - its tables are part of the schema
from monitor.storage.database_files import (
    FileGuard,
    is_locked,
    is_lost,
    lock,
    lock_beside,
    make_folder_of,
    private_file,
)
from monitor.storage.edits import schema as _edits  # noqa: F401 - as above
from monitor.storage.evidence import schema as _evidence  # noqa: F401 - as above
from monitor.storage.schema_version import SCRIPTS, expected_revision, serves
from monitor.storage.site import schema as _site  # noqa: F401 - as above

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

SERVER_PATIENCE = {"connect_timeout": 10, "keepalives_idle": 30, "keepalives_count": 3, "tcp_user_timeout": 60_000}
"""How long libpq waits for a server that has silently gone; its default is hours."""

BUSY_SECONDS = 30  # how long a statement waits for another writer
CACHE_KB = (
    # of pages, for each connection: the default, 2,000, takes 12 MB more in all, and the system caches the file too
    512
)
SCHEMA_LOCK = 0x6D6F6D  # PostgreSQL advisory lock: one worker migrates, the others wait

READ_ONLY = {"monitor_read_only": True}
"""Execution option of a read-only transaction: on SQLite it must not take the write lock."""

_FILE, _SERVER = "sqlite:///data/monitor.db", "postgresql+psycopg://имя:пароль@хост/база"
_DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql+psycopg")

_Key = TypeVar("_Key", str, int)


def sqlite_file(url: str) -> Path | None:
    """Return the file of a SQLite address, or None for another database."""
    parsed = _parsed(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def has_password(url: str, *, where: str) -> bool:
    """Whether an address contains a password. Raises DatabaseError, naming `where` it is, if it is no address."""
    parsed = _parsed(url, where)
    return bool(parsed.password or parsed.query.get("password"))


def open_engine(url: str) -> Engine:
    """Return an engine for `url`, creating the SQLite folder. Raises DatabaseError with what the operator must do."""
    path = sqlite_file(url)
    if path is None:
        try:
            engine = create_engine(_parsed(url), pool_pre_ping=True, connect_args=_server_patience(_parsed(url)))
        except ImportError as error:
            raise DatabaseError(
                f"Драйвер psycopg для PostgreSQL не загружается ({error}). Выполните: make setup"
            ) from error
        if engine.dialect.name == "postgresql":
            event.listen(engine, "connect", _set_patience)
        return engine
    make_folder_of(path)
    if not path.exists():  # closing a file drops the locks on it of all connections of this process
        with suppress(OSError):  # the first statement reports what is wrong
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    engine = create_engine(_parsed(url), connect_args={"timeout": BUSY_SECONDS})
    _guard(engine, path)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def open_existing(url: str) -> Engine:
    """Return an engine for reading a database of this code's version; nothing is created.

    Raises DatabaseError (also if there is none yet), SchemaError.
    """
    file = sqlite_file(url)
    if file is not None and not file.exists():
        raise DatabaseError(f"Базы {file} ещё нет: монитор здесь не запускали. Её адрес задаёт MONITOR_DATABASE_URL.")
    return _opened(url, require_current_schema)


def open_usable(url: str) -> Engine:
    """Return an engine for a database this code can work on, beside other processes; nothing is created.

    Raises DatabaseError, SchemaError (also if there is no file).
    """
    file = sqlite_file(url)
    if file is not None and is_lost(file):
        raise DatabaseLost(file)
    if file is not None and not file.exists():
        raise SchemaError(found="", expected=expected_revision())
    return _opened(url, require_usable_schema)


def _opened(url: str, require: Callable[[Engine], None]) -> Engine:
    with ExitStack() as stack:
        engine = open_engine(url)
        stack.callback(engine.dispose)  # else its connection stays open until it is garbage-collected
        require(engine)
        stack.pop_all()
    return engine


def migrate(engine: Engine) -> None:
    """Migrate the tables to the version of this code; a SQLite file of an older version is copied first.

    Tables of a later version that this code can work on stay as they are. Workers that start at once wait for each
    other. Raises DatabaseError if the file cannot be written, SchemaError if the tables are too new.
    """
    revision, wanted = _revision_of(engine), expected_revision()
    if serves(revision, wanted):
        return
    if revision > wanted:
        raise SchemaError(found=revision, expected=wanted)
    if revision:
        _copy_before_migration(engine, revision)
    with write_transaction(engine) as connection:
        _lock_schema(connection)
        if serves(_revision(connection), wanted):
            return
        _upgrade(connection)


def migrate_at(url: str) -> None:
    """Migrate the database at this address, as `migrate` does."""
    engine = open_engine(url)
    try:
        migrate(engine)
    finally:
        engine.dispose()


def require_current_schema(engine: Engine) -> None:
    """Raise SchemaError unless the tables are of this code's version."""
    revision, wanted = _revision_of(engine), expected_revision()
    if revision != wanted:
        raise SchemaError(found=revision, expected=wanted)


def require_usable_schema(engine: Engine) -> None:
    """Raise SchemaError unless this code can work on the tables, which may be of a later version of the same era."""
    revision, wanted = _revision_of(engine), expected_revision()
    if not serves(revision, wanted):
        raise SchemaError(found=revision, expected=wanted)


def _lock_schema(connection: Connection) -> None:
    # On SQLite the instance lock is held, and the transaction is the only writer.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SCHEMA_LOCK})


@contextmanager
def instance_lock(url: str) -> Iterator[None]:
    """Hold the exclusive right to work on a SQLite file; it ends with the process (flock). PostgreSQL uses leases
    instead.

    Locked are the file itself (created empty if missing, symlinks resolved) and a file beside it that stays when the
    database is replaced. From then on only the owner can read the database. Raises InstanceRunning if another process
    holds it, DatabaseError if the folder is not writable.
    """
    path = sqlite_file(url)
    if path is None:
        yield
        return
    path = path.resolve()
    make_folder_of(path)
    with lock(lock_beside(path), database=path), lock(path, database=path):
        yield


def require_same_place(url: str) -> None:
    """Raise DatabaseError if a SQLite file has disappeared from where a process worked on it: an empty one would post
    the last day's news again.
    """
    path = sqlite_file(url)
    if path is not None and not path.exists() and lock_beside(path.resolve()).exists():
        raise DatabaseError(
            f"Базы {path} нет, хотя монитор здесь уже работал: с пустой он отправил бы новости последних суток ещё раз."
            " Верните её из копии (monitor restore ФАЙЛ) или начните с пустой: monitor migrate."
        )


def is_held(url: str) -> bool:
    """Whether a living process works on this SQLite file. For PostgreSQL that is unknown and assumed."""
    path = sqlite_file(url)
    return path is None or is_locked(path)


@contextmanager
def write_transaction(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes: committed whole, or not at all.

    Raises DatabaseError if the database cannot be reached or written (locked, disk full, gone).
    """
    with _explained(engine), engine.begin() as connection:
        yield connection


@contextmanager
def read_transaction(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that only reads and never waits for a writer. Raises DatabaseError as the writing one does."""
    with _explained(engine), engine.connect().execution_options(**READ_ONLY) as connection:
        yield connection


def chunks(keys: Sequence[_Key], size: int = 500) -> Iterator[Sequence[_Key]]:
    """Split the keys: SQLite limits the number of parameters of a statement."""
    return (keys[start : start + size] for start in range(0, len(keys), size))


def upsert(connection: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """Return the dialect's INSERT that has `on_conflict_…`."""
    if connection.dialect.name != "postgresql":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - 3 MB that SQLite does not need

    return postgresql.insert(table)


def insert_or_ignore(connection: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """Return an INSERT that leaves an existing row with the same key unchanged."""
    return upsert(connection, table).on_conflict_do_nothing()


def _parsed(url: str, where: str = "MONITOR_DATABASE_URL") -> Any:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        raise DatabaseError(f"{where}: это не адрес базы. Пример: {_FILE} или {_SERVER}") from error
    kind, driver = parsed.get_backend_name().lower(), parsed.drivername
    if kind == "sqlite" and (parsed.host or not parsed.database):
        path = f"{parsed.host or 'data'}/{parsed.database or 'monitor.db'}"
        raise DatabaseError(f"{where}: после sqlite: нужны три черты: sqlite:///{path}")
    if kind == "sqlite" and (parsed.database or "").startswith(("file:", ":memory:")):
        # Such a file has another name than we would lock and guard, or none: two processes would post everything twice.
        raise DatabaseError(f"{where}: файл базы называют его путём, не file: и не :memory:. Пример: {_FILE}")
    if kind in ("postgres", "postgresql") and driver != "postgresql+psycopg":
        raise DatabaseError(f"{where}: вместо {driver}:// пишите так: {_SERVER}")
    if driver not in _DRIVERS:
        raise DatabaseError(f"{where}: базы {driver}:// программа не знает. Бывает {_FILE} или {_SERVER}")
    return parsed


def _server_patience(url: Any) -> dict[str, int]:
    """Return the connection settings that the operator's address does not set itself."""
    mine = SERVER_PATIENCE if url.get_backend_name() == "postgresql" else {}
    return {name: value for name, value in mine.items() if name not in url.query}


@contextmanager
def _explained(engine: Engine) -> Iterator[None]:
    """Convert the driver's failure to open or write into advice for the operator, never with a password."""
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError):
        raise  # a bug of ours, not the operator's database
    except (DriverError, NoSuchModuleError) as error:
        where = engine.url.set(query={}).render_as_string(hide_password=True)  # the query may contain a password too
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise DatabaseError(
            f"База данных {where} недоступна: {reason}. "
            "Проверьте адрес (MONITOR_DATABASE_URL), права на файл и место на диске."
        ) from error


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    # The driver must not begin transactions itself: `_begin` chooses the kind.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
        f"cache_size=-{CACHE_KB}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _set_patience(connection: Any, _record: object) -> None:
    # A worker that vanishes in the middle of a transaction (power, network) must not hold its locks for hours.
    for setting in (
        f"lock_timeout = '{BUSY_SECONDS}s'",
        "idle_in_transaction_session_timeout = '60s'",
        "tcp_keepalives_idle = 30",
        "tcp_keepalives_interval = 10",
        "tcp_keepalives_count = 3",
    ):
        connection.execute(f"SET {setting}")
    connection.commit()


def _begin(connection: Connection) -> None:
    # IMMEDIATE: a transaction that will write takes the lock at once; upgrading a read lock later can
    # fail without waiting (SQLITE_BUSY_SNAPSHOT).
    read_only = connection.get_execution_options().get("monitor_read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - 9 MB and half a second, for a start in many
    from alembic.config import Config  # noqa: PLC0415 - the same

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revision_of(engine: Engine) -> str:
    with read_transaction(engine) as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")


def _copy_before_migration(engine: Engine, revision: str) -> None:
    """Copy the old file, for going back to the old version; it gets its name when complete. Raises DatabaseError."""
    path = sqlite_file(engine.url.render_as_string())
    if path is None:
        return
    target = path.with_name(f"{path.name}.before-{revision}")
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        os.close(private_file(unfinished))
        with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(unfinished)) as copy:
            old.backup(copy)
        unfinished.replace(target)
    except (OSError, sqlite3.Error) as error:
        unfinished.unlink(missing_ok=True)
        raise DatabaseError(
            f"Прежняя база {path} не скопирована в {target} ({error}), поэтому и не изменена. "
            "Освободите место или проверьте права и запустите снова."
        ) from error


def _guard(engine: Engine, path: Path) -> None:
    """Refuse to work with this engine once its file is deleted or replaced."""
    watched = FileGuard(path)
    listeners: dict[str, Any] = {
        "do_connect": watched.check,
        "connect": watched.count_opened,
        "close": watched.count_closed,
        "begin": watched.check,
    }
    for name, listener in listeners.items():
        event.listen(engine, name, listener)
