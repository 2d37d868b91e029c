"""Kazakh: a dictionary word → stems with which its forms begin, each with the endings it takes.

Forms are too many to list (a verb has a thousand), so a word of a text is accepted if it is a known stem and a valid
chain of suffixes. The chains are in kazakh_suffixes.py, Latin letters in kazakh_latin.py; here is how a stem changes
before them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.text.languages import kazakh_suffixes as grammar
from monitor.text.languages.kazakh_latin import LATIN_MARKS, latin_skeleton, russian_spellings, skeletons
from monitor.text.languages.kazakh_suffixes import Script
from monitor.text.unicode import fold

__all__ = ["LATIN_MARKS", "Stem", "dweller_stems", "latin_skeleton", "stems"]

_WORD = re.compile(r"[а-яәғқңөұүһі]+(?:-[а-яәғқңөұүһі]+)*")
_VOWELS = "аәеёиоөуұүыіэюя"
_LONGEST_ACRONYM = 6  # letters
_SHORT = 4  # letters; otherwise «Панама» would be «пана» + м + а
_SOFT = {"п": "б", "қ": "ғ", "к": "г"}
_HARD = {soft: hard for hard, soft in _SOFT.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stem:
    """Letters with which forms begin (folded; the skeleton for `latin`), and what may follow them.

    If the letters are those that a Russian keyboard has instead of Kazakh ones, `typed_for` is the Kazakh spelling.
    """

    text: str
    script: Script
    template: str  # from monitor/text/languages/kazakh_suffixes.py
    vowels: grammar.Vowels
    typed_for: str = ""

    def is_typed_in(self, word: str) -> bool:
        """Whether each letter of the word is the stem's typed letter or the Kazakh one it stands for."""
        if len(self.text) != len(self.typed_for):
            return word.startswith(self.text)
        letters = zip(word, self.text, self.typed_for, strict=False)
        return all(letter in (typed, own) for letter, typed, own in letters)

    def accepts(self, rest: str, *, in_russian_letters: bool = False) -> bool:
        """Whether `rest` (may be empty) is a chain of suffixes of this stem, perhaps typed in Russian letters."""
        if not grammar.LETTERS.fullmatch(rest):
            return False
        chains = grammar.meant_by(rest) if in_russian_letters else (rest,)
        return any(grammar.accept(chain, self.template, self.script, self.vowels) for chain in chains)


def stems(word: str) -> tuple[Stem, ...]:
    """Return the stems of a dictionary word in both scripts; empty if it has letters other than Kazakh Cyrillic.

    A word in -у/-ю is a verb and its noun; one in -ы/-і is also taken as possessive («азаматы» finds «азаматтарының»);
    one in -ып/-іп is a converb without further forms. 2–6 capitals are an acronym and take cases only; a capitalised
    word is a name and takes no «my», «your». Adjectives in -лық and agents in -уші are words of their own.
    """
    word = word.strip()
    folded = fold(word).text
    if not _WORD.fullmatch(folded):
        return ()
    return tuple(
        dict.fromkeys(stem for text, template in _stems(word, folded) for stem in _both_scripts(text, template))
    )


def dweller_stems(place: str) -> tuple[Stem, ...]:
    """Return stems of the word for a place's inhabitants: «пермьдік» of «Пермь», «томскілік», «томсктік» of «Томск»."""
    folded = fold(place).text
    names = dict.fromkeys((folded, folded.removesuffix("ь")))
    return tuple(stem for name in names for stem in _both_scripts(name, grammar.DWELLER))


def _stems(word: str, folded: str) -> Iterator[tuple[str, str]]:
    """Yield the beginnings of the word's forms, each with the template of what follows."""
    if word.isupper() and 2 <= len(folded) <= _LONGEST_ACRONYM:
        yield folded, grammar.CASES
    elif _is_converb(folded):
        yield folded, grammar.EXACT
    else:
        yield from _noun(folded, persons=len(folded) > _SHORT and word == word.lower())
        if folded[-1] in "ую" and len(folded) > 2 and folded not in _NOT_VERBS:
            yield from _verb(folded)


def _both_scripts(text: str, template: str) -> Iterator[Stem]:
    vowels = _harmony(text)
    yield Stem(text=text, script="cyrillic", template=template, vowels=vowels)
    for skeleton in sorted(skeletons(text)):
        yield Stem(text=skeleton, script="latin", template=template, vowels=vowels)
    for spelling in sorted(russian_spellings(text)):
        yield Stem(text=spelling, script="cyrillic", template=template, vowels=vowels, typed_for=text)


def _harmony(text: str) -> grammar.Vowels:
    """Return the vowels that endings must have. Short native words are strict; long ones may be loans, which authors
    spell either way.
    """
    last = next((letter for letter in reversed(text) if letter in _VOWELS), "")
    if len(text) > _SHORT or not last or last in "иуёюэ" or _ends_in_cluster(text):
        return "any"
    return "back" if last in "аоұыя" else "front"


def _ends_in_cluster(text: str) -> bool:
    return len(text) > 1 and text[-1] not in _VOWELS and text[-2] not in _VOWELS


# ── nouns ──────────────────────────────────────────────────────────────────────────────────────

# The vowel of the last syllable is lost before a possessive: халық → халқы.
_SYNCOPE = re.compile(
    r"халық|орын|мұрын|ерін|қарын|қойын|мойын|ауыз|дауыс|көңіл|құлық|әріп|парық|ерік|көрік|бөрік|нарық|қалып|кейіп|қауіп"
    r"|мүлік|құлып|ырық|айып"
)


def _noun(word: str, *, persons: bool) -> Iterator[tuple[str, str]]:
    owned = grammar.OWNED if persons else grammar.OWNED_SHORT
    whole = grammar.NOUN if persons else grammar.SHORT_NOUN
    of_vowel = grammar.NOUN_OF_VOWEL if persons else grammar.SHORT_NOUN_OF_VOWEL
    last = word[-1]
    yield word, of_vowel if last in _VOWELS else whole
    if last in _SOFT:
        yield word[:-1] + _SOFT[last], owned
    if _SYNCOPE.fullmatch(word):
        yield word[:-2] + _SOFT.get(last, last), owned
        yield word[:-2] + last, owned
    if last == "ь":
        yield word[:-1], owned
    if _ends_in_cluster(word) and len(word) >= _SHORT:
        yield word + "і", of_vowel  # факт → фактісі
        yield word[:-1], f"(?!$)(?:{whole})"  # журналист → журналистер, процесс → процеске
    if last in "ыі" and len(word) > _SHORT:
        yield from _owned(word, persons=persons)


def _owned(word: str, *, persons: bool) -> Iterator[tuple[str, str]]:
    """Yield stems of a possessive («азаматы», «полициясы»): its own cases, and other owners and numbers."""
    yield word, grammar.OWN_CASES
    base = word[:-1]
    yield base, grammar.OWNED_OR_PLURAL if persons else grammar.OWNED_PLURAL
    if base[-1] in _HARD:
        yield base[:-1] + _HARD[base[-1]], grammar.OWNED_PLURAL
    if base[-1] == "с":
        yield base[:-1], grammar.OWNED_PLURAL


# ── verbs ──────────────────────────────────────────────────────────────────────────────────────

_NOT_VERBS = frozenset({"су", "ту", "бу", "дау", "жау", "тау", "қару", "ару", "сұлу"})
# ұстап could be a noun like мектеп, so -ап is not here
_CONVERB = re.compile(r"(?!(?:әріп|тәртіп|ғарып|тәліп)$).{3,}[ыі]п")
_ON_VOWEL = frozenset({"оқ", "тан", "тас", "тоқ", "ер", "аш", "сас"})  # short stems that lost ы/і before у: оқы-
_COLLOQUIAL = {"ал": "ап", "сал": "сап", "қал": "қап", "кел": "кеп", "бол": "боп"}


def _is_converb(word: str) -> bool:
    return _CONVERB.fullmatch(word) is not None and not _SYNCOPE.fullmatch(word)


def _verb(word: str) -> Iterator[tuple[str, str]]:
    """Yield the stems of the verb whose noun is `word`."""
    base = word[:-1]
    if word[-1] == "ю":
        yield base + "й", grammar.VERB  # қою: қойды
        yield base, grammar.YU  # қояды
    elif base[-1] in _VOWELS:
        yield base, grammar.VERB_OF_VOWEL
    else:
        yield from _verb_of_consonant(base)


def _verb_of_consonant(base: str) -> Iterator[tuple[str, str]]:
    yield base, grammar.VERB
    if base[-1] in _HARD:
        yield base[:-1] + _HARD[base[-1]], grammar.VERB  # табу: тапты
    if base[-1] == "б":
        yield base[:-1] + "у", grammar.CONVERB  # тауып
    if base in _COLLOQUIAL:
        yield _COLLOQUIAL[base], grammar.CONVERB_PERSON
    if len(base) > _SHORT - 1 or base in _ON_VOWEL:
        yield base + "ы", grammar.VERB_OF_VOWEL
        yield base + "і", grammar.VERB_OF_VOWEL
        yield base + "и", grammar.PRESENT
