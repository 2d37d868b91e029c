"""Questions to maintainers with their articles, for display.

They are decided in storage/reviews.py; this module only reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, select

from monitor.models.articles import Tier
from monitor.models.stories import Decision
from monitor.storage.database import read_transaction
from monitor.storage.history import Member, member_rows, read_member
from monitor.storage.stories import MADE, UNDECIDED
from monitor.storage.tables import entries, reviews


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question about a part of a story. `decision` is None until somebody decides; `members` are the articles of the
    part, in the order they came.
    """

    story_id: int
    part: int
    asked_at: datetime
    decision: Decision | None
    decided_at: datetime | None
    initial: str
    members: tuple[Member, ...]

    @property
    def is_open(self) -> bool:
        """Whether it can be decided."""
        return self.decision in {None, Decision.EXPIRED}

    @property
    def lead(self) -> Member | None:
        """The article that a post would show; None if the database no longer has it."""
        postable = (one for one in self.members if one.verdict and one.verdict.tier is Tier.POST)
        return next(postable, self.members[0] if self.members else None)


class Questions:
    """The questions of one database. Instants are aware UTC; every method is one transaction and raises
    DatabaseError.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def list_waiting(self, *, limit: int, before: int | None = None) -> tuple[Question, ...]:
        """Return the undecided questions, including expired ones, of the newest stories first; only of stories with
        numbers below `before`, if given. All questions of a story are returned together, so there may be more than
        `limit`.
        """
        earlier = [] if before is None else [reviews.c.story_id < before]
        newest = select(reviews.c.story_id).where(UNDECIDED, *earlier).distinct()
        numbers = newest.order_by(reviews.c.story_id.desc()).limit(limit)
        with read_transaction(self._engine) as db:
            return _questions(db, [UNDECIDED, reviews.c.story_id.in_(numbers)])

    def list_decided(self, since: datetime, *, limit: int) -> tuple[Question, ...]:
        """Return what maintainers decided since then, the last decision first."""
        lately = and_(reviews.c.decision.in_(MADE), reviews.c.decided_at >= since)
        last = select(reviews.c.story_id).where(lately).order_by(reviews.c.decided_at.desc()).limit(limit)
        with read_transaction(self._engine) as db:
            questions = _questions(db, [lately, reviews.c.story_id.in_(last)])
        return tuple(sorted(questions, key=lambda one: one.decided_at or one.asked_at, reverse=True))

    def for_part(self, story: int, part: int) -> Question | None:
        """Return the question about a part of a story, decided or not."""
        with read_transaction(self._engine) as db:
            questions = _questions(db, [reviews.c.story_id == story, reviews.c.part == part])
        return questions[0] if questions else None


def _questions(db: Connection, which: Sequence[ColumnElement[bool]]) -> tuple[Question, ...]:
    rows = db.execute(select(reviews).where(*which).order_by(reviews.c.story_id.desc(), reviews.c.part)).all()
    about = member_rows().where(entries.c.story_id.in_({row.story_id for row in rows})).order_by(entries.c.id)
    members = [read_member(db, row) for row in db.execute(about).all()]
    return tuple(_question(row, members) for row in rows)


def _question(row: Row[Any], members: Sequence[Member]) -> Question:
    """Build a question; `members` may be of any story. Those without a verdict were only seen again: left out."""
    same = ("story_id", "part", "asked_at", "decided_at", "initial")
    return Question(
        **{name: getattr(row, name) for name in same},
        decision=Decision(row.decision) if row.decision else None,
        members=tuple(
            one for one in members if (one.story_id, one.part) == (row.story_id, row.part) and one.verdict is not None
        ),
    )
