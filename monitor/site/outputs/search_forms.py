"""Words added to a story's search record, because the browser's search knows only the endings of Russian.

Pagefind reduces the words of a query and of the stories to their Russian stems (Snowball) and looks for the beginnings
of words. This module adds what it cannot know: forms with another stem («выдать», «выдаст»), words of the same family
(«экстрадировать», «экстрадиция»), and Kazakh words without their endings («тергеушінің», «тергеуші»).
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
# Verb forms that occur neither in news nor in queries: «экстрадируйте», «экстрадируешь», «экстрадируемая».
_ADDRESSING: Final = ("шь", "мте", "ете", "ите", "йте", "ьте", "в", "вши")
_PARTICIPLE: Final = re.compile("(?:[уюая]щ|[еи]м)[аеиоыую][а-я]{0,3}$")
_LEAST, _LONGEST = 3, 24  # letters of a word whose relatives are added
_LEAST_OF_KAZAKH: Final = 4  # letters of a stem: shorter ones occur in too many words
_REMEMBERED: Final = 2_048  # words that are cached: most texts consist of the same ones


def search_forms(texts: Iterable[str], *, in_kazakh: bool = False) -> tuple[str, ...]:
    """Return the words to add to these texts, sorted, without those whose stem the texts have.

    `in_kazakh` means that words without Kazakh letters may be Kazakh too.
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
    """Return (stem, form) pairs for the words of the same family; of a Kazakh word without one, for its stems."""
    tags = likely_tags(word)
    if tags and not _SAYS & tags[0]:
        return ()
    added = {form for relative in family(word) for form in _representatives(relative)}
    if not added and _KAZAKH.search(word):
        added = {*_kazakh_stems(word)}
    return tuple((_stem(form), form) for form in sorted(added))


@lru_cache(_REMEMBERED // 2)
def _representatives(word: str) -> tuple[str, ...]:
    """Return the shortest form for each stem of a dictionary word, leaving out stems that the next stem begins with."""
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
    return Stemmer("russian", 0)  # fast, so its own cache is switched off


def _stem(word: str) -> str:
    stem: str = _stemmer().stemWord(word)
    return stem


@lru_cache(2 * _REMEMBERED)
def _kazakh_stems(word: str) -> tuple[str, ...]:
    """Return the shortest beginnings of a word that leave the endings of a noun and of a verb."""
    noun = next(_cuts(word, kazakh.NOUN, kazakh.NOUN_OF_VOWEL), "")
    verb = next(_cuts(word, kazakh.VERB, kazakh.VERB_OF_VOWEL), "")
    return tuple(dict.fromkeys(stem for stem in (noun, verb) if stem))


def _cuts(word: str, after_consonant: str, after_vowel: str) -> Iterator[str]:
    for end in range(_LEAST_OF_KAZAKH, len(word)):
        template = after_vowel if word[end - 1] in _VOWELS else after_consonant
        rest = word[end:]
        if kazakh.LETTERS.fullmatch(rest) and kazakh.accept(rest, template, "cyrillic", "any"):
            yield word[:end]
