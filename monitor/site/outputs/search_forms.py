"""Words that are added to a story so that the browser finds it: its search knows the endings of Russian, and no more.

Pagefind brings the words of a query and of the stories to their Russian stems (Snowball) and looks for the beginnings
of words. What it cannot know is said here: forms whose stem is another one («выдать», «выдаст»), words of the same
family («экстрадировать», «экстрадиция»), and what a Kazakh word is without its endings («тергеушінің», «тергеуші»).
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, Final

from Stemmer import Stemmer

from monitor.text.languages import kazakh_suffixes as kazakh
from monitor.text.languages.derivation import family
from monitor.text.languages.russian import forms, likely_tags
from monitor.text.unicode import WORD, fold

_SAYS: Final = frozenset({"NOUN", "ADJF", "ADJS", "VERB", "INFN", "PRTF", "PRTS", "GRND"})
_KAZAKH: Final = re.compile("[әғқңөұүһі]")
_VOWELS: Final = "аәеёиоөуұүыіэюя"
_INFINITIVES: Final = ("ть", "ти", "чь", "ться", "тись", "чься")
# Forms of verbs that neither news nor queries have: «экстрадируйте», «экстрадируешь», «экстрадируемая».
_ADDRESSING: Final = ("шь", "мте", "ете", "ите", "йте", "ьте", "в", "вши")
_PARTICIPLE: Final = re.compile("(?:[уюая]щ|[еи]м)[аеиоыую][а-я]{0,3}$")
_LEAST, _LONGEST = 3, 24  # letters of a word that has relatives
_LEAST_OF_KAZAKH: Final = 4  # letters of a stem: shorter ones are found in many words
_REMEMBERED: Final = 2_048  # words of the many that most texts are made of


def search_forms(texts: Iterable[str], *, in_kazakh: bool = False) -> tuple[str, ...]:
    """What to add to these texts, in order and without what they have; `in_kazakh`: words without Kazakh letters may be
    Kazakh, too.
    """
    every = (word for text in texts for word in WORD.findall(fold(text).text))
    words = {word for word in every if _LEAST <= len(word) <= _LONGEST}
    added = dict(pair for word in sorted(words) for pair in _related(word))
    if in_kazakh:
        added |= {_stem(stem): stem for word in words for stem in _kazakh_stems(word)}
    known = {_stem(word) for word in words}
    return tuple(sorted(form for stem, form in added.items() if stem not in known))


@lru_cache(_REMEMBERED // 2)
def _related(word: str) -> tuple[tuple[str, str], ...]:
    """A form for each stem of the words that say the same, after that stem."""
    tags = likely_tags(word)
    if tags and not _SAYS & tags[0]:
        return ()
    added = {form for relative in family(word) for form in _representatives(relative)}
    if not added and _KAZAKH.search(word):
        added = {*_kazakh_stems(word)}
    return tuple((_stem(form), form) for form in sorted(added))


@lru_cache(_REMEMBERED // 2)
def _representatives(word: str) -> tuple[str, ...]:
    """Of the forms of a dictionary word the shortest for each stem, but for stems that others begin with."""
    shortest: dict[str, str] = {}
    for form in sorted(_usual_forms(word), key=lambda form: (len(form), form)):
        shortest.setdefault(_stem(form), form)
    stems = sorted(shortest)
    covered = {one for one, following in pairwise(stems) if following.startswith(one)}
    return tuple(form for stem, form in shortest.items() if stem not in covered)


def _usual_forms(word: str) -> Iterable[str]:
    if not word.endswith(_INFINITIVES):
        return forms(word)
    bare = {form: form.removesuffix("ся").removesuffix("сь") for form in forms(word)}
    return [form for form, own in bare.items() if not own.endswith(_ADDRESSING) and not _PARTICIPLE.search(own)]


@cache
def _stemmer() -> Any:
    return Stemmer("russian", 0)  # it is quick, and needs no memory of its own


def _stem(word: str) -> str:
    stem: str = _stemmer().stemWord(word)
    return stem


@lru_cache(2 * _REMEMBERED)
def _kazakh_stems(word: str) -> tuple[str, ...]:
    """The shortest beginnings that leave the endings of a noun, and of a verb."""
    noun = next(_cuts(word, kazakh.NOUN, kazakh.NOUN_OF_VOWEL), "")
    verb = next(_cuts(word, kazakh.VERB, kazakh.VERB_OF_VOWEL), "")
    return tuple(dict.fromkeys(stem for stem in (noun, verb) if stem))


def _cuts(word: str, after_consonant: str, after_vowel: str) -> Iterator[str]:
    for end in range(_LEAST_OF_KAZAKH, len(word)):
        template = after_vowel if word[end - 1] in _VOWELS else after_consonant
        rest = word[end:]
        if kazakh.LETTERS.fullmatch(rest) and kazakh.accept(rest, template, "cyrillic", "any"):
            yield word[:end]
