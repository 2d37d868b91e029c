"""The contents of the public archive. Values only, with nothing that neither the channel nor a feed has shown.

Reviewers' decisions, chats, unmatched texts and whole articles do not belong here. `_at` is an aware UTC instant.
"""

from dataclasses import dataclass
from datetime import datetime

from monitor.models.articles import Language
from monitor.models.evidence import Sight


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A sentence of an article, or its headline; `marks` are spans in `text` of the words that met a rule."""

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
    """An outlet's telling of a story, with at most three of its sentences."""

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
    """The result of a look at a telling's page: `said` is a word diff in Russian, lines «было … стало …», or a reason.

    `digest` is the SHA-256 of the copy kept then, "" for none.
    """

    url: str
    at: datetime
    sight: Sight
    said: str
    digest: str
    is_first: bool = False  # whether no earlier look saw the page


@dataclass(frozen=True, slots=True, kw_only=True)
class Retracted:
    """The retraction of a story: since when, and why, in an editor's words."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryBrief:
    """What lists, feeds and charts need of a story; kept between builds (monitor/site/manifest.py)."""

    id: int
    posted_at: datetime  # when the channel first showed it
    updated_at: datetime
    title: str
    outlets: tuple[str, ...]  # first the one whose telling the post shows
    languages: tuple[Language, ...]
    topics: tuple[SiteTopic, ...]
    places: tuple[str, ...] = ()  # towns of Kazakhstan in it, in Russian
    counts: tuple[str, ...] = ()  # ids of the counters of keywords.yaml that count it
    case: int | None = None
    delay: float | None = None  # seconds from the outlet's date to our post; None if the date is not credible
    first_quote: str = ""
    retracted: Retracted | None = None  # None if it is not retracted


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteStory:
    """A story for its own page. The first telling is the one that the post shows."""

    brief: StoryBrief
    tellings: tuple[SiteTelling, ...]
    looks: tuple[PageLook, ...] = ()  # looks at the pages of its tellings that found something, in order
    post_url: str = ""  # address of the post in a public channel; "" if there is none
    follows: int | None = None  # an earlier public story of the same thread
    followed_by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCase:
    """The stories about a person or group, under a title that a maintainer gave."""

    id: int
    title: str
    opened_at: datetime
    stories: tuple[int, ...]  # the oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCase:
    """The case that a story was put into, and the open cases that it left for it, in their present state."""

    case: SiteCase
    left: tuple[SiteCase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Takedown:
    """A story removed from the archive. Only maintainers read why."""

    story: int
    at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """How much of what a topic's rules sent to reviewers or to the channel was right, by human decisions."""

    published: int = 0
    rejected: int = 0

    @property
    def share(self) -> float | None:
        """Share of published; None before the first decision."""
        decided = self.published + self.rejected
        return self.published / decided if decided else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A feed as listed on the page «Как это работает»."""

    name: str
    url: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCounter:
    """A kind of stories that a chart counts by month: keywords.yaml, `counters`."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRules:
    """A topic on the page «Как это работает»: names of its rules, and reviewers' decisions on its stories."""

    id: str
    title: str
    hashtag: str
    rules: tuple[str, ...]
    precision: Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteAbout:
    """What the archive says about itself: sources, rules in words, counters, measured precision."""

    outlets: tuple[Outlet, ...]
    topics: tuple[TopicRules, ...]
    counters: tuple[SiteCounter, ...] = ()
    channel: str = ""  # the public channel's address
    address: str = ""  # the site's address, ending with a slash; "" if unknown
    since: datetime | None = None  # the date of the first story
