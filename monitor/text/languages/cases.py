"""The grammatical cases of both languages, and which of them a form may be.

A form often has several readings («России» is genitive, dative and prepositional): they are a set of flags.
"""

import re
from collections.abc import Iterable
from enum import IntFlag

from monitor.text.languages.kazakh import Stem
from monitor.text.languages.kazakh_latin import latin_skeleton


class Case(IntFlag):
    """What a form may be. Russian has no ABLATIVE, Kazakh no PREPOSITIONAL that is not its locative."""

    NOMINATIVE = 1
    GENITIVE = 2
    DATIVE = 4
    ACCUSATIVE = 8
    INSTRUMENTAL = 16
    LOCATIVE = 32
    ABLATIVE = 64
    ADJECTIVE = 128  # beside its case: it says whose or from where, and agrees with another word


ANY = Case(127)
RUSSIAN = {
    "nomn": Case.NOMINATIVE,
    "gent": Case.GENITIVE,
    "gen2": Case.GENITIVE,
    "datv": Case.DATIVE,
    "accs": Case.ACCUSATIVE,
    "ablt": Case.INSTRUMENTAL,
    "loct": Case.LOCATIVE,
    "loc2": Case.LOCATIVE,
}  # as OpenCorpora calls them

# The end of a chain of suffixes; read from the longest, so that «-ынан» is no accusative.
_ENDINGS: tuple[tuple[re.Pattern[str], Case], ...] = tuple(
    (re.compile(f"(?:.*)(?:{pattern})"), case)
    for pattern, case in (
        ("[дтн]ан|[дтн]ен", Case.ABLATIVE),
        ("[ндт]ың|[ндт]ің", Case.GENITIVE),
        ("[мбп]ен", Case.INSTRUMENTAL),
        ("[дт]а(?:ғы(?:лар)?)?|[дт]е(?:гі(?:лер)?)?", Case.LOCATIVE),
        ("[ғқгк]а|[ғқгк]е|на|не", Case.DATIVE),
        ("[ндт]ы|[ндт]і|(?<=[ыі])н", Case.ACCUSATIVE),
    )
)
_LATIN_ENDINGS = tuple((re.compile(latin_skeleton(pattern.pattern)), case) for pattern, case in _ENDINGS)
_TO_HIS = (("ына", "іне", "сына", "сіне"), ("ina", "ine"))  # «азаматына»


def kazakh_case(word: str, stems: Iterable[Stem], *, latin: bool = False) -> Case:
    """The cases of a folded word that one of these stems begins; ANY when none does."""
    case = Case(0)
    for stem in stems:
        rest = word.removeprefix(stem.text) if word.startswith(stem.text) else None
        if rest is not None and (stem.script == "latin") is latin and stem.accepts(rest):
            case |= _of_chain(rest, latin=latin)
    return case or ANY


def _of_chain(rest: str, *, latin: bool) -> Case:
    if rest.endswith(_TO_HIS[latin]):
        return Case.DATIVE
    for pattern, case in _LATIN_ENDINGS if latin else _ENDINGS:
        if pattern.fullmatch(rest):
            return case
    return Case.NOMINATIVE
