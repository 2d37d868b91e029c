"""What several commands share: their options, words for languages, and the one door for all they print."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from monitor.errors import ConfigError, MonitorError
from monitor.models.labels import STATES
from monitor.models.outbox import DeliveryState, OutboxRow
from monitor.text.unicode import visible
from monitor.text.visible_stream import VisibleStream

FeedsFile = Annotated[str | None, typer.Option("--feeds", metavar="ФАЙЛ", help="список лент вместо feeds.yaml")]
KeywordsFile = Annotated[str | None, typer.Option("--keywords", metavar="ФАЙЛ", help="правила вместо keywords.yaml")]
ChannelsFile = Annotated[str | None, typer.Option("--channels", metavar="ФАЙЛ", help="каналы вместо channels.yaml")]
Since = Annotated[str, typer.Option(metavar="СРОК", help="за сколько времени: 12h, 30d, 8w")]
AsJson = Annotated[bool, typer.Option("--json", help="для программ: JSON вместо текста")]

_PERIOD = re.compile(r"([1-9]\d{0,3})([hdw])", re.ASCII)
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
UNSETTLED = (DeliveryState.PENDING, DeliveryState.UNCERTAIN, DeliveryState.REJECTED)
LANGUAGES: dict[str | None, str] = {"ru": "русский", "kk": "казахский", None: "другой или неясен"}


class Screen(Console):
    """Where commands draw tables and coloured lines. What is drawn is data: no markup, nothing drives the terminal."""

    def __init__(self, *, err: bool = False) -> None:
        # Past the guard of main: our own colours must reach the terminal.
        file = sys.stderr.stream if err and isinstance(sys.stderr, VisibleStream) else None
        super().__init__(file=file, stderr=err, markup=False, emoji=False, highlight=False)

    def render_str(self, text: str, **options: Any) -> Text:
        """Texts are made visible before they are measured, so that tables stay straight."""
        return super().render_str(visible(text), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """What goes to the terminal, whatever it was made of."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(visible(segment.text), segment.style)


def say(text: str, *, err: bool = False) -> None:
    """Print a line."""
    typer.echo(visible(text), err=err)


def print_json(value: object, *, indent: int | None = 2, err: bool = False) -> None:
    """JSON for a program, readable to people too; on one line without `indent`. UTF-8, whatever the locale is.

    It reads back as the same value, what drives terminals (a stray surrogate too) being escaped.
    """
    typer.echo(visible(json.dumps(value, ensure_ascii=False, indent=indent)).encode(), err=err)


def written_output() -> VisibleStream:
    """Standard output, for what writes to a file by itself."""
    return VisibleStream(sys.stdout)


@contextmanager
def progress(doing: str, total: int) -> Iterator[Callable[[str], None]]:
    """A bar on stderr while so many things are done; what it gives is called with the name of each that is."""
    # A bar is for `poll` and the like: `run` and `check` have none, and it is a megabyte.
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415 - as above

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Screen(err=True), transient=True) as bar:
        task = bar.add_task(doing, total=total)
        yield lambda name: bar.update(task, advance=1, description=visible(f"{doing}: {name}"))


def period_of(written: str) -> timedelta:
    """How long a `Since` is. Raises ConfigError."""
    match = _PERIOD.fullmatch(written.strip())
    if match is None:
        raise ConfigError(f"«{written}»: пишут так: 12h, 30d или 8w", file="--since")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def show_error(error: MonitorError) -> None:
    """Print an error as the operator or maintainer should read it, without secrets."""
    _show("Ошибка: ", str(error), style="bold red")


def show_warning(warning: MonitorError) -> None:
    """Print what is allowed but hardly meant."""
    _show("Внимание: ", str(warning), style="bold yellow")


def _show(kind: str, message: str, *, style: str) -> None:
    from monitor.app.logs import Redactor  # noqa: PLC0415 - brings the log's library, which a command in order never needs

    redacted = Redactor((os.environ.get("MONITOR_BOT_TOKEN", ""),))(message)
    Screen(err=True).print(Text(kind, style=style), redacted, sep="", soft_wrap=True)


def show_rows(rows: Iterable[OutboxRow]) -> None:
    """Print rows of the outbox as a table."""
    table = Table("№", "Чат", "Состояние", "Попыток", "Новость", "Причина")
    for row in rows:
        table.add_row(str(row.id), row.chat, STATES[row.state], str(row.attempts), row.title or row.url, row.error)
    Screen().print(table)
