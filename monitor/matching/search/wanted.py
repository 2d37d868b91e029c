"""A query → the forms that its words may have, and where a text has them. Uses the same index as the rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, count

from monitor.matching.compiled_rules import CompiledRules, CompiledTerm
from monitor.matching.explanation import passages
from monitor.matching.reading import Reading
from monitor.matching.search.query import Query
from monitor.matching.term_index import TermIndex
from monitor.matching.words.compiled_words import Word, in_lines
from monitor.models.articles import Match
from monitor.text.languages import dictionary, kazakh, russian
from monitor.text.languages.derivation import family
from monitor.text.unicode import fold

_AROUND = 200  # characters on either side of a word
_LONGEST_ACRONYM = 4  # letters of an acronym typed in small letters: «кнб»


def word_forms(text: str) -> Word:
    """Return every form of a word typed in any form: those of its word family (derivation.py), and Kazakh ones."""
    folded = fold(text).text
    if text.endswith("*"):
        return Word(prefix=folded.removesuffix("*"))
    kin = family(folded)
    is_named = text != text.lower() and folded not in kin and not russian.is_verb(folded)
    stems = () if russian.is_infinitive(next(iter(kin), "")) else kazakh.stems(text)
    if not kin or is_named:
        return Word(lines=_forms_of_name(text, folded), stems=stems)
    return Word(lines=in_lines({folded}.union(*map(russian.forms, kin))), stems=stems)


def _forms_of_name(text: str, folded: str) -> str:
    bases = russian.surnames(folded)
    forms = {folded, *(russian.forms(text) if not bases else ())}
    forms |= {form.lower() for base in bases or (folded,) for form in russian.name_forms(base)}
    if len(folded) <= _LONGEST_ACRONYM and not dictionary.is_known(folded):
        forms |= russian.forms(folded.upper())
    return in_lines(forms)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The words of a query with their forms; each phrase and each exclusion is a tuple of them."""

    phrases: tuple[tuple[Word, ...], ...]
    without: tuple[tuple[Word, ...], ...] = ()

    @cached_property
    def _index(self) -> TermIndex:
        every = (*self.phrases, *self.without)
        words = tuple(chain(*every))
        numbers = count()
        terms = tuple(CompiledTerm(text="", words=tuple(next(numbers) for _ in phrase), anchor=0) for phrase in every)
        lines = tuple((number,) for number in range(len(terms)))
        return TermIndex(CompiledRules(topics=(), rules=(), lines=lines, terms=terms, words=words))

    def found_in(self, title: str, text: str) -> tuple[Match, ...]:
        """Return the matches of all phrases in a text, in order; () if a phrase is missing or an exclusion matches."""
        reading = Reading(self._index, title, text)
        spans = [sorted(set(reading.hits(line))) for line in range(len(self.phrases))]
        excluded = range(len(self.phrases), len(self.phrases) + len(self.without))
        if not all(spans) or any(any(reading.hits(line)) for line in excluded):
            return ()
        return tuple(_match(title, text, start, end) for start, end, _ in sorted(chain(*spans)))


def sentence(matches: Iterable[Match], *, title: str, text: str) -> str:
    """Return the sentence of the first match in the text, cut around it if long; "" when no match is in the text."""
    for passage in passages([match for match in matches if match.where == "text"][:1], title=title, text=text):
        start = max(passage.marks[0][0] - _AROUND, 0)
        return passage.text if len(passage.text) <= 2 * _AROUND else passage.text[start : start + 2 * _AROUND]
    return ""


def _match(title: str, text: str, start: int, end: int) -> Match:
    """Convert a span of title, line break and text into a Match."""
    if end <= len(title):
        return Match(term="", form=title[start:end], where="title", start=start, end=end)
    start, end = start - len(title) - 1, end - len(title) - 1
    return Match(term="", form=text[start:end], where="text", start=start, end=end)


def query_forms(query: Query) -> Wanted:
    """Compute the forms of every word of a query. Loads the Russian dictionary if it is not loaded."""
    return Wanted(phrases=_words(query.phrases), without=_words(query.without))


def _words(phrases: Iterable[tuple[str, ...]]) -> tuple[tuple[Word, ...], ...]:
    return tuple(tuple(map(word_forms, phrase)) for phrase in phrases)
