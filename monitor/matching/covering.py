"""Find rules that change nothing because a stronger one of their topic always fires too, and terms that change
nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from heapq import merge

from monitor.config.keyword_rules import Rule, Scope, Term
from monitor.matching.words.compiled_words import Word, word_of
from monitor.models.articles import Tier

Meaning = int
"""The number of what a term matches; equal for terms that match the same, however they are written."""

_Line = frozenset[Meaning]
_WIDTHS = {Scope.TITLE: 0, Scope.SENTENCE: 1, Scope.TEXT: 2}


def covered_rules(rules: tuple[Rule, ...], meanings: Callable[[Iterable[Term]], _Line]) -> Iterator[tuple[Rule, Rule]]:
    """Yield each covered rule with the first rule that covers it.

    Every line of a covering rule has all meanings of some line of the covered rule. So a rule is compared only with
    rules that share a meaning of its rarest line: ten thousand rules take seconds.
    """
    ranked = sorted((rule for rule in rules if rule.lines), key=lambda rule: rule.tier is not Tier.POST)
    lines = [[*map(meanings, rule.lines)] for rule in ranked]
    against = [meanings(rule.none) for rule in ranked]
    counts = Counter(one for rule in lines for line in rule for one in line)
    by_meaning: dict[Meaning, list[int]] = {}
    for number, rule in enumerate(ranked):
        known = {min(line, key=lambda one: counts[one]) for line in lines[number] if line}
        for place in merge(*(by_meaning.get(one, ()) for one in known)):
            other = ranked[place]
            spares = not other.none or (_looks_alike(other, rule) and against[place] <= against[number])
            reaches = other.anywhere or not rule.anywhere
            if spares and reaches and _is_wider(other, rule) and _is_looser(lines[place], lines[number]):
                yield rule, other
                break
        for one in min(lines[number], key=lambda line: sum(counts[one] for one in line)):
            by_meaning.setdefault(one, []).append(number)


def _looks_alike(other: Rule, rule: Rule) -> bool:
    """Whether `none` of `other` looks in no larger part of the text; with windows it looks in the sentences of the
    hits.
    """
    return other.within == rule.within or all(isinstance(one.within, int) for one in (other, rule))


def _is_wider(other: Rule, rule: Rule) -> bool:
    """Whether hits near enough for `rule` are always near enough for `other`."""
    if other.within == rule.within or other.within is Scope.TEXT:
        return True
    if isinstance(other.within, int) or isinstance(rule.within, int):
        return isinstance(other.within, int) and isinstance(rule.within, int) and rule.within <= other.within
    return _WIDTHS[rule.within] <= _WIDTHS[other.within]


def _is_looser(other: list[_Line], rule: list[_Line]) -> bool:
    """Whether each line of `other` can be paired with a different line of `rule` whose every hit also meets it."""
    taken: dict[int, int] = {}

    def place(line: int, tried: set[int]) -> bool:
        for number, narrower in enumerate(rule):
            if number not in tried and narrower <= other[line]:
                tried.add(number)
                if number not in taken or place(taken[number], tried):
                    taken[number] = line
                    return True
        return False

    return len(other) <= len(rule) and all(place(line, set()) for line in range(len(other)))


def finds_all_of(wide: Term, narrow: Term) -> bool:
    """Whether `wide` matches wherever `narrow` does, and in other places too: «похи*» and «похищение»."""
    if wide.role not in (None, narrow.role) or wide.language not in (None, narrow.language):
        return False
    words, others = _words(narrow), _words(wide)
    starts = range(len(words) - len(others) + 1)
    return words != others and any(all(map(_is_found_by, words[start:], others)) for start in starts)


def _words(term: Term) -> tuple[Word, ...]:
    return tuple(word_of(written, term.language) for written in term.words)


def _is_found_by(narrow: Word, wide: Word) -> bool:
    """Whether every form of `narrow` is also found by `wide`; the Latin spelling of a Russian word is ignored."""
    if wide.capital and not narrow.capital:
        return False
    if not wide.prefix:
        return not narrow.prefix and {*narrow.forms} <= {*wide.forms} and {*narrow.stems} <= {*wide.stems}
    stems = (stem for stem in narrow.stems if stem.script == "cyrillic" or not narrow.forms)
    starts = (narrow.prefix or wide.prefix, *narrow.forms, *(stem.text for stem in stems))
    return all(text.startswith(wide.prefix) for text in starts)
