"""JSON Lines as `match` and `evaluate` read them: one object a line, bounded."""

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO

from monitor.errors import ConfigError

STDIN = "-"
LONGEST_LINE = 32 * 1024 * 1024  # bytes; an endless line must not fill the memory

Record = dict[str, Any]


def open_input(path: str) -> AbstractContextManager[BinaryIO]:
    """The stream of a file, or of stdin for `-`. Raises ConfigError when it cannot be opened."""
    if path == STDIN:
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(path).open("rb")
    except FileNotFoundError as error:
        raise ConfigError("такого файла нет; проверьте путь", file=path) from error
    except OSError as error:
        raise ConfigError(f"файл не читается ({error.strerror}); проверьте путь и права", file=path) from error


def numbered_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, counted from 1 with the blank ones; of an overlong one only the beginning."""
    number = 0
    while line := stream.readline(LONGEST_LINE):
        number += 1
        if line.strip():
            yield number, line
        while len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            line = stream.readline(LONGEST_LINE)


def record_of(line: bytes) -> Record:
    """An object with `id`, `title` and `text` (null or missing is "", but not both missing), and what else it has.

    Raises ValueError that says in Russian what is wrong.
    """
    try:
        record = json.loads(line)
    except RecursionError:
        raise ValueError("вложенность слишком глубока") from None
    except ValueError as error:
        raise ValueError(f"это не JSON ({error})") from None
    if not isinstance(record, dict):
        raise ValueError('нужен объект вида {"id": …, "title": …, "text": …}')  # noqa: TRY004 - a line is wrong, no caller
    if "title" not in record and "text" not in record:
        raise ValueError("нет ни title, ни text")
    words = {key: "" if record.get(key) is None else record[key] for key in ("title", "text")}
    wrong = next((key for key, value in words.items() if not isinstance(value, str)), "")
    if wrong:
        raise ValueError(f"{wrong} — не текст")
    return {"id": None, **record, **words}
