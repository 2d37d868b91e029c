"""What the stand-in remembers: its chats and the messages in them. No HTTP, no clock: time is given."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.servers.bot_html import Entity
from tests.servers.bot_params import Refusal, bad_request

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A chat the bot belongs to. `threads` are ids of existing forum topics."""

    id: int
    type: str  # channel | supergroup | group | private
    title: str = ""
    username: str = ""
    threads: frozenset[int] = frozenset()

    def json(self) -> Json:
        """As it stands inside messages."""
        name = {"first_name": self.title} if self.type == "private" else {"title": self.title}
        forum: Json = {"is_forum": True} if self.threads else {}
        username = {"username": self.username} if self.username else {}
        return {"id": self.id, "type": self.type} | name | username | forum


CHANNEL = Chat(id=-1001234567890, type="channel", title="Пробный канал", username="test_channel")
REVIEW = Chat(id=-1009876543210, type="supergroup", title="Редакция")
OPERATOR = Chat(id=1000000001, type="private", title="Оператор", username="test_operator")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedMessage:
    """What a chat shows now of one message. `entities` count UTF-16 units of `text` (or of the caption)."""

    message_id: int
    chat: int
    text: str
    entities: tuple[Entity, ...]
    html: str  # as the bot wrote it, before parsing
    date: datetime
    edits: int
    thread: int = 0  # the topic it stands in
    silent: bool = False
    reply_to: int = 0
    quote: str = ""  # what it quotes of that message
    raw: Json  # the Bot API Message object


@dataclass(slots=True, kw_only=True)
class Message:
    """A message under the stand-in's own hands."""

    raw: Json
    html: str = ""
    edits: int = 0
    own: bool = True  # sent by the bot
    silent: bool = False

    @property
    def id(self) -> int:
        return int(self.raw["message_id"])

    def shown(self) -> PostedMessage:
        """A snapshot for tests."""
        raw = deepcopy(self.raw)
        return PostedMessage(
            message_id=self.id,
            chat=raw["chat"]["id"],
            text=raw.get("text") or raw.get("caption") or "",
            entities=tuple(raw.get("entities") or raw.get("caption_entities") or ()),
            html=self.html,
            date=datetime.fromtimestamp(raw["date"], UTC),
            edits=self.edits,
            thread=raw.get("message_thread_id", 0),
            silent=self.silent,
            reply_to=raw.get("reply_to_message", {}).get("message_id", 0),
            quote=raw.get("quote", {}).get("text", ""),
            raw=raw,
        )


@dataclass(slots=True, kw_only=True)
class ChatState:
    """A chat, its messages by id, and why the bot may not write there ("" when it may)."""

    chat: Chat
    messages: dict[int, Message] = field(default_factory=dict)
    last_id: int = 0
    closed: str = ""
    closed_threads: set[int] = field(default_factory=set)
    pinned: list[tuple[int, bool]] = field(default_factory=list)  # message, and whether it rang; the last on top
    lets_pin: bool = True

    def add(self, author: Json, content: Json, *, now: int, html: str = "", own: bool = True) -> Message:
        """Keep a message; it gets the next id of the chat."""
        self.last_id += 1
        head = {"message_id": self.last_id, "date": now, "chat": self.chat.json()} | author
        message = self.messages[self.last_id] = Message(raw=head | content, html=html, own=own)
        return message

    def message(self, message_id: int, missing: str) -> Message:
        """A message that is there; refused in these words when it is not."""
        if message_id not in self.messages:
            raise bad_request(missing)
        return self.messages[message_id]


class ChatStates:
    """The chats by id or @username."""

    def __init__(self, chats: Iterable[Chat]) -> None:
        self._by_id = {chat.id: ChatState(chat=chat) for chat in chats}

    def find(self, name: str | int) -> ChatState:
        """The state of `-100…` or `@name`, open or closed. Refused when there is none."""
        wanted = str(name).strip()
        for state in self._by_id.values():
            if wanted == str(state.chat.id) or wanted.lower() == f"@{state.chat.username}".lower() != "@":
                return state
        raise bad_request("chat not found")

    def find_open(self, name: str | int) -> ChatState:
        """`find`, refused with 403 where the bot is no member."""
        state = self.find(name)
        if state.closed:
            raise Refusal(403, f"Forbidden: {state.closed}")
        return state
