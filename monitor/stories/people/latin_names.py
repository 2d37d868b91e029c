"""People's names in Latin letters, as passports and foreign outlets spell them, → Cyrillic."""

import re
from typing import Final

from monitor.text.languages.first_names import is_first_name

_LATIN: Final = re.compile("[A-Z]")
_NAME: Final = re.compile(r"\b([A-Z][a-z]{2,}) ([A-Z][a-z]{3,})\b")
_INITIAL: Final = re.compile(r"\b([A-Z])\. ?([A-Z][a-z]+(?:ov|ev|in|sky|chuk|enko)a?)\b")
_PAIRS: Final = (
    *("shch щ", "zh ж", "kh х", "ts ц", "ch ч", "sh ш", "ph ф", "x кс", "yo е", "yu ю", "ya я", "ye е", "ju ю", "ja я"),
    *("ia ия", "iy ий", "ay ай", "ey ей", "oy ой", "aye ае", "eye ее"),
    *map(" ".join, zip("abcdefghijklmnopqrstuvwyz'", "абкдефгхийклмнопкрстуввызь", strict=True)),
)
_SPELLINGS: Final = dict(pair.split() for pair in _PAIRS)
_SOUND: Final = re.compile("|".join(sorted(_SPELLINGS, key=len, reverse=True)))
_LAST: Final = ((r"(?<=[^aeiouy])y$", "iy"), (r"(?<=[aeio])i$", "y"), (r"(?<=[vbl])yov$", "'ev"))  # «Dmitry», «Sergei»
_SOFT: Final = (("олг", "ольг"), ("тиян", "тьян"), ("сандер", "сандр"), *((f"{one}я", f"{one}ья") for one in "лрт"))


def in_cyrillic(text: str) -> str:
    """Return the text with first names and surnames («Kirill Zaborsky») in Cyrillic; everything else is unchanged."""
    if not _LATIN.search(text):
        return text
    return _INITIAL.sub(_initialled, _NAME.sub(_respelled, text))


def _initialled(name: re.Match[str]) -> str:
    first, last = map(_cyrillic, name.groups())
    return f"{first.upper()}. {last.title()}"


def _respelled(name: re.Match[str]) -> str:
    first, last = map(_cyrillic, name.groups())
    soft = first
    for hard, softened in _SOFT:  # the Latin spelling does not show a soft sign («Ilya»)
        soft = soft.replace(hard, softened)
    known = next(filter(is_first_name, (first, soft)), "")
    return f"{known.title()} {last.title()}" if known else name[0]


def _cyrillic(word: str) -> str:
    spelled = word.lower()
    for ending, plainer in _LAST:
        spelled = re.sub(ending, plainer, spelled)
    return _SOUND.sub(lambda sound: _SPELLINGS[sound[0]], spelled)
