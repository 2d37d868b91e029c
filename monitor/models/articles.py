"""An article, what the rules say about it, and the outcome of the entry it was read from. Values only.

`_at` is an aware UTC instant, durations are `timedelta`, `name` is a maintainer's key, `guid` the feed's, `id` ours.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

LONGEST_TEXT: Final = 200_000  # characters of an article that are read; the rest is neither kept nor compared
Language = Literal["ru", "kk"]
Where = Literal["title", "text"]


class Tier(StrEnum):
    """What a rule wants done with an article it matched."""

    POST = "post"  # straight to the channel
    REVIEW = "review"  # to the maintainers first
    NONE = "none"


class Outcome(StrEnum):
    """What became of an entry. Every entry seen has exactly one outcome, with a reason (law 3 in
    docs/architecture.md).
    """

    POSTED = "posted"  # it began a story that goes to the channel
    JOINED = "joined"  # another outlet's telling of a story that goes to the channel
    REVIEW = "review"  # a maintainer decides
    REJECTED = "rejected"  # a maintainer decided against it
    UNMATCHED = "unmatched"  # no rule fired
    VETOED = "vetoed"  # a rule would have fired, but its `none` line matched
    BASELINE = "baseline"  # in the feed before its first poll
    TOO_OLD = "too_old"  # seen again long after it was published
    DUPLICATE = "duplicate"  # the same article under another address or in another feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """The readable part of a web page. An empty `text` always comes with a `problem`."""

    text: str
    title: str = ""
    published_at: datetime | None = None
    problem: str = ""  # why there is no (good) text, as a fixed reason
    by: str = ""  # how the text was chosen: selector, named, dense, whole, stated; "" for no text


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An entry with its readable text."""

    feed: str  # the outlet's name as subscribers see it
    url: str  # the address to show
    canonical_url: str  # the address as an identity (monitor/text/urls.py)
    title: str
    text: str
    language: Language | None = None
    published_at: datetime | None = None
    fingerprint: tuple[int, ...] = ()  # sorted; monitor/stories/similarity.py
    problem: str = ""  # why the text is only the feed's summary; "" if it is not
    former_title: str = ""  # the headline before the outlet changed it; "" if it did not

    @property
    def title_read(self) -> str:
        """The first headline, which readers were notified of: an edit of a post notifies nobody."""
        return self.former_title or self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A term of a rule found in the article. `[start, end)` points into the original title or text."""

    term: str  # as keywords.yaml writes it
    form: str  # as the article writes it
    where: Where
    start: int
    end: int


class FactKind(StrEnum):
    """What a fact says about an event."""

    ACT = "act"  # what happens
    MATTER = "matter"  # what it is about, when the words do not say that it happens
    WHO = "who"  # to whom, or about whom
    BY = "by"  # who does it: a court, the security service
    WHERE = "where"
    FROM = "from"
    TO = "to"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """The meaning of words that met a rule, in three languages, from keywords.yaml; never more than the words say."""

    kind: FactKind
    ru: str
    kk: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicVerdict:
    """A topic that an article belongs to, by the strongest rule that fired."""

    id: str
    title: str
    hashtag: str
    rule: str
    tier: Tier
    matches: tuple[Match, ...]
    title_kk: str = ""  # "" if keywords.yaml has none
    title_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto:
    """A rule that would have fired, and the words that vetoed it."""

    topic: str
    rule: str
    form: str
    where: Where
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the rules say about an article. `muted` are results of rules that maintainers muted. `hinted` are results of
    rules weaker than the strongest one: they neither decide nor are shown.
    """

    topics: tuple[TopicVerdict, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    muted: tuple[TopicVerdict, ...] = ()
    hinted: tuple[TopicVerdict, ...] = ()
    lack: str = ""  # in Russian: what kept an article of tier `review` from the channel; "" if no rule was near
    facts: tuple[Fact, ...] = ()  # the meanings of the words that met the rules, in text order
    grounds: tuple[str, ...] = ()  # for tier `review`, in Russian, by topic: what met the lines of its rule
    is_unlikely: bool = False  # tier `review`, but it reads like none of our topics: the question is silent
    is_likeness: bool = False  # no rule matched, but the classifier says that it reads like one of our topics

    @property
    def is_held(self) -> bool:
        """Whether only muted rules matched: the article is held until a mute ends."""
        return bool(self.muted) and not self.topics

    @property
    def tier(self) -> Tier:
        tiers = {topic.tier for topic in self.topics}
        return next((tier for tier in (Tier.POST, Tier.REVIEW) if tier in tiers), Tier.NONE)
