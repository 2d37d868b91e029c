"""Every statement on feeds, entries, articles and stories. One call = one transaction; nothing is decided here.

The store is synchronous: callers in the event loop use `asyncio.to_thread`, so that a cancelled task
cannot tear a transaction. The same code runs on SQLite (one process, guarded by the instance lock) and on
PostgreSQL (many workers: feeds are leased with SKIP LOCKED, stories placed under an advisory lock).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, Row, and_, func, insert, literal, or_, select, text, update

from monitor.database import insert_or_ignore, reading, upsert, writing
from monitor.models import (
    Article,
    Entry,
    EntryOutcome,
    Feed,
    FeedState,
    Match,
    PollOutcome,
    Story,
    StoryChange,
    Telling,
    Tier,
    TopicVerdict,
    Verdict,
    Veto,
)
from monitor.outbox import want
from monitor.similarity import Shelf
from monitor.tables import articles, entries, entry_keys, feeds, heartbeats, stories


class Group(Protocol):
    """Places the matched entries of a poll among the stories that may be theirs. Pure, called in the transaction."""

    def __call__(
        self, matched: tuple[EntryOutcome, ...], recent: tuple[Story, ...], *, shelf: Shelf, now: datetime
    ) -> tuple[StoryChange, ...]:
        """The changes; every matched entry is in exactly one."""


_Key = TypeVar("_Key", str, int)

STORY_LOCK = 0x6D6F6E  # PostgreSQL advisory lock: one worker places stories at a time


class Store:
    """The product's memory. Instants are aware UTC; every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._shelf = Shelf()  # filled from the database under the story lock, so that it never knows more than it
        self._shelved = 0  # the last article on the shelf

    # ── feeds ───────────────────────────────────────────────────────────────────────────────────────────────

    def sync_feeds(self, wanted: Sequence[Feed], now: datetime) -> None:
        """Make the feed rows follow feeds.yaml: new ones are due now, missing ones rest, a moved one forgets
        the validators of its old address (but not the entries it showed)."""
        with writing(self._engine) as db:
            known = {row.name: row.url for row in db.execute(select(feeds.c.name, feeds.c.url))}
            db.execute(update(feeds).values(active=feeds.c.name.in_([feed.name for feed in wanted])))
            for feed in wanted:
                if feed.name not in known:
                    db.execute(insert(feeds).values(name=feed.name, url=feed.url, active=True, next_poll_at=now))
                elif known[feed.name] != feed.url:
                    forget = {"etag": None, "last_modified": None, "body_hash": None}
                    moved = update(feeds).where(feeds.c.name == feed.name)
                    db.execute(moved.values(url=feed.url, next_poll_at=now, **forget))

    def claim_due_feeds(
        self, now: datetime, *, limit: int, lease: timedelta, names: Iterable[str] | None = None
    ) -> tuple[FeedState, ...]:
        """Lease up to `limit` due feeds, the longest due first. `names` claims just these, due or not."""
        free = or_(feeds.c.lease_until.is_(None), feeds.c.lease_until <= now)
        asked = feeds.c.next_poll_at <= now if names is None else feeds.c.name.in_(list(names))
        due = select(feeds.c.name).where(feeds.c.active, free, asked).order_by(feeds.c.next_poll_at).limit(limit)
        claim = (
            update(feeds)
            .where(feeds.c.name.in_(due.with_for_update(skip_locked=True)))
            .values(lease_no=feeds.c.lease_no + 1, lease_until=now + lease)
            .returning(*(feeds.c[field] for field in FeedState.__dataclass_fields__))
        )
        with writing(self._engine) as db:
            return tuple(FeedState(**row._asdict()) for row in db.execute(claim))

    def release_all(self) -> None:
        """Free every lease: the process that held them is dead (we have the instance lock)."""
        with writing(self._engine) as db:
            db.execute(update(feeds).values(lease_until=None))

    # ── entries and stories ─────────────────────────────────────────────────────────────────────────────────

    def unseen(self, feed: str, found: Sequence[Entry]) -> tuple[Entry, ...]:
        """The entries of which no key was seen in this feed before, in the order given."""
        keys = [key for entry in found for key in entry.keys]
        with reading(self._engine) as db:
            seen = {
                key
                for chunk in _chunks(keys)
                for key in db.scalars(
                    select(entry_keys.c.key).where(entry_keys.c.feed == feed, entry_keys.c.key.in_(chunk))
                )
            }
        return tuple(entry for entry in found if seen.isdisjoint(entry.keys))

    def record(self, outcome: PollOutcome, group: Group, *, window: timedelta) -> bool:
        """Commit everything one poll decided, or nothing: validators, entries, articles, stories, outbox.

        `group` places the matched entries among the stories touched within `window`. False: the lease was
        lost to another worker meanwhile, and nothing was written.
        """
        with writing(self._engine) as db:
            if not _record_feed(db, outcome):
                return False
            _keep_alive(db, outcome)
            _insert_entries(db, outcome, outcome.settled, story_id=None)
            if outcome.matched:
                _lock_stories(db)
                self._shelve(db, outcome.polled_at - window)
                recent = _stories(db, self._may_be_theirs(db, outcome.matched, outcome.polled_at - window))
                for change in group(outcome.matched, recent, shelf=self._shelf, now=outcome.polled_at):
                    _record_story(db, outcome, change)
        return True

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
        for chunk in _chunks([article.canonical_url for article in told]):
            same = select(articles.c.story_id).join(stories, stories.c.id == articles.c.story_id)
            recent = same.where(articles.c.canonical_url.in_(chunk), stories.c.updated_at >= since)
            near.update(db.scalars(recent))
        return near

    # ── life signs ──────────────────────────────────────────────────────────────────────────────────────────

    def beat(self, name: str, now: datetime) -> None:
        """Note that a job is alive."""
        with writing(self._engine) as db:
            statement = upsert(db, heartbeats).values(name=name, at=now)
            db.execute(statement.on_conflict_do_update(index_elements=[heartbeats.c.name], set_={"at": now}))

    def heartbeats(self) -> dict[str, datetime]:
        """When each job was last alive."""
        with reading(self._engine) as db:
            return {row.name: row.at for row in db.execute(select(heartbeats))}


def _record_feed(db: Connection, outcome: PollOutcome) -> bool:
    changes: dict[str, Any] = {
        "polled_at": outcome.polled_at,
        "next_poll_at": outcome.next_poll_at,
        "etag": outcome.etag,
        "last_modified": outcome.last_modified,
        "body_hash": outcome.body_hash,
        "failure": outcome.failure,
        "failures": outcome.failures,
        "had_entries": or_(feeds.c.had_entries, literal(outcome.had_entries)),
        "lease_until": None,
    }
    if not outcome.failure:
        changes["succeeded_at"] = outcome.polled_at
        changes["baseline_at"] = func.coalesce(feeds.c.baseline_at, outcome.polled_at)
    mine = and_(feeds.c.name == outcome.feed, feeds.c.lease_no == outcome.lease_no)
    return db.execute(update(feeds).where(mine).values(**changes)).rowcount == 1


def _keep_alive(db: Connection, outcome: PollOutcome) -> None:
    for chunk in _chunks(outcome.known_keys):
        mine = and_(entry_keys.c.feed == outcome.feed, entry_keys.c.key.in_(chunk))
        db.execute(update(entry_keys).where(mine).values(last_seen_at=outcome.polled_at))


def _insert_entries(
    db: Connection, outcome: PollOutcome, decided: Sequence[EntryOutcome], *, story_id: int | None
) -> None:
    """Entries with their keys, and the article of each that has a telling."""
    if not decided:
        return
    statement = insert(entries).returning(entries.c.id, sort_by_parameter_order=True)
    ids = db.scalars(statement, [_entry_row(outcome, one) for one in decided]).all()
    pairs = list(zip(ids, decided, strict=True))
    keys = [(key, number) for number, one in pairs for key in one.entry.keys]
    db.execute(
        insert_or_ignore(db, entry_keys),
        [
            {"feed": outcome.feed, "key": key, "entry_id": number, "last_seen_at": outcome.polled_at}
            for key, number in keys
        ],
    )
    rows = [_article_row(one.telling, number, story_id) for number, one in pairs if one.telling]
    if rows:
        db.execute(insert(articles), rows)


def _record_story(db: Connection, outcome: PollOutcome, change: StoryChange) -> None:
    now = outcome.polled_at
    story_id = change.story.id
    if story_id is None:
        begun = {"created_at": now, "updated_at": now, "follows": change.story.follows}
        created = insert(stories).values(**begun).returning(stories.c.id)
        story_id = db.execute(created).scalar_one()
    elif any(one.telling for one in change.added):
        db.execute(update(stories).where(stories.c.id == story_id).values(updated_at=now))
    _insert_entries(db, outcome, change.added, story_id=story_id)
    for post in change.posts:
        want(db, story_id, post, now)


def _lock_stories(db: Connection) -> None:
    # On SQLite the transaction already is the only writer (BEGIN IMMEDIATE).
    if db.dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": STORY_LOCK})


def _chunks(keys: Sequence[_Key], size: int = 500) -> Iterator[Sequence[_Key]]:
    """SQLite bounds the number of parameters of one statement."""
    return (keys[start : start + size] for start in range(0, len(keys), size))


def _stories(db: Connection, numbers: Iterable[int]) -> tuple[Story, ...]:
    """These stories with their tellings, oldest story first."""
    rows = [
        row
        for chunk in _chunks(sorted(numbers))
        for row in db.execute(
            select(articles, stories.c.updated_at, stories.c.follows)
            .join(stories, stories.c.id == articles.c.story_id)
            .where(articles.c.story_id.in_(chunk))
            .order_by(articles.c.story_id, articles.c.id)
        )
    ]
    return tuple(_story(number, list(told)) for number, told in groupby(rows, key=lambda row: row.story_id))


def _story(number: int, rows: Sequence[Row[Any]]) -> Story:
    tellings = tuple(_telling(row) for row in rows)
    return Story(id=number, tellings=tellings, updated_at=rows[0].updated_at, follows=rows[0].follows)


def _entry_row(outcome: PollOutcome, decided: EntryOutcome) -> dict[str, Any]:
    entry = decided.entry
    return {
        "feed": outcome.feed,
        "url": entry.url,
        "title": entry.title,
        "published_at": entry.published_at,
        "seen_at": outcome.polled_at,
        "outcome": decided.outcome,
        "reason": decided.reason,
    }


def _article_row(telling: Telling, entry_id: int, story_id: int | None) -> dict[str, Any]:
    article = {name: getattr(telling.article, name) for name in Article.__dataclass_fields__}
    placed = {"entry_id": entry_id, "story_id": story_id, "part": telling.part, "evidence": telling.evidence}
    return article | placed | {"verdict": asdict(telling.verdict)}


def _telling(row: Row[Any]) -> Telling:
    fields = {name: getattr(row, name) for name in Article.__dataclass_fields__}
    article = Article(**fields | {"fingerprint": tuple(row.fingerprint)})
    return Telling(article=article, verdict=_verdict(row.verdict), part=row.part, evidence=row.evidence)


def _verdict(stored: dict[str, Any]) -> Verdict:
    """The inverse of `asdict` over a Verdict."""
    topics = tuple(
        TopicVerdict(**topic | {"tier": Tier(topic["tier"]), "matches": tuple(Match(**m) for m in topic["matches"])})
        for topic in stored["topics"]
    )
    return Verdict(topics=topics, vetoes=tuple(Veto(**veto) for veto in stored["vetoes"]))
