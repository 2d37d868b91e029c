"""Evidence for display: watched pages, what was kept and observed of them, the chains. Read-only."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import Engine, Row, and_, func, or_, select

from monitor.models.evidence import Capture, Link, Observed, Sight, TimeStamp, WatchedPage
from monitor.models.labels import sight_label
from monitor.storage.database import read_transaction
from monitor.storage.evidence.rows import (
    NOTHING_SEEN,
    link_rows,
    observed_rows,
    read_link,
    read_observed,
    read_stamp,
    unpack,
)
from monitor.storage.evidence.schema import captures, observations, pages, stamps
from monitor.storage.tables import articles
from monitor.text.urls import canonical

_PLACE = ("file", "offset", "length", "status")
_ABSENT = (Sight.MISSING, Sight.GONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRecord:
    """A page with all its records; looks and captures in the order they came."""

    page: WatchedPage
    looks: tuple[Observed, ...]
    captures: tuple[Capture, ...]

    @property
    def captured(self) -> Mapping[int, Capture]:
        """The captures by number, as in `Observed.capture_id`."""
        return {one.id: one for one in self.captures}

    @property
    def known(self) -> Observed | None:
        """The last look that could read the page; None if none could."""
        return next((look for look in reversed(self.looks) if look.sight is not Sight.UNSEEN), None)

    @property
    def last_change(self) -> Observed | None:
        """The last look that found other words than the one before, or than people had been told."""
        changed = (look for look in reversed(self.looks) if look.sight in {Sight.CHANGED, Sight.BACK} and look.said)
        return next(changed, None)

    @property
    def absent_since(self) -> datetime | None:
        """The first of the last looks in a row that found no page, ignoring those that could not see it; else None."""
        seen = [look for look in reversed(self.looks) if look.sight is not Sight.UNSEEN]
        absent = list(takewhile(lambda look: look.sight in _ABSENT, seen))
        return absent[-1].at if absent else None

    @staticmethod
    def label(look: Observed) -> str:
        """Name the result of a look, in Russian."""
        return sight_label(look.sight, is_first=look.is_first)

    def standing(self, moment: Callable[[datetime], str]) -> str:
        """Describe the page's present state, a sentence in Russian; `moment` formats an instant.

        If the last look could not see the page, what was known before is added.
        """
        if not self.looks:
            return "Ещё не смотрели"
        last, known = self.looks[-1], self.known
        said = f"Последний взгляд {moment(last.at)}: {self.label(last)}"
        if known is None:
            return said
        if last is not known:
            said += f"; до того, {moment(known.at)}: {self.label(known)}"
        since = self.absent_since
        return f"{said}; страницы нет с {moment(since)}" if since and since != known.at else said


class EvidenceHistory:
    """The evidence of one database. Instants are aware UTC; every method is one transaction and raises
    DatabaseError.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def watched_pages(self, *, limit: int) -> tuple[WatchedPage, ...]:
        """Return the pages whose watch began last, the newest first."""
        with read_transaction(self._engine) as db:
            newest = _watched_rows().order_by(pages.c.id.desc()).limit(limit)
            return tuple(map(_watched, db.execute(newest)))

    def pages(self, of: int | str) -> tuple[WatchedPage, ...]:
        """Return the pages of a story, by its number, or the page at an address, in the order their watch began."""
        with read_transaction(self._engine) as db:
            mine = _watched_rows().where(pages.c.id.in_(_page_ids(of))).order_by(pages.c.id)
            return tuple(map(_watched, db.execute(mine)))

    def records(self, of: int | str) -> tuple[PageRecord, ...]:
        """Return the same pages with captures and looks, in separate transactions: a look in between does no harm."""
        kept, seen = self.captures(of), self.observations(of)
        return tuple(
            PageRecord(
                page=page,
                looks=tuple(look for look in seen if look.url == page.url),
                captures=tuple(capture for capture in kept if capture.url == page.url),
            )
            for page in self.pages(of)
        )

    def captures(self, of: int | str) -> tuple[Capture, ...]:
        """Return the captures of a story's pages, by its number, or of the page at an address, in order."""
        with read_transaction(self._engine) as db:
            mine = captures.c.page_id.in_(_page_ids(of))
            rows = select(captures, pages.c.url).join(pages, pages.c.id == captures.c.page_id).where(mine)
            return tuple(_capture(row) for row in db.execute(rows.order_by(captures.c.id)))

    def observations(self, of: int | str) -> tuple[Observed, ...]:
        """Return every look at a story's pages, by its number, or at the page at an address, in order."""
        with read_transaction(self._engine) as db:
            rows = observed_rows().where(observations.c.page_id.in_(_page_ids(of)))
            return tuple(map(read_observed, db.execute(rows.order_by(observations.c.id))))

    def chain(self, name: str, *, upto: int | None = None) -> Iterator[Link]:
        """Yield the links of a chain in order, up to the number `upto`."""
        rows = link_rows(name).where(captures.c.number <= upto) if upto else link_rows(name)
        with read_transaction(self._engine) as db:
            yield from map(read_link, db.execute(rows.execution_options(yield_per=500)))

    def first_stamp(self, link: Link) -> tuple[Link, TimeStamp] | None:
        """Return the first link of the chain, from this one on, that an authority stamped, with its stamp, which proves
        all links before it.
        """
        given = link_rows(link.chain).add_columns(stamps.c.authority, stamps.c.token, stamps.c.stamped_at)
        given = given.join(stamps, stamps.c.hash == captures.c.hash)
        mine = and_(captures.c.number >= link.number, stamps.c.token.isnot(None))
        with read_transaction(self._engine) as db:
            row = db.execute(given.where(mine).order_by(stamps.c.stamped_at).limit(1)).first()
        return (read_link(row), read_stamp(row)) if row else None


def answer_label(capture: Capture) -> str:
    """Describe the site's answer in a capture, in Russian."""
    return f"ответ {capture.status}" if capture.status else "ответа не было, сохранена запись из ленты"


def _watched_rows() -> Any:
    title = select(func.min(articles.c.title)).where(articles.c.canonical_url == pages.c.canonical_url)
    seen_at = select(func.max(observations.c.at)).where(observations.c.page_id == pages.c.id)
    number = select(func.count()).where(captures.c.page_id == pages.c.id)
    seeing = select(func.count()).where(observations.c.page_id == pages.c.id, observations.c.sight.notin_(NOTHING_SEEN))
    story = select(func.max(articles.c.story_id)).where(articles.c.canonical_url == pages.c.canonical_url)
    return select(
        *(pages.c[name] for name in ("url", "feed", "begun_at", "sight", "due_at")),
        title.scalar_subquery().label("title"),
        seen_at.scalar_subquery().label("seen_at"),
        number.scalar_subquery().label("captures"),
        (seeing.scalar_subquery() <= 1).label("is_first"),
        story.scalar_subquery().label("story_id"),
    )


def _watched(row: Row[Any]) -> WatchedPage:
    fields = {name: getattr(row, name) for name in WatchedPage.__dataclass_fields__}
    return WatchedPage(**fields | {"sight": Sight(row.sight) if row.sight else None, "title": row.title or ""})


def _page_ids(of: int | str) -> Any:
    if isinstance(of, str):
        address = of.encode("utf-8", "replace").decode().replace("\0", "")  # no database accepts these
        addresses = [address] if "://" in address else [f"https://{address}", f"http://{address}"]
        spelt = [*addresses, *filter(None, map(canonical, addresses))]
        moved = select(observations.c.page_id).where(observations.c.moved_to.in_(spelt))
        here = or_(pages.c.url.in_(spelt), pages.c.canonical_url.in_(spelt), pages.c.id.in_(moved))
        return select(pages.c.id).where(here)
    page_ids = select(pages.c.id).join(articles, articles.c.canonical_url == pages.c.canonical_url)
    return page_ids.where(articles.c.story_id == of)


def _capture(row: Row[Any]) -> Capture:
    place = {name: getattr(row, name) for name in _PLACE}
    return Capture(id=row.id, url=row.url, link=read_link(row), version=unpack(row.version), **place)
