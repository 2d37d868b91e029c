"""The people a text names: surnames, with the first name before them if there is one.

There is no dictionary of surnames: one is recognised by its ending, in both languages, or by a usual first name before
it. A name with neither («Абай Тойкен») is not recognised, and callers must allow for that. A common word with a capital
(«Адвокат Кузин») is not taken for a first name.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from monitor.models.articles import Article
from monitor.stories.people.latin_names import in_cyrillic
from monitor.text.languages.first_names import is_first_name
from monitor.text.languages.kazakh_latin import in_russian_letters
from monitor.text.languages.word_frequencies import SHARES
from monitor.text.remembered import remembered

LEAD = 1_200  # characters in which an article's people are looked for

_STEM = 5  # letters of a surname that do not change with its case
_FIRST_STEM = 3  # the same for a first name
_FIRST_NAME = 4  # letters by which a first name is searched for
_LEV = re.compile("^льв")  # «Льва Тюрина»
_SHORTEST = 3  # letters; a shorter word is no surname
_WORD_STEM = 6  # letters by which text/languages/word_frequencies.py identifies a word

_LETTERS = "А-ЯЁӘҒҚҢӨҰҮҺІ"
_SMALL = "а-яёәғқңөұүһі"
_CAPITAL = f"[{_LETTERS}][{_SMALL}]+"
_ENDS_WITH_NAME, _LONGEST_NAME = re.compile(rf"({_CAPITAL}) $"), 25
_WORD_WITH_CAPITAL = re.compile(rf"\b{_CAPITAL}")
_REMEMBERED = 2_000  # texts in the cache: a story is compared with every article of some days
_LONGEST = 200  # letters of the names of a cached text; a list may have any number of them
_BEFORE = 3  # characters before a word that show whether it begins a sentence
_FIRST = rf"[{_LETTERS}][{_SMALL}]{{2,}}|[{_LETTERS}]\.(?: ?[{_LETTERS}]\.)?"  # «Иван», «И.», «И. П.»
_FATHERS = rf"{_CAPITAL}(?:[оеё]вич|ьич|[оеё]вн|иничн)[{_SMALL}]{{0,3}}"
# Overlapping: «Судья Иван Петров», «Ольги Петровны Невской»
_NAME = re.compile(rf"(?<![\w«])(?=({_FIRST}) ?(?:{_FATHERS} )?({_CAPITAL}(?:-{_CAPITAL})?))")
# «Дениса и Оксану Лаптевых», «Матвей С.», «Петров Иван Ильич»
_OTHER_NAME = re.compile(
    rf"\b({_CAPITAL}) (?:и {_CAPITAL} (?P<plural>{_CAPITAL}(?:ых|ыми|ым|ы|их|ими|им|ие))\b"
    rf"|(?P<initial>[{_LETTERS}]\.)(?! ?[{_LETTERS}]\.)|(?P<first>{_CAPITAL}) {_FATHERS}(?! [{_LETTERS}]))"
)
_CASE = (  # endings of surnames, in both languages
    r"(?:у|ым|ом|е|ой|ою|о|ы|ых|ыми|а?(?:тың|тің|дың|дің|ның|нің|қа|ке|ға|ге|ты|ті|ды|ді|ны|ні|тан|тен|дан|ден|пен|мен|бен)?)?"
)
_SURNAME = re.compile(rf"(?:(?:[оеё]в|[иы]н|енк|юк|чук|ук|ян|дзе|швили|ко|улы|ұлы|қызы|кызы|оглы){_CASE})$")
_ENDING = re.compile(rf"(?:{_CASE}|[яюьйа]|ем|ём|ей|ий|ый|ая|ого|его|ому|ему|их)")
_BASE = 3  # letters that remain of a surname without its ending, at least
_LONGEST_ENDING = 5
_PATRONYMIC = re.compile(r"(?:[оеё]вич|ьич|[оеё]вн|иничн)[а-яіңғұ]{0,3}$")
_LONE = re.compile(  # a surname by itself
    rf"(?<=[{_SMALL},:] )([{_LETTERS}][{_SMALL}]+(?:[оеё]в|[иы]н)(?:а|у|ым|ой|е|ы|ых)?)\b(?! [{_LETTERS}])"
)
# Towns, countries and politicians in every second article that look like surnames.
_NOBODY = frozenset(
    (
        *("сарат", "росто", "тамбо", "псков", "киев", "киева", "киеве", "харьк", "львов", "берли", "кишин", "украи"),
        *("токае", "тоқае", "путин", "лавро", "песко", "назар", "кадыр", "зелен", "лукаш", "трамп", "навал"),
    )
)
_ADJECTIVE = re.compile(r"(?:ый|ий|ой|ая|яя|ое|ее|ого|его|ому|ему|ым|им|ом|ую|ые|ие|ых|их|лық|лік|дық|дік|тық|тік)$")


# In the nominative, so somebody who speaks or acts; «задержали судью Петрова» is about the judge.
_OFFICIAL = re.compile(
    r"(?<!экс-)(?<!бывший )\b(?:(?:ген|вице-|зам)?(?:прокурор|министр|глава(?! семь)|начальник|председатель|директор)"
    r"|аким|судья|депутат|посол|консул|омбудсмен|уполномоченный|(?:пресс-)?секретарь|спикер|представитель)"
    rf"(?: (?!и\b)[{_SMALL}А-ЯЁ-]+){{0,4}}? $",
    re.IGNORECASE,
)
_OFFICE = 60  # characters before a name in which the office is


def is_official(person: "Person", text: str) -> bool:
    """Whether the person is called by an office wherever the text names him: «прокурор Ержан Омаров»."""
    places = [place.start() for place in re.finditer(re.escape(f"{person.first} {person.surname}"), text)]
    return bool(places) and all(_OFFICIAL.search(text[max(0, at - _OFFICE) : at]) for at in places)


class Person(NamedTuple):
    """A surname as written, and the first name or initials before it ("" for none)."""

    surname: str
    first: str = ""

    @property
    def stem(self) -> str:
        """The surname without its case ending, folded."""
        return _plain(self.surname)[:_STEM]

    @property
    def is_short(self) -> bool:
        """Whether only an initial of the surname is given: «Матвей С.»."""
        return self.surname.endswith(".")

    @property
    def is_surely_one(self) -> bool:
        """Whether the first name or the surname's ending shows a person, and not a town after an initial."""
        return is_first_name(self.first) or _SURNAME.search(self.surname) is not None

    def is_written(self, word: str) -> bool:
        """Whether a capitalised word may be the surname in any case: «Дель», «Делем»."""
        return not _bases(self.surname).isdisjoint(_bases(word))

    def may_be(self, other: "Person") -> bool:
        """Whether both may be one person: the same surname, and no different first names."""
        ours, theirs = (_LEV.sub("лев", _plain(one.first)).strip(". ")[:_FIRST_STEM] for one in (self, other))
        shorter = min(len(ours), len(theirs))
        same = self.stem == other.stem or self.is_written(other.surname)
        if not same and shorter >= _FIRST_STEM:  # «Матвей С.»
            same = any(one.surname == f"{two.surname[0]}." for one, two in ((self, other), (other, self)))
        return same and ours[:shorter] == theirs[:shorter]


def is_meant(person: Person, text: str) -> bool:
    """Whether a text may mean this person: by the surname, in any case and without another first name; by «Иван П.»; or
    by the first name beside a relative's surname («жена Ольга Пробникова о муже Иване»).
    """
    bearers = [one for one in people(text) if one.stem == person.stem or person.is_written(one.surname)]
    if any(map(person.may_be, bearers)):
        return True
    text = in_cyrillic(text)
    first = re.escape(person.first[:_FIRST_NAME]) if len(person.first) >= _FIRST_STEM else ""
    if first and re.search(rf"\b{first}\w* {person.surname[0]}\.", text):
        return True
    if bearers:
        return bool(first) and re.search(rf"\b{first}", text) is not None
    return any(map(person.is_written, _WORD_WITH_CAPITAL.findall(text)))


def _plain(name: str) -> str:
    """Return the name folded for comparison: «Мұхтаров» is «Мухтаров»."""
    return in_russian_letters(name.casefold().replace("ё", "е"))


@lru_cache(_REMEMBERED)
def _bases(surname: str) -> frozenset[str]:
    """Return what may remain of a surname without a case ending."""
    small = surname.casefold()
    ends = range(max(_BASE, len(small) - _LONGEST_ENDING), len(small) + 1)
    return frozenset(_plain(small[:end]) for end in ends if _ENDING.fullmatch(small, end))


def _is_short(named: frozenset[Person]) -> bool:
    return sum(len(person.surname) + len(person.first) for person in named) <= _LONGEST


@remembered(_REMEMBERED, keeps=_is_short)
def people(text: str) -> frozenset[Person]:
    """Everybody named in the text: «Имя Фамилия», «И. Фамилия», «Есім Тегі», and surnames by themselves."""
    text = in_cyrillic(text)
    named = frozenset(_named(text))
    with_first = {person.stem for person in named if person.first}
    lone = (last for last in _LONE.findall(text) if not is_first_name(last))
    bare = {person for person in named if not person.first} | {Person(last) for last in lone}
    return frozenset(
        person
        for person in named | bare
        if person.stem not in _NOBODY and (person.first or person.stem not in with_first)
    )


def named_in(article: Article) -> frozenset[Person]:
    """Everybody whom the article names in its headline or its beginning."""
    return people(f"{article.title}\n{article.text[:LEAD]}")


def _named(text: str) -> Iterator[Person]:
    for name in _NAME.finditer(text):
        first, last = name.groups()
        if len(last) <= _SHORTEST or _is_patronymic(last) or _is_initial_of_surname(text, name.start(), first):
            continue
        if "." in first or is_first_name(first):
            yield Person(last, first)
        elif _SURNAME.search(last) and not _ADJECTIVE.search(first) and not is_first_name(last):
            before = text[max(0, name.start() - _BEFORE) : name.start()]
            yield Person(last, first if _may_be_first(first, before) else "")

    for name in _OTHER_NAME.finditer(text):
        word, first = name[1], name["first"]
        if first and _SURNAME.search(word) and is_first_name(first) and not is_first_name(word):
            yield Person(word, first)
        elif not first and is_first_name(word):
            yield Person(name["plural"] or name["initial"], word)


def _is_patronymic(word: str) -> bool:
    """Whether the word is formed from a first name: «Петрович», but not «Гуревич»."""
    ending = _PATRONYMIC.search(word)
    father = word[: ending.start()] if ending else ""
    return is_first_name(father) or is_first_name(f"{father.removesuffix('ь')}и")


def _is_initial_of_surname(text: str, start: int, first: str) -> bool:
    """Whether the initial is that of a surname before the next sentence: «… координаторка Полина Г. Всех отпустили»."""
    before = _ENDS_WITH_NAME.search(text[max(0, start - _LONGEST_NAME) : start]) if "." in first else None
    return before is not None and is_first_name(before[1])


def _may_be_first(word: str, before: str) -> bool:
    """Whether the word may be a first name: not a patronymic, not a common word («Адвокат Кузин»), and not at the
    beginning of a sentence.
    """
    if _PATRONYMIC.search(word) or word.casefold()[:_WORD_STEM] in SHARES:
        return False
    inside = before.rstrip(" «")[-1:]
    return inside.isalpha() or inside == ","


def in_common(one: Iterable[Person], other: Iterable[Person]) -> bool:
    """Whether a person of one may be a person of the other."""
    others = tuple(other)
    return any(person.may_be(candidate) for person in one for candidate in others)
