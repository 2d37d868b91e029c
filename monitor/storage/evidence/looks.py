"""Evidence in the database: watched pages, the chain of what was kept of them, and observations.

A page is leased for a look as a feed is for a poll. Nothing is decided here. `watch` and `look_sooner` run within the
caller's transaction. Synchronous: callers in the event loop use `asyncio.to_thread`.
"""

import zlib
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, bindparam, exists, func, insert, select, update

from monitor.models.evidence import DuePage, Finding, Link, Observed, Sight, Version
from monitor.models.stories import PollOutcome
from monitor.storage.database import insert_or_ignore, read_transaction, write_transaction
from monitor.storage.evidence.notices import Announcements, tell_of, tell_of_return, tell_of_undoing, withdraw
from monitor.storage.evidence.rows import link_values, pack, read_link
from monitor.storage.evidence.schema import captures, observations, pages
from monitor.storage.feeds import lease_rows, unleased_keys
from monitor.storage.stories import read_telling
from monitor.storage.tables import articles
from monitor.stories.quotes import is_outdated, quoted_sentences
from monitor.text.urls import canonical

_HOUR = timedelta(hours=1)

NextLink = Callable[[Link | None], Link]
"""Makes the link to add from the last link of the chain (None: there is none yet)."""


def watch(db: Connection, story_id: int, now: datetime, *, again: Collection[str] = ()) -> None:
    """Watch the page of every article of a story, with the first look now. Pages under watch stay unchanged, except the
    canonical addresses in `again`, which are looked at now.
    """
    story_articles = select(articles.c.canonical_url, articles.c.url, articles.c.feed).where(
        articles.c.story_id == story_id
    )
    new = [
        {"canonical_url": row.canonical_url, "url": row.url, "feed": row.feed, "begun_at": now, "due_at": now}
        for row in db.execute(story_articles.order_by(articles.c.canonical_url))
        if row.url
    ]
    if new:
        db.execute(insert_or_ignore(db, pages), new)
    if again:
        db.execute(update(pages).where(pages.c.canonical_url.in_(again)).values(due_at=now))


def look_sooner(db: Connection, polls: Sequence[PollOutcome]) -> None:
    """Make watched pages due now whose entries a feed has changed, at most once an hour."""
    for outcome in polls:
        now, addresses = outcome.polled_at, {canonical(url) for url in outcome.edited}
        lately = exists().where(observations.c.page_id == pages.c.id, observations.c.at > now - _HOUR)
        waiting = and_(pages.c.canonical_url.in_(addresses), pages.c.due_at > now, ~lately)
        if addresses:
            db.execute(update(pages).where(waiting).values(due_at=now))


# Built once: building a statement takes as long as executing it, and a look has five.
_MINE = and_(pages.c.id == bindparam("held_id"), pages.c.lease_no == bindparam("held_no"))
_SEEN = (
    update(pages)
    .where(_MINE)
    .values(
        lease_until=None, **{name: bindparam(name) for name in ("due_at", "sight", "state", "etag", "last_modified")}
    )
)
_OBSERVE = insert(observations).returning(observations.c.id)
_CAPTURE = insert(captures).returning(captures.c.id)
_HEAD = select(captures).where(captures.c.chain == bindparam("of")).order_by(captures.c.number.desc()).limit(1)


class EvidenceStore:
    """The evidence of one database. Instants are aware UTC; every method is one transaction and raises
    DatabaseError.
    """

    def __init__(self, engine: Engine, to: Announcements) -> None:
        self._engine, self._to = engine, to

    # ── looking at pages ────────────────────────────────────────────────────────────────────────────────────

    def claim(self, now: datetime, *, limit: int, lease: timedelta) -> tuple[DuePage, ...]:
        """Lease up to `limit` due pages, the longest due first."""
        due = unleased_keys(pages.c.id, now).where(pages.c.due_at <= now).order_by(pages.c.due_at).limit(limit)
        claimed = lease_rows(due, now + lease).returning(pages)
        with read_transaction(self._engine) as db:
            if db.scalar(due) is None:
                return ()  # checked every second: the writer's lock must not be taken for nothing
        with write_transaction(self._engine) as db:
            rows = db.execute(claimed).all()
            return tuple(_due_page(db, row) for row in rows)

    def release_all(self) -> None:
        """Free every lease: the process that held them is dead (we hold the instance lock)."""
        with write_transaction(self._engine) as db:
            db.execute(update(pages).values(lease_until=None))

    def record(self, page: DuePage, finding: Finding, next_link: NextLink, *, chain: str) -> Observed | None:
        """Commit the result of a look and its link of the chain; None if the lease was lost: nothing was written."""
        with write_transaction(self._engine) as db:
            known = {name: getattr(finding, name) for name in ("sight", "state", "etag", "last_modified")}
            held = {"held_id": page.id, "held_no": page.lease_no}
            if db.execute(_SEEN, {**held, **known, "due_at": finding.next_look_at}).rowcount != 1:
                return None
            link = next_link(_head(db, chain)) if finding.kept else None
            look: dict[str, Any] = {
                "page_id": page.id,
                "at": finding.at,
                "sight": finding.sight,
                "said": finding.said,
                "moved_to": finding.moved_to,
                "capture_id": _add_capture(db, page.id, finding, link) if link else None,
            }
            number = db.execute(_OBSERVE, look).scalar_one()
            observed = Observed(**look, id=number, url=page.url)
            if finding.undone:
                tell_of_undoing(db, page.id, self._to, finding.at)
            if finding.tells:
                tell_of(db, number, self._to, finding.at)
            if finding.withdraws:
                withdraw(db, page.id, self._to, finding.at)
            if finding.sight is Sight.BACK:
                tell_of_return(db, page.id, self._to, finding.at)
            return observed

    def join(self, next_link: NextLink, *, chain: str) -> Link:
        """Add a link to our chain that keeps no page: it joins the heads of all chains."""
        with write_transaction(self._engine) as db:
            link = next_link(_head(db, chain))
            nothing = {"file": "", "offset": 0, "length": 0, "status": 0}
            db.execute(insert(captures).values(**nothing, **link_values(link)))
            return link

    def joined_at(self, chain: str) -> datetime | None:
        """Return when our chain last joined the others."""
        joins = and_(captures.c.chain == chain, captures.c.page_id.is_(None))
        last = select(captures.c.taken_at).where(joins).order_by(captures.c.number.desc()).limit(1)
        with read_transaction(self._engine) as db:
            at: datetime | None = db.scalar(last)
        return at

    def put_off(self, page: DuePage, until: datetime) -> None:
        """Look at a page later: something on our side failed, and nothing is recorded about the page."""
        with write_transaction(self._engine) as db:
            mine = and_(pages.c.id == page.id, pages.c.lease_no == page.lease_no)
            db.execute(update(pages).where(mine).values(due_at=until, lease_until=None))

    # ── the chain ───────────────────────────────────────────────────────────────────────────────────────────

    def end_of(self, file: str) -> int | None:
        """Return how many bytes of a WARC file are in the chain; None if none are."""
        with read_transaction(self._engine) as db:
            end: int | None = db.scalar(
                select(func.max(captures.c.offset + captures.c.length)).where(captures.c.file == file)
            )
        return end

    def heads(self) -> tuple[Link, ...]:
        """Return the last link of every chain, sorted by the chain's name."""
        number = func.max(captures.c.number).label("number")
        last = select(captures.c.chain, number).group_by(captures.c.chain).subquery()
        same = and_(captures.c.chain == last.c.chain, captures.c.number == last.c.number)
        with read_transaction(self._engine) as db:
            return tuple(
                read_link(row) for row in db.execute(select(captures).join(last, same).order_by(captures.c.chain))
            )


def _head(db: Connection, chain: str) -> Link | None:
    row = db.execute(_HEAD, {"of": chain}).first()
    return read_link(row) if row else None


def _add_capture(db: Connection, page_id: int, finding: Finding, link: Link) -> int:
    assert finding.kept is not None
    kept = finding.kept
    row = {
        "page_id": page_id,
        "status": finding.status,
        "version": pack(finding.version),
        "file": kept.file,
        "offset": kept.offset,
        "length": kept.length,
        **link_values(link),
    }
    return int(db.execute(_CAPTURE, row).scalar_one())


def _due_page(db: Connection, page: Row[Any]) -> DuePage:
    page_articles = select(articles).where(articles.c.canonical_url == page.canonical_url).order_by(articles.c.id)
    articles_of = db.execute(page_articles).all()
    tellings = [read_telling(article) for article in articles_of]
    in_stories = [telling.article for telling, row in zip(tellings, articles_of, strict=True) if row.story_id]
    last = (in_stories or [tellings[0].article])[-1]
    sentences = dict.fromkeys(sentence for telling in tellings for sentence in quoted_sentences(telling))
    return DuePage(
        id=page.id,
        url=page.url,
        feed=page.feed,
        entry=tellings[0].article,
        source=zlib.decompress(articles_of[0].source) if articles_of[0].source else b"",
        quoted=tuple(sentences),
        posted=Version(title=last.title, text="" if is_outdated(last) else last.text),
        is_summary=bool(last.problem),
        etag=page.etag,
        last_modified=page.last_modified,
        sight=Sight(page.sight) if page.sight else None,
        state=page.state,
        lease_no=page.lease_no,
    )
