"""The card that chats and social networks show for a link to a story (Open Graph), and SVG converted to PNG.

A card is set from glyphs drawn beforehand (typeface.py) and has few colours, so that ten thousand take a minute;
rendered as SVG they would take ten. The font is PT Sans, which has Russian and Kazakh letters and comes as a package.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import fontpkg_pt_sans
import resvg_py

from monitor.models.site import StoryBrief
from monitor.site.pictures.png_format import Colour, encode
from monitor.site.pictures.typeface import SHADES, Typeface
from monitor.text.telegram_html import line

EDITION: Final = 1  # changes whenever cards of the same stories come out differently
WIDTH, HEIGHT = 1200, 630

_ZONE: Final = "Asia/Almaty"
_FAMILY: Final = "PT Sans"
_MARGIN, _ROOM = 80, WIDTH - 2 * 80
_BAR: Final = 16  # pixels of colour at the left edge
_TOPIC_LINE, _FIRST_LINE, _LEADING, _SOURCE_LINE = 110, 205, 72, 565
_MOST_LINES: Final = 5
_LONGEST: Final = 400  # UTF-16 units that are considered: five lines hold fewer
_GROUND: Final[Colour] = (18, 32, 47)
_INKS: Final[tuple[Colour, ...]] = ((252, 163, 17), (255, 255, 255), (176, 190, 205))  # topic, headline, source
_TOPIC, _HEADLINE, _SOURCE = range(3)
_STRIDE: Final = WIDTH + 1  # each row of a PNG has a byte before it
# replacements for signs that the font lacks
_SIGNS: Final = {"₸": "тг", "\u00a0": " ", "\u202f": " ", "‑": "-", "−": "–"}


class _Faces(NamedTuple):
    topic: Typeface
    headline: Typeface
    source: Typeface


def preview(brief: StoryBrief) -> bytes:
    """Return the card of a story, 1200×630: topics, headline in at most five lines, outlet and day.

    The same story gives the same bytes. A retracted one says so in place of its topics. Characters without a glyph in
    the font (emoji, other scripts) are left out.
    """
    topics = "Опровергнуто" if brief.retracted else " · ".join(topic.title for topic in brief.topics)
    local = brief.posted_at.astimezone(ZoneInfo(_ZONE))
    source = " · ".join(filter(None, (brief.outlets[0] if brief.outlets else "", f"{local:%d.%m.%Y}")))
    return card(topics, brief.title, source)


def card(above: str, headline: str, below: str) -> bytes:
    """Return a card of three texts, each of which may be empty: one line, at most five lines, one line."""
    faces = _faces()
    drawn = bytearray(_blank())
    for face, text, most, first in (
        (faces.topic, above, 1, _TOPIC_LINE),
        (faces.headline, headline, _MOST_LINES, _FIRST_LINE),
        (faces.source, below, 1, _SOURCE_LINE),
    ):
        for number, words in enumerate(wrap(text, face, _ROOM, most)):
            _set(drawn, face, words, first + number * _LEADING)
    return encode(WIDTH, HEIGHT, _palette(), drawn)


def png(svg: str) -> bytes:
    """An SVG as PNG, at its own size, its text in PT Sans. Raises ValueError if it is none."""
    return resvg_py.svg_to_bytes(
        svg_string=svg, skip_system_fonts=True, font_files=[str(path) for path in _FILES.values()],
        font_family=_FAMILY, sans_serif_family=_FAMILY,
    )  # fmt: skip


def wrap(text: str, face: Typeface, width: float, most: int) -> list[str]:
    """Break `text` into at most `most` lines of that width; text that does not fit ends in «…».

    A word longer than a line is split.
    """
    words = list(_fitting(_shown(text, face).split(" "), face, width))
    lines: list[str] = []
    while words and len(lines) < most:
        taken = 1
        while taken < len(words) and face.width(" ".join(words[: taken + 1])) <= width:
            taken += 1
        lines.append(" ".join(words[:taken]))
        words = words[taken:]
    if words:
        lines[-1] = _ended(lines[-1], face, width)
    return list(filter(None, lines))


def _shown(text: str, face: Typeface) -> str:
    """Return one line of the characters that the font can show."""
    known = "".join(_SIGNS.get(char, char) for char in line(text, _LONGEST))
    return " ".join("".join(filter(face.has, known)).split())


def _fitting(words: Iterable[str], face: Typeface, width: float) -> Iterator[str]:
    for word in words:
        rest = word
        while face.width(rest) > width:
            end = next(end for end in range(len(rest), 0, -1) if end == 1 or face.width(rest[:end]) <= width)
            yield rest[:end]
            rest = rest[end:]
        yield rest


def _ended(words: str, face: Typeface, width: float) -> str:
    while words and face.width(f"{words}…") > width:
        words = words[:-1]
    return re.sub(r"[\s,;:—–-]+$", "", words) + "…"


# ── a card ─────────────────────────────────────────────────────────────────────────────────────


def _set(card: bytearray, face: Typeface, text: str, baseline: int) -> None:
    """Draw a line of text; where two letters overlap, the stronger shade stays."""
    pen, done = float(_MARGIN), 0
    for char in text:
        glyph = face.glyph(char)
        if glyph.rows:
            left, width = round(pen) + glyph.left, len(glyph.rows[0])
            start = (baseline + glyph.top) * _STRIDE + 1 + left
            for row in glyph.rows:
                end = start + width
                card[start:end] = row if left >= done else bytes(map(max, card[start:end], row))
                start += _STRIDE
            done = left + width
        pen += face.width(char)


def _ink(number: int) -> bytes:
    """Return the table that maps shades to palette indexes for one ink."""
    return bytes([0, *(number * (SHADES - 1) + shade for shade in range(1, SHADES))])


def _palette() -> list[Colour]:
    """Return the palette: the background, then each ink in its shades."""
    steps = [shade / (SHADES - 1) for shade in range(1, SHADES)]
    return [_GROUND, *(_mixed(ink, step) for ink in _INKS for step in steps)]


def _mixed(ink: Colour, share: float) -> Colour:
    red, green, blue = (round(ground + (own - ground) * share) for ground, own in zip(_GROUND, ink, strict=True))
    return red, green, blue


@cache
def _blank() -> bytes:
    return (b"\0" + _ink(_TOPIC)[-1:] * _BAR + bytes(WIDTH - _BAR)) * HEIGHT


_FILES: Final = {
    weight: Path(fontpkg_pt_sans.ROOT) / "files" / f"PT_Sans-Web-{name}.ttf"
    for weight, name in ((400, "Regular"), (700, "Bold"))
}


@cache
def _faces() -> _Faces:
    return _Faces(
        topic=Typeface(_FILES[400], _FAMILY, weight=400, size=34, ink=_ink(_TOPIC)),
        headline=Typeface(_FILES[700], _FAMILY, weight=700, size=56, ink=_ink(_HEADLINE)),
        source=Typeface(_FILES[400], _FAMILY, weight=400, size=32, ink=_ink(_SOURCE)),
    )
