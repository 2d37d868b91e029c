"""Access to the desk: links that let somebody in once, and the sessions they become.

Only the SHA-256 of a secret is kept, so the database does not give access. About a person one letter is kept.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import ColumnElement, Engine, and_, delete, insert, select

from monitor.models.desk import DeskKey
from monitor.storage.database import read_transaction, write_transaction
from monitor.storage.tables import desk_keys

LINK_LIVES: Final = timedelta(minutes=10)
SESSION_LIVES: Final = timedelta(hours=12)
_SECRET_BYTES: Final = 512  # bytes; longer secrets are cut


class DeskKeys:
    """Every method is one transaction, and raises DatabaseError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add_link(self, secret: str, *, initial: str, now: datetime) -> None:
        """Add a link that lets in whoever brings this secret, once, within `LINK_LIVES`. Expired keys are deleted."""
        with write_transaction(self._engine) as db:
            db.execute(delete(desk_keys).where(desk_keys.c.expires_at <= now))
            key = {"digest": _digest(secret), "kind": DeskKey.LINK, "initial": initial}
            db.execute(insert(desk_keys).values(**key, expires_at=now + LINK_LIVES))

    def is_link(self, secret: str, now: datetime) -> bool:
        """Whether the link would let somebody in."""
        with read_transaction(self._engine) as db:
            return db.scalar(select(desk_keys.c.digest).where(_valid(secret, DeskKey.LINK, now))) is not None

    def enter(self, link: str, session: str, now: datetime) -> bool:
        """Exchange a link for a session of `SESSION_LIVES`. False if the link is unknown, expired or used."""
        with write_transaction(self._engine) as db:
            spent = delete(desk_keys).where(_valid(link, DeskKey.LINK, now)).returning(desk_keys.c.initial)
            row = db.execute(spent).first()
            if row is None:
                return False
            key = {"digest": _digest(session), "kind": DeskKey.SESSION, "initial": row.initial}
            db.execute(insert(desk_keys).values(**key, expires_at=now + SESSION_LIVES))
            return True

    def initial_of(self, session: str, now: datetime) -> str | None:
        """Return the letter of the session's owner, "" if unknown; None if there is no such session."""
        with read_transaction(self._engine) as db:
            initial: str | None = db.scalar(select(desk_keys.c.initial).where(_valid(session, DeskKey.SESSION, now)))
            return initial

    def leave(self, session: str) -> None:
        """End a session."""
        with write_transaction(self._engine) as db:
            db.execute(delete(desk_keys).where(desk_keys.c.digest == _digest(session)))

    def close(self, now: datetime) -> int:
        """End all sessions and links; return how many sessions were still valid."""
        with write_transaction(self._engine) as db:
            gone = db.execute(delete(desk_keys).returning(desk_keys.c.kind, desk_keys.c.expires_at)).all()
            return sum(row.kind == DeskKey.SESSION and row.expires_at > now for row in gone)


def _digest(secret: str) -> str:
    return sha256(secret[:_SECRET_BYTES].encode("utf-8", "surrogatepass")).hexdigest()


def _valid(secret: str, kind: DeskKey, now: datetime) -> ColumnElement[bool]:
    return and_(desk_keys.c.digest == _digest(secret), desk_keys.c.kind == kind, desk_keys.c.expires_at > now)
