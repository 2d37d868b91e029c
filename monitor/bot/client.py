"""The Telegram channel: post, edit, and ask whether posting is possible. Updates are read in updates.py.

Every failure leaves as a `DeliveryError` (failures.py). Nothing here retries, waits or counts: that is the outbox's
work; only a post that cannot answer what it should is written once more without, since it surely was not posted.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any, Final, Self

import telegram
from telegram.constants import ChatType, ParseMode
from telegram.request import HTTPXRequest

from monitor.bot.failures import (
    FIXED,
    GONE,
    NO_FORUM,
    NO_RIGHTS,
    NOT_MODIFIED,
    NOTHING_TO_ANSWER,
    WRONG_QUOTE,
    NoAnswer,
    Refused,
    for_chat,
    read_failure,
)
from monitor.errors import ChannelClosed
from monitor.models.outbox import Buttons, ChatIdentity
from monitor.sources.http.client_settings import client_settings
from monitor.text.chat_names import chat_of, rename_chat, topic_of

_PATIENCE: Final = timedelta(seconds=30)  # the library's 5 is short under load, and each timeout is an uncertain post

# Small, because headline and sentence already stand in the post; not off, because the preview carries Instant View,
# which opens articles whose sites are blocked where the reader is.
_PREVIEW: Final = telegram.LinkPreviewOptions(prefer_small_media=True)


class BotClient:
    """Speaks to one Bot API server as one bot; an asynchronous context manager. Opening it asks Telegram nothing.

    A chat is called as in text/chat_names.py: `@name` or its number, `@name/17` for a topic of a forum.
    `base_url` is another Bot API server's root (`http://127.0.0.1:8081`), `proxy` an `http://` or `socks5://` address,
    `patience` how long to wait for a sign of an answer; a whole call takes at most three times that (90 seconds), so a
    claim must be held longer. No exception that leaves carries the token.
    """

    def __init__(
        self, token: str, *, base_url: str | None = None, proxy: str | None = None, patience: timedelta = _PATIENCE
    ) -> None:
        root = (base_url or "https://api.telegram.org").rstrip("/")
        seconds = patience.total_seconds()
        self._deadline = 3 * seconds  # an answer that drips in byte by byte never times out otherwise
        self._secret = token.partition(":")[2] or token
        self._request = _Request(httpx_kwargs=client_settings(connect=10, read=seconds, proxy=proxy))
        self._bot = _Bot(
            token,
            base_url=f"{root}/bot",
            request=self._request,
            get_updates_request=self._request,
        )

    async def __aenter__(self) -> Self:
        await self._request.initialize()
        return self

    async def __aexit__(self, *_error: object) -> None:
        # Not the bot's own shutdown: it closes the connections only after a getMe that we never ask for.
        await self._request.shutdown()

    async def post(
        self,
        chat: str,
        html: str,
        *,
        silent: bool = False,
        reply_to: int | None = None,
        quote: str = "",
        buttons: Buttons = (),
        photo: bytes = b"",
    ) -> int:
        """Post Telegram HTML to a chat and return the message's id.

        `silent` rings no bell. `reply_to` is the message it answers, `quote` what is quoted of that one: Telegram
        HTML, bold where it is bold there. A message that was deleted meanwhile, or says something else, is no error.
        `photo` is a picture to stand above the text, of at most 10 MB; the text is then of at most 1024 UTF-16 units.
        Raises NotAccepted, MaybeAccepted, MessageRejected, ChannelClosed.
        """
        async with self.calling(chat, repeatable=False) as bot:
            send = partial(bot.send, chat, html, silent=silent, buttons=buttons, photo=photo)
            for answer in _answers(reply_to, quote):
                try:
                    return await send(answer)
                except Refused as refusal:  # so it surely was not posted
                    if not refusal.says(f"{WRONG_QUOTE}|{NOTHING_TO_ANSWER}"):
                        raise
            return await send(None)

    async def edit(self, chat: str, message_id: int, html: str, *, buttons: Buttons = ()) -> None:
        """Make an own message show `html` and these buttons only; that it shows them already is success.

        Raises NotAccepted (also when the answer is lost), MessageGone, MessageRejected, ChannelClosed.
        """
        async with self.calling(chat, repeatable=True) as bot:
            try:
                await bot.edit_message_text(
                    html,
                    chat_id=chat_of(chat),
                    message_id=message_id,
                    parse_mode=ParseMode.HTML,
                    link_preview_options=_PREVIEW,
                    reply_markup=_keyboard(buttons),
                )
            except Refused as refusal:
                if not refusal.says(NOT_MODIFIED):
                    raise

    async def delete(self, chat: str, message_id: int) -> None:
        """Delete an own message; Telegram lets a bot do that for 48 hours.

        Raises NotAccepted (also when the answer is lost: to ask again is harmless), MessageGone when there is none,
        MessageRejected when it has to stay, ChannelClosed.
        """
        async with self.calling(chat, repeatable=True) as bot:
            await bot.delete_message(chat_of(chat), message_id)

    async def pin(self, chat: str, message_id: int) -> None:
        """Pin an own message without a notification; one that is pinned already is no error.

        Raises NotAccepted (also when the answer is lost), MessageGone when there is none, MessageRejected or
        ChannelClosed when the bot has no right to.
        """
        async with self.calling(chat, repeatable=True) as bot:
            await bot.pin_chat_message(chat_of(chat), message_id, disable_notification=True)

    async def exists(self, chat: str, message_id: int) -> bool:
        """Whether a channel has a message of this number, whoever wrote it.

        Asked by an edit that changes nothing (taking away the buttons of a message that has none): no method of the
        Bot API reads a message. Only for chats whose messages have no buttons. Raises NotAccepted, ChannelClosed,
        MessageRejected when Telegram does not say.
        """
        async with self.calling(chat, repeatable=True) as bot:
            try:
                await bot.edit_message_reply_markup(chat_id=chat_of(chat), message_id=message_id)
            except Refused as refusal:
                if refusal.says(GONE):
                    return False
                if not refusal.says(f"{NOT_MODIFIED}|{FIXED}"):
                    raise
        return True

    async def identify(self, chat: str) -> ChatIdentity:
        """Which chat of Telegram's this is: its names have one number. Raises NotAccepted, ChannelClosed.

        A topic has the number of its group with its own behind it, and no name: no page shows a topic to everybody.
        """
        async with self.calling(chat, repeatable=True) as bot:
            info = await bot.get_chat(chat_of(chat))
        name = f"@{info.username}" if info.username and topic_of(chat) is None else ""
        return ChatIdentity(number=rename_chat(chat, str(info.id)), name=name)

    async def updates(self, first: int, *, wait: timedelta, wanted: Sequence[str]) -> Sequence[object]:
        """The updates from number `first` on as Telegram wrote them, waited for up to `wait`. Raises as `check`.

        Unread, because the library reads all of them or none, and logs what it cannot read.
        """
        async with self.calling(repeatable=True) as bot:
            return await bot.raw_updates(first, wait, wanted)

    async def name(self) -> str:
        """The bot's own name, without @. Raises as `check`."""
        async with self.calling(repeatable=True) as bot:
            return (await bot.get_me()).username or ""

    async def check(self, chats: Iterable[str]) -> None:
        """Ask whether the token is good and the bot may write to each chat.

        Raises ChannelClosed with what the operator must do, or NotAccepted when Telegram cannot be reached.
        """
        async with self.calling(repeatable=True) as bot:
            me = await bot.get_me()
        for chat in chats:
            async with self.calling(chat, repeatable=True) as bot:
                info = await bot.get_chat(chat_of(chat))
                if info.type == ChatType.PRIVATE:  # no members there; getChat found the person
                    continue
                member = await bot.get_chat_member(chat_of(chat), me.id)
            if topic_of(chat) and not info.is_forum:
                raise ChannelClosed(for_chat(NO_FORUM, chat))
            if not _may_post(member, info.type):
                raise ChannelClosed(for_chat(NO_RIGHTS, chat))

    @asynccontextmanager
    async def calling(self, chat: str = "", *, repeatable: bool) -> AsyncIterator["_Bot"]:
        """The library's bot, for a call about `chat`; what goes wrong inside leaves as a DeliveryError.

        `repeatable`: the call may be made again without harm, so a lost answer is NotAccepted. Cancelling passes.
        """
        try:
            async with asyncio.timeout(self._deadline):
                yield self._bot
        except Exception as error:  # noqa: BLE001 - a post's fate must be told, whatever the library stumbled over
            meaning = read_failure(error, chat, repeatable=repeatable)
            meaning.args = tuple(str(part).replace(self._secret, "…") for part in meaning.args)
            # `from None`: the chain would show the address called, and the token is a part of it.
            raise meaning from None


class _Bot(telegram.Bot):
    """A bot whose name in a log or a traceback is not its token."""

    def __repr__(self) -> str:
        return "Bot[token=…]"

    async def send(
        self,
        chat: str,
        html: str,
        answer: telegram.ReplyParameters | None,
        *,
        silent: bool,
        buttons: Buttons,
        photo: bytes,
    ) -> int:
        """sendPhoto or sendMessage, to a topic when the chat's name has one; returns the message's id."""
        how: dict[str, Any] = {
            "message_thread_id": topic_of(chat),
            "parse_mode": ParseMode.HTML,
            "disable_notification": silent,
            "reply_parameters": answer,
            "reply_markup": _keyboard(buttons),
        }
        if photo:
            message = await self.send_photo(chat_of(chat), photo, caption=html, **how)
        else:
            message = await self.send_message(chat_of(chat), html, link_preview_options=_PREVIEW, **how)
        return message.message_id

    async def raw_updates(self, first: int, wait: timedelta, wanted: Sequence[str]) -> Sequence[object]:
        """getUpdates, its answer as it came; a list, if Telegram keeps its word."""
        seconds = wait.total_seconds()
        asked = {"offset": first, "timeout": seconds, "allowed_updates": list(wanted)}
        answer = await self._post("getUpdates", asked, read_timeout=(self.request.read_timeout or 0) + seconds)
        return answer if isinstance(answer, list) else []


class _Request(HTTPXRequest):
    """Reads the answer before the library does, so that a refusal is told apart from an answer that is none."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        code, payload = await super().do_request(*args, **kwargs)
        try:
            answer = json.loads(payload)
        except (ValueError, RecursionError):
            answer = None
        match answer:
            case {"ok": True, "result": _} if code < 300:
                return code, payload
            case {"ok": False, "error_code": int(error_code), "description": str(description)}:
                if max(code, error_code) >= 500:
                    raise NoAnswer(max(code, error_code), description)
                raise Refused(error_code, description, answer.get("parameters"))
        raise NoAnswer(code, "это не ответ Bot API")


def _may_post(member: telegram.ChatMember, chat_type: str) -> bool:
    match member:
        case telegram.ChatMemberOwner():
            return True
        case telegram.ChatMemberAdministrator():
            return chat_type != ChatType.CHANNEL or bool(member.can_post_messages)
        case telegram.ChatMemberRestricted():
            return member.can_send_messages
    return isinstance(member, telegram.ChatMemberMember) and chat_type != ChatType.CHANNEL


def _answers(message_id: int | None, quote: str) -> Iterator[telegram.ReplyParameters]:
    """What a message says that it answers; each further one promises less, should Telegram not take the one before."""
    if message_id is None:
        return
    if quote:
        yield telegram.ReplyParameters(
            message_id, allow_sending_without_reply=True, quote=quote, quote_parse_mode=ParseMode.HTML
        )
    yield telegram.ReplyParameters(message_id, allow_sending_without_reply=True)


def _keyboard(buttons: Buttons) -> telegram.InlineKeyboardMarkup | None:
    rows = [[telegram.InlineKeyboardButton(label, callback_data=data) for label, data in row] for row in buttons]
    return telegram.InlineKeyboardMarkup(rows) if rows else None
