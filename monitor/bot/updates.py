"""The bot's updates by long polling: what is said in its chats, which buttons are pressed; and answers to presses."""

from datetime import timedelta
from typing import Final

from telegram import CallbackQuery, Chat, Message, Update, User

from monitor.bot.client import BotClient
from monitor.models.updates import Incoming
from monitor.stories.question import initial_of

_WANTED: Final = ("message", "callback_query")
_LONGEST_ANSWER: Final = 200  # characters; Telegram's cap for what a press shows


class Updates:
    """Reads the updates of one bot. The client should be its own, so that a long poll holds up no post."""

    def __init__(self, client: BotClient) -> None:
        self._client = client

    async def get(self, first: int, *, wait: timedelta) -> tuple[Incoming, ...]:
        """The updates from number `first` on; earlier ones are forgotten by Telegram. Waits for one up to `wait`.

        Whatever we cannot use comes as an Incoming without text. Raises NotAccepted (also when another process reads
        the same bot's updates), ChannelClosed.
        """
        async with self._client.calling(repeatable=True) as bot:
            updates = await bot.get_updates(offset=first, timeout=wait, allowed_updates=_WANTED)
        return tuple(map(_incoming, updates))

    async def answer(self, query: str, text: str) -> None:
        """Show whoever pressed a button what came of it. Raises DeliveryError; a press that is too old, too."""
        async with self._client.calling(repeatable=True) as bot:
            await bot.answer_callback_query(query, text[:_LONGEST_ANSWER])


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
