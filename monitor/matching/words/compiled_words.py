"""A word as keywords.yaml writes it → all its forms. Knows nothing about terms and rules."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from monitor.config.keyword_rules import TermWord, TermWordKind
from monitor.models.articles import Language
from monitor.text.languages import kazakh, russian
from monitor.text.languages.dictionary import known_beginning
from monitor.text.languages.kazakh import Stem
from monitor.text.languages.kazakh_latin import russian_spellings, skeletons
from monitor.text.languages.kazakh_suffixes import DWELLER
from monitor.text.unicode import fold

PLAIN_STEM = 5  # letters of a stem that leaves no doubt even in Russian letters; one less if the word is longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word of a term, with its forms. The forms, `prefix` and the texts of `stems` are folded.

    `lines` has each form once, sorted, one a line: sixty thousand strings would take four times the memory.
    """

    lines: str = ""
    stems: tuple[Stem, ...] = ()
    prefix: str = ""
    capital: bool = False  # a name: the article must write it with a capital letter

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms, sorted, each once."""
        return tuple(self.lines.split("\n")) if self.lines else ()


Make = Callable[[TermWord, Language | None], Word]


def word_of(written: TermWord, language: Language | None, *, of_list: Make | None = None) -> Word:
    """Return a word with all its forms; without forms, stems and prefix when no language knows it.

    `of_list` makes the words of a list; pass it to reuse words that exist already.
    """
    if written.kind is TermWordKind.LIST:
        make = of_list or word_of
        return _any_of(make(choice, own or language) for choice, own in written.choices)
    folded = fold(written.text).text
    if written.kind is TermWordKind.PREFIX:
        return Word(prefix=folded)
    if written.kind is TermWordKind.DWELLER:
        return Word(stems=kazakh.dweller_stems(written.text))
    if written.kind is TermWordKind.EXACT or not is_inflected(written.text):
        return Word(lines=folded, stems=_as_written(folded) if language != "ru" else ())
    if written.kind in (TermWordKind.NAME, TermWordKind.PARTICLE):
        forms = {fold(form).text for form in russian.name_forms(written.text)}
        return Word(lines=in_lines(forms), stems=kazakh.stems(written.text), capital=written.kind is TermWordKind.NAME)
    return Word(
        lines=in_lines(russian.forms(written.text)) if language != "kk" else "",
        stems=kazakh.stems(written.text) if language != "ru" else (),
    )


def in_lines(forms: Iterable[str]) -> str:
    """Join the forms, sorted, one a line, as `Word.lines` has them."""
    return "\n".join(sorted(forms))


def _any_of(words: Iterable[Word]) -> Word:
    """Return one word with the forms of all these words."""
    among = tuple(words)
    forms = {form for word in among for form in word.forms}
    return Word(lines=in_lines(forms), stems=tuple(dict.fromkeys(stem for word in among for stem in word.stems)))


def _as_written(folded: str) -> tuple[Stem, ...]:
    """Return stems that match a Kazakh word in this very form only, also in Latin and in Russian letters."""
    latin = (Stem(text=text, script="latin", template="", vowels="any") for text in sorted(skeletons(folded)))
    typed = (
        Stem(text=text, script="cyrillic", template="", vowels="any", typed_for=folded)
        for text in sorted(russian_spellings(folded))
    )
    return *latin, *typed


def also_russian(words: Iterable[Word]) -> frozenset[str]:
    """Return the words of the Russian dictionary that long Kazakh stems of these words would accept in Russian letters.

    Stems of inhabitants are skipped: no Russian word ends as they do («пермьдік»).
    """
    stems = {stem for word in words for stem in word.stems if stem.template != DWELLER}
    return frozenset(
        known
        for stem in stems
        if stem.script == "cyrillic" and len(stem.text) >= PLAIN_STEM - 1
        for known in known_beginning(stem.text)
        if stem.accepts(known[len(stem.text) :], in_russian_letters=True)
    )


def is_empty(word: Word) -> bool:
    """Whether the word has no forms, so nothing could match it."""
    return not (word.lines or word.stems or word.prefix)


def is_inflected(text: str) -> bool:
    """Whether the word has forms: numbers and foreign names («1937», «Telegram») do not."""
    return any(character >= "\u0400" for character in text)
