"""The values of the outbox: what chats should show, what they are known to show, and the state of chats.

Frozen, slotted, keyword-only; tuples, never lists; aware UTC instants. Nothing here computes.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

Buttons = tuple[tuple[tuple[str, str], ...], ...]
"""An inline keyboard: rows of (label, data); Telegram takes at most 64 bytes of data."""


class DeliveryState(StrEnum):
    """The states of an outbox row; monitor/storage/tables.py draws the transitions."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    DIGESTED = "digested"  # it is shown as a line of a digest


class DeliveryKind(StrEnum):
    """What an outbox row shows."""

    STORY = "story"  # a part of a story, to the subscribers
    REVIEW = "review"  # a part of a story, to the maintainers who decide about it
    DIGEST = "digest"  # many stories in one message: after a flood, for a day, for a week
    NOTICE = "notice"  # to the operator


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPost:
    """What a chat should show of one part of a story: Telegram HTML, valid and short enough."""

    chat: str
    html: str
    part: int = 1
    kind: DeliveryKind = DeliveryKind.STORY
    buttons: Buttons = ()
    silent: bool = False  # its first post makes no sound


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An outbox row as claimed for sending: what the chat should show, and the lease to settle with.

    `html` is "" if the chat should no longer show the message; `story_id` is None if it is about no story. `chat` is
    the name in our settings, `address` the chat that Telegram wants: they differ once a group has become a supergroup.
    """

    id: int
    kind: DeliveryKind
    story_id: int | None
    chat: str
    address: str
    html: str
    revision: int  # the revision this claim will bring to the chat
    message_id: int | None  # None: post; else edit that message
    reply_to: int | None = None  # the message that a post replies to, so that a case reads as a thread
    quote: str = ""  # Telegram HTML: what the post quotes of that message
    buttons: Buttons = ()
    silent: bool = False
    photo: bytes = field(default=b"", repr=False)  # picture above the text of a first post; b"": none
    attempts: int
    lease_no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Nothing may be sent to this chat before `until` (Telegram's request, the rate limit, or a send in flight)."""

    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The rate limit of a Telegram chat with all its topics: at most `per_minute` sends in any 60 s, at least `spacing`
    between two.

    Telegram documents about 20 a minute and one a second for a chat; edits count too.
    """

    per_minute: int = 18
    spacing: timedelta = timedelta(seconds=1.1)  # between claims; the sends may arrive closer together


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How a claimed delivery ended; `state` is never SENDING."""

    state: DeliveryState
    error: str = ""
    message_id: int | None = None
    chat_not_before_at: datetime | None = None  # the whole chat waits until then
    chat_closed: str = ""  # why the chat accepts nothing at present; "" if it does
    chat_moved_to: str = ""  # where Telegram has moved the chat; "" if it has not


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatIdentity:
    """A Telegram chat, independent of its name in our settings."""

    number: str  # as "-1001234567890", of a topic "-1001234567890/17"; never changes while the chat is the same
    name: str = ""  # "@name" of a public chat, else ""; a topic has none


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A post that Telegram may or may not have accepted, and what is needed to look for it."""

    id: int
    chat: str
    address: str
    name: str  # "@name" of the public chat to look into; "" if there is none
    html: str
    doubted_at: datetime
    after: int  # messages up to this one existed before the doubtful send
    later: int | None  # a message of ours certainly accepted after it
    known: frozenset[int]  # messages above `after` known to show something else
    lease_no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestItem:
    """One line of a digest."""

    topic: str  # as the maintainers title it
    title: str
    url: str  # of the article, or of the post with it
    outlets: tuple[str, ...] = ()
    retracted: str = ""  # why it was retracted; "" if it was not


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """A delivery for display to an operator."""

    id: int
    kind: DeliveryKind
    chat: str
    state: DeliveryState
    title: str
    url: str
    attempts: int
    error: str
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxSummary:
    """The outbox in numbers."""

    counts: dict[str, int]  # by DeliveryState, without states of no delivery
    oldest_pending_at: datetime | None  # since when the oldest pending delivery waits
    found_after: tuple[timedelta, ...]  # for posts sent recently: from publication to its record, shortest first
    sent_after: tuple[timedelta, ...]  # from its record to the channel, shortest first


class Notifier(Protocol):
    """Puts a message for one fixed chat into the outbox."""

    def __call__(self, key: str, html: str) -> None:
        """`html` is Telegram HTML; messages with the same `key` are sent once. Raises DatabaseError."""
