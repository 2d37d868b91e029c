"""Which articles an edit of the rules can change: those in which one of these phrases stands, and no others.

A word that is put into a list or taken out of it changes nothing where no form of it stands. So a trial of the edit
asks the search index for the articles that have one, instead of judging all (storage/search/reach.py).
"""

from collections.abc import Iterator, Sequence
from itertools import chain

from monitor.config.keyword_rules import Keywords, Rule, Term, TermWord
from monitor.matching.compiler import CompiledRules, Word, word_of

MOST = 60  # phrases: an edit that changes more is tried on everything

_Key = tuple[object, ...]
_RuleKey = tuple[str, str]
Phrase = tuple[Word, ...]


def reach(
    before: Keywords, after: Keywords, *, compiled: Sequence[CompiledRules] = (), most: int = MOST
) -> tuple[Phrase, ...] | None:
    """The phrases of which one stands wherever the two give different verdicts; None: everything may change.

    `compiled` are both, if they are at hand: what a form's cases are may change for a word that stays as it is.
    """
    if before.short_text != after.short_text:
        return None
    terms = _Terms()
    changed = {terms.key(term): term for term in _changed(before, after, terms)}
    phrases = {(term.words, term.language): None for term in changed.values()}
    if len(phrases) > most:
        return None
    forms = _recased(*compiled) if len(compiled) == 2 else frozenset[str]()
    words = [tuple(word_of(word, language) for word in phrase) for phrase, language in phrases]
    return (*dict.fromkeys(words), *([(Word(forms=forms),)] if forms else []))


class _Terms:
    """Terms by what they mean, wherever they are written; each is looked at once."""

    def __init__(self) -> None:
        self._known: dict[int, _Key] = {}
        self._kept: list[Term] = []  # an id() is that of a living object only

    def key(self, term: Term) -> _Key:
        known = self._known.get(id(term))
        if known is None:
            known = self._known[id(term)] = (tuple(map(_word_key, term.words)), term.language, term.role)
            self._kept.append(term)
        return known

    def apart(self, one: Sequence[Term], other: Sequence[Term]) -> Iterator[Term]:
        """Those of only one of two lines."""
        here, there = ({self.key(term): term for term in line} for line in (one, other))
        yield from (term for key, term in here.items() if key not in there)
        yield from (term for key, term in there.items() if key not in here)


def _word_key(word: TermWord) -> _Key:
    """A list inside a phrase is what is in it, not its name."""
    return (word.kind, word.text) if not word.choices else (word.kind, word.choices)


def _changed(before: Keywords, after: Keywords, terms: _Terms) -> Iterator[Term]:
    yield from terms.apart(before.never, after.never)
    old, new = _rules(before), _rules(after)
    for key in {**old, **new}:
        one, other = old.get(key), new.get(key)
        if one is None or other is None or _kind(one) != _kind(other):
            yield from chain.from_iterable(_rarest(rule) for rule in (one, other) if rule)
        else:
            for lines in zip(one.lines, other.lines, strict=True):
                yield from terms.apart(*lines)
            yield from terms.apart(one.none, other.none)


def _rules(keywords: Keywords) -> dict[_RuleKey, Rule]:
    return {(topic.id, rule.name): rule for topic in keywords.topics for rule in topic.rules}


def _kind(rule: Rule) -> tuple[object, ...]:
    return rule.tier, rule.within, rule.anywhere, len(rule.lines)


def _rarest(rule: Rule) -> Sequence[Term]:
    """Of a rule that is new, gone or otherwise made: one line, without which it never holds."""
    return min(rule.lines, key=len, default=())


def _recased(before: CompiledRules, after: CompiledRules) -> frozenset[str]:
    """Forms that have another case now, as the word put in or taken out has the same form."""
    both = before.cases.keys() & after.cases.keys()
    return frozenset(form for form in both if before.cases[form] != after.cases[form])
