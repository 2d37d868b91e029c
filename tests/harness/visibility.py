"""What a store holds that no reader can see: law 3 asks that there is nothing of that kind."""

from collections.abc import Iterator
from html import escape
from typing import Any

from sqlalchemy import Connection, Row, and_, select

from monitor.models.articles import Outcome
from monitor.models.outbox import DeliveryState
from monitor.models.stories import Decision
from monitor.storage.tables import articles, deliveries, entries, held, reviews

PLACED = (Outcome.POSTED, Outcome.JOINED, Outcome.REVIEW, Outcome.REJECTED)
AGAINST = (Decision.REJECTED, Decision.OFF_TOPIC)


def hidden(db: Connection) -> list[str]:
    """Every entry that a rule matched and that nobody can see, and why.

    Seen is what a post, a digest or a question links (or counts among «и ещё N»), what a mute holds, and another copy
    of such an article. The texts must not have been forgotten yet.
    """
    rows = db.execute(select(entries).order_by(entries.c.id)).all()
    reasons = ((row, _why_hidden(db, row)) for row in rows)
    return [f"{row.feed}: «{row.title}» {row.url} ({row.outcome}): {why}" for row, why in reasons if why]


def _why_hidden(db: Connection, entry: Row[Any]) -> str:
    if entry.outcome == Outcome.DUPLICATE:
        return "" if _has_a_copy(db, entry) else "of another address and headline than its story"
    rows = db.execute(select(articles).where(articles.c.entry_id == entry.id)).all()
    if entry.outcome in PLACED and not rows:
        return "its text is not kept"
    if all(row.story_id is not None and _is_shown(db, row) for row in rows):
        return ""
    is_held = db.scalar(select(held.c.entry_id).where(held.c.entry_id == entry.id)) is not None
    return "" if is_held or entry.outcome == Outcome.VETOED else "nothing shows it"


def _has_a_copy(db: Connection, entry: Row[Any]) -> bool:
    shown = select(entries.c.address, articles.c.title).join(articles, articles.c.entry_id == entries.c.id)
    members = db.execute(shown.where(articles.c.story_id == entry.story_id)).all()
    said = set(entry.title.split())  # of a text given again a headline that says less hides nothing
    return any(row.address == entry.address or said <= set(row.title.split()) for row in members)


def _is_shown(db: Connection, article: Row[Any]) -> bool:
    return any(escape(article.url) in html or "и ещё" in html for html in _shown(db, article)) or _is_rejected(
        db, article
    )


def _shown(db: Connection, article: Row[Any]) -> Iterator[str]:
    """The texts that stand for the article's part in any chat, or would if somebody were there to be asked."""
    digest = deliveries.alias()
    mine = and_(deliveries.c.story_id == article.story_id, deliveries.c.part == article.part)
    told = select(deliveries.c.html, digest.c.html.label("digest"))
    posts = told.join(digest, digest.c.id == deliveries.c.digest_id, isouter=True)
    for row in db.execute(posts.where(mine, deliveries.c.state != DeliveryState.CANCELLED)):
        yield from filter(None, (row.html, row.digest))
    yield from db.scalars(select(reviews.c.html).where(_asked(article)))


def _is_rejected(db: Connection, article: Row[Any]) -> bool:
    decision = db.scalar(select(reviews.c.decision).where(_asked(article)))
    return decision in AGAINST


def _asked(article: Row[Any]) -> Any:
    return and_(reviews.c.story_id == article.story_id, reviews.c.part == article.part)
