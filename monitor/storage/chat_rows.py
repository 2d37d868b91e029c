"""Rows of `chats` from any query: which belong to one Telegram chat, and until when it accepts nothing. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from monitor.text.chat_names import chat_of


class ChatRow(Protocol):
    """The columns used of a row."""

    @property
    def chat(self) -> str:
        """The name in the settings."""

    @property
    def number(self) -> str | None:
        """Telegram's number, once it is known."""

    @property
    def closed(self) -> str:
        """Why the chat accepts nothing; "" if it does."""

    @property
    def not_before_at(self) -> datetime | None:
        """Nothing is sent before this time, aware UTC."""


_Row = TypeVar("_Row", bound=ChatRow)


def row_of(rows: Iterable[_Row], chat: str) -> _Row:
    """Return the row of a chat among these."""
    return next(row for row in rows if row.chat == chat)


def rows_of_chat(rows: Sequence[_Row], chat: str) -> list[_Row]:
    """Return the row of a chat, and the others of the same Telegram chat, by its number once that is known."""
    numbers = {chat_of(row.chat).lower(): chat_of(row.number) for row in rows if row.number}

    def place(row: _Row) -> str:
        name = chat_of(row.chat).lower()
        return chat_of(row.number) if row.number else numbers.get(name, name)

    here = place(row_of(rows, chat))
    return [row for row in rows if place(row) == here]


def paused_until(rows: Sequence[ChatRow], chat: str) -> datetime | None:
    """Return until when nothing is sent to a chat, given the rows of the same Telegram chat.

    A pause that Telegram demands for one topic holds for all; the pause of a closed topic holds for it alone.
    """
    pauses = (row.not_before_at for row in rows if row.chat == chat or not row.closed)
    return max(filter(None, pauses), default=None)
