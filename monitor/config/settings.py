"""The operator's settings: `MONITOR_…` variables as one frozen value. Reads a mapping, never the environment.

docs/operating.md documents every variable; tests/test_house.py keeps the two lists equal.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from monitor.config import hours
from monitor.errors import ConfigError

PREFIX = "MONITOR_"
IN_FILE = "_FILE"
TERMINAL = "terminal"  # the chat name of preview mode

_TOKEN = re.compile(r"\w+:[\w-]+", re.ASCII)
_DAYS = re.compile(r"[1-9]\d{0,3} ?d", re.ASCII)
CHAT = re.compile(r"@[A-Za-z]\w{3,}|-?\d+", re.ASCII)
CHAT_ADVICE = "пишите @имя_канала или его числовой номер, например -1001234567890"


class Settings(BaseModel):
    """What the operator may set. Field `bot_token` is `MONITOR_BOT_TOKEN`, and so on."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    bot_token: str = ""
    channel: str = ""
    review_chat: str = ""
    operator_chat: str = ""
    database_url: str = "sqlite:///data/monitor.db"
    feeds: str = "feeds.yaml"
    keywords: str = "keywords.yaml"
    channels: str = "channels.yaml"
    bot_api_url: str = ""
    telegram_preview_url: str = "https://t.me"
    uncertain_resend_after: str = ""
    review_expires: str = "24h"
    timezone: str = "Asia/Almaty"
    quiet_hours: str = ""
    digest_at: str = ""
    weekly_at: str = ""
    proxy: str = ""
    allow_private_addresses: bool = False
    contact: str = ""
    http_port: int = Field(default=0, ge=0, le=65535)  # 0: no health and metrics over HTTP
    http_host: str = "127.0.0.1"
    desk_port: int = Field(default=0, ge=0, le=65535)  # 0: no desk
    desk_host: str = "127.0.0.1"
    desk_url: str = ""  # its address for maintainers; empty: this machine's
    heartbeat_url: str = ""
    log_format: Literal["text", "json"] = "text"
    keep_days: int = Field(default=90, ge=1, le=3650)  # of texts that no rule matched
    evidence_dir: str = "data/evidence"
    evidence_keep: str = ""  # how long copies of pages are kept; empty: for ever
    timestamp_url: str = ""  # authorities of RFC 3161, with blanks or commas between
    timestamp_ca: str = ""  # a file of their root certificates, PEM
    announce_changes: bool = False
    pinned_index: bool = False  # the channel has a pinned message: open cases, the week's stories
    site_dir: str = ""  # where the public archive is kept fresh; empty: nowhere
    site_url: str = ""  # its address, for feeds and previews

    @field_validator("bot_token")
    @classmethod
    def _token_shape(cls, token: str) -> str:
        if token and not _TOKEN.fullmatch(token):
            raise ValueError("это не похоже на токен бота; возьмите его у @BotFather, он вида 123456789:AAE…")
        return token

    @field_validator("channel", "review_chat", "operator_chat")
    @classmethod
    def _chat_shape(cls, chat: str) -> str:
        if not chat or CHAT.fullmatch(chat):
            return chat
        raise ValueError(CHAT_ADVICE)

    @field_validator("bot_api_url", "telegram_preview_url", "proxy")
    @classmethod
    def _address_shape(cls, url: str) -> str:
        schemes = ("http", "https", "socks5", "socks5h")
        if url and (urlsplit(url).scheme not in schemes or not urlsplit(url).hostname):
            raise ValueError("нужен адрес вида http://127.0.0.1:8081")
        return url.rstrip("/")

    @field_validator("heartbeat_url")
    @classmethod
    def _page_shape(cls, url: str) -> str:
        if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
            raise ValueError("нужен адрес вида https://сайт/путь")
        return url

    @field_validator("site_url")
    @classmethod
    def _site_shape(cls, url: str) -> str:
        cls._page_shape(url)
        return f"{url.rstrip('/')}/" if url else ""

    @field_validator("desk_url")
    @classmethod
    def _desk_shape(cls, url: str) -> str:
        cls._page_shape(url)
        if urlsplit(url).path.strip("/") or "?" in url or "#" in url:
            raise ValueError("нужен адрес без пути, вида https://desk.сайт")
        return url.rstrip("/")

    @field_validator("timestamp_url")
    @classmethod
    def _addresses_shape(cls, written: str) -> str:
        for url in _listed(written):
            cls._page_shape(url)
        return written

    @field_validator("uncertain_resend_after", "review_expires")
    @classmethod
    def _duration_shape(cls, written: str) -> str:
        hours.read_duration(written)
        return written

    @field_validator("evidence_keep")
    @classmethod
    def _days_shape(cls, written: str) -> str:
        if written and not _DAYS.fullmatch(written):
            raise ValueError("пишите число дней: 90d или 730d; пусто — хранить всегда")
        return written

    @field_validator("timezone")
    @classmethod
    def _zone_shape(cls, written: str) -> str:
        return hours.read_zone(written)

    @field_validator("quiet_hours")
    @classmethod
    def _span_shape(cls, written: str) -> str:
        hours.read_quiet(written)
        return written

    @field_validator("digest_at")
    @classmethod
    def _time_shape(cls, written: str) -> str:
        hours.read_time(written)
        return written

    @field_validator("weekly_at")
    @classmethod
    def _weekday_shape(cls, written: str) -> str:
        hours.read_weekly(written)
        return written

    @property
    def hours(self) -> hours.Hours:
        """`timezone`, `quiet_hours`, `digest_at` and `weekly_at` as one value."""
        return hours.Hours(
            zone=self.timezone,
            quiet=hours.read_quiet(self.quiet_hours),
            digest_at=hours.read_time(self.digest_at),
            weekly_at=hours.read_weekly(self.weekly_at),
        )

    @property
    def resend_after(self) -> timedelta | None:
        """How long a post in doubt waits before it goes out once more; None: for ever."""
        return hours.read_duration(self.uncertain_resend_after)

    @property
    def review_patience(self) -> timedelta:
        """How long a question waits for a maintainer before it counts as undecided."""
        return hours.read_duration(self.review_expires) or timedelta(days=1)

    @property
    def evidence_kept_for(self) -> timedelta | None:
        """How long the bytes of copies are kept; None: for ever."""
        return hours.read_duration(self.evidence_keep)

    @property
    def timestamp_authorities(self) -> tuple[str, ...]:
        """The addresses of those who sign the time of a capture."""
        return _listed(self.timestamp_url)

    @property
    def desk_address(self) -> str:
        """Where maintainers find the desk; "" while there is none."""
        return self.desk_url or f"http://127.0.0.1:{self.desk_port}" if self.desk_port else ""

    @property
    def wants_channels(self) -> bool:
        """Whether the operator named the file of further destinations; else it may be absent."""
        return "channels" in self.model_fields_set

    @property
    def live(self) -> bool:
        """Whether posts go to Telegram; without token or channel they are shown in the terminal."""
        return bool(self.bot_token and self.channel)

    @property
    def chat(self) -> str:
        """The chat that gets the stories of tier `post`: the channel, or the terminal in preview mode."""
        return self.channel if self.live else TERMINAL

    @property
    def chats(self) -> tuple[str, ...]:
        """Every chat that is written to."""
        ours = (self.channel, self.review_chat, self.operator_chat)
        return tuple(dict.fromkeys(chat for chat in ours if chat)) if self.live else (TERMINAL,)

    @property
    def missing(self) -> tuple[str, ...]:
        """The variables still needed to go live."""
        needed = {"MONITOR_BOT_TOKEN": self.bot_token, "MONITOR_CHANNEL": self.channel}
        return tuple(name for name, value in needed.items() if not value)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never stand in any output."""
        halves = (self.bot_token, self.bot_token.partition(":")[2])
        # Whoever knows the address of the heartbeat can keep the outside watch quiet.
        heartbeat = (self.heartbeat_url, urlsplit(self.heartbeat_url).path.strip("/"))
        passwords = (*_passwords(self.proxy), *_passwords(self.database_url))
        return tuple(secret for secret in dict.fromkeys((*halves, *heartbeat, *passwords)) if secret)


def _listed(written: str) -> tuple[str, ...]:
    return tuple(written.replace(",", " ").split())


def _passwords(url: str) -> tuple[str, ...]:
    """The passwords in an address, as written and as meant."""
    parts = urlsplit(url)
    return (parts.password or "", unquote(parts.password or ""), *parse_qs(parts.query).get("password", ()))


KNOWN = frozenset(PREFIX + name.upper() for name in Settings.model_fields)


def unknown_names(environ: Mapping[str, str]) -> tuple[str, ...]:
    """`MONITOR_…` variables that are no setting: perhaps a slip of the pen, worth a warning at start-up."""
    return tuple(name for name in environ if name.startswith(PREFIX) and name.removesuffix(IN_FILE) not in KNOWN)


def wanted_files(environ: Mapping[str, str]) -> dict[str, str]:
    """Settings whose value lies in a file: for `MONITOR_BOT_TOKEN_FILE=/x` this is `{"MONITOR_BOT_TOKEN": "/x"}`."""
    return {
        name.removesuffix(IN_FILE): path
        for name, path in environ.items()
        if name.startswith(PREFIX) and name.endswith(IN_FILE) and path.strip()
    }


def load_settings(environ: Mapping[str, str], *, where: str = "переменные окружения") -> Settings:
    """Read the `MONITOR_…` variables (file contents already put in). Raises ConfigError naming the variable.

    An empty value means "not set"; variables that are no setting are left out (`unknown_names` lists them).
    """
    given = {
        name.removeprefix(PREFIX).lower(): value.strip()
        for name, value in environ.items()
        if name in KNOWN and value.strip()
    }
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise ConfigError(_advice(first["type"], first["msg"], first.get("ctx", {})), file=where, key=name) from None


def _advice(kind: str, message: str, bounds: Mapping[str, object]) -> str:
    known = {
        "bool_parsing": "пишите 1 или 0",
        "literal_error": "пишите text или json",
        "int_parsing": "пишите число, например 90",
        "less_than_equal": f"число должно быть не больше {bounds.get('le')}",
        "greater_than_equal": f"число должно быть не меньше {bounds.get('ge')}",
    }
    return known.get(kind, message.removeprefix("Value error, "))
