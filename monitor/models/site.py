"""What the public archive shows. Values only; nothing in them that the channel has not shown or that stands in no feed.

Reviewers' decisions, chats, unmatched texts and whole articles have no place here. `_at` is an aware UTC instant.
"""

from dataclasses import dataclass
from datetime import datetime

from monitor.models.articles import Language
from monitor.models.evidence import Sight


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A sentence of an article, or its headline, with the words that met a rule: `marks` are spans in `text`."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteTopic:
    """A topic of keywords.yaml that a story belongs to."""

    id: str
    title: str
    hashtag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteTelling:
    """One outlet's telling of a story, with at most three sentences of it."""

    outlet: str
    url: str
    headline: Quote
    quotes: tuple[Quote, ...]
    language: Language | None
    published_at: datetime | None  # as the outlet says
    seen_at: datetime  # when our monitor read it
    former_title: str = ""  # the headline before the outlet changed it


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLook:
    """What a look at a telling's page found: `said` is a word diff in Russian, lines «было … стало …», or why.

    `digest` is the SHA-256 of the copy that was kept then, "" for none.
    """

    url: str
    at: datetime
    sight: Sight
    said: str
    digest: str
    is_first: bool = False  # whether no look before it saw the page


@dataclass(frozen=True, slots=True, kw_only=True)
class Retracted:
    """That a story turned out to be wrong: since when, and why, in an editor's words."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryBrief:
    """What lists, feeds and charts need of a story; kept between builds (monitor/site/manifest.py)."""

    id: int
    posted_at: datetime  # when the channel showed it first
    updated_at: datetime
    title: str
    outlets: tuple[str, ...]  # the one that the post shows first
    languages: tuple[Language, ...]
    topics: tuple[SiteTopic, ...]
    places: tuple[str, ...] = ()  # towns of Kazakhstan that it names, in Russian
    counts: tuple[str, ...] = ()  # the counters of keywords.yaml that count it, by their ids
    case: int | None = None
    delay: float | None = None  # seconds from the outlet's own date to our post; None where the date is not believable
    first_quote: str = ""
    retracted: Retracted | None = None  # None while it stands


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteStory:
    """A story as its own page shows it. The first telling is the one that the post shows."""

    brief: StoryBrief
    tellings: tuple[SiteTelling, ...]
    looks: tuple[PageLook, ...] = ()  # at the pages of its tellings, in their order, those that found something
    post_url: str = ""  # of the post in a public channel; "" when there is no address
    follows: int | None = None  # an earlier public story of the same thread
    followed_by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCase:
    """The thread of one person's or group's stories, opened by a maintainer under a title of theirs."""

    id: int
    title: str
    opened_at: datetime
    stories: tuple[int, ...]  # the oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCase:
    """A case that a story was put into, and the open ones that it left for it, as they stand now."""

    case: SiteCase
    left: tuple[SiteCase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Takedown:
    """A story that was taken off the archive. Why, only maintainers read."""

    story: int
    at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """Of what a topic's rules sent to reviewers or to the channel, how much was right, by those who decided."""

    published: int = 0
    rejected: int = 0

    @property
    def share(self) -> float | None:
        """None while nobody has decided."""
        decided = self.published + self.rejected
        return self.published / decided if decided else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A feed as «Как это работает» names it."""

    name: str
    url: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCounter:
    """Stories of one kind that a chart counts by month: keywords.yaml, `counters`."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRules:
    """A topic as «Как это работает» tells it: its rules by name, and what reviewers made of its stories."""

    id: str
    title: str
    hashtag: str
    rules: tuple[str, ...]
    precision: Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteAbout:
    """What stands behind the archive: sources, rules in words, counters, measured precision."""

    outlets: tuple[Outlet, ...]
    topics: tuple[TopicRules, ...]
    counters: tuple[SiteCounter, ...] = ()
    channel: str = ""  # the public channel's address
    address: str = ""  # the site's own, with a slash at its end; "" where nobody has said it
    since: datetime | None = None  # the first story's
