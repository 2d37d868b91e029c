"""Russian: every form of a dictionary word, of a surname, of an acronym. No documents are analysed here.

pymorphy3 knows the words; this file is the only one that imports it, at the first call. Verbs gain the passives that
OpenCorpora files under other lemmas; acronyms («КНБшник») and surnames follow tables of endings.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from monitor.text.unicode import fold

_WORD = re.compile(r"[а-я]+(?:-[а-я]+)*")
_ACRONYM = re.compile(r"[а-я]{2,6}")
_VOWELS = "аеиоуыэюя"
OTHER_FORMS = "другие формы"
ONLY_RUSSIAN = frozenset({"глагол", "прилагательное"})  # Kazakh has borrowed the nouns only
_PARTS_OF_SPEECH = {
    "NOUN": "существительное",
    "ADJF": "прилагательное",
    "ADJS": "краткое прилагательное",
    "COMP": "сравнительная степень",
    "INFN": "глагол",
    "VERB": "глагол",
    "GRND": "деепричастие",
    "PRTF": "причастие",
    "PRTS": "краткое причастие",
}
_GUESSED_NAMES = frozenset({"Surn", "Name", "Patr", "Geox"})


def forms(word: str) -> frozenset[str]:
    """All forms of a dictionary word, folded as `unicode.fold` does; empty if it is no Russian word.

    A verb brings its participles and, if imperfective, its passives in -ся; a participle given as the word brings
    itself only. 2–6 capitals are an acronym: it brings its endings, «К.Н.Б.» and colloquial «КНБшник», «каэнбэшник».
    One capital marks a name: a place the dictionary lacks («Костанай») is declined by its ending.
    """
    folded = fold(word.strip()).text
    if word.strip().isupper() and _ACRONYM.fullmatch(folded):
        return frozenset(_acronym_forms(folded))
    if not _WORD.fullmatch(folded):
        return frozenset()
    head, _, last = folded.rpartition("-")
    parses = _parses(folded, named=word != word.lower())
    found = {form.replace("ё", "е") for parse in parses for form, _ in _paradigm(parse)}
    if head:
        found |= {f"{head}-{form}" for form in forms(last)}  # онлайн-режима; the dictionary would decline both parts
    return frozenset(found or _by_ending(folded)) | {folded}


def grouped_forms(word: str) -> dict[str, tuple[str, ...]]:
    """`forms` for people to look through: by part of speech in Russian, as the paradigm orders them.

    Forms that no dictionary gave (acronyms, places, halves of hyphened words) stand last under `OTHER_FORMS`.
    """
    found = forms(word)
    known = {
        fold(form).text: _PARTS_OF_SPEECH.get(part, OTHER_FORMS)
        for parse in _parses(fold(word.strip()).text, named=word != word.lower())
        for form, part in _paradigm(parse)
    }
    groups: dict[str, list[str]] = {}
    for form in [*(form for form in known if form in found), *sorted(found - known.keys())]:
        groups.setdefault(known.get(form, OTHER_FORMS), []).append(form)
    return {group: tuple(members) for group, members in groups.items()}


@cache
def _analyzer() -> Any:
    from pymorphy3 import MorphAnalyzer  # noqa: PLC0415 - 0.2 s and 38 MB that only a load of the rules needs

    return MorphAnalyzer(lang="ru")


def _parses(word: str, *, named: bool) -> list[Any]:
    """The readings of `word`: as a dictionary form, else as a form of a known word, else (no name) guessed."""
    readings = _analyzer().parse(word)
    known = [reading for reading in readings if reading.is_known]
    whole = [reading for reading in known if _is_lemma(reading, word) or _is_participle(reading)]
    if whole or (known and not named):
        return whole or known
    if named:
        return [reading for reading in known if reading.tag.case == "nomn"]  # «Беженцы», but «Семей» is no «семья»
    guesses = [reading for reading in readings if not _GUESSED_NAMES & reading.tag.grammemes]
    participles = [reading for reading in guesses if _is_participle(reading)]
    return [reading for reading in guesses if _is_lemma(reading, word)][:1] + participles[:1]


def _is_participle(reading: Any) -> bool:
    """In its dictionary form, which the analyser takes for a form of the verb: «экстрадированный»."""
    return bool({"PRTF", "masc", "sing", "nomn"} <= reading.tag.grammemes)


def _is_lemma(reading: Any, word: str) -> bool:
    lemma: str = reading.normal_form
    return fold(lemma).text == word


def _paradigm(parse: Any) -> Iterator[tuple[str, str]]:
    """Every form with its part of speech as the dictionary calls it."""
    if parse.tag.POS == "NOUN":  # nothing to leave out or to add: most words of a rule, and asking tags is slow
        yield from ((form.word, "NOUN") for form in parse.lexeme)
        return
    participle = parse.tag.POS in {"PRTF", "PRTS"}
    for form in parse.lexeme:
        if (participle and not _same_participle(form.tag, parse.tag)) or "Cmp2" in form.tag:  # позеленее
            continue
        yield form.word, form.tag.POS
        if _has_passive(form.tag, form.word):
            yield form.word + ("сь" if form.word[-1] in _VOWELS else "ся"), form.tag.POS


def _same_participle(tag: Any, given: Any) -> bool:
    return tag.POS in {"PRTF", "PRTS"} and (tag.tense, tag.voice) == (given.tense, given.voice)


def _has_passive(tag: Any, word: str) -> bool:
    """Perfectives do not («задержался» is another word), participles do not («выдающийся»)."""
    if tag.POS not in {"VERB", "INFN", "GRND"} or tag.mood == "impr":
        return False
    return tag.aspect == "impf" and not word.endswith(("ся", "сь"))


# ── acronyms ───────────────────────────────────────────────────────────────────────────────────

_LETTER_NAMES = (
    {letter: letter + "э" for letter in "бвгджзптцч"}
    | {letter: "э" + letter for letter in "лмнрсф"}
    | {letter: letter + "а" for letter in "кхшщ"}
)
_MASCULINE = ("", "а", "у", "ом", "е", "ы", "ов", "ам", "ами", "ах")
_NICK = ("шник", ("", "а", "у", "ом", "е", "и", "ов", "ам", "ами", "ах"))
_WOMAN = ("шниц", ("а", "ы", "е", "у", "ей", "ею", "", "ам", "ами", "ах"))
_THING = ("ш", ("ка", "ки", "ке", "ку", "кой", "кою", "ек", "кам", "ками", "ках"))
_RELATED = ("шн", ("ый", "ая", "ое", "ые", "ого", "ой", "ому", "ую", "ым", "ом", "ою", "ых", "ыми"))


def _acronym_forms(acronym: str) -> Iterator[str]:
    yield acronym
    yield ".".join(acronym) + "."
    if any(letter in _VOWELS for letter in acronym) and acronym[-1] not in _VOWELS:
        yield from (acronym + ending for ending in _MASCULINE)
    spoken = "".join(_LETTER_NAMES.get(letter, letter) for letter in acronym)
    for base in (acronym, acronym + "э", acronym + "е", spoken):
        for suffix, endings in (_NICK, _WOMAN, _THING, _RELATED):
            yield from (base + suffix + ending for ending in endings)


# ── names ──────────────────────────────────────────────────────────────────────────────────────

# Endings to put on after taking off so many letters; the first row whose pattern fits decides.
# Families («Мовлаевы») only where the plural is no other surname: «Исмаилов» is not «Исмаил».
_NAME_TABLE: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    (r".+(?:ов|ев|ин|ын)", 0, ("а", "у", "ым", "е", "ы", "ых", "ыми")),
    (r".+(?:ова|ева|ина|ына)", 1, ("ой", "ою", "у")),
    (r".+[жшщч]ая", 2, ("ей", "ею", "ую")),
    (r".+ая", 2, ("ой", "ою", "ую")),
    (r".+яя", 2, ("ей", "ею", "юю")),
    (r".+[гкх][ио]й", 2, ("ого", "ому", "им", "ом", "ие", "их", "ими")),
    (r".+[жшщч]ий", 2, ("его", "ему", "им", "ем", "ие", "их", "ими")),
    (r".+[^аеиоуэюя](?:ый|ой)", 2, ("ого", "ому", "ым", "ом", "ые", "ых", "ыми")),
    (r".+(?:[оеиуюэы]|ых|их)", 0, ()),
    (r".+ия", 1, ("и", "ю", "ей", "ею")),
    (r".+я", 1, ("и", "е", "ю", "ей", "ею")),
    (r".+[гкх]а", 1, ("и", "е", "у", "ой", "ою")),
    (r".+[жшщч]а", 1, ("и", "е", "у", "ей", "ой", "ею")),
    (r".+а", 1, ("ы", "е", "у", "ой", "ою")),
    (r".+ец", 2, ("ца", "цу", "цем", "цом", "це", "еца", "ецу", "ецем", "ецом", "еце")),
    (r".+ий", 1, ("я", "ю", "ем", "и")),
    (r".+[ьй]", 1, ("я", "ю", "ем", "е")),
    (r".+[жшщчц]", 0, ("а", "у", "ем", "ом", "е")),
    (r".*", 0, ("а", "у", "ом", "е")),
)
_FLEETING = re.compile(r"(.+[^аеиоуыэюя])[ео](к)")  # Волчок → Волчка


def name_forms(name: str) -> frozenset[str]:
    """Forms of one word of a person's name, ё as е, the capital kept: compare case-sensitively, or in all capitals.

    The ending tells the gender: a man's «Мовлаев» brings «Мовлаевым» and the family «Мовлаевых», a woman's
    «Емельянова» neither. Of «Имя Фамилия» give one word at a time. Empty if the word has other than Russian letters.
    """
    folded = fold(name.strip()).text
    if not _WORD.fullmatch(folded):
        return frozenset()
    found = {form for reading in _first_names(folded) for form in _singular(reading)} or set(_by_ending(folded))
    return frozenset(_titled(form) for form in found | {folded})


def _titled(form: str) -> str:
    return "-".join(part[:1].upper() + part[1:] for part in form.split("-"))


def _by_ending(name: str) -> Iterator[str]:
    head, hyphen, last = name.rpartition("-")
    _, taken, endings = next(row for row in _NAME_TABLE if re.fullmatch(row[0], last))
    stems = {last[: len(last) - taken]}
    if taken == 0 and (fleeting := _FLEETING.fullmatch(last)):
        stems.add(fleeting[1] + fleeting[2])
    yield from (head + hyphen + stem + ending for stem in stems for ending in endings)


def _first_names(folded: str) -> Iterator[Any]:
    """What the dictionary knows as a first name or a patronymic with this base form: Лев, Павел, Илья."""
    for reading in _analyzer().parse(folded):
        is_name = {"Name", "Patr"} & reading.tag.grammemes
        if reading.is_known and is_name and reading.tag.case == "nomn" and reading.tag.number == "sing":
            yield reading


def _singular(reading: Any) -> Iterator[str]:
    for form in reading.lexeme:
        if form.tag.number == "sing" and form.tag.gender == reading.tag.gender and form.tag.case != "voct":
            yield fold(form.word).text
