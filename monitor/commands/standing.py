"""`status`: how the feeds, the outbox and the delays stand, at a glance."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.config.settings import load_settings
from monitor.database import open_engine, require_usable_schema
from monitor.environment import clock, environment
from monitor.outbox import Outbox
from monitor.outgoing import DeliveryState
from monitor.reviews import Reviews, Waiting
from monitor.store import Store
from monitor.vitals import FeedHealth, OutboxSummary
from monitor.wording import STATES, TROUBLES

LATELY = timedelta(hours=24)


def status(
    as_json: Annotated[bool, typer.Option("--json", help="для программ")] = False,  # noqa: FBT002 - typer's way to say a flag
) -> None:
    """Показать, как дела: ленты, очередь отправки, задержки."""
    engine = open_engine(load_settings(environment()).database_url)
    require_usable_schema(engine)
    now = clock()
    health, outbox = Store(engine).feed_health(now), Outbox(engine).summary(now - LATELY)
    waiting = Reviews(engine).waiting()
    if as_json:
        typer.echo(json.dumps(_as_data(health, outbox, waiting), ensure_ascii=False, indent=2))
    else:
        _show(health, outbox, now)
        _show_waiting(waiting)


def _show(health: Sequence[FeedHealth], outbox: OutboxSummary, now: datetime) -> None:
    console = Console(highlight=False)
    troubled = [one for one in health if one.troubles or one.failure]
    never = sum(one.polled_at is None for one in health)
    well = len(health) - len(troubled) - sum(one.polled_at is None and one not in troubled for one in health)
    console.print(f"Ленты: {len(health)}, в порядке {well}, с замечаниями {len(troubled)}, ещё не опрошены {never}")
    if troubled:
        table = Table("Лента", "Что с ней", "Неудач", "Опрос", "Новое", "Следующий")
        for one in sorted(troubled, key=lambda one: -one.failures):
            instants = (_ago(one.polled_at, now), _ago(one.habit.news_at, now), _ahead(one.next_poll_at, now))
            table.add_row(Text(one.name), Text(_told(one)), str(one.failures or ""), *instants)
        console.print(table)
    console.print("Очередь: " + (", ".join(_counted(outbox.counts)) or "пуста"))
    if outbox.oldest_pending_at:
        console.print(f"Дольше всех ждёт отправки: {_span(now - outbox.oldest_pending_at)}")
    for what, delays in (("от публикации до находки", outbox.found_after), ("от находки до канала", outbox.sent_after)):
        if delays:
            console.print(
                f"За сутки {what}: обычно {_span(delays[len(delays) // 2])}, дольше всего {_span(delays[-1])}"
            )


def _told(one: FeedHealth) -> str:
    return "; ".join([*(TROUBLES[trouble] for trouble in one.troubles), *([one.failure] if one.failure else [])])


def _counted(counts: Mapping[str, int]) -> Sequence[str]:
    return [f"{STATES[state]} {counts[state]}" for state in DeliveryState if state in counts]


def _span(duration: timedelta) -> str:
    minutes = int(duration.total_seconds() // 60)
    if minutes < 1:
        return f"{max(int(duration.total_seconds()), 0)} с"
    if minutes < 120:
        return f"{minutes} мин"
    return f"{minutes // 60} ч" if minutes < 48 * 60 else f"{minutes // (24 * 60)} дн"


def _ago(at: datetime | None, now: datetime) -> str:
    return f"{_span(now - at)} назад" if at else "—"


def _ahead(at: datetime, now: datetime) -> str:
    return f"через {_span(at - now)}" if at > now else "сейчас"


def _show_waiting(waiting: Waiting) -> None:
    if waiting.open or waiting.expired:
        typer.echo(f"Ждут решения редактора: {waiting.open}, не проверено вовремя: {waiting.expired}")


def _as_data(health: Sequence[FeedHealth], outbox: OutboxSummary, waiting: Waiting) -> Mapping[str, Any]:
    """The shape is written down in docs/operating.md."""
    return {
        "feeds": [
            {
                "name": one.name,
                "troubles": list(one.troubles),
                "failure": one.failure,
                "failure_kind": one.failure_kind,
                "failures": one.failures,
                "polled_at": _stamp(one.polled_at),
                "succeeded_at": _stamp(one.succeeded_at),
                "news_at": _stamp(one.habit.news_at),
                "next_poll_at": _stamp(one.next_poll_at),
                "notices": list(one.habit.notices),
            }
            for one in health
        ],
        "outbox": {str(state): count for state, count in outbox.counts.items()},
        "reviews": {"open": waiting.open, "expired": waiting.expired},
        "oldest_pending_at": _stamp(outbox.oldest_pending_at),
        "delays": {
            "found_after_seconds": [round(delay.total_seconds()) for delay in outbox.found_after],
            "sent_after_seconds": [round(delay.total_seconds()) for delay in outbox.sent_after],
        },
    }


def _stamp(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
