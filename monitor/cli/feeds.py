"""The list of feeds: `feeds add` finds one, `import` and `export` exchange lists, `check --online` tries all."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import typer
from rich.table import Table
from rich.text import Text

from monitor.app import startup
from monitor.app.environment import clock, environment, read_text
from monitor.cli.console.options import FeedsFile
from monitor.cli.console.output import print_json, say, written_output
from monitor.cli.console.screen import Screen, progress
from monitor.cli.matching.jsonl import STDIN, open_input
from monitor.config import feed_writer
from monitor.config.feeds import load_feeds
from monitor.config.settings import Settings, load_settings
from monitor.edits.feeds.feed_import import ComparedList, compare
from monitor.edits.files import FileContent, read_file, unchanged_file, write_whole
from monitor.errors import ConfigError, FeedError
from monitor.models.feeds import Feed, FeedKind
from monitor.models.labels import moment
from monitor.sources import checkup, discovery
from monitor.sources.checkup import Checkup
from monitor.sources.discovery import FoundFeed
from monitor.sources.feeds import opml
from monitor.text import urls

feeds_cli = typer.Typer(
    help="Ленты: найти новую и вписать её в feeds.yaml; взять и отдать список.", no_args_is_help=True
)

_Target = Annotated[
    str | None, typer.Option("--feeds", "--file", metavar="ФАЙЛ", help="куда вписать вместо feeds.yaml")
]


@feeds_cli.command("add")
def feeds_add(
    url: Annotated[str, typer.Argument(metavar="АДРЕС", help="лента, страница сайта, @канал или t.me/канал")],
    *,
    feeds: _Target = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="только показать запись")] = False,
) -> None:
    """Найти ленту за адресом, показать её и вписать в конец feeds.yaml."""
    if Path(url).is_file():
        _refuse(f"{url} — файл, а нужен адрес. Ленты из списка OPML добавляет monitor feeds import {url}")
    settings = load_settings(environment())
    path = feeds or settings.feeds
    content = read_file(path)
    text = content.text
    candidate = asyncio.run(_find(settings, url, load_feeds(text, file=path)))
    if candidate is None:
        _refuse(f"За адресом {url} ленты не нашлось: ни RSS, ни карты новостей, ни списка статей, ни канала Telegram.")
    if candidate.twin:
        _refuse(f"Эту ленту уже читает «{candidate.twin.name}»: {candidate.twin.url}")
    made = feed_writer.append_feeds(text, candidate.feed, file=path, today=clock().date())
    _show_candidate(candidate)
    if not dry_run:
        _write(content, made)
        say(f"Вписано в {path}; работающий монитор прочтёт сам.")
        say("Поправить запись можно там же, но не имя: с другим именем это новая лента.")


@feeds_cli.command("import")
def feeds_import(
    file: Annotated[str, typer.Argument(metavar="ФАЙЛ.opml", help="список из другой программы; «-» — из ввода")],
    *,
    feeds: _Target = None,
    write: Annotated[bool, typer.Option("--write", help="вписать; без этого — только показать")] = False,
) -> None:
    """Сравнить список лент OPML с feeds.yaml: что добавится, что уже есть, что не подойдёт. С --write — вписать."""
    settings = load_settings(environment())
    path = feeds or settings.feeds
    content = read_file(path)
    text = content.text
    compared = compare(_listed(file), load_feeds(text, file=path), allow_private=settings.allow_private_addresses)
    _show_compared(compared)
    if not compared.new:
        return
    made = feed_writer.append_feeds(
        text, *compared.new, file=path, today=clock().date(), by="командой monitor feeds import"
    )
    if write:
        _write(content, made)
        say(f"Вписано в {path}: {len(compared.new)}. Проверьте, отвечают ли они: monitor check --online")
    else:
        say(f"Ничего не записано. Вписать: monitor feeds import --write {file}")


def _write(content: FileContent, made: str) -> None:
    """Raises EditConflict when somebody edited the file since it was read: nothing of theirs is lost."""
    with unchanged_file(content.file, content.digest):
        write_whole(content.file, content.with_text(made))


def _listed(file: str) -> tuple[Feed, ...]:
    with open_input(file) as stream:
        document = stream.read(opml.LARGEST + 1)
    try:
        return opml.read(document)
    except ValueError as error:
        raise ConfigError(str(error), file=file) from error


def _show_compared(compared: ComparedList) -> None:
    new = [(feed, compared.renamed.get(feed.name, "")) for feed in compared.new]
    listed = (("Добавится", "+", new), ("Уже есть", "=", compared.known))
    for title, sign, rows in (*listed, ("Не подойдёт", "−", compared.refused)):
        say(f"{title}: {len(rows)}")
        for feed, why in rows:
            address = urls.without_credentials(feed.url) or "(без адреса)"
            say(f"  {sign} {feed.name or '(без имени)'} — {address}{f': {why}' if why else ''}")


@feeds_cli.command("export")
def feeds_export(
    file: Annotated[str, typer.Argument(metavar="ФАЙЛ.opml", help="новый файл; без него — стандартный вывод")] = STDIN,
    *,
    feeds: FeedsFile = None,
) -> None:
    """Отдать список лент в OPML 2.0: имена, адреса, языки, группы; паролей и селекторов в нём нет."""
    path = feeds or load_settings(environment()).feeds
    document = opml.write(load_feeds(read_text(path), file=path))
    if file == STDIN:
        written_output().write(document)
        return
    try:
        with Path(file).open("x", encoding="utf-8") as made:
            made.write(document)
    except OSError as error:
        raise ConfigError(f"файл не записать ({error.strerror}); нужен новый, в папке с правами", file=file) from error


async def _find(settings: Settings, url: str, known: Sequence[Feed]) -> FoundFeed | None:
    async with startup.open_fetcher(settings) as fetcher:
        try:
            return await discovery.find_feed(fetcher, url, known, now=clock())
        except FeedError as error:
            _refuse(f"{url}: {error.message}")


def _refuse(message: str) -> NoReturn:
    say(message, err=True)
    raise typer.Exit(1)


def _show_candidate(candidate: FoundFeed) -> None:
    say(feed_writer.stanza(candidate.feed))
    say(f"Записей сейчас: {len(candidate.entries)}. Первые:")
    for entry in candidate.entries[:3]:
        say(f"  · {entry.title or entry.url}")
    if candidate.feed.kind is FeedKind.HTML:
        say("RSS не нашлось: бот ищет на странице ссылки, похожие на статьи. Надёжнее задать listing: docs/feeds.md")


def check_online(settings: Settings, feeds: Sequence[Feed], *, as_json: bool) -> None:
    """Try every feed and show what came. Exits with 1 when any is dead."""
    answers = asyncio.run(_check(settings, feeds))
    if as_json:
        print_json([_row(answer) for answer in answers], indent=1)
    else:
        _show_answers(answers, ZoneInfo(settings.timezone))
    if not all(answer.is_alive for answer in answers):
        raise typer.Exit(1)


async def _check(settings: Settings, feeds: Sequence[Feed]) -> tuple[Checkup, ...]:
    async with startup.open_fetcher(settings) as fetcher:
        with progress("Проверка лент", len(feeds)) as done:
            return await checkup.check_feeds(fetcher, feeds, now=clock(), checked=lambda answer: done(answer.feed))


def _row(answer: Checkup) -> dict[str, Any]:
    return {
        "feed": answer.feed,
        "verdict": answer.verdict,
        "alive": answer.is_alive,
        "url": answer.url,
        "final_url": answer.final_url,
        "kind": answer.kind,
        "entries": answer.entries,
        "newest": answer.newest_at.isoformat() if answer.newest_at else None,
        "without_date": answer.without_date,
        "without_id": answer.without_id,
        "fallback": answer.is_fallback,
        "detail": answer.detail,
    }


def _show_answers(answers: Sequence[Checkup], zone: ZoneInfo) -> None:
    table = Table("Лента", "Итог", "Вид", "Записей", f"Новейшая, {zone}", "Без даты", "Без адреса")
    for answer in answers:
        verdict = f"{answer.said} (запасной)" if answer.is_fallback else answer.said
        table.add_row(
            answer.feed,
            Text(verdict, style="" if answer.is_alive else "red"),
            answer.kind or "—",
            str(answer.entries),
            moment(answer.newest_at, zone) if answer.newest_at else "—",
            f"{answer.without_date:.0%}",
            f"{answer.without_id:.0%}",
        )
    screen = Screen()
    screen.print(table)
    for answer in answers:  # what to do is a sentence: no column is wide enough
        moved = f"→ {answer.final_url}" if answer.final_url not in ("", answer.url) else ""
        if moved or answer.detail:
            screen.print(f"«{answer.feed}»: {' '.join(filter(None, (moved, answer.detail)))}")
    dead = sum(not answer.is_alive for answer in answers)
    screen.print(f"Отвечают: {len(answers) - dead} из {len(answers)}.")
