"""In which grammatical way a found word stands: whence, whither, where, whom, who. Pure.

Russian tells it by preposition and case, Kazakh by case alone. A form with several readings plays every role that one
of them allows; what no dictionary declines plays those that its preposition allows.
"""

import re
from collections.abc import Mapping, Sequence

from monitor.config.keyword_rules import Role
from monitor.text.languages.cases import ANY, Case

_TOKEN = re.compile(r"\w+(?:-\w+)*|[^\w\s]")
_DASHES = frozenset("—–")  # «рейс Алматы — Тбилиси»
_QUOTES = frozenset("«»\"“”„'’()")

_INTO, _OUT, _TOWARDS, _UNTIL = (
    frozenset({"в", "во", "на"}),
    frozenset({"из", "с", "со", "от"}),
    frozenset({"к", "ко"}),
    "до",
)
_WITHIN = _INTO | {"по", "при"}
_PREPOSITIONS = frozenset(
    [
        "в",
        "во",
        "на",
        "из",
        "с",
        "со",
        "от",
        "к",
        "ко",
        "по",
        "при",
        "до",
        "для",
        "у",
        "о",
        "об",
        "за",
        "над",
        "под",
        "перед",
        "между",
        "через",
        "против",
        "без",
        "ради",
        "ввиду",
    ]
)
_ADJECTIVE = re.compile(r"\w{3,}(?:ый|ий|ой|ая|яя|ое|ее|ые|ие|ого|его|ому|ему|ым|им|ом|ем|ую|юю|ой|ей|ых|их)")
# Words that carry a name: «в аэропорту Алматы», «на территорию России», «из города Уральска».
CARRIERS = tuple(
    [
        "аэропорт",
        "город",
        "область",
        "район",
        "посёлок",
        "село",
        "столица",
        "территория",
        "сторона",
        "край",
        "республика",
        "вокзал",
        "центр",
        "изолятор",
        "колония",
        "тюрьма",
        "суд",
        "граница",
        "регион",
        "сизо",
        "отдел",
        "департамент",
        "округ",
        "порт",
        "пункт",
    ]
)
# Nouns that a country stands beside in the genitive: «гражданина России» goes nowhere.
_OWNED = re.compile(
    "гражд|подданн|жител|уроженец|уроженц|выходц|посольств|консульств|мвд|фсб|мид|минюст|прокуратур|генпрокуратур|власт"
    "|запрос|требовани|просьб|президент|министр|министерств|правительств|полици|спецслужб|силовик|суд|арми|закон|розыск"
    "|стран|интерес|сторон|террито|границ|город|област|регион|юг|север|запад|восток|част|паспорт|орган|следств"
)
# Verbs of one's own way: «бежал в Казахстан» is not where anybody is taken.
_OWN_WAY = re.compile(
    "(?:с|по|пере|пр[ие]|у|за|вы|до|от)?(?:бежа|бега|бегл|бегств|еха|ехав|езж|езд|лете|лета|был|быв)|въе[зх]"
    r"|верну(?:л(?:ся|ась|ись)|вш\w+ся|ться)|возвраща(?:л(?:ся|ась|ись)|\w+ся)|эмигрир|релоцир|перебра|пересел|попа[лв]"
    "|ушел|ушл|уйти|уход|бежен|скры[лв]|отправил(?:ся|ась|ись)|направл?ял(?:ся|ась|ись)|переш|перейт|поездк|рейс|дорог"
)
_KAZAKH_OWN_WAY = re.compile("кел[гсуді]|қаш|көш|барған|бару|кірген|кіру|орал|қоныс|сапар")
# «гражданин России», «Ресей азаматы» tell of a person, not of a place.
_WHOSE = re.compile("гражд|подданн|жител|урожен|выход|паспорт")
_KAZAKH_WHOSE = re.compile("азамат|тұрғын|төлқұжат|паспорт|белсенді|журнал|әскер")
_AFTER_HANDING = re.compile(r"(?:вы|пере|с|от|за)?(?:да|дад|пере|ступ|верн|возвр)|экстрад|депорт|невыдач|выдач|передач")
_KAZAKH_TO = re.compile(r"\w+(?:ына|іне)")
_KAZAKH_FROM = re.compile(r"\w+(?:ынан|інен)")


def russian_fits(
    role: Role, case: Case, before: Sequence[str], after: str, carriers: Mapping[str, Case], *, capital_before: bool
) -> bool:
    """Whether a word of that case, after these folded words and signs (the nearest first), plays the role."""
    case, preposition, beside = _governed(case, before, carriers)
    if preposition:
        if role is Role.TO and _goes_itself(before, preposition):
            return False
        return _with_preposition(role, case, preposition)
    if role is Role.TO:
        return _is_receiver(case, beside, after, capital_before=capital_before)
    if role is Role.AT and (beside in _DASHES or _WHOSE.match(beside)):
        return False
    if role is Role.AT:
        return bool(case & (Case.NOMINATIVE | Case.GENITIVE | Case.INSTRUMENTAL | Case.ADJECTIVE))
    if role is Role.WHOM:
        return bool(case & (Case.ACCUSATIVE | Case.GENITIVE | Case.NOMINATIVE))
    return role is Role.WHO and bool(case & (Case.NOMINATIVE | Case.INSTRUMENTAL))


def _goes_itself(before: Sequence[str], preposition: str) -> bool:
    """Whether a verb of one's own way stands just before the preposition."""
    governing = before[before.index(preposition) + 1 :][:2]
    return any(_OWN_WAY.match(word) for word in governing)


def _with_preposition(role: Role, case: Case, preposition: str) -> bool:
    if role is Role.TO:
        is_living = case & Case.ACCUSATIVE and case & Case.GENITIVE  # «в российских тюрьмах», «в россиян»: nowhere
        return bool(
            (preposition in _INTO and case & Case.ACCUSATIVE and not is_living)
            or (preposition == _UNTIL and case & Case.GENITIVE)
            or (preposition in _TOWARDS and case & Case.DATIVE)
        )
    if role is Role.FROM:
        return preposition in _OUT and bool(case & Case.GENITIVE)
    if role is Role.AT:
        return (preposition in _WITHIN and bool(case & (Case.LOCATIVE | Case.DATIVE))) or bool(
            case & Case.ADJECTIVE and not (preposition in _INTO and case & Case.ACCUSATIVE)
        )
    return role is Role.WHOM and preposition in {"против", "над", "за", "у"}


def _governed(case: Case, before: Sequence[str], carriers: Mapping[str, Case]) -> tuple[Case, str, str]:
    """The case that counts, the preposition that governs it ("" for none), and the word just before."""
    words = [word for word in before if word not in _QUOTES][:5]
    beside = words[0] if words else ""
    for word in words:
        if word in _PREPOSITIONS:
            return case, word, beside
        if word in carriers:
            case = carriers[word]
        elif not _ADJECTIVE.fullmatch(word):
            return case, "", beside
    return case, "", beside


def _is_receiver(case: Case, beside: str, after: str, *, capital_before: bool) -> bool:
    """«выдать России», «передать российским силовикам»: a dative; one that may be a genitive needs its verb."""
    if not case & Case.DATIVE:
        return False
    if not case & (Case.GENITIVE | Case.NOMINATIVE):
        return True
    if _OWNED.match(beside):
        return False
    return (capital_before and case != ANY) or any(_AFTER_HANDING.match(word) for word in (beside, after))


def kazakh_fits(role: Role, case: Case, after: str) -> bool:
    """Whether a Kazakh word of that case plays the role; `after` is the next word («Ресей жағына»)."""
    if role is Role.TO and case & Case.DATIVE and _KAZAKH_OWN_WAY.match(after):
        return False
    owner = bool(case & (Case.NOMINATIVE | Case.GENITIVE))
    if role is Role.TO:
        return bool(case & Case.DATIVE) or (owner and _KAZAKH_TO.fullmatch(after) is not None)
    if role is Role.FROM:
        return bool(case & Case.ABLATIVE) or (owner and _KAZAKH_FROM.fullmatch(after) is not None)
    if role is Role.AT:
        if case & Case.NOMINATIVE and _KAZAKH_WHOSE.match(after):
            return False
        away = _KAZAKH_TO.fullmatch(after) or _KAZAKH_FROM.fullmatch(after)
        return bool(case & Case.LOCATIVE) or (owner and not away)
    if role is Role.WHOM:
        return bool(case & (Case.ACCUSATIVE | Case.GENITIVE | Case.NOMINATIVE))
    return bool(case & Case.NOMINATIVE)


def words_before(folded: str) -> tuple[str, ...]:
    """The words and signs that a folded text ends with, the last first; a comma or the end of a sentence ends them."""
    found: list[str] = []
    for word in reversed(_TOKEN.findall(folded)):
        if word in ",.;:!?…—–":
            return tuple(found) or (word,)
        found.append(word)
    return tuple(found[:5])


def word_after(folded: str) -> str:
    """The word that a folded text begins with after a blank; "" when a sign stands there."""
    found = _TOKEN.match(folded, 1) if folded[:1].isspace() else None
    return found[0] if found else ""
