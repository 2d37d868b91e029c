"""Working: `run` is the daemon, `poll` one sweep with a table of what it found."""

import asyncio
import logging
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from monitor.app import daemon, startup, sweep, wiring
from monitor.app.logs import configure
from monitor.cli.output import UNSETTLED, FeedsFile, KeywordsFile, show_rows
from monitor.config.settings import Settings
from monitor.errors import ConfigError
from monitor.models.articles import Outcome
from monitor.models.outbox import OutboxRow
from monitor.models.stories import PollOutcome
from monitor.polling.judge import count_new

_Row = tuple[str, str, str, str, Text]  # feed, new, matched, vetoed, result


def run(feeds: FeedsFile = None, keywords: KeywordsFile = None) -> None:
    """Работать постоянно: опрашивать ленты и отправлять новости, пока не остановят (Ctrl+C, SIGTERM)."""
    asyncio.run(_run(_start(feeds, keywords)))


async def _run(config: startup.Config) -> None:
    finished = await daemon.run(config, ready=lambda components: _show_mode(config, components))
    if not finished:
        # A thread hangs in a call that nothing can interrupt (a locked database), and the event loop would wait
        # for it. What it was doing stands in the database, or does not: the next start goes on from there.
        logging.shutdown()
        sys.stdout.flush()
        os._exit(0)


def poll(
    names: Annotated[list[str] | None, typer.Argument(metavar="[ЛЕНТА]...", help="имена лент; без них - все")] = None,
    feeds: FeedsFile = None,
    keywords: KeywordsFile = None,
) -> None:
    """Опросить ленты один раз, отправить найденное и показать итог."""
    config = _start(feeds, keywords, level=logging.ERROR)
    known = [feed.name for feed in config.feeds]
    unknown = [name for name in names or () if name not in known]
    if unknown:
        raise ConfigError(f"такой ленты нет; есть: {', '.join(known)}", file=config.feeds_file, key=unknown[0])
    asyncio.run(_sweep(config, names or known))


async def _sweep(config: startup.Config, names: Sequence[str]) -> None:
    rows: list[_Row] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    async with wiring.open_components(config) as components:
        await _show_mode(config, components)
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            bar = progress.add_task("Опрос лент", total=len(names))

            def polled(outcome: PollOutcome) -> None:
                rows.append(_row(outcome))
                progress.update(bar, advance=1, description=f"Опрос лент: {outcome.feed}")

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
    console = Console(highlight=False)
    table = Table("Лента", "Новых", "Подошло", "Отклонено", "Итог", title="Опрос лент")
    for feed, *counts, result in sorted(rows, key=lambda row: row[0]):
        table.add_row(Text(feed), *counts, result)
    console.print(table)
    if waiting:
        console.print(f"В очереди осталось: {len(waiting)}")
        show_rows(waiting)


async def _show_mode(config: startup.Config, components: wiring.Components) -> None:
    """Say in which mode the monitor works, and what is missing to go live."""
    console = Console(stderr=True, highlight=False)
    settings = config.settings
    for name in config.unknown_settings:
        console.print(
            Text(f"Внимание: настройки {name} не существует, она ничего не меняет (список: docs/operating.md)")
        )
    if not settings.live:
        console.print(Panel(_preview_advice(settings), title="Режим просмотра", border_style="yellow"))
        return
    closed = await components.check_chats()
    if closed:
        text = Text(f"{closed}\nНовости собираются и уйдут в канал сами, как только это будет исправлено.")
        console.print(Panel(text, title="Канал пока недоступен", border_style="red"))


def _preview_advice(settings: Settings) -> Text:
    missing = " и ".join(settings.missing)
    return Text(
        f"Не задано: {missing}. Новости показываются здесь, в Telegram ничего не уходит.\n"
        "Чтобы начать отправку:\n"
        "  1. Создайте бота у @BotFather и сделайте его администратором канала с правом писать.\n"
        "  2. Впишите в файл .env: MONITOR_BOT_TOKEN=… и MONITOR_CHANNEL=@имя_канала\n"
        "  3. Запустите снова."
    )


def _start(feeds: str | None, keywords: str | None, *, level: int = logging.INFO) -> startup.Config:
    config = startup.load(feeds=feeds, keywords=keywords)
    configure(form=config.settings.log_format, secrets=config.settings.secrets)
    logging.getLogger().setLevel(level)
    return config
