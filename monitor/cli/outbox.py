"""`outbox list|retry|cancel`: what waits to be sent, and what an operator decides about it."""

from collections.abc import Iterable
from typing import Annotated

import typer

from monitor.app.environment import clock, environment
from monitor.cli.console.output import UNSETTLED, say
from monitor.cli.console.screen import show_rows
from monitor.config.settings import load_settings
from monitor.models.labels import STATES
from monitor.models.outbox import DeliveryState
from monitor.storage.database import open_usable
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.tables import LARGEST_ID

outbox_cli = typer.Typer(
    help="Очередь отправки: посмотреть, отправить снова, снять.", no_args_is_help=True, add_completion=False
)


Number = Annotated[int, typer.Argument(metavar="НОМЕР", min=1, max=LARGEST_ID)]


@outbox_cli.command("list")
def outbox_list(*, everything: Annotated[bool, typer.Option("--all", help="и отправленные, и снятые")] = False) -> None:
    """Показать, что ждёт отправки, что отвергнуто и про что неясно, ушло ли."""
    states = tuple(DeliveryState) if everything else (*UNSETTLED, DeliveryState.SENDING)
    rows = _outbox().rows(states)
    if rows:
        show_rows(rows)
    else:
        say("Очередь пуста.")


@outbox_cli.command("retry")
def outbox_retry(delivery: Number) -> None:
    """Отправить снова: вы посмотрели в канал, и сообщения там нет."""
    _decide(delivery, to=DeliveryState.PENDING, allowed=(DeliveryState.UNCERTAIN, DeliveryState.REJECTED))


@outbox_cli.command("cancel")
def outbox_cancel(delivery: Number) -> None:
    """Снять: сообщение уже в канале или больше не нужно."""
    _decide(delivery, to=DeliveryState.CANCELLED, allowed=UNSETTLED)


def _decide(delivery: int, *, to: DeliveryState, allowed: Iterable[DeliveryState]) -> None:
    if not _outbox().decide(delivery, allowed=allowed, to=to, now=clock()):
        say(
            f"Записи {delivery} нет, или её состояние этого не допускает. Смотрите: monitor outbox list --all", err=True
        )
        raise typer.Exit(1)
    say(f"{delivery}: {STATES[to]}")


def _outbox() -> Outbox:
    return Outbox(open_usable(load_settings(environment()).database_url))
