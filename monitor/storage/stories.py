"""Stories as they stand in the database: read whole, under the lock that keeps one worker placing at a time."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, and_, select, text

from monitor.models.articles import Article
from monitor.models.stories import Decision, Story, Telling
from monitor.storage.archive import verdict_of
from monitor.storage.database import chunks
from monitor.storage.tables import articles, reviews, stories

STORY_LOCK = 0x6D6F6E  # PostgreSQL advisory lock: one worker places stories at a time


def decided(db: Connection, stories: Collection[int]) -> Mapping[int, Mapping[int, bool]]:
    """For each of these stories, the parts that maintainers decided about: True is published, False rejected."""
    found: dict[int, dict[int, bool]] = {}
    made = (Decision.PUBLISHED, Decision.REJECTED, Decision.OFF_TOPIC)
    for some in chunks(sorted(stories)):
        mine = and_(reviews.c.story_id.in_(some), reviews.c.decision.in_(made))
        for row in db.execute(select(reviews.c.story_id, reviews.c.part, reviews.c.decision).where(mine)):
            found.setdefault(row.story_id, {})[row.part] = row.decision == Decision.PUBLISHED
    return found


def lock_stories(db: Connection) -> None:
    """Let nobody else place stories, or decide about them, until this transaction ends."""
    # On SQLite the transaction already is the only writer (BEGIN IMMEDIATE).
    if db.dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": STORY_LOCK})


def read_stories(db: Connection, numbers: Iterable[int]) -> tuple[Story, ...]:
    """These stories with their tellings, oldest story first."""
    rows = [
        row
        for chunk in chunks(sorted(numbers))
        for row in db.execute(
            select(articles, stories.c.updated_at, stories.c.follows)
            .join(stories, stories.c.id == articles.c.story_id)
            .where(articles.c.story_id.in_(chunk))
            .order_by(articles.c.story_id, articles.c.id)
        )
    ]
    decisions = decided(db, {row.story_id for row in rows})
    grouped = groupby(rows, key=lambda row: row.story_id)
    return tuple(_story(number, list(told), decisions.get(number, {})) for number, told in grouped)


def _story(number: int, rows: Sequence[Row[Any]], decided: Mapping[int, bool]) -> Story:
    return Story(
        id=number,
        tellings=tuple(_telling(row) for row in rows),
        updated_at=rows[0].updated_at,
        follows=rows[0].follows,
        published=frozenset(part for part, published in decided.items() if published),
        rejected=frozenset(part for part, published in decided.items() if not published),
    )


def _telling(row: Row[Any]) -> Telling:
    fields = {name: getattr(row, name) for name in Article.__dataclass_fields__}
    article = Article(**fields | {"fingerprint": tuple(row.fingerprint)})
    return Telling(article=article, verdict=verdict_of(row.verdict), part=row.part, evidence=row.evidence)
