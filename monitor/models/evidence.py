"""The values of evidence: what a page showed and when, and the hash chain that proves that nobody changed it since.

Frozen, slotted, keyword-only; aware UTC instants; hashes are SHA-256 in lower-case hexadecimal. Nothing here computes.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.errors import FetchError
from monitor.models.articles import LONGEST_TEXT, Article
from monitor.models.feeds import Fetched, NotModified


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request to a site and its answer, as sent and received, except that the body is decoded."""

    url: str
    asked_at: datetime
    request: tuple[tuple[bytes, bytes], ...]  # the request's headers
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes  # without transfer and content codings; for an error page only the beginning


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What came when a page was asked for, and every request for it with its answer, those to robots.txt not."""

    answer: Fetched | NotModified | FetchError
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What a page said at one look: the headline and the text of its article."""

    title: str
    text: str

    @property
    def is_cut(self) -> bool:
        """Whether the article may continue beyond the text that was read."""
        return len(self.text) >= LONGEST_TEXT


class PageAnswer(StrEnum):
    """The kind of answer to a request for a page."""

    PAGE = "page"
    UNMODIFIED = "unmodified"  # 304
    ABSENT = "absent"  # 404, 410, or the home page in its place
    NOTHING = "nothing"  # 403, a bot wall, a timeout, 5xx: nothing is known about the page


class Sight(StrEnum):
    """The result of a look at a page: an observation, never a conclusion."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    MISSING = "missing"  # absent, seen once
    GONE = "gone"  # absent, seen twice at least an hour apart, while other pages of the site answer
    UNSEEN = "unseen"  # the page cannot be read
    BACK = "back"  # there again after it was gone, unchanged or changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of a hash chain: what was kept (`digest` of the bytes in the WARC file), and when.

    `hash` is the SHA-256 of "previous\\ndigest\\ntime\\n", with the time in ISO 8601; `previous` is the hash of the
    link before, 64 zeros for the first.
    """

    chain: str  # name of the worker that keeps the chain
    number: int  # from 1, without gaps
    taken_at: datetime
    digest: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeStamp:
    """An authority's signature of a link: an RFC 3161 answer that covers the text of `hash`."""

    hash: str
    authority: str  # its address
    token: bytes  # the whole answer, DER
    stamped_at: datetime  # by the authority's clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A look that was kept: where its records are, which page it shows, and its link."""

    id: int
    url: str
    link: Link
    file: str  # relative to the folder of evidence
    offset: int
    length: int  # bytes
    status: int  # of the last answer; 0: no answer, only the feed's entry is kept
    version: Version | None  # None: no article on the page


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Where the records of a look are: bytes `[offset, offset + length)` of a WARC file, and their hash."""

    file: str
    offset: int
    length: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePage:
    """A page leased for a look, and what is known about it.

    `entry` is the article as it was read, `source` its part of the feed's document (b"" if there is none). `quoted` are
    its sentences that our posts show. `posted` is the article as last posted, without text if its outlet's headline has
    since come to say something else. With `is_summary` its page gave no text then, and the feed's text may be
    incomplete. `state` is the state left by the previous look, None before the first.
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
    """The result of a look at a page, to be recorded.

    `kept` and `status` describe what is added to the chain (None and 0 for nothing), `version` what the page shows.
    `said` says in Russian what differs, or why the page cannot be read. `next_look_at` is None when the watch ends.
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
    tells: bool = False  # whether people should be told
    withdraws: bool = False  # whether the last change they were asked about has been posted since
    undone: bool = False  # whether the page shows again what it did before the last change they were asked about


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A look as recorded."""

    id: int
    page_id: int
    url: str
    at: datetime
    sight: Sight
    said: str
    moved_to: str
    capture_id: int | None
    is_first: bool = False  # whether no earlier look saw the page


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedPage:
    """A page under watch, for display."""

    url: str
    feed: str
    title: str
    begun_at: datetime
    sight: Sight | None  # None: not looked at yet
    seen_at: datetime | None  # the last look
    due_at: datetime | None  # the next one; None: the watch has ended
    captures: int
    is_first: bool  # whether at most one look saw it
    story_id: int | None  # the story of its article; None: the article was deleted
