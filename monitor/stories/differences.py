"""Facts that distinguish events told in the same words: where, how many, and which agency acts.

They are taken from the headline (a place also from the first words of the text). A fact of one headline that the other
article does not mention makes two events: a wrong merge hides one of them, a missed merge costs one more post.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from monitor.models.articles import Article
from monitor.text.languages.numerals import counts, is_counted
from monitor.text.languages.places import is_named, places

_LEAD = 1_200  # characters of the other article that are searched
_MOSCOW = "москв"
_FIRST = 200  # characters in which a place is looked for if the headline has none

_BODIES = {
    "КНБ": r"д?кнб|д?ұқк|\w*нацбезопасн|нацбез|ұлттық қауіпсіздік|комитет\w* национальной безопасности",
    "прокуратура": r"\w*прокур",
    "Верховный суд": r"верховн\w+ суд|жоғарғы сот",
    "суд": r"\w*суд(?:а|у|е|ом|ы|ья|ьи|ье|ью|ебн\w*)?\b|сот(?:ы|та|тың|қа|ының)?\b",
    "полиция": r"\w*полиц|мвд|іім",
    "миграционная служба": r"миграци|көші",
    "МИД": r"мид\b|сім\b|министерств\w+ иностранных",
    "Минюст": r"минюст|министерств\w+ юстиции|әділет",
    "ФСБ": r"у?фсб|фққ",
    "пограничники": r"погран|шекара",
    "Минтруда": r"минтруд|еңбек мин",
    "парламент": r"мажилис|сенат|парламент|депутат|мәжіліс",
    "посольство": r"посольств|консульств|елшілі",
}
_BODY = {body: re.compile(rf"\b(?:{words})", re.IGNORECASE) for body, words in _BODIES.items()}


def difference(article: Article, earlier: Sequence[Article]) -> str:
    """Say in Russian what makes the article another event than the earlier ones; "" if nothing does."""
    ours = _beginning(article)
    theirs = "\n".join(map(_beginning, earlier))
    for kind in _KINDS:
        our_facts, their_facts = kind.said(article), {fact for one in earlier for fact in kind.said(one)}
        if our_facts and their_facts and _is_other(kind, our_facts, theirs, their_facts, ours):
            return kind.name
    return ""


def _is_other(kind: "_Kind", ours: Iterable[str], their_text: str, theirs: Iterable[str], our_text: str) -> bool:
    sides = ((ours, their_text), (theirs, our_text))
    return any(not any(kind.is_known(fact, text) for fact in facts) for facts, text in sides)


def additions(article: Article, earlier: Iterable[Article]) -> tuple[list[str], list[str]]:
    """Return the places and the numbers of the article's headline that no earlier article mentions."""
    known = [text for one in earlier for text in (one.title, one.text)]
    named = _headline_places(article) - {_MOSCOW}  # it stands for Russia
    where = sorted(place for place in named if not _knows(is_named, place, known))
    how_many = sorted(number for number in _counts(article) if not _knows(is_counted, number, known))
    return where, how_many


def _knows(is_known: Callable[[str, str], bool], fact: str, texts: Iterable[str]) -> bool:
    return any(is_known(fact, text) for text in texts)


def _beginning(article: Article) -> str:
    return f"{article.title}\n{article.text[:_LEAD]}"


def _headline_places(article: Article) -> frozenset[str]:
    return places(article.title, kazakh=article.language == "kk")


def _places(article: Article) -> frozenset[str]:
    return _headline_places(article) or places(article.text[:_FIRST], kazakh=article.language == "kk")


def _counts(article: Article) -> frozenset[str]:
    return counts(article.title)


def _bodies(article: Article) -> frozenset[str]:
    return frozenset(body for body, words in _BODY.items() if words.search(article.title))


def _acts(body: str, text: str) -> bool:
    return _BODY[body].search(text) is not None


class _Kind(NamedTuple):
    name: str
    said: Callable[[Article], frozenset[str]]
    is_known: Callable[[str, str], bool]  # whether a text mentions the fact


_KINDS = (
    _Kind("другое место", _places, is_named),
    _Kind("другое число", _counts, is_counted),
    _Kind("другое ведомство", _bodies, _acts),
)
