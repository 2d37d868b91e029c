"""Russian: every form of a dictionary word, of a surname, of an acronym. No documents are analysed here.

pymorphy3 knows the words; this file is the only one that imports it, at the first call. Verbs gain the passives that
OpenCorpora files under other lemmas; acronyms («КНБшник») and surnames follow tables of endings.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from monitor.text import fold

_WORD = re.compile(r"[а-я]+(?:-[а-я]+)*")
_ACRONYM = re.compile(r"[А-Я]{2,6}")
_VOWELS = "аеиоуыэюя"
_GUESSED_NAMES = frozenset({"Surn", "Name", "Patr", "Geox"})


def forms(word: str) -> frozenset[str]:
    """All forms of a dictionary word, folded as `monitor.text.fold` does; empty if it is no Russian word.

    A verb brings its participles and, if imperfective, its passives in -ся; a participle given as the word brings
    itself only. 2–6 capitals are an acronym: it brings its endings, «К.Н.Б.» and colloquial «КНБшник», «каэнбэшник».
    """
    word = word.strip()
    if _ACRONYM.fullmatch(word):
        return frozenset(_acronym_forms(fold(word).text))
    folded = fold(word).text
    if not _WORD.fullmatch(folded):
        return frozenset()
    return frozenset(fold(form).text for parse in _parses(word.lower(), folded) for form in _paradigm(parse)) | {folded}


@cache
def _analyzer() -> Any:
    from pymorphy3 import MorphAnalyzer  # noqa: PLC0415 - 0.2 s and 38 MB that only a load of the rules needs

    return MorphAnalyzer(lang="ru")


def _parses(word: str, folded: str) -> list[Any]:
    """The readings of `word`: as a dictionary form, else as a form of a known word, else guessed."""
    readings = _analyzer().parse(word)
    known = [reading for reading in readings if reading.is_known]
    as_lemma = [reading for reading in known if fold(reading.normal_form).text == folded]
    if as_lemma or known:
        return as_lemma or known
    guesses = [reading for reading in readings if not _GUESSED_NAMES & reading.tag.grammemes]
    return [reading for reading in guesses if fold(reading.normal_form).text == folded][:1] or guesses[:1]


def _paradigm(parse: Any) -> Iterator[str]:
    participle = parse.tag.POS in {"PRTF", "PRTS"}
    for form in parse.lexeme:
        if participle and not _same_participle(form.tag, parse.tag):
            continue
        yield form.word
        if _has_passive(form.tag, form.word):
            yield form.word + ("сь" if form.word[-1] in _VOWELS else "ся")


def _same_participle(tag: Any, given: Any) -> bool:
    return tag.POS in {"PRTF", "PRTS"} and (tag.tense, tag.voice) == (given.tense, given.voice)


def _has_passive(tag: Any, word: str) -> bool:
    """Perfectives do not («задержался» is another word), participles do not («выдающийся»)."""
    return tag.POS in {"VERB", "INFN", "GRND"} and tag.aspect == "impf" and not word.endswith(("ся", "сь"))


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

_ADJECTIVE_PLURAL = ("ые", "ых", "ым", "ыми")
_HARD = ("ого", "ому", "ым", "ом")
_SOFT = ("его", "ему", "им", "ем")
_VELAR = ("ого", "ому", "им", "ом", "ие", "их", "ими")

# (ending of the name, how many letters to take off, endings to put on); the first row that fits decides
_NAME_TABLE: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    (r".+(?:ов|ев|ин|ын)", 0, ("а", "у", "ым", "е", "ы", "ых", "ыми")),
    (r".+(?:ова|ева|ина|ына)", 1, ("ой", "ою", "у")),
    (r".+[сц]кая", 2, ("ой", "ою", "ую")),
    (r".+[гкхжшщч]ая", 2, ("ой", "ою", "ую", "ей", "ею")),
    (r".+[^гкх]ая", 2, ("ой", "ою", "ую")),
    (r".+яя", 2, ("ей", "ею", "юю")),
    (r".+[гкх][ио]й", 2, _VELAR),
    (r".+[жшщч]ий", 2, (*_SOFT, "ие", "их", "ими")),
    (r".+[^аеиоуэюя](?:ый|ой)", 2, (*_HARD, *_ADJECTIVE_PLURAL)),
    (r".+(?:о|е|и|у|ю|э|ых|их|ы)", 0, ()),
    (r".+ия", 1, ("и", "ю", "ей", "ею")),
    (r".+я", 1, ("и", "е", "ю", "ей", "ею")),
    (r".+[гкх]а", 1, ("и", "е", "у", "ой", "ою")),
    (r".+[жшщчц]а", 1, ("и", "ы", "е", "у", "ей", "ой", "ею")),
    (r".+а", 1, ("ы", "е", "у", "ой", "ою")),
    (r".+ец", 2, ("ца", "цу", "цем", "цом", "це", "цы", "цов", "цев", "цам", "цами", "цах")),
    (r".+[ьй]", 1, ("я", "ю", "ем", "е", "и", "ев", "ей", "ям", "ями", "ях")),
    (r".+[жшщч]", 0, ("а", "у", "ем", "ом", "е", "и", "ей", "ам", "ами", "ах")),
    (r".+[гкх]", 0, ("а", "у", "ом", "е", "и", "ов", "ам", "ами", "ах")),
    (r".+", 0, ("а", "у", "ом", "е", "ы", "ов", "ам", "ами", "ах")),
)
_FLEETING = re.compile(r"(.+[^аеиоуыэюя])[ео](к|л)")  # Волчок → Волчка, Павел → Павла


def name_forms(name: str) -> frozenset[str]:
    """Forms of one word of a person's name, ё as е, the capital kept: compare case-sensitively, or in all capitals.

    The ending tells the gender: a man's «Мовлаев» brings «Мовлаевым» and the family «Мовлаевых», a woman's
    «Емельянова» neither. Of «Имя Фамилия» give one word at a time. Empty if the word has other than Russian letters.
    """
    folded = fold(name.strip()).text
    if not _WORD.fullmatch(folded):
        return frozenset()
    by_dictionary = (form for parse in _name_parses(folded) for form in _lexeme(parse))
    return frozenset(_titled(form) for form in {folded, *_by_ending(folded), *by_dictionary})


def _titled(form: str) -> str:
    return "-".join(part[:1].upper() + part[1:] for part in form.split("-"))


def _by_ending(name: str) -> Iterator[str]:
    stem_of_double, _, last = name.rpartition("-")
    head = f"{stem_of_double}-" if stem_of_double else ""
    _, taken, endings = next(row for row in _NAME_TABLE if re.fullmatch(row[0], last))
    yield from (head + last[: len(last) - taken] + ending for ending in endings)
    fleeting = _FLEETING.fullmatch(last)
    if fleeting and taken == 0:
        yield from (head + fleeting[1] + fleeting[2] + ending for ending in endings)


def _name_parses(folded: str) -> Iterable[Any]:
    """What the dictionary knows as a first name, a patronymic or a surname with this very base form."""
    for reading in _analyzer().parse(folded):
        is_name = {"Name", "Patr", "Surn"} & reading.tag.grammemes
        if reading.is_known and is_name and fold(reading.word).text == folded and reading.tag.case == "nomn":
            yield reading


def _lexeme(parse: Any) -> Iterator[str]:
    for form in parse.lexeme:
        if form.tag.gender == parse.tag.gender or (form.tag.number == "plur" and parse.tag.gender != "femn"):
            yield fold(form.word).text
