"""Rows of `chats`, whoever read them: which are of one chat of Telegram's, and until when it takes nothing. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from monitor.text.chat_names import chat_of


class ChatRow(Protocol):
    """What is looked at of a row."""

    @property
    def chat(self) -> str:
        """As the settings named it."""

    @property
    def number(self) -> str | None:
        """Telegram's own, once it is known."""

    @property
    def closed(self) -> str:
        """Why it takes nothing; "" when it does."""

    @property
    def not_before_at(self) -> datetime | None:
        """Nothing goes there before, aware UTC."""


_Row = TypeVar("_Row", bound=ChatRow)


def row_of(rows: Iterable[_Row], chat: str) -> _Row:
    """The row of a chat among these."""
    return next(row for row in rows if row.chat == chat)


def beside(rows: Sequence[_Row], chat: str) -> list[_Row]:
    """The row of a chat, and those of the same chat of Telegram's: by its number once that is known."""
    numbers = {chat_of(row.chat).lower(): chat_of(row.number) for row in rows if row.number}

    def place(row: _Row) -> str:
        name = chat_of(row.chat).lower()
        return chat_of(row.number) if row.number else numbers.get(name, name)

    here = place(row_of(rows, chat))
    return [row for row in rows if place(row) == here]


def paused_until(rows: Sequence[ChatRow], chat: str) -> datetime | None:
    """Until when nothing goes to a chat, given the rows of the same chat of Telegram's.

    What Telegram asks of one topic holds for all. Not so the pause of one that takes nothing: that is its own.
    """
    pauses = (row.not_before_at for row in rows if row.chat == chat or not row.closed)
    return max(filter(None, pauses), default=None)
