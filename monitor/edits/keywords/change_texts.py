"""A story that an edit of the rules gains, loses or moves, as it is shown to the editor: why, and the sentences."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.matching import explanation
from monitor.matching.backtest import Change
from monitor.matching.matcher import Matcher
from monitor.models.articles import Tier, Verdict
from monitor.models.labels import TIERS
from monitor.text.marked_text import MarkedPiece, mark
from monitor.text.unicode import visible

_SENTENCES = 3
_LONGEST = 600  # characters of a sentence that are shown
_SIGNS = {"gained": "+", "lost": "−", "moved": "~"}

Pieces = tuple[MarkedPiece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldChange:
    """One changed story. `why` says what decided it; for a lost one, what it lacks now."""

    sign: str
    change: Change
    title: Pieces
    sentences: tuple[Pieces, ...]
    why: str


def describe(changes: Iterable[Change], after: Matcher) -> Iterator[ToldChange]:
    """Yield each change as it is shown; `after` are the edited rules."""
    for change in changes:
        verdict = change.before if change.kind == "lost" else change.after
        title, *sentences = _passages(verdict, title=change.article.title, text=change.article.text)
        yield ToldChange(
            sign=_SIGNS[change.kind], change=change, title=title, sentences=tuple(sentences), why=_why(change, after)
        )


def _passages(verdict: Verdict, *, title: str, text: str) -> Iterator[Pieces]:
    """Yield the title, then the first sentences of the text that decided."""
    matches = [match for topic in verdict.topics for match in topic.matches]
    yield _pieces(title, ((match.start, match.end) for match in matches if match.where == "title"))
    in_text = (match for match in matches if match.where == "text")
    for passage in explanation.passages(in_text, title=title, text=text)[:_SENTENCES]:
        start = max(passage.marks[0][0] - _LONGEST // 2, 0) if len(passage.text) > _LONGEST else 0
        shown = passage.text[start : start + _LONGEST]
        yield _pieces(shown, ((first - start, last - start) for first, last in passage.marks))


def _pieces(text: str, spans: Iterable[tuple[int, int]]) -> Pieces:
    pieces = mark(text, ((start, end, 1) for start, end in spans))
    return tuple(MarkedPiece(text=visible(piece.text), marks=piece.marks) for piece in pieces)


def _why(change: Change, after: Matcher) -> str:
    if change.kind == "moved":
        return f"было: {_decided(change.before)}; станет: {_decided(change.after)}"
    if change.kind == "gained":
        return _decided(change.after)
    lost = {topic.id for topic in change.before.topics}
    reports = explanation.explain(after, title=change.article.title, text=change.article.text)
    lacks = "; ".join(explanation.lack(report) for report in reports if report.id in lost)
    return f"{_decided(change.before)}. Теперь: {lacks}"


def _decided(verdict: Verdict) -> str:
    rules = ", ".join(f"«{topic.rule}»" for topic in verdict.topics)
    return f"{rules} — {TIERS[verdict.tier]}" if rules else TIERS[Tier.NONE]
