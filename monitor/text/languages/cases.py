"""Grammatical cases of both languages, and the cases that a form may have.

A form often has several readings («России» is genitive, dative and prepositional), so cases are a set of flags.
"""

from collections.abc import Iterable
from enum import IntFlag

from monitor.text.languages.kazakh import Stem
from monitor.text.languages.kazakh_latin import in_russian_letters, latin_skeleton
from monitor.text.languages.kazakh_suffixes import Script, meant_by


class Case(IntFlag):
    """What a form may be. Russian has no ABLATIVE; the Russian prepositional case is LOCATIVE."""

    NOMINATIVE = 1
    GENITIVE = 2
    DATIVE = 4
    ACCUSATIVE = 8
    INSTRUMENTAL = 16
    LOCATIVE = 32
    ABLATIVE = 64
    ADJECTIVE = 128  # set beside the case: the word says whose or from where, and agrees with another word


ANY = Case(127)
NO_CASE = Case(0)
RUSSIAN = {
    "nomn": Case.NOMINATIVE,
    "gent": Case.GENITIVE,
    "gen2": Case.GENITIVE,
    "datv": Case.DATIVE,
    "accs": Case.ACCUSATIVE,
    "ablt": Case.INSTRUMENTAL,
    "loct": Case.LOCATIVE,
    "loc2": Case.LOCATIVE,
}  # names as in OpenCorpora

# Ends of suffix chains; «-ынан» is looked for before «-на» and «-н».
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
_SPELLED = {
    "cyrillic": (_TO_HIS, *_ENDINGS),
    "latin": tuple((tuple(map(latin_skeleton, endings)), case) for endings, case in (_TO_HIS, *_ENDINGS)),
}


def ending_case(name: str) -> Case:
    """Return the genitive or ablative a folded Kazakh name ends in; NO_CASE if the name ends so itself: «Қазақстан»."""
    endings = () if name.endswith("стан") else _ENDINGS[:2]
    return next((case for known, case in endings if name.endswith(known)), NO_CASE)


def kazakh_case(word: str, stems: Iterable[Stem]) -> Case:
    """Return the cases of a folded word in any letters, by those stems with which it begins; ANY if there is none."""
    case = NO_CASE
    script: Script = "latin" if word[:1] < "\u0400" else "cyrillic"
    spellings = (latin_skeleton(word),) if script == "latin" else (word, in_russian_letters(word))
    for stem in (stem for stem in stems if stem.script == script):
        written = spellings[-1 if stem.typed_for else 0]
        rest = written[len(stem.text) :]
        if written.startswith(stem.text):
            chains = [rest, *meant_by(rest)] if script == "cyrillic" else [rest]
            chain = next(filter(stem.accepts, chains), None)
            case |= NO_CASE if chain is None else _of_chain(chain, script)
    return case or ANY


def _of_chain(chain: str, script: Script) -> Case:
    return next((case for endings, case in _SPELLED[script] if chain.endswith(endings)), Case.NOMINATIVE)
