"""The maintainers' files: `check` them before the daemon reads them."""

from collections.abc import Callable, Sequence

import typer
from rich.console import Console

from monitor import app
from monitor.commands.shown import FeedsFile, KeywordsFile, show_error
from monitor.config import feeds as feeds_file
from monitor.config import keywords as keywords_file
from monitor.config.settings import load_settings
from monitor.errors import ConfigError
from monitor.matching import rules
from monitor.matching.engine import Matcher
from monitor.matching.explanation import check_examples


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
