"""The values of evidence: what was seen of a page, when, and the chain that shows nobody altered it since.

Frozen, slotted, keyword-only; aware UTC instants; hashes are SHA-256 in lower-case hexadecimal. Nothing here computes.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.models.articles import LONGEST_TEXT, Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request to a site and its answer, as they went over the wire but for the codings of the body."""

    url: str
    asked_at: datetime
    request: tuple[tuple[bytes, bytes], ...]  # the request's headers
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes  # without its codings; of an error page only the beginning


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What a page said at one look: its headline and the text of its article."""

    title: str
    text: str

    @property
    def is_cut(self) -> bool:
        """Whether the article may go on after what was read of it."""
        return len(self.text) >= LONGEST_TEXT


class PageAnswer(StrEnum):
    """What came when a page was asked for."""

    PAGE = "page"
    UNMODIFIED = "unmodified"  # 304
    ABSENT = "absent"  # 404, 410, or the home page in its place
    NOTHING = "nothing"  # 403, a bot wall, a timeout, 5xx: it says nothing about the page


class Sight(StrEnum):
    """What a look at a page found: an observation, never a conclusion."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    MISSING = "missing"  # absent, seen once
    GONE = "gone"  # absent, seen twice at least an hour apart, while other pages of the site answer
    UNSEEN = "unseen"  # it cannot be seen
    BACK = "back"  # there again after it was gone, same or changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of a chain: what was kept (`digest`, of the bytes in the WARC file), and when.

    `hash` is SHA-256 of the text "previous\\ndigest\\ntime\\n", the time as in ISO 8601; `previous` is
    the hash of the link before, 64 zeros for the first.
    """

    chain: str  # the worker that keeps it
    number: int  # from 1, without a gap
    taken_at: datetime
    digest: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeStamp:
    """What an outside authority signed of a link: RFC 3161's answer, which covers the text of `hash`."""

    hash: str
    authority: str  # its address
    token: bytes  # the whole answer, DER
    stamped_at: datetime  # by the authority's clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One look that was kept: where its records stand, what page it shows, and its link."""

    id: int
    url: str
    link: Link
    file: str  # in the folder of evidence
    offset: int
    length: int  # bytes
    status: int  # of the last answer; 0: no answer came, only the feed's entry is kept
    version: Version | None  # None: no article was on it


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Where the records of one look stand: bytes `[offset, offset + length)` of a WARC file, and their hash."""

    file: str
    offset: int
    length: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePage:
    """A page leased to be looked at, and what is known of it.

    `entry` is the article as it was read, `source` its own piece of the feed's document (b"" where it has none).
    `quoted` are the sentences of it that our posts show. `posted` is the article as it was posted last: of one
    that says another thing since, only the headline. `is_summary`: its page gave no text then, and what the feed says
    may be less than it. `state` is what the former look left
    for this one, None before the first.
    """

    id: int
    url: str
    feed: str
    entry: Article
    source: bytes
    quoted: tuple[str, ...]
    posted: Version
    is_summary: bool
    etag: str | None
    last_modified: str | None
    sight: Sight | None
    state: bytes | None
    lease_no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one look at a page found, to be recorded.

    `kept` and `status` tell of what is added to the chain, None and 0 when nothing is; `version` what it shows.
    `said` is in Russian: what differs, or why the page cannot be seen. `next_look_at` is None when the watch ends.
    """

    at: datetime
    sight: Sight
    said: str
    state: bytes
    next_look_at: datetime | None
    moved_to: str = ""
    etag: str | None = None
    last_modified: str | None = None
    kept: Kept | None = None
    status: int = 0
    version: Version | None = None
    tells: bool = False  # whether people should hear of it
    withdraws: bool = False  # whether what they were asked about it last has been posted since
    undone: bool = False  # whether the page says again what it said before the change that they were asked about last


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One look as it was recorded."""

    id: int
    page_id: int
    url: str
    at: datetime
    sight: Sight
    said: str
    moved_to: str
    capture_id: int | None
    is_first: bool = False  # whether no look before it saw the page


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedPage:
    """A page under watch as people look at it."""

    url: str
    feed: str
    title: str
    begun_at: datetime
    sight: Sight | None  # None: nobody has looked yet
    seen_at: datetime | None  # the last look
    due_at: datetime | None  # the next one; None: the watch has ended
    captures: int
    is_first: bool  # whether no more than one look saw it
    story_id: int | None  # the story that its article tells; None: the article is forgotten
