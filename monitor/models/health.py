"""A snapshot of the system: job beats, feeds, chats, the disk; and the alarms kept between snapshots. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.models.outbox import DeliveryState


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatVitals:
    """How a chat is served."""

    chat: str
    closed: str = ""  # why it accepts nothing at present; "" if it does
    not_before_at: datetime | None = None
    tried_at: datetime | None = None  # the last send, as far as the rate limit remembers
    pending: int = 0
    waiting_since: datetime | None = None  # the delivery that waits longest


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """A snapshot of the work in the database."""

    beats: Mapping[str, datetime]  # when each job of each worker last ran
    feeds: Mapping[str, int]  # how many are "working", "failing", "new" (never polled), "paused", "resting" (removed)
    due_since: datetime | None  # the due time of the most overdue feed that nobody polls
    polled_at: datetime | None  # the last poll, good or bad
    deliveries: Mapping[DeliveryState, int]
    undecided: tuple[tuple[int, DeliveryState], ...]  # rows that need an operator, oldest first
    chats: tuple[ChatVitals, ...]
    unended_since: datetime | None = None  # as `due_since`, including feeds being polled
    deaf: str = ""  # why the bot receives no messages; "" if it does, or need not


@dataclass(frozen=True, slots=True, kw_only=True)
class StampVitals:
    """How an authority of time stamps serves us."""

    authority: str  # its address
    waiting_since: datetime | None  # when the oldest link without its stamp was made; None: there is none
    given_at: datetime | None = None  # its last stamp, by our clock
    problem: str = ""  # why its last answer was no stamp; "" if it was


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceVitals:
    """A snapshot of the copies of pages in the database."""

    pages: int  # under watch
    captures: int  # copies, of all workers
    size: int  # bytes of their records, including those deleted by age
    due_since: datetime | None = None  # the due time of the most overdue page that nobody looks at
    due_url: str = ""  # its address
    kept_at: datetime | None = None  # this worker's last copy
    unstamped: int | None = None  # links without a stamp; None: no authority is configured
    stamps: tuple[StampVitals, ...] = ()  # by authority, in the order of the settings


class ConditionKind(StrEnum):
    """The kinds of conditions; monitor/health/conditions.py defines when they hold, and their texts."""

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
    """A condition over time, as stored between two snapshots."""

    key: str
    text: str
    since: datetime
    told_at: datetime | None = None  # when the operator was told; None: not yet
    gone_at: datetime | None = None  # since when it is gone; None: it holds

    @property
    def kind(self) -> ConditionKind:
        return ConditionKind(self.key.partition(":")[0])

    @property
    def subject(self) -> str:
        """The feed, chat, rule or number concerned; "" for the whole system."""
        return self.key.partition(":")[2]
