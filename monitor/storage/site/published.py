"""The stories that the channel has shown, for the public archive. Read-only; nothing is decided here.

A part of a story is public once the channel accepted its post, or a digest with it, until the post is deleted. Nothing
else (questions, decisions, other chats, unmatched articles) is returned.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, func, or_, select

from monitor.models.outbox import DeliveryKind, DeliveryState
from monitor.models.site import PageLook, Precision
from monitor.models.stories import Decision, Story
from monitor.storage.corrections.schema import retractions
from monitor.storage.database import chunks, read_transaction
from monitor.storage.evidence.rows import observed_rows, read_observed
from monitor.storage.evidence.schema import captures, observations, pages
from monitor.storage.outbox.destinations import is_further
from monitor.storage.site.schema import case_stories, cases, takedowns
from monitor.storage.stories import read_stories
from monitor.storage.tables import articles, chats, deliveries, entries, reviews, stories
from monitor.text.urls import message_link, public_name

_LETTERS = func.sum(func.length(articles.c.title))  # a changed headline seldom has the same length
_CHUNK = 200  # stories read at once, each with the texts of its articles


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedStory:
    """A story with its public parts only.

    `seen_at` is when our monitor read each telling. `posted_at` is when the channel accepted its first post, `post_url`
    that post's address; `case` is its open case.
    """

    story: Story
    seen_at: tuple[datetime, ...]
    posted_at: datetime
    post_url: str
    follows: int | None
    followed_by: tuple[int, ...]
    case: int | None
    looks: tuple[PageLook, ...]


@dataclass(slots=True, kw_only=True)
class _Post:
    """When and where the public parts of a story were shown."""

    at: datetime
    url: str
    parts: set[int]


class PublishedStories:
    """The public stories of one database. Every method is one transaction and raises DatabaseError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def forget_connections(self) -> None:
        """Drop the parent's connections in a forked process, without closing them."""
        self._engine.dispose(close=False)

    def marks(self) -> Mapping[int, str]:
        """Return for each public story, by number in order, a mark that changes whenever anything of it does."""
        with read_transaction(self._engine) as db:
            posts, said = _posts(db), defaultdict[int, list[Any]](list)
            for query in (_updated(), _members(), _observed(), _in_cases(), _retracted()):
                for row in db.execute(query):
                    said[row[0]].append(tuple(row[1:]))
            later = _followed_by(db, posts)
        return {
            number: _mark(post.at, post.url, sorted(post.parts), said[number], later.get(number, ()))
            for number, post in sorted(posts.items())
        }

    def pulse(self) -> str:
        """Return a mark that changes with anything that the archive shows. Cheap: called every minute."""
        newest = (
            select(func.max(stories.c.updated_at)),
            select(func.max(articles.c.id)),
            select(func.max(deliveries.c.updated_at)).where(deliveries.c.kind == DeliveryKind.STORY),
            select(func.sum(deliveries.c.sent_revision)).where(deliveries.c.kind == DeliveryKind.STORY),
            select(func.max(observations.c.id)),
            select(func.max(reviews.c.decided_at)),
            select(func.count(takedowns.c.story_id)),
            select(func.max(takedowns.c.at)),
            select(func.count(case_stories.c.story_id)),
            select(func.count(cases.c.closed_at)),
        )
        with read_transaction(self._engine) as db:
            titles = db.scalars(select(cases.c.title).where(cases.c.closed_at.is_(None)).order_by(cases.c.id)).all()
            retracted = db.execute(_retracted().order_by(retractions.c.story_id)).all()
            names = db.scalars(select(chats.c.name).order_by(chats.c.chat)).all()
            return _mark([db.scalar(one) for one in newest], titles, [tuple(row) for row in retracted], names)

    def read(self, numbers: Iterable[int]) -> Iterable[PublishedStory]:
        """Yield those of these stories that are public; a few hundred in memory at once."""
        for chunk in chunks(sorted(numbers), _CHUNK):
            with read_transaction(self._engine) as db:
                yield from _read(db, chunk)

    def precision(self) -> Mapping[str, Precision]:
        """Return what maintainers decided about the stories of each topic, by topic id. Numbers only."""
        same_part = and_(articles.c.story_id == reviews.c.story_id, articles.c.part == reviews.c.part)
        decided = select(reviews.c.story_id, reviews.c.part, reviews.c.decision, articles.c.verdict)
        made = (Decision.PUBLISHED, Decision.REJECTED, Decision.OFF_TOPIC)
        counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        seen: set[tuple[int, int, str]] = set()
        with read_transaction(self._engine) as db:
            for row in db.execute(decided.join(articles, same_part).where(reviews.c.decision.in_(made))):
                for topic in row.verdict["topics"]:
                    if (key := (row.story_id, row.part, topic["id"])) not in seen:
                        seen.add(key)
                        counts[topic["id"]][row.decision != Decision.PUBLISHED] += 1
        return {topic: Precision(published=good, rejected=bad) for topic, (good, bad) in counts.items()}


def _mark(*said: object) -> str:
    return blake2b(repr(said).encode(), digest_size=12).hexdigest()


def _shown() -> Any:
    """Select the posts of stories that the main channel accepted and still shows, or a digest with them."""
    digest = deliveries.alias()
    digested = and_(deliveries.c.state == DeliveryState.DIGESTED, digest.c.sent_at.isnot(None))
    sent = and_(deliveries.c.sent_at.isnot(None), deliveries.c.message_id.isnot(None))
    columns = (
        *(deliveries.c[name] for name in ("story_id", "part", "chat")),
        chats.c.name,
        func.coalesce(deliveries.c.sent_at, digest.c.sent_at).label("at"),
        func.coalesce(deliveries.c.message_id, digest.c.message_id).label("message"),
    )
    hidden = select(takedowns.c.story_id)
    return (
        select(*columns)
        .outerjoin(digest, digest.c.id == deliveries.c.digest_id)
        .outerjoin(chats, chats.c.chat == deliveries.c.chat)
        .where(deliveries.c.kind == DeliveryKind.STORY, deliveries.c.html != "", or_(sent, digested), ~is_further())
        .where(deliveries.c.story_id.isnot(None), deliveries.c.story_id.notin_(hidden))
        .order_by(deliveries.c.story_id, deliveries.c.part, deliveries.c.id)
    )


def _posts(db: Connection, numbers: Sequence[int] | None = None) -> dict[int, _Post]:
    shown = _shown() if numbers is None else _shown().where(deliveries.c.story_id.in_(numbers))
    posts: dict[int, _Post] = {}
    for row in db.execute(shown):
        url = message_link(public_name(row.chat, row.name or ""), row.message)
        post = posts.setdefault(row.story_id, _Post(at=row.at, url=url, parts=set()))
        post.parts.add(row.part)
        post.at = min(post.at, row.at)
    return posts


def _updated() -> Any:
    return select(stories.c.id, stories.c.updated_at, stories.c.follows)


def _members() -> Any:
    return (
        select(articles.c.story_id, func.count(), func.max(articles.c.id), func.max(articles.c.former_title), _LETTERS)
        .where(articles.c.story_id.isnot(None))
        .group_by(articles.c.story_id)
    )


def _observed() -> Any:
    article_looks = observations.join(pages, pages.c.id == observations.c.page_id).join(
        articles, articles.c.canonical_url == pages.c.canonical_url
    )
    has_finding = or_(observations.c.capture_id.isnot(None), observations.c.said != "")
    return (
        select(articles.c.story_id, func.max(observations.c.id))
        .select_from(article_looks)
        .where(articles.c.story_id.isnot(None), has_finding)
        .group_by(articles.c.story_id)
    )


def _in_cases() -> Any:
    return (
        select(case_stories.c.story_id, cases.c.id, cases.c.title)
        .join(cases, cases.c.id == case_stories.c.case_id)
        .where(cases.c.closed_at.is_(None))
    )


def _retracted() -> Any:
    return select(*(retractions.c[name] for name in ("story_id", "at", "why", "parts")))


def _followed_by(db: Connection, posts: Mapping[int, _Post]) -> Mapping[int, tuple[int, ...]]:
    """Return for each story the later public ones that follow it."""
    later: defaultdict[int, list[int]] = defaultdict(list)
    going_on = select(stories.c.follows, stories.c.id).where(stories.c.follows.isnot(None)).order_by(stories.c.id)
    for before, number in db.execute(going_on):
        if number in posts and before is not None:
            later[before].append(number)
    return {before: tuple(numbers) for before, numbers in later.items()}


def _read(db: Connection, numbers: Sequence[int]) -> list[PublishedStory]:
    posts = _posts(db, numbers)
    of_case = {row.story_id: row.id for row in db.execute(_in_cases().where(case_stories.c.story_id.in_(numbers)))}
    follows, later = _threads(db, numbers)
    looks, seen = _looks(db, numbers), _seen(db, numbers)
    return [
        PublishedStory(
            story=public,
            seen_at=tuple(at for part, at in seen[number] if part in posts[number].parts),
            posted_at=posts[number].at,
            post_url=posts[number].url,
            follows=follows.get(number),
            followed_by=later.get(number, ()),
            case=of_case.get(number),
            looks=_of_tellings(looks[number], public),
        )
        for story in read_stories(db, posts)
        if (number := story.id) is not None and (public := _public(story, posts[number].parts)).tellings
    ]


def _public(story: Story, parts: set[int]) -> Story:
    return replace(story, tellings=tuple(telling for telling in story.tellings if telling.part in parts))


def _threads(db: Connection, numbers: Sequence[int]) -> tuple[Mapping[int, int], Mapping[int, tuple[int, ...]]]:
    near = select(stories.c.id, stories.c.follows).where(or_(stories.c.id.in_(numbers), stories.c.follows.in_(numbers)))
    pairs = [(row.id, row.follows) for row in db.execute(near.order_by(stories.c.id)) if row.follows]
    public = _posts(db, [number for pair in pairs for number in pair])
    follows = {number: before for number, before in pairs if before in public}
    later: defaultdict[int, list[int]] = defaultdict(list)
    for number, before in pairs:
        if number in public:
            later[before].append(number)
    return follows, {before: tuple(after) for before, after in later.items()}


def _seen(db: Connection, numbers: Sequence[int]) -> Mapping[int, list[tuple[int, datetime]]]:
    """Return for each story, for its articles in order: the part, and when the entry was read."""
    seen: defaultdict[int, list[tuple[int, datetime]]] = defaultdict(list)
    rows = (
        select(articles.c.story_id, articles.c.part, entries.c.seen_at)
        .join(entries, entries.c.id == articles.c.entry_id)
        .where(articles.c.story_id.in_(numbers))
        .order_by(articles.c.id)
    )
    for row in db.execute(rows):
        seen[row.story_id].append((row.part, row.seen_at))
    return seen


def _looks(db: Connection, numbers: Sequence[int]) -> Mapping[int, list[tuple[str, PageLook]]]:
    """Return for each story the looks at its pages that found or kept something, with the page's canonical address."""
    looks: defaultdict[int, list[tuple[str, PageLook]]] = defaultdict(list)
    look_rows = (
        observed_rows()
        .add_columns(articles.c.story_id, pages.c.canonical_url, captures.c.digest)
        .join(articles, articles.c.canonical_url == pages.c.canonical_url)
        .outerjoin(captures, captures.c.id == observations.c.capture_id)
        .where(articles.c.story_id.in_(numbers))
        .where(or_(observations.c.capture_id.isnot(None), observations.c.said != ""))
        .distinct()
        .order_by(observations.c.id)
    )
    for row in db.execute(look_rows):
        looks[row.story_id].append((row.canonical_url, _look(row)))
    return looks


def _look(row: Row[Any]) -> PageLook:
    seen = read_observed(row)
    fields = {name: getattr(seen, name) for name in ("url", "at", "sight", "said", "is_first")}
    return PageLook(**fields, digest=row.digest or "")


def _of_tellings(looks: Iterable[tuple[str, PageLook]], story: Story) -> tuple[PageLook, ...]:
    shown = {telling.article.canonical_url for telling in story.tellings}
    return tuple(look for address, look in looks if address in shown)
