"""The database as a whole: `backup`, `restore`, `copy-to`, `export`."""

import csv
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from getpass import getpass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from monitor.app.environment import clock, environment
from monitor.app.logs import configure
from monitor.cli.console.output import print_json, say, written_output
from monitor.cli.matching.jsonl import STDIN
from monitor.config.settings import Settings, load_settings
from monitor.errors import ConfigError
from monitor.storage import backup as database_copies
from monitor.storage.database import has_password, open_usable
from monitor.storage.history import EXPORT_COLUMNS, exported_articles
from monitor.storage.reviews import Reviews

_File = Annotated[Path, typer.Argument(metavar="ФАЙЛ")]


def backup(path: _File) -> None:
    """Сохранить всю базу в файл, не останавливая монитор; копия сразу проверяется."""
    rows = database_copies.backup(_settings().database_url, path)
    say(f"Копия готова и проверена: {path} ({_counts(rows)}).")


def restore(
    path: _File,
    *,
    force: Annotated[bool, typer.Option("--force", help="заменить базу, в которой уже есть данные")] = False,
) -> None:
    """Вернуть базу из копии (монитор должен быть остановлен). Что могло уйти после неё, станет «неясно, ушло ли»."""
    rows = database_copies.restore(path, _settings().database_url, clock(), force=force)
    say(f"База восстановлена из {path} ({_counts(rows)}). Посмотрите: monitor outbox list")
    say("Новости, вышедшие до этой минуты, могли уйти после копии: их посты будут «неясно, ушло ли», а не повторятся.")


def copy_to(
    url: Annotated[
        str,
        typer.Argument(metavar="[АДРЕС]", help="postgresql+psycopg://имя@хост/база; без него - из ввода"),
    ] = STDIN,
) -> None:
    """Перенести всю базу в другую, пустую (с SQLite на PostgreSQL), и сверить построчно.

    Адрес с паролем читается только из ввода, командную строку видят другие: monitor copy-to < файл_с_адресом
    """
    target = _entered_address() if url == STDIN else url
    if has_password(target, where="адрес новой базы") and url != STDIN:
        raise ConfigError(
            "пароль из командной строки видят другие. Пишите так: monitor copy-to < файл_с_адресом", file="АДРЕС"
        )
    rows = database_copies.copy_to(_settings().database_url, target)
    say(f"Перенесено и сверено построчно: {_counts(rows)}. Теперь укажите новый адрес в MONITOR_DATABASE_URL.")


def export(
    *,
    form: Annotated[
        Literal["jsonl", "csv"], typer.Option("--format", metavar="jsonl|csv", help="строки JSON или таблица")
    ] = "jsonl",
    since: Annotated[datetime | None, typer.Option(metavar="ГГГГ-ММ-ДД", help="найденное с этого дня (UTC)")] = None,
    decisions: Annotated[
        bool, typer.Option("--decisions", help="решения редакторов: корпус для monitor evaluate")
    ] = False,
) -> None:
    """Выгрузить найденные новости в стандартный вывод: по строке на статью, с темами, правилами и судьбой поста."""
    engine = open_usable(_settings().database_url)
    rows = exported_articles(engine, since=since.replace(tzinfo=UTC) if since else None)
    if decisions:
        rows = Reviews(engine).decisions()
    elif form == "csv":
        _write_csv(rows)
        return
    for row in rows:
        print_json(row, indent=None)


def _write_csv(rows: Iterable[Mapping[str, Any]]) -> None:
    table = csv.DictWriter(written_output(), EXPORT_COLUMNS, lineterminator="\n")
    table.writeheader()
    for row in rows:
        table.writerow({name: _cell(value) for name, value in row.items()})


def _cell(value: object) -> object:
    """A cell; one that a spreadsheet would take for a formula is quoted, because titles come from outside."""
    text = "; ".join(value) if isinstance(value, list) else value
    return f"'{text}" if isinstance(text, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _entered_address() -> str:
    if sys.stdin.isatty():
        return getpass("Адрес новой базы (не показывается): ").strip()
    return sys.stdin.readline().strip()


def _settings() -> Settings:
    settings = load_settings(environment())
    configure(form=settings.log_format, secrets=settings.secrets)
    return settings


def _counts(rows: Mapping[str, int]) -> str:
    names = {"feeds": "лент", "entries": "записей", "stories": "новостей", "deliveries": "отправок"}
    return ", ".join(f"{word}: {rows[name]}" for name, word in names.items())
