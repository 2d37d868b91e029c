"""Things that a verb of giving hands over: «выдача паспортов россиянам» hands over no person, although it names some.

The same verbs hand over people and papers. In Russian the object shows which: the first noun after the verb, or right
before it, that may be one. A word that the dictionary lacks counts as a person, so that in doubt nothing is missed.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from functools import lru_cache
from itertools import islice, takewhile

from monitor.text.languages.role_words import AGENCY, GIVING, PREPOSITIONS, QUANTITY, TIME
from monitor.text.languages.russian import is_of_people, likely_tags

_TOKEN = re.compile(r"\w+(?:-\w+)*|[^\w\s]")
_QUOTES = frozenset("«»\"“”„'’()")
_ENDS = frozenset({"и", "или", "либо", "а", "но", "да", "что", "чтобы", "как", "если", "когда", "пока", "то", "чем"})
_PARTICIPLE = re.compile(r"нн(?:ый|ого|ому|ым|ом|ая|ой|ую|ое|ые|ых|ыми)$")
_OF_SOMEBODY = ("ого", "его", "ых", "их")  # «передал обвиняемого в хищении»: no noun follows
_BACK = 5  # words before the verb among which its object may be
_OBJECT = frozenset({"gent", "gen2", "accs"})  # cases, by their names in the dictionary
_CLAUSE = frozenset({"VERB", "INFN", "PRTS", "ADJS", "GRND", "PRED"})
_NOUNS = frozenset({"NOUN", "NPRO"})
_WHOM = frozenset({"его", "ее", "её", "их"})


class _Part(Enum):
    """What a word can be, judged without its sentence."""

    PERSON = "person"
    THING = "thing"
    RECEIVER = "receiver"
    OTHER = "other"  # a noun that cannot be an object, or a place
    ATTRIBUTE = "attribute"  # adjectives, numerals, adverbs: their noun follows
    CLAUSE = "clause"  # a verb: what follows belongs to it


_Word = tuple[str, _Part]


def is_giving(form: str) -> bool:
    """Whether a folded word may hand over a person or a thing."""
    return GIVING.match(form) is not None


def given_thing(form: str, before: str, after: str) -> str:
    """Return the thing that a word of giving gives, as the article writes it; "" for a person, or if it is not said.

    `before` and `after` are the article's text around the word.
    """
    following = list(_ungoverned(_clause(after)))
    for word, kind in following:
        if kind is _Part.PERSON:
            return ""
        if kind is _Part.THING and not _is_passed_over(word):
            return word
    is_noun = form.startswith(("выдач", "невыдач", "передач", "возвращени", "возврат"))
    if head := _PARTICIPLE.search(form) and _head(before):
        return head
    return "" if is_noun else _object_before(list(_clause_before(before)), following)


def _object_before(before: Sequence[_Word], following: Sequence[_Word]) -> str:
    """Return the thing before the verb if its receiver is beside it: «россиянам паспорта не выдают»; else ""."""
    kinds = {kind for _, kind in before}
    if _Part.PERSON in kinds or not any(kind is _Part.RECEIVER for _, kind in (*before, *following)):
        return ""
    things = (word for word, kind in before if kind is _Part.THING and not _is_passed_over(word))
    return next(things, "")


def _head(before: str) -> str:
    """Return the thing before the comma if nobody is named there: «разрешений на проживание, выданных россиянам»."""
    if not before.rstrip().endswith(","):
        return ""
    words = list(_clause_before(before.rstrip().removesuffix(",")))
    things = [word for word, kind in words if kind is _Part.THING and not _is_passed_over(word)]
    return things[0] if things and all(kind is not _Part.PERSON for _, kind in words) else ""


def _ungoverned(words: Iterable[_Word]) -> Iterator[_Word]:
    """Yield the words up to the next clause, without nouns governed by a preposition."""
    is_governed, earlier = False, ""
    for word, kind in words:
        if word in _ENDS or kind is _Part.CLAUSE:
            return
        if word in PREPOSITIONS:
            if earlier.endswith(_OF_SOMEBODY):
                yield earlier, _Part.PERSON
            is_governed = True
        elif kind is not _Part.ATTRIBUTE:
            if not is_governed:
                yield word, kind
            is_governed = False
        earlier = word if kind is _Part.ATTRIBUTE else ""


def _is_passed_over(word: str) -> bool:
    """Whether the word is no object: who gives, how many, or when («выдала прокуратура», «выдали группу россиян»,
    «выдали год назад»).
    """
    return any(pattern.match(word) for pattern in (AGENCY, QUANTITY, TIME))


def _clause(text: str) -> Iterator[_Word]:
    for word in _TOKEN.findall(text):
        if not (word in _QUOTES or word[0].isalnum()):
            return
        if word not in _QUOTES:
            yield _read(word)


def _clause_before(text: str) -> Iterator[_Word]:
    words = [*takewhile(lambda word: word in _QUOTES or word[0].isalnum(), reversed(_TOKEN.findall(text)))]
    words[-1:] = map(str.lower, words[-1:])  # the first word of a sentence has a capital anyway
    return islice((_read(word) for word in words if word not in _QUOTES), _BACK)


def _read(word: str) -> _Word:
    """Classify a word; a capitalised one that is no place counts as a person."""
    lower = word.lower()
    kind = _part(lower)
    is_name = word[:1].isupper() and not word[:2].isupper() and kind is _Part.THING
    return lower, _Part.PERSON if is_name else kind


@lru_cache(4_096)
def _part(word: str) -> _Part:
    """Classify a lower-case word. «себя» is a thing: «выдал себя за полицейского» hands over nobody."""
    if word.isdecimal():
        return _Part.ATTRIBUTE
    tags = likely_tags(word)
    if not tags and "-" in word:
        return _part(word.rpartition("-")[2])  # «QR-кодов»
    if not tags or word in _WHOM:
        return _Part.PERSON
    nouns = [tag for tag in tags if _NOUNS & tag]
    if any({"NOUN", "anim"} <= tag and _OBJECT & tag for tag in nouns):
        return _Part.PERSON
    if _NOUNS & tags[0]:
        return _Part.THING if word == "себя" else _of_noun(word, nouns)
    return _Part.CLAUSE if _CLAUSE & tags[0] else _Part.ATTRIBUTE


def _of_noun(word: str, nouns: Iterable[frozenset[str]]) -> _Part:
    if any(not {"Geox", "NPRO"} & tag and _OBJECT & tag for tag in nouns):
        return _Part.PERSON if is_of_people(word) else _Part.THING
    is_receiver = any({"anim", "datv"} <= tag for tag in nouns)
    return _Part.RECEIVER if is_receiver else _Part.OTHER
