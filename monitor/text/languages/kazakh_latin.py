"""Kazakh in letters other than its own: Latin, or Russian ones as typed on a keyboard without Kazakh letters.

Latin letters: one lossy skeleton of both scripts, so that one grammar reads all spellings. The official alphabets of
2018 (á ǵ ı ń ó ú ý sh ch) and 2021 (ä ğ ı ñ ö ü ū ş) and informal ones (gh, zh, y) coincide: of the vowels only a, e,
i, o, u remain (и й і ы are i; у ұ ү are u), к қ are k, ш ч are ş. Russian letters: қ ғ ә і ң ө ұ ү һ are к г а и н о у
у х, often я for ә, ы for і, нг for ң. No grammar here.
"""

import re
from functools import lru_cache

LATIN_MARKS = re.compile("[áäǵğńñóöúüūýış]")  # a folded Latin text with none of these is not taken for Kazakh

KAZAKH_LETTERS = re.compile("[әғқңөұүһі]")
_RUSSIAN = str.maketrans("әғқңөұүһі", "агкноуухи")
_REMEMBERED = 1_000  # stems: several answers are asked for one word in a row
_VARIANTS = (("ә", "ая"), ("і", "иы"))

_CYRILLIC = dict(zip("аәбвгғдеэжзийіыкқлмнңоөпрстуұүфхһчшщ", "aabvggdeejziiiikklmnnooprstuuufhhşşş", strict=True))
_LATIN = dict(zip("áäǵğńñóöúüūýıíyçcqwx", "aaggnnoouuuuiiişskuh", strict=True))
_LETTERS = str.maketrans(_CYRILLIC | _LATIN | {"ц": "ts", "ю": "iu", "я": "ia", "ъ": "", "ь": ""})
_DIGRAPH = re.compile(r"([szgkc])h")
_SOUNDS = {"s": "ş", "c": "ş", "z": "j", "g": "g", "k": "h"}


def latin_skeleton(text: str) -> str:
    """Return the skeleton of folded text of either script; its length differs, so apply it word by word."""
    skeleton = _DIGRAPH.sub(lambda pair: _SOUNDS[pair[1]], text).translate(_LETTERS)
    return skeleton.replace("iia", "ia").replace("iiu", "iu")


@lru_cache(_REMEMBERED)
def skeletons(text: str) -> frozenset[str]:
    """Return all skeletons of a Cyrillic stem: ц is written ts or s, ң is written n or ng."""
    return frozenset(latin_skeleton(text.replace("ц", ts).replace("ң", ng)) for ts in ("ц", "с") for ng in ("ң", "нг"))


def in_russian_letters(text: str) -> str:
    """Return folded text with Russian letters in place of Kazakh ones."""
    return text.translate(_RUSSIAN)


@lru_cache(_REMEMBERED)
def russian_spellings(text: str) -> frozenset[str]:
    """Return all ways to write a Cyrillic stem in Russian letters only; empty if it has no Kazakh letters."""
    if not KAZAKH_LETTERS.search(text):
        return frozenset()
    written = {text, text.replace("ң", "нг")}
    for letter, others in _VARIANTS:
        written = {one.replace(letter, other) for one in written for other in others}
    return frozenset(map(in_russian_letters, written))
