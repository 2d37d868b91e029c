"""Stories in the database: read whole, under the lock that lets one worker place at a time.

Functions and methods that take a connection run within the caller's transaction.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, func, or_, select, text

from monitor.models.articles import Article
from monitor.models.outbox import DeliveryKind
from monitor.models.stories import Decision, Retraction, Story, Telling
from monitor.storage.archive import verdict_of
from monitor.storage.corrections.rows import retractions_of
from monitor.storage.database import chunks, read_transaction
from monitor.storage.evidence.notices import announced_versions
from monitor.storage.site.schema import case_stories, cases
from monitor.storage.tables import articles, deliveries, reviews, stories
from monitor.stories.people.followed import FOLLOWED, MOST_STORIES, NOBODY, Followed, ToldStory, subjects
from monitor.stories.people.naming import named_in
from monitor.stories.recent_events import TOLD, RecentEvents
from monitor.stories.similarity import LEAD, SimilarityIndex

STORY_LOCK = 0x6D6F6E  # PostgreSQL advisory lock: one worker places stories at a time
_REFUSALS = 2  # rejected questions of a story after which its people are no longer followed
_MINUTE = timedelta(minutes=1)
MADE = (Decision.PUBLISHED, Decision.REJECTED, Decision.OFF_TOPIC)  # made by maintainers
UNDECIDED = or_(reviews.c.decision.is_(None), reviews.c.decision == Decision.EXPIRED)


def lock_stories(db: Connection) -> None:
    """Keep others from placing stories or deciding about them until this transaction ends."""
    # On SQLite the transaction is already the only writer (BEGIN IMMEDIATE).
    if db.dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": STORY_LOCK})


def read_stories(db: Connection, numbers: Iterable[int]) -> tuple[Story, ...]:
    """Return these stories with their tellings, oldest story first."""
    rows = [
        row
        for chunk in chunks(sorted(numbers))
        for row in db.execute(
            select(articles, stories.c.updated_at, stories.c.follows, cases.c.id.label("case"))
            .join(stories, stories.c.id == articles.c.story_id)
            .join(case_stories, case_stories.c.story_id == stories.c.id, isouter=True)
            .join(cases, and_(cases.c.id == case_stories.c.case_id, cases.c.closed_at.is_(None)), isouter=True)
            .where(articles.c.story_id.in_(chunk))
            .order_by(articles.c.story_id, articles.c.id)
        )
    ]
    story_ids = {row.story_id for row in rows}
    decisions, deleted = _decisions(db, story_ids), _deleted(db, story_ids)
    retracted, pages = retractions_of(db, story_ids), announced_versions(db, story_ids)
    grouped = groupby(rows, key=attrgetter("story_id"))
    return tuple(
        replace(
            _story(number, list(its_rows), decisions.get(number, {}), deleted[number], retracted.get(number)),
            announced=tuple(pages.get(number, {}).items()),
        )
        for number, its_rows in grouped
    )


class RecentStories:
    """The stories among which new articles are placed. Their words are read from the database once and kept.

    Use it under `lock_stories` only. Discard it after a rollback: it may contain articles that were never committed,
    whose numbers SQLite assigns again.
    """

    def __init__(self) -> None:
        self.index = SimilarityIndex()
        self._named: defaultdict[str, set[int]] = defaultdict(set)  # by a surname's stem: the stories about its bearers
        self._touched: dict[int, datetime] = {}  # when each of these stories was
        self._last = 0  # the number of the last article in it

    def like(self, db: Connection, read: Sequence[Article], since: datetime) -> tuple[Story, ...]:
        """Return the stories touched since then that share rare words or an address with one of these articles, or are
        about somebody named in one.
        """
        self._catch_up(db, since)
        near = {number for article in read for number in self.index.nearest(article.fingerprint)}
        for chunk in chunks([article.canonical_url for article in read]):
            same = select(articles.c.story_id).join(stories, stories.c.id == articles.c.story_id)
            recent = same.where(articles.c.canonical_url.in_(chunk), stories.c.updated_at >= since)
            near.update(db.scalars(recent))
        named = {number for article in read for number in self._about_people_of(article, since)}
        for numbers in chunks(sorted(named - near)):
            touched = select(stories.c.id).where(stories.c.id.in_(numbers), stories.c.updated_at >= since)
            near.update(db.scalars(touched))
        return read_stories(db, near)

    def _about_people_of(self, article: Article, since: datetime) -> Iterator[int]:
        for stem in {person.stem for person in named_in(article)}:
            recent = [story for story in self._named.get(stem, ()) if self._touched[story] >= since]
            if len(recent) <= MOST_STORIES:
                yield from recent

    def _catch_up(self, db: Connection, since: datetime) -> None:
        """Read new articles. They are numbered under the lock, so none comes later with a smaller number."""
        self.index.forget(since)
        said = (articles.c.title, func.substr(articles.c.text, 1, LEAD).label("text"))
        columns = (articles.c.id, articles.c.story_id, articles.c.fingerprint, stories.c.updated_at, *said)
        new = (
            select(*columns)
            .join(stories, stories.c.id == articles.c.story_id)
            .where(articles.c.id > self._last, stories.c.updated_at >= since)
            .order_by(articles.c.id)
        )
        for row in db.execute(new):
            self.index.add(row.id, row.story_id, row.fingerprint, row.updated_at)
            self._touched[row.story_id] = row.updated_at
            for person in subjects(row.title, row.text):
                self._named[person.stem].add(row.story_id)
            self._last = row.id


class FollowedPeople:
    """The people the channel's stories are about; read again when there is a new article, and once a minute for new
    decisions. Raises DatabaseError.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lately = NOBODY
        self._known: tuple[datetime, int] | None = None  # when it was read, and the last article then

    def __call__(self, now: datetime) -> Followed:
        """Return the people of the stories touched in the last thirty days."""
        with read_transaction(self._engine) as db:
            last = db.scalar(select(func.max(articles.c.id))) or 0
            is_fresh = self._known and timedelta() <= now - self._known[0] < _MINUTE
            if not is_fresh or (self._known and last != self._known[1]):
                events = RecentEvents((one.title, one.text) for one in _told(db, now - TOLD))
                self._lately = Followed.from_tellings(_told(db, now - FOLLOWED), events)
                self._known = now, last
        return self._lately


def _told(db: Connection, since: datetime) -> Iterator[ToldStory]:
    """The newest first."""
    of_channel = and_(deliveries.c.kind == DeliveryKind.STORY, deliveries.c.html != "")
    shown = select(deliveries.c.story_id).where(of_channel)
    refused = reviews.c.decision.in_((Decision.REJECTED, Decision.OFF_TOPIC))
    refusals = select(reviews.c.story_id).where(refused).group_by(reviews.c.story_id)
    tiring = refusals.having(func.count() >= _REFUSALS)
    columns = (articles.c.story_id, articles.c.title, func.substr(articles.c.text, 1, LEAD).label("text"))
    touched = select(*columns).join(stories, stories.c.id == articles.c.story_id).where(stories.c.updated_at >= since)
    wanted = touched.where(articles.c.story_id.in_(shown), articles.c.story_id.notin_(tiring))
    return (ToldStory(*row) for row in db.execute(wanted.order_by(articles.c.id.desc())))


def _decisions(db: Connection, numbers: Collection[int]) -> Mapping[int, Mapping[int, bool]]:
    """Return for each of these stories the parts maintainers decided about: True is published, False rejected."""
    decisions: defaultdict[int, dict[int, bool]] = defaultdict(dict)
    columns = (reviews.c.story_id, reviews.c.part, reviews.c.decision)
    for chunk in chunks(sorted(numbers)):
        mine = and_(reviews.c.story_id.in_(chunk), reviews.c.decision.in_(MADE))
        for row in db.execute(select(*columns).where(mine)):
            decisions[row.story_id][row.part] = row.decision == Decision.PUBLISHED
    return decisions


def _deleted(db: Connection, numbers: Collection[int]) -> Mapping[int, set[int]]:
    """Return for each of these stories the parts whose post was deleted."""
    deleted: defaultdict[int, set[int]] = defaultdict(set)
    for chunk in chunks(sorted(numbers)):
        nothing = and_(deliveries.c.story_id.in_(chunk), deliveries.c.html == "")
        for row in db.execute(select(deliveries.c.story_id, deliveries.c.part).where(nothing)):
            deleted[row.story_id].add(row.part)
    return deleted


def _story(
    number: int,
    rows: Sequence[Row[Any]],
    decided: Mapping[int, bool],
    deleted: Collection[int],
    retracted: Retraction | None,
) -> Story:
    return Story(
        id=number,
        tellings=tuple(map(read_telling, rows)),
        updated_at=rows[0].updated_at,
        follows=rows[0].follows,
        published=frozenset(part for part, published in decided.items() if published),
        rejected=frozenset(part for part, published in decided.items() if not published),
        deleted=frozenset(deleted),
        case=rows[0].case,
        retracted=retracted,
    )


def read_telling(row: Row[Any]) -> Telling:
    """Convert a row of articles to the telling."""
    fields = {name: getattr(row, name) for name in Article.__dataclass_fields__}
    article = Article(**fields | {"fingerprint": tuple(row.fingerprint)})
    return Telling(article=article, verdict=verdict_of(row.verdict), part=row.part, evidence=row.evidence)
