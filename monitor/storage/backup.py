"""The whole database: backing it up, restoring a backup, moving to another database. Rows are copied unchanged.

A backup is always one SQLite file, whatever the database is: any tool can open it, and it can be restored into either.
`copy_rows` copies the tables in the order of their references, and `differences` compares them row by row.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Integer, Table, and_, func, insert, literal, select, update

from monitor.errors import DatabaseError
from monitor.models.outbox import DeliveryState
from monitor.storage.database import (
    instance_lock,
    migrate,
    open_engine,
    open_usable,
    read_transaction,
    require_current_schema,
    sqlite_file,
    write_transaction,
)
from monitor.storage.database_files import private_file
from monitor.storage.outbox.uncertain import RESTORED
from monitor.storage.tables import deliveries, destinations, feeds, metadata

BATCH = 1_000  # rows a statement
_UNFINISHED = ".unfinished"
_COMPANIONS = ("-wal", "-shm", "-journal")  # files that SQLite keeps beside its database


def backup(url: str, target: Path) -> Mapping[str, int]:
    """Copy the running database to a new SQLite file; return the rows of each table in the copy.

    The copy is a consistent snapshot. It gets its name when it is complete and checked. Raises DatabaseError.
    """
    if target.exists():
        raise DatabaseError(f"Файл {target} уже есть. Укажите другое имя: копия не пишется поверх другой.")
    unfinished = target.with_name(target.name + _UNFINISHED)
    with _file_trouble(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        _discard(unfinished)
        source = sqlite_file(url)
        if source is None:
            _copy_from_server(url, unfinished)
        else:
            with _disposed(open_usable(url)) as engine:
                require_current_schema(engine)
            _copy_file(source, unfinished)
        rows = verify(unfinished)
        _settle_on_disk(unfinished, target)
    return rows


def verify(path: Path) -> Mapping[str, int]:
    """Check that a backup is whole and of this version; return each table's rows. Raises DatabaseError, SchemaError."""
    with _looked_into(path) as file:
        integrity = file.execute("PRAGMA integrity_check").fetchone()[0]
        broken = file.execute("PRAGMA foreign_key_check").fetchone()
    if integrity != "ok" or broken:
        raise DatabaseError(f"Копия {path} повреждена ({integrity}). Возьмите другую.")
    with _opened(f"sqlite:///{path}") as engine:
        require_current_schema(engine)
        with read_transaction(engine) as db:
            return {
                table.name: db.scalar(select(func.count()).select_from(table)) or 0
                for table in metadata.tables.values()
            }


def restore(copy: Path, url: str, now: datetime, *, force: bool = False) -> Mapping[str, int]:
    """Restore a backup as the database; return the rows of each table.

    The database is there whole or not at all, whenever the process dies. It equals the backup row by row, except that
    waiting posts become `uncertain`, because they may have been sent since; so do posts of stories of that time that
    are found again. Refused while a process works on the database, and, unless `force`, if it has rows; the old SQLite
    file is then kept beside it. Raises DatabaseError, InstanceRunning, SchemaError.
    """
    _migrated_copy(copy)
    rows = verify(copy)
    with instance_lock(url):
        target = sqlite_file(url)
        if target is None:
            _restore_to_server(copy, url, now)
        else:
            _restore_file(copy, target.resolve(), now, force=force)
    return rows


def copy_to(url: str, target_url: str) -> Mapping[str, int]:
    """Copy every row to another, empty database and compare both row by row; return the rows of each table.

    Nothing is left in the target unless all of it is equal. Raises DatabaseError, InstanceRunning, SchemaError.
    """
    with instance_lock(url), instance_lock(target_url), _opened(url) as source, _opened(target_url) as target:
        require_current_schema(source)
        migrate(target)
        return _move(source, target)


def _move(source: Engine, target: Engine, *, then: Callable[[Connection], None] | None = None) -> Mapping[str, int]:
    """Copy and compare, then apply `then` to the copy: one transaction."""
    with _snapshot(source) as old, write_transaction(target) as new:
        if any(new.scalar(select(literal(1)).select_from(table).limit(1)) for table in metadata.tables.values()):
            where = target.url.render_as_string(hide_password=True)
            raise DatabaseError(f"База {where} не пуста. Укажите пустую: чужие строки не стираются.")
        copied = copy_rows(old, new)
        for difference in differences(old, new):
            raise DatabaseError(f"Копия не равна оригиналу, ничего не перенесено: {difference}.")
        if then:
            then(new)
    return copied


def copy_rows(old: Connection, new: Connection) -> Mapping[str, int]:
    """Copy every row of every table, parents before children; new numbers continue after the last one."""
    copied: dict[str, int] = {}
    for table in metadata.sorted_tables:
        copied[table.name] = 0
        for rows in old.execute(_ordered(table)).mappings().partitions(BATCH):
            new.execute(insert(table), [dict(row) for row in rows])
            copied[table.name] += len(rows)
        _go_on_counting(new, table)
    return copied


def differences(old: Connection, new: Connection) -> Iterator[str]:
    """Yield where two databases differ, as table and row, in the order of the primary keys."""
    for table in metadata.sorted_tables:
        pairs = zip_longest(_rows(old, table), _rows(new, table))
        yield from (f"{table.name}: {_name_of(table, ours or theirs)}" for ours, theirs in pairs if ours != theirs)


def _rows(db: Connection, table: Table) -> Iterator[tuple[Any, ...]]:
    return (tuple(row) for rows in db.execute(_ordered(table)).partitions(BATCH) for row in rows)


def _ordered(table: Table) -> Any:
    return select(table).order_by(*table.primary_key.columns).execution_options(yield_per=BATCH)


def _name_of(table: Table, row: Iterable[Any] | None) -> str:
    named = dict(zip(table.columns.keys(), row or (), strict=True))
    return ", ".join(f"{column.name}={named[column.name]}" for column in table.primary_key.columns)


def _go_on_counting(db: Connection, table: Table) -> None:
    """Set PostgreSQL's sequence after the last number; SQLite looks at the rows."""
    numbered = [column for column in table.primary_key.columns if isinstance(column.type, Integer)]
    if db.dialect.name != "postgresql" or len(table.primary_key.columns) != 1 or not numbered:
        return
    last = db.scalar(select(func.max(numbered[0]))) or 0
    sequence = func.pg_get_serial_sequence(table.name, numbered[0].name)
    db.execute(select(func.setval(sequence, max(last, 1), last > 0)))


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that sees a consistent snapshot, however long it reads."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with read_transaction(engine) as db:
        yield db


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _copy_file(source: Path, target: Path) -> None:
    os.close(private_file(target))
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
    _fold(target)


def _fold(path: Path) -> None:
    """Convert it to a single file, without a write-ahead log."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode=DELETE")


def _copy_from_server(url: str, target: Path) -> None:
    os.close(private_file(target))
    with _opened(url) as server, _opened(f"sqlite:///{target}") as file:
        require_current_schema(server)
        migrate(file)
        with _snapshot(server) as old, write_transaction(file) as new:
            copy_rows(old, new)
    _fold(target)


def _migrated_copy(copy: Path) -> None:
    """Migrate an older backup to this version; the original stays beside it (database.migrate)."""
    with _looked_into(copy) as file:
        known = file.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'").fetchone()[0]
    if not known:
        raise DatabaseError(f"{copy} не копия базы monitor.")
    with _opened(f"sqlite:///{copy}") as engine:
        migrate(engine)


def _restore_file(copy: Path, target: Path, now: datetime, *, force: bool) -> None:
    with _file_trouble(target):
        if target.exists() and _has_rows(target):
            if not force:
                raise DatabaseError(
                    f"В базе {target} уже есть данные. Чтобы заменить их: monitor restore --force {copy}"
                )
            os.link(target, target.with_name(f"{target.name}.replaced-{now:%Y%m%d-%H%M%S}"))
        unfinished = target.with_name(target.name + _UNFINISHED)
        _discard(unfinished)
        _copy_file(copy, unfinished)
        with _opened(f"sqlite:///{unfinished}") as engine, write_transaction(engine) as db:
            _doubt_what_waited(db, now)
        _fold(unfinished)
        for companion in _COMPANIONS:
            target.with_name(target.name + companion).unlink(missing_ok=True)
        _settle_on_disk(unfinished, target)


def _has_rows(path: Path) -> bool:
    """Whether the file has feeds, so it was used; also merges the write-ahead log into the file that will be kept."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return feeds.name in tables and db.execute(f"SELECT 1 FROM {feeds.name} LIMIT 1").fetchone() is not None  # noqa: S608 - a name of our own


def _restore_to_server(copy: Path, url: str, now: datetime) -> None:
    with _opened(url) as server, _opened(f"sqlite:///{copy}") as file:
        migrate(server)
        _move(file, server, then=partial(_doubt_what_waited, now=now))


def _doubt_what_waited(db: Connection, now: datetime) -> None:
    waiting = deliveries.c.state.in_([DeliveryState.PENDING, DeliveryState.SENDING])
    posts = and_(waiting, deliveries.c.message_id.is_(None))
    uncertain = {"state": DeliveryState.UNCERTAIN, "error": RESTORED, "lease_until": None, "updated_at": now}
    db.execute(update(deliveries).where(posts).values(**uncertain))
    db.execute(update(deliveries).where(waiting).values(state=DeliveryState.PENDING, lease_until=None))
    db.execute(update(feeds).values(lease_until=None))
    db.execute(update(destinations).values(restored_at=now))


def _opened(url: str) -> AbstractContextManager[Engine]:
    return _disposed(open_engine(url))


@contextmanager
def _disposed(engine: Engine) -> Iterator[Engine]:
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _looked_into(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a backup read-only as a plain file. Raises DatabaseError if there is none, or it is something else."""
    if not path.is_file():
        raise DatabaseError(f"Файла {path} нет.")
    with _file_trouble(path), closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
        try:
            yield file
        except sqlite3.DatabaseError as error:
            raise DatabaseError(f"{path} не копия базы monitor: {error}.") from error


def _settle_on_disk(unfinished: Path, target: Path) -> None:
    """Sync the file before renaming it."""
    for path in (unfinished, unfinished.parent):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    for companion in _COMPANIONS:
        unfinished.with_name(unfinished.name + companion).unlink(missing_ok=True)
    unfinished.replace(target)


def _discard(path: Path) -> None:
    for name in (path.name, *(path.name + companion for companion in _COMPANIONS)):
        path.with_name(name).unlink(missing_ok=True)


@contextmanager
def _file_trouble(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DatabaseError(
            f"Файл {path} не пишется или не читается ({error.strerror}): проверьте путь, права и место."
        ) from error
    except sqlite3.Error as error:
        raise DatabaseError(f"Файл {path} не пишется или не читается ({error}): проверьте права и место.") from error
