"""The people a text names: surnames, with the first name where it stands before them. Pure.

No dictionary: a surname is known by its ending, in both languages, or by the first name before it. What ends
otherwise («Абай», «Тойкен») is not found; whoever asks must bear that.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

_STEM = 5  # letters of a surname that its case endings leave alone
_FIRST_STEM = 3  # the same of a first name

_LETTERS = "А-ЯЁӘҒҚҢӨҰҮҺІ"
_SMALL = "а-яёәғқңөұүһі"
_CAPITAL = f"[{_LETTERS}][{_SMALL}]+"
_FIRST = rf"[{_LETTERS}][{_SMALL}]{{2,}}|[{_LETTERS}]\.(?: ?[{_LETTERS}]\.)?"  # «Иван», «И.», «И. П.»
_NAME = re.compile(rf"(?<![\w«])(?=({_FIRST}) ?({_CAPITAL}(?:-{_CAPITAL})?))")  # overlapping: «Судья Иван Петров»
_SURNAME = re.compile(
    r"(?:[сц]к(?:ий|ая)|(?:[оеё]в|[иы]н|енк|юк|чук|ук|ян|дзе|швили|ко|улы|ұлы|қызы|кызы|оглы)"
    r"(?:а|у|ым|ом|е|ой|ою|о|ы|ых|ыми|тың|тің|дың|дің|ның|нің|қа|ке|ға|ге|ты|ті|ды|ді|ны|ні|тан|тен|дан|ден|пен|мен|бен)?)$"
)
_LONE = re.compile(  # a surname by itself
    rf"(?<=[{_SMALL},] )([{_LETTERS}][{_SMALL}]+(?:[оеё]в|[иы]н)(?:а|у|ым|ой|е|ы|ых)?)\b(?! [{_LETTERS}])"
)
# Towns, countries and heads of state that look like surnames and are in every second article.
_NOBODY = frozenset(
    (
        *("сарат", "росто", "тамбо", "псков", "киев", "киева", "киеве", "харьк", "львов", "берли", "кишин", "украи"),
        *("токае", "путин", "лавро", "песко", "назар", "кадыр", "зелен", "лукаш", "трамп"),
    )
)
_ADJECTIVE = re.compile(r"(?:ый|ий|ой|ая|яя|ое|ее|ого|его|ому|ему|ым|им|ом|ую|ые|ие|ых|их|лық|лік|дық|дік|тық|тік)$")


class Person(NamedTuple):
    """A surname as written, and the first name or initials before it ("" when none)."""

    surname: str
    first: str = ""

    @property
    def stem(self) -> str:
        """The surname without its case ending, in small letters."""
        return self.surname.casefold()[:_STEM]

    def may_be(self, other: "Person") -> bool:
        """Whether both may be one person: the same surname, and no first names that differ."""
        ours, theirs = (one.first.casefold().strip(". ")[:_FIRST_STEM] for one in (self, other))
        shorter = min(len(ours), len(theirs))
        return self.stem == other.stem and ours[:shorter] == theirs[:shorter]


@lru_cache(maxsize=2_000)  # a story is compared with every article that comes for days
def people(text: str) -> frozenset[Person]:
    """Everybody named in the text: «Имя Фамилия», «И. Фамилия», «Есім Тегі», and surnames by themselves."""
    full = {
        Person(last, first)
        for first, last in _NAME.findall(text)
        if len(last) > 3 and _SURNAME.search(last) and not _ADJECTIVE.search(first)
    }
    with_first = {person.stem for person in full}
    lone = {person for person in map(Person, _LONE.findall(text)) if person.stem not in with_first}
    return frozenset(person for person in full | lone if person.stem not in _NOBODY)


def in_common(one: Iterable[Person], other: Iterable[Person]) -> bool:
    """Whether somebody may be named in both."""
    others = tuple(other)
    return any(person.may_be(candidate) for person in one for candidate in others)
