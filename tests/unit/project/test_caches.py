"""Every cache of the package has a bound in bytes: full of the longest that may come from outside, it stays small."""

import importlib
import pkgutil
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import monitor
from monitor.evidence import wording
from monitor.models.evidence import Version
from monitor.site.outputs import search_forms
from monitor.sources.feeds import fast_xml
from monitor.sources.http import client
from monitor.sources.pages import class_names
from monitor.stories.people import naming
from monitor.text import urls
from monitor.text.languages import derivation, detection, objects, places, russian

MOST = 8 * 1024 * 1024  # bytes of one full cache
FILLED = 32  # entries, from which those of a full one are reckoned
LETTERS = "абвгдежзий"

Arguments = Callable[[int], tuple[Any, ...]]


def word(number: int, length: int) -> str:
    """A word of Cyrillic letters, another for each number."""
    ending = "".join(LETTERS[int(digit)] for digit in str(number))
    return "ы" * (length - len(ending)) + ending


WORST: dict[Any, Arguments] = {  # the longest arguments that the callers pass on
    urls._canonical: lambda n: (f"https://v.kz/{word(n, 499)}",),
    urls._host: lambda n: (f"{word(n, 512)}",),
    detection._is_russian: lambda n: (word(n, 40),),
    detection._is_kazakh: lambda n: (word(n, 40),),
    detection._is_kazakh_typed: lambda n: (word(n, 40),),
    russian.is_person: lambda n: (word(n, 80),),
    russian.is_verb: lambda n: (word(n, 80),),
    objects._part: lambda n: (word(n, 80),),
    derivation.family: lambda n: (word(n, 60),),
    wording.wording: lambda n: (Version(title=word(n, 500), text=f"{word(n, 9)} " * 20_000),),
    places.places: lambda n: (" ".join(f"в {word(n * 100 + k, 8).capitalize()}" for k in range(90)),),
    class_names.role: lambda n: (word(n, 40), word(n, 200)),
    class_names._role_of: lambda n: (word(n, 200),),
    client._parsed: lambda n: (f"https://v.kz/{word(n, 180)}",),
    fast_xml._meaning: lambda n: (word(n, 25_000),),
    naming._bases: lambda n: (word(n, 80),),
    search_forms._related: lambda n: (word(n, 24),),
    search_forms._representatives: lambda n: (word(n, 24),),
    search_forms._kazakh_stems: lambda n: (word(n, 24),),
}
OF_OUR_OWN = {  # keyed by what our own people wrote or our own code names
    *("monitor.text.unicode._surplus_marks", "monitor.text.languages.kazakh_suffixes._endings"),
    *("monitor.text.languages.dictionary._loaded", "monitor.matching.classifier.classifier.trained"),
    *(f"monitor.text.languages.russian.{name}" for name in ("_readings", "_rows", "_trait", "forms")),
    *("monitor.matching.compiler._weight", "monitor.sources.http.client_settings.tls_context"),
    *("monitor.sources.http.transport._proxy", "monitor.text.languages.kazakh_latin.skeletons"),
    *(
        "monitor.text.languages.kazakh_latin.russian_spellings",
        "monitor.site.texts.load_texts",
        "monitor.site.texts.towns",
    ),
    *("monitor.site.pictures.cards._faces", "monitor.site.pictures.cards._blank"),
    *("monitor.site.outputs.search_forms._stemmer", "monitor.stories.claims.steps._spoken"),
    *("monitor.stories.claims.steps._told_as_happened", "monitor.edits.feeds.feeds_file._stanzas"),
}


def caches() -> dict[str, Any]:
    """Every function of the package that remembers its answers, by its name."""
    modules = (
        importlib.import_module(module.name)
        for module in pkgutil.walk_packages([str(Path(monitor.__file__).parent)], "monitor.")
        if not module.name.endswith("__main__")
    )
    functions = (value for module in modules for value in vars(module).values() if type(value) is type(urls._host))
    named = {f"{function.__module__}.{function.__name__}": function for function in functions}
    return {name: function for name, function in named.items() if name.startswith("monitor.")}


def test_every_cache_is_known_here() -> None:
    assert set(caches()) == OF_OUR_OWN | {f"{cache.__module__}.{cache.__name__}" for cache in WORST}


@pytest.mark.parametrize("cache", WORST, ids=lambda cache: cache.__qualname__)
def test_a_cache_full_of_the_worst_stays_small(cache: Any) -> None:
    filled = min(FILLED, cache.cache_parameters()["maxsize"] - 1)
    for number in range(filled + 1):
        cache(*WORST[cache](number))  # other caches that it asks are filled by now, and are not counted here
    cache.cache_clear()
    cache(*WORST[cache](0))
    tracemalloc.start()
    for number in range(1, filled + 1):
        cache(*WORST[cache](number))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert cache.cache_info().currsize == filled + 1
    cache.cache_clear()
    assert held / filled * cache.cache_parameters()["maxsize"] <= MOST, f"{held / filled:.0f} bytes an entry"
