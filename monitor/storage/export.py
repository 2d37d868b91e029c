"""What the monitor found, as rows for other programs: one row for each article of a story. Reads only."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, and_, select

from monitor.storage.database import read_transaction
from monitor.storage.tables import articles, deliveries, entries, stories

COLUMNS = (
    *(
        "story",
        "part",
        "follows",
        "outlet",
        "published",
        "seen",
        "title",
        "url",
        "language",
        "topics",
        "rules",
        "words",
    ),
    *("tier", "outcome", "reason", "chat", "message", "state"),
)


def exported(engine: Engine, *, since: datetime | None = None) -> Iterator[Mapping[str, Any]]:
    """Articles of stories seen since then, in the order they came; keys are COLUMNS, instants ISO 8601 in UTC.

    `topics`, `rules` and `words` are lists. `chat`, `message` and `state` tell of the post that shows the article.
    Constant memory. Raises DatabaseError.
    """
    told = [articles.c[name] for name in ("story_id", "part", "feed", "published_at", "title", "url", "language")]
    shown = and_(deliveries.c.story_id == articles.c.story_id, deliveries.c.part == articles.c.part)
    found = (
        select(*told, articles.c.verdict, entries.c.seen_at, entries.c.outcome, entries.c.reason, stories.c.follows)
        .add_columns(deliveries.c.chat, deliveries.c.message_id, deliveries.c.state)
        .join(entries, entries.c.id == articles.c.entry_id)
        .join(stories, stories.c.id == articles.c.story_id)
        .outerjoin(deliveries, shown)
        .order_by(articles.c.id, deliveries.c.id)
        .execution_options(yield_per=500)
    )
    if since is not None:
        found = found.where(entries.c.seen_at >= since)
    with read_transaction(engine) as db:
        for row in db.execute(found).mappings():
            yield _row(row)


def _row(row: Mapping[Any, Any]) -> Mapping[str, Any]:
    topics = row["verdict"]["topics"]
    tiers = {topic["tier"] for topic in topics}
    values = (
        *(row["story_id"], row["part"], row["follows"], row["feed"], _iso(row["published_at"]), _iso(row["seen_at"])),
        *(row["title"], row["url"], row["language"] or "", [topic["id"] for topic in topics]),
        [topic["rule"] for topic in topics],
        list(dict.fromkeys(match["form"] for topic in topics for match in topic["matches"])),
        *("post" if "post" in tiers else "review", row["outcome"], row["reason"]),
        *(row["chat"] or "", row["message_id"], row["state"] or ""),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _iso(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
