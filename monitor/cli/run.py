"""Working: `run` is the daemon, `poll` one sweep with a table of what it found."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import Annotated
from unicodedata import normalize

import typer
import uvloop
from rich.table import Table
from rich.text import Text

from monitor.app import startup, sweep, wiring
from monitor.app.environment import clock
from monitor.cli.console.options import ChannelsFile, FeedsFile, KeywordsFile
from monitor.cli.console.output import UNSETTLED
from monitor.cli.console.screen import Screen, progress, show_rows
from monitor.cli.run_daemon import run_daemon, show_mode, start
from monitor.errors import ConfigError
from monitor.models.articles import Outcome
from monitor.models.outbox import OutboxRow
from monitor.models.stories import PollOutcome

_TOLD = (Outcome.POSTED, Outcome.VETOED, Outcome.UNMATCHED)  # of what is new; the rest is old
_Row = tuple[str, Sequence[int], Text, str]  # feed, how many entries of each kind, how it went, what went wrong


def run(feeds: FeedsFile = None, keywords: KeywordsFile = None, channels: ChannelsFile = None) -> None:
    """Работать постоянно: опрашивать ленты и отправлять новости, пока не остановят (Ctrl+C, SIGTERM)."""
    run_daemon(feeds, keywords, channels)


def poll(
    names: Annotated[list[str] | None, typer.Argument(metavar="[ЛЕНТА]...", help="имена лент; без них - все")] = None,
    feeds: FeedsFile = None,
    keywords: KeywordsFile = None,
    channels: ChannelsFile = None,
) -> None:
    """Опросить ленты один раз, отправить найденное и показать итог."""
    config = start(feeds, keywords, channels, level=logging.ERROR)
    known = [feed.name for feed in config.feeds]
    names = [normalize("NFC", name) for name in names or ()]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ConfigError(f"такой ленты нет; есть: {', '.join(known)}", file=config.feeds_file, key=unknown[0])
    uvloop.run(_sweep(config, names or [feed.name for feed in config.feeds if not feed.is_paused(clock())]))


async def _sweep(config: startup.Config, names: Sequence[str]) -> None:
    rows: list[_Row] = []
    async with wiring.open_components(config) as components:
        await show_mode(config, components)
        with progress("Опрос лент", len(names)) as done:

            def polled(outcome: PollOutcome) -> None:
                rows.append(_row(outcome))
                done(outcome.feed)

            await sweep.poll_once(components, names, polled)
        await sweep.drain_once(components)
        waiting = await asyncio.to_thread(components.store.outbox.rows, UNSETTLED)
    _show_summary(rows, waiting)


def _row(outcome: PollOutcome) -> _Row:
    """What the table shows of a poll, without the texts that it brought."""
    became = [one.outcome for one in (*outcome.urgent, *outcome.settled, *outcome.matched)]
    new_counts = [became.count(kind) for kind in _TOLD]
    counts = (len(became), *new_counts, len(became) - sum(new_counts))
    went = Text("не вышло", style="red") if outcome.failure else Text("с замечаниями" if outcome.problems else "хорошо")
    return outcome.feed, counts, went, outcome.failure or "; ".join(outcome.problems)


def _show_summary(rows: Iterable[_Row], waiting: Sequence[OutboxRow]) -> None:
    screen = Screen()
    table = Table("Лента", "Новых", "Подошло", "Запрет", "Мимо", "Старых", "Итог", title="Опрос лент")
    ordered = sorted(rows, key=lambda row: row[0])
    for feed, counts, went, _ in ordered:
        table.add_row(feed, *map(str, counts), went)
    screen.print(table)
    for feed, _, _, wrong in ordered:
        if wrong:
            screen.print(f"«{feed}»: {wrong}")
    if waiting:
        screen.print(f"В очереди осталось: {len(waiting)}")
        show_rows(waiting)
