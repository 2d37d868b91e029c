"""`/find`: the newest texts that have these words, as one Telegram message; `monitor find` shows more."""

from collections.abc import Callable, Iterator
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from monitor.errors import QueryError
from monitor.models.labels import moment, searchable
from monitor.models.search import Found, SearchResult
from monitor.stories.question import outcome_label
from monitor.text.languages.russian import forget_dictionary
from monitor.text.telegram_html import Html, fitting, join, line, link, tag, text

_MOST: Final = 8
_LONGEST_TITLE: Final = 200  # UTF-16 units
_LONGEST_SENTENCE: Final = 300
_HOW: Final = "Пишите так: /find экстрадиция «суд Алматы» -спорт лента:Азаттык с:2026-03-01 по:2026-04-01 итог:пост"


class Find(Protocol):
    """What answers: `Finder.find` (storage/search/finder.py)."""

    def __call__(self, written: str, *, limit: int) -> SearchResult:
        """Raises QueryError, DatabaseError."""


class FindCommand:
    """Answers from the database; raises DatabaseError. `zone` is the maintainers' time zone."""

    def __init__(self, find: Find, *, zone: str, forget: Callable[[], object] = forget_dictionary) -> None:
        self._find, self._zone, self._forget = find, ZoneInfo(zone), forget

    def __call__(self, argument: str) -> Html:
        """Of each text its headline, feed, time, what was decided, and the sentence of the first word."""
        if not argument.strip():
            return text(_HOW)
        try:
            answer = self._find(argument, limit=_MOST)
        except QueryError as error:
            return text(str(error))
        finally:
            self._forget()  # 15 MB for a question now and then
        paragraphs = [self._told(one) for one in answer.found]
        return fitting(paragraphs, lambda shown: join("\n\n", (*shown, *self._rest(answer, len(shown)))))

    def _told(self, one: Found) -> Html:
        head = tag("b", link(line(one.title, _LONGEST_TITLE) or one.feed, one.url))
        became = outcome_label(one.outcome, one.reason)
        facts = text(line(f"{one.feed}, {moment(one.seen_at, self._zone)}: {became}", _LONGEST_TITLE))
        sentence = line(one.sentence, _LONGEST_SENTENCE)
        return join("\n", (head, facts, *([text(f"«{sentence}»")] if sentence else [])))

    def _rest(self, answer: SearchResult, shown: int) -> Iterator[Html]:
        if answer.is_more or shown < len(answer.found):
            yield text("Есть и более ранние: добавьте слово или срок (по:2026-04-01); больше покажет monitor find.")
        elif answer.is_cut:
            yield text("Слова есть и в других текстах, но прочитаны только последние: добавьте слово или срок (по:).")
        if not answer.found:
            yield text("Ничего не нашлось.")
            if answer.hint:
                yield text(line(answer.hint, _LONGEST_SENTENCE))
        if not answer.found or answer.coverage.behind:
            yield text(searchable(answer.coverage, self._zone))
