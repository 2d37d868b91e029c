"""Committing what polls decided: one transaction over feeds, entries, stories, questions and outbox.

Nothing is decided here. The same code runs on SQLite (one process, guarded by the instance lock) and on PostgreSQL
(many workers: feeds are leased with SKIP LOCKED, stories placed under an advisory lock).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import Connection, Engine, and_, insert, update

from monitor.models.stories import EntryOutcome, PollOutcome, Story, StoryChange
from monitor.storage.database import write_transaction
from monitor.storage.entries import insert_entries, note_keys, tell_anew, unmatched
from monitor.storage.evidence.looks import look_sooner
from monitor.storage.feeds import settle, still_leased
from monitor.storage.reviews import open_questions
from monitor.storage.search.index import entry_changed
from monitor.storage.site.cases import adopt
from monitor.storage.stories import RecentStories, lock_stories
from monitor.storage.tables import articles, stories
from monitor.stories.similarity import SimilarityIndex

READ_BEFORE: Final = "; прочитано раньше, чем о человеке написал канал"


class Group(Protocol):
    """Places the matched entries of a poll among stories near them. Pure, called within the transaction."""

    def __call__(
        self, matched: tuple[EntryOutcome, ...], recent: tuple[Story, ...], *, index: SimilarityIndex, now: datetime
    ) -> tuple[StoryChange, ...]:
        """Return the changes; every matched entry is in exactly one."""


class PollStore:
    """Records polls. Instants are aware UTC. Synchronous: callers in the event loop use `asyncio.to_thread`, so that a
    cancelled task cannot interrupt a transaction.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._recent = RecentStories()

    def record_all(self, outcomes: Sequence[PollOutcome], group: Group, *, window: timedelta) -> frozenset[str]:
        """Commit everything these polls (of different feeds) decided, or nothing: validators, entries, articles,
        stories, outbox. Returns the feeds recorded; a poll that lost its lease to another worker writes nothing.

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
                for change in _placed(db, outcome.matched, group, recent, window=window, now=outcome.polled_at):
                    _record_story(db, outcome, change)
            look_sooner(db, held)
        if matched:
            self._recent = recent  # everything in it is committed
        return frozenset(outcome.feed for outcome in held)

    def place_anew(
        self, numbers: Sequence[int], group: Group, *, window: timedelta, since: datetime, now: datetime
    ) -> int:
        """Place unmatched entries seen or published since then as if they were read now, in one transaction. Returns
        how many were placed; the others stay as they are. Raises DatabaseError.
        """
        with write_transaction(self._engine) as db:
            lock_stories(db)
            recent, self._recent = self._recent, RecentStories()
            placed = 0
            for number in numbers:
                if entry := unmatched(db, number, since=since):
                    (change,) = _placed(db, (entry,), group, recent, window=window, now=now)
                    placed += _record_anew(db, number, change, now)
        self._recent = recent  # everything in it is committed
        return placed


def _placed(
    db: Connection,
    matched: tuple[EntryOutcome, ...],
    group: Group,
    recent: RecentStories,
    *,
    window: timedelta,
    now: datetime,
) -> tuple[StoryChange, ...]:
    read = [entry.telling.article for entry in matched if entry.telling]
    return group(matched, recent.like(db, read, now - window), index=recent.index, now=now)


def _record_story(db: Connection, outcome: PollOutcome, change: StoryChange) -> None:
    story_id = _story_number(db, change, outcome.polled_at)
    insert_entries(db, [(outcome, entry) for entry in change.added], story_id=story_id)
    _show(db, story_id, change, outcome.polled_at)


def _record_anew(db: Connection, number: int, change: StoryChange, now: datetime) -> bool:
    """Record an entry placed again; False if it was not placed, or the story has its article."""
    (entry,) = change.added
    if entry.telling is None:
        return False
    telling = replace(entry.telling, evidence=entry.telling.evidence + READ_BEFORE)
    story_id = _story_number(db, change, now)
    with entry_changed(db, number):
        tell_anew(db, number, replace(entry, reason=entry.reason + READ_BEFORE), telling, story_id=story_id)
    _show(db, story_id, change, now)
    return True


def _story_number(db: Connection, change: StoryChange, now: datetime) -> int | None:
    """Return the number of the story, inserting it if it is new; None if the change has no story."""
    if not change.story.tellings:
        return None
    story_id = change.story.id
    if story_id is None:
        begun = {"created_at": now, "updated_at": now, "follows": change.story.follows}
        created = insert(stories).values(**begun).returning(stories.c.id)
        story_id = db.execute(created).scalar_one()
        if change.story.follows is not None:
            adopt(db, story_id, change.story.follows)
    elif any(entry.telling for entry in change.added):
        db.execute(update(stories).where(stories.c.id == story_id).values(updated_at=now))
    return story_id


def _show(db: Connection, story_id: int | None, change: StoryChange, now: datetime) -> None:
    if story_id is None:
        return
    for telling in change.retitled:
        article = telling.article
        same = and_(articles.c.story_id == story_id, articles.c.canonical_url == article.canonical_url)
        same = and_(same, articles.c.part == telling.part, articles.c.title != article.title)
        headline = {"title": article.title, "former_title": article.former_title}
        db.execute(update(articles).where(same, articles.c.feed == article.feed).values(**headline))
    open_questions(db, story_id, change, now)
