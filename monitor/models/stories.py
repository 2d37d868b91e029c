"""Stories as tellings of one event, what a poll decided about its entries, what maintainers decided. Values only."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monitor.models.articles import Article, Outcome, Tier, Verdict
from monitor.models.evidence import Version
from monitor.models.feeds import Entry, Habit, Validators
from monitor.models.outbox import WantedPost


class Decision(StrEnum):
    """What became of a question to the maintainers. Only the first three are a maintainer's own."""

    PUBLISHED = "published"
    REJECTED = "rejected"
    OFF_TOPIC = "off_topic"  # worth knowing, but not of this topic
    EXPIRED = "expired"  # nobody decided in time; it can still be decided
    OVERTAKEN = "overtaken"  # another outlet's telling went to the channel by the rules


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
class Retraction:
    """That a story turned out to be wrong: why, in a maintainer's words, and since when.

    `parts` are those that were published when it was said: their posts are struck. What is told later is asked about.
    """

    why: str
    at: datetime
    parts: frozenset[int]
    initial: str = ""  # of who said it


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One event as told by one or more articles, in the order they came. `id` is None until recorded.

    `updated_at` is when the last telling came (None: it is being made), `follows` the story whose case it goes on.
    `published` and `rejected` are the parts that maintainers have decided about, `deleted` those of the rejected whose
    post they took back: nothing shows them again. `case` is the open case that maintainers put it into, `retracted` is
    None while it stands. `announced`: what pages said, by their canonical addresses, when the channel was told of
    their changes.
    """

    id: int | None
    tellings: tuple[Telling, ...]
    updated_at: datetime | None = None
    follows: int | None = None
    published: frozenset[int] = frozenset()
    rejected: frozenset[int] = frozenset()
    deleted: frozenset[int] = frozenset()
    case: int | None = None
    retracted: Retraction | None = None
    announced: tuple[tuple[str, Version], ...] = ()

    @property
    def next_part(self) -> int:
        """The number of a part that begins now."""
        return max(one.part for one in self.tellings) + 1

    @property
    def tier(self) -> Tier:
        """The strongest tier among the tellings: it decides where the story goes."""
        return self.lead.verdict.tier

    @property
    def lead(self) -> Telling:
        """The telling a post shows: the first one that may be posted, else the first."""
        postable = (telling for telling in self.tellings if telling.verdict.tier is Tier.POST)
        return next(postable, self.tellings[0])

    @property
    def struck(self) -> frozenset[int]:
        """The parts whose posts are struck."""
        return self.retracted.parts if self.retracted else frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryOutcome:
    """An entry and what became of it. `telling` is there when a rule matched or a veto spoke; still to be placed, it
    has no topic where only somebody of whom the channel has news is named.
    """

    entry: Entry
    outcome: Outcome
    reason: str
    telling: Telling | None = None
    article: Article | None = None  # what was read, whatever the rules said of it; None: it was not read
    source: bytes = b""  # of one that matched: its own piece of the feed's document; b"" where it has none


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryChange:
    """A story to create (its `id` is None) or to extend, the entries that do it, and the wanted posts.

    Without tellings it is none: its entries belong to no story.
    """

    story: Story
    added: tuple[EntryOutcome, ...]
    retitled: tuple[Telling, ...] = ()  # recorded before under another headline
    posts: tuple[WantedPost, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOutcome:
    """Everything one poll decided, before its matched entries are placed into stories.

    `failure` is "" for a good poll. `validators` are those of the accepted body; after a failure the old ones.
    """

    feed: str
    lease_no: int
    polled_at: datetime
    next_poll_at: datetime
    validators: Validators = field(default_factory=Validators)
    failure: str = ""
    failure_kind: str = ""
    failures: int = 0
    had_entries: bool = False
    settled: tuple[EntryOutcome, ...] = ()  # entries whose outcome is final
    matched: tuple[EntryOutcome, ...] = ()  # entries still to be placed into stories
    known_keys: tuple[str, ...] = ()  # seen again in a feed read whole: kept alive in the store's memory
    aliases: tuple[tuple[str, str], ...] = ()  # a new key of a known entry, and the key it is known by
    edited: tuple[str, ...] = ()  # addresses of known entries that stood otherwise in the last body
    problems: tuple[str, ...] = ()
    habit: Habit = field(default_factory=Habit)
    is_over: bool = True  # False: the urgent part of a poll that goes on; only its entries are recorded
    urgent: tuple[EntryOutcome, ...] = ()  # what that part had, recorded already
