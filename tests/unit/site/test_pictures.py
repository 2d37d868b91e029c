import struct
import zlib
from dataclasses import replace
from pathlib import Path

import fontpkg_pt_sans
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.models.site import StoryBrief
from monitor.site.pictures.cards import HEIGHT, WIDTH, png, preview, wrap
from monitor.site.pictures.png_format import encode, red, size
from monitor.site.pictures.typeface import SHADES, Typeface
from tests.factories.site_stories import KNB, story_of

FONT = Path(fontpkg_pt_sans.ROOT) / "files" / "PT_Sans-Web-Bold.ttf"
KAZAKH = "ӘәҒғҚқҢңӨөҰұҮүҺһІі"
HOSTILE = "\x00\ud800</text><script>&amp;\u202e🤯" + "🤯" * 10_000 + "漢字 ₸"


def face(size: int = 56) -> Typeface:
    return Typeface(FONT, "PT Sans", weight=700, size=size)


def brief_of(title: str, **changes: object) -> StoryBrief:
    return replace(story_of(1, title).brief, **changes)  # type: ignore[arg-type]  # whatever field a test names


def rows_of(card: bytes) -> list[bytes]:
    """The places in the palette, by row, of a card."""
    at, body = 8, b""
    while at < len(card):
        length, kind = struct.unpack(">I4s", card[at : at + 8])
        body += card[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length
    pixels, stride = zlib.decompress(body), WIDTH + 1
    assert {pixels[start] for start in range(0, len(pixels), stride)} == {0}
    return [pixels[start + 1 : start + stride] for start in range(0, len(pixels), stride)]


def headline_ink(card: bytes) -> float:
    """How much of the second ink there is, in whole pixels."""
    first = SHADES - 1
    return sum(max(place - first, 0) / first for row in rows_of(card) for place in row if place <= 2 * first)


def test_the_font_has_every_letter_and_our_reading_of_it_is_right() -> None:
    font = TTFont(FONT)
    characters, widths = font.getBestCmap(), font["hmtx"]

    assert all(ord(letter) in characters for letter in KAZAKH)
    read = face(1000)
    assert [char for char in map(chr, range(0x10000)) if read.has(char)] == [chr(char) for char in sorted(characters)]
    assert all(read.width(chr(char)) == pytest.approx(widths[glyph][0]) for char, glyph in characters.items())


def test_a_card_has_the_size_that_networks_want_and_is_the_same_every_time() -> None:
    brief = brief_of("Казахстан выдал России ещё одного россиянина")

    card = preview(brief)
    assert size(card) == (WIDTH, HEIGHT) == (1200, 630)
    assert card == preview(brief)
    assert card != preview(replace(brief, outlets=("Азаттық",)))
    assert card != preview(replace(brief, topics=(KNB,)))
    assert len(card) < 40_000
    assert len(rows_of(card)) == HEIGHT


def test_a_headline_is_set_as_the_renderer_would() -> None:
    """As much ink as the same words rendered as SVG have, kerning aside."""
    words = "Жүргізуші ҰҚК-ге шақырылды"
    bare = {"topics": (), "outlets": ()}
    inked = headline_ink(preview(brief_of(words, **bare))) - headline_ink(preview(brief_of("", **bare)))

    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="100"><rect width="100%" height="100%"/>'
        f'<text x="80" y="60" fill="#fff" font-weight="700" font-size="56">{words}</text></svg>'
    )
    rendered = sum(value / 255 for row in red(png(svg)) for value in row)
    assert inked == pytest.approx(rendered, rel=0.03)


@pytest.mark.parametrize(
    "title", [HOSTILE, "", " ", "漢字", "🤯", "Ы" * 5_000, "слово " * 900, "1 " * 3000, "\u0301" * 500]
)
def test_no_headline_breaks_a_card(title: str) -> None:
    card = preview(brief_of(title, outlets=(title, title), topics=(replace(KNB, title=title),)))

    assert size(card) == (WIDTH, HEIGHT)
    assert len(rows_of(card)) == HEIGHT


@settings(max_examples=40)
@given(st.text(max_size=600), st.integers(1, 5))
def test_lines_fit(text: str, most: int) -> None:
    lines = wrap(text, face(), 400, most)

    assert len(lines) <= most
    assert all(face().width(line) <= 400 for line in lines)
    assert all(line == line.strip() != "" for line in lines)


def test_words_are_kept_whole_and_what_is_cut_ends_in_an_ellipsis() -> None:
    short = wrap("Казахстан выдал России ещё одного россиянина", face(), 1040, 5)
    assert " ".join(short) == "Казахстан выдал России ещё одного россиянина"

    long = wrap("Казахстан выдал России, ещё одного " * 20, face(), 500, 5)
    assert len(long) == 5
    assert long[-1].endswith("…")
    assert not long[-1].endswith((",…", " …"))
    assert "".join(wrap("Ы" * 40, face(), 400, 5)) == "Ы" * 40
    assert wrap("Штраф 5 000\u00a0₸ 🤯 за сутки", face(), 1040, 5) == ["Штраф 5 000 тг за сутки"]


def test_a_drawing_of_ours_becomes_a_picture() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><text y="15" font-size="12">Қ</text></svg>'

    assert size(png(svg)) == (40, 20)
    assert png(svg) == png(svg)
    assert png(svg) != png(svg.replace("Қ", ""))
    with pytest.raises(ValueError, match=r"SVG|svg|unknown token"):
        png("no drawing")


def test_pictures_that_are_not_the_renderers_are_not_read() -> None:
    indexed = encode(1, 1, [(0, 0, 0)], b"\0\0")

    with pytest.raises(ValueError, match="eight bits of RGBA"):
        list(red(indexed))


@settings(max_examples=30)
@given(st.integers(1, 9), st.data())
def test_the_renderers_pixels_are_read_whatever_the_filter(width: int, data: st.DataObject) -> None:
    """Written here with filters that the renderer may choose."""
    pixels = data.draw(st.lists(st.binary(min_size=width, max_size=width), min_size=1, max_size=6))
    kinds = data.draw(st.lists(st.integers(0, 4), min_size=len(pixels), max_size=len(pixels)))
    body, above = b"", bytes(width)
    for kind, row in zip(kinds, pixels, strict=True):
        body += bytes([kind]) + b"".join(bytes([value]) * 4 for value in filtered(kind, row, above))
        above = row
    header = struct.pack(">IIBBBBB", width, len(pixels), 8, 6, 0, 0, 0)
    picture = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part)) + kind + part + b"\0\0\0\0"
        for kind, part in ((b"IHDR", header), (b"IDAT", zlib.compress(body)))
    )

    assert list(red(picture)) == pixels


def filtered(kind: int, row: bytes, above: bytes) -> bytes:
    """PNG, section 9.2: one byte a pixel."""
    written = bytearray()
    for place, value in enumerate(row):
        left = row[place - 1] if place else 0
        up, corner = above[place], above[place - 1] if place else 0
        guess = left + up - corner
        nearest = min((left, up, corner), key=lambda one: abs(guess - one))
        written.append(value - (0, left, up, (left + up) // 2, nearest)[kind] & 0xFF)
    return bytes(written)
