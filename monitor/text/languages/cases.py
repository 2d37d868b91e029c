"""The grammatical cases of both languages, and which of them a form may be.

A form often has several readings («России» is genitive, dative and prepositional): they are a set of flags.
"""

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

# The end of a chain of suffixes; «-ынан» is looked for before «-на» and «-н».
_ENDINGS: tuple[tuple[tuple[str, ...], Case], ...] = (
    (("дан", "тан", "нан", "ден", "тен", "нен"), Case.ABLATIVE),
    (("ның", "дың", "тың", "нің", "дің", "тің"), Case.GENITIVE),
    (("мен", "бен", "пен"), Case.INSTRUMENTAL),
    (
        ("да", "та", "де", "те", "дағы", "тағы", "дегі", "тегі", "дағылар", "тағылар", "дегілер", "тегілер"),
        Case.LOCATIVE,
    ),
    (("ға", "қа", "ге", "ке", "на", "не"), Case.DATIVE),
    (("ны", "ды", "ты", "ні", "ді", "ті", "ын", "ін"), Case.ACCUSATIVE),
)
_LATIN_ENDINGS = tuple((tuple(latin_skeleton(ending) for ending in endings), case) for endings, case in _ENDINGS)
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
    for endings, case in _LATIN_ENDINGS if latin else _ENDINGS:
        if rest.endswith(endings):
            return case
    return Case.NOMINATIVE
