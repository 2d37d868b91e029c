"""The operator's settings: `MONITOR_…` variables as one frozen value. Reads a mapping, never the environment.

docs/operating.md documents every variable; tests/test_house.py keeps the two lists equal.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from monitor.config import hours
from monitor.config.setting_values import READERS, split_list
from monitor.errors import ConfigError

PREFIX = "MONITOR_"
IN_FILE = "_FILE"
TERMINAL = "terminal"  # the chat name of preview mode


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)  # some are secrets
class Settings:
    """The settings. Field `bot_token` is `MONITOR_BOT_TOKEN`, and so on; `given` names those that were set.

    Use `load_settings` to make one.
    """

    given: frozenset[str] = frozenset()

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
    http_port: int = 0  # 0: no health and metrics over HTTP
    http_host: str = "127.0.0.1"
    desk_port: int = 0  # 0: no desk
    desk_host: str = "127.0.0.1"
    desk_url: str = ""  # the desk's address for maintainers; "": this machine's
    heartbeat_url: str = ""
    log_format: Literal["text", "json"] = "text"
    keep_days: int = 90  # of texts that no rule matched
    evidence_dir: str = "data/evidence"
    evidence_keep: str = ""  # how long copies of pages are kept; "": for ever
    timestamp_url: str = ""  # authorities of RFC 3161, separated by blanks or commas
    timestamp_ca: str = ""  # PEM file of their root certificates
    announce_changes: bool = False
    pinned_index: bool = False  # keep a pinned message in the channel: open cases, the week's stories
    site_dir: str = ""  # folder of the public archive; "": none
    site_url: str = ""  # the archive's address, for feeds and previews

    @property
    def hours(self) -> hours.Hours:
        return hours.Hours(
            zone=self.timezone,
            quiet=hours.read_quiet(self.quiet_hours),
            digest_at=hours.read_time(self.digest_at),
            weekly_at=hours.read_weekly(self.weekly_at),
        )

    @property
    def resend_after(self) -> timedelta | None:
        """How long a post in doubt waits before it is sent again; None: it never is."""
        return hours.read_duration(self.uncertain_resend_after)

    @property
    def review_patience(self) -> timedelta:
        """How long a question waits for a maintainer before it expires."""
        return hours.read_duration(self.review_expires) or timedelta(days=1)

    @property
    def evidence_kept_for(self) -> timedelta | None:
        """How long the bytes of copies are kept; None: for ever."""
        return hours.read_duration(self.evidence_keep)

    @property
    def timestamp_authorities(self) -> tuple[str, ...]:
        """Addresses of the authorities that sign the times of captures."""
        return split_list(self.timestamp_url)

    @property
    def desk_address(self) -> str:
        """The desk's address for maintainers; "" if there is no desk."""
        return self.desk_url or f"http://127.0.0.1:{self.desk_port}" if self.desk_port else ""

    @property
    def wants_channels(self) -> bool:
        """Whether the operator named channels.yaml; if not, it may be absent."""
        return "channels" in self.given

    @property
    def live(self) -> bool:
        """Whether posts go to Telegram; without token or channel they are shown in the terminal."""
        return bool(self.bot_token and self.channel)

    @property
    def chat(self) -> str:
        """The chat for stories of tier `post`: the channel, or the terminal in preview mode."""
        return self.channel if self.live else TERMINAL

    @property
    def chats(self) -> tuple[str, ...]:
        ours = (self.channel, self.review_chat, self.operator_chat)
        return tuple(dict.fromkeys(chat for chat in ours if chat)) if self.live else (TERMINAL,)

    @property
    def missing(self) -> tuple[str, ...]:
        """The variables still needed to go live."""
        needed = {"MONITOR_BOT_TOKEN": self.bot_token, "MONITOR_CHANNEL": self.channel}
        return tuple(name for name, value in needed.items() if not value)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Values that must never appear in any output."""
        halves = (self.bot_token, self.bot_token.partition(":")[2])
        # Who knows the heartbeat's address can keep the outside watch quiet.
        heartbeat = (self.heartbeat_url, urlsplit(self.heartbeat_url).path.strip("/"))
        passwords = (*_passwords(self.proxy), *_passwords(self.database_url))
        return tuple(secret for secret in dict.fromkeys((*halves, *heartbeat, *passwords)) if secret)


def _passwords(url: str) -> tuple[str, ...]:
    """Return the passwords in an address, as written and decoded."""
    parts = urlsplit(url)
    return (parts.password or "", unquote(parts.password or ""), *parse_qs(parts.query).get("password", ()))


KNOWN = frozenset(PREFIX + one.name.upper() for one in fields(Settings) if one.name != "given")


def unknown_names(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return `MONITOR_…` variables that are no settings: perhaps misspelt, worth a warning at start-up."""
    return tuple(name for name in environ if name.startswith(PREFIX) and name.removesuffix(IN_FILE) not in KNOWN)


def wanted_files(environ: Mapping[str, str]) -> dict[str, str]:
    """Return settings whose value is in a file: `MONITOR_BOT_TOKEN_FILE=/x` gives `{"MONITOR_BOT_TOKEN": "/x"}`."""
    return {
        name.removesuffix(IN_FILE): path
        for name, path in environ.items()
        if name.startswith(PREFIX) and name.endswith(IN_FILE) and path.strip()
    }


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read the `MONITOR_…` variables (file contents already put in). Raises ConfigError naming each wrong one.

    An empty value means "not set"; variables that are no settings are ignored (`unknown_names` lists them).
    """
    written = {
        name.removeprefix(PREFIX).lower(): value.strip()
        for name, value in environ.items()
        if name in KNOWN and value.strip()
    }
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for name, value in written.items():
        try:
            values[name] = READERS.get(name, str)(value)
        except ValueError as error:  # the error's text is advice, and never the value
            wrong.append(f"{PREFIX}{name.upper()}: {error}")
    if wrong:
        raise ConfigError("\n".join(wrong), file="переменные окружения")
    return Settings(**values, given=frozenset(written))
