"""The grammatical cases of both languages, and which of them a form may be.

A form often has several readings («России» is genitive, dative and prepositional): they are a set of flags.
"""

from collections.abc import Iterable
from enum import IntFlag

from monitor.text.languages.kazakh import Stem
from monitor.text.languages.kazakh_latin import in_russian_letters, latin_skeleton
from monitor.text.languages.kazakh_suffixes import Script, ending_in_russian_letters


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
_TO_HIS = (("ына", "іне", "сына", "сіне"), Case.DATIVE)  # «азаматына»
_SPELLING = {"cyrillic": str, "latin": latin_skeleton, "russian": ending_in_russian_letters}
_SPELLED = {
    script: tuple((tuple(map(spelled, endings)), case) for endings, case in (_TO_HIS, *_ENDINGS))
    for script, spelled in _SPELLING.items()
}


def kazakh_case(word: str, stems: Iterable[Stem]) -> Case:
    """The cases of a folded word, in whatever letters, that one of these stems begins; ANY when none does."""
    case = Case(0)
    latin, russian = (latin_skeleton(word), "") if word[:1] < "\u0400" else ("", in_russian_letters(word))
    for stem in stems:
        written = {"latin": latin, "russian": russian}.get(stem.script, word)
        rest = written[len(stem.text) :]
        if not written.startswith(stem.text):
            continue
        if stem.accepts(rest):
            case |= _of_chain(rest, stem.script)
        elif russian and stem.accepts(rest, in_russian_letters=True):
            case |= _of_chain(rest, "russian")
    return case or ANY


def _of_chain(rest: str, script: Script) -> Case:
    spelled = _SPELLING[script](rest)
    return next((case for endings, case in _SPELLED[script] if spelled.endswith(endings)), Case.NOMINATIVE)
