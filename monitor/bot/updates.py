"""The bot's updates by long polling: what is said in its chats, which buttons are pressed; and answers to presses."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, TypeGuard

import structlog
from telegram import CallbackQuery, Chat, Message, Update, User

from monitor.bot.client import BotClient
from monitor.models.updates import Incoming
from monitor.stories.question import initial_of

_WANTED: Final = ("message", "callback_query")
_LONGEST_ANSWER: Final = 200  # characters; Telegram's cap for what a press shows
_ADDRESSED: Final = re.compile(r"/\w+@(\w+)", re.ASCII)

log = structlog.get_logger()


class Updates:
    """Reads the updates of one bot. The client should be its own, so that a long poll holds up no post."""

    def __init__(self, client: BotClient) -> None:
        self._client = client
        self._name = ""  # the bot's own, once Telegram has said it

    async def get(self, first: int, *, wait: timedelta) -> tuple[Incoming, ...]:
        """The updates from number `first` on; earlier ones are forgotten by Telegram. Waits for one up to `wait`.

        Whatever we cannot use, or is said to another bot, comes as an Incoming without text. Raises NotAccepted, or
        ChannelClosed (also when another program reads the same bot's updates) with what the operator must do.
        """
        self._name = self._name or await self._client.name()
        updates = await self._client.updates(first, wait=wait, wanted=_WANTED)
        return tuple(self._read(update["update_id"], update) for update in updates if _is_numbered(update))

    def _read(self, number: int, update: dict[str, Any]) -> Incoming:
        """One update by itself: one that nobody can read holds up no other, and nothing of it is logged."""
        try:
            incoming = _incoming(Update.de_json(update))
        except Exception as error:  # noqa: BLE001 - whatever the library stumbles over
            log.warning(
                "an update cannot be read; passed over", action="updates", number=number, fault=type(error).__name__
            )
            return Incoming(id=number, chat="")
        other = _ADDRESSED.match(incoming.text)
        return replace(incoming, text="") if other and other[1].lower() != self._name.lower() else incoming

    async def answer(self, query: str, text: str) -> None:
        """Show whoever pressed a button what came of it. Raises DeliveryError; a press that is too old, too."""
        async with self._client.calling(repeatable=True) as bot:
            await bot.answer_callback_query(query, text[:_LONGEST_ANSWER])


def _is_numbered(update: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(update, dict) and isinstance(update.get("update_id"), int)


def _incoming(update: Update) -> Incoming:
    if update.callback_query:
        return _press(update.update_id, update.callback_query)
    if update.message:
        return _message(update.update_id, update.message)
    return Incoming(id=update.update_id, chat="")


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


def _message(number: int, message: Message) -> Incoming:
    chat = message.chat
    initial = _initial(message.from_user)
    return Incoming(id=number, chat=str(chat.id), name=_name(chat), initial=initial, text=message.text or "")


def _name(chat: Chat | None) -> str:
    return f"@{chat.username}" if chat and chat.username else ""


def _initial(user: User | None) -> str:
    return initial_of(user.first_name) if user else ""
