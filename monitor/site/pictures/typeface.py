"""A font at one size: which characters it has, how wide they are, and the picture of each.

The first two come from the font's tables (OpenType: head, hhea, hmtx, cmap); the pictures are made by the SVG renderer,
once per character: setting a headline from them takes a tenth of the time of rendering it.
"""

import struct
from collections.abc import Mapping
from functools import cached_property
from html import escape
from math import ceil
from pathlib import Path
from typing import Final, NamedTuple

import resvg_py

from monitor.site.pictures.png_format import red

SHADES: Final = 8  # levels of darkness at the edge of a glyph, from none to full

_SHADE_OF: Final = bytes(value * SHADES // 256 for value in range(256))
_PLAIN: Final = 4  # the cmap format that every font has for the characters of the Basic Multilingual Plane


class Glyph(NamedTuple):
    """The picture of a character: its rows, and their left top corner relative to the pen on the baseline."""

    left: int
    top: int
    rows: tuple[bytes, ...]


class Typeface:
    """A font file at a size in pixels; `ink` maps each shade to a byte. The file is read when it is first needed."""

    def __init__(self, path: Path, family: str, *, weight: int, size: int, ink: bytes = bytes(range(SHADES))) -> None:
        self._path, self._family, self._weight, self._size = path, family, weight, size
        self._ink = ink.ljust(256, b"\0")
        self._glyphs: dict[str, Glyph] = {}

    def has(self, char: str) -> bool:
        """Whether the font has a glyph for the character."""
        return ord(char) in self._advances

    def width(self, text: str) -> float:
        """Return the width of a line in pixels; characters that the font lacks count as 0."""
        return sum(self._advances.get(ord(char), 0.0) for char in text)

    def glyph(self, char: str) -> Glyph:
        """Return the picture of a character; a blank has no rows."""
        if char not in self._glyphs:
            self._glyphs[char] = self._drawn(char)
        return self._glyphs[char]

    def _drawn(self, char: str) -> Glyph:
        """Draw the character white on black in a larger box, and crop the box."""
        room, line = self._size // 2, self._size + self._size // 8
        width = 2 * room + ceil(self._advances.get(ord(char), self._size))
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{line + room}">'
            f'<rect width="100%" height="100%"/><text x="{room}" y="{line}" fill="#fff" '
            f'font-family="{self._family}" font-weight="{self._weight}" font-size="{self._size}">'
            f"{escape(char)}</text></svg>"
        )
        drawn = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=[str(self._path)])
        rows = [row.translate(_SHADE_OF) for row in red(drawn)]
        inked = [number for number, row in enumerate(rows) if any(row)]
        if not inked:
            return Glyph(0, 0, ())
        columns = [place for place in range(width) if any(row[place] for row in rows)]
        cut = (row[columns[0] : columns[-1] + 1] for row in rows[inked[0] : inked[-1] + 1])
        return Glyph(columns[0] - room, inked[0] - line, tuple(row.translate(self._ink) for row in cut))

    @cached_property
    def _advances(self) -> Mapping[int, float]:
        """Return the width in pixels of each character that the font has, by code point."""
        font = self._path.read_bytes()
        tables = _tables(font)
        (units,) = struct.unpack_from(">H", font, tables["head"] + 18)
        (count,) = struct.unpack_from(">H", font, tables["hhea"] + 34)
        widths = struct.unpack_from(">" + "Hh" * count, font, tables["hmtx"])[::2]
        scale = self._size / units
        glyphs = _characters(font, tables["cmap"])
        return {char: scale * widths[min(glyph, count - 1)] for char, glyph in glyphs.items()}


def _tables(font: bytes) -> dict[str, int]:
    """Return the offset of each table of a font file."""
    (count,) = struct.unpack_from(">H", font, 4)
    rows = (struct.unpack_from(">4sIII", font, 12 + 16 * number) for number in range(count))
    return {name.decode("latin-1"): start for name, _, start, _ in rows}


def _characters(font: bytes, cmap: int) -> dict[int, int]:
    """Return the glyph number of each character, from the font's map of the Basic Multilingual Plane."""
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    starts = [cmap + struct.unpack_from(">HHI", font, cmap + 4 + 8 * number)[2] for number in range(count)]
    start = next(start for start in starts if struct.unpack_from(">H", font, start)[0] == _PLAIN)
    segments = struct.unpack_from(">H", font, start + 6)[0] // 2
    ends = struct.unpack_from(f">{segments}H", font, start + 14)
    firsts = struct.unpack_from(f">{segments}H", font, start + 16 + 2 * segments)
    deltas = struct.unpack_from(f">{segments}h", font, start + 16 + 4 * segments)
    at_offsets = start + 16 + 6 * segments
    glyphs = {}
    for number, (first, end, delta) in enumerate(zip(firsts, ends, deltas, strict=True)):
        here = at_offsets + 2 * number
        (offset,) = struct.unpack_from(">H", font, here)
        for char in range(first, min(end, 0xFFFE) + 1):
            glyph = char if not offset else struct.unpack_from(">H", font, here + offset + 2 * (char - first))[0]
            if glyph and (glyph := glyph + delta & 0xFFFF):
                glyphs[char] = glyph
    return glyphs
