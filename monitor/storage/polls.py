"""What polls decided, committed: the one transaction over feeds, entries, stories, questions and outbox.

Nothing is decided here. The same code runs on SQLite (one process, guarded by the instance lock) and on PostgreSQL
(many workers: feeds are leased with SKIP LOCKED, stories placed under an advisory lock).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection, Engine, and_, insert, update

from monitor.models.stories import EntryOutcome, PollOutcome, Story, StoryChange
from monitor.storage.database import write_transaction
from monitor.storage.entries import insert_entries, note_keys
from monitor.storage.evidence.looks import look_sooner
from monitor.storage.feeds import settle, still_leased
from monitor.storage.reviews import open_questions
from monitor.storage.site.cases import adopt
from monitor.storage.stories import RecentStories, lock_stories
from monitor.storage.tables import articles, stories
from monitor.stories.similarity import SimilarityIndex


class Group(Protocol):
    """Places the matched entries of a poll among the stories that may be theirs. Pure, called in the transaction."""

    def __call__(
        self, matched: tuple[EntryOutcome, ...], recent: tuple[Story, ...], *, index: SimilarityIndex, now: datetime
    ) -> tuple[StoryChange, ...]:
        """The changes; every matched entry is in exactly one."""


class PollStore:
    """Records polls. Instants are aware UTC; synchronous: callers in the event loop use `asyncio.to_thread`, so that a
    cancelled task cannot tear a transaction.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._recent = RecentStories()

    def record_all(self, outcomes: Sequence[PollOutcome], group: Group, *, window: timedelta) -> frozenset[str]:
        """Commit everything these polls (of different feeds) decided, or nothing: validators, entries, articles,
        stories, outbox. Returns the feeds recorded: a poll that lost its lease to another worker writes nothing.

        `group` places the matched entries among the stories touched within `window`. Raises DatabaseError.
        """
        with write_transaction(self._engine) as db:
            held = still_leased(db, outcomes)
            note_keys(db, held)
            settle(db, [outcome for outcome in held if outcome.is_over])
            insert_entries(db, [(outcome, entry) for outcome in held for entry in outcome.settled], story_id=None)
            matched = [outcome for outcome in held if outcome.matched]
            if matched:
                lock_stories(db)
                recent, self._recent = self._recent, RecentStories()
            for outcome in matched:
                _place(db, outcome, group, recent, since=outcome.polled_at - window)
            look_sooner(db, held)
        if matched:
            self._recent = recent  # what it learned is committed
        return frozenset(outcome.feed for outcome in held)


def _place(db: Connection, outcome: PollOutcome, group: Group, recent: RecentStories, *, since: datetime) -> None:
    read = [entry.telling.article for entry in outcome.matched if entry.telling]
    like = recent.like(db, read, since)
    for change in group(outcome.matched, like, index=recent.index, now=outcome.polled_at):
        _record_story(db, outcome, change)


def _record_story(db: Connection, outcome: PollOutcome, change: StoryChange) -> None:
    now = outcome.polled_at
    if not change.story.tellings:
        insert_entries(db, [(outcome, entry) for entry in change.added], story_id=None)
        return
    story_id = change.story.id
    if story_id is None:
        begun = {"created_at": now, "updated_at": now, "follows": change.story.follows}
        created = insert(stories).values(**begun).returning(stories.c.id)
        story_id = db.execute(created).scalar_one()
        if change.story.follows is not None:
            adopt(db, story_id, change.story.follows)
    elif any(entry.telling for entry in change.added):
        db.execute(update(stories).where(stories.c.id == story_id).values(updated_at=now))
    insert_entries(db, [(outcome, entry) for entry in change.added], story_id=story_id)
    for telling in change.retitled:
        article = telling.article
        same = and_(articles.c.story_id == story_id, articles.c.canonical_url == article.canonical_url)
        same = and_(same, articles.c.part == telling.part, articles.c.title != article.title)
        headline = {"title": article.title, "former_title": article.former_title}
        db.execute(update(articles).where(same, articles.c.feed == article.feed).values(**headline))
    open_questions(db, story_id, change, now)
