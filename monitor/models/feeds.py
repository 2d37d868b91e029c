"""A feed as feeds.yaml states it, what it answered, what is remembered of polling it, and how it does. Values only."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

FeedLanguage = Literal["ru", "kk", "both"]

LONGEST_LINE = 100  # characters of what is one line of a feed: its name, its group, why it is paused
SEVERAL = 3  # failures in a row that are no longer chance
SILENCE = 5  # usual gaps between news before a feed counts as silent
SHORTEST_SILENCE = timedelta(hours=12)  # editors sleep
UNKNOWN_GAP = timedelta(days=1)  # stands for the usual gap of a feed that has not shown one yet
LONGEST_WAIT = timedelta(minutes=5)  # of a feed that is due: a poll has ended by then
RECENT_GAP = timedelta(hours=24)  # for how long a window that turned over is a trouble
FEWEST_PAGES = 10  # pages read before their text can be called missing
MOST_BARE = 0.5  # share of pages without text that is a trouble
LOST_LETTERS = "в заголовках почти нет кириллицы"  # how a problem begins that tells of a lost encoding
TOO_LONG = "записей больше, чем читается"  # how one begins that tells of entries left out
CUT_OFF = "лента обрывается на середине"  # how one begins that tells of a body without its end


class FeedKind(StrEnum):
    """What stands at a feed's address."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"  # JSON Feed
    HTML = "html"  # a page that lists articles; `Listing` says where on it
    SITEMAP = "sitemap"  # a news sitemap, or an index of sitemaps
    TELEGRAM = "telegram"  # the public preview of a channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Where a page of kind `html` keeps its articles: CSS selectors, all but `item` looked up within an item.

    "" asks for the usual: `link` the item itself or its first link, `title` the link's text, `date` the first
    `time` element.
    """

    item: str
    link: str = ""
    title: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One stanza of feeds.yaml. Its identity is `name`, so its address may change."""

    name: str
    kind: FeedKind
    url: str
    lang: FeedLanguage
    tz: str = "UTC"  # the zone of dates that name none
    interval: timedelta | None = None  # from poll to poll; None: as monitor/polling/schedule.py has learnt
    group: str = ""  # the heading in feeds.yaml under which it stands
    fallback: str = ""  # another address of the same news (of any kind), asked while `url` is refused
    listing: Listing | None = None  # kind html only
    article: str = ""  # CSS selector of the article's body on the feed's pages
    proxy: str = ""  # address of a proxy for this feed alone
    user_agent: str = ""  # instead of our own, for servers that answer feed readers only
    ca_file: str = ""  # PEM with the certificates that this host forgets to send
    paused_until: datetime | None = None  # it is not polled before that instant
    paused_because: str = ""  # as its maintainer says it; "" without a pause

    def is_paused(self, now: datetime) -> bool:
        """Whether maintainers want it left alone now."""
        return self.paused_until is not None and now < self.paused_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The answer to one GET, decompressed, within the caps."""

    url: str  # the final address, after redirects
    body: bytes
    content_type: str = ""  # verbatim header
    etag: str | None = None
    last_modified: str | None = None
    status: int = 200
    max_age: timedelta | None = None  # for how long the server calls it fresh; None: it does not say
    moved_to: str = ""  # the final address, when every redirect on the way was permanent


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """304: the body is the one we have. `etag` and `last_modified` are None unless the server renewed them."""

    etag: str | None = None
    last_modified: str | None = None
    max_age: timedelta | None = None
    moved_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the feed said of one article. `title`, `summary` and `content` are readable text, not HTML."""

    keys: tuple[str, ...]  # identities within the feed, the strongest first; seen once = seen
    url: str  # as the feed gave it, absolute; "" if it gave none
    title: str
    summary: str = ""
    content: str = ""  # the full text, when the feed carries it
    published_at: datetime | None = None
    is_retitled: bool = False  # it was shown before, under another headline


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """Entries in the feed's order, and what was wrong with it (for the log; never fatal)."""

    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = ()
    further: tuple[str, ...] = ()  # documents of the same kind whose entries belong here (sitemap index), newest first
    older: str = ""  # where the entries before these stand (Telegram); worth a GET while the oldest here is unseen


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What the last accepted body is known by: sent, or compared with, at the next poll. Blank: nothing is."""

    etag: str | None = None  # verbatim, weak mark and all
    last_modified: str | None = None  # verbatim
    body_hash: str | None = None  # SHA-256, in hexadecimal
    items: bytes = b""  # fingerprints of the body's entries as they stood in it (monitor/sources/feeds/unchanged.py)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What polling a feed has taught of it; how it is learnt stands in monitor/polling/habits.py."""

    pause: timedelta | None = None  # from poll to poll, as the overlap of two polls taught it; None: not yet
    hint: timedelta | None = None  # for how long its last body asked to be kept
    news_at: datetime | None = None  # when a poll last found something new
    news_gap: timedelta | None = None  # the usual time between two new entries
    read_at: datetime | None = None  # when it was last read whole, entries known word for word included
    unmodified: int = 0  # 304s in a row
    whole_at: datetime | None = None  # when it last answered with a body
    lies: bool = False  # its validators said "not modified" of news: it is asked without them
    gap_at: datetime | None = None  # when its window had turned over between two polls
    pages: int = 0  # pages read lately, at most 20
    bare: float = 0.0  # share of them that gave no text
    away_since: datetime | None = None  # the news come from `fallback` since then; the validators are its own
    tried_at: datetime | None = None  # when `url` was last tried meanwhile
    notices: tuple[str, ...] = ()  # the problems of the last body read whole

    def is_silent(self, now: datetime) -> bool:
        """Whether nothing new came for five times the usual gap (and half a day at least)."""
        if self.news_at is None:
            return False
        return now - self.news_at > max(SILENCE * (self.news_gap or UNKNOWN_GAP), SHORTEST_SILENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What the store remembers of polling a feed; handed out with a lease."""

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
    """What an operator or maintainer should know of a feed."""

    FAILING = "failing"  # the last polls failed; `FeedHealth.failure` says why
    OVERDUE = "overdue"  # it should have been polled long ago, and no poll came to its end
    EMPTY = "empty"  # it answers, and never had an entry
    DAMAGED = "damaged"  # its body broke off: only the entries before that are read
    LONG = "long"  # it has more entries than are read: some are left out
    SILENT = "silent"  # nothing new for much longer than usual
    GAP = "gap"  # its window turned over between two polls: entries may have passed unseen
    BARE = "bare"  # its pages give no text: the layout changed, or a wall stands before them
    AWAY = "away"  # the news come from its fallback
    LYING = "lying"  # its validators cannot be trusted: it is asked without them


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """How a feed of feeds.yaml does, for those who watch over it."""

    name: str
    failure: str = ""  # why the last poll failed; "" when it did not
    failure_kind: str = ""  # a FetchFailure or ParseFailure; "" for none
    failures: int = 0  # in a row
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    had_entries: bool = False  # at any poll so far
    next_poll_at: datetime  # when it is due, if it is not paused
    habit: Habit
    looked_at: datetime  # when this was so
    paused_until: datetime | None = None
    paused_because: str = ""

    @property
    def due_at(self) -> datetime:
        """When it is polled next: when it is due, or its pause ends."""
        return max(self.next_poll_at, self.paused_until or self.next_poll_at)

    @property
    def is_paused(self) -> bool:
        """Whether maintainers want it left alone for now."""
        return self.paused_until is not None and self.looked_at < self.paused_until

    @property
    def _is_overdue(self) -> bool:
        """Whether it has waited for as long as from poll to poll once more, and for minutes."""
        if self.polled_at is None:
            return False
        return self.looked_at - self.due_at > max(LONGEST_WAIT, self.next_poll_at - self.polled_at)

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What operators and maintainers should know of it, in the order of `Trouble`; nothing during a pause."""
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
