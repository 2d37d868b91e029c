"""The towns that a text names, in any case, in both languages. Pure.

Kazakhstan's towns are in a list, with the region each is the centre of («Мангистау» stands for «Актау»). Other places
are recognised by a capital after «в», «из», «на», or before a Kazakh -да, and compared by stem.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from monitor.text.languages.cases import Case
from monitor.text.languages.russian import case_forms
from monitor.text.remembered import remembered

# One place a line: the beginnings of its names. The first one is its identifier.
_TOWNS = """
алмат
астан нур-султ нұр-сұлт
шымкен
актоб актюб ақтөб
караган қараған
тараз жамбыл
павлодар
усть-каменог каменогорск өскемен вко шқо
семей семее семея семипалат абайск
атыра
костан қостан
кызылорд қызылорд
уральск орал зко бқо
петропавл ско сқо
актау ақтау мангист маңғыс
туркест түркіст
кокшет көкшет акмол ақмол
талдык талдық жетыс жетіс
экибаст екібаст
рудном рудный рудного рудненск
темирт теміртау
жезказ жезқаз улытау ұлытау
балхаш балқаш
конаев қонаев капчаг қапшағ
жанаоз жаңаөз
степногор
риддер
аксай ақсай
сатпаев сәтбаев
щучинск бураб
каскел қаскел
хоргос қорғас жаркент
аксу ақсу
сарань сарани
шахтинск
лисаковск
житикар жітіқар
аркалык арқалық
кульсар құлсар
байконур байқоңыр
арал
кандыаг қандыағ хромтау
зайсан
аягоз аягөз аягуз
курчатов
талгар талғар
кордай қордай
"""
_TOWN_OF = {start: line.split()[0] for line in _TOWNS.strip().splitlines() for start in line.split()}
TOWNS = frozenset(_TOWN_OF.values())
"""Identifiers of Kazakhstan's towns in the list."""
_SHORTEST, _LONGEST = min(map(len, _TOWN_OF)), max(map(len, _TOWN_OF))
_WHOLE = frozenset({"вко", "шқо", "зко", "бқо", "ско", "сқо"})  # acronyms, which must be whole words
_MISTAKEN = re.compile(r"оралман|араль?ск(?:ое|ого) мор|семейн|тараза?н")

# Capitalised words after «в» that are no towns: the two countries of all our news, and names of institutions.
_NO_PLACE = re.compile(
    r"казахс|қазақс|росси|ресей|верхов|минист|мин[юзотф]|комит|генпр|админ|управл|департ|центр|госду|мажил|мәжіл|сенат"
    r"|парлам|правит|бюро|служб|междун|европей|совет|интерп|союз|консти|главн|посол|консул|кремл|фонд|интерн|телег"
    r"|ютуб|инстаг|фейсб|акорд|органи|единой|единый|уголов|кодекс|человек|республ|федерац"
)
_SMALL = "а-яёәғқңөұүһі"
_CAPITAL = f"[А-ЯЁӘҒҚҢӨҰҮҺІ][{_SMALL}]{{2,}}(?:-[А-ЯЁӘҒҚҢӨҰҮҺІ][{_SMALL}]+)*"
_AFTER_IN = re.compile(
    rf"(?<![\w-])(?:[Вв]о?|[Ии]з|[Нн]а|[Пп]од) (?:городе |селе |посёлке |поселке |ауле )?({_CAPITAL})"
)
_KAZAKH_AT = re.compile(rf"(?<=[{_SMALL},] )({_CAPITAL}?)(?:н?[дт][ае]н?)\b")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_ADJECTIVE = re.compile(r"ск(?:ий|ого|ому|им|ом|ая|ой|ую|ие|их|ими)$|[лд][ыі][қк]")
_STEM = 6  # letters kept of a place that is not in the list


@lru_cache(maxsize=500)  # headlines and beginnings of tellings that were compared
def places(text: str, *, kazakh: bool = False) -> frozenset[str]:
    """Return the places a text names: a listed town by its identifier, another by its stem."""
    named = {match[1] for pattern in (_AFTER_IN, _KAZAKH_AT)[: 1 + kazakh] for match in pattern.finditer(text)}
    others = (_stem(name) for name in named if not _listed(name) and not _NO_PLACE.match(name.casefold()))
    return _towns(text) | frozenset(stem for stem in others if len(stem) > 1)


def is_named(place: str, text: str) -> bool:
    """Whether a text names a place that `places` returned for another text."""
    if place in _TOWN_OF:
        return place in _towns(text)
    return re.search(rf"\b{re.escape(place)}", text.casefold().replace("ё", "е")) is not None


@remembered(5_000)  # each new telling of a large story is compared with all
def _towns(text: str) -> frozenset[str]:
    words = (word for word in _WORD.findall(text) if word[0].isupper() or _ADJECTIVE.search(word))
    return frozenset(filter(None, map(_listed, words)))


def _listed(name: str) -> str:
    small = name.casefold()
    if _MISTAKEN.match(small):
        return ""
    if small in _WHOLE:
        return _TOWN_OF[small]
    starts = (small[:length] for length in range(min(len(small), _LONGEST), _SHORTEST, -1))
    return next((_TOWN_OF[start] for start in starts if start in _TOWN_OF), "")


def _stem(name: str) -> str:
    return name.casefold().replace("ё", "е").rstrip("аеиоуыюяьй")[:_STEM]


def going_to(place: str) -> str:
    """Return a country's Russian name in the form after «в»: «Россию», «Казахстан», «США»."""
    return _form(place, Case.ACCUSATIVE, ("у", "ю")) if place.endswith(("а", "я")) else place


def coming_from(place: str) -> str:
    """Return a country's Russian name in the form after «из»: «России», «Казахстана», «США»."""
    return place if place.isupper() else _form(place, Case.GENITIVE, "аяыи")


def _form(place: str, case: Case, endings: Iterable[str]) -> str:
    """Return the first form in that case with such an ending; the name itself if the dictionary lacks it."""
    forms = (form for form, cases in case_forms(place).items() if case in cases and form.endswith(tuple(endings)))
    return next(forms, place).capitalize()
