"""Cases of maintainers, and stories removed from the archive. Every method is one transaction.

Returns values; the Russian answers are made by the callers (`bot/case_command.py`, `cli/case.py`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, delete, insert, or_, select, update

from monitor.models.site import OpenedCase, SiteCase, Takedown
from monitor.storage.database import insert_or_ignore, read_transaction, write_transaction
from monitor.storage.site.schema import case_stories, cases, takedowns
from monitor.storage.tables import stories


class CaseStore:
    """The cases of one database. Raises DatabaseError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self, story: int, title: str, now: datetime) -> OpenedCase | Takedown | None:
        """Put a story, with the stories of its thread, into the open case with this title, which is created if missing.

        Returns None if there is no such story; its takedown if it is hidden, and nothing is done. A story leaves the
        case it was in.
        """
        with write_transaction(self._engine) as db:
            thread = _thread(db, story)
            if not thread:
                return None
            if hidden := _hidden(db, story):
                return hidden
            number = _titled(db, title)
            if number is None:
                opened = insert(cases).values(title=title, opened_at=now).returning(cases.c.id)
                number = db.execute(opened).scalar_one()
            of_thread = case_stories.c.story_id.in_(thread)
            left = db.scalars(_open_cases().join(case_stories).where(of_thread, cases.c.id != number).distinct()).all()
            db.execute(delete(case_stories).where(of_thread))
            db.execute(insert(case_stories), [{"story_id": one, "case_id": number} for one in thread])
            return OpenedCase(case=_case(db, number), left=tuple(_case(db, one) for one in left))

    def remove(self, story: int) -> bool:
        """Remove a story from its case; False if it was in none."""
        with write_transaction(self._engine) as db:
            return db.execute(delete(case_stories).where(case_stories.c.story_id == story)).rowcount > 0

    def rename(self, number: int, title: str) -> SiteCase | None:
        """Rename an open case; None if there is none with that number.

        Returns the case that has the title then: if another case already has it, nothing is changed and that one is
        returned.
        """
        with write_transaction(self._engine) as db:
            if db.scalar(_open_cases().where(cases.c.id == number)) is None:
                return None
            holder = _titled(db, title) or number
            if holder == number:
                db.execute(update(cases).where(cases.c.id == number).values(title=title))
            return _case(db, holder)

    def close(self, number: int, now: datetime) -> bool:
        """Close a case: its page disappears with the next build. False if there is no open one with that number."""
        mine = update(cases).where(cases.c.id == number, cases.c.closed_at.is_(None))
        with write_transaction(self._engine) as db:
            return db.execute(mine.values(closed_at=now)).rowcount > 0

    def open_cases(self) -> tuple[SiteCase, ...]:
        """Return the open cases, the newest first."""
        with read_transaction(self._engine) as db:
            numbers = db.scalars(_open_cases().order_by(cases.c.id.desc()))
            return tuple(_case(db, number) for number in numbers.all())


class TakedownStore:
    """The stories removed from the archive. Raises DatabaseError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def hide(self, story: int, why: str, now: datetime, *, replace: bool = False) -> Takedown | None:
        """Remove a story from the archive and return its takedown; None if there is no such story. The first reason
        stays, unless `replace`.
        """
        with write_transaction(self._engine) as db:
            if db.scalar(select(stories.c.id).where(stories.c.id == story)) is None:
                return None
            db.execute(insert_or_ignore(db, takedowns).values(story_id=story, at=now, why=why))
            if replace:
                db.execute(update(takedowns).where(takedowns.c.story_id == story).values(why=why))
            return _hidden(db, story)

    def show(self, story: int) -> bool:
        """Restore a story; False if it was not hidden."""
        with write_transaction(self._engine) as db:
            return db.execute(delete(takedowns).where(takedowns.c.story_id == story)).rowcount > 0

    def hidden(self) -> tuple[Takedown, ...]:
        """Return all takedowns, the newest first."""
        rows = select(takedowns).order_by(takedowns.c.at.desc(), takedowns.c.story_id.desc())
        with read_transaction(self._engine) as db:
            return tuple(_takedown(row) for row in db.execute(rows))


def adopt(db: Connection, story: int, follows: int) -> None:
    """Put a new story that follows another into that one's case, if it is in an open one."""
    mine = select(case_stories.c.case_id).join(cases, cases.c.id == case_stories.c.case_id)
    number = db.scalar(mine.where(case_stories.c.story_id == follows, cases.c.closed_at.is_(None)))
    if number is not None:
        db.execute(insert(case_stories).values(story_id=story, case_id=number))


def _thread(db: Connection, story: int) -> Sequence[int]:
    """Return the story with all its predecessors and successors, the oldest first; () if there is no such story."""
    thread: set[int] = set()
    new = {story}
    while new:
        rows = db.execute(
            select(stories.c.id, stories.c.follows).where(or_(stories.c.id.in_(new), stories.c.follows.in_(new)))
        ).all()
        thread |= {row.id for row in rows}
        new = {number for row in rows for number in (row.id, row.follows) if number} - thread
    return sorted(thread) if story in thread else ()


def _hidden(db: Connection, story: int) -> Takedown | None:
    row = db.execute(select(takedowns).where(takedowns.c.story_id == story)).one_or_none()
    return _takedown(row) if row else None


def _takedown(row: Row[Any]) -> Takedown:
    return Takedown(story=row.story_id, at=row.at, why=row.why)


def _open_cases() -> Select[int]:
    return select(cases.c.id).where(cases.c.closed_at.is_(None))


def _titled(db: Connection, title: str) -> int | None:
    """Return the open case with this title, ignoring letter case and blanks."""
    rows = db.execute(_open_cases().add_columns(cases.c.title).order_by(cases.c.id)).all()
    return next((row.id for row in rows if _folded(row.title) == _folded(title)), None)


def _folded(title: str) -> str:
    return "".join(title.split()).casefold()


def _case(db: Connection, number: int) -> SiteCase:
    row = db.execute(select(cases).where(cases.c.id == number)).one()
    members = select(case_stories.c.story_id).where(case_stories.c.case_id == number).order_by(case_stories.c.story_id)
    return SiteCase(id=number, title=row.title, opened_at=row.opened_at, stories=tuple(db.scalars(members)))
