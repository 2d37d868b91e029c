"""The search language: words, «фраза», начал*, -слово, лента:, с:, по:, итог:. What is typed → a Query.

Anything typed gives a Query or a QueryError, in Russian; other signs mean nothing.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from monitor.errors import QueryError
from monitor.models.articles import Outcome
from monitor.models.labels import OUTCOME_WORDS
from monitor.text.languages import kazakh
from monitor.text.unicode import clean, fold

LONGEST = 1_000  # characters of a query
MOST_WORDS = 20
_FIRST_YEAR, _LAST_YEAR = 1900, 2999
NOTHING_GIVEN: Mapping[str, str] = {}
_LONGEST_WORD = 60  # characters of a word; the rest is cut

_QUOTED = r"[«„“\"](?P<{0}>[^«»„“”\"]*)[»“”\"]"
_PIECE = re.compile(
    rf"(?P<minus>[-–—−](?=[^\s\-–—−]))?"
    rf"(?:(?P<key>лента|с|по|итог):\s*(?:{_QUOTED.format('quoted_value')}|(?P<value>\S*))"
    rf"|{_QUOTED.format('phrase')}|(?P<word>[^\s«»„“”\"]+))",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+\*?|\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to search for. Each phrase is a tuple of adjacent words; a single word is a phrase of one. A word that ends
    in a star is a prefix.

    `feeds` are folded beginnings or parts of feed names; `since` and `until` are days, both included; empty values mean
    any.
    """

    phrases: tuple[tuple[str, ...], ...]
    without: tuple[tuple[str, ...], ...] = ()
    feeds: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    outcomes: frozenset[Outcome] = frozenset()


_NOTHING = Query(phrases=())


def read_query(written: str, *, given: Mapping[str, str] = NOTHING_GIVEN, needs_words: bool = True) -> Query:
    """Parse what somebody typed. Raises QueryError, which says in Russian how to write it.

    `given` maps the keys («лента», «с», «по», «итог») to values of separate fields; an empty value is ignored.
    """
    if len(written) > LONGEST:
        raise QueryError(f"Вопрос длиннее {LONGEST} знаков. Оставьте несколько слов.")
    query = _NOTHING
    for piece in _PIECE.finditer(clean(written)):
        query = _KEYS[piece["key"].lower()](query, _value(piece)) if piece["key"] else _with_words(query, piece)
    for key, value in given.items():
        query = _KEYS[key](query, clean(value[:LONGEST]).strip()) if value.strip() else query
    if sum(map(len, query.phrases + query.without)) > MOST_WORDS:
        raise QueryError(f"В вопросе больше {MOST_WORDS} слов. Оставьте самые важные.")
    if not query.phrases and (query.without or (needs_words and query == _NOTHING)):
        raise QueryError("Напишите хотя бы одно слово, которое есть в новости. Пример: экстрадиция «суд Алматы» -спорт")
    return query


def _value(piece: re.Match[str]) -> str:
    value: str = piece["quoted_value"] or piece["value"] or ""
    if not value.strip() or piece["minus"]:
        raise QueryError(f"«{piece[0]}»: пишут так: лента:Название, с:2026-03-01, по:2026-04-01, итог:пост")
    return value.strip()


def _with_words(query: Query, piece: re.Match[str]) -> Query:
    words = (piece["phrase"] or piece["word"] or "").split()
    phrase = tuple(part for word in words for part in _parts(word))
    if not phrase:
        return query
    if piece["minus"]:
        return replace(query, without=(*query.without, phrase))
    return replace(query, phrases=(*query.phrases, phrase))


def _parts(word: str) -> Iterator[str]:
    """Split a word at signs: «бизнес-омбудсмен» is two adjacent words, «ҰҚК-нің» one word with its ending."""
    first, *others = (part[:_LONGEST_WORD] for part in _WORD.findall(word) or ("",))
    if first:
        yield first
    yield from (part for part in others if not (first.isupper() and _is_ending(first, part)))


def _is_ending(word: str, part: str) -> bool:
    ending = fold(part).text
    return any(stem.accepts(ending) for stem in kazakh.stems(word) if stem.script == "cyrillic" and not stem.typed_for)


def _of_feed(query: Query, value: str) -> Query:
    return replace(query, feeds=(*query.feeds, fold(value.replace("_", " ")).text))


def _since(query: Query, value: str) -> Query:
    return replace(query, since=_day(value))


def _until(query: Query, value: str) -> Query:
    return replace(query, until=_day(value))


def _day(value: str) -> date:
    try:
        day = date.fromisoformat("-".join(part.zfill(2) for part in reversed(value.split("."))))
    except ValueError:
        day = date.min
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:  # no date of any time zone lies beyond them
        raise QueryError(f"«{value}»: такого дня нет. Пишут так: 2026-03-01 или 01.03.2026")
    return day


def _of_outcome(query: Query, value: str) -> Query:
    named = fold(value).text
    outcomes = [one for one, word in OUTCOME_WORDS.items() if named in (word, one.value)]
    if not outcomes:
        raise QueryError(f"«{value}»: такого итога нет. Есть: {', '.join(OUTCOME_WORDS.values())}")
    return replace(query, outcomes=query.outcomes | {*outcomes})


_KEYS: Mapping[str, Callable[[Query, str], Query]] = {
    "лента": _of_feed,
    "с": _since,
    "по": _until,
    "итог": _of_outcome,
}
