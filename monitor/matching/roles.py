"""In which grammatical way a word stands: whence, whither, where, whom, who, and where somebody is from.

Russian shows it by preposition and case, Kazakh by case alone. A form with several readings plays every role that one
of them allows; what no dictionary declines plays those that its preposition allows.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from monitor.config.keyword_rules import Role
from monitor.text.languages.cases import ANY, Case
from monitor.text.languages.russian import is_person, is_verb

_TOKEN = re.compile(r"\w+(?:-\w+)*|[^\w\s]")
_PAUSES = frozenset(",.;:!?…—–")
_ASIDES = frozenset(",;:—–")  # what stands after one of these may be an address; after a full stop a sentence begins
_QUOTES = frozenset("«»\"“”„'’()")
_SEEN = 5  # words and signs before a word that can matter to it
_NAMED = 3  # words after an adjective among which its noun stands: «российского антивоенного активиста»

_INTO, _OUT, _TOWARDS = (
    frozenset({"в", "во", "на"}),
    frozenset({"из", "с", "со", "от"}),
    frozenset({"к", "ко"}),
)
_WITHIN = _INTO | {"по", "при"}
_OTHERS = "до для у о об за над под перед между через против без ради ввиду"
_PREPOSITIONS = frozenset({*_INTO, *_OUT, *_TOWARDS, *_WITHIN, *_OTHERS.split()})
_ADJECTIVE = re.compile(r"\w{3,}(?:ый|ий|ой|ая|яя|ое|ее|ые|ие|ого|его|ому|ему|ым|им|ом|ем|ую|юю|ой|ей|ых|их)")
_CARRYING = (
    "аэропорт город область район посёлок село столица территория сторона край республика вокзал центр изолятор колония"
    " тюрьма суд граница регион сизо отдел департамент округ порт пункт"
)
CARRIERS = tuple(_CARRYING.split())
"""Words that carry a name: «в аэропорту Алматы», «на территорию России», «из города Уральска»."""

# Nouns that a country stands beside in the genitive: «выдача гражданина России» leads nowhere.
_OWNED = re.compile(
    "гражд|подданн|жител|уроженец|уроженц|выходц|посольств|консульств|мвд|фсб|мид|минюст|прокуратур|генпрокуратур|власт"
    "|запрос|требовани|просьб|президент|министр|министерств|правительств|полици|спецслужб|силовик|суд|арми|закон|розыск"
    "|стран|интерес|сторон|террито|границ|город|област|регион|юг|север|запад|восток|част|паспорт|орган|следств"
)
# «гражданин России», «Ресей азаматы» are a person, not a place.
_WHOSE = re.compile("гражд|подданн|жител|урожен|выход|паспорт")
_KAZAKH_WHOSE = re.compile("азамат|azamat|тұрғын|төлқұжат|паспорт|белсенді|журнал|әскер")
# Verbs of one's own way: «бежал в Казахстан» is not where anybody is taken.
_OWN_WAY = re.compile(
    "(?:с|по|пере|пр[ие]|у|за|вы|до|от)?(?:бежа|бега|бегл|бегств|еха|ехав|езж|езд|лете|лета|был|быв)|въе[зх]"
    r"|верну(?:л(?:ся|ась|ись)|вш\w+ся|ться)|возвраща(?:л(?:ся|ась|ись)|\w+ся)|эмигрир|релоцир|перебра|пересел|попа[лв]"
    "|ушел|ушл|уйти|уход|бежен|скры[лв]|отправил(?:ся|ась|ись)|направл?ял(?:ся|ась|ись)|переш|перейт|поездк|рейс|дорог"
)
# «бежавший из Омска» is from there; «депортация врача из Омска» says whence he was taken.
_LEFT = re.compile(
    r"(?:с|по|пере|при|у)?(?:бежа|бегл|еха|ехав)|(?:пере|при)ез|прилете|перебра|пересел|покину|эмигр|релоцир|(?:родом|сама?|он[аи]?)\b"
)
_TAKEN = re.compile(
    "депортаци|экстрадици|выдач|передач|выдворени|высылк|вывоз|отправк|увоз|возвращени|похищени|бегств|выезд|отъезд|изгнани"
)
# Whoever speaks or acts for a state is no person that something is done to.
_OFFICE = re.compile("президент|министр|посол|посл[аеоуы]|консул|силовик|следовател|прокурор|дипломат|чиновник|полицейск|представител|пресс|спикер|парламентари|сенатор|коллег")
# Who asks for somebody does not act there: «Россия требует выдать его», «по запросу Душанбе».
_ASKING = re.compile(
    "запр[ао]с|про[сш][иья]|требу|потребов|ищ[еу]т|искал|разыскив|ориентировк|розыск|поручени|жд[еёу]т|ждал|хо[чт]|добива"
)
_KAZAKH_ASKING = re.compile("сұра|талап|өтініш|ізде|тізім|күт|тапсырыс|тілег")
_KAZAKH_LEFT = re.compile("кел(?:ген|іп)|қаш|көш|шыққан|кеткен")
_KAZAKH_PERSON = re.compile(
    "азамат|тұрғын|тумас|белсенді|журналис|тілші|блогер|сарбаз|жігіт|әйел|мұғалім|дәрігер|заңгер|адвокат|оппозици|студент"
)
_KAZAKH_OWN_WAY = re.compile("кел[гсуді]|қаш|көш|барған|бару|кірген|кіру|орал|қоныс|сапар")
_HANDING = re.compile(r"(?:вы|пере|с|от|за)?(?:да|дад|пере|ступ|верн|возвр)|экстрад|депорт|невыдач|выдач|передач")
_TO_HIS, _FROM_HIS = re.compile(r"(?!президент|министр|азамат)\w+(?:ына|іне)"), re.compile(r"\w+(?:ынан|інен)")  # «Ресей жағына», «жағынан»


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What stands around a word: folded, the nearest first; `is_named`: the word before it is a name.

    `after` reaches no further than a pause.
    """

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    is_named: bool = False

    @property
    def beside(self) -> str:
        """The word or sign just before, quotes left out."""
        return next((word for word in self.before if word not in _QUOTES), "")


def place_of(before: str, after: str) -> Place:
    """From the article's text on both sides, folded but for the capitals of what stands before."""
    earlier, _, beside = before.rstrip().rpartition(" ")
    is_apart = before[-1:].isspace()  # not «Западно-Казахстанская»
    named = is_apart and beside[:1].isupper() and earlier.rstrip()[-1:].isalnum()  # not merely the first of a sentence
    return Place(before=_words_before(before.lower()), after=_words_after(after), is_named=named)


def _words_before(text: str) -> tuple[str, ...]:
    """The nearest first, up to a pause; the pause itself when it stands right before."""
    words: list[str] = []
    for word in reversed(_TOKEN.findall(text)):
        if word in _PAUSES:
            return tuple(words) or (word,)
        words.append(word)
    return tuple(words[:_SEEN])


def _words_after(text: str) -> tuple[str, ...]:
    if not text[:1].isspace():
        return ()
    words = _TOKEN.findall(text)
    return tuple(takewhile(lambda word: word not in _PAUSES, words[:_NAMED]))


# ── Russian ─────────────────────────────────────────────────────────────────────────────────────


def russian_fits(role: Role, case: Case, place: Place, carriers: Mapping[str, Case]) -> bool:
    """Whether a word of that case plays the role at its place; `carriers` gives the cases of such words' forms."""
    case, preposition = _governed(case, place, carriers)
    if role is Role.ORIGIN:
        return _is_home(case, preposition, place)
    if preposition:
        return _after_preposition(role, case, preposition, place)
    if role is Role.TO:
        return _is_receiver(case, place)
    if role is Role.AT:
        is_place = place.beside not in _ASIDES and not _WHOSE.match(place.beside) and not _asks(case, place)
        is_place = is_place and not (case & Case.ADJECTIVE and _is_born_there(place))
        return is_place and bool(case & (Case.NOMINATIVE | Case.GENITIVE | Case.INSTRUMENTAL | Case.ADJECTIVE))
    wanted = {
        Role.WHOM: Case.ACCUSATIVE | Case.GENITIVE | Case.NOMINATIVE,
        Role.WHO: Case.NOMINATIVE | Case.INSTRUMENTAL,
    }
    return bool(case & wanted.get(role, Case(0)))


def _governed(case: Case, place: Place, carriers: Mapping[str, Case]) -> tuple[Case, str]:
    """The case that counts, and the preposition that governs it; "" for none."""
    for word in (word for word in place.before if word not in _QUOTES):
        if word in _PREPOSITIONS:
            return case, word
        if word in carriers:
            case = carriers[word]
        elif not _ADJECTIVE.fullmatch(word):
            break
    return case, ""


def _after_preposition(role: Role, case: Case, preposition: str, place: Place) -> bool:
    # «в российских тюрьмах» and «в россиян» lead nowhere: an accusative like the genitive is of the living.
    leads = preposition in _INTO and case & Case.ACCUSATIVE and not case & Case.GENITIVE
    if role is Role.TO:
        return bool(leads or (preposition in _TOWARDS and case & Case.DATIVE)) and not _goes_itself(place, preposition)
    if role is Role.FROM:
        return preposition in _OUT and bool(case & Case.GENITIVE) and not _has_left(place, preposition)
    if role is Role.AT:
        stays = preposition in _WITHIN and case & (Case.LOCATIVE | Case.DATIVE)
        is_torn = bool(case & Case.ACCUSATIVE) and _goes_itself(place, preposition)  # «рейс в Тбилиси»
        return bool(stays and not is_torn) or bool(case & Case.ADJECTIVE and not leads and not _is_born_there(place))
    return role is Role.WHOM and preposition in {"против", "над", "за", "у"}


def _has_left(place: Place, preposition: str) -> bool:
    """«сбежавший из Китая»: so he came, nobody takes him."""
    return any(_LEFT.match(word) for word in place.before[place.before.index(preposition) + 1 :][:1])


def _asks(case: Case, place: Place) -> bool:
    return any(map(_ASKING.match, place.after[:1] if case & Case.NOMINATIVE else ())) or bool(
        case & Case.GENITIVE and any(map(_ASKING.match, place.before[:2]))
    )


def _goes_itself(place: Place, preposition: str) -> bool:
    """Whether a verb of one's own way stands just before the preposition."""
    governing = place.before[place.before.index(preposition) + 1 :][:3]
    return any(_OWN_WAY.match(word) for word in governing)


def _is_receiver(case: Case, place: Place) -> bool:
    """«выдать России», «передать российским силовикам»: a dative; one that may be a genitive needs its verb beside."""
    if not case & Case.DATIVE:
        return False
    if not case & (Case.GENITIVE | Case.NOMINATIVE):
        return True
    if _OWNED.match(place.beside):
        return False
    is_given = any(_HANDING.match(word) for word in (place.beside, *place.after[:1]))
    return is_given or (place.is_named and case != ANY)


def _is_home(case: Case, preposition: str, place: Place) -> bool:
    """«врач из Омска», «омский врач», «гражданин России»: whether it says where a person is from."""
    if preposition in _OUT and case & Case.GENITIVE:
        return _comes_from(place.before[place.before.index(preposition) + 1 :])
    if case & Case.ADJECTIVE:
        return _is_born_there(place)
    return not preposition and bool(case & Case.GENITIVE) and _WHOSE.match(place.beside) is not None


def _is_born_there(place: Place) -> bool:
    """Whether an adjective is said of a person: «омского врача», not «омского суда», nor «омских следователей»."""
    noun = next((word for word in place.after if not _ADJECTIVE.fullmatch(word) or is_person(word)), "")
    return is_person(noun) and not _OFFICE.match(noun)


def _comes_from(words: Sequence[str]) -> bool:
    """Whether a person, or one who left, stands before «из»; a verb between says that somebody is taken away."""
    if any(map(_TAKEN.match, words)):
        return False
    decisive = next((word for word in words if _LEFT.match(word) or is_person(word) or is_verb(word)), "")
    return _LEFT.match(decisive) is not None or is_person(decisive)


# ── Kazakh ──────────────────────────────────────────────────────────────────────────────────────


def kazakh_fits(role: Role, case: Case, place: Place) -> bool:
    """Whether a Kazakh word of that case plays the role at its place."""
    is_owner, after = bool(case & (Case.NOMINATIVE | Case.GENITIVE)), next(iter(place.after), "")
    if role is Role.TO:
        goes = case & Case.DATIVE and not _KAZAKH_OWN_WAY.match(after)
        return bool(goes) or (is_owner and _TO_HIS.fullmatch(after) is not None)
    if role is Role.FROM:
        is_taken = case & Case.ABLATIVE and not _KAZAKH_LEFT.match(after)
        return bool(is_taken) or (is_owner and _FROM_HIS.fullmatch(after) is not None)
    if role is Role.ORIGIN:
        said = _KAZAKH_LEFT.match(after) if case & Case.ABLATIVE else is_owner and _KAZAKH_PERSON.match(after)
        return bool(said)
    if role is Role.AT:
        away = any(said(after) for said in (_TO_HIS.fullmatch, _FROM_HIS.fullmatch, _KAZAKH_WHOSE.match, _KAZAKH_ASKING.match))
        return bool(case & Case.LOCATIVE) or (is_owner and not away)
    objects = Case.ACCUSATIVE | Case.GENITIVE | Case.NOMINATIVE
    return bool(case & (objects if role is Role.WHOM else Case.NOMINATIVE))
