"""Conversion of evidence rows to values, shared by all readers; and how a version is stored."""

from typing import Any

import zstandard
from sqlalchemy import Row, exists, select

from monitor.models.evidence import Link, Observed, Sight, TimeStamp, Version
from monitor.storage.evidence.schema import captures, observations, pages

NOTHING_SEEN = (Sight.UNSEEN, Sight.MISSING, Sight.GONE)

_LINK, _STAMP = tuple(Link.__dataclass_fields__), tuple(TimeStamp.__dataclass_fields__)


def link_rows(chain: str) -> Any:
    """Return a selection of the links of a chain in order, to be narrowed."""
    return select(*(captures.c[name] for name in _LINK)).where(captures.c.chain == chain).order_by(captures.c.number)


def read_link(row: Row[Any]) -> Link:
    """Convert a row of captures to its link."""
    return Link(**{name: getattr(row, name) for name in _LINK})


def link_values(link: Link) -> dict[str, Any]:
    """Return a link's columns of captures."""
    return {name: getattr(link, name) for name in _LINK}


def read_stamp(row: Row[Any]) -> TimeStamp:
    """Convert a row of stamps with a token."""
    return TimeStamp(**{name: getattr(row, name) for name in _STAMP})


def observed_rows() -> Any:
    """Return a selection of the looks with their pages' addresses, to be narrowed."""
    before = observations.alias()
    seen_before = exists().where(
        before.c.page_id == observations.c.page_id,
        before.c.id < observations.c.id,
        before.c.sight.notin_(NOTHING_SEEN),
    )
    looks = select(observations, pages.c.url, (~seen_before).label("is_first"))
    return looks.join(pages, pages.c.id == observations.c.page_id)


def read_observed(row: Row[Any]) -> Observed:
    """Convert a row of `observed_rows`."""
    fields = {name: getattr(row, name) for name in Observed.__dataclass_fields__}
    return Observed(**fields | {"sight": Sight(row.sight)})


def pack(version: Version | None) -> bytes | None:
    """Compress a version for captures; None for none."""
    if version is None:
        return None
    return zstandard.ZstdCompressor().compress(f"{version.title}\0{version.text}".encode("utf-8", "surrogatepass"))


def unpack(body: bytes | None) -> Version | None:
    """Restore a version that `pack` compressed."""
    if body is None:
        return None
    title, _, text = zstandard.ZstdDecompressor().decompress(body).decode("utf-8", "surrogatepass").partition("\0")
    return Version(title=title, text=text)
