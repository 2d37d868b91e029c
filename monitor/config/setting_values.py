"""Readers of `MONITOR_…` values.

Every reader raises ValueError with advice, which never shows the value: it may be a secret.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from monitor.config import hours

CHAT = re.compile(r"@[A-Za-z]\w{3,}|-?\d+", re.ASCII)
CHAT_ADVICE = "пишите @имя_канала или его числовой номер, например -1001234567890"

_TOKEN = re.compile(r"\w+:[\w-]+", re.ASCII)
_DAYS = re.compile(r"[1-9]\d{0,3} ?d", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_YES, _NO = frozenset({"1", "true", "t", "yes", "y", "on"}), frozenset({"0", "false", "f", "no", "n", "off"})


def split_list(written: str) -> tuple[str, ...]:
    """Split a list at blanks or commas."""
    return tuple(written.replace(",", " ").split())


def _token(written: str) -> str:
    if not _TOKEN.fullmatch(written):
        raise ValueError("это не похоже на токен бота; возьмите его у @BotFather, он вида 123456789:AAE…")
    return written


def _chat(written: str) -> str:
    if not CHAT.fullmatch(written):
        raise ValueError(CHAT_ADVICE)
    return written


def _address(written: str) -> str:
    if not _is_address(written, "http", "https", "socks5", "socks5h"):
        raise ValueError("нужен адрес вида http://127.0.0.1:8081")
    return written.rstrip("/")


def _page(written: str) -> str:
    if not _is_address(written, "http", "https"):
        raise ValueError("нужен адрес вида https://сайт/путь")
    return written


def _is_address(written: str, *schemes: str) -> bool:
    try:
        parts = urlsplit(written)
    except ValueError:  # the error's text would show the value
        return False
    return parts.scheme in schemes and bool(parts.hostname)


def _site(written: str) -> str:
    return f"{_page(written).rstrip('/')}/"


def _desk(written: str) -> str:
    if urlsplit(_page(written))._replace(scheme="", netloc="").geturl().strip("/"):
        raise ValueError("нужен адрес без пути, вида https://desk.сайт")
    return written.rstrip("/")


def _pages(written: str) -> str:
    for url in split_list(written):
        _page(url)
    return written


def _days(written: str) -> str:
    if not _DAYS.fullmatch(written):
        raise ValueError("пишите число дней: 90d или 730d; пусто — хранить всегда")
    return written


def _format(written: str) -> str:
    if written not in ("text", "json"):
        raise ValueError("пишите text или json")
    return written


def _flag(written: str) -> bool:
    if written.lower() not in _YES | _NO:
        raise ValueError("пишите 1 или 0")
    return written.lower() in _YES


def _number(written: str, *, least: int, most: int) -> int:
    if not _NUMBER.fullmatch(written):
        raise ValueError("пишите число, например 90")
    number = int(written)
    if not least <= number <= most:
        bound = f"не меньше {least}" if number < least else f"не больше {most}"
        raise ValueError(f"число должно быть {bound}")
    return number


def _checked(read: Callable[[str], object]) -> Callable[[str], str]:
    """Make a reader that returns the value as written, if `read` accepts it."""

    def check(written: str) -> str:
        read(written)
        return written

    return check


READERS: Mapping[str, Callable[[str], Any]] = {
    "bot_token": _token,
    "channel": _chat,
    "review_chat": _chat,
    "operator_chat": _chat,
    "bot_api_url": _address,
    "telegram_preview_url": _address,
    "proxy": _address,
    "heartbeat_url": _page,
    "site_url": _site,
    "desk_url": _desk,
    "timestamp_url": _pages,
    "uncertain_resend_after": _checked(hours.read_duration),
    "review_expires": _checked(hours.read_duration),
    "evidence_keep": _days,
    "timezone": hours.read_zone,
    "quiet_hours": _checked(hours.read_quiet),
    "digest_at": _checked(hours.read_time),
    "weekly_at": _checked(hours.read_weekly),
    "log_format": _format,
    "allow_private_addresses": _flag,
    "announce_changes": _flag,
    "pinned_index": _flag,
    "http_port": partial(_number, least=0, most=65535),
    "desk_port": partial(_number, least=0, most=65535),
    "keep_days": partial(_number, least=1, most=3650),
}
"""Readers by setting; a value of any other setting is taken as written."""
