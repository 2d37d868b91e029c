"""Evidence as people look at it: pages under watch, what was kept and observed of them, the chains. Only read."""

from collections.abc import Iterator
from typing import Any

import zstandard
from sqlalchemy import Engine, Row, and_, func, or_, select

from monitor.models.evidence import Capture, Link, Observed, Sight, Version, WatchedPage
from monitor.storage.database import read_transaction
from monitor.storage.evidence.looks import LINK, observed_rows, read_link
from monitor.storage.evidence.notices import read_observed
from monitor.storage.evidence.schema import captures, observations, pages
from monitor.storage.tables import articles
from monitor.text.urls import canonical

_PLACE = ("file", "offset", "length", "status")


class EvidenceHistory:
    """The evidence of one database. Instants are aware UTC; every method is one transaction, raises DatabaseError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def watched(self, *, limit: int) -> tuple[WatchedPage, ...]:
        """The pages whose watch began last, the newest first."""
        title = select(func.min(articles.c.title)).where(articles.c.canonical_url == pages.c.canonical_url)
        seen_at = select(func.max(observations.c.at)).where(observations.c.page_id == pages.c.id)
        number = select(func.count()).where(captures.c.page_id == pages.c.id)
        columns = (
            *(pages.c[name] for name in ("url", "feed", "begun_at", "sight", "due_at")),
            title.scalar_subquery().label("title"),
            seen_at.scalar_subquery().label("seen_at"),
            number.scalar_subquery().label("captures"),
        )
        with read_transaction(self._engine) as db:
            return tuple(map(_watched, db.execute(select(*columns).order_by(pages.c.id.desc()).limit(limit))))

    def captures(self, of: int | str) -> tuple[Capture, ...]:
        """What was kept of the pages of a story, by its number, or of the page at an address, in order."""
        with read_transaction(self._engine) as db:
            mine = captures.c.page_id.in_(_page_ids(of))
            rows = select(captures, pages.c.url).join(pages, pages.c.id == captures.c.page_id).where(mine)
            return tuple(_capture(row) for row in db.execute(rows.order_by(captures.c.id)))

    def observations(self, of: int | str) -> tuple[Observed, ...]:
        """Every look at the pages of a story, by its number, or at the page at an address, in their order."""
        with read_transaction(self._engine) as db:
            rows = observed_rows().where(observations.c.page_id.in_(_page_ids(of)))
            return tuple(map(read_observed, db.execute(rows.order_by(observations.c.id))))

    def chain(self, name: str, *, upto: int | None = None) -> Iterator[Link]:
        """The links of a chain in order, up to that number."""
        mine = and_(captures.c.chain == name, captures.c.number <= upto if upto else captures.c.number > 0)
        ordered = select(*(captures.c[column] for column in LINK)).where(mine).order_by(captures.c.number)
        with read_transaction(self._engine) as db:
            for row in db.execute(ordered.execution_options(yield_per=500)):
                yield read_link(row)


def _watched(row: Row[Any]) -> WatchedPage:
    fields = {name: getattr(row, name) for name in WatchedPage.__dataclass_fields__}
    return WatchedPage(**fields | {"sight": Sight(row.sight) if row.sight else None})


def _page_ids(of: int | str) -> Any:
    if isinstance(of, str):
        return select(pages.c.id).where(or_(pages.c.url == of, pages.c.canonical_url == canonical(of)))
    told = select(pages.c.id).join(articles, articles.c.canonical_url == pages.c.canonical_url)
    return told.where(articles.c.story_id == of)


def _capture(row: Row[Any]) -> Capture:
    place = {name: getattr(row, name) for name in _PLACE}
    return Capture(id=row.id, url=row.url, link=read_link(row), version=_unpacked(row.version), **place)


def _unpacked(body: bytes | None) -> Version | None:
    if body is None:
        return None
    title, _, text = zstandard.ZstdDecompressor().decompress(body).decode("utf-8", "surrogatepass").partition("\0")
    return Version(title=title, text=text)
