"""Stories as tellings of one event, a poll's decisions about its entries, and maintainers' decisions. Values only."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monitor.models.articles import Article, Outcome, Tier, Verdict
from monitor.models.evidence import Version
from monitor.models.feeds import Entry, Habit, Validators
from monitor.models.outbox import WantedPost


class Decision(StrEnum):
    """What became of a question to maintainers. Only the first three are their own decisions."""

    PUBLISHED = "published"
    REJECTED = "rejected"
    OFF_TOPIC = "off_topic"  # worth knowing, but not on this topic
    EXPIRED = "expired"  # not decided in time; it can still be decided
    OVERTAKEN = "overtaken"  # a telling of another outlet was posted by the rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """An article as part of a story, with the rules' verdict.

    A story is posted in parts: a telling that adds news begins part 2, 3, … and is posted as a reply.
    """

    article: Article
    verdict: Verdict
    part: int = 1
    evidence: str = ""  # why it belongs to the story, in Russian


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraction:
    """The retraction of a story: why, in a maintainer's words, and since when.

    `parts` are those published before it, whose posts are struck. Later tellings are asked about.
    """

    why: str
    at: datetime
    parts: frozenset[int]
    initial: str = ""  # first letter of who retracted it


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One event as told by articles, in the order they came. `id` is None until recorded.

    `updated_at` is when the last telling came (None: the story is new), `follows` the story whose case it continues.
    `published` and `rejected` are parts that maintainers decided about; `deleted` are rejected parts whose post they
    deleted, and nothing shows them again. `case` is the open case that maintainers put it into. `announced` holds, by
    canonical address, what pages said when the channel was told about their changes.
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
        """The number for a new part."""
        return max(one.part for one in self.tellings) + 1

    @property
    def tier(self) -> Tier:
        """The strongest tier of the tellings, which decides where the story goes."""
        return self.lead.verdict.tier

    @property
    def lead(self) -> Telling:
        """The telling shown by a post: the first of tier `post`, else the first."""
        postable = (telling for telling in self.tellings if telling.verdict.tier is Tier.POST)
        return next(postable, self.tellings[0])

    @property
    def struck(self) -> frozenset[int]:
        """The parts whose posts are struck."""
        return self.retracted.parts if self.retracted else frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryOutcome:
    """An entry and what became of it. It has a `telling` if a rule matched or a veto applied; before placement a
    telling without topics names only a person whom the channel follows.
    """

    entry: Entry
    outcome: Outcome
    reason: str
    telling: Telling | None = None
    article: Article | None = None  # the article, whatever the rules said; None if it was not read
    source: bytes = b""  # for a matched entry, its part of the feed's document; b"" if there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryChange:
    """A story to create (`id` is None) or to extend, the entries added, and the wanted posts.

    A story without tellings is not recorded: its entries belong to no story.
    """

    story: Story
    added: tuple[EntryOutcome, ...]
    retitled: tuple[Telling, ...] = ()  # recorded earlier under another headline
    posts: tuple[WantedPost, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOutcome:
    """All decisions of one poll, before its matched entries are placed into stories.

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
    matched: tuple[EntryOutcome, ...] = ()  # entries to be placed into stories
    known_keys: tuple[str, ...] = ()  # known keys seen again in a completely read feed, kept from expiring
    aliases: tuple[tuple[str, str], ...] = ()  # a new key of a known entry, and its known key
    edited: tuple[str, ...] = ()  # addresses of known entries that changed since the last body
    problems: tuple[str, ...] = ()
    habit: Habit = field(default_factory=Habit)
    is_over: bool = True  # False: the urgent part of a poll that goes on; only its entries are recorded
    urgent: tuple[EntryOutcome, ...] = ()  # entries of that part, recorded already
