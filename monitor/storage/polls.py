"""What polls decided, committed: the one transaction over feeds, entries, stories, questions and outbox.

Nothing is decided here. The same code runs on SQLite (one process, guarded by the instance lock) and on PostgreSQL
(many workers: feeds are leased with SKIP LOCKED, stories placed under an advisory lock).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection, Engine, and_, insert, select, update

from monitor.models.stories import EntryOutcome, PollOutcome, Story, StoryChange
from monitor.storage.database import chunks, write_transaction
from monitor.storage.entries import insert_entries, note_keys
from monitor.storage.feeds import settle, still_leased
from monitor.storage.reviews import open_questions
from monitor.storage.stories import lock_stories, read_stories
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
        self._similar = SimilarityIndex()  # filled from the database under the lock of the stories: never knows more
        self._indexed = 0  # the last article in it

    def record_all(self, outcomes: Sequence[PollOutcome], group: Group, *, window: timedelta) -> frozenset[str]:
        """Commit everything these polls (of different feeds) decided, or nothing: validators, entries, articles,
        stories, outbox. Returns the feeds recorded: a poll that lost its lease to another worker writes nothing.

        `group` places the matched entries among the stories touched within `window`. Raises DatabaseError.
        """
        with write_transaction(self._engine) as db:
            held = still_leased(db, outcomes)
            note_keys(db, held)
            settle(db, [outcome for outcome in held if outcome.is_over])
            insert_entries(db, [(outcome, one) for outcome in held for one in outcome.settled], story_id=None)
            matched = [outcome for outcome in held if outcome.matched]
            if matched:
                lock_stories(db)
            for outcome in matched:
                self._place(db, outcome, group, outcome.polled_at - window)
        return frozenset(outcome.feed for outcome in held)

    def _place(self, db: Connection, outcome: PollOutcome, group: Group, since: datetime) -> None:
        """Under the lock of the stories."""
        self._index(db, since)
        recent = read_stories(db, self._may_be_theirs(db, outcome.matched, since))
        for change in group(outcome.matched, recent, index=self._similar, now=outcome.polled_at):
            _record_story(db, outcome, change)

    def _index(self, db: Connection, since: datetime) -> None:
        """Bring the index up to what is committed. Articles of stories are numbered under the lock: none comes late."""
        self._similar.forget(since)
        columns = (articles.c.id, articles.c.story_id, articles.c.fingerprint, stories.c.updated_at)
        new = (
            select(*columns)
            .join(stories, stories.c.id == articles.c.story_id)
            .where(articles.c.id > self._indexed, stories.c.updated_at >= since)
            .order_by(articles.c.id)
        )
        for row in db.execute(new):
            self._similar.add(row.id, row.story_id, row.fingerprint, row.updated_at)
            self._indexed = row.id

    def _may_be_theirs(self, db: Connection, matched: Sequence[EntryOutcome], since: datetime) -> set[int]:
        """Numbers of the stories that share rare words, or an address, with one of the entries."""
        read = [one.telling.article for one in matched if one.telling]
        near = {number for article in read for number in self._similar.nearest(article.fingerprint)}
        for chunk in chunks([article.canonical_url for article in read]):
            same = select(articles.c.story_id).join(stories, stories.c.id == articles.c.story_id)
            recent = same.where(articles.c.canonical_url.in_(chunk), stories.c.updated_at >= since)
            near.update(db.scalars(recent))
        return near


def _record_story(db: Connection, outcome: PollOutcome, change: StoryChange) -> None:
    now = outcome.polled_at
    story_id = change.story.id
    if story_id is None:
        begun = {"created_at": now, "updated_at": now, "follows": change.story.follows}
        created = insert(stories).values(**begun).returning(stories.c.id)
        story_id = db.execute(created).scalar_one()
    elif any(one.telling for one in change.added):
        db.execute(update(stories).where(stories.c.id == story_id).values(updated_at=now))
    insert_entries(db, [(outcome, one) for one in change.added], story_id=story_id)
    for telling in change.retitled:
        article = telling.article
        same = and_(articles.c.story_id == story_id, articles.c.canonical_url == article.canonical_url)
        headline = {"title": article.title, "former_title": article.former_title}
        db.execute(update(articles).where(same, articles.c.feed == article.feed).values(**headline))
    open_questions(db, story_id, change, now)
