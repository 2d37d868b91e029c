"""A feed as feeds.yaml states it, what is remembered of polling it, what it answered, and how it does. Values only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

FeedLanguage = Literal["ru", "kk", "both"]


SILENCE = 5  # usual gaps between news before a feed counts as silent
SHORTEST_SILENCE = timedelta(hours=12)  # editors sleep
UNKNOWN_GAP = timedelta(days=1)
RECENT_GAP = timedelta(hours=24)
FEWEST_PAGES = 10
MOST_BARE = 0.5
SEVERAL = 3  # failures in a row that are no longer chance


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
    notices: tuple[str, ...] = ()  # what was wrong with the last body read whole


LOST_LETTERS = "в заголовках почти нет кириллицы"  # how a notice begins that tells of a lost encoding
UNLEARNT = Habit()  # of a feed never polled


class Trouble(StrEnum):
    """What an operator or maintainer should know of a feed."""

    FAILING = "failing"  # the last polls failed; `FeedHealth.failure` says why
    SILENT = "silent"  # nothing new for much longer than usual
    GAP = "gap"  # its window turned over between two polls: entries may have passed unseen
    BARE = "bare"  # its pages give no text: the layout changed, or a wall stands before them
    AWAY = "away"  # the news come from its fallback
    LYING = "lying"  # its validators cannot be trusted; it is read whole every time


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """How a feed of feeds.yaml does, for those who watch over it."""

    name: str
    failure: str  # why the last poll failed; "" when it did not
    failure_kind: str  # a FetchFailure or ParseFailure; "" for none
    failures: int
    polled_at: datetime | None
    succeeded_at: datetime | None
    next_poll_at: datetime
    habit: Habit
    troubles: tuple[Trouble, ...]


def troubles(habit: Habit, *, failures: int, now: datetime) -> tuple[Trouble, ...]:
    """What those who watch over the feed should know."""
    told = {
        Trouble.FAILING: failures >= SEVERAL,
        Trouble.SILENT: is_silent(habit, now),
        Trouble.GAP: habit.gap_at is not None and now - habit.gap_at < RECENT_GAP,
        Trouble.BARE: habit.pages >= FEWEST_PAGES and habit.bare >= MOST_BARE,
        Trouble.AWAY: habit.away_since is not None,
        Trouble.LYING: habit.lies,
    }
    return tuple(trouble for trouble, holds in told.items() if holds)


def is_silent(habit: Habit, now: datetime) -> bool:
    """Whether nothing new came for five times the usual gap (and half a day at least)."""
    if habit.news_at is None:
        return False
    return now - habit.news_at > max(SILENCE * (habit.news_gap or UNKNOWN_GAP), SHORTEST_SILENCE)


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
    interval: timedelta | None = None  # None: cadence chooses
    group: str = ""  # the heading in feeds.yaml under which it stands
    fallback: str = ""  # another address of the same news (of any kind), asked while `url` is refused
    listing: Listing | None = None  # kind html only
    article: str = ""  # CSS selector of the article's body on the feed's pages
    proxy: str = ""  # address of a proxy for this feed alone
    user_agent: str = ""  # instead of our own, for servers that answer feed readers only
    ca_file: str = ""  # PEM with the certificates that this host forgets to send


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What the store remembers of polling a feed; handed out with a lease."""

    name: str
    etag: str | None = None  # verbatim, weak mark and all
    last_modified: str | None = None  # verbatim
    body_hash: str | None = None  # of the last body that was accepted as a feed
    items: bytes = b""  # fingerprints of that body's entries as they stood in it (monitor/sources/feeds/unchanged.py)
    failures: int = 0  # in a row
    had_entries: bool = False
    baseline_at: datetime | None = None  # first successful poll; None: never seen yet
    succeeded_at: datetime | None = None  # last successful poll
    polled_at: datetime | None = None  # last poll, good or bad
    lease_no: int = 0  # fencing number: a poll that lost its lease may not record
    habit: Habit = UNLEARNT


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
    """304: the body is the one we have. Validators are None unless the server renewed them."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """Entries in the feed's order, and what was wrong with it (for the log; never fatal)."""

    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = ()
    further: tuple[str, ...] = ()  # documents of the same kind whose entries belong here (sitemap index), newest first
    older: str = ""  # where the entries before these stand (Telegram); worth a GET while the oldest here is unseen
