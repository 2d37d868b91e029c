"""The Telegram channel: post, edit, and ask whether posting is possible. The one file that knows python-telegram-bot.

Every failure leaves as a `DeliveryError`, and the question it answers is always the same: may Telegram have posted
the message? The library's own exceptions blur that (a refusal and a lost answer may be the same class), so the
answer is read here before the library reads it:

    what happened                                         post              edit
    connection never opened                               NotAccepted       NotAccepted
    request written, no Bot API answer (200 or 5xx)       MaybeAccepted     NotAccepted (to edit again is harmless)
    no Bot API answer, 3xx or 4xx: a portal, a proxy      ChannelClosed     ChannelClosed
    429, 5xx and the rest, in the Bot API's words         NotAccepted       NotAccepted
    401, 403, 404; chat or rights are wrong; migrated     ChannelClosed     ChannelClosed
    400 «message is not modified»                         -                 done
    400 «message to edit not found», «can't be edited»    -                 MessageGone
    400 anything else, 413                                MessageRejected   MessageRejected

Sources: the Bot API documentation ("Making requests", ResponseParameters) and the texts in the public source of the
Bot API server. Nothing here retries, waits or counts: that is the outbox's work.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from types import TracebackType
from typing import Any, Final, Self

import httpx
from telegram import (
    Bot,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberRestricted,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.constants import ChatType, ParseMode
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from monitor.errors import ChannelClosed, DeliveryError, MaybeAccepted, MessageGone, MessageRejected, NotAccepted
from monitor.models.outbox import Buttons, ChatIdentity

_CONNECT_SECONDS: Final = 10
_PATIENCE: Final = timedelta(seconds=30)  # the library's 5 is short under load, and each timeout is a post in doubt
_LONGEST_PAUSE: Final = timedelta(days=1)

# Small, because headline and sentence already stand in the post; not off, because the preview carries Instant View,
# which opens articles whose sites are blocked where the reader is.
_PREVIEW: Final = LinkPreviewOptions(prefer_small_media=True)

# httpx says by these that no byte of the request was written.
_UNSENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)

_NOT_MODIFIED: Final = "message is not modified"
_GONE: Final = ("message to edit not found", "message_id_invalid", "message identifier is not specified")
_FIXED: Final = ("message can't be edited", "message_edit_time_expired")
_CHAT_UNKNOWN: Final = (
    "chat not found",
    "chat_id is empty",
    "peer_id_invalid",
    "channel_invalid",
    "upgraded to a supergroup",  # and no new number with it
)
_RIGHTS_MISSING: Final = (
    "not enough rights",
    "no rights to",
    "need administrator rights",
    "administrator rights required",
    "chat_write_forbidden",
    "chat_admin_required",
    "chat_restricted",
    "chat_send_plain_forbidden",
    "channel_private",
    "group chat was deactivated",
    "member list is inaccessible",
    "user not found",
    "topic_closed",
    "message thread not found",
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
        self._request = _Request(
            connection_pool_size=8,
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=seconds,
            write_timeout=seconds,
            pool_timeout=seconds,
            proxy=proxy,
            # A kept connection gone stale would turn a harmless failure into a post in doubt.
            httpx_kwargs={"limits": httpx.Limits(max_connections=8, max_keepalive_connections=0)},
        )
        self._bot = _Bot(
            token,
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=self._request,
            get_updates_request=self._request,
        )

    async def __aenter__(self) -> Self:
        await self._request.initialize()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Not the bot's own shutdown: it closes the connections only after a getMe that we never ask for.
        await self._request.shutdown()

    async def post(
        self, chat: str, html: str, *, silent: bool = False, reply_to: int | None = None, buttons: Buttons = ()
    ) -> int:
        """Post Telegram HTML to a chat (`@name` or its number) and return the message's id.

        `silent` rings no bell. `reply_to` is the message it answers; one that was deleted meanwhile is no error.

        Raises NotAccepted, MaybeAccepted, MessageRejected, ChannelClosed.
        """
        async with self.calling(chat, repeatable=False) as bot:
            message = await bot.send_message(
                chat,
                html,
                parse_mode=ParseMode.HTML,
                link_preview_options=_PREVIEW,
                disable_notification=silent,
                reply_parameters=_reply(reply_to),
                reply_markup=_keyboard(buttons),
            )
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

    async def identify(self, chat: str) -> ChatIdentity:
        """Which chat of Telegram's this is: two names of one chat have one number.

        Raises NotAccepted, ChannelClosed.
        """
        async with self.calling(chat, repeatable=True) as bot:
            known = await bot.get_chat(chat)
        return ChatIdentity(number=str(known.id), name=f"@{known.username}" if known.username else "")

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
                if refusal.says(*_GONE):
                    return False
                if not refusal.says(_NOT_MODIFIED, *_FIXED):
                    raise
        return True

    async def check(self, chats: Iterable[str]) -> None:
        """Ask whether the token is good and the bot may write to each chat.

        Raises ChannelClosed with what the operator must do, or NotAccepted when Telegram cannot be reached.
        """
        async with self.calling(repeatable=True) as bot:
            me = await bot.get_me()
        for chat in chats:
            async with self.calling(chat, repeatable=True) as bot:
                known = await bot.get_chat(chat)
                if known.type == ChatType.PRIVATE:  # no members there; getChat found the person
                    continue
                member = await bot.get_chat_member(chat, me.id)
            if not _may_post(member, known.type):
                raise ChannelClosed(_rights_advice(chat))

    @asynccontextmanager
    async def calling(self, chat: str = "", *, repeatable: bool) -> AsyncIterator[Bot]:
        """The library's bot for one call (about `chat`); what goes wrong inside leaves as a DeliveryError.

        `repeatable`: to make the call again does no harm, so a lost answer is a NotAccepted. Cancelling passes.
        """
        try:
            async with asyncio.timeout(self._deadline):
                yield self._bot
        except Exception as error:  # noqa: BLE001 - a post's fate must be told, whatever the library stumbled over
            # `from None`: the chain would show the address called, and the token is a part of it.
            raise self._redacted(_fate(error, chat, repeatable=repeatable)) from None

    def _redacted(self, error: DeliveryError) -> DeliveryError:
        error.args = tuple(str(part).replace(self._secret, "…") for part in error.args)
        return error


class _Bot(Bot):
    """A bot whose name in a log or a traceback is not its token."""

    def __repr__(self) -> str:
        return "Bot[token=…]"


class _Request(HTTPXRequest):
    """Reads the answer before the library does, so that a refusal is told apart from an answer that is none."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        code, payload = await super().do_request(*args, **kwargs)
        _require_result(code, payload)
        return code, payload


class _Refused(TelegramError):
    """The Bot API understood the request and said no."""

    def __init__(self, code: int, description: str, parameters: object) -> None:
        super().__init__(description)
        self.code, self.description = code, description
        self.parameters = parameters if isinstance(parameters, dict) else {}

    def says(self, *texts: str) -> bool:
        return any(text in self.description.lower() for text in texts)


class _NoAnswer(TelegramError):
    """What came is no answer of a Bot API server."""

    def __init__(self, code: int) -> None:
        super().__init__(f"HTTP {code}, и это не ответ Bot API")
        self.code = code


def _require_result(code: int, payload: bytes) -> None:
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError):
        answer = None
    match answer:
        case {"ok": True, "result": _} if code < 300:
            return
        case {"ok": False, "error_code": int(error_code), "description": str(description)}:
            raise _Refused(error_code, description, answer.get("parameters"))
    raise _NoAnswer(code)


def _fate(error: Exception, chat: str, *, repeatable: bool) -> DeliveryError:
    """What an exception says of the message: the table of the module docstring."""
    match error:
        case _Refused():
            return _refusal(error, chat)
        case _NoAnswer() if 300 <= error.code < 500:
            return ChannelClosed(
                f"Вместо Telegram отвечает кто-то другой ({error}): проверьте MONITOR_BOT_API_URL и MONITOR_PROXY."
            )
    cause = (error.__cause__ if isinstance(error, TelegramError) else None) or error
    told = str(error) if isinstance(error, _NoAnswer) else f"{type(cause).__name__}: {cause}".rstrip(": ")
    if isinstance(cause, UnicodeEncodeError):  # the text cannot be written down, so it was never sent
        return MessageRejected(f"Сообщение нельзя закодировать: {told}")
    if isinstance(cause, _UNSENT):
        return NotAccepted(f"Нет связи с Telegram: {told}")
    if repeatable:
        return NotAccepted(f"Telegram не ответил: {told}")
    return MaybeAccepted(f"Сообщение отправлено, но ответа Telegram нет: {told}")


def _refusal(refusal: _Refused, chat: str) -> DeliveryError:
    told = f"Telegram ответил: {refusal.code} {refusal.description}"
    if advice := _advice(refusal, chat):
        return ChannelClosed(f"{advice} {told}", migrated_to=_migrated_to(refusal))
    if refusal.code not in (400, 413):
        return NotAccepted(told, retry_after=_retry_after(refusal))
    if refusal.says(*_GONE):
        return MessageGone(f"Поста в канале больше нет (его удалили), пусть так и будет. {told}")
    if refusal.says(*_FIXED):
        return MessageGone(f"Пост больше нельзя править, он остаётся, как есть. {told}")
    return MessageRejected(told)


def _advice(refusal: _Refused, chat: str) -> str:
    """What the operator must do before anything can be posted; "" when the trouble is not of that kind."""
    if refusal.code in (401, 404):
        return "Telegram не признаёт токен бота: проверьте MONITOR_BOT_TOKEN (токен выдаёт @BotFather)."
    if (new := _migrated_to(refusal)) is not None:
        return f"Группа {chat} стала супергруппой, её новый номер {new}: запишите его в настройках."
    if refusal.code == 403 or refusal.says(*_RIGHTS_MISSING):
        return _rights_advice(chat)
    if refusal.says(*_CHAT_UNKNOWN):
        return f"Чат {chat} не найден: проверьте его имя в настройках и добавьте туда бота."
    return ""


def _rights_advice(chat: str) -> str:
    return f"Бот не может писать в {chat}: добавьте его администратором с правом публиковать сообщения."


def _migrated_to(refusal: _Refused) -> int | None:
    new = refusal.parameters.get("migrate_to_chat_id")
    return new if isinstance(new, int) else None


def _retry_after(refusal: _Refused) -> timedelta | None:
    seconds = refusal.parameters.get("retry_after")
    if not isinstance(seconds, int | float) or seconds <= 0:
        return None
    return timedelta(seconds=min(seconds, _LONGEST_PAUSE.total_seconds()))


def _may_post(member: ChatMember, chat_type: str) -> bool:
    match member:
        case ChatMemberAdministrator() if chat_type == ChatType.CHANNEL:
            return bool(member.can_post_messages)
        case ChatMemberRestricted():
            return member.can_send_messages
    others = (ChatMember.MEMBER,) if chat_type != ChatType.CHANNEL else ()
    return member.status in (ChatMember.OWNER, ChatMember.ADMINISTRATOR, *others)


def _reply(message_id: int | None) -> ReplyParameters | None:
    return ReplyParameters(message_id, allow_sending_without_reply=True) if message_id is not None else None


def _keyboard(buttons: Buttons) -> InlineKeyboardMarkup | None:
    rows = [[InlineKeyboardButton(label, callback_data=data) for label, data in row] for row in buttons]
    return InlineKeyboardMarkup(rows) if rows else None
