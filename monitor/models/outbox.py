"""The values of the outbox: what chats should show, what they are known to show, and how the chats stand.

Frozen, slotted, keyword-only; tuples, never lists; aware UTC instants. Nothing here computes.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

Buttons = tuple[tuple[tuple[str, str], ...], ...]
"""An inline keyboard: rows of (label, data); Telegram takes at most 64 bytes of data."""


class DeliveryState(StrEnum):
    """The states of an outbox row; the law of their changes is drawn in `monitor/storage/tables.py`."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    DIGESTED = "digested"  # a line of a digest stands for it


class DeliveryKind(StrEnum):
    """What an outbox row shows."""

    STORY = "story"  # a part of a story, to the subscribers
    REVIEW = "review"  # a part of a story, to the maintainers who decide about it
    DIGEST = "digest"  # many stories in one message: after a flood, of a day, or of a week
    NOTICE = "notice"  # to the operator


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPost:
    """What a chat should show of one part of a story: Telegram HTML, valid and short enough."""

    chat: str
    html: str
    part: int = 1
    kind: DeliveryKind = DeliveryKind.STORY
    buttons: Buttons = ()
    silent: bool = False  # its first post rings no bell


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One outbox row as claimed for sending: what the chat should show, and the fence to settle with.

    `html` is "" when the chat should not show the message any more; `story_id` is None for what tells of no story.
    `chat` is the name in our settings, `address` where Telegram wants it sent: another one once a group has become a
    supergroup.
    """

    id: int
    kind: DeliveryKind
    story_id: int | None
    chat: str
    address: str
    html: str
    revision: int  # the revision this claim will bring to the chat
    message_id: int | None  # None: post; else edit that message
    reply_to: int | None = None  # the message a post answers, so that a case reads as a thread
    quote: str = ""  # Telegram HTML: what the post quotes of that message
    buttons: Buttons = ()
    silent: bool = False
    photo: bytes = field(default=b"", repr=False)  # the picture above the text of a first post; b"": none
    attempts: int
    lease_no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Nothing may be sent to this chat before `until` (Telegram's wish, the governor, or a send in flight)."""

    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The governor of one chat of Telegram's, its topics together: at most `per_minute` sends in any 60 s, at least
    `spacing` between two.

    Telegram documents about 20 a minute and one a second for a chat; edits count alike.
    """

    per_minute: int = 18
    spacing: timedelta = timedelta(seconds=1.1)  # from claim to claim; on the way two may come closer together


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How a claimed delivery ended; `state` is never SENDING."""

    state: DeliveryState
    error: str = ""
    message_id: int | None = None
    chat_not_before_at: datetime | None = None  # the whole chat waits until then
    chat_closed: str = ""  # why the chat takes nothing for now; "" when it does
    chat_moved_to: str = ""  # where Telegram has moved the chat; "" when it has not


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatIdentity:
    """One Telegram chat, whatever our settings call it."""

    number: str  # as "-1001234567890", of a topic "-1001234567890/17"; never changes while the chat is the same
    name: str = ""  # "@name" of a public chat, else ""; a topic has none


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A post that Telegram may or may not have accepted, and what is needed to look for it."""

    id: int
    chat: str
    address: str
    name: str  # "@name" of the public chat to look into; "" when there is none
    html: str
    doubted_at: datetime
    after: int  # every message up to this one was there before the doubtful send
    later: int | None  # a message of ours surely accepted after it
    known: frozenset[int]  # messages above `after` that are known to show something else
    lease_no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestItem:
    """One line of a digest."""

    topic: str  # as the maintainers title it
    title: str
    url: str  # of the article, or of the post in which it stands
    outlets: tuple[str, ...] = ()
    retracted: str = ""  # why it turned out to be wrong; "" while it stands


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """A delivery as an operator looks at it."""

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
    """The outbox at a glance."""

    counts: dict[str, int]  # by DeliveryState; states that no delivery is in are left out
    oldest_pending_at: datetime | None  # since when the longest waiting delivery waits
    found_after: tuple[timedelta, ...]  # of the posts sent lately: from publication to its record, shortest first
    sent_after: tuple[timedelta, ...]  # from its record to the channel, shortest first


class Notifier(Protocol):
    """Puts a message for one chat, fixed when it was made, into the outbox."""

    def __call__(self, key: str, html: str) -> None:
        """`html` is Telegram HTML; the same `key` twice is one message. Raises DatabaseError."""
