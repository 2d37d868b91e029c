"""Asking the rules: `explain` one page or text, `match` a stream of records."""

import asyncio
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from monitor.app.config_files import load_matcher, read_feeds
from monitor.app.environment import clock, environment, read_bytes
from monitor.cli.console.options import AsJson, FeedsFile, KeywordsFile
from monitor.cli.console.output import print_json, show_warning
from monitor.cli.matching.explanation_view import show_explanation
from monitor.cli.matching.jsonl import STDIN, numbered_lines, open_input, record_of
from monitor.config.settings import Settings, load_settings
from monitor.errors import ConfigError, FetchError, MonitorError
from monitor.matching import explanation
from monitor.matching.matcher import Matcher
from monitor.models.articles import Extracted
from monitor.models.feeds import Feed
from monitor.sources.pages.article import extract
from monitor.sources.pages.page_type import other_than_text
from monitor.text import charsets
from monitor.text.dates import from_headline
from monitor.text.unicode import clean

_URL = re.compile(r"https?://", re.IGNORECASE)
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<")


def explain(
    what: Annotated[
        str, typer.Argument(metavar="АДРЕС|ФАЙЛ|-", help="страница, файл HTML или текст (первая строка — заголовок)")
    ],
    *,
    feeds: FeedsFile = None,
    keywords: KeywordsFile = None,
    as_json: AsJson = False,
) -> None:
    """Показать, что бот решит об этой странице или тексте и почему.

    С --json печатает только решение; «-» тогда читает объект {"title": …, "text": …}.
    Код 1: страницу прочитать не вышло.
    """
    settings = load_settings(environment())
    matcher = load_matcher(keywords or settings.keywords)
    name, page = _page(what, settings, feeds or settings.feeds, as_json=as_json)
    verdict = matcher.judge(title=page.title, text=page.text)
    if as_json:
        print_json(explanation.verdict_json(verdict, id=name), indent=None)
    else:
        reports = explanation.explain(matcher, title=page.title, text=page.text)
        show_explanation(what, page, verdict, reports, ZoneInfo(settings.timezone))
    if page.problem and not page.text:
        raise MonitorError(f"{what}: {page.problem}")


def match(
    source: Annotated[str, typer.Argument(metavar="ФАЙЛ", help="записи; без имени — стандартный ввод")] = STDIN,
    *,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="и вход, и выход: объект JSON в строке")] = False,
    keywords: KeywordsFile = None,
) -> None:
    """Решить о каждой записи {"id", "title", "text"}: по строке на запись, в том же порядке.

    На месте испорченной строки — {"id": null, "line": …, "error": …}, то же в stderr, и код выхода 1.
    """
    if not jsonl:
        raise ConfigError("эта команда понимает только JSONL — допишите --jsonl", file="monitor match")
    matcher = load_matcher(keywords or load_settings(environment()).keywords)
    with open_input(source) as stream:
        failed = _write_answers(_answers(matcher, numbered_lines(stream)))
    if failed:
        raise typer.Exit(1)


def _write_answers(answers: Iterable[dict[str, object]]) -> bool:
    """Print each at once, for whoever feeds us line by line; whether one was an error."""
    failed = False
    for answer in answers:
        print_json(answer, indent=None)
        if "error" in answer:
            failed = True
            print_json(answer, indent=None, err=True)
    return failed


def _answers(matcher: Matcher, lines: Iterable[tuple[int, bytes]]) -> Iterator[dict[str, object]]:
    for number, line in lines:
        try:
            record = record_of(line)
        except ValueError as error:
            yield {"id": None, "line": number, "error": str(error)}
            continue
        verdict = matcher.judge(title=record["title"], text=record["text"])
        yield explanation.verdict_json(verdict, id=record["id"])


def _page(what: str, settings: Settings, feeds: str, *, as_json: bool) -> tuple[Any, Extracted]:
    """What is to be judged, and its id: that of the record, else the address or the file's name."""
    if not what.strip():
        raise _without_text("monitor explain")
    if _URL.match(what):
        return what, _fetched(what, settings, feeds)
    body = sys.stdin.buffer.read() if what == STDIN else read_bytes(what)
    if as_json and (what == STDIN or body.lstrip()[:1] == b"{"):
        return _recorded(what, body)
    if _HTML.match(body) or other_than_text(body):
        return what, extract(body, content_type="", url=f"file:///{what}", now=clock())
    title, _, text = from_headline(clean(charsets.decode(body))).partition("\n")
    if not (title + text).strip():
        raise _without_text("стандартный ввод" if what == STDIN else what)
    return what, Extracted(title=title, text=text.lstrip("\n"))


def _without_text(given: str) -> ConfigError:
    return ConfigError('текста нет — дайте его так: echo "Заголовок" | monitor explain -', file=given)


def _fetched(url: str, settings: Settings, feeds: str) -> Extracted:
    from monitor.app.startup import read_page  # noqa: PLC0415 - half a second that only a page on the web needs

    try:
        return asyncio.run(read_page(settings, url, _feeds(feeds)))
    except FetchError as error:
        raise MonitorError(f"{url}: {error.message}") from error


def _feeds(file: str) -> Sequence[Feed]:
    """A page can be asked about without them; then it is read as one of a site nobody wrote down."""
    try:
        return read_feeds(file).feeds
    except ConfigError as error:
        show_warning(error)
        return ()


def _recorded(what: str, body: bytes) -> tuple[Any, Extracted]:
    try:
        record = record_of(body)
    except ValueError as error:
        raise ConfigError(str(error), file=what) from error
    return record["id"], Extracted(title=record["title"], text=record["text"])
