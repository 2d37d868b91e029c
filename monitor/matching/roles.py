"""The grammatical role of a word: to where, from where, where, whom, who, and where somebody is from.

Russian shows it by preposition and case, Kazakh by case alone. A form with several readings is in every role that one
of them allows; a word that no dictionary declines is in the roles that its preposition allows.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, takewhile

from monitor.config.keyword_rules import Role
from monitor.text.languages.cases import ANY, NO_CASE, Case, ending_case
from monitor.text.languages.role_words import (
    ASKING,
    BY_SOMEBODY,
    FROM_HIS,
    HANDING,
    KAZAKH_ASKING,
    KAZAKH_BETWEEN,
    KAZAKH_LEFT,
    KAZAKH_OFFICE,
    KAZAKH_ONCE_THERE,
    KAZAKH_OWN_WAY,
    KAZAKH_PERSON,
    KAZAKH_WHOM,
    KAZAKH_WHOSE,
    LEFT,
    MOVING,
    OFFICE,
    ONCE_THERE,
    OWN_WAY,
    OWNED,
    PAPER,
    PREPOSITIONS,
    RECEIVING,
    STATE,
    TAKEN,
    THING,
    TO_HIS,
    TREATY,
    WAY,
    WHOSE,
)
from monitor.text.languages.russian import is_person, is_verb
from monitor.text.unicode import fold

_TOKEN = re.compile(r"\w+(?:-\w+)*|[^\w\s]")
_PAUSES = frozenset(",.;:!?…—–")
_ASIDES = frozenset(",;:—–")  # a name after one of these may be an address; after a full stop a sentence begins
_QUOTES = frozenset("«»\"“”„'’()")
_SEEN = 5  # words and signs before a word that can affect its role
_NAMED = 3  # words after an adjective within which its noun is: «российского антивоенного активиста»

_INTO, _OUT, _TOWARDS = (
    frozenset({"в", "во", "на"}),
    frozenset({"из", "из-под", "с", "со", "от"}),
    frozenset({"к", "ко"}),
)
_ACTING = Case.NOMINATIVE | Case.GENITIVE | Case.INSTRUMENTAL | Case.ADJECTIVE
_WITHIN = _INTO | {"по", "при"}
# Names in a row: «граждане Армении, Беларуси и России», «Ресей, Беларусь және Армения азаматтары». What is before or
# after the row counts as before or after each name.
_NAME = r"[A-ZА-ЯЁӘҒҚҢӨҰҮҺІÁÄǴĞŃÑÓÖÚÜŪÝŞ]\w+(?:-\w+)*"
_AND = "(?i:и|или|[мпб]ен|және|жане|[mpb]en|j[aäá]ne|zhane)"
_NAMES_AFTER = re.compile(rf"(?:, {_NAME}){{0,5}} {_AND} {_NAME}|(?:, {_NAME}){{1,5}}(?= (?:азамат|azamat))")
_NAMES_BEFORE = re.compile(rf"(?<=\w )(?:{_NAME}, ){{0,5}}{_NAME} {_AND} $")
_NAMES_BEFORE_MORE = re.compile(rf"(?<=\w )(?:{_NAME}, ){{1,5}}$")
_REGIONS = ("облыс", "өлке", "қала", "аудан")  # «Омбы облысынан»: these carry the ending of the name before
_ADJECTIVE = re.compile(r"\w{3,}(?:ый|ий|ой|ая|яя|ое|ее|ые|ие|ого|его|ому|ему|ым|им|ом|ем|ую|юю|ой|ей|ых|их)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The words around a word, folded, the nearest first; `is_named`: the word before it is a name.

    `after` ends at a pause. `row` is the case of the row of names that the word is in, which in Kazakh the last name
    shows: «Ресей мен Қырғызстаннан келген».
    """

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    is_named: bool = False
    row: Case = NO_CASE

    @property
    def beside(self) -> str:
        """The word or sign just before, ignoring quotes."""
        return next((word for word in self.before if word not in _QUOTES), "")


def place_of(before: str, after: str) -> Place:
    """Build the Place from the article's text on both sides of a word."""
    more = _NAMES_AFTER.match(after)
    row = ending_case(fold(more[0]).text) if more else NO_CASE
    after = after[more.end() :] if more else after
    others = _NAMES_BEFORE.search(before) or (_NAMES_BEFORE_MORE.search(before) if more else None)
    before = before[: others.start()] if others else before
    earlier, _, beside = before.rstrip().rpartition(" ")
    is_apart = before[-1:].isspace()  # not «Западно-Казахстанская»
    # the capital is not merely that of a sentence's first word
    named = is_apart and beside[:1].isupper() and earlier.rstrip()[-1:].isalnum()
    words, follow = _words_before(fold(before).text), _words_after(fold(after).text)
    return Place(before=words, after=follow, is_named=named, row=row)


def _words_before(text: str) -> tuple[str, ...]:
    """Return the words before, the nearest first, up to a pause; only the pause when it is right before."""
    words: list[str] = []
    for word in reversed(_TOKEN.findall(text)):
        if word in _PAUSES:
            return tuple(words) or (word,)
        words.append(word)
    return tuple(words[:_SEEN])


def _words_after(text: str) -> tuple[str, ...]:
    if not text[:1].isspace():
        return ()
    words = (word[0] for word in islice(_TOKEN.finditer(text), _NAMED))
    return tuple(takewhile(lambda word: word not in _PAUSES, words))


# ── Russian ─────────────────────────────────────────────────────────────────────────────────────


def russian_fits(role: Role, case: Case, place: Place, carriers: Mapping[str, Case]) -> bool:
    """Whether a word in `case` is in the role at this place; `carriers` gives the cases of words that carry a name."""
    case, preposition = _governed(case, place, carriers)
    if role is Role.ORIGIN:
        return _is_home(case, preposition, place)
    if preposition:
        return _after_preposition(role, case, preposition, place)
    if role is Role.TO:
        return _is_receiver(case, place)
    if role is Role.AT:
        return bool(case & _ACTING) and not (_is_only_named(case, place) or _is_receiver(case, place))
    wanted = {
        Role.WHOM: Case.ACCUSATIVE | Case.GENITIVE | Case.NOMINATIVE,
        Role.WHO: Case.NOMINATIVE | Case.INSTRUMENTAL,
    }
    return bool(case & wanted.get(role, NO_CASE))


def _governed(case: Case, place: Place, carriers: Mapping[str, Case]) -> tuple[Case, str]:
    """Return the case that counts and its preposition, "" for none; in «из Индии и России» both nouns have it."""
    for word in _uncoordinated(place.before):
        if word in PREPOSITIONS:
            return case, word
        if word in carriers:
            case = carriers[word]
        elif not _ADJECTIVE.fullmatch(word):
            break
    return case, ""


def _uncoordinated(words: Sequence[str]) -> Sequence[str]:
    """Drop quotes, and the noun before «и», which shares this word's preposition."""
    words = [word for word in words if word not in _QUOTES]
    is_second = words[:1] == ["и"] and words[2:3] and words[2] in PREPOSITIONS
    return words[2:] if is_second else words


def _after_preposition(role: Role, case: Case, preposition: str, place: Place) -> bool:
    # «в российских тюрьмах» and «в россиян» are not directions: a living being's accusative equals its genitive.
    leads = preposition in _INTO and case & Case.ACCUSATIVE and not case & Case.GENITIVE
    if role is Role.TO:
        if case & Case.LOCATIVE:  # «отправить в РФ», «в Подмосковье»: such a form says where as often as to where
            leads = (leads or (case == ANY and preposition in _INTO)) and _leads_there(place, preposition)
        is_towards = preposition in _TOWARDS and case & Case.DATIVE
        is_as_far_as = preposition == "до" and case & Case.GENITIVE and _is_way(place)
        return bool(leads or is_towards or is_as_far_as) and not (
            _goes_itself(place, preposition) or _is_asked_for(place, preposition)
        )
    if role is Role.FROM:
        is_origin = preposition in _OUT and case & Case.GENITIVE and not _has_left(place, preposition)
        return (
            bool(is_origin)
            and not (case & Case.ADJECTIVE and _is_said_of(place))
            and not _is_only_home(place, preposition)
        )
    if role is Role.AT:
        is_named_after = any(map(TREATY.match, place.after[:1]))
        stays = preposition in _WITHIN and case & (Case.LOCATIVE | Case.DATIVE) and not is_named_after
        is_elsewhere = case & Case.ACCUSATIVE and _leads_there(place, preposition)  # «рейс в Тбилиси»
        is_elsewhere = is_elsewhere or any(map(ONCE_THERE.match, _governing(place, preposition)[:1]))
        is_way = leads or preposition in {"до", *_OUT}
        is_of_it = case & Case.ADJECTIVE and not is_way and not _is_said_of(place)
        return bool((stays and not is_elsewhere) or is_of_it)
    return role is Role.WHOM and preposition in {"против", "над", "за", "у"}


def _is_only_named(case: Case, place: Place) -> bool:
    """Whether a word without a preposition neither acts nor owns: it is an address, somebody's home, or who asks."""
    is_persons = _is_kazakh_owned(_kazakh_noun(place)) or (case & Case.ADJECTIVE and _is_said_of(place))
    return bool(is_persons) or _is_aside(case, place) or _is_whose(place) or _asks(case, place)


def _is_kazakh_owned(word: str) -> bool:
    """Whether the Kazakh word is owned: «Грузия азаматы», but not «Грузия белсендіні ұстады», where Georgia acts."""
    return KAZAKH_WHOSE.match(word) is not None and KAZAKH_WHOM.search(word) is None


def _is_aside(case: Case, place: Place) -> bool:
    """Whether the name is apart: «по адресу: Казахстан», «рейс Алматы — Белград», but not «юристы: Казахстан стал
    ловушкой», where it acts.
    """
    acts = case & Case.NOMINATIVE and any(is_verb(word) and not BY_SOMEBODY.search(word) for word in place.after[:1])
    return place.beside in _ASIDES and not acts


def _is_whose(place: Place) -> bool:
    """Whether the name says whose citizen somebody is: «гражданин России», «граждане России и Армении»."""
    return any(map(WHOSE.match, place.before[:3] if place.beside == "и" else (place.beside,)))


def _has_left(place: Place, preposition: str) -> bool:
    """Whether somebody or something came by itself, and was not taken: «сбежавший из Китая», «пришла из Китая»."""
    return any(map(LEFT.match, _governing(place, preposition)[:1])) or _is_asked_for(place, preposition)


def _is_asked_for(place: Place, preposition: str = "") -> bool:
    """Whether a paper and not a person is sent: «направила Астане запрос», «ориентировка из Минска», «запрос о выдаче
    ушёл в Астану».
    """
    before = _governing(place, preposition) if preposition else place.before
    before = before if preposition and any(map(is_verb, before[:1])) else before[:1]
    return any(map(PAPER.match, (*before, *place.after[:2])))


def _is_only_home(place: Place, preposition: str) -> bool:
    """Whether the place is only somebody's home: no act takes him from there («Программисту из Астаны отказали»)."""
    before = _governing(place, preposition)
    is_taken = any(is_verb(word) or TAKEN.match(word) for word in before) or any(map(MOVING.match, place.after))
    return _comes_from(before) and not is_taken


def _governing(place: Place, preposition: str) -> tuple[str, ...]:
    """Return the words before a preposition, the nearest first."""
    return place.before[place.before.index(preposition) + 1 :]


def _asks(case: Case, place: Place) -> bool:
    """Whether the country asks for somebody: «Россия требует», «его ищет Россия», «запрос России»."""
    beside = (*place.after[:1], place.beside) if case & Case.NOMINATIVE else ()
    owners = place.before[:2] if case & Case.GENITIVE else ()
    return any(map(ASKING.match, (*beside, *owners)))


def _leads_there(place: Place, preposition: str) -> bool:
    """Whether a verb of going, or of taking somebody, governs the preposition: «выслана из Москвы в Алматы»."""
    before = _governing(place, preposition)
    near = before[2:4] if before[1:2] and before[1] in _OUT else before[:2]  # «экстрадиция активиста из РК в РФ»
    return _goes_itself(place, preposition) or any(map(MOVING.match, near))


def _is_way(place: Place) -> bool:
    """Whether «до» is of a way and not of a time: «посадили на самолёт до Москвы», «довезли до Омска»."""
    return any(map(MOVING.match, _governing(place, "до")[:3]))


def _goes_itself(place: Place, preposition: str) -> bool:
    """Whether a verb of going by oneself is near before the preposition, or a noun of a way with no person and no verb
    of taking between: true for a flight alone, false for «рейсом вывезли в Омск», «отправили рейсом в Омск».
    """
    before = _governing(place, preposition)[:3]
    ways = [number for number, word in enumerate(before) if WAY.match(word)]
    taken = [number for number, word in enumerate(before) if is_person(word) or MOVING.match(word)]
    if any(map(OWN_WAY.match, before)):
        return True
    return any(min(taken, default=number) >= number and not before[number].endswith("ом") for number in ways)


def _is_receiver(case: Case, place: Place) -> bool:
    """Whether the word receives somebody: «выдать России», «передать российским силовикам». A dative that may also be a
    genitive needs its verb beside it.
    """
    if not case & Case.DATIVE or _is_asked_for(place):
        return False
    if case & Case.ADJECTIVE and _is_born_there(place) and not RECEIVING.match(_noun(place)):
        return False  # «омскому учителю отказали»
    if not case & (Case.GENITIVE | Case.NOMINATIVE):
        return True
    if OWNED.match(place.beside):
        return False
    handing = place.before[1:2] if is_person(place.beside) else (place.beside,)  # «выдать активиста России»
    # «Баку выдал» hands over; «РФ выдали» receives.
    follows = [word for word in place.after[:1] if not case & Case.NOMINATIVE or BY_SOMEBODY.search(word)]
    is_given = any(HANDING.match(word) for word in (*handing, *follows))
    return is_given or (place.is_named and case != ANY)


def _is_home(case: Case, preposition: str, place: Place) -> bool:
    """Whether the word says where a person is from: «врач из Омска», «омский врач», «гражданин России»."""
    if preposition in _OUT - {"от"} and case & Case.GENITIVE:
        return _comes_from(_governing(place, preposition)) and not _is_taken_out(place, preposition)
    is_owner = not preposition and bool(case & Case.GENITIVE) and WHOSE.match(place.beside) is not None
    return is_owner or bool(case & Case.ADJECTIVE and _is_born_there(place))


def _is_taken_out(place: Place, preposition: str) -> bool:
    """Whether a Russian is taken out of this place: «россиянина из Казахстана передали», «возвращают россиян из
    Казахстана». Not when another «из» follows.
    """
    words = _governing(place, preposition)[:3]
    is_russian = any(word.startswith("росси") for word in words)
    is_taken = any(MOVING.match(word) or HANDING.match(word) for word in (*place.after[:1], *words))
    return is_russian and is_taken and _OUT.isdisjoint(place.after)


def _is_born_there(place: Place) -> bool:
    """Whether an adjective describes a person: «омского врача», not «омского суда», nor «омских следователей»."""
    noun = _noun(place)
    return is_person(noun) and not OFFICE.match(noun)


def _noun(place: Place) -> str:
    """Return the noun that an adjective describes; "" when none is near."""
    return next((word for word in place.after if not _ADJECTIVE.fullmatch(word) or is_person(word)), "")


def _is_said_of(place: Place) -> bool:
    """Whether an adjective describes a person or a thing, which may be anywhere."""
    return _is_born_there(place) or any(map(THING.match, place.after[:1]))


def _comes_from(words: Sequence[str]) -> bool:
    """Whether a person, or one who left, is before «из», with no verb between that takes somebody away."""
    if any(map(TAKEN.match, words)):
        return False
    for word in words:
        if LEFT.match(word) or is_person(word):
            return True
        if is_verb(word) or word in _OUT:  # «айтишника из Омска из Казахстана»: his home is named already
            return False
    return False


# ── Kazakh ──────────────────────────────────────────────────────────────────────────────────────


def kazakh_fits(role: Role, case: Case, place: Place) -> bool:
    """Whether a Kazakh word in `case` is in the role at this place."""
    carried = next((ending_case(word) for word in place.after[:1] if word.startswith(_REGIONS)), NO_CASE)
    place = replace(place, after=place.after[1:]) if carried else place
    after = _kazakh_noun(place)
    case = place.row or carried or case
    is_subject = case & Case.NOMINATIVE and not case & Case.GENITIVE and KAZAKH_WHOM.search(after)
    is_owner = bool(case & (Case.NOMINATIVE | Case.GENITIVE)) and not is_subject
    if role is Role.TO:
        goes = case & Case.DATIVE and not KAZAKH_OWN_WAY.match(after)
        return bool(goes) or (is_owner and _is_to_his(place))
    if role is Role.FROM:
        is_taken = case & Case.ABLATIVE and not (KAZAKH_LEFT.match(after) or KAZAKH_ASKING.match(after))
        return bool(is_taken) or (is_owner and after.endswith(FROM_HIS))
    if role is Role.ORIGIN:
        said = KAZAKH_LEFT.match(after) if case & Case.ABLATIVE else is_owner and KAZAKH_PERSON.match(after)
        return bool(said)
    if role is Role.AT:
        leads = _is_to_his(place) or after.endswith(FROM_HIS)
        away = leads or KAZAKH_WHOSE.match(after) or KAZAKH_ASKING.match(after)
        stays = case & Case.LOCATIVE and not KAZAKH_ONCE_THERE.match(after)
        acts = is_subject and not any(map(KAZAKH_ASKING.match, place.after[1:2]))  # «Ресей оны іздейді»
        return bool(stays or acts) or (is_owner and not away)
    objects = Case.ACCUSATIVE | Case.GENITIVE | Case.NOMINATIVE
    return bool(case & (objects if role is Role.WHOM else Case.NOMINATIVE))


def _kazakh_noun(place: Place) -> str:
    """Return the noun that follows a name in Kazakh: «азаматы» of «Ресейдің үш азаматы»."""
    return next((word for word in place.after if not KAZAKH_BETWEEN.match(word)), "")


def stands_for_office(form: str, place: Place) -> bool:
    """Whether the word for an inhabitant, without a case ending, describes an office: «қазақстандық полиция»."""
    return form.endswith(("қ", "к")) and any(map(KAZAKH_OFFICE.match, place.after[:1]))


def _is_to_his(place: Place) -> bool:
    """Whether something the name owns follows in the dative, perhaps after one word: «Ресей жағына», «Ресей күштік
    құрылымдарына».
    """
    near = place.after[:1] if any(map(KAZAKH_PERSON.match, place.after[:1])) else place.after[:2]
    return any(word.endswith(TO_HIS) and not word.startswith(STATE) for word in near)
