"""What several commands share: their options, words for tiers and languages, JSON, tables of the outbox, errors."""

import json
import os
import re
import sys
from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.errors import ConfigError, MonitorError
from monitor.models.articles import Tier
from monitor.models.labels import STATES
from monitor.models.outbox import DeliveryState, OutboxRow

FeedsFile = Annotated[str | None, typer.Option("--feeds", metavar="ФАЙЛ", help="список лент вместо feeds.yaml")]
KeywordsFile = Annotated[str | None, typer.Option("--keywords", metavar="ФАЙЛ", help="правила вместо keywords.yaml")]
Since = Annotated[str, typer.Option(metavar="СРОК", help="за сколько времени: 12h, 30d, 8w")]
AsJson = Annotated[bool, typer.Option("--json", help="для программ: JSON вместо текста")]

_PERIOD = re.compile(r"([1-9]\d{0,3})([hdw])", re.ASCII)
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
UNSETTLED = (DeliveryState.PENDING, DeliveryState.UNCERTAIN, DeliveryState.REJECTED)
TIERS = {Tier.POST: "сразу в канал", Tier.REVIEW: "сначала редактору", Tier.NONE: "не подходит"}
LANGUAGES: dict[str | None, str] = {"ru": "русский", "kk": "казахский", None: "другой или неясен"}


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

    console = Console(stderr=True, highlight=False)
    redacted = Redactor((os.environ.get("MONITOR_BOT_TOKEN", ""),))(message)
    console.print(Text(kind, style=style), Text(redacted), sep="", soft_wrap=True)


def print_json(value: object, *, indent: int | None = 2) -> None:
    """JSON for a program, readable to people too; on one line without `indent`."""
    typer.echo(json_bytes(value, indent=indent))


def json_bytes(value: object, *, indent: int | None = None) -> bytes:
    """UTF-8; a stray surrogate stays the escape that it came as."""
    return json.dumps(value, ensure_ascii=False, indent=indent).encode(errors="backslashreplace")


def show_rows(rows: Iterable[OutboxRow]) -> None:
    """Print rows of the outbox as a table."""
    table = Table("№", "Чат", "Состояние", "Попыток", "Новость", "Причина")
    for row in rows:
        name = Text(row.title or row.url)
        table.add_row(str(row.id), Text(row.chat), STATES[row.state], str(row.attempts), name, Text(row.error))
    Console(highlight=False, file=sys.stdout).print(table)
