"""Doubts about one added word, besides the lint warnings for the whole file."""

import re
from collections.abc import Iterator

from monitor.config.keyword_rules import Term, TermWord, TermWordKind
from monitor.config.term_reader import read_terms
from monitor.edits.keywords.keyword_places import WordGroup
from monitor.edits.keywords.word_edits import WordEdit
from monitor.errors import ConfigError
from monitor.matching.covering import finds_all_of
from monitor.models.articles import Language
from monitor.text.languages.dictionary import is_known

_RUSSIAN = re.compile(r"[а-яё-]+", re.IGNORECASE)


def word_doubts(edit: WordEdit, group: WordGroup, *, file: str) -> tuple[ConfigError, ...]:
    """Return the doubts about an added word; () for a list's name and for a removal.

    Takes a tenth of a second in a group with many words.
    """
    if not edit.is_added or "$" in edit.word:
        return ()
    terms = terms_of(edit.word, edit.language, group)
    return tuple(ConfigError(said, file=file) for term in terms for said in (*_guessed(term), *_covered(term, group)))


def terms_of(written: str, language: Language | None, group: WordGroup) -> tuple[Term, ...]:
    """Return the terms that a word of a group means. Raises ConfigError."""
    kind = TermWordKind.NAME if group.kind == "people" else TermWordKind.WORD
    return read_terms(written, language=language, kind=kind)


def _guessed(term: Term) -> Iterator[str]:
    """Yield a doubt for each word whose forms are guessed. Kazakh uses rules, not a dictionary, so it is skipped."""
    for word in term.words if term.language != "kk" else ():
        if _is_guessed(word):
            yield f"слова «{word.text}» нет в словаре, формы угаданы по похожим словам — проверьте их"


def _is_guessed(word: TermWord) -> bool:
    is_plain = word.kind is TermWordKind.WORD and bool(_RUSSIAN.fullmatch(word.text)) and not word.text.isupper()
    return is_plain and not is_known(word.text)


def _covered(term: Term, group: WordGroup) -> Iterator[str]:
    others = (
        (known, other)
        for place in group.places
        if place.role is None
        for known in place.words
        if "$" not in known.text
        for other in terms_of(known.text, place.language, group)
    )
    for known, other in others:
        if finds_all_of(other, term):
            yield f"это уже найдёт «{known.text}» (строка {known.line}) — добавлять незачем"
            return
