"""A feed as feeds.yaml has it, its answers, the state of polling it, and its health. Values only."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

FeedLanguage = Literal["ru", "kk", "both"]

LONGEST_LINE = 100  # characters of what is one line of a feed: its name, its group, why it is paused
SEVERAL = 3  # failures in a row that are no longer chance
SILENCE = 5  # times the usual gap between news until a feed counts as silent
SHORTEST_SILENCE = timedelta(hours=12)  # editors sleep
UNKNOWN_GAP = timedelta(days=1)  # the usual gap of a feed that has not shown one yet
LONGEST_WAIT = timedelta(minutes=5)  # of a due feed: by then a poll has ended
RECENT_GAP = timedelta(hours=24)  # for how long a missed window counts as a trouble
FEWEST_PAGES = 10  # pages read before their text can be called missing
MOST_BARE = 0.5  # share of pages without text that is a trouble
LOST_LETTERS = "в заголовках почти нет кириллицы"  # beginning of a problem about a lost encoding
TOO_LONG = "записей больше, чем читается"  # beginning of a problem about entries left out
CUT_OFF = "лента обрывается на середине"  # beginning of a problem about a body without its end


class FeedKind(StrEnum):
    """The kind of document at a feed's address."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"  # JSON Feed
    HTML = "html"  # a page that lists articles; `Listing` says where on it
    SITEMAP = "sitemap"  # a news sitemap, or an index of sitemaps
    TELEGRAM = "telegram"  # the public preview of a channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Where a page of kind `html` has its articles: CSS selectors, all except `item` relative to an item.

    Defaults for "": `link` is the item itself or its first link, `title` the link's text, `date` the first `time`
    element.
    """

    item: str
    link: str = ""
    title: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A stanza of feeds.yaml. It is identified by `name`, so its address may change."""

    name: str
    kind: FeedKind
    url: str
    lang: FeedLanguage
    tz: str = "UTC"  # zone of dates without one
    interval: timedelta | None = None  # between polls; None: learnt by monitor/polling/schedule.py
    group: str = ""  # the heading in feeds.yaml
    fallback: str = ""  # another address of the same news (of any kind), used while `url` fails
    listing: Listing | None = None  # kind html only
    article: str = ""  # CSS selector of the article's body on the feed's pages
    proxy: str = ""  # address of a proxy for this feed alone
    user_agent: str = ""  # instead of our own, for servers that answer only feed readers
    ca_file: str = ""  # PEM with certificates that this host does not send
    paused_until: datetime | None = None  # not polled before that instant
    paused_because: str = ""  # the maintainer's reason; "" without a pause

    def is_paused(self, now: datetime) -> bool:
        """Whether maintainers have paused the feed at this time."""
        return self.paused_until is not None and now < self.paused_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The answer to a GET: decompressed, within the limits."""

    url: str  # the final address, after redirects
    body: bytes
    content_type: str = ""  # verbatim header
    etag: str | None = None
    last_modified: str | None = None
    status: int = 200
    max_age: timedelta | None = None  # how long the server calls it fresh; None: not said
    moved_to: str = ""  # the final address, if all redirects were permanent


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """A 304 answer: our body is current. `etag` and `last_modified` are None unless the server renewed them."""

    etag: str | None = None
    last_modified: str | None = None
    max_age: timedelta | None = None
    moved_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a feed says about an article. `title`, `summary` and `content` are readable text, not HTML."""

    keys: tuple[str, ...]  # identities within the feed, the strongest first; an entry is known if one of them is
    url: str  # as the feed gave it, absolute; "" if it gave none
    title: str
    summary: str = ""
    content: str = ""  # the full text, if the feed has it
    published_at: datetime | None = None
    is_retitled: bool = False  # it was seen before under another headline


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """Entries in the feed's order, and its problems (for the log; never fatal)."""

    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = ()
    # documents of the same kind that contain further entries (sitemap index), newest first
    further: tuple[str, ...] = ()
    older: str = ""  # address of the entries before these (Telegram), worth a GET while the oldest here is unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """How the last accepted body is recognised: values sent, or compared, at the next poll. Blank if there are none."""

    etag: str | None = None  # verbatim, with the weak mark
    last_modified: str | None = None  # verbatim
    body_hash: str | None = None  # SHA-256, in hexadecimal
    items: bytes = b""  # fingerprints of the body's entries, in order (monitor/sources/feeds/unchanged.py)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What polling has learnt about a feed; monitor/polling/habits.py learns it."""

    pause: timedelta | None = None  # between polls, as learnt from the overlap of two; None: not yet
    hint: timedelta | None = None  # how long the last body may be cached
    news_at: datetime | None = None  # the last poll that found something new
    news_gap: timedelta | None = None  # usual time between two new entries
    read_at: datetime | None = None  # the last complete reading, including one in which all entries were known
    unmodified: int = 0  # 304s in a row
    whole_at: datetime | None = None  # the last answer with a body
    lies: bool = False  # its validators said "not modified" although there was news, so they are no longer sent
    gap_at: datetime | None = None  # the last time its window had turned over between two polls
    pages: int = 0  # recently read pages, at most 20
    bare: float = 0.0  # share of them without text
    away_since: datetime | None = None  # since then the news come from `fallback`, and so do the validators
    tried_at: datetime | None = None  # the last try of `url` since then
    notices: tuple[str, ...] = ()  # problems of the last body read completely

    def is_silent(self, now: datetime) -> bool:
        """Whether nothing new came for five times the usual gap (and at least half a day)."""
        if self.news_at is None:
            return False
        return now - self.news_at > max(SILENCE * (self.news_gap or UNKNOWN_GAP), SHORTEST_SILENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """The stored state of polling a feed, handed out with a lease."""

    name: str
    validators: Validators = field(default_factory=Validators)
    failures: int = 0  # in a row
    had_entries: bool = False
    baseline_at: datetime | None = None  # first successful poll; None: never seen yet
    succeeded_at: datetime | None = None  # last successful poll
    polled_at: datetime | None = None  # last poll, good or bad
    lease_no: int = 0  # fencing number: a poll that lost its lease may not record
    habit: Habit = field(default_factory=Habit)


class Trouble(StrEnum):
    """What operators or maintainers should know about a feed."""

    FAILING = "failing"  # recent polls failed; `FeedHealth.failure` says why
    OVERDUE = "overdue"  # it should have been polled long ago, and no poll has ended
    EMPTY = "empty"  # it answers, and never had an entry
    DAMAGED = "damaged"  # its body is cut: only entries before that point are read
    LONG = "long"  # it has more entries than are read
    SILENT = "silent"  # nothing new for much longer than usual
    GAP = "gap"  # its window turned over between two polls: entries may have passed unseen
    BARE = "bare"  # its pages give no text: the layout changed, or a wall blocks them
    AWAY = "away"  # the news come from its fallback
    LYING = "lying"  # its validators cannot be trusted and are not sent


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """The health of a feed of feeds.yaml, for display and alarms."""

    name: str
    failure: str = ""  # why the last poll failed; "" if it did not
    failure_kind: str = ""  # a FetchFailure or ParseFailure; "" for none
    failures: int = 0  # in a row
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    had_entries: bool = False  # at any poll
    next_poll_at: datetime  # when it is due, unless paused
    habit: Habit
    looked_at: datetime  # the time of this state
    paused_until: datetime | None = None
    paused_because: str = ""

    @property
    def due_at(self) -> datetime:
        """When it is polled next: when due, or at the end of its pause."""
        return max(self.next_poll_at, self.paused_until or self.next_poll_at)

    @property
    def is_paused(self) -> bool:
        return self.paused_until is not None and self.looked_at < self.paused_until

    @property
    def _is_overdue(self) -> bool:
        """Whether it has waited for a whole interval beyond its due time, and at least LONGEST_WAIT."""
        if self.polled_at is None:
            return False
        return self.looked_at - self.due_at > max(LONGEST_WAIT, self.next_poll_at - self.polled_at)

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """The feed's troubles, in the order of `Trouble`; none during a pause."""
        habit, now = self.habit, self.looked_at
        if self.is_paused:
            return ()
        holds = {
            Trouble.FAILING: self.failures >= SEVERAL,
            Trouble.OVERDUE: self._is_overdue,
            Trouble.EMPTY: self.succeeded_at is not None and not self.had_entries,
            Trouble.DAMAGED: any(notice.startswith(CUT_OFF) for notice in habit.notices),
            Trouble.LONG: any(notice.startswith(TOO_LONG) for notice in habit.notices),
            Trouble.SILENT: habit.is_silent(now),
            Trouble.GAP: habit.gap_at is not None and now - habit.gap_at < RECENT_GAP,
            Trouble.BARE: habit.pages >= FEWEST_PAGES and habit.bare >= MOST_BARE,
            Trouble.AWAY: habit.away_since is not None,
            Trouble.LYING: habit.lies,
        }
        return tuple(trouble for trouble in Trouble if holds[trouble])
