"""What several commands share: their options, the words for states, tables, errors. No command lives here."""

import os
import sys
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.errors import MonitorError
from monitor.logs import Redactor
from monitor.models import DeliveryState, OutboxRow

FeedsFile = Annotated[str | None, typer.Option("--feeds", metavar="ФАЙЛ", help="список лент вместо feeds.yaml")]
KeywordsFile = Annotated[str | None, typer.Option("--keywords", metavar="ФАЙЛ", help="правила вместо keywords.yaml")]

STATES = {
    DeliveryState.PENDING: "ждёт отправки",
    DeliveryState.SENDING: "отправляется",
    DeliveryState.SENT: "отправлено",
    DeliveryState.UNCERTAIN: "неясно, ушло ли",
    DeliveryState.REJECTED: "Telegram отверг",
    DeliveryState.CANCELLED: "снято",
}
UNSETTLED = (DeliveryState.PENDING, DeliveryState.UNCERTAIN, DeliveryState.REJECTED)


def show_error(error: MonitorError) -> None:
    """Print an error as the operator or maintainer should read it, without secrets."""
    message = Redactor((os.environ.get("MONITOR_BOT_TOKEN", ""),))(str(error))
    console = Console(stderr=True, highlight=False)
    console.print(Text("Ошибка: ", style="bold red"), Text(message), sep="", soft_wrap=True)


def show_rows(rows: Iterable[OutboxRow]) -> None:
    table = Table("№", "Чат", "Состояние", "Попыток", "Новость", "Причина")
    for row in rows:
        told = Text(row.title or row.url)
        table.add_row(str(row.id), Text(row.chat), STATES[row.state], str(row.attempts), told, Text(row.error))
    Console(highlight=False, file=sys.stdout).print(table)
