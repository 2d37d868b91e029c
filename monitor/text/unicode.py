"""Readable text, folding for matching, words, sentences, lengths: what belongs to no single language.

No vocabulary beyond the abbreviations that do not end a sentence, no inflection, no markup. Every function takes any
`str`, NUL and lone surrogates included, and runs in time linear in its length.
"""

import html
import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

INVISIBLE = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_MARKS = "\u0300-\u036f\u0483-\u0487"
_CYRILLIC = "\u0400-\u0481\u048a-\u052f"
_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017e\u01f4\u01f5\u1e9e\u212a\u212b"  # the last: ẞ, kelvin, ångström

# ── readable text ──────────────────────────────────────────────────────────────────────────────

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_UNUSUAL = re.compile(r"[^\n\xa0 -%'-~«»№–—…“”„\u0400-\u0481\u048a-\u052f]")
_UNREADABLE = re.compile(
    f"[{INVISIBLE}\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufff0-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff]"
)
_FAR = re.compile(  # neighbourhoods of combining marks, quick to search for
    "[\u0300-\u036f\u0483-\u0487\u0591-\u1fff\u20d0-\u20f0\u2cef-\u2dff\u302a-\u309a\ua66f-\uabff\ufb1e\ufe20-\ufe2f"
    "\U000101fd-\U0001efff]"
)
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_BREAKS = re.compile(r"\n{3,}")
_DRIVES_TERMINALS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def clean(text: str) -> str:
    """Return readable text of untrusted `text`: what a person sees, in NFC.

    Entities are decoded (twice escaped ones too); control bytes, invisible characters, direction marks and lone
    surrogates are dropped; blanks become one space; lines are stripped, with at most one empty line between two.
    """
    if "&" in text or _UNUSUAL.search(text):
        text = _compose(_UNREADABLE.sub("", _LINE_END.sub("\n", _without_entities(text))))
    lines = "\n".join([" ".join(line.split()) for line in text.split("\n")])
    return (_BREAKS.sub("\n\n", lines) if "\n\n\n" in lines else lines).strip("\n")


def _without_entities(text: str) -> str:
    """Decode entities. Only references closed by `;` count: `?a=1&copy=2` in an address is no ©."""
    for _ in range(2):
        undone = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
        if undone == text:
            break
        text = undone
    return text


def _compose(text: str) -> str:
    """Return NFC. Long runs of marks are cut first: sorting them takes quadratic time in the standard library."""
    if _FAR.search(text):
        text = _surplus_marks().sub(r"\1", text)
    return unicodedata.normalize("NFC", text)


@cache
def _surplus_marks() -> re.Pattern[str]:
    marks = "".join(char for char in map(chr, range(0x300, 0x1F000)) if unicodedata.combining(char))
    return re.compile(f"([{marks}]{{8}})[{marks}]+")


def visible(text: str) -> str:
    r"""Return `text` with escapes for what would control a terminal: ESC as `\u001b`. Idempotent.

    Escaped are controls except line break and tab, direction marks, line and paragraph separators, lone surrogates. The
    escapes are those of JSON, so a JSON text keeps its values.
    """
    return _DRIVES_TERMINALS.sub(lambda char: f"\\u{ord(char[0]):04x}", text)


def letters_in(runs: re.Pattern[str], text: str) -> int:
    """Return the number of characters in the runs that a pattern matches: quicker than matching them one by one."""
    return sum(map(len, runs.findall(text)))


# ── lengths ────────────────────────────────────────────────────────────────────────────────────

_ELLIPSIS = "…"
_JOINERS = "\u200d\ufe0e\ufe0f"


def utf16_length(text: str) -> int:
    """Length in UTF-16 units, the unit of Telegram's limits."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, units: int) -> str:
    """Cut `text` to at most `units` UTF-16 units: at a sentence, else at a word, else at a character, with «…» added.

    Sentences or words stay whole if that keeps half of what fits. A character and its marks stay together.
    """
    if utf16_length(text) <= units:
        return text
    fits = _prefix_length(text, units - 2)
    if fits <= 0:
        return _ELLIPSIS[: max(units, 0)]
    ends = [end for _, end in sentences(text[: fits + 2]) if fits // 2 <= end <= fits and text[end - 1] in ".!?…»"]
    if ends:
        return f"{text[: ends[-1]]} {_ELLIPSIS}"
    space = max(text.rfind(blank, fits // 2, fits + 1) for blank in " \n")
    return text[: space if space > 0 else _whole_character(text, fits)].rstrip(" \n,;:—–-") + _ELLIPSIS


def _prefix_length(text: str, units: int) -> int:
    for index, char in enumerate(text):
        units -= 2 if char > "\uffff" else 1
        if units < 0:
            return index
    return len(text)


def _whole_character(text: str, end: int) -> int:
    """Return the nearest index at or before `end` that does not separate a character from its marks."""
    while end > 0 and (unicodedata.combining(text[end]) or text[end] in _JOINERS or text[end - 1] == "\u200d"):
        end -= 1
    return end


# ── folding ────────────────────────────────────────────────────────────────────────────────────

_LOOKS_CYRILLIC = dict(
    zip(
        "ABCEHIKMOPTXYabceikmoptxyhİıÁÉÓÝáéóýÀÈÒàèòËë",
        "АВСЕНІКМОРТХУаьсеікмортхуһІіАЕОУаеоуАЕОаеоЕе",
        strict=True,
    )
)
_LOOKS_LATIN = dict(zip("АВСЕЁНІКМОРТХУҺасеёікмортхуһ", "ABCEEHIKMOPTXYHaceeikmoptxyh", strict=True))
_NEIGHBOURS = "ѐѝəǝɵӊӈҥҡӄҝӷҕ"  # letters of other alphabets that authors use for…
_MEANT = "еиәәөңңңқққғғ"
_ALIASES = dict(zip(_NEIGHBOURS + _NEIGHBOURS.upper() + "\u212a", _MEANT + _MEANT.upper() + "K", strict=True))

_RARE = f"{INVISIBLE}{_MARKS}\u0130{''.join(_ALIASES)}"
_SPECIAL = re.compile(f"[{_LATIN}{_RARE}]")
# Rare ones, and Latin letters beside Cyrillic ones; one class stands first, so that the search is fast.
_ODD = re.compile(f"{_SPECIAL.pattern}(?:(?<=[{_RARE}])|(?=[{_CYRILLIC}])|(?<=[{_CYRILLIC}].))")
_LONGEST_RUN = 1_000  # letters and marks that are examined together; a longer run is no word
_WORDISH = re.compile(f"[{_LATIN}{_CYRILLIC}{INVISIBLE}{_MARKS}{''.join(_ALIASES)}]{{0,{_LONGEST_RUN}}}")
_CLUSTER = re.compile(f"([^{INVISIBLE}{_MARKS}])([{INVISIBLE}{_MARKS}]*)")
_LETTER = re.compile(f"[{_LATIN}{_CYRILLIC}]")
_NOT_MARK = re.compile(f"[^{_MARKS}]")


class Folded(NamedTuple):
    """Text for matching. `offsets[i]` is where its i-th character was, with one more for the end; None: unchanged."""

    text: str
    offsets: Sequence[int] | None = None

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original text for `[start, end)` of the folded text, trailing marks included."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end]


def fold(text: str) -> Folded:
    """Return `text` for matching: the letters the author meant, in lower case, ё as е.

    Soft hyphens, zero-width characters and stress marks are dropped. Look-alike letters of the other script are
    replaced inside words that mix scripts, and letters of neighbouring alphabets used for Kazakh ones (ə, ӊ, ҡ) too.
    """
    special = _SPECIAL.search(text)
    if special is None or _ODD.search(text, special.start()) is None:
        return Folded(text.lower().replace("ё", "е"))
    pieces: list[str] = []
    offsets = array("I")
    done = 0
    for start, end in _odd_words(text):
        pieces.append(text[done:start].lower().replace("ё", "е"))
        offsets.extend(range(done, start))
        word, places = _meant(text[start:end])
        pieces.append(word)
        offsets.extend(start + place for place in places)
        done = end
    pieces.append(text[done:].lower().replace("ё", "е"))
    offsets.extend(range(done, len(text) + 1))
    return Folded("".join(pieces), offsets)


def _odd_words(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of runs of letters for which lower-casing is not enough."""
    done = 0
    while odd := _ODD.search(text, done):
        start = odd.start()
        done = max(done, start - _LONGEST_RUN)
        while start > done and _WORDISH.fullmatch(text, start - 1, start):
            start -= 1
        word = _WORDISH.match(text, odd.start())
        assert word is not None  # it may be empty
        done = max(word.end(), odd.end())
        yield start, done


def _meant(word: str) -> tuple[str, list[int]]:
    """Return the letters meant by an odd word, in lower case, and the position of each."""
    letters: list[str] = []
    places: list[int] = []
    for cluster in _CLUSTER.finditer(word):
        letters.append(_letter(cluster[1], cluster[2]))
        places.append(cluster.start())
    lower = (letter.lower()[:1] for letter in _one_script("".join(letters)))  # İ in lower case is two characters
    return "".join(lower).replace("ё", "е"), places


def _letter(base: str, marks: str) -> str:
    """Return one character: `base` with the marks that make another letter of it (и + ˘ = й), without the others."""
    if marks:
        composed = unicodedata.normalize("NFC", base + _NOT_MARK.sub("", marks)[:4])
        base = composed[0] if _LETTER.match(composed) else base
    return _ALIASES.get(base, base)


def _one_script(word: str) -> str:
    """Replace look-alikes in `word`, if it mixes scripts and one of the two explains every letter."""
    latin = re.findall(f"[{_LATIN}]", word)
    cyrillic = re.findall(f"[{_CYRILLIC}]", word)
    if not latin or not cyrillic:
        return word
    if all(letter in _LOOKS_CYRILLIC for letter in latin):
        return "".join(_LOOKS_CYRILLIC.get(letter, letter) for letter in word)
    if all(letter in _LOOKS_LATIN for letter in cyrillic):
        return "".join(_LOOKS_LATIN.get(letter, letter) for letter in word)
    return word


# ── words ──────────────────────────────────────────────────────────────────────────────────────

WORD = re.compile(r"[^\W\d_]+|\d+")  # in folded text; a hyphen, an underscore and a change to digits separate words


def word_at(text: str, index: int) -> tuple[int, int]:
    """Return the span of the run of letters (or digits) of folded text around `index`; empty if there is none."""
    word = WORD.match(text, index)
    if word is None:
        return index, index
    start = index
    decimal = text[index].isdecimal()
    while start > 0 and text[start - 1].isalnum() and text[start - 1].isdecimal() is decimal:
        start -= 1
    return start, word.end()


# ── sentences ──────────────────────────────────────────────────────────────────────────────────

# Abbreviations before a name or number: «г. Алматы», «ст. 5», «ж. Абай».
_OPENING = re.compile(
    r"""(?<![^\W\d_])(?:
    гг?|вв?|ул|пр|просп|пр-т|пер|пл|им|ст|стр|пп?|ч|рис|см|ср|тел|факс|обл|р|р-н|д|кв|корп|с|пос|мкр|оф|каб|эт|м|гр|зам|нач
    |пом|проф|акад|доц|инж|тов|св|о|ред|изд|ген|полк|подп|кап|лейт|ок|прим|абз|илл|респ|гос|т|ж|қ|к|ауд|б|mr|mrs|dr|st|no|vs
    )$""",
    re.VERBOSE | re.IGNORECASE,
)
# Abbreviations after what they belong to: «и т. д.», «5 млн.», «300 руб.»; only a number can follow.
_CLOSING = re.compile(
    r"(?<![^\W\d_])(?:т\.\s?[дпбкс]|с\.\s?с|др|проч|руб|коп|тг|долл?|тыс|млн|млрд|трлн|мин|сек|час|км|кг|etc|inc)$",
    re.IGNORECASE,
)
_INITIAL = re.compile(r"(?<![^\W\d_])[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ]$")
_TAIL = 12  # characters before a full stop that are enough to recognise an abbreviation
_STOP = re.compile(r"""\n|[.!?…]++[»”"')\]]*+""")  # possessive: a row of a million dots is one step
_GLUED = re.compile(r"[а-яәғқңөұүһі]{3}\.[А-ЯЁӘҒҚҢӨҰҮҺІ]")  # «задержали.В суде»: a blank lost with the page's markup
_OPENERS = re.compile(r"""\s*[—–\-«„“"'(\[]*\s*""")


_MENTION = re.compile(r"[#@]\w+")


def speaks(line: str) -> bool:
    """Whether a headline has words: signs, a flag or hashtags alone do not count."""
    return any(letter.isalpha() or letter.isdecimal() for letter in _MENTION.sub("", line))


def first_speaking_line(text: str) -> str:
    """Return the first line with words; the first line of all if none has any."""
    lines = text.split("\n")
    return next(filter(speaks, lines), lines[0])


def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of the sentences of readable text, in order, without the blanks between them.

    A line break ends a sentence. A full stop does not after an abbreviation, an initial or the number of a list item,
    nor before a small letter, nor inside numbers, addresses and domains, where no blank follows it.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for stop in _STOP.finditer(text):
        if stop[0] == "\n" or _ends_sentence(text, start, stop):
            spans.extend(_stripped(text, start, stop.end()))
            start = stop.end()
    spans.extend(_stripped(text, start, len(text)))
    return tuple(spans)


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    sentence = piece.strip()
    if sentence:
        start += len(piece) - len(piece.lstrip())
        yield start, start + len(sentence)


def _ends_sentence(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether the sentence that begins at `start` ends at `stop`."""
    dot, end = stop.span()
    glued = not text[end : end + 1].isspace() and end < len(text)
    if glued and not (dot >= 3 and _GLUED.match(text, dot - 3)):
        return False
    openers = _OPENERS.match(text, end)
    following = text[openers.end() : openers.end() + 1] if openers else ""
    if following.islower():
        return False
    return not stop[0].startswith(".") or stop[0].startswith("..") or not _is_cut_short(text, start, dot, following)


def _is_cut_short(text: str, start: int, dot: int, following: str) -> bool:
    numbered = dot - start < _TAIL and text[start:dot].strip().isdigit()
    return numbered or _is_short(text[max(dot - _TAIL, start) : dot], following)


def _is_short(tail: str, following: str) -> bool:
    if _CLOSING.search(tail):
        return following.isdigit()
    return _INITIAL.search(tail) is not None or (following != "" and _OPENING.search(tail) is not None)
