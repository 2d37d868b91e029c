"""Russian: a verb, its other aspect and its noun as one family: «экстрадировать» – «экстрадиция», «выдать» – «выдача».

Tables of endings make candidates, of which the dictionary confirms the real ones. Words that merely begin alike («суд»
and «судно», «порт» and «портить») must not become a family, so common endings need a prefix before them.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from monitor.text.languages import russian

_ROUNDS = 3  # задержание → задержать → задерживать → задерживание
_REMEMBERED = 1_000
_PREFIXED = "(?:вы|до|за|ис|из|на|обо?|ото?|пере|по|подо?|при|про|разо?|рас|со?|у)"


class _Ending(NamedTuple):
    """A pair of endings of related words; the stem before them must match `before`."""

    one: str
    other: str
    before: re.Pattern[str]


def _endings(before: str, written: str) -> Iterator[_Ending]:
    pairs = [pair.split("/") for pair in written.split()]
    return (_Ending(one.strip("-"), other.strip("-"), re.compile(before)) for one, other in pairs)


# A verb's ending / its noun's ending.
_NOUNS = (
    # «экстрадировать», «конфисковать», «наказать»: endings that few other words have
    *_endings(
        ".{3,}",
        "ировать/ация ировать/ирование овать/ация овать/ование фицировать/фикация"
        " ать/ание ять/яние еть/ение ить/ение дить/ждение дить/жение зить/жение сить/шение тить/щение стить/щение"
        " бить/бление вить/вление мить/мление пить/пление влять/вление млять/мление плять/пление блять/бление"
        " лять/ление рять/рение нять/нение",
    ),
    *_endings(".{5,}", "ировать/иция"),
    *_endings(".{2,}", "ить/ийство тать/тка овать/-"),
    *_endings(f"{_PREFIXED}.+", "ать/- ить/- еть/-"),
    *_endings(f"{_PREFIXED}.{{3,}}", "ать/ка ить/ка ять/ка влять/вка"),
    *_endings(_PREFIXED, "дать/дача давать/дача слать/сылка сылать/сылка звать/зов зывать/зов"),
    # motion: prefixes with which the noun has not become a thing («завод», «поход», «подъезд»)
    *_endings("въ?|вы|при|про|пере|отъ?", "ехать/езд езжать/езд"),
    *_endings("в|вы|пере|про|от", "везти/воз возить/воз"),
    *_endings("вы|пере", "вести/вод водить/вод"),
    *_endings("вы|при|пере", "лететь/лет летать/лет"),
)
# A verb's ending / that of the same verb in the other aspect.
_ASPECTS = (
    *_endings(
        ".{3,}",
        "ать/ывать ать/ивать овать/овывать жить/жать чить/чать шить/шать щить/щать ить/ять дить/ждать тить/щать"
        " вить/влять мить/млять пить/плять бить/блять росить/рашивать ворить/варивать",
    ),
    *_endings(".{4,}", "сить/шать зить/жать"),
    *_endings(_PREFIXED, "ступить/ступать пустить/пускать"),
    *_endings(_PREFIXED, "дать/давать слать/сылать звать/зывать"),
    *_endings(f"{_PREFIXED}ъ?|въ?", "ехать/езжать везти/возить вести/водить лететь/летать"),
)
# Families that no ending makes, and nouns that no longer name an act.
_KIN = tuple(
    frozenset(words.split())
    for words in (
        "штраф штрафовать оштрафовать",
        "розыск разыскать разыскивать",
        "побег сбежать бежать",
        "возврат возвращение вернуть возвратить возвращать",
        "прибытие прибыть прибывать",
        "изъятие изъять изымать",
        "привлечение привлечь привлекать",
        "пресечение пресечь пресекать",
        "казнь казнить",
        "гибель погибнуть погибать",
    )
)
_NO_DEEDS = (
    "завод заводка повод поход походка посол приход доход расход пример поезд поездка смысл обрат подряд замок помет"
    " посад наказ экспедиция выдавка"
)
_THINGS = frozenset(_NO_DEEDS.split())
_LACKING = frozenset({"экстрадировать"})  # verbs that the dictionary lacks
_SHORTEST_BARE = 5  # letters of a noun without an ending: «допрос», but not «порт»


@lru_cache(_REMEMBERED)
def family(word: str) -> frozenset[str]:
    """Return the dictionary words for the same act as a folded word in any form, including its own.

    Only its own dictionary words if it is neither a verb nor a verb's noun; none if the dictionary lacks it.
    """
    relatives = frozenset(russian.lemmas(word)) or frozenset(verb for verb in _LACKING if word in russian.forms(verb))
    new = relatives
    for _ in range(_ROUNDS):
        new = frozenset(relative for known in new for relative in _relatives(known)) - relatives
        relatives |= new
    return relatives


def _relatives(word: str) -> Iterator[str]:
    for kin in _KIN:
        if word in kin:
            yield from kin
    if _is_verb(word):
        yield from filter(_is_deed, _others(word, _NOUNS))
        yield from filter(_is_verb, _others(word, _ASPECTS))
        yield from filter(_is_verb, _ones(word, _ASPECTS))
    if _is_deed(word):
        yield from filter(_is_verb, _ones(word, _NOUNS))


def _is_verb(word: str) -> bool:
    return word in _LACKING or russian.is_infinitive(word)


def _is_deed(word: str) -> bool:
    return len(word) >= _SHORTEST_BARE and word not in _THINGS and russian.is_noun(word)


def _others(word: str, endings: tuple[_Ending, ...]) -> Iterator[str]:
    return _exchanged(word, ((ending.one, ending.other, ending.before) for ending in endings))


def _ones(word: str, endings: tuple[_Ending, ...]) -> Iterator[str]:
    return _exchanged(word, ((ending.other, ending.one, ending.before) for ending in endings))


def _exchanged(word: str, endings: Iterator[tuple[str, str, re.Pattern[str]]]) -> Iterator[str]:
    for old, new, before in endings:
        stem = word[: len(word) - len(old)]
        if word.endswith(old) and before.fullmatch(stem):
            yield stem + new
