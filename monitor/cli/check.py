"""The maintainers' files: `check` them before the daemon reads them, and `schema` for their editor."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from monitor.app.environment import environment, read_text
from monitor.cli.output import AsJson, FeedsFile, KeywordsFile, print_json, show_error, show_warning
from monitor.config import feeds as feeds_file
from monitor.config import json_schemas
from monitor.config import keywords as keywords_file
from monitor.config.keyword_rules import Keywords
from monitor.config.settings import Settings, load_settings
from monitor.errors import ConfigError
from monitor.matching import compiler
from monitor.matching.explanation import check_examples
from monitor.matching.lint import lint
from monitor.matching.matcher import Matcher

_Found = Sequence[ConfigError]


def check(
    *,
    feeds: FeedsFile = None,
    keywords: KeywordsFile = None,
    strict: Annotated[bool, typer.Option("--strict", help="и сомнительное считать ошибкой")] = False,
    archive: Annotated[
        bool, typer.Option("--archive/--no-archive", help="примерить правила и к новостям из базы, если она есть")
    ] = True,
    online: Annotated[bool, typer.Option("--online", help="и попробовать каждую ленту")] = False,
    as_json: AsJson = False,
) -> None:
    """Проверить feeds.yaml и keywords.yaml: все ошибки сразу, примеры, сомнительные места; с --online — и сами ленты.

    --json печатает итог --online для программ.
    """
    settings = load_settings(environment())
    path = feeds or settings.feeds
    errors, doubtful, used = _check_keywords(keywords or settings.keywords, settings if archive else None)
    errors = (*_check_feeds(path), *errors)
    for error in errors:
        show_error(error)
    for doubt in (*doubtful, *used):
        show_warning(doubt)
    if errors or (strict and doubtful):
        raise typer.Exit(ConfigError.exit_code)
    Console(highlight=False, stderr=as_json).print("Оба файла в порядке, примеры сходятся.")
    if online:
        from monitor.cli import feeds as feeds_command  # noqa: PLC0415 - the network is not waited for by a check without it

        feeds_command.check_online(settings, feeds_file.load_feeds(read_text(path), file=path), as_json=as_json)


def schema(
    of: Annotated[Literal["feeds", "keywords"], typer.Argument(metavar="feeds|keywords", help="схема какого файла")],
) -> None:
    """Напечатать JSON Schema файла: по ней редактор подсказывает ключи и отмечает опечатки."""
    print_json(json_schemas.feeds_schema() if of == "feeds" else json_schemas.keywords_schema())


def _check_feeds(path: str) -> Sequence[ConfigError]:
    try:
        return feeds_file.problems(read_text(path), file=path)
    except ConfigError as error:
        return (error,)


def _check_keywords(path: str, settings: Settings | None) -> tuple[_Found, _Found, _Found]:
    """What is wrong, what is doubtful, what the news say of it; examples are tried only with rules that hold."""
    try:
        loaded, found = keywords_file.load_checked(read_text(path), file=path)
    except ConfigError as error:
        return (error,), (), ()
    if found:
        return found, (), ()
    compiled, found = compiler.compile_checked(loaded)
    matcher = Matcher(compiled)
    found = found or check_examples(loaded, matcher)
    used = _doubts_of_use(loaded, matcher, settings) if settings and not found else ()
    return found, lint(loaded, compiled), used


def _doubts_of_use(loaded: Keywords, matcher: Matcher, settings: Settings) -> Sequence[ConfigError]:
    """What the news of the last month say against the rules; () where there is no database to ask."""
    file = settings.database_url.removeprefix("sqlite:///")
    if file != settings.database_url and not Path(file).exists():
        return ()  # before anything that takes long to import
    from monitor.cli.rule_usage import doubts_of_use  # noqa: PLC0415 - the database's library takes as long as the check

    return doubts_of_use(loaded, matcher, settings.database_url)
