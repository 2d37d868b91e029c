"""`find`: which texts have these words, of everything read: matched or not, while the text is kept."""

from collections.abc import Iterator
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.padding import Padding

from monitor.app.environment import environment
from monitor.cli.console.options import AsJson
from monitor.cli.console.output import print_json, say
from monitor.cli.console.screen import Screen
from monitor.cli.matching.explanation_view import quote_passages
from monitor.config.settings import load_settings
from monitor.errors import QueryError
from monitor.models.labels import moment, searchable
from monitor.models.search import Found, SearchResult
from monitor.storage.database import open_existing
from monitor.storage.search.finder import MOST_READ, Finder
from monitor.stories.question import outcome_label
from monitor.text.unicode import clean


def find(
    words: Annotated[
        list[str],
        typer.Argument(metavar="СЛОВО", help="слова в любой форме, «фраза», начал*, -слово, лента:, с:, по:, итог:"),
    ],
    *,
    limit: Annotated[int, typer.Option(metavar="ЧИСЛО", min=1, max=1_000, help="сколько новостей показать")] = 20,
    as_json: AsJson = False,
) -> None:
    """Найти прочитанные новости по словам, начиная с последних: и те, что не подошли ни одной теме.

    Находятся все формы слова, глагол и его существительное: «экстрадировали» найдёт «экстрадицию». Код 1: ничего.

    Пример: monitor find экстрадиция «суд Алматы» -спорт лента:Азаттык с:2026-03-01 итог:мимо
    """
    if unknown := next((word for word in words if word.startswith("--")), ""):
        raise QueryError(f"Ключа {unknown} нет. Какие есть: monitor find --help")
    settings = load_settings(environment())
    finder = Finder(open_existing(settings.database_url), zone=settings.timezone)
    answer = finder.find(" ".join(map(_as_typed, words)), limit=limit)
    if as_json:
        for one in answer.found:
            print_json(_json(one), indent=None)
    else:
        _show(answer, ZoneInfo(settings.timezone), limit)
    if not answer.found:
        raise typer.Exit(1)


def _as_typed(argument: str) -> str:
    """The shell took the quotes off: what stands in one argument was a phrase, or a name behind «лента:»."""
    if " " not in argument or set(argument) & {*'«»„“”"'}:
        return argument
    key, sign, name = argument.partition(":")
    if sign and key.casefold() == "лента" and ":" not in name:
        return f"{key}:«{name.strip()}»"
    return argument if sign else f"«{argument}»"


def _show(answer: SearchResult, zone: ZoneInfo, limit: int) -> None:
    screen = Screen()
    for one in answer.found:
        for name, value in _facts(one, zone):
            screen.print(f"{name + ':':<11}{clean(value)}", soft_wrap=name == "Адрес")
        in_text = [match for match in one.matches if match.where == "text"]
        for sentence in quote_passages(in_text[:1], title=one.title, text=one.text):
            screen.print(Padding(sentence, (0, 0, 0, 2)))
        screen.print()
    for line in _rest(answer, zone, limit):
        say(line)


def _facts(one: Found, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    yield "Лента", f"{one.feed}, {moment(one.seen_at, zone)}"
    yield "Заголовок", one.title
    yield "Решение", outcome_label(one.outcome, one.reason)
    yield "Адрес", one.url


def _rest(answer: SearchResult, zone: ZoneInfo, limit: int) -> Iterator[str]:
    """What the reader must know of the answer."""
    if answer.found:
        yield f"Время — {zone}."
    if answer.is_more:
        yield f"… и более ранние: --limit {limit * 2}"
    if answer.is_cut:
        yield f"Слова есть и в других текстах, но прочитаны последние {MOST_READ}: добавьте слово или срок (по:)."
    if not answer.found:
        yield "Ничего не нашлось."
        if answer.hint:
            yield answer.hint
    if not answer.found or answer.coverage.behind:
        yield searchable(answer.coverage, zone)


def _json(one: Found) -> dict[str, object]:
    same = ("entry_id", "feed", "url", "title", "outcome", "reason", "story_id", "sentence")
    published = one.published_at.isoformat() if one.published_at else None
    instants = {"seen_at": one.seen_at.isoformat(), "published_at": published}
    return {name: getattr(one, name) for name in same} | instants
