"""Kazakh in Latin letters: one lossy skeleton of both scripts, so that one grammar reads all spellings.

The official alphabets of 2018 (á ǵ ı ń ó ú ý sh ch) and 2021 (ä ğ ı ñ ö ü ū ş) and home-made ones (gh, zh, y) fall
together: of the vowels only a, e, i, o, u remain (и й і ы are i; у ұ ү are u), к қ are k, ш ч are ş. No grammar here.
"""

import re

LATIN_MARKS = re.compile("[áäǵğńñóöúüūýış]")  # a folded text with none of these is not taken for Kazakh

_CYRILLIC = dict(zip("аәбвгғдеэжзийіыкқлмнңоөпрстуұүфхһчшщ", "aabvggdeejziiiikklmnnooprstuuufhhşşş", strict=True))
_LATIN = dict(zip("áäǵğńñóöúüūýıíyçcqwx", "aaggnnoouuuuiiişskuh", strict=True))
_LETTERS = str.maketrans(_CYRILLIC | _LATIN | {"ц": "ts", "ю": "iu", "я": "ia", "ъ": "", "ь": ""})
_DIGRAPH = re.compile(r"([szgkc])h")
_SOUNDS = {"s": "ş", "c": "ş", "z": "j", "g": "g", "k": "h"}


def latin_skeleton(text: str) -> str:
    """The skeleton of folded text of either script; its length differs, so take it word by word."""
    skeleton = _DIGRAPH.sub(lambda pair: _SOUNDS[pair[1]], text).translate(_LETTERS)
    return skeleton.replace("iia", "ia").replace("iiu", "iu")


def skeletons(text: str) -> frozenset[str]:
    """All skeletons of a Cyrillic stem: ц is written ts or s, ң n or ng."""
    return frozenset(latin_skeleton(text.replace("ц", ts).replace("ң", ng)) for ts in ("ц", "с") for ng in ("ң", "нг"))
