"""The questions that wait for maintainers: opened, followed and overtaken by what polls bring; what was decided.

Functions that take a connection are parts of somebody's transaction. What a maintainer decides is in reviews.py.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select, update

from monitor.models.articles import Tier
from monitor.models.outbox import Buttons, DeliveryKind, WantedPost
from monitor.models.stories import Decision, Story, StoryChange
from monitor.storage.database import chunks, upsert
from monitor.storage.outbox import want
from monitor.storage.tables import deliveries, reviews
from monitor.stories.grouping import part_of
from monitor.stories.question import DECIDED, ask, buttons
from monitor.text.telegram_html import Html, join, tag, text

undecided = or_(reviews.c.decision.is_(None), reviews.c.decision == Decision.EXPIRED)
"""Questions that can still be decided."""


def note(db: Connection, story_id: int, change: StoryChange, now: datetime) -> None:
    """Put what the chats should show of a change into the outbox, and open or close the questions it touches.

    A question stands here also when no chat is there to be asked.
    """
    for post in change.posts:
        asks = post.kind is DeliveryKind.REVIEW
        want(db, story_id, replace(post, buttons=buttons(story_id, post.part)) if asks else post, now)
    for part in sorted({one.telling.part for one in change.added if one.telling}):
        if part_of(change.story, part).tier is Tier.POST:
            _overtake(db, story_id, part, now)
        elif part not in change.story.published | change.story.rejected:
            _open(db, story_id, part, change.story, now)


def _open(db: Connection, story_id: int, part: int, story: Story, now: datetime) -> None:
    asked = {"html": ask(part_of(story, part))}
    row = upsert(db, reviews).values(story_id=story_id, part=part, asked_at=now, **asked)
    db.execute(row.on_conflict_do_update(index_elements=[reviews.c.story_id, reviews.c.part], set_=asked))


def _overtake(db: Connection, story_id: int, part: int, now: datetime) -> None:
    mine = and_(reviews.c.story_id == story_id, reviews.c.part == part, undecided)
    closed = update(reviews).where(mine).values(decision=Decision.OVERTAKEN, decided_at=now)
    asked = db.scalar(closed.returning(reviews.c.html))
    if asked is not None:
        note = tag("b", text(DECIDED[Decision.OVERTAKEN]))
        show(db, story_id, part, join("\n\n", (Html(asked), note)), (), now)


def show(  # noqa: PLR0917 - a row's key, and what it should show
    db: Connection, story_id: int, part: int, html: str, shown: Buttons, now: datetime
) -> None:
    """Make the message that asked say something else, wherever it was asked."""
    mine = and_(deliveries.c.story_id == story_id, deliveries.c.part == part, deliveries.c.kind == DeliveryKind.REVIEW)
    for chat in db.scalars(select(deliveries.c.chat).where(mine)).all():
        post = WantedPost(chat=chat, html=html, part=part, kind=DeliveryKind.REVIEW, buttons=shown)
        want(db, story_id, post, now)


def decided(db: Connection, stories: Collection[int]) -> Mapping[int, Mapping[int, bool]]:
    """For each of these stories, the parts that maintainers decided about: True is published, False rejected."""
    found: dict[int, dict[int, bool]] = {}
    made = (Decision.PUBLISHED, Decision.REJECTED, Decision.OFF_TOPIC)
    for some in chunks(sorted(stories)):
        mine = and_(reviews.c.story_id.in_(some), reviews.c.decision.in_(made))
        for row in db.execute(select(reviews.c.story_id, reviews.c.part, reviews.c.decision).where(mine)):
            found.setdefault(row.story_id, {})[row.part] = row.decision == Decision.PUBLISHED
    return found
