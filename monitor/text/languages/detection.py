"""Whether a text is in Russian, in Kazakh or in neither.

Matching does not depend on it: every rule is tried on every text. The language is shown to subscribers.
"""

import re
from collections import Counter
from functools import lru_cache
from string import ascii_lowercase
from typing import Literal

from monitor.models.articles import Language
from monitor.models.feeds import FeedLanguage
from monitor.text.languages.kazakh_latin import LATIN_MARKS

_REMEMBERED = 8_192  # words in the cache: the press uses few different ones
_SAMPLE = 4_000  # characters, enough to know the language
_OTHER_CYRILLIC = re.compile(r"[\u0400-\u042f\u0450\u0452-\u052f]")
_KAZAKH = "әғқңөұүһі"
_ONLY_KAZAKH = "қғұ"  # only Kazakh has them among the region's languages, unless letters of the others are there too
_FOREIGN = "ўҳїєґҷӣӯҙҫҡҗјђћљњџѓќ"
_LATIN_LETTERS = ascii_lowercase.encode()
_WORD = re.compile(r"[а-яёәғқңөұүһі]{1,40}")  # bounded, because words are cached
_RUSSIAN_WORD = re.compile(
    r"(?:в|во|на|с|со|и|не|по|из|за|для|к|о|об|от|до|при|под|над|без|у|что|как|его|это|все|или|но|после|через|про)"
    r"|.*[щёъфцэ].*|.+(?:ого|его|ому|ему|ый|ий|ой|ая|яя|ое|ые|ие|ых|их|ов|ев|ть|ться|тся|ал|ил|ел|али|или|ции|ний|ние|ния|ется|тся|ию|лись|лся|лась|ли|ло|ства?|ом|ем)"
)
_KAZAKH_WORD = re.compile(
    r"(?!.*[чвфцё])(?:мен|пен|бен|да|де|та|те|бар|деп|еді|емес|туралы|сот|жаты[рп]|болды|болады|боп|бас|тарт[а-я]*|бойынша|осы|сол)"
    r"|(?!.*[чвфцё]).{2,}(?:лар|лер|дар|дер|тар|тер|ның|нің|дың|дің|тың|тің|дан|ден|тан|тен|нан|нен|лды|лді|рды|ады|еді|йды|йді|ып|іп"
    r"|лады|леді|ына|іне|ында|інде|нда|нде|сы|сын|ды|ты)"
)

# Kazakh typed with a Russian keyboard, which lacks its letters.
_TYPED_KAZAKH_WORD = re.compile(
    r"(?:ушин|жане|кейин|деди|онын|еки|бир|бул|жок)"
    r"|[а-бг-ухш-я]{2,38}(?:[лдт][ае]р|[ндт][ыи]н|[ндт]и|ин[ае]|инд[ае]|син|ып|ип|[гк][ае]н|м[ае]к|лык|лик|[гк][аеыи]|ш[ыи]н?[ыи]?)"
)


def detect(text: str, hint: FeedLanguage) -> Language | None:
    """Return the language of a title or a text: by its letters, else by the feed's language, else by its words.

    None: another language (Kyrgyz, Tatar, Ukrainian, English…), or no letters to judge by.
    """
    sample = text[:_SAMPLE].lower()
    if _is_plain_russian(sample):
        return _by_words(sample, hint)
    letters = Counter({char: count for char, count in Counter(sample).items() if _is_letter(char)})
    total = letters.total()
    if not total:
        return None
    cyrillic = sum(count for letter, count in letters.items() if "\u0400" <= letter <= "\u052f")
    if cyrillic * 2 < total:
        return "kk" if _is_latin_kazakh(sample, letters, hint) else None
    by_letters = _by_letters(letters, cyrillic)
    if by_letters == "other":
        return None
    if by_letters is not None:
        return by_letters
    return _by_words(sample, hint)


def reads_kazakh(text: str) -> bool:
    """Whether more words of a sentence or two look Kazakh than Russian, even if typed in Russian letters."""
    words = _WORD.findall(text.lower())
    return sum(map(_is_kazakh_typed, words)) > sum(map(_is_russian, words))


def _is_plain_russian(sample: str) -> bool:
    """Whether the text has mostly Russian letters and no other Cyrillic ones, as most texts of Russian feeds.

    Counts bytes of UTF-8, which is quick; every character above ASCII, even a sign, is counted as a letter.
    """
    if _OTHER_CYRILLIC.search(sample):
        return False
    encoded = sample.encode("utf-8", "replace")
    russian = encoded.count(b"\xd0") + encoded.count(b"\xd1")
    latin = len(encoded) - len(encoded.translate(None, _LATIN_LETTERS))
    return russian > 0 and russian * 2 >= latin + len(encoded) - len(sample)


def _is_letter(char: str) -> bool:
    return char.isalnum() and not char.isdecimal()


def _is_latin_kazakh(sample: str, letters: Counter[str], hint: FeedLanguage) -> bool:
    """Whether a Latin text is Kazakh. Turkish has most of the same marked letters, but not q ǵ ń ñ ū."""
    marks = len(LATIN_MARKS.findall(sample))
    own = any(letters[letter] for letter in "qǵńñū")
    return marks > 0 and (hint == "kk" or (own and (marks + letters["q"]) * 25 > letters.total()))


def _by_letters(letters: Counter[str], cyrillic: int) -> Language | Literal["other"] | None:
    def share(alphabet: str) -> float:
        return sum(letters[letter] for letter in alphabet) / cyrillic

    if share(_FOREIGN) > 0.01:
        return "other"
    if share(_KAZAKH) < 0.03:
        return None
    if letters["і"]:  # Ukrainian has none of these other letters
        return "kk" if any(letters[letter] for letter in "әғқңөұүһы") else None
    return "kk" if share(_ONLY_KAZAKH) > 0.01 else "other"


def _by_words(sample: str, hint: FeedLanguage) -> Language | None:
    """Return the feed's language unless the words are plainly of the other; without a hint, what most words say."""
    perhaps_ukrainian = sample.count("і") * 30 > len(sample)
    if hint == "ru" and not perhaps_ukrainian:
        return "ru"
    words = _WORD.findall(sample)
    russian, kazakh = sum(map(_is_russian, words)), sum(map(_is_kazakh, words))
    if hint == "kk":
        return "ru" if russian > kazakh + 1 else "kk"
    if perhaps_ukrainian:
        return "kk" if kazakh > russian else None
    if russian > kazakh:
        return "ru"
    return "kk" if kazakh > russian else None


@lru_cache(_REMEMBERED)
def _is_russian(word: str) -> bool:
    return _RUSSIAN_WORD.fullmatch(word) is not None


@lru_cache(_REMEMBERED)
def _is_kazakh(word: str) -> bool:
    return _KAZAKH_WORD.fullmatch(word) is not None


@lru_cache(_REMEMBERED)
def _is_kazakh_typed(word: str) -> bool:
    return _is_kazakh(word) or _TYPED_KAZAKH_WORD.fullmatch(word) is not None
