"""Working: `run` is the daemon, `poll` one sweep with a table of what it found."""

import asyncio
import logging
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from operator import attrgetter
from typing import Annotated
from unicodedata import normalize
from zoneinfo import ZoneInfo

import typer
import uvloop
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from monitor.app import daemon, startup, sweep, wiring
from monitor.app.environment import clock
from monitor.app.logs import configure
from monitor.cli.output import UNSETTLED, ChannelsFile, FeedsFile, KeywordsFile, Screen, progress, show_rows
from monitor.config.settings import Settings
from monitor.errors import ConfigError
from monitor.models.articles import Outcome
from monitor.models.outbox import OutboxRow
from monitor.models.stories import PollOutcome
from monitor.polling.judge import count_new

OUTAGE_SHOWS_WITHIN = 120.0  # seconds after the start; a later outage is an alarm
ROUND = 2.0  # seconds in which the other polls of that moment are recorded, so that the next one is known
_Row = tuple[str, str, str, str, Text]  # feed, new, matched, vetoed, result


def run(feeds: FeedsFile = None, keywords: KeywordsFile = None, channels: ChannelsFile = None) -> None:
    """Работать постоянно: опрашивать ленты и отправлять новости, пока не остановят (Ctrl+C, SIGTERM)."""
    uvloop.run(_run(_start(feeds, keywords, channels)))


async def _run(config: startup.Config) -> None:
    finished = await daemon.run(config, ready=lambda components: _greet(config, components))
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
    channels: ChannelsFile = None,
) -> None:
    """Опросить ленты один раз, отправить найденное и показать итог."""
    config = _start(feeds, keywords, channels, level=logging.ERROR)
    known = [feed.name for feed in config.feeds]
    names = [normalize("NFC", name) for name in names or ()]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ConfigError(f"такой ленты нет; есть: {', '.join(known)}", file=config.feeds_file, key=unknown[0])
    uvloop.run(_sweep(config, names or [feed.name for feed in config.feeds if not feed.is_paused(clock())]))


async def _sweep(config: startup.Config, names: Sequence[str]) -> None:
    rows: list[_Row] = []
    async with wiring.open_components(config) as components:
        await _show_mode(config, components)
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


async def _greet(config: startup.Config, components: wiring.Components) -> None:
    """What the daemon is about to do; and, when there is no network, that once."""
    screen = Screen(err=True)
    screen.print(await _schedule(config, components))
    await _show_mode(config, components)
    with suppress(TimeoutError):
        async with asyncio.timeout(OUTAGE_SHOWS_WITHIN):
            while not components.outage.is_down:  # noqa: ASYNC110 - a value of the pure core, that cannot be waited for
                await asyncio.sleep(0.5)
            await asyncio.sleep(ROUND)
            screen.print(Panel(await _outage(config, components), title="Сети нет", border_style="red"))


async def _outage(config: startup.Config, components: wiring.Components) -> Text:
    lost, total = len(components.outage.unreachable()), len(components.feeds)
    return Text(
        f"Не отвечают {lost} из {total} лент: похоже, сеть пропала у нас. Проверьте сеть, DNS и MONITOR_PROXY.\n"
        "Каждая лента опрашивается снова раз в минуту, лентам это не в счёт. Работа продолжится сама,\n"
        "до тех пор журнал молчит о неудачах.\n" + await _schedule(config, components)
    )


async def _schedule(config: startup.Config, components: wiring.Components) -> str:
    """How many feeds are due, and when the next one will be, by the operator's clock."""
    now = clock()
    feeds = await asyncio.to_thread(components.store.feeds.health, now)
    later = [feed for feed in feeds if feed.due_at > now]
    due = [f"сейчас пора опросить {len(feeds) - len(later)}"] if len(later) < len(feeds) else []
    if first := min(later, key=attrgetter("due_at"), default=None):
        at = first.due_at.astimezone(ZoneInfo(config.settings.timezone))
        due.append(f"следующий опрос в {at:%H:%M} ({first.name})")
    return ", ".join([f"Лент {len(feeds)}", *due])


async def _show_mode(config: startup.Config, components: wiring.Components) -> None:
    """Say in which mode the monitor works, and what is missing to go live."""
    screen = Screen(err=True)
    settings = config.settings
    for name in config.unknown_settings:
        screen.print(f"Внимание: настройки {name} не существует, она ничего не меняет (список: docs/operating.md)")
    if not settings.live:
        screen.print(Panel(_preview_advice(settings), title="Режим просмотра", border_style="yellow"))
        return
    closed = await components.check_chats()
    if closed:
        text = Text(f"{closed}\nНовости собираются и уйдут в канал сами, как только это будет исправлено.")
        screen.print(Panel(text, title="Канал пока недоступен", border_style="red"))


def _preview_advice(settings: Settings) -> Text:
    missing = " и ".join(settings.missing)
    return Text(
        f"Не задано: {missing}. Новости показываются здесь, в Telegram ничего не уходит.\n"
        "Чтобы начать отправку:\n"
        "  1. Создайте бота у @BotFather и сделайте его администратором канала с правом писать.\n"
        "  2. Впишите в файл .env: MONITOR_BOT_TOKEN=… и MONITOR_CHANNEL=@имя_канала\n"
        "  3. Запустите снова."
    )


def _start(
    feeds: str | None, keywords: str | None, channels: str | None, *, level: int = logging.INFO
) -> startup.Config:
    config = startup.load(feeds=feeds, keywords=keywords, channels=channels)
    configure(form=config.settings.log_format, secrets=config.settings.secrets)
    logging.getLogger().setLevel(level)
    return config
