"""Sample forms of a Kazakh word in correct spelling, for people who check a rule.

Not used for matching: the grammar of kazakh_suffixes.py accepts many more forms. Only samples that it accepts are
shown.
"""

import re
from collections.abc import Iterator

from monitor.text.languages.kazakh import Stem, stems
from monitor.text.unicode import fold

_BACK, _FRONT = "аоұыя", "әеөүіэи"  # «у», «ю» are either: the vowel before them decides
_TO_FRONT = str.maketrans("аығқ", "еігк")
_SOFT = {"п": "б", "қ": "ғ", "к": "г"}
_HARD = {soft: hard for hard, soft in _SOFT.items()}

_HARD_ENDS = frozenset({"ск", "цк"})  # «томскілік»

# Endings in their back form. A capital stands for letters that depend on the last sound before it.
_LAST_SOUNDS = ("аәеиоөұүыіэя", "рйу", "л", "мнң", "зж", "")  # "": voiceless sounds, and all others
_DECIDED = {
    "Л": "л л д д д т",  # -лар
    "Н": "н д д н д т",  # -ның
    "В": "н д д д д т",  # -ны
    "Д": "д д д д д т",  # -да, -ды
    "Б": "д д д н д т",  # -дан
    "М": "м м м м б п",  # -мен
    "О": "м м м б б п",  # -ма, not
    "Ғ": "ғ ғ ғ ғ ғ қ",  # -ға, -ған
    "А": "й а а а а а",  # -ады
    "Ы": "- ы ы ы ы ы",  # -ып
    "П": "л ыл ын ыл ыл ыл",  # -ылды
}
_SPELLING = (("йа", "я"), ("йу", "ю"), ("ый", "и"), ("ій", "и"), ("ыу", "у"), ("іу", "у"))
_OWNED_WORD = re.compile(r".{4,}(?<!ш)[ыі]")  # азаматы, but not беруші, an agent
_BEFORE_U = re.compile("б(?=[ыі]п$)")  # табу: тауып
_NOUN = {
    "много": "Лар",
    "чей": "Ның",
    "кому, куда": "Ға",
    "кого, что": "Вы",
    "где": "Да",
    "откуда": "Бан",
    "с кем, чем": "Мен",
    "тот, что там": "Дағы",
    "их — кому": "Ларына",
}
_OWNED = {"чей": "ның", "кому, куда": "на", "кого, что": "н", "где": "нда", "откуда": "нан", "с кем, чем": "мен"}
_ACRONYM = {"чей": "ның", "кому, куда": "ға", "кого, что": "ны", "где": "да", "откуда": "дан"}
_VERB = {
    "сделал": "Ды",
    "сделавший": "Ған",
    "не сделавший": "Оаған",
    "делает": "Ады",
    "делающий": "Атын",
    "сделав": "Ып",
    "если сделает": "са",
    "сделан": "Пды",
    "чтобы сделать": "уға",
    "чьё-то действие": "уы",
}


def samples(word: str) -> dict[str, str]:
    """Return forms of a dictionary word by their meaning, in Russian; {} if it takes no endings.

    A word in -у/-ю is shown as a verb, one in -ы/-і as a possessive, an acronym with cases of either harmony.
    """
    word = word.strip()
    folded = fold(word).text
    known = tuple(stem for stem in stems(word) if stem.script == "cyrillic" and not stem.typed_for)
    if not known:
        return {}
    forms = _acronym(word) if word.isupper() else _forms(folded, {stem.text for stem in known}, name=word.istitle())
    return {meaning: form for meaning, form in forms if _accepted(form, known)}


def dweller(place: str) -> str:
    """Return the word for an inhabitant of a place: «пермьдік», «томскілік», «уфалық»."""
    base = fold(place).text
    base += "і" if base[-2:] in _HARD_ENDS else ""
    return base + _harmonised(f"{_DECIDED['Л'].split()[_sound(base)]}ық", base)


def _accepted(form: str, known: tuple[Stem, ...]) -> bool:
    plain = fold(form.partition(",")[0].replace("-", "")).text
    return any(plain.startswith(stem.text) and stem.accepts(plain[len(stem.text) :]) for stem in known)


def _acronym(word: str) -> Iterator[tuple[str, str]]:
    """Yield the cases of an acronym in both harmonies, because it is unknown how its letters are read."""
    for meaning, ending in _ACRONYM.items():
        yield meaning, f"{word}-{ending.translate(_TO_FRONT)}, {word}-{ending}"


def _forms(word: str, known: set[str], *, name: bool) -> Iterator[tuple[str, str]]:
    base = "" if name else _verb_base(word, known)
    if base:
        endings = _VERB
    elif _OWNED_WORD.fullmatch(word) and not name:
        base, endings = word, _OWNED
    else:
        base, endings = word, _NOUN
        yield "чей-то", _titled(_owned(word, known), name=name)
    yield from ((meaning, _titled(_joined(base, ending), name=name)) for meaning, ending in endings.items())


def _titled(form: str, *, name: bool) -> str:
    return form.title() if name else form


def _verb_base(word: str, known: set[str]) -> str:
    """Return the base for a verb's endings; "" for another word."""
    base = word[:-1] + ("й" if word[-1:] == "ю" else "")
    if word[-1:] not in ("у", "ю") or base not in known:
        return ""
    spoken = base + _harmonised("ы", base)
    return spoken if len(base) < 4 and spoken in known else base  # оқу: оқыды


def _owned(word: str, known: set[str]) -> str:
    """Return the possessive: «азаматы», «полициясы», «мектебі», «халқы»."""
    last = word[-1:]
    if word[:-2] + last in known:
        return _joined(word[:-2] + last, "ы")
    if _sound(word) == 0:
        return _joined(word, "сы")
    return _joined(word[:-1] + _SOFT.get(last, last), "ы")


def _joined(base: str, ending: str) -> str:
    begins = ending[0]
    if begins in _DECIDED:
        begins = _DECIDED[begins].split()[_sound(base)].strip("-")
    if ending[0] == "П" and base[-2:-1] == "л":
        begins = "н"  # жарияла-: жарияланды
    ending = begins + ending[1:]
    if base[-1] in _HARD and ending[0] not in "аыу":
        base = base[:-1] + _HARD[base[-1]]  # таб-: тапты
    if base.endswith("ст") and ending[0] == "т":
        base = base[:-1]  # журналистер
    return base[:-1] + _spelled(base[-1] + _harmonised(ending, base))


def _spelled(seam: str) -> str:
    for sounds, letters in _SPELLING:
        seam = seam.replace(sounds, letters)
    return _BEFORE_U.sub("у", seam)


def _sound(base: str) -> int:
    last = base.rstrip("ь")[-1:]
    return next((number for number, letters in enumerate(_LAST_SOUNDS) if last in letters), len(_LAST_SOUNDS) - 1)


def _harmonised(ending: str, base: str) -> str:
    vowel = next((letter for letter in reversed(base) if letter in _BACK + _FRONT), "а")
    return ending.translate(_TO_FRONT) if vowel in _FRONT else ending
