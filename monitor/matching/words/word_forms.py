"""What a term of keywords.yaml matches, as data for a reader: its forms, and whether a given text has them.

Forms come from where the rules take them (compiler.py); a text is searched with the same index as an article.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.config.keyword_rules import Term, TermWord, TermWordKind
from monitor.matching.compiled_rules import CompiledRules, CompiledTerm
from monitor.matching.reading import Reading
from monitor.matching.term_index import TermIndex
from monitor.matching.words.compiled_words import Word, word_of
from monitor.text.languages.kazakh_samples import samples
from monitor.text.languages.russian import ONLY_RUSSIAN, grouped_forms

_NAME = "имя"
_AS_WRITTEN = "как написано"


@dataclass(frozen=True, slots=True, kw_only=True)
class WordForms:
    """The forms of one word of a term: all Russian ones, grouped by part of speech; Kazakh stems, and samples by
    meaning.

    All three are empty for a prefix, and for a word that no language knows (`check` refuses it).
    """

    text: str
    kind: TermWordKind
    russian: Mapping[str, tuple[str, ...]]
    kazakh_stems: tuple[str, ...]
    kazakh_samples: Mapping[str, str]


def forms_of(term: Term) -> tuple[WordForms, ...]:
    """Return the forms of each word of a term."""
    return tuple(_forms(written, word_of(written, term.language)) for written in term.words)


def found_in(term: Term, text: str) -> tuple[str, ...]:
    """Return the term's occurrences in `text` as written there, in order."""
    words = tuple(word_of(written, term.language) for written in term.words)
    compiled = CompiledTerm(text=term.text, words=tuple(range(len(words))), anchor=0)
    index = TermIndex(CompiledRules(topics=(), rules=(), lines=((0,),), terms=(compiled,), words=words))
    hits = sorted(set(Reading(index, "", text).hits(0)))
    return tuple(text[hit.start - 1 : hit.end - 1] for hit in hits)  # an empty title takes one character of the article


def _forms(written: TermWord, word: Word) -> WordForms:
    stems = dict.fromkeys(stem.text for stem in word.stems if stem.script == "cyrillic" and not stem.typed_for)
    russian = _russian(written, word.forms)
    both = stems and not russian.keys() & ONLY_RUSSIAN
    return WordForms(
        text=written.text,
        kind=written.kind,
        russian=russian,
        kazakh_stems=tuple(stems),
        kazakh_samples=samples(written.text) if both else {},
    )


def _russian(written: TermWord, forms: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    if written.kind in (TermWordKind.NAME, TermWordKind.PARTICLE):
        return {_NAME: tuple(form.title() for form in forms)} if forms else {}
    groups = grouped_forms(written.text) if written.kind is TermWordKind.WORD else {}
    known = {group: members for group, members in groups.items() if set(members).issubset(forms)}
    return known or ({_AS_WRITTEN: forms} if forms else {})
