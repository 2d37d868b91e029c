"""What a failed call of the Bot API says of the message.

Every failure leaves `client.py` as a `DeliveryError`, and the question it answers is always the same: may Telegram have
posted the message? The library's own exceptions blur that (a refusal and a lost answer may be the same class), so the
answer is read before the library reads it:

    what happened                                         post              edit
    connection never opened                               NotAccepted       NotAccepted
    request written, no Bot API answer                    MaybeAccepted     NotAccepted (to edit again is harmless)
    5xx, whatever it says: a Bot API server that          MaybeAccepted     NotAccepted
      restarts says 500 of messages it has handed on
    no Bot API answer, 3xx or 4xx: a portal, a proxy      ChannelClosed     ChannelClosed
    429 and the rest, in the Bot API's words              NotAccepted       NotAccepted
    401, 403, 404, 409; chat or rights wrong; migrated;   ChannelClosed     ChannelClosed
      the topic of a forum closed or gone
    400 «message is not modified»                         -                 done
    400 «message to edit not found», «can't be edited»    -                 MessageGone
    400 «message to delete not found», «to pin» likewise  -                 MessageGone
    400 on what a post answers or quotes                  posted without    -
    400 anything else, 413                                MessageRejected   MessageRejected

Sources: the Bot API documentation ("Making requests", ResponseParameters) and the texts in the public source of the
Bot API server.
"""

import re
from datetime import timedelta
from typing import Final

from httpx import ConnectError, ConnectTimeout, InvalidURL, PoolTimeout, ProxyError, UnsupportedProtocol
from telegram.error import TelegramError

from monitor.errors import ChannelClosed, DeliveryError, MaybeAccepted, MessageGone, MessageRejected, NotAccepted
from monitor.text.chat_names import chat_of, rename_chat, topic_of

_LONGEST_PAUSE: Final = 86_400  # seconds

# httpx says by these that no byte of the request was written.
_UNSENT: Final = (ConnectError, ConnectTimeout, PoolTimeout, ProxyError, UnsupportedProtocol, InvalidURL)

# What the description of a refusal says, in lower case (patterns).
NOT_MODIFIED: Final = "message is not modified"
GONE: Final = "message to (?:edit|delete|pin) not found|message_id_invalid|message identifier is not specified"
FIXED: Final = "message can't be edited|message_edit_time_expired"
_KEPT: Final = "message can't be deleted|message_delete_forbidden"
_CHAT_WORDS: Final = "chat not found|chat_id is empty|peer_id_invalid|channel_invalid|upgraded to a supergroup"
_RIGHTS_WORDS: Final = (
    "not enough rights|no rights to|need administrator rights|administrator rights required"
    "|chat_write_forbidden|chat_admin_required|chat_restricted|chat_send_plain_forbidden|chat_send_photos_forbidden|channel_private"
    "|group chat was deactivated|member list is inaccessible|user not found"
)
_TOPIC_CLOSED: Final = "topic_closed"
_TOPIC_GONE: Final = "message thread not found|topic_deleted|topic_id_invalid"
WRONG_QUOTE: Final = "quote_text_invalid|quote not found"
NOTHING_TO_ANSWER: Final = "message to be replied not found|reply message not found|reply_message_id_invalid"

# What the operator reads.
_UNKNOWN_BOT: Final = "Telegram не признаёт токен бота: проверьте MONITOR_BOT_TOKEN (токен выдаёт @BotFather)."
NO_RIGHTS: Final = "Бот не может писать в {chat}: добавьте его администратором с правом публиковать сообщения."
_WEBHOOK: Final = (
    "У бота включён webhook другой программы: выключите её и откройте https://api.telegram.org/bot<токен>/deleteWebhook"
)
_OTHER_READER: Final = (
    "Обновления бота читает другая программа с тем же токеном: остановите её или выпустите новый токен у @BotFather."
)
_UNKNOWN_CHAT: Final = "Чат {chat} не найден: проверьте его имя в настройках и добавьте туда бота."
_CLOSED_TOPIC: Final = "Тема {topic} в {chat} закрыта: откройте её или дайте боту право управлять темами."
_NO_TOPIC: Final = (
    "Темы {topic} в {chat} нет: её удалили, или число после «/» не то (оно стоит в ссылке на тему: t.me/имя/число)."
)
NO_FORUM: Final = "В {chat} темы не включены: включите их в настройках группы или уберите «/{topic}» из её имени."
NO_POST: Final = "Поста в канале больше нет (его удалили), пусть так и будет."
_STAYS: Final = "Telegram не даёт боту удалить пост: ему больше двух суток, или у бота нет на это прав."

# Codes, or words of the description → what the refusal is; the first row that fits counts.
_REFUSALS: Final[tuple[tuple[tuple[int, ...], str, type[DeliveryError], str], ...]] = (
    ((), "while webhook is active", ChannelClosed, _WEBHOOK),
    ((401, 404), "", ChannelClosed, _UNKNOWN_BOT),
    ((409,), "", ChannelClosed, _OTHER_READER),
    ((), _KEPT, MessageRejected, _STAYS),
    ((), _TOPIC_CLOSED, ChannelClosed, _CLOSED_TOPIC),
    ((), _TOPIC_GONE, ChannelClosed, _NO_TOPIC),
    ((403,), _RIGHTS_WORDS, ChannelClosed, NO_RIGHTS),
    ((), _CHAT_WORDS, ChannelClosed, _UNKNOWN_CHAT),
    ((), GONE, MessageGone, NO_POST),
    ((), FIXED, MessageGone, "Пост больше нельзя править, он остаётся, как есть."),
)


class Refused(TelegramError):
    """The Bot API understood the request and said no."""

    def __init__(self, code: int, description: str, parameters: object) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    def says(self, words: str) -> bool:
        """Whether the description fits a pattern in lower case; "" fits none."""
        return bool(words) and re.search(words, self.description.lower()) is not None


class NoAnswer(TelegramError):
    """What came says neither yes nor no: it is not of a Bot API server, or of one that does not know itself (5xx)."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"HTTP {code}: {reason}")
        self.code = code


def read_failure(error: Exception, chat: str, *, repeatable: bool) -> DeliveryError:
    """What an exception says of the message: the table of the module docstring."""
    match error:
        case Refused():
            return _refusal(error, chat)
        case NoAnswer() if 300 <= error.code < 500:
            advice = "проверьте MONITOR_BOT_API_URL и MONITOR_PROXY."
            return ChannelClosed(f"Вместо Telegram отвечает кто-то другой ({error}): {advice}")
    cause = (error.__cause__ if isinstance(error, TelegramError) else None) or error
    reason = str(error) if isinstance(error, NoAnswer) else f"{type(cause).__name__}: {cause}".rstrip(": ")
    if isinstance(cause, UnicodeEncodeError):  # the text cannot be written down, so it was never sent
        return MessageRejected(f"Сообщение нельзя закодировать: {reason}")
    if isinstance(cause, _UNSENT):
        return NotAccepted(f"Нет связи с Telegram: {reason}")
    if repeatable:
        return NotAccepted(f"Telegram не ответил, удалось ли: {reason}")
    return MaybeAccepted(f"Сообщение отправлено, но Telegram не ответил, принято ли оно: {reason}")


def _refusal(refusal: Refused, chat: str) -> DeliveryError:
    reason = f"Telegram ответил: {refusal.code} {refusal.description}"
    match refusal.parameters:
        case {"migrate_to_chat_id": int(number)}:
            new = rename_chat(chat, str(number))
            advice = f"Группа {chat} стала супергруппой, её новый номер {new}: запишите его в настройках."
            return ChannelClosed(f"{advice} {reason}", migrated_to=number)
        case {"retry_after": int(seconds) | float(seconds)} if seconds > 0:
            return NotAccepted(reason, retry_after=timedelta(seconds=min(seconds, _LONGEST_PAUSE)))
    for codes, words, kind, advice in _REFUSALS:
        if refusal.code in codes or refusal.says(words):
            return kind(f"{for_chat(advice, chat)} {reason}")
    return MessageRejected(reason) if refusal.code in (400, 413) else NotAccepted(reason)


def for_chat(advice: str, chat: str) -> str:
    """An advice to the operator, about this chat."""
    return advice.format(chat=chat_of(chat), topic=topic_of(chat) or "«General»")
