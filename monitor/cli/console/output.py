"""What several commands share: words for languages, and the one door for all they say. Loads in no time."""

import json
import os
import sys

from monitor.errors import MonitorError
from monitor.models.outbox import DeliveryState
from monitor.text.unicode import visible
from monitor.text.visible_stream import VisibleStream

UNSETTLED = (DeliveryState.PENDING, DeliveryState.UNCERTAIN, DeliveryState.REJECTED)
LANGUAGES: dict[str | None, str] = {"ru": "русский", "kk": "казахский", None: "другой или неясен"}


def say(text: str, *, err: bool = False) -> None:
    """Print a line."""
    stream = sys.stderr if err else sys.stdout
    stream.write(f"{visible(text)}\n")
    stream.flush()


def print_json(value: object, *, indent: int | None = 2, err: bool = False) -> None:
    """JSON for a program, readable to people too; on one line without `indent`. UTF-8, whatever the locale is.

    It reads back as the same value, what drives terminals (a stray surrogate too) being escaped.
    """
    stream = sys.stderr if err else sys.stdout
    stream.flush()
    stream.buffer.write(f"{visible(json.dumps(value, ensure_ascii=False, indent=indent))}\n".encode())
    stream.buffer.flush()


def written_output() -> VisibleStream:
    """Standard output, for what writes to a file by itself."""
    return VisibleStream(sys.stdout)


def show_error(error: MonitorError) -> None:
    """Print an error as the operator or maintainer should read it, without secrets."""
    _show("Ошибка: ", str(error), style="bold red")


def show_warning(warning: MonitorError) -> None:
    """Print what is allowed but hardly meant."""
    _show("Внимание: ", str(warning), style="bold yellow")


def _show(kind: str, message: str, *, style: str) -> None:
    # They bring the log's library and what draws, which a command in order never needs.
    from rich.text import Text  # noqa: PLC0415 - as above

    from monitor.app.logs import Redactor  # noqa: PLC0415 - as above
    from monitor.cli.console.screen import Screen  # noqa: PLC0415 - as above

    redacted = Redactor((os.environ.get("MONITOR_BOT_TOKEN", ""),))(message)
    Screen(err=True).print(Text(kind, style=style), redacted, sep="", soft_wrap=True)
