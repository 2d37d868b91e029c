"""The bot's updates by long polling: what is said in its chats, which buttons are pressed, and the answer to a press.

A second user of python-telegram-bot beside client.py, with connections of its own: a long poll holds up no post.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from telegram import CallbackQuery, Chat, Message, Update, User

from monitor.bot.client import BotClient
from monitor.models.updates import Incoming
from monitor.stories.question import initial_of

_WANTED: Final = ("message", "callback_query")
_LONGEST_ANSWER: Final = 200  # characters; Telegram's cap for what a press shows


class Updates(BotClient):
    """Reads the updates of one bot; opened and closed as a Channel."""

    async def get(self, first: int, *, wait: timedelta) -> tuple[Incoming, ...]:
        """The updates from number `first` on; earlier ones are forgotten by Telegram. Waits for one up to `wait`.

        Whatever we cannot use comes as an Incoming without text. Raises NotAccepted (also when another process reads
        the same bot's updates), ChannelClosed.
        """
        async with self._speaking("", repeatable=True):
            found = await self._bot.get_updates(offset=first, timeout=wait, allowed_updates=_WANTED)
        return tuple(_read(found))

    async def answer(self, query: str, told: str) -> None:
        """Show whoever pressed a button what came of it. Raises DeliveryError; a press that is too old, too."""
        async with self._speaking("", repeatable=True):
            await self._bot.answer_callback_query(query, told[:_LONGEST_ANSWER])


def _read(found: tuple[Update, ...]) -> Iterator[Incoming]:
    for update in found:
        if update.callback_query:
            yield _press(update.update_id, update.callback_query)
        elif update.message:
            yield _said(update.update_id, update.message)
        else:
            yield Incoming(id=update.update_id, chat="")


def _press(number: int, query: CallbackQuery) -> Incoming:
    chat = query.message.chat if query.message else None
    return Incoming(
        id=number,
        chat=str(chat.id) if chat else "",
        name=_name(chat),
        initial=_initial(query.from_user),
        query=query.id,
        data=query.data or "",
    )


def _said(number: int, message: Message) -> Incoming:
    chat = message.chat
    initial = _initial(message.from_user)
    return Incoming(id=number, chat=str(chat.id), name=_name(chat), initial=initial, text=message.text or "")


def _name(chat: Chat | None) -> str:
    return f"@{chat.username}" if chat and chat.username else ""


def _initial(user: User | None) -> str:
    return initial_of(user.first_name) if user else ""
