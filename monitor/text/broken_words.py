"""Words that an author or a page broke: «депор-⏎тировали», «э к с т р а д и ц и я», «К. Н. Б.», «эк$традиция».

Breaks between letters become word joiners, which folding drops, so all positions in the text stay the same. For a word
with odd signs inside, all readings are returned, because only a dictionary can choose. No vocabulary here.
"""

import re
from collections.abc import Iterator, Sequence

JOINER = "\u2060"
_TIE = "\u200b"  # another joiner, between the letters of an acronym, which has one reading only
_LETTER = r"[^\W\d_]"
_LINE_END = re.compile(rf"[-‐]\r?\n(?={_LETTER})")
# A dot after a lone letter and what follows it; the dot stands first, so that the search is quick.
_DOTTED = re.compile(rf"\.(?<={_LETTER}\.)(?<!\w\w\.) ?{_LETTER}(?!\w)(?:\. ?{_LETTER}(?!\w)){{0,4}}\.?")
_SPACED = re.compile(rf"(?<!\S){_LETTER}(?: {_LETTER}(?!\w)){{3,40}}")
# Cheap tests for the two patterns above: they begin with a line end or a blank, then look around it.
_HYPHENATED = re.compile(r"\n(?<=[-‐]\n)")
_FOUR_SPACED = re.compile(rf" . . .(?!\w)(?<={_LETTER} {_LETTER} {_LETTER} {_LETTER})")

LONGEST_PIECE = 100  # characters; anything longer between blanks is no word
Part = tuple[int, str]  # where the part begins in the piece, and its text


def rejoin(text: str) -> str:
    """Return `text` with joiners in place of what breaks a word; the length stays the same."""
    if "\r" in text or _HYPHENATED.search(text):
        text = _LINE_END.sub(_over_line_end, text)
    if _FOUR_SPACED.search(text):
        text = _SPACED.sub(_joined, text)
    return _DOTTED.sub(_over_dots, text)


def _over_line_end(end: re.Match[str]) -> str:
    """Join the halves of a hyphenated word; «Алма-⏎Ата» and «- ⏎» stay as they are."""
    before, after = end.string[end.start() - 1 : end.start()], end.string[end.end()]
    return JOINER * len(end[0]) if before.isalpha() and after.islower() else end[0]


def _joined(letters: re.Match[str], joiner: str = JOINER) -> str:
    return "".join(char if char.isalpha() else joiner for char in letters[0])


def _over_dots(dots: re.Match[str]) -> str:
    """Join the letters of a dotted acronym: «К. Н. Б.», «р.в.п». Two letters are «т. е.» or initials, except «Р.К.»."""
    written = dots.string[dots.start() - 1 : dots.end()]
    count = sum(map(str.isalpha, written))
    is_closed, is_close = written.endswith("."), " " not in written
    is_word = (is_close or written.isupper()) if count > 2 else (is_close and is_closed and written.isupper())
    return _joined(dots, _TIE) if is_word else dots[0]


# ── a piece that stands between blanks ─────────────────────────────────────────────────────────

_SMALL = "a-zа-яёәғқңөұүһі"
_CAPITALS = rf"[^\W\d_{_SMALL}]"
_TITLED = re.compile(rf"{_CAPITALS}+(?![{_SMALL}])|{_CAPITALS}?[{_SMALL}]+|\d+")
# «#ДопросВКНБ» is three words, «#АрестКНБ» two.
_TITLED_WITH_PREPOSITIONS = re.compile(rf"(?<=[{_SMALL}])[ВСКОУИ](?={_CAPITALS}{{2}})|{_TITLED.pattern}")
_PICTURES = re.compile(rf"(?<={_LETTER})[\u2190-\u2bff\u3030\ufe0f\u200d\U0001f000-\U0001faff]+(?={_LETTER})")
_SIGN = re.compile(rf"(?<={_LETTER})[$@03468*](?={_LETTER})")
_ODD = re.compile(rf"[#{JOINER}$@03468*\u2190-\u2bff\u3030\ufe0f\U0001f000-\U0001faff]")
_PIECE = re.compile(r"\S+")
_MEANT = str.maketrans("$@03468", "саозчбв")
_ALPHABET = "абвгдежзийклмнопрстуфхцчшщъыьэюя"


def odd_pieces(text: str) -> Iterator[str]:
    """Yield the pieces of a text (breaks rejoined) that have several readings, and some others."""
    done = 0
    for odd in _ODD.finditer(text):
        start = odd.start()
        if start < done or (odd[0] in "03468" and not text[start - 1 : start].isalpha()):  # most are parts of numbers
            continue
        while start > done and not text[start - 1].isspace():
            start -= 1
        piece = _PIECE.match(text, start)
        assert piece is not None  # it has the odd sign
        done = piece.end()
        yield piece[0]


def readings(piece: str) -> Iterator[Sequence[Part]]:
    """Yield the readings of a piece, as written first; each is a sequence of parts. A very long piece has one only."""
    yield ((0, piece),)
    if len(piece) > LONGEST_PIECE:
        return
    if piece.startswith("#"):
        yield tuple((word.start(), word[0]) for word in _TITLED.finditer(piece))
        yield tuple((word.start(), word[0]) for word in _TITLED_WITH_PREPOSITIONS.finditer(piece))
    if JOINER in piece:
        first, last = piece.index(JOINER), piece.rindex(JOINER)
        for at in (last, first):  # «э к с т р а д и ц и я  в», «в  э к с т р а д и ц и и»
            yield (0, piece[:at]), (at + 1, piece[at + 1 :])
        yield ((0, piece.replace(JOINER, "-")),)
    if _PICTURES.search(piece):
        yield ((0, _PICTURES.sub(lambda pictures: JOINER * len(pictures[0]), piece)),)
    if _SIGN.search(piece):
        meant = _SIGN.sub(lambda sign: sign[0].translate(_MEANT), piece)
        yield from (((0, meant.replace("*", letter)),) for letter in (_ALPHABET if "*" in meant else "*"))
