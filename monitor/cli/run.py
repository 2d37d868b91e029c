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
from monitor.polling.judge import count_new

_Row = tuple[str, str, str, str, Text]  # feed, new, matched, vetoed, result


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
    new, matched = count_new(outcome)
    vetoed = sum(one.outcome is Outcome.VETOED for one in (*outcome.urgent, *outcome.settled))
    result = outcome.failure or "; ".join(outcome.problems) or "хорошо"
    return outcome.feed, str(new), str(matched), str(vetoed), Text(result, style="red" if outcome.failure else "")


def _show_summary(rows: Iterable[_Row], waiting: Sequence[OutboxRow]) -> None:
    screen = Screen()
    table = Table("Лента", "Новых", "Подошло", "Отклонено", "Итог", title="Опрос лент")
    for feed, *counts, result in sorted(rows, key=lambda row: row[0]):
        table.add_row(feed, *counts, result)
    screen.print(table)
    if waiting:
        screen.print(f"В очереди осталось: {len(waiting)}")
        show_rows(waiting)
