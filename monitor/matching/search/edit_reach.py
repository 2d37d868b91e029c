"""Which articles an edit of the rules can change: those in which one of these phrases stands, and no others.

A word that is put into a list or taken out of it changes nothing where no form of it stands. So a trial of the edit
asks the search index for the articles that have one, instead of judging all (storage/search/reach.py).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from monitor.config.keyword_rules import Keywords, Rule, Term, TermWord
from monitor.matching.compiled_rules import CompiledRules
from monitor.matching.words.compiled_words import Word, in_lines, is_empty, word_of
from monitor.models.articles import Language

_MOST = 60  # phrases: an edit that changes more is tried on everything

_Key = tuple[object, ...]
_Choice = tuple[TermWord, Language | None]
_NOBODY = frozenset[_Choice]()
_RuleKey = tuple[str, str]
Phrase = tuple[Word, ...]


def reach(
    before: Keywords, after: Keywords, *, compiled: tuple[CompiledRules, CompiledRules]
) -> tuple[Phrase, ...] | None:
    """The phrases of which one stands wherever the two give different verdicts; None: everything may change.

    `compiled` are both, compiled: what a form's cases are may change for a word that stays as it is.
    """
    if before.short_text != after.short_text or _classifiers(before) != _classifiers(after):
        return None
    terms = _Terms(before, after)
    phrases = dict.fromkeys(terms.phrase(*one) for one in set(_changed(before, after, terms)))
    if len(phrases) > _MOST:
        return None
    forms = _recased(*compiled)
    return (*_apart(phrases), *([(Word(lines=in_lines(forms)),)] if forms else []))


def _apart(phrases: Iterable[Phrase]) -> Iterator[Phrase]:
    """Without those of several words that have one which is a phrase itself: where they stand, it does."""
    among = [phrase for phrase in phrases if not any(map(is_empty, phrase))]  # what nobody can meet
    alone = [phrase[0] for phrase in among if len(phrase) == 1]
    yield from (
        one for one in among if len(one) == 1 or not any(_has(single, word) for word in one for single in alone)
    )


def _has(one: Word, other: Word) -> bool:
    """Whether each form of the other is a form of this word."""
    return {*one.forms} >= {*other.forms} and {*one.stems} >= {*other.stems} and other.prefix in ("", one.prefix)


class _Terms:
    """The terms of two files, numbered by what they mean, wherever they are written."""

    def __init__(self, before: Keywords, after: Keywords) -> None:
        self._terms = {id(term): term for keywords in (before, after) for line in keywords.lines for term in line}
        old, new = map(_lists_in_phrases, (before, after))
        apart = {name: old.get(name, _NOBODY) ^ new.get(name, _NOBODY) for name in {**old, **new}}
        self._apart = {name: choices for name, choices in apart.items() if choices}
        numbers: dict[_Key, int] = {}
        self._numbers = {id_: numbers.setdefault(self._key(term), len(numbers)) for id_, term in self._terms.items()}
        self._known = {self._numbers[id_]: term for id_, term in self._terms.items()}

    def _key(self, term: Term) -> _Key:
        return tuple(map(self._word_key, term.words)), term.language, term.role

    def _word_key(self, word: TermWord) -> _Key:
        """A list inside a phrase is what is in it: one that was edited is another word than before."""
        return word.text, word.kind, word.choices if word.text in self._apart else ()

    def phrase(self, number: int, is_edited: bool) -> Phrase:  # noqa: FBT001 - of a pair that _changed gives
        """The words of a term. Of one that is on both sides of an edit only what its lists have on one of them."""
        term = self._known[number]
        return tuple(self._word(word, term.language, is_edited=is_edited) for word in term.words)

    def _word(self, word: TermWord, language: Language | None, *, is_edited: bool) -> Word:
        if not is_edited or word.text not in self._apart:
            return word_of(word, language)
        return word_of(replace(word, choices=tuple(self._apart[word.text] & frozenset(word.choices))), language)

    def differing(self, line: Sequence[Term], now: Sequence[Term]) -> Iterator[tuple[int, bool]]:
        """The terms of only one of two lines, and whether the other has it but for what an edited list in it is."""
        apart = self.numbers(line) ^ self.numbers(now)
        written = Counter(self._written(number) for number in apart)
        yield from ((number, written[self._written(number)] > 1) for number in apart)

    def _written(self, number: int) -> _Key:
        term = self._known[number]
        return term.words, term.language, term.role  # what a list is, does not count here

    def numbers(self, line: Sequence[Term]) -> frozenset[int]:
        """The terms of a line."""
        return frozenset(map(self._numbers.__getitem__, map(id, line)))


def _lists_in_phrases(keywords: Keywords) -> dict[str, frozenset[_Choice]]:
    """By its name, what may stand in the place of a list inside a phrase."""
    terms = {id(term): term for line in keywords.lines for term in line}
    words = (word for term in terms.values() for word in term.words if word.choices)
    return {word.text: frozenset(word.choices) for word in {word.text: word for word in words}.values()}


def _changed(before: Keywords, after: Keywords, terms: _Terms) -> Iterator[tuple[int, bool]]:
    """Numbers of terms: those of only one of two lines that are else the same."""
    old_beside, new_beside = _beside_rules(before), _beside_rules(after)
    for name in {**old_beside, **new_beside}:
        yield from terms.differing(old_beside.get(name, ()), new_beside.get(name, ()))
    old, new = _rules(before), _rules(after)
    for key in {**old, **new}:
        one, other = old.get(key), new.get(key)
        if one is None or other is None or _kind(one) != _kind(other):
            for rule in filter(None, (one, other)):
                yield from ((number, False) for number in terms.numbers(_rarest(rule)))
        else:
            for line, now in zip((*one.lines, one.none), (*other.lines, other.none), strict=True):
                yield from terms.differing(line, now)


def _rules(keywords: Keywords) -> dict[_RuleKey, Rule]:
    return {(topic.id, rule.name): rule for topic in keywords.topics for rule in topic.rules}


def _classifiers(keywords: Keywords) -> set[_RuleKey]:
    return {key for key, rule in _rules(keywords).items() if rule.classifier}


def _beside_rules(keywords: Keywords) -> dict[tuple[str, str], Sequence[Term]]:
    """Lines that are of no single rule. What one forbids may stand beside an act of another rule of its topic."""
    elsewhere = keywords.elsewhere
    lines: dict[tuple[str, str], Sequence[Term]] = {
        ("", "never"): keywords.never,
        ("", "doubt"): keywords.doubt,
        ("", "there"): elsewhere.there,
        ("", "here"): elsewhere.here,
    }
    for topic in keywords.topics:
        lines |= {(topic.id, "acts"): topic.acts, (topic.id, "doubt"): topic.doubt}
    return lines


def _kind(rule: Rule) -> tuple[object, ...]:
    return rule.tier, rule.within, rule.anywhere, rule.no_act, rule.yields_to, len(rule.lines)


def _rarest(rule: Rule) -> Sequence[Term]:
    """Of a rule that is new, gone or otherwise made: one line, without which it never holds."""
    return min(rule.lines, key=len, default=())


def _recased(before: CompiledRules, after: CompiledRules) -> frozenset[str]:
    """Forms that have another case now, as the word put in or taken out has the same form."""
    both = before.cases.keys() & after.cases.keys()
    return frozenset(form for form in both if before.cases[form] != after.cases[form])
