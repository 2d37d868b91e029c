"""What surrounds the program: the clock, the environment with `.env`, files of maintainers and operators.

Light on purpose: every command begins here, and most of them need neither network nor database.
"""

import os
import platform
import secrets
import time
from datetime import UTC, datetime
from pathlib import Path

from monitor.config.settings import wanted_files
from monitor.errors import ConfigError
from monitor.models.clock import Clock

LARGEST = 50_000_000  # bytes of a file that is read whole: a list of any length is smaller, a device is not


class SystemClock:
    """The machine's clock (`Clock` of models/clock.py)."""

    def __call__(self) -> datetime:
        """The time, aware UTC."""
        return datetime.now(UTC)

    def steady(self) -> datetime:
        """The machine's monotonic clock."""
        return datetime.fromtimestamp(time.monotonic(), UTC)


clock: Clock = SystemClock()


def worker_name() -> str:
    """What this process is called among those that share a database: in a container, the container's name."""
    return platform.node()


def new_secret() -> str:
    """What nobody can guess: 256 bits, as letters that an address takes."""
    return secrets.token_urlsafe(32)


def environment() -> dict[str, str]:
    """The environment over `.env`, with the contents of `MONITOR_…_FILE` put in. Raises ConfigError."""
    given = {**_dotenv(), **os.environ}
    return given | {name: read_text(path).strip() for name, path in wanted_files(given).items()}


def _dotenv() -> dict[str, str]:
    if not Path(".env").exists():
        return {}
    from dotenv import dotenv_values  # noqa: PLC0415 - a container has no such file

    return {name: value or "" for name, value in dotenv_values(".env").items()}


def read_text(path: str) -> str:
    """A maintainer's or operator's file. Raises ConfigError with advice when it cannot be read."""
    return as_text(read_bytes(path), path)


def as_text(content: bytes, path: str) -> str:
    """The text of a file's bytes, line ends made equal. Raises ConfigError when it is not UTF-8."""
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise ConfigError("файл не в UTF-8; сохраните его в этой кодировке", file=path) from error


def read_bytes(path: str) -> bytes:
    """A file of any kind. Raises ConfigError with advice when it cannot be read."""
    try:
        with Path(path).open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except FileNotFoundError as error:
        raise ConfigError("такого файла нет; проверьте путь", file=path) from error
    except OSError as error:
        raise ConfigError(f"файл не читается ({error.strerror}); проверьте путь и права", file=path) from error
    if len(content) > LARGEST:
        raise ConfigError(f"файл больше {LARGEST // 1_000_000} МБ: это не он; проверьте путь", file=path)
    return content
