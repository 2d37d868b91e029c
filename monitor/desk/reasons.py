"""Why the rules decided so, as marks on a text: each reason has a number, and a line under the text says what it is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import quote

from monitor.config.keyword_rules import Mention
from monitor.matching.explanation import passages
from monitor.matching.rule_lines import NearMiss
from monitor.models.articles import Match, TopicVerdict, Verdict, Veto
from monitor.models.labels import TIER_WORDS
from monitor.text.marked_text import MarkedPiece, mark
from monitor.text.unicode import visible

LONGEST: Final = 30_000  # characters of a text that a page shows
_AROUND: Final = 220  # characters of an endless sentence on either side of its first word
_LIST: Final = "$"

Pieces = tuple[MarkedPiece, ...]


class WordLink(NamedTuple):
    """Where the desk has a word or a list that a rule asks for."""

    said: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What words of a text did; `speaks` is `for` or `against` an article being ours. `lacking` are the words that
    are missing beside them.
    """

    number: int
    said: str
    words: tuple[Match | Veto, ...]
    speaks: str = "for"
    lacking: tuple[WordLink, ...] = ()

    @property
    def forms(self) -> str:
        """The words, each once, with what the file says for them: «выдали (выдать), в Омск (Омск)»."""
        return ", ".join(dict.fromkeys(map(_form, self.words)))


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedArticle:
    """A title and a text in pieces, with the reasons that their marks are of; `is_cut`: the text is longer."""

    title: Pieces
    text: Pieces
    reasons: tuple[Reason, ...]
    is_cut: bool


def marked_article(title: str, text: str, reasons: Sequence[Reason]) -> MarkedArticle:
    """A text with the words of these reasons marked by their numbers."""
    return MarkedArticle(
        title=_pieces(title, _spans(reasons, "title")),
        text=_pieces(text[:LONGEST], _spans(reasons, "text")),
        reasons=tuple(reasons),
        is_cut=len(text) > LONGEST,
    )


def excerpts(matches: Iterable[Match | Veto], *, title: str, text: str, most: int) -> Iterator[Pieces]:
    """The first sentences of a text that these words stand in, each with its words marked."""
    in_text = [match for match in matches if match.where == "text"]
    for passage in passages(in_text, title=title, text=text)[:most]:
        start = max(passage.marks[0][0] - _AROUND, 0) if len(passage.text) > 2 * _AROUND else 0
        shown = passage.text[start : start + 2 * _AROUND]
        yield _pieces(shown, ((first - start, last - start, 1) for first, last in passage.marks))


def marked_title(title: str, matches: Iterable[Match | Veto]) -> Pieces:
    """A headline with these words marked."""
    return _pieces(title, ((match.start, match.end, 1) for match in matches if match.where == "title"))


def reasons_of(verdict: Verdict) -> tuple[Reason, ...]:
    """What was decided about an article, and by which of its words."""
    said = (
        *(_of_topic(topic, TIER_WORDS[topic.tier]) for topic in verdict.topics),
        *(_of_topic(topic, "пишется не в пост: сильнее другая тема") for topic in verdict.hinted),
        *(_of_topic(topic, "на паузе (/mute)") for topic in verdict.muted),
    )
    fired = [Reason(number=number, said=words, words=matches) for number, (words, matches) in enumerate(said, start=1)]
    against = [
        Reason(number=number, said=f"Запретило правилу «{veto.rule}»", words=(veto,), speaks="against")
        for number, veto in enumerate(verdict.vetoes, start=len(fired) + 1)
    ]
    return (*fired, *against)


def _of_topic(topic: TopicVerdict, then: str) -> tuple[str, tuple[Match, ...]]:
    return f"«{topic.title}», правило «{topic.rule}»: {then}", topic.matches


def near_reasons(misses: Iterable[NearMiss]) -> tuple[Reason, ...]:
    """What stands in an article that a rule nearly brought, and what is lacking beside it. Where words of the lacking
    line stand in a way that does not count, no other word would help: none is asked for.
    """
    return tuple(
        Reason(
            number=number,
            said=f"«{miss.topic}», правило «{miss.rule}» ({TIER_WORDS[miss.tier]}). Не хватило: {miss.lacking}",
            words=tuple(line.match for line in miss.lines if line.match),
            lacking=() if miss.is_astray else tuple(dict.fromkeys(map(_word_link, miss.wanted))),
        )
        for number, miss in enumerate(misses, start=1)
    )


def _word_link(wanted: Mention) -> WordLink:
    """A list has a page; words that a rule writes itself are found by their line of the file."""
    if wanted.text.startswith(_LIST):
        return WordLink(wanted.text, f"/words?list={quote(wanted.text.removeprefix(_LIST), safe='')}")
    return WordLink(f"строка {wanted.line}", f"/words?line={wanted.line}")


def _form(word: Match | Veto) -> str:
    form = " ".join(word.form.split())
    if isinstance(word, Veto) or word.term.casefold() == form.casefold():
        return form
    return f"{form} ({word.term})"


def _spans(reasons: Iterable[Reason], where: str) -> Iterator[tuple[int, int, int]]:
    for reason in reasons:
        yield from ((word.start, word.end, reason.number) for word in reason.words if word.where == where)


def _pieces(text: str, spans: Iterable[tuple[int, int, int]]) -> Pieces:
    """What drives a screen instead of being read is written out; that comes last, as it moves places."""
    return tuple(MarkedPiece(text=visible(piece.text), marks=piece.marks) for piece in mark(text, spans))
