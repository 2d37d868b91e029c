"""The Telegram channel: post, edit, and ask whether posting is possible. Updates are read in updates.py.

Every failure leaves as a `DeliveryError`, and the question it answers is always the same: may Telegram have posted
the message? The library's own exceptions blur that (a refusal and a lost answer may be the same class), so the
answer is read here before the library reads it:

    what happened                                         post              edit
    connection never opened                               NotAccepted       NotAccepted
    request written, no Bot API answer                    MaybeAccepted     NotAccepted (to edit again is harmless)
    5xx, whatever it says: a Bot API server that          MaybeAccepted     NotAccepted
      restarts says 500 of messages it has handed on
    no Bot API answer, 3xx or 4xx: a portal, a proxy      ChannelClosed     ChannelClosed
    429 and the rest, in the Bot API's words              NotAccepted       NotAccepted
    401, 403, 404, 409; chat or rights wrong; migrated    ChannelClosed     ChannelClosed
    400 «message is not modified»                         -                 done
    400 «message to edit not found», «can't be edited»    -                 MessageGone
    400 «message to delete not found», «to pin» likewise  -                 MessageGone
    400 anything else, 413                                MessageRejected   MessageRejected

Sources: the Bot API documentation ("Making requests", ResponseParameters) and the texts in the public source of the
Bot API server. Nothing here retries, waits or counts: that is the outbox's work.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final, Self

import telegram
from httpx import ConnectError, ConnectTimeout, InvalidURL, PoolTimeout, ProxyError, UnsupportedProtocol
from telegram.constants import ChatType, ParseMode
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from monitor.errors import ChannelClosed, DeliveryError, MaybeAccepted, MessageGone, MessageRejected, NotAccepted
from monitor.models.outbox import Buttons, ChatIdentity
from monitor.sources.http.client_settings import client_settings

_PATIENCE: Final = timedelta(seconds=30)  # the library's 5 is short under load, and each timeout is an uncertain post
_LONGEST_PAUSE: Final = 86_400  # seconds

# Small, because headline and sentence already stand in the post; not off, because the preview carries Instant View,
# which opens articles whose sites are blocked where the reader is.
_PREVIEW: Final = telegram.LinkPreviewOptions(prefer_small_media=True)

# httpx says by these that no byte of the request was written.
_UNSENT: Final = (ConnectError, ConnectTimeout, PoolTimeout, ProxyError, UnsupportedProtocol, InvalidURL)

# What the description of a refusal says, in lower case (patterns).
_NOT_MODIFIED: Final = "message is not modified"
_GONE: Final = "message to (?:edit|delete|pin) not found|message_id_invalid|message identifier is not specified"
_FIXED: Final = "message can't be edited|message_edit_time_expired"
_KEPT: Final = "message can't be deleted|message_delete_forbidden"
_CHAT_WORDS: Final = "chat not found|chat_id is empty|peer_id_invalid|channel_invalid|upgraded to a supergroup"
_RIGHTS_WORDS: Final = (
    "not enough rights|no rights to|need administrator rights|administrator rights required"
    "|chat_write_forbidden|chat_admin_required|chat_restricted|chat_send_plain_forbidden|chat_send_photos_forbidden|channel_private"
    "|group chat was deactivated|member list is inaccessible|user not found|topic_closed|message thread not found"
)

# What the operator reads.
_UNKNOWN_BOT: Final = "Telegram не признаёт токен бота: проверьте MONITOR_BOT_TOKEN (токен выдаёт @BotFather)."
_NO_RIGHTS: Final = "Бот не может писать в {chat}: добавьте его администратором с правом публиковать сообщения."
_WEBHOOK: Final = (
    "У бота включён webhook другой программы: выключите её и откройте https://api.telegram.org/bot<токен>/deleteWebhook"
)
_OTHER_READER: Final = (
    "Обновления бота читает другая программа с тем же токеном: остановите её или выпустите новый токен у @BotFather."
)
_UNKNOWN_CHAT: Final = "Чат {chat} не найден: проверьте его имя в настройках и добавьте туда бота."
_STAYS: Final = "Telegram не даёт боту удалить пост: ему больше двух суток, или у бота нет на это прав."

# Codes, or words of the description → what the refusal is; the first row that fits counts.
_REFUSALS: Final[tuple[tuple[tuple[int, ...], str, type[DeliveryError], str], ...]] = (
    ((), "while webhook is active", ChannelClosed, _WEBHOOK),
    ((401, 404), "", ChannelClosed, _UNKNOWN_BOT),
    ((409,), "", ChannelClosed, _OTHER_READER),
    ((), _KEPT, MessageRejected, _STAYS),
    ((403,), _RIGHTS_WORDS, ChannelClosed, _NO_RIGHTS),
    ((), _CHAT_WORDS, ChannelClosed, _UNKNOWN_CHAT),
    ((), _GONE, MessageGone, "Поста в канале больше нет (его удалили), пусть так и будет."),
    ((), _FIXED, MessageGone, "Пост больше нельзя править, он остаётся, как есть."),
)


class BotClient:
    """Speaks to one Bot API server as one bot; an asynchronous context manager. Opening it asks Telegram nothing.

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
        buttons: Buttons = (),
        photo: bytes = b"",
    ) -> int:
        """Post Telegram HTML to a chat (`@name` or its number) and return the message's id.

        `silent` rings no bell. `reply_to` is the message it answers; one that was deleted meanwhile is no error.
        `photo` is a picture to stand above the text, of at most 10 MB; the text is then of at most 1024 UTF-16 units.
        Raises NotAccepted, MaybeAccepted, MessageRejected, ChannelClosed.
        """
        how: dict[str, Any] = {
            "parse_mode": ParseMode.HTML,
            "disable_notification": silent,
            "reply_parameters": _reply(reply_to),
            "reply_markup": _keyboard(buttons),
        }
        async with self.calling(chat, repeatable=False) as bot:
            if photo:
                message = await bot.send_photo(chat, photo, caption=html, **how)
            else:
                message = await bot.send_message(chat, html, link_preview_options=_PREVIEW, **how)
            return message.message_id

    async def edit(self, chat: str, message_id: int, html: str, *, buttons: Buttons = ()) -> None:
        """Make an own message show `html` and these buttons only; that it shows them already is success.

        Raises NotAccepted (also when the answer is lost), MessageGone, MessageRejected, ChannelClosed.
        """
        async with self.calling(chat, repeatable=True) as bot:
            try:
                await bot.edit_message_text(
                    html,
                    chat_id=chat,
                    message_id=message_id,
                    parse_mode=ParseMode.HTML,
                    link_preview_options=_PREVIEW,
                    reply_markup=_keyboard(buttons),
                )
            except _Refused as refusal:
                if not refusal.says(_NOT_MODIFIED):
                    raise

    async def delete(self, chat: str, message_id: int) -> None:
        """Delete an own message; Telegram lets a bot do that for 48 hours.

        Raises NotAccepted (also when the answer is lost: to ask again is harmless), MessageGone when there is none,
        MessageRejected when it has to stay, ChannelClosed.
        """
        async with self.calling(chat, repeatable=True) as bot:
            await bot.delete_message(chat, message_id)

    async def pin(self, chat: str, message_id: int) -> None:
        """Pin an own message without a notification; one that is pinned already is no error.

        Raises NotAccepted (also when the answer is lost), MessageGone when there is none, MessageRejected or
        ChannelClosed when the bot has no right to.
        """
        async with self.calling(chat, repeatable=True) as bot:
            await bot.pin_chat_message(chat, message_id, disable_notification=True)

    async def exists(self, chat: str, message_id: int) -> bool:
        """Whether a channel has a message of this number, whoever wrote it.

        Asked by an edit that changes nothing (taking away the buttons of a message that has none): no method of the
        Bot API reads a message. Only for chats whose messages have no buttons. Raises NotAccepted, ChannelClosed,
        MessageRejected when Telegram does not say.
        """
        async with self.calling(chat, repeatable=True) as bot:
            try:
                await bot.edit_message_reply_markup(chat_id=chat, message_id=message_id)
            except _Refused as refusal:
                if refusal.says(_GONE):
                    return False
                if not refusal.says(f"{_NOT_MODIFIED}|{_FIXED}"):
                    raise
        return True

    async def identify(self, chat: str) -> ChatIdentity:
        """Which chat of Telegram's this is: its names have one number. Raises NotAccepted, ChannelClosed."""
        async with self.calling(chat, repeatable=True) as bot:
            info = await bot.get_chat(chat)
        return ChatIdentity(number=str(info.id), name=f"@{info.username}" if info.username else "")

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
                info = await bot.get_chat(chat)
                if info.type == ChatType.PRIVATE:  # no members there; getChat found the person
                    continue
                member = await bot.get_chat_member(chat, me.id)
            if not _may_post(member, info.type):
                raise ChannelClosed(_NO_RIGHTS.format(chat=chat))

    @asynccontextmanager
    async def calling(self, chat: str = "", *, repeatable: bool) -> AsyncIterator["_Bot"]:
        """The library's bot, for a call about `chat`; what goes wrong inside leaves as a DeliveryError.

        `repeatable`: the call may be made again without harm, so a lost answer is NotAccepted. Cancelling passes.
        """
        try:
            async with asyncio.timeout(self._deadline):
                yield self._bot
        except Exception as error:  # noqa: BLE001 - a post's fate must be told, whatever the library stumbled over
            meaning = _meaning(error, chat, repeatable=repeatable)
            meaning.args = tuple(str(part).replace(self._secret, "…") for part in meaning.args)
            # `from None`: the chain would show the address called, and the token is a part of it.
            raise meaning from None


class _Bot(telegram.Bot):
    """A bot whose name in a log or a traceback is not its token."""

    def __repr__(self) -> str:
        return "Bot[token=…]"

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
                    raise _NoAnswer(max(code, error_code), description)
                raise _Refused(error_code, description, answer.get("parameters"))
        raise _NoAnswer(code, "это не ответ Bot API")


class _Refused(TelegramError):
    """The Bot API understood the request and said no."""

    def __init__(self, code: int, description: str, parameters: object) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    def says(self, words: str) -> bool:
        return bool(words) and re.search(words, self.description.lower()) is not None


class _NoAnswer(TelegramError):
    """What came says neither yes nor no: it is not of a Bot API server, or of one that does not know itself (5xx)."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"HTTP {code}: {reason}")
        self.code = code


def _meaning(error: Exception, chat: str, *, repeatable: bool) -> DeliveryError:
    """What an exception says of the message: the table of the module docstring."""
    match error:
        case _Refused():
            return _refusal(error, chat)
        case _NoAnswer() if 300 <= error.code < 500:
            advice = "проверьте MONITOR_BOT_API_URL и MONITOR_PROXY."
            return ChannelClosed(f"Вместо Telegram отвечает кто-то другой ({error}): {advice}")
    cause = (error.__cause__ if isinstance(error, TelegramError) else None) or error
    reason = str(error) if isinstance(error, _NoAnswer) else f"{type(cause).__name__}: {cause}".rstrip(": ")
    if isinstance(cause, UnicodeEncodeError):  # the text cannot be written down, so it was never sent
        return MessageRejected(f"Сообщение нельзя закодировать: {reason}")
    if isinstance(cause, _UNSENT):
        return NotAccepted(f"Нет связи с Telegram: {reason}")
    if repeatable:
        return NotAccepted(f"Telegram не ответил, удалось ли: {reason}")
    return MaybeAccepted(f"Сообщение отправлено, но Telegram не ответил, принято ли оно: {reason}")


def _refusal(refusal: _Refused, chat: str) -> DeliveryError:
    reason = f"Telegram ответил: {refusal.code} {refusal.description}"
    match refusal.parameters:
        case {"migrate_to_chat_id": int(number)}:
            advice = f"Группа {chat} стала супергруппой, её новый номер {number}: запишите его в настройках."
            return ChannelClosed(f"{advice} {reason}", migrated_to=number)
        case {"retry_after": int(seconds) | float(seconds)} if seconds > 0:
            return NotAccepted(reason, retry_after=timedelta(seconds=min(seconds, _LONGEST_PAUSE)))
    for codes, words, kind, advice in _REFUSALS:
        if refusal.code in codes or refusal.says(words):
            return kind(f"{advice.format(chat=chat)} {reason}")
    return MessageRejected(reason) if refusal.code in (400, 413) else NotAccepted(reason)


def _may_post(member: telegram.ChatMember, chat_type: str) -> bool:
    match member:
        case telegram.ChatMemberOwner():
            return True
        case telegram.ChatMemberAdministrator():
            return chat_type != ChatType.CHANNEL or bool(member.can_post_messages)
        case telegram.ChatMemberRestricted():
            return member.can_send_messages
    return isinstance(member, telegram.ChatMemberMember) and chat_type != ChatType.CHANNEL


def _reply(message_id: int | None) -> telegram.ReplyParameters | None:
    return telegram.ReplyParameters(message_id, allow_sending_without_reply=True) if message_id is not None else None


def _keyboard(buttons: Buttons) -> telegram.InlineKeyboardMarkup | None:
    rows = [[telegram.InlineKeyboardButton(label, callback_data=data) for label, data in row] for row in buttons]
    return telegram.InlineKeyboardMarkup(rows) if rows else None
