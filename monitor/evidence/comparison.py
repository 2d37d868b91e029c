"""The differences between two looks at a page, and whether they matter to those who rely on our post. Pure.

A change matters if it may be news about the page: another headline, another wording of a sentence that our post shows,
another name, number or date, a negation, what happened to a person (задержан, осуждён, выдан…), a clause or a sentence
more or less. Corrected typos, signs and endings do not matter.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from monitor.evidence.changed_words import (
    ShownWord,
    facts,
    is_negated,
    is_one_text,
    is_same_name,
    is_slip,
    name_stems,
    words_of,
)
from monitor.evidence.word_runs import LONGEST, Run, equal_pairs, runs
from monitor.evidence.wording import fold_words, sentence_key, with_posted, wording
from monitor.models.evidence import Version
from monitor.text.unicode import cut

MOST_EDITS = 20
LONGEST_TOLD = 1_500  # characters

_CONTEXT = 3  # words on each side of an edit
_LONGEST_SIDE = 1_000  # characters of an edit
_TOLD_SIDE = 260  # UTF-16 units of it that are reported
_SENTENCE = 8  # words; a shorter sentence says little
_CLAUSE = 5  # changed words of four letters or more at one place
_LONG_WORD = 4  # letters
_KEPT = 0.5  # share of common words from which a sentence or an aside is the same one
_ITEM = re.compile(r"\s*(?:[-–—•*·]|\d{1,3}[.)])\s")
_MOST_ASIDES = 200  # on each side
_NEGATIONS = ("no", "refused")  # keys of negations in `facts`


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A run of changed words as shown, with up to three words around it; "" for an inserted or removed side."""

    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """At most 20 edits: the headline (whole, if `headline`) first, then those that matter."""

    matters: bool
    words: tuple[Edit, ...]
    headline: bool


class _Judged(NamedTuple):
    edit: Edit
    matters: bool


def compare(
    before: Version, after: Version, *, quoted: Sequence[str], posted: Version | None = None
) -> Difference | None:
    """Return the differences of `after` from `before`; None if there are only changes that pages make by themselves.

    `quoted`: the sentences that our post shows, as plain text, with «…» where they were cut. `posted`: the article, if
    it was posted since `before`.
    """
    if before == after:
        return None
    old, new = wording(before), wording(after)
    old = with_posted(old, new, wording(posted)) if posted else old
    headline = list(_of_headline(old.headline, new.headline))
    lost, gained = _unshared([*old.prose, *old.asides], [*new.prose, *new.asides])
    names = name_stems((before.text, before.title, after.text, after.title)) if lost or gained else frozenset()
    changed = _Sides(names, _changed_quotes(before, after, quoted) if lost else ())
    prose = changed.prose([s for s in old.prose if s in lost], [s for s in new.prose if s in gained])
    asides = changed.asides([s for s in old.asides if s in lost], [s for s in new.asides if s in gained])
    judged = sorted([*headline, *prose, *asides], key=lambda one: not one.matters)
    return _difference(judged, headline=any(one.matters for one in headline)) if judged else None


def compare_with_posted(posted: Version, page: Version, *, quoted: Sequence[str]) -> Difference | None:
    """Compare a page seen for the first time with the article as posted: a sentence that our post shows with another
    name, figure, negation or outcome, or a headline with a negation added or removed. None if nothing of this is found.

    `quoted` as for `compare`. What only one of the two has is ignored, because an article may have been read from its
    feed alone.
    """
    old, new = wording(posted), wording(page)
    judged = list(_of_headline(old.headline, new.headline)) if _is_turned(old.headline, new.headline) else []
    of_headline = bool(judged)
    lost, gained = _unshared([*old.prose, *old.asides], [*new.prose, *new.asides])
    shown = _Sides(frozenset(), _changed_quotes(posted, page, quoted))
    changed = dict.fromkeys(one for one in (*old.prose, *old.asides) if one in lost)
    ours = list(islice(filter(shown.is_quoted, changed), _MOST_ASIDES))
    theirs = _bags([one for one in (*new.prose, *new.asides) if one in gained][:_MOST_ASIDES]) if ours else {}
    facts_alone = _Sides(name_stems((posted.text, page.text)) if ours else frozenset(), ())
    for sentence in ours:
        if other := _same(sentence, theirs):
            judged += [one for one in facts_alone.prose([sentence], [other]) if one.matters]
    return _difference(judged, headline=of_headline) if judged else None


def _difference(judged: Sequence["_Judged"], *, headline: bool) -> Difference:
    edits = tuple(one.edit for one in judged[:MOST_EDITS])
    return Difference(matters=any(one.matters for one in judged), words=edits, headline=headline)


def describe(difference: Difference) -> str:
    """Format the edits in Russian plain text, under 1,500 characters: «Было: … Стало: …», as many as fit."""
    lines: list[str] = []
    for number, edit in enumerate(difference.words):
        line = ("Заголовок: " if difference.headline and number == 0 else "") + _told_edit(edit)
        if sum(map(len, lines)) + len(lines) + len(line) > LONGEST_TOLD - 40:
            break
        lines.append(line)
    left = len(difference.words) - len(lines)
    return "\n".join([*lines, f"… и ещё изменений: {left}"] if left else lines)


def _told_edit(edit: Edit) -> str:
    before, after = (cut(side, _TOLD_SIDE) for side in (edit.before, edit.after))
    if not before:
        return f"добавлено «{after}»"
    return f"было «{before}», стало «{after}»" if after else f"убрано «{before}»"


def _of_headline(before: str, after: str) -> Iterator[_Judged]:
    """Yield the change of the headline; none if a page's headline was not found."""
    if not before or not after or sentence_key(before) == sentence_key(after):
        return
    old, new = (list(words_of([title], names=frozenset(), quoted=frozenset())) for title in (before, after))
    pairs = [(old[run.b0 : run.b1], new[run.a0 : run.a1]) for run in _runs(old, new)]
    differing = [pair for pair in pairs if not is_one_text(*pair)]
    if differing:
        edit = Edit(before=before[:_LONGEST_SIDE], after=after[:_LONGEST_SIDE])
        yield _Judged(edit, matters=not all(is_slip(*pair) or _only_decoration(*pair) for pair in differing))


def _is_turned(before: str, after: str) -> bool:
    """Whether two headlines with mostly the same words differ by a negation."""
    old, new = (list(words_of([title], names=frozenset(), quoted=frozenset())) for title in (before, after))
    keys = [[word.key for word in side] for side in (old, new)]
    negations = [sum(outcome in _NEGATIONS for outcome in facts(side)[2]) for side in (old, new)]
    is_turned = negations[0] != negations[1] or is_negated(*keys)
    return is_turned and _is_mostly(*map(frozenset, keys))


def _only_decoration(before: Sequence[ShownWord], after: Sequence[ShownWord]) -> bool:
    """Whether only words that outlets put beside a headline differ."""
    return {word.key for word in (*before, *after)} <= {"фото", "видео", "фотовидео", "аудио", "срочно"}


def _unshared(before: Sequence[str], after: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the sentences that the other side lacks, or has less often, regardless of position and signs.

    The order of words is ignored too: endings show who does what to whom.
    """
    keys = {sentence: sentence_key(sentence) for sentence in {*before, *after}}
    old, new = (Counter(keys[sentence] for sentence in side) for side in (before, after))
    lost, gained = old - new, new - old
    return (
        frozenset(sentence for sentence in before if keys[sentence] and keys[sentence] in lost),
        frozenset(sentence for sentence in after if keys[sentence] and keys[sentence] in gained),
    )


def _changed_quotes(before: Version, after: Version, quoted: Iterable[str]) -> tuple[str, ...]:
    """Return the words of quotations that were on the page and no longer are."""
    quotes = list(filter(None, map(fold_words, quoted)))
    old, new = (f" {fold_words(version.title)} {fold_words(version.text)} " for version in (before, after))
    return tuple(quote for quote in quotes if f" {quote} " in old and f" {quote} " not in new)


def _runs(before: Sequence[ShownWord], after: Sequence[ShownWord]) -> list[Run]:
    pairs = equal_pairs([word.key for word in before], [word.key for word in after])
    return runs(pairs, len(before), len(after))


def _is_fact_changed(before: Sequence[ShownWord], after: Sequence[ShownWord]) -> bool:
    (old_names, *old_rest), (new_names, *new_rest) = facts(before), facts(after)
    if len(old_names) != len(new_names) or old_rest != new_rest:
        return True
    if is_negated((word.key for word in before), (word.key for word in after)):
        return True
    return not all(map(is_same_name, old_names, new_names))


def _is_clause(before: Sequence[ShownWord], after: Sequence[ShownWord]) -> bool:
    sides = (Counter(word.key for word in side if len(word.key) >= _LONG_WORD) for side in (before, after))
    old, new = sides
    return max((old - new).total(), (new - old).total()) >= _CLAUSE


class _Sides(NamedTuple):
    """What is known about both versions when their changed sentences are compared."""

    names: frozenset[str]
    quotes: tuple[str, ...]

    def prose(self, before: Sequence[str], after: Sequence[str]) -> list[_Judged]:
        """Return the edits of running text, and whole sentences removed or added."""
        old, new = self._words(before), self._words(after)
        pairs = equal_pairs([word.key for word in old], [word.key for word in new])
        whole_old = _unkept(old, {b for b, _ in pairs})
        whole_new = _unkept(new, {a for _, a in pairs})
        judged = []
        for run in runs(pairs, len(old), len(new)):
            b, a = old[run.b0 : run.b1], new[run.a0 : run.a1]
            if not is_one_text(b, a):
                whole = any(t.sentence in whole_old for t in b) or any(t.sentence in whole_new for t in a)
                whole = whole or LONGEST in (len(old), len(new))  # so much is new that not all was read
                judged.append(_Judged(_edit(old, new, run), matters=self._matters(b, a, old, run) or whole))
        return judged

    def asides(self, before: Sequence[str], after: Sequence[str]) -> list[_Judged]:
        """Return the edits of asides. A changed list item matters as prose does; another aside may be a teaser, and
        matters only if we quoted it.
        """
        judged = []
        left = _bags(after[:_MOST_ASIDES])
        for old in before[:_MOST_ASIDES]:
            new = _same(old, left)
            if left.pop(new, None):
                is_own = _ITEM.match(old) is not None or self.is_quoted(old)
                judged += [one._replace(matters=one.matters and is_own) for one in self.prose([old], [new])]
            else:
                judged.append(_Judged(Edit(before=old[:_LONGEST_SIDE], after=""), matters=self.is_quoted(old)))
        return judged + [_Judged(Edit(before="", after=new[:_LONGEST_SIDE]), matters=False) for new in left]

    def _matters(self, b: Sequence[ShownWord], a: Sequence[ShownWord], old: Sequence[ShownWord], run: Run) -> bool:
        if _is_fact_changed(b, a):
            return True
        around = b or old[max(run.b0 - 1, 0) : run.b0 + 1]  # an insertion is between two words of the quotation
        return not is_slip(b, a) and (any(word.is_quoted for word in around) or _is_clause(b, a))

    def _words(self, sentences: Sequence[str]) -> list[ShownWord]:
        sentences = sentences[:LONGEST]
        quoted = frozenset(number for number, sentence in enumerate(sentences) if self.is_quoted(sentence))
        return list(islice(words_of(sentences, names=self.names, quoted=quoted), LONGEST))

    def is_quoted(self, sentence: str) -> bool:
        words = fold_words(sentence)
        return any(words in quote or quote in words for quote in self.quotes)


def _bags(sentences: Iterable[str]) -> dict[str, frozenset[str]]:
    return {sentence: frozenset(fold_words(sentence).split()) for sentence in sentences}


def _same(sentence: str, others: Mapping[str, frozenset[str]]) -> str:
    """Return the first other sentence with most of the same words; "" for none."""
    words = frozenset(fold_words(sentence).split())
    return next((other for other, its in others.items() if _is_mostly(words, its)), "")


def _is_mostly(words: frozenset[str], others: frozenset[str]) -> bool:
    return len(words & others) >= _KEPT * max(len(words), len(others))


def _unkept(side: Sequence[ShownWord], kept: set[int]) -> frozenset[int]:
    """Return the numbers of sentences of eight words or more of which less than half is on the other side."""
    size = Counter(word.sentence for word in side)
    same = Counter(word.sentence for place, word in enumerate(side) if place in kept)
    return frozenset(n for n, words in size.items() if words >= _SENTENCE and same[n] < _KEPT * words)


def _edit(before: Sequence[ShownWord], after: Sequence[ShownWord], run: Run) -> Edit:
    lead = min(_within(before, run.b0, run.b1, -1), _within(after, run.a0, run.a1, -1))
    tail = min(_within(before, run.b0, run.b1, 1), _within(after, run.a0, run.a1, 1))
    return Edit(
        before=_shown(before[run.b0 - lead : run.b1 + tail]),
        after=_shown(after[run.a0 - lead : run.a1 + tail]),
    )


def _within(side: Sequence[ShownWord], start: int, end: int, step: int) -> int:
    """Return how many words beside the run belong to its sentence, at most three."""
    if start == end:
        return min(_CONTEXT, start if step < 0 else len(side) - end)
    border = side[start if step < 0 else end - 1].sentence
    beside = side[end : end + _CONTEXT] if step > 0 else side[max(start - _CONTEXT, 0) : start]
    return sum(word.sentence == border for word in beside)


def _shown(words: Sequence[ShownWord]) -> str:
    return " ".join(word.shown for word in words)[:_LONGEST_SIDE]
