"""What one look at the work shows: beats, feeds, chats, the disk; and the alarms kept between looks. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.models.outbox import DeliveryState


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatVitals:
    """How a chat is served."""

    chat: str
    closed: str = ""  # why it takes nothing for now; "" when it does
    not_before_at: datetime | None = None
    tried_at: datetime | None = None  # the last send, as far as the governor remembers
    pending: int = 0
    waiting_since: datetime | None = None  # the delivery that waits longest


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """How the work goes, in one look at the database."""

    beats: Mapping[str, datetime]  # when each job of each worker last came round
    feeds: Mapping[str, int]  # how many are "working", "failing", "new" (never polled), "paused", "resting" (removed)
    due_since: datetime | None  # the feed that should have been polled first and nobody polls
    polled_at: datetime | None  # the last poll, good or bad
    deliveries: Mapping[DeliveryState, int]
    undecided: tuple[tuple[int, DeliveryState], ...]  # rows that wait for an operator, oldest first
    chats: tuple[ChatVitals, ...]
    unended_since: datetime | None = None  # as `due_since`, of feeds that somebody polls, too
    deaf: str = ""  # why nobody hears what is said to the bot; "" when it is heard, or nobody should


@dataclass(frozen=True, slots=True, kw_only=True)
class StampVitals:
    """How an authority of time stamps serves us."""

    authority: str  # its address
    waiting_since: datetime | None  # when the oldest link was made that no stamp of it covers; None: none waits
    given_at: datetime | None = None  # its last stamp, by our clock
    problem: str = ""  # why its last answer was no stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceVitals:
    """How the copies of pages do, in one look at the database."""

    pages: int  # under watch
    captures: int  # copies, of all workers
    size: int  # bytes of their records, also of those that were deleted by age
    due_since: datetime | None = None  # the page that should have been looked at first and nobody looks at
    due_url: str = ""  # its address
    kept_at: datetime | None = None  # this worker's last copy
    unstamped: int | None = None  # links that no stamp covers; None: nobody is asked for stamps
    stamps: tuple[StampVitals, ...] = ()  # by authority, in the order of the settings


class ConditionKind(StrEnum):
    """What can be wrong; monitor/health/conditions.py says when, and in which words."""

    OUTAGE = "outage"
    STANDSTILL = "standstill"
    BROKEN = "broken"
    BLOCKED = "blocked"
    UNREADABLE = "unreadable"
    SILENT = "silent"
    BARE = "bare"
    GAP = "gap"
    CLOSED = "closed"
    DEAF = "deaf"
    LATE = "late"
    UNCERTAIN = "uncertain"
    REJECTED = "rejected"
    LOUD = "loud"
    QUIET = "quiet"
    DISK = "disk"
    COPIES = "copies"
    STAMPS = "stamps"
    CHAIN = "chain"
    SITE = "site"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """The disk under the database, in bytes."""

    free: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A condition over time, as it is kept between two looks."""

    key: str
    text: str
    since: datetime
    told_at: datetime | None = None  # when the operator was told; None: not yet
    gone_at: datetime | None = None  # since when it has not been seen; None: it holds

    @property
    def kind(self) -> ConditionKind:
        """What is wrong."""
        return ConditionKind(self.key.partition(":")[0])

    @property
    def subject(self) -> str:
        """With what: a feed, a chat, a rule, a number; "" for the whole."""
        return self.key.partition(":")[2]
