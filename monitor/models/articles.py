"""The values that travel between the rooms: frozen, slotted, keyword-only; tuples, never lists; aware UTC instants.

Nothing here computes more than a view of its own fields. `_at` is an aware UTC instant, durations are
`timedelta`, `name` is a maintainer's key, `guid` the feed's, `id` ours.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from monitor.models.outbox import WantedPost
from monitor.models.vitals import UNLEARNT, Habit

FeedLanguage = Literal["ru", "kk", "both"]
Language = Literal["ru", "kk"]
Where = Literal["title", "text"]


class FeedKind(StrEnum):
    """What stands at a feed's address."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"  # JSON Feed
    HTML = "html"  # a page that lists articles; `Listing` says where on it
    SITEMAP = "sitemap"  # a news sitemap, or an index of sitemaps
    TELEGRAM = "telegram"  # the public preview of a channel


class Tier(StrEnum):
    """What a rule wants done with a story it matched."""

    POST = "post"  # straight to the channel
    REVIEW = "review"  # to the maintainers first
    NONE = "none"


class Outcome(StrEnum):
    """What became of an entry. Every entry seen has exactly one, with a reason (law 3 of the design)."""

    POSTED = "posted"  # it began a story that goes to the channel
    JOINED = "joined"  # another outlet's telling of a story already told
    REVIEW = "review"  # a maintainer decides
    REJECTED = "rejected"  # a maintainer decided against it
    UNMATCHED = "unmatched"  # no rule fired
    VETOED = "vetoed"  # a rule would have fired, its `none` line spoke against
    BASELINE = "baseline"  # stood in the feed before we first saw the feed
    TOO_OLD = "too_old"  # came up again long after it was published
    DUPLICATE = "duplicate"  # the same article under another address or in another feed


class Decision(StrEnum):
    """What became of a question to the maintainers. Only the first three are a maintainer's own."""

    PUBLISHED = "published"
    REJECTED = "rejected"
    OFF_TOPIC = "off_topic"  # worth knowing, but not of this topic
    EXPIRED = "expired"  # nobody decided in time; it can still be decided
    OVERTAKEN = "overtaken"  # another outlet's telling went to the channel by the rules


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
    items: bytes = b""  # fingerprints of that body's entries as they stood in it (monitor/trimming.py)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """The readable part of a web page. An empty `text` always comes with a `problem`."""

    text: str
    title: str = ""
    published_at: datetime | None = None
    problem: str = ""  # a named reason why there is no (good) text
    by: str = ""  # the way the text was found: selector, named, dense, whole, stated


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An entry made readable."""

    feed: str  # the outlet as subscribers see it
    url: str  # the address to show
    canonical_url: str  # the address as identity (monitor/urls.py)
    title: str
    text: str
    language: Language | None = None
    published_at: datetime | None = None
    fingerprint: tuple[int, ...] = ()  # sorted; monitor/similarity.py
    problem: str = ""  # why the text is only the feed's summary, if it is
    former_title: str = ""  # the headline as it stood before the outlet changed it


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One line of a rule found in the article. `[start, end)` points into the original title or text."""

    term: str  # as keywords.yaml writes it
    form: str  # as the article writes it
    where: Where
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicVerdict:
    """One topic that an article belongs to, by the strongest rule that fired."""

    id: str
    title: str
    hashtag: str
    rule: str
    tier: Tier
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto:
    """A rule that would have fired, and the words that spoke against it."""

    topic: str
    rule: str
    form: str
    where: Where
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the rules say of one article. `muted` are the findings of rules that maintainers have muted."""

    topics: tuple[TopicVerdict, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    muted: tuple[TopicVerdict, ...] = ()
    lack: str = ""  # of what goes to the maintainers: what kept it from the channel, in Russian, if anything was near

    @property
    def is_held(self) -> bool:
        """Whether only muted rules found it: it is kept until they speak again."""
        return bool(self.muted) and not self.topics

    @property
    def tier(self) -> Tier:
        """The strongest tier among the topics."""
        tiers = {topic.tier for topic in self.topics}
        return next((tier for tier in (Tier.POST, Tier.REVIEW) if tier in tiers), Tier.NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One article as a part of a story, with what the rules said of it.

    Parts are what a story is posted in: a telling that brings news begins part 2, 3, … and is posted as a reply.
    """

    article: Article
    verdict: Verdict
    part: int = 1
    evidence: str = ""  # why it belongs to the story, in Russian


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One event as told by one or more articles, in the order they came. `id` is None until recorded.

    `updated_at` is when the last telling came (None: it is being made), `follows` the story whose case it goes on.
    `published` and `rejected` are the parts that maintainers have decided about.
    """

    id: int | None
    tellings: tuple[Telling, ...]
    updated_at: datetime | None = None
    follows: int | None = None
    published: frozenset[int] = frozenset()
    rejected: frozenset[int] = frozenset()

    @property
    def topics(self) -> frozenset[str]:
        """Ids of the topics any telling belongs to."""
        return frozenset(topic.id for telling in self.tellings for topic in telling.verdict.topics)

    @property
    def tier(self) -> Tier:
        """The strongest tier among the tellings: it decides where the story goes."""
        return self.lead.verdict.tier

    @property
    def lead(self) -> Telling:
        """The telling a post shows: the first one that may be posted, else the first."""
        postable = (telling for telling in self.tellings if telling.verdict.tier is Tier.POST)
        return next(postable, self.tellings[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryOutcome:
    """An entry and what became of it. `telling` is there when a rule matched or a veto spoke."""

    entry: Entry
    outcome: Outcome
    reason: str
    telling: Telling | None = None
    article: Article | None = None  # what was read, whatever the rules said of it; None: it was not read


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryChange:
    """A story to create (`story.id` is None) or to extend, the entries that do it, and the wanted posts."""

    story: Story
    added: tuple[EntryOutcome, ...]
    retitled: tuple[Telling, ...] = ()  # recorded before under another headline
    posts: tuple[WantedPost, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOutcome:
    """Everything one poll decided, before its matched entries are placed into stories.

    `failure` is "" for a good poll. Validators are those of the accepted body; after a failure or
    `NotModified` they are the old ones.
    """

    feed: str
    lease_no: int
    polled_at: datetime
    next_poll_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    items: bytes = b""
    failure: str = ""
    failure_kind: str = ""
    failures: int = 0
    had_entries: bool = False
    settled: tuple[EntryOutcome, ...] = ()  # entries whose outcome is final
    matched: tuple[EntryOutcome, ...] = ()  # entries still to be placed into stories
    known_keys: tuple[str, ...] = ()  # seen again in a feed read whole: kept alive in the store's memory
    aliases: tuple[tuple[str, str], ...] = ()  # as in `Sighting`
    problems: tuple[str, ...] = ()
    habit: Habit = UNLEARNT
    is_over: bool = True  # False: the urgent part of a poll that goes on; only its entries are recorded
    urgent: tuple[EntryOutcome, ...] = ()  # what that part had; it is recorded already
