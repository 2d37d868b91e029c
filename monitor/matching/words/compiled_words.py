"""A word as keywords.yaml writes it → all that its forms are known by. Knows nothing of terms and rules."""

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

PLAIN_STEM = 5  # letters of a stem that leave no doubt, whatever letters its author had; of a long word one less


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word of a term, ready to be looked for. Its forms, `prefix` and the texts of `stems` are folded.

    `lines` has the forms, one a line, in order, each once: sixty thousand strings would take four times as much.
    """

    lines: str = ""
    stems: tuple[Stem, ...] = ()
    prefix: str = ""
    capital: bool = False  # a name: the article must write it with a capital letter

    @property
    def forms(self) -> tuple[str, ...]:
        """In order, each once."""
        return tuple(self.lines.split("\n")) if self.lines else ()


Make = Callable[[TermWord, Language | None], Word]


def word_of(written: TermWord, language: Language | None, *, of_list: Make | None = None) -> Word:
    """Every form of one word; a Word without forms, stems and prefix when the languages know none.

    `of_list` makes the words of a list, for who has most of them already.
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
    """In order, one a line, as a Word has them."""
    return "\n".join(sorted(forms))


def _any_of(words: Iterable[Word]) -> Word:
    """One word that has the forms of all these."""
    among = tuple(words)
    forms = {form for word in among for form in word.forms}
    return Word(lines=in_lines(forms), stems=tuple(dict.fromkeys(stem for word in among for stem in word.stems)))


def _as_written(folded: str) -> tuple[Stem, ...]:
    """A Kazakh word in this very form, in Latin and in Russian letters."""
    latin = (Stem(text=text, script="latin", template="", vowels="any") for text in sorted(skeletons(folded)))
    typed = (
        Stem(text=text, script="cyrillic", template="", vowels="any", typed_for=folded)
        for text in sorted(russian_spellings(folded))
    )
    return *latin, *typed


def also_russian(words: Iterable[Word]) -> frozenset[str]:
    """The words of the Russian dictionary that long Kazakh stems of these accept, too, in Russian letters.

    None ends as who lives in a place does («пермьдік»).
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
    """Nothing could ever match it."""
    return not (word.lines or word.stems or word.prefix)


def is_inflected(text: str) -> bool:
    """Numbers and foreign names («1937», «Telegram») stand as written."""
    return any(character >= "\u0400" for character in text)
