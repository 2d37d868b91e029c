"""The commands, one short function each; Russian in what people read. What they do lives below.

Exit codes: 0 done · 1 something asked for failed · 2 a file or a setting must be mended · 3 the database is of
another version · 4 the database cannot be used · 5 another process works on it.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from monitor import app, daemon, health
from monitor.config import feeds as feeds_file
from monitor.config import keywords as keywords_file
from monitor.config.settings import Settings, load_settings
from monitor.database import migrate as migrate_database
from monitor.database import open_engine, require_current_schema
from monitor.errors import ConfigError, MonitorError
from monitor.logs import Redactor, configure
from monitor.matching import rules
from monitor.matching.engine import Matcher
from monitor.matching.explanation import check_examples
from monitor.models import DeliveryState, OutboxRow, Outcome, PollOutcome
from monitor.outbox import Outbox
from monitor.store import Store

cli = typer.Typer(
    help="Следит за новостями об экстрадициях, РВП и вызовах в КНБ и отправляет их в Telegram-канал.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # their traceback shows local values, and a token may be one
)
outbox_cli = typer.Typer(help="Очередь отправки: посмотреть, отправить снова, снять.", no_args_is_help=True)
cli.add_typer(outbox_cli, name="outbox")

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


def show_error(error: MonitorError) -> None:
    """Print an error as the operator or maintainer should read it, without secrets."""
    message = Redactor((os.environ.get("MONITOR_BOT_TOKEN", ""),))(str(error))
    console = Console(stderr=True, highlight=False)
    console.print(Text("Ошибка: ", style="bold red"), Text(message), sep="", soft_wrap=True)


# ── running ─────────────────────────────────────────────────────────────────────────────────────────────────────


@cli.command()
def run(feeds: FeedsFile = None, keywords: KeywordsFile = None) -> None:
    """Работать постоянно: опрашивать ленты и отправлять новости, пока не остановят (Ctrl+C, SIGTERM)."""
    asyncio.run(_run(_start(feeds, keywords)))


async def _run(config: app.Config) -> None:
    finished = await daemon.run(config, ready=lambda parts: _greet(config, parts))
    if not finished:
        # A thread hangs in a call that nothing can interrupt (a locked database), and the event loop would wait
        # for it. What it was doing stands in the database, or does not: the next start goes on from there.
        logging.shutdown()
        sys.stdout.flush()
        os._exit(0)


@cli.command()
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


async def _sweep(config: app.Config, names: Sequence[str]) -> None:
    outcomes: list[PollOutcome] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    async with app.open_parts(config) as parts:
        await _greet(config, parts)
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            bar = progress.add_task("Опрос лент", total=len(names))

            def polled(outcome: PollOutcome) -> None:
                outcomes.append(outcome)
                progress.update(bar, advance=1, description=f"Опрос лент: {outcome.feed}")

            await app.poll_once(parts, names, polled)
        await app.drain_once(parts)
        waiting = await asyncio.to_thread(parts.outbox.rows, _UNSETTLED)
    _show_summary(outcomes, waiting)


_UNSETTLED = (DeliveryState.PENDING, DeliveryState.UNCERTAIN, DeliveryState.REJECTED)


def _show_summary(outcomes: Iterable[PollOutcome], waiting: Sequence[OutboxRow]) -> None:
    console = Console(highlight=False)
    table = Table("Лента", "Новых", "Подошло", "Отклонено", "Итог", title="Опрос лент")
    for outcome in sorted(outcomes, key=lambda one: one.feed):
        new = len(outcome.settled) + len(outcome.matched)
        vetoed = sum(one.outcome is Outcome.VETOED for one in outcome.settled)
        result = (
            Text(outcome.failure, style="red") if outcome.failure else Text("; ".join(outcome.problems) or "хорошо")
        )
        table.add_row(Text(outcome.feed), str(new), str(len(outcome.matched)), str(vetoed), result)
    console.print(table)
    if waiting:
        console.print(f"В очереди осталось: {len(waiting)}")
        _show_rows(waiting)


async def _greet(config: app.Config, parts: app.Parts) -> None:
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
    closed = await parts.check_chats()
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


def _start(feeds: str | None, keywords: str | None, *, level: int = logging.INFO) -> app.Config:
    config = app.load(feeds=feeds, keywords=keywords)
    configure(form=config.settings.log_format, secrets=config.settings.secrets)
    logging.getLogger().setLevel(level)
    return config


# ── checking ────────────────────────────────────────────────────────────────────────────────────────────────────


@cli.command()
def check(feeds: FeedsFile = None, keywords: KeywordsFile = None) -> None:
    """Проверить feeds.yaml и keywords.yaml: все ошибки сразу, и примеры из правил."""
    settings = load_settings(app.environment())
    found = [*_check_feeds(feeds or settings.feeds), *_check_keywords(keywords or settings.keywords)]
    for error in found:
        show_error(error)
    if found:
        raise typer.Exit(ConfigError.exit_code)
    Console(highlight=False).print("Оба файла в порядке, примеры сходятся.")


def _check_feeds(path: str) -> Sequence[ConfigError]:
    return _or_error(lambda: feeds_file.problems(app.read_text(path), file=path))


def _check_keywords(path: str) -> Sequence[ConfigError]:
    def problems() -> Sequence[ConfigError]:
        text = app.read_text(path)
        found = keywords_file.problems(text, file=path)
        if found:
            return found
        loaded = keywords_file.load_keywords(text, file=path)
        return rules.problems(loaded) or check_examples(loaded, Matcher(rules.compile_rules(loaded)))

    return _or_error(problems)


def _or_error(problems: Callable[[], Sequence[ConfigError]]) -> Sequence[ConfigError]:
    try:
        return problems()
    except ConfigError as error:
        return (error,)


@cli.command("health")
def show_health() -> None:
    """Сказать, жив ли работающий монитор: опросы и отправка идут (для HEALTHCHECK контейнера)."""
    engine = open_engine(load_settings(app.environment()).database_url)
    require_current_schema(engine)
    silent = health.silent_jobs(Store(engine).heartbeats(), app.clock())
    for job in silent:
        typer.echo(job)
    raise typer.Exit(1 if silent else 0)


@cli.command()
def migrate() -> None:
    """Привести базу данных к версии этой программы (run и poll делают это сами)."""
    settings = load_settings(app.environment())
    configure(form=settings.log_format, secrets=settings.secrets)
    migrate_database(open_engine(settings.database_url))
    typer.echo("База данных в порядке.")


# ── outbox ──────────────────────────────────────────────────────────────────────────────────────────────────────


@outbox_cli.command("list")
def outbox_list(
    everything: Annotated[bool, typer.Option("--all", help="и отправленные, и снятые")] = False,  # noqa: FBT002 - typer's way to say a flag
) -> None:
    """Показать, что ждёт отправки, что отвергнуто и про что неясно, ушло ли."""
    states = tuple(DeliveryState) if everything else (*_UNSETTLED, DeliveryState.SENDING)
    rows = _outbox().rows(states)
    if rows:
        _show_rows(rows)
    else:
        typer.echo("Очередь пуста.")


@outbox_cli.command("retry")
def outbox_retry(delivery: Annotated[int, typer.Argument(metavar="НОМЕР")]) -> None:
    """Отправить снова: вы посмотрели в канал, и сообщения там нет."""
    _decide(delivery, to=DeliveryState.PENDING, allowed=(DeliveryState.UNCERTAIN, DeliveryState.REJECTED))


@outbox_cli.command("cancel")
def outbox_cancel(delivery: Annotated[int, typer.Argument(metavar="НОМЕР")]) -> None:
    """Снять: сообщение уже в канале или больше не нужно."""
    _decide(delivery, to=DeliveryState.CANCELLED, allowed=_UNSETTLED)


def _decide(delivery: int, *, to: DeliveryState, allowed: Iterable[DeliveryState]) -> None:
    if not _outbox().decide(delivery, allowed=allowed, to=to, now=app.clock()):
        typer.echo(
            f"Записи {delivery} нет, или её состояние этого не допускает. Смотрите: monitor outbox list --all", err=True
        )
        raise typer.Exit(1)
    typer.echo(f"{delivery}: {STATES[to]}")


def _outbox() -> Outbox:
    engine = open_engine(load_settings(app.environment()).database_url)
    require_current_schema(engine)
    return Outbox(engine)


def _show_rows(rows: Iterable[OutboxRow]) -> None:
    table = Table("№", "Чат", "Состояние", "Попыток", "Новость", "Причина")
    for row in rows:
        told = Text(row.title or row.url)
        table.add_row(str(row.id), Text(row.chat), STATES[row.state], str(row.attempts), told, Text(row.error))
    Console(highlight=False, file=sys.stdout).print(table)
