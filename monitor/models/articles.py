"""An article, what the rules say of it, and what became of the entry it was read from. Values only.

`_at` is an aware UTC instant, durations are `timedelta`, `name` is a maintainer's key, `guid` the feed's, `id` ours.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

LONGEST_TEXT: Final = 200_000  # characters of an article that are read; what follows is not kept or compared
Language = Literal["ru", "kk"]
Where = Literal["title", "text"]


class Tier(StrEnum):
    """What a rule wants done with a story it matched."""

    POST = "post"  # straight to the channel
    REVIEW = "review"  # to the maintainers first
    NONE = "none"


class Outcome(StrEnum):
    """What became of an entry. Every entry seen has exactly one, with a reason (law 3 in docs/architecture.md)."""

    POSTED = "posted"  # it began a story that goes to the channel
    JOINED = "joined"  # another outlet's telling of a story that goes to the channel
    REVIEW = "review"  # a maintainer decides
    REJECTED = "rejected"  # a maintainer decided against it
    UNMATCHED = "unmatched"  # no rule fired
    VETOED = "vetoed"  # a rule would have fired, its `none` line spoke against
    BASELINE = "baseline"  # stood in the feed before we first saw the feed
    TOO_OLD = "too_old"  # came up again long after it was published
    DUPLICATE = "duplicate"  # the same article under another address or in another feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """The readable part of a web page. An empty `text` always comes with a `problem`."""

    text: str
    title: str = ""
    published_at: datetime | None = None
    problem: str = ""  # a named reason why there is no (good) text
    by: str = ""  # how the text was chosen: selector, named, dense, whole, stated; "" for no text


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An entry made readable."""

    feed: str  # the outlet as subscribers see it
    url: str  # the address to show
    canonical_url: str  # the address as identity (monitor/text/urls.py)
    title: str
    text: str
    language: Language | None = None
    published_at: datetime | None = None
    fingerprint: tuple[int, ...] = ()  # sorted; monitor/stories/similarity.py
    problem: str = ""  # why the text is only the feed's summary; "" when it is not
    former_title: str = ""  # the headline before the outlet changed it; "" when it has not

    @property
    def title_read(self) -> str:
        """The headline as readers had it before the outlet changed it: an edit of a post rings no bell."""
        return self.former_title or self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One line of a rule found in the article. `[start, end)` points into the original title or text."""

    term: str  # as keywords.yaml writes it
    form: str  # as the article writes it
    where: Where
    start: int
    end: int


class FactKind(StrEnum):
    """What a fact says of an event."""

    ACT = "act"  # what happens
    MATTER = "matter"  # what it is about, when the words do not say that it happens
    WHO = "who"  # to whom, or of whom it is
    BY = "by"  # who does it: a court, the security service
    WHERE = "where"
    FROM = "from"
    TO = "to"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What words that met a rule mean, named in three languages by keywords.yaml; never more than they say."""

    kind: FactKind
    ru: str
    kk: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicVerdict:
    """One topic that an article belongs to, by the strongest rule that fired."""

    id: str
    title: str
    hashtag: str
    rule: str
    tier: Tier
    matches: tuple[Match, ...]
    title_kk: str = ""  # "" where keywords.yaml gives none
    title_en: str = ""


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
    """What the rules say of one article. `muted` are the findings of rules that maintainers have muted, `hinted` those
    of weaker rules than the strongest: they make the story neither ours nor of their topic.
    """

    topics: tuple[TopicVerdict, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    muted: tuple[TopicVerdict, ...] = ()
    hinted: tuple[TopicVerdict, ...] = ()
    lack: str = ""  # in Russian: what kept an article of tier `review` from the channel; "" when nothing came near
    facts: tuple[Fact, ...] = ()  # what the words that met the rules mean, in the order of the text
    grounds: tuple[str, ...] = ()  # in Russian, of each topic of an article of tier `review`: what met its rule's lines
    is_unlikely: bool = False  # of tier `review`, and reads like none of ours: the question rings no bell
    is_likeness: bool = False  # no rule says anything: it reads like ours (the classifier)

    @property
    def is_held(self) -> bool:
        """Whether only muted rules matched: the article is kept until they speak again."""
        return bool(self.muted) and not self.topics

    @property
    def tier(self) -> Tier:
        """The strongest tier among the topics."""
        tiers = {topic.tier for topic in self.topics}
        return next((tier for tier in (Tier.POST, Tier.REVIEW) if tier in tiers), Tier.NONE)
