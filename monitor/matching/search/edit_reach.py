"""Find which articles an edit of the rules can change: only those that contain one of certain phrases.

Adding a word to a list or removing it changes nothing in an article without a form of it. So a trial of the edit asks
the search index for articles with one, instead of judging all (storage/search/reach.py).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from monitor.config.keyword_rules import Keywords, Rule, Term, TermWord
from monitor.matching.compiled_rules import CompiledRules
from monitor.matching.words.compiled_words import Word, in_lines, is_empty, word_of
from monitor.models.articles import Language

_MOST = 60  # phrases; an edit that changes more is tried on every article

_Key = tuple[object, ...]
_Choice = tuple[TermWord, Language | None]
_NOBODY = frozenset[_Choice]()
_RuleKey = tuple[str, str]
Phrase = tuple[Word, ...]


def reach(
    before: Keywords, after: Keywords, *, compiled: tuple[CompiledRules, CompiledRules]
) -> tuple[Phrase, ...] | None:
    """Return phrases of which one is in every article that the two files judge differently; None if any article may
    change.

    `compiled` are both files compiled: the cases of a form may change even for a word that stays as it is.
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
    """Drop phrases that contain a one-word phrase of the list: wherever they stand, that word stands too."""
    # a phrase with an empty word can never match
    among = [phrase for phrase in phrases if not any(map(is_empty, phrase))]
    alone = [phrase[0] for phrase in among if len(phrase) == 1]
    yield from (
        one for one in among if len(one) == 1 or not any(_has(single, word) for word in one for single in alone)
    )


def _has(one: Word, other: Word) -> bool:
    """Whether every form of `other` is a form of `one`."""
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
        """Return a word's identity; an edited list inside a phrase is identified by its contents, so it differs."""
        return word.text, word.kind, word.choices if word.text in self._apart else ()

    def phrase(self, number: int, is_edited: bool) -> Phrase:  # noqa: FBT001 - of a pair that _changed gives
        """Return the words of a term; if it is edited, a list inside it stands for what only one file has in that
        list.
        """
        term = self._known[number]
        return tuple(self._word(word, term.language, is_edited=is_edited) for word in term.words)

    def _word(self, word: TermWord, language: Language | None, *, is_edited: bool) -> Word:
        if not is_edited or word.text not in self._apart:
            return word_of(word, language)
        return word_of(replace(word, choices=tuple(self._apart[word.text] & frozenset(word.choices))), language)

    def differing(self, line: Sequence[Term], now: Sequence[Term]) -> Iterator[tuple[int, bool]]:
        """Yield terms of only one of two lines, with a flag: the other line has the term, but its edited list
        differs.
        """
        apart = self.numbers(line) ^ self.numbers(now)
        written = Counter(self._written(number) for number in apart)
        yield from ((number, written[self._written(number)] > 1) for number in apart)

    def _written(self, number: int) -> _Key:
        term = self._known[number]
        return term.words, term.language, term.role  # the contents of a list do not count here

    def numbers(self, line: Sequence[Term]) -> frozenset[int]:
        """Return the numbers of a line's terms."""
        return frozenset(map(self._numbers.__getitem__, map(id, line)))


def _lists_in_phrases(keywords: Keywords) -> dict[str, frozenset[_Choice]]:
    """Map the name of each list used inside a phrase to the words it stands for."""
    terms = {id(term): term for line in keywords.lines for term in line}
    words = (word for term in terms.values() for word in term.words if word.choices)
    return {word.text: frozenset(word.choices) for word in {word.text: word for word in words}.values()}


def _changed(before: Keywords, after: Keywords, terms: _Terms) -> Iterator[tuple[int, bool]]:
    """Yield the numbers of terms in one of two corresponding lines only; for rules that are new, gone or otherwise
    different, those of their shortest line.
    """
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
    """Return lines that belong to no single rule. `acts` is among them, because a rule's `none` term may stand beside
    an act of another rule of the topic.
    """
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
    """Return the line of a rule with the fewest terms; the rule never holds without one of them."""
    return min(rule.lines, key=len, default=())


def _recased(before: CompiledRules, after: CompiledRules) -> frozenset[str]:
    """Return the forms whose cases differ, because a word added or removed shares the form."""
    both = before.cases.keys() & after.cases.keys()
    return frozenset(form for form in both if before.cases[form] != after.cases[form])
