"""The suffix grammar of Kazakh: which letters may follow a stem. Tables and patterns only, no words.

Templates are regular expressions with five signs for letters that depend on vowel harmony, so that a chain is all back
or all front: А is а/е, Ы is ы/і, Ғ is ғ/г, Қ is қ/к, and Г is any of the voiced and voiceless pair (ғ қ / г к).
Assimilation to the end of the stem ([лдт]ар, [ндт]ың) is not checked, because authors get it wrong. But after a vowel
the past is -ды: «алматы» is a city, «did not take» is «алмады». The sign Д stands for the endings of participles and
gerunds, which are nouns from there on; written out wherever a verb may become one, they would make patterns that take
half a second to compile.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

from monitor.text.languages.kazakh_latin import latin_skeleton

Script = Literal["cyrillic", "latin"]  # latin: the skeleton of monitor/text/languages/kazakh_latin.py
Vowels = Literal["back", "front", "any"]  # any: words that take either

_Signs = dict[str, str | int | None]
_DEEDS: dict[Vowels, str] = {"back": "1", "front": "2"}
_HARMONIES: dict[Vowels, _Signs] = {
    "back": {"А": "а", "Ы": "ы", "Ғ": "ғ", "Қ": "қ", "Г": "[ғқ]", "Д": _DEEDS["back"]},
    "front": {"А": "е", "Ы": "і", "Ғ": "г", "Қ": "к", "Г": "[гк]", "Д": _DEEDS["front"]},
}

# ── nouns ──────────────────────────────────────────────────────────────────────────────────────

_PLURAL = "[лдт]Ар"
_PLAIN_CASE = "[ндт]Ың|ГА|[ндт]Ы|[дт]А|[дтн]Ан|[мбп]ен(?:ен)?"
_WITH = "[мбп]ен(?:ен)?"
_CASES = f"{_PLAIN_CASE}|[дт]Ай(?:[дт]Ы|ГА|[дт]Ан)?|шА|[ндт]ікі"
_CASES_OF_HIS = f"нЫң|нА|н|ндА|нАн|{_WITH}|ндАй(?:дЫ)?|ншА|нікі"  # after the possessive of the third person
_CASES_OF_MINE = f"[ндт]Ың|Г?А|[дн]Ы|дА|[дн]Ан|{_WITH}|дАй|шА|[нд]ікі"
_BEING_AT = f"[дт]А[Ғ]Ы(?:{_PLURAL}(?:{_PLAIN_CASE})?|{_CASES_OF_HIS})?"  # -дағы, -дағылардың
_HIS = f"Ы(?:{_CASES_OF_HIS}|н{_BEING_AT})?"
_MINE = f"(?:Ым|Ың|ЫмЫз|ЫңЫз)(?:{_CASES_OF_MINE}|{_BEING_AT})?"
_PREDICATE = "[мбп]Ын|[мбп]Ыз|сЫң|сЫз|сЫңдАр|сЫздАр"


def _noun(*, persons: bool) -> str:
    """Return the template after a consonant; `persons` adds «my», «your», «I am», «you are»."""
    owner = f"{_HIS}|{_MINE}" if persons else _HIS
    chain = f"(?:{_PLURAL})?(?:{owner}|{_CASES}|{_BEING_AT})?"
    return f"{chain}(?:{_PREDICATE})?" if persons else chain


def _after_vowel(*, persons: bool) -> str:
    """Return the template after a vowel: сы for ы, м for ым."""
    mine = f"|(?:м|ң|мЫз|ңЫз)(?:{_CASES_OF_MINE}|{_BEING_AT})?" if persons else ""
    return f"{_noun(persons=persons)}|с{_HIS}{mine}"


NOUN = _noun(persons=True)
NOUN_OF_VOWEL = _after_vowel(persons=True)
SHORT_NOUN = _noun(persons=False)
SHORT_NOUN_OF_VOWEL = _after_vowel(persons=False)
OWNED = f"{_HIS}|{_MINE}"  # begins with a vowel: for a softened or shortened stem
OWNED_SHORT = _HIS
OWNED_OR_PLURAL = f"(?:{_PLURAL})?(?:{OWNED})"
OWNED_PLURAL = f"{_PLURAL}(?:{OWNED})"
OWN_CASES = f"(?:{_CASES_OF_HIS}|н{_BEING_AT})?"  # for a word that ends in a possessive
DWELLER = "Ы?[лдт]Ы[қкғг]Д"  # after a place's name: its inhabitant
CASES = f"(?:{_PLURAL})?(?:{_PLAIN_CASE}|{_BEING_AT}|[ндт]ікі)?"  # for acronyms and names

# ── verbs ──────────────────────────────────────────────────────────────────────────────────────

_DEED = f"(?:[дт]Ы[қкғг])?(?:{NOUN})"  # the endings that Д stands for; -дық makes one more noun (бергендіктен)
_PAST = "(?:м|ң|Қ|ңЫз|ңдАр|ңЫздАр)?"
_PRESENT = "(?:мЫн|м|сЫң|сЫз|дЫ|мЫз|сЫңдАр|сЫздАр)?"
_CONVERB = "(?:тЫ|пЫн|пЫз|сЫң|сЫз|сЫңдАр|сЫздАр|тЫм)?"
_ANY = f"сЫн|ГАнД|сА{_PAST}|[мбп]А[қк](?:шЫ)?(?:{_PREDICATE})?|ГАлЫ|ГАй|уД"
_OF_VOWEL = f"(?:{_ANY}|дЫ{_PAST}|ң|ңЫз|ңдАр|ңЫздАр|йЫн|йЫқ|йЫк|й{_PRESENT}|йтЫнД|п{_CONVERB}|рД)?"
_DENIED = f"[мбп]А(?:{_OF_VOWEL}|йЫншА|сД)"
_OF_CONSONANT = f"(?:{_ANY}|[дт]Ы{_PAST}|Ың|ЫңЫз|ЫңдАр|ЫңЫздАр|АйЫн|АйЫ[қк]|А{_PRESENT}|АтЫнД|Ып{_CONVERB}|АрД)?"
_VOICE = "(?:Ыл|Ын|Ыс|[дт]Ыр|ГЫз|Ыт|т)"
_VOICE_OF_VOWEL = "(?:л|н|с|т|[дт]Ыр)"

VERB = f"{_VOICE}{{0,3}}(?:{_OF_CONSONANT}|{_DENIED})"
VERB_OF_VOWEL = f"{_OF_VOWEL}|{_DENIED}|{_VOICE_OF_VOWEL}{_VOICE}{{0,2}}(?:{_OF_CONSONANT}|{_DENIED})"
PRESENT = f"{_PRESENT}|тЫнД"  # after оқи-, қоя-
YU = f"я(?:{PRESENT}|йЫн|йЫқ|рД)|юД"  # қой- + а, у
CONVERB = f"Ып{_CONVERB}"
EXACT = ""
CONVERB_PERSON = _CONVERB


# One byte a letter: with wider letters each character class takes the compiler three times as long.
_CODECS: dict[Script, str] = {"cyrillic": "kz1048", "latin": "iso8859-9"}

# A quick test: endings in any spelling have only these letters, and at most so many.
LETTERS = re.compile("[абгдезийклмнпрстушыюяғқңі]{0,40}|[a-zş]{0,40}")


class _Endings(NamedTuple):
    """The endings of a template in one harmony. `mark` stands for the endings of a noun, which `deeds` matches."""

    pattern: re.Pattern[bytes]
    mark: bytes
    deeds: re.Pattern[bytes] | None

    def accept(self, rest: bytes) -> bool:
        """Whether these letters are such an ending."""
        if self.pattern.fullmatch(rest):
            return True
        deeds = self.deeds
        return deeds is not None and any(
            deeds.fullmatch(rest, start) and self.pattern.fullmatch(rest[:start] + self.mark)
            for start in range(len(rest) + 1)
        )


def accept(rest: str, template: str, script: Script, vowels: Vowels) -> bool:
    """Whether these letters are endings of the template, in a harmony that the vowels allow."""
    names: tuple[Vowels, ...] = ("back", "front") if vowels == "any" else (vowels,)
    letters = rest.encode(_CODECS[script], "replace")
    return any(_endings(template, script, name).accept(letters) for name in names)


@cache
def _endings(template: str, script: Script, harmony: Vowels) -> _Endings:
    """Compile a template when it is first needed: most never are, and compiling all would slow every start."""
    pattern = template.translate(str.maketrans(_HARMONIES[harmony]))
    if script == "latin":
        pattern = latin_skeleton(pattern.replace("ң", "нг?"))
    deeds = _endings(_DEED, script, harmony).pattern if "Д" in template else None
    return _Endings(re.compile(pattern.encode(_CODECS[script])), _DEEDS[harmony].encode(), deeds)


_BACK, _FRONT = str.maketrans("гки", "ғқы"), str.maketrans("иы", "іі")
_NG = re.compile("(?<=[ыі])нг?(?=$|д)|(?<![^аеыі])нг?(?=[ыі]з)")


def meant_by(rest: str) -> Iterator[str]:
    """Yield the chains that one typed in Russian letters may stand for: all back or all front, н or ң."""
    for harmony in (_BACK, _FRONT):
        chain = rest.translate(harmony)
        yield chain
        if _NG.search(chain):
            yield _NG.sub("ң", chain)
