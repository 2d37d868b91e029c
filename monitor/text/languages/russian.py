"""Russian: every form of a dictionary word, of a surname, of an acronym. Knows single words, not texts.

This is the only file that asks pymorphy3 about words (dictionary.py loads it). Verbs gain the passives that OpenCorpora
files under other lemmas; acronyms («КНБшник») and surnames follow tables of endings.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from monitor.text.languages import dictionary
from monitor.text.languages.cases import ANY, NO_CASE, RUSSIAN, Case
from monitor.text.languages.name_cases import cases_by_ending, forms_by_ending, plural_by_ending
from monitor.text.unicode import fold

_WORD = re.compile(r"[а-я]+(?:-[а-я]+)*")
_ACRONYM = re.compile(r"[а-я]{2,6}")
_BORROWED_VERB = re.compile(r"[а-я]+ир(?:у[юетшй][а-я]*|ова(?:[лтв]|н(?!и))[а-я]*)(?:ся|сь)?")
_VOWELS = "аеиоуыэюя"
OTHER_FORMS = "другие формы"
ONLY_RUSSIAN = frozenset({"глагол", "прилагательное"})  # Kazakh has borrowed only nouns
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
_UNDECLINED = {
    "ADVB": "наречие",
    "INFN": "глагол",
    "VERB": "глагол",
    "GRND": "деепричастие",
    "PRTS": "краткое причастие",
    "ADJS": "краткое прилагательное",
    "COMP": "сравнительная степень",
    "PRED": "наречие",
    "PREP": "предлог",
    "CONJ": "союз",
    "PRCL": "частица",
    "INTJ": "междометие",
}
_IN_DICTIONARY = 4  # length of the record of a dictionary word: analyser, word, number of its paradigm, place in it
_DECLINED = frozenset({"NOUN", "ADJF", "PRTF"})
_PAIRED = ("ов", "ев", "ин", "ын")  # men's surnames that have a woman's form
_OFTEN_UNDECLINED = ("ово", "ево", "ино", "ыно")  # «в Лефортове» and «в Лефортово»
_OF_VERBS = ("ть", "ти", "чь", "ся", "сь")  # ends of infinitives; guessing a Kazakh word takes the dictionary long
_VERBS = frozenset({"VERB", "INFN", "GRND", "PRTF", "PRTS"})
# Inanimate nouns of people.
_SOME_PEOPLE = frozenset({"семья", "пара", "диаспора", "супруги", "молодежь", "молодёжь", "экипаж", "народ"})
_UNLIKELY = 0.05  # score of a reading, by the dictionary's own counts
_GUESSED_NAMES = frozenset({"Surn", "Name", "Patr", "Geox"})
_NO_GUESS = _GUESSED_NAMES | {"Fixd", "UNKN"}  # the analyser takes «блогерка» and «дропер» for acronyms
_NO_FORMS = frozenset[str]()  # one object for all: each new one takes 216 bytes


@lru_cache(8_192)  # a word of many terms has one set of forms; the sets take a third of the memory of the rules
def forms(word: str) -> frozenset[str]:
    """Return all forms of a dictionary word, folded as by `unicode.fold`; empty if it is no Russian word.

    A verb also gets its participles and, if imperfective, its passives in -ся; a participle gets its own forms only.
    2–6 capitals are an acronym: it gets its endings, «К.Н.Б.» and colloquial «КНБшник», «каэнбэшник». A capital marks a
    name: a place the dictionary lacks («Костанай») is declined by its ending.
    """
    folded = fold(word.strip()).text
    if word.strip().isupper() and _ACRONYM.fullmatch(folded):
        return frozenset(_acronym_forms(folded))
    if not _WORD.fullmatch(folded):
        return _NO_FORMS
    head, _, last = folded.rpartition("-")
    parses = _parses(folded, named=word != word.lower())
    known = {form.replace("ё", "е") for parse in parses for form, _ in _paradigm(parse)}
    if head:
        known |= {f"{head}-{form}" for form in forms(last)}  # онлайн-режима; the dictionary would decline both parts
    guessed = () if known else (*forms_by_ending(folded), *(plural_by_ending(folded) if word == word.lower() else ()))
    return frozenset(known) | {folded, *guessed}


def known_forms(word: str) -> frozenset[str]:
    """Return `forms` of a word that the dictionary has; an empty set for any other."""
    folded = fold(word.strip()).text
    return forms(word) if _WORD.fullmatch(folded) and dictionary.is_known(folded) else _NO_FORMS


def is_dictionary_form(word: str) -> bool:
    """Whether the dictionary lists a word under this very form."""
    return dictionary.is_known(word) and any(
        reading.is_known and _is_lemma(reading, word) for reading in _readings(word)
    )


def undeclined_part(word: str) -> str:
    """Return the Russian name of an undeclined word's part of speech («наречие»); "" if it has cases or is unknown."""
    parts = [parse.tag.POS for parse in _parses(fold(word.strip()).text, named=word != word.lower())]
    return _UNDECLINED.get(parts[0], "") if parts and not _DECLINED & {*parts} else ""


def lemmas(word: str) -> tuple[str, ...]:
    """Return the dictionary words of which a folded word may be a form; only the word itself if it is one."""
    readings = [reading for reading in _readings(word) if reading.is_known] if _WORD.fullmatch(word) else []
    whole = [reading for reading in readings if _is_lemma(reading, word)]
    return tuple(dict.fromkeys(fold(reading.normal_form).text for reading in whole or readings))


def surnames(word: str) -> tuple[str, ...]:
    """Return the surnames, a man's and a woman's, of which a folded word may be a form: «мовлаева» for «мовлаевой»."""
    readings = [reading for reading in _readings(word) if "Surn" in reading.tag] if _WORD.fullmatch(word) else []
    men = {fold(reading.normal_form).text for reading in readings}
    women = {f"{man}а" for man in men if man.endswith(_PAIRED)}
    return tuple(name for name in sorted(men | women) if word in map(str.lower, name_forms(name)))


def is_noun(word: str) -> bool:
    """Whether the dictionary lists a noun, not a name, under this very form."""
    return any("NOUN" in tag and not _GUESSED_NAMES & tag for tag in _tags_of_lemma(word))


def is_infinitive(word: str) -> bool:
    """Whether the dictionary lists a verb under this very form."""
    return word.endswith(_OF_VERBS) and any("INFN" in tag for tag in _tags_of_lemma(word))


def _tags_of_lemma(word: str) -> list[frozenset[str]]:
    return [reading.tag.grammemes for reading in _readings(word) if reading.is_known and _is_lemma(reading, word)]


def is_place(word: str) -> bool:
    """Whether the dictionary has the word as a place: «Омск»."""
    return any(reading.is_known and "Geox" in reading.tag for reading in _readings(fold(word).text))


@lru_cache(2_048)
def is_person(word: str) -> bool:
    """Whether the word may be a form of a noun of people, by the dictionary or by its ending: «айтишника», «семья»."""
    readings = _likely(word)
    if _is_borrowed_verb(word, readings):
        return False
    likely = [reading for reading in readings if reading.is_known and reading.score >= _UNLIKELY] or readings[:1]
    return any({"NOUN", "anim"} <= reading.tag.grammemes or reading.normal_form in _SOME_PEOPLE for reading in likely)


@lru_cache(2_048)
def is_verb(word: str) -> bool:
    """Whether the word is most likely a verb or a participle."""
    readings = _likely(word)
    return bool(readings) and (readings[0].tag.POS in _VERBS or _is_borrowed_verb(word, readings))


def _is_borrowed_verb(word: str, readings: Sequence[Any]) -> bool:
    """Whether the dictionary lacks the verb and would guess a noun or a name: «экстрадируют», «экстрадирован»."""
    return _BORROWED_VERB.fullmatch(word) is not None and not any(reading.is_known for reading in readings)


def likely_tags(word: str) -> tuple[frozenset[str], ...]:
    """Return the dictionary's grammemes for a lower-case word, the likeliest reading first; () if it lacks the word."""
    readings = _readings(word) if _WORD.fullmatch(word.replace("ё", "е")) else ()
    return tuple(reading.tag.grammemes for reading in readings if reading.is_known and reading.score >= _UNLIKELY)


def is_of_people(word: str) -> bool:
    """Whether the word is an inanimate noun of people: «семью»."""
    return any(reading.normal_form in _SOME_PEOPLE for reading in _likely(word))


def _likely(word: str) -> list[Any]:
    """Return the analyser's readings of a word, which may have any characters; [] if it is no Russian word."""
    return list(dictionary.analyzer().parse(word)) if _WORD.fullmatch(word.replace("ё", "е")) else []


def grouped_forms(word: str) -> dict[str, tuple[str, ...]]:
    """Return `forms` for people to look through: by part of speech in Russian, in the order of the paradigm.

    Forms that no dictionary has (acronyms, places, halves of hyphened words) are last, under `OTHER_FORMS`.
    """
    all_forms = forms(word)
    known = {
        fold(form).text: _PARTS_OF_SPEECH.get(part or "", OTHER_FORMS)
        for parse in _parses(fold(word.strip()).text, named=word != word.lower())
        for form, part in _paradigm(parse)
    }
    groups: dict[str, list[str]] = {}
    for form in [*(form for form in known if form in all_forms), *sorted(all_forms - known.keys())]:
        groups.setdefault(known.get(form, OTHER_FORMS), []).append(form)
    return {group: tuple(members) for group, members in groups.items()}


def case_forms(word: str) -> dict[str, Case]:
    """Return the folded forms of a noun or an adjective with the cases each may be; {} for a word without cases.

    Forms of an unknown word may be any case, and the preposition before it decides; the ending decides for a place.
    """
    folded = fold(word.strip()).text
    if word.strip().isupper() and _ACRONYM.fullmatch(folded):
        return dict.fromkeys(forms(word), ANY)
    parses = _parses(folded, named=word != word.lower()) if _WORD.fullmatch(folded) else []
    if not parses:
        return cases_by_ending(folded, forms(word)) if word != word.lower() else dict.fromkeys(forms(word), ANY)
    cases: dict[str, Case] = {}
    for form, trait in (one for parse in parses if parse.tag.POS in _DECLINED for one in _lexeme(parse)):
        if trait.role:
            folded_form = form.replace("ё", "е")
            known = cases.get(folded_form)
            cases[folded_form] = trait.role if known in (None, trait.role) else known | trait.role  # joining is slow
    if word != word.lower() and folded.endswith(_OFTEN_UNDECLINED):
        cases[folded] = ANY
    return cases


def forget_dictionary() -> bool:
    """Release the dictionary's memory and return whether it was loaded; it is loaded again when needed."""
    for remembered in (_readings, _rows, _trait, forms):
        remembered.cache_clear()
    return dictionary.forget()


@lru_cache(8_192)
def _readings(word: str) -> tuple[Any, ...]:
    """Return the analyser's readings, cached: loading the rules asks for a word up to three times."""
    return tuple(dictionary.analyzer().parse(word))


def _parses(word: str, *, named: bool) -> list[Any]:
    """Return the readings of `word`: as a dictionary form, else as a form of a known word, else (no name) guessed."""
    readings = _readings(word)
    known = [reading for reading in readings if reading.is_known]
    whole = [reading for reading in known if _is_lemma(reading, word) or _is_participle(reading)]
    if whole or (known and not named):
        return whole or known
    if named:
        return [reading for reading in known if reading.tag.case == "nomn"]  # «Беженцы», but «Семей» is not «семья»
    guesses = [reading for reading in readings if not _NO_GUESS & reading.tag.grammemes]
    participles = [reading for reading in guesses if _is_participle(reading)]
    return [reading for reading in guesses if _is_lemma(reading, word)][:1] + participles[:1]


def _is_participle(reading: Any) -> bool:
    """Whether it is a participle in its dictionary form, which the analyser takes for a form of the verb:
    «экстрадированный».
    """
    return bool({"PRTF", "masc", "sing", "nomn"} <= reading.tag.grammemes)


def _is_lemma(reading: Any, word: str) -> bool:
    lemma: str = reading.normal_form
    return fold(lemma).text == word


class _Trait(NamedTuple):
    """What a tag says about a form."""

    part: str | None  # by its name in the dictionary
    role: Case  # what it may be in a sentence; NO_CASE for a word without cases
    participle: tuple[str | None, str | None] | None  # tense and voice
    is_passive: bool  # it has a passive in -ся
    is_left_out: bool  # «позеленее»


def _paradigm(parse: Any) -> Iterator[tuple[str, str | None]]:
    """Yield every form with its part of speech by its name in the dictionary."""
    given = _trait(parse.tag).participle
    for form, trait in _lexeme(parse):
        if trait.is_left_out or (given and trait.participle != given):
            continue
        yield form, trait.part
        if trait.is_passive and not form.endswith(("ся", "сь")):
            yield form + ("сь" if form[-1] in _VOWELS else "ся"), trait.part


def _lexeme(parse: Any) -> list[tuple[str, _Trait]]:
    """Return the forms of a reading; for dictionary words from the paradigms, as the analyser's own way is slow."""
    first, *further = parse.methods_stack
    if further or len(first) != _IN_DICTIONARY:
        return [(form.word, _trait(form.tag)) for form in parse.lexeme]
    _, word, number, index = first
    known = dictionary.analyzer().dictionary
    stem = known.build_stem(known.paradigms[number], index, word)
    return [(prefix + stem + suffix, trait) for prefix, suffix, trait in _rows(number)]


@cache
def _rows(number: int) -> tuple[tuple[str, str, _Trait], ...]:
    """Return prefix, suffix and trait of each form of a paradigm."""
    rows = dictionary.analyzer().dictionary.build_paradigm_info(number)
    return tuple((prefix, suffix, _trait(tag)) for prefix, tag, suffix in rows)


@cache
def _trait(tag: Any) -> _Trait:
    part, is_verb = tag.POS, tag.POS in {"VERB", "INFN", "GRND"}
    case = RUSSIAN.get(tag.case or "") if part in _DECLINED else None
    return _Trait(
        part=part,
        role=case if case and part == "NOUN" else case | Case.ADJECTIVE if case else NO_CASE,
        participle=(tag.tense, tag.voice) if part in {"PRTF", "PRTS"} else None,
        # Perfectives have none («задержался» is another word), nor do participles («выдающийся»).
        is_passive=is_verb and tag.mood != "impr" and tag.aspect == "impf",
        is_left_out="Cmp2" in tag,
    )


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


def name_forms(name: str) -> frozenset[str]:
    """Return the forms of one word of a person's name, ё as е, capitalised: compare case-sensitively, or in all
    capitals.

    The ending shows the gender: a man's «Мовлаев» gets «Мовлаевым» and the family «Мовлаевых», a woman's «Емельянова»
    neither. Pass «Имя Фамилия» one word at a time. Empty if the word has letters other than Russian.
    """
    folded = fold(name.strip()).text
    if not _WORD.fullmatch(folded):
        return frozenset()
    readings = list(_first_names(folded))
    known = {form for reading in readings for form in _singular(reading)} or {*forms_by_ending(folded), *_as_noun(name)}
    if folded.endswith("ия"):
        known.add(folded[:-1] + "е")  # stressed on the ending: «Алие», «Зульфие»
    if folded.endswith("ь") and any("Fixd" in reading.tag for reading in readings):
        known |= {folded[:-1] + "и", folded + "ю"}  # «Асели», «Аселью», although the dictionary does not decline it
    return frozenset(_titled(form) for form in known | {folded})


def _titled(form: str) -> str:
    return "-".join(part[:1].upper() + part[1:] for part in form.split("-"))


def _first_names(folded: str) -> Iterator[Any]:
    """Yield the readings as a first name or a patronymic with this base form: Лев, Павел, Илья."""
    for reading in dictionary.analyzer().parse(folded):
        is_name = {"Name", "Patr"} & reading.tag.grammemes
        if reading.is_known and is_name and reading.tag.case == "nomn" and reading.tag.number == "sing":
            yield reading


def _as_noun(name: str) -> Iterator[str]:
    """Yield the forms as a noun of a surname that is one: «Зайца», «Калины»; «Королёва» is not «королева»."""
    for reading in _readings(name.strip().lower()):
        is_noun = "NOUN" in reading.tag and reading.tag.case == "nomn" and not _GUESSED_NAMES & reading.tag.grammemes
        if reading.is_known and is_noun and reading.tag.number == "sing":
            yield from _singular(reading)


def _singular(reading: Any) -> Iterator[str]:
    for form in reading.lexeme:
        if form.tag.number == "sing" and form.tag.gender == reading.tag.gender and form.tag.case != "voct":
            yield fold(form.word).text
