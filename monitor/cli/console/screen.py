"""What is drawn in a terminal: tables, frames, coloured lines, a bar.

Brings rich; a command that only says lines does without (output.py).
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.panel import Panel
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from monitor.models.labels import STATES
from monitor.models.outbox import OutboxRow
from monitor.text.unicode import visible
from monitor.text.visible_stream import VisibleStream


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


def show_framed(text: str, *, title: str, colour: str) -> None:
    """Draw a message in a frame, on stderr."""
    Screen(err=True).print(Panel(Text(text), title=title, border_style=colour))


@contextmanager
def progress(doing: str, total: int) -> Iterator[Callable[[str], None]]:
    """A bar on stderr while so many things are done; what it gives is called with the name of each that is."""
    # A bar is for `poll` and the like: `run` and `check` have none, and it is a megabyte.
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415 - as above

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Screen(err=True), transient=True) as bar:
        task = bar.add_task(doing, total=total)
        yield lambda name: bar.update(task, advance=1, description=visible(f"{doing}: {name}"))


def show_rows(rows: Iterable[OutboxRow]) -> None:
    """Print rows of the outbox as a table."""
    table = Table("№", "Чат", "Состояние", "Попыток", "Новость", "Причина")
    for row in rows:
        table.add_row(str(row.id), row.chat, STATES[row.state], str(row.attempts), row.title or row.url, row.error)
    Screen().print(table)
