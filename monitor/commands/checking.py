"""The maintainers' files: `check` them before the daemon reads them, and `schema` for their editor."""

from collections.abc import Sequence
from typing import Annotated, Literal

import typer
from rich.console import Console

from monitor import app
from monitor.commands import sources
from monitor.commands.shown import AsJson, FeedsFile, KeywordsFile, print_json, show_error, show_warning
from monitor.config import feeds as feeds_file
from monitor.config import keywords as keywords_file
from monitor.config import schemas
from monitor.config.settings import load_settings
from monitor.errors import ConfigError
from monitor.matching import rules
from monitor.matching.doubts import doubts
from monitor.matching.engine import Matcher
from monitor.matching.explanation import check_examples


def check(
    *,
    feeds: FeedsFile = None,
    keywords: KeywordsFile = None,
    strict: Annotated[bool, typer.Option("--strict", help="и сомнительное считать ошибкой")] = False,
    online: Annotated[bool, typer.Option("--online", help="и попробовать каждую ленту")] = False,
    as_json: AsJson = False,
) -> None:
    """Проверить feeds.yaml и keywords.yaml: все ошибки сразу, примеры, сомнительные места; с --online — и сами ленты.

    --json печатает итог --online для программ.
    """
    settings = load_settings(app.environment())
    path = feeds or settings.feeds
    errors, doubtful = _check_keywords(keywords or settings.keywords)
    errors = (*_check_feeds(path), *errors)
    for error in errors:
        show_error(error)
    for doubt in doubtful:
        show_warning(doubt)
    if errors or (strict and doubtful):
        raise typer.Exit(ConfigError.exit_code)
    Console(highlight=False, stderr=as_json).print("Оба файла в порядке, примеры сходятся.")
    if online:
        sources.check_online(settings, feeds_file.load_feeds(app.read_text(path), file=path), as_json=as_json)


def schema(
    of: Annotated[Literal["feeds", "keywords"], typer.Argument(metavar="feeds|keywords", help="схема какого файла")],
) -> None:
    """Напечатать JSON Schema файла: по ней редактор подсказывает ключи и отмечает опечатки."""
    print_json(schemas.feeds_schema() if of == "feeds" else schemas.keywords_schema())


def _check_feeds(path: str) -> Sequence[ConfigError]:
    try:
        return feeds_file.problems(app.read_text(path), file=path)
    except ConfigError as error:
        return (error,)


def _check_keywords(path: str) -> tuple[Sequence[ConfigError], Sequence[ConfigError]]:
    """What is wrong, and what is doubtful; examples are tried only with rules that hold."""
    try:
        text = app.read_text(path)
        if found := keywords_file.problems(text, file=path):
            return found, ()
        loaded = keywords_file.load_keywords(text, file=path)
    except ConfigError as error:
        return (error,), ()
    compiled, found = rules.compile_checked(loaded)
    return found or check_examples(loaded, Matcher(compiled)), doubts(loaded, compiled)
