"""Queries of health check and `check` on a SQLite file, with the standard library only.

The health check runs twice a minute, and SQLAlchemy would take three quarters of its CPU and memory. Works only in the
normal case: for another database, or a file that is missing, broken or of another version, nothing is returned, and
callers use `Stats`, which gives the same answers (tests/integration/storage/test_glance.py).
"""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from monitor.models.health import ChatVitals, Vitals
from monitor.models.outbox import DeliveryState
from monitor.storage.chat_rows import paused_until, rows_of_chat
from monitor.storage.schema_version import expected_revision, serves

_PLAIN = re.compile(r"sqlite:///([^?:%#]+)")  # any other address is left to SQLAlchemy
_INSTANT = "%Y-%m-%d %H:%M:%S.%f"  # UTC, as SQLAlchemy writes it

_DUE = """SELECT min(next_poll_at) FILTER (WHERE lease_until IS NULL OR lease_until <= :now), min(next_poll_at)
FROM feeds WHERE active AND next_poll_at <= :now AND (paused_until IS NULL OR paused_until <= :now)"""
_WAITING = """SELECT chat, count(*), min(CASE WHEN message_id IS NULL THEN created_at ELSE updated_at END)
FROM deliveries WHERE state = :state GROUP BY chat"""


class _Chat(NamedTuple):
    chat: str
    number: str | None
    closed: str
    not_before_at: datetime | None


def plain_file(url: str) -> Path | None:
    """Return the file of a SQLite address that contains only its path."""
    plain = _PLAIN.fullmatch(url)
    return Path(plain[1]) if plain else None


def vitals(file: Path, now: datetime) -> Vitals | None:
    """Return those Vitals that show whether the work goes on; the rest is empty. None: use `Stats`."""
    try:
        with closing(_opened(file)) as db:
            (revision,) = db.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
            return _vitals(db, now) if serves(revision, expected_revision()) else None
    except sqlite3.Error:
        return None


def has_entries(file: Path, least: int) -> bool:
    """Whether feeds have shown at least so many entries; also True if that cannot be read."""
    try:
        with closing(_opened(file)) as db:
            (shown,) = db.execute("SELECT count(*) FROM (SELECT 1 FROM entries LIMIT ?)", [least]).fetchone()
            return bool(shown == least)
    except sqlite3.Error:
        return True


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)


def _vitals(db: sqlite3.Connection, now: datetime) -> Vitals:
    db.execute("BEGIN")  # a consistent snapshot
    due_since, unended_since = db.execute(_DUE, {"now": now.astimezone(UTC).strftime(_INSTANT)}).fetchone()
    (polled_at,) = db.execute("SELECT max(polled_at) FROM feeds WHERE active").fetchone()
    return Vitals(
        beats={name: _read(at) for name, at in db.execute("SELECT name, at FROM heartbeats")},
        feeds={},
        due_since=_instant(due_since),
        unended_since=_instant(unended_since),
        polled_at=_instant(polled_at),
        deliveries={},
        undecided=(),
        chats=tuple(_chats(db)),
    )


def _chats(db: sqlite3.Connection) -> list[ChatVitals]:
    rows = [
        _Chat(chat, number, closed, _instant(until))
        for chat, number, closed, until in db.execute("SELECT chat, number, closed, not_before_at FROM chats")
    ]
    known = {row.chat: row for row in rows}
    tried = dict(db.execute("SELECT chat, max(at) FROM sends GROUP BY chat"))
    queues = {chat: rest for chat, *rest in db.execute(_WAITING, {"state": DeliveryState.PENDING})}
    vital = []
    for chat in sorted({*known, *queues}):
        pending, since = queues.get(chat, (0, None))
        vital.append(
            ChatVitals(
                chat=chat,
                closed=known[chat].closed if chat in known else "",
                not_before_at=paused_until(rows_of_chat(rows, chat), chat) if chat in known else None,
                tried_at=_instant(tried.get(chat)),
                pending=pending,
                waiting_since=_instant(since),
            )
        )
    return vital


def _instant(written: str | None) -> datetime | None:
    return None if written is None else _read(written)


def _read(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)
