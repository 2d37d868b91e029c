"""Every statement on feeds, entries, articles and stories. One call = one transaction; nothing is decided here.

The store is synchronous: callers in the event loop use `asyncio.to_thread`, so that a cancelled task
cannot tear a transaction. The same code runs on SQLite (one process, guarded by the instance lock) and on
PostgreSQL (many workers: feeds are leased with SKIP LOCKED, stories placed under an advisory lock).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Row, and_, insert, select, update

from monitor.models.articles import Article
from monitor.models.feeds import Entry, Feed, FeedHealth, FeedState
from monitor.models.stories import EntryOutcome, PollOutcome, Story, StoryChange, Telling
from monitor.storage import entries as entry_rows
from monitor.storage import feeds, maintenance
from monitor.storage.archive import keep
from monitor.storage.database import chunks, insert_or_ignore, read_transaction, upsert, write_transaction
from monitor.storage.entries import KnownEntries
from monitor.storage.mutes import hold
from monitor.storage.reviews import open_questions
from monitor.storage.stories import lock_stories, read_stories
from monitor.storage.tables import articles, entries, entry_keys, heartbeats, stories
from monitor.stories.similarity import SimilarityIndex
from monitor.text.urls import address_number, canonical


class Group(Protocol):
    """Places the matched entries of a poll among the stories that may be theirs. Pure, called in the transaction."""

    def __call__(
        self, matched: tuple[EntryOutcome, ...], recent: tuple[Story, ...], *, shelf: SimilarityIndex, now: datetime
    ) -> tuple[StoryChange, ...]:
        """The changes; every matched entry is in exactly one."""


class Store:
    """The product's memory. Instants are aware UTC; every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._shelf = (
            SimilarityIndex()
        )  # filled from the database under the story lock, so that it never knows more than it
        self._shelved = 0  # the last article on the shelf

    # ── feeds ───────────────────────────────────────────────────────────────────────────────────────────────

    def sync_feeds(self, wanted: Sequence[Feed], now: datetime) -> None:
        """Make the feed rows follow feeds.yaml: new ones are due now, missing ones rest, a moved one forgets
        what its old address taught (but not the entries it showed)."""
        with write_transaction(self._engine) as db:
            feeds.sync(db, wanted, now)

    def claim_due_feeds(
        self, now: datetime, *, limit: int, lease: timedelta, names: Iterable[str] | None = None
    ) -> tuple[FeedState, ...]:
        """Lease up to `limit` due feeds, the longest due first. `names` claims just these, due or not."""
        with write_transaction(self._engine) as db:
            return feeds.claim(db, now, limit=limit, lease=lease, names=names)

    def release_all(self) -> None:
        """Free every lease: the process that held them is dead (we have the instance lock)."""
        with write_transaction(self._engine) as db:
            feeds.release_all(db)

    def release(self, held: Iterable[FeedState]) -> None:
        """Free the leases of polls that were given up: another worker need not wait for their end."""
        with write_transaction(self._engine) as db:
            feeds.release(db, held)

    def forgive(self, names: Collection[str], next_poll_at: datetime) -> None:
        """Take back one failure of each of these feeds, and ask them again then: the failure was ours."""
        with write_transaction(self._engine) as db:
            feeds.forgive(db, names, next_poll_at)

    def feed_health(self, now: datetime) -> tuple[FeedHealth, ...]:
        """How every feed of feeds.yaml does, by name."""
        with read_transaction(self._engine) as db:
            return tuple(_health(row, now) for row in feeds.active(db))

    # ── entries and stories ─────────────────────────────────────────────────────────────────────────────────

    def sight(self, feed: str, found: Sequence[Entry]) -> KnownEntries:
        """What is known of these entries of a feed. An entry is known when one of its keys is.

        One whose headline says something else now is unseen under a key of its own: it is judged once more.
        """
        with read_transaction(self._engine) as db:
            return entry_rows.known_entries(db, feed, found)

    def shown_lately(self, feed: str, limit: int = 1_000) -> tuple[tuple[str, str], ...]:
        """Title and address of the last entries of a feed, the newest first."""
        lately = select(entries.c.title, entries.c.url).where(entries.c.feed == feed)
        with read_transaction(self._engine) as db:
            return tuple((row.title, row.url) for row in db.execute(lately.order_by(entries.c.id.desc()).limit(limit)))

    def record(self, outcome: PollOutcome, group: Group, *, window: timedelta) -> bool:
        """`record_all` of one poll. False: the lease was lost to another worker, and nothing was written."""
        return outcome.feed in self.record_all([outcome], group, window=window)

    def record_all(self, outcomes: Sequence[PollOutcome], group: Group, *, window: timedelta) -> frozenset[str]:
        """Commit everything these polls (of different feeds) decided, or nothing: validators, entries, articles,
        stories, outbox. Returns the feeds recorded: a poll that lost its lease to another worker writes nothing.

        `group` places the matched entries among the stories touched within `window`.
        """
        with write_transaction(self._engine) as db:
            held = feeds.still_leased(db, outcomes)
            entry_rows.note_keys(db, held)
            feeds.settle(db, [outcome for outcome in held if outcome.is_over])
            _insert_entries(db, [(outcome, one) for outcome in held for one in outcome.settled], story_id=None)
            matched = [outcome for outcome in held if outcome.matched]
            if matched:
                lock_stories(db)
            for outcome in matched:
                self._place(db, outcome, group, outcome.polled_at - window)
        return frozenset(outcome.feed for outcome in held)

    def _place(self, db: Connection, outcome: PollOutcome, group: Group, since: datetime) -> None:
        """Under the lock of the stories."""
        self._shelve(db, since)
        recent = read_stories(db, self._may_be_theirs(db, outcome.matched, since))
        for change in group(outcome.matched, recent, shelf=self._shelf, now=outcome.polled_at):
            _record_story(db, outcome, change)

    def _shelve(self, db: Connection, since: datetime) -> None:
        """Bring the shelf up to what is committed. Articles of stories are numbered under the lock: none comes late."""
        self._shelf.forget(since)
        columns = (articles.c.id, articles.c.story_id, articles.c.fingerprint, stories.c.updated_at)
        new = (
            select(*columns)
            .join(stories, stories.c.id == articles.c.story_id)
            .where(articles.c.id > self._shelved, stories.c.updated_at >= since)
            .order_by(articles.c.id)
        )
        for row in db.execute(new):
            self._shelf.add(row.id, row.story_id, row.fingerprint, row.updated_at)
            self._shelved = row.id

    def _may_be_theirs(self, db: Connection, matched: Sequence[EntryOutcome], since: datetime) -> set[int]:
        """Numbers of the stories that share rare words, or an address, with one of the entries."""
        told = [one.telling.article for one in matched if one.telling]
        near = {number for article in told for number in self._shelf.nearest(article.fingerprint)}
        for chunk in chunks([article.canonical_url for article in told]):
            same = select(articles.c.story_id).join(stories, stories.c.id == articles.c.story_id)
            recent = same.where(articles.c.canonical_url.in_(chunk), stories.c.updated_at >= since)
            near.update(db.scalars(recent))
        return near

    # ── life signs ──────────────────────────────────────────────────────────────────────────────────────────

    def beat(self, name: str, now: datetime) -> timedelta:
        """Note that a job is alive. Returns how far the clock was set back since its last beat, most often zero; what
        stood in the future then has been brought to now.
        """
        with write_transaction(self._engine) as db:
            if step := maintenance.step_back(db, name, now):
                maintenance.rewind(db, step, now)
            statement = upsert(db, heartbeats).values(name=name, at=now)
            db.execute(statement.on_conflict_do_update(index_elements=[heartbeats.c.name], set_={"at": now}))
        return step


def _health(row: Row[Any], now: datetime) -> FeedHealth:
    columns = {name: getattr(row, name) for name in FeedHealth.__dataclass_fields__ if name in row._fields}
    return FeedHealth(**columns, habit=feeds.habit(row), looked_at=now)


def _insert_entries(
    db: Connection, decided: Sequence[tuple[PollOutcome, EntryOutcome]], *, story_id: int | None
) -> None:
    """Entries with their keys, and the article of each that was read: in `articles` with a telling, else archived."""
    if not decided:
        return
    statement = insert(entries).returning(entries.c.id, sort_by_parameter_order=True)
    ids = db.scalars(statement, [_entry_row(outcome, one, story_id) for outcome, one in decided]).all()
    told = list(zip(ids, decided, strict=True))
    db.execute(
        insert_or_ignore(db, entry_keys),
        [
            {"feed": outcome.feed, "key": key, "entry_id": number, "last_seen_at": outcome.polled_at}
            for number, (outcome, one) in told
            for key in one.entry.keys
        ],
    )
    keep(db, [(number, one.entry.title, one.article) for number, (_, one) in told if one.article and not one.telling])
    rows = [_article_row(one.telling, number, story_id) for number, (_, one) in told if one.telling]
    if rows:
        db.execute(insert(articles), rows)
    hold(db, [(number, one.telling.verdict, outcome.polled_at) for number, (outcome, one) in told if one.telling])


def _record_story(db: Connection, outcome: PollOutcome, change: StoryChange) -> None:
    now = outcome.polled_at
    story_id = change.story.id
    if story_id is None:
        begun = {"created_at": now, "updated_at": now, "follows": change.story.follows}
        created = insert(stories).values(**begun).returning(stories.c.id)
        story_id = db.execute(created).scalar_one()
    elif any(one.telling for one in change.added):
        db.execute(update(stories).where(stories.c.id == story_id).values(updated_at=now))
    _insert_entries(db, [(outcome, one) for one in change.added], story_id=story_id)
    for told in change.retitled:
        same = and_(articles.c.story_id == story_id, articles.c.canonical_url == told.article.canonical_url)
        headline = {"title": told.article.title, "former_title": told.article.former_title}
        db.execute(update(articles).where(same, articles.c.feed == told.article.feed).values(**headline))
    open_questions(db, story_id, change, now)


def _entry_row(outcome: PollOutcome, decided: EntryOutcome, story_id: int | None) -> dict[str, Any]:
    entry = decided.entry
    article = decided.telling.article if decided.telling else decided.article
    return {
        "feed": outcome.feed,
        "url": entry.url,
        "title": entry.title,
        "published_at": entry.published_at,
        "seen_at": outcome.polled_at,
        "outcome": decided.outcome,
        "reason": decided.reason,
        "language": article.language if article else None,
        "story_id": story_id,
        "address": address_number(canonical(entry.url)) if entry.url else None,
    }


def _article_row(telling: Telling, entry_id: int, story_id: int | None) -> dict[str, Any]:
    article = {name: getattr(telling.article, name) for name in Article.__dataclass_fields__}
    placed = {"entry_id": entry_id, "story_id": story_id, "part": telling.part, "evidence": telling.evidence}
    return article | placed | {"verdict": asdict(telling.verdict)}
