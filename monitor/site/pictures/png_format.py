"""The parts of PNG that the archive needs: writing pictures of few colours, reading those of the SVG renderer."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Final

from isal import isal_zlib

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_INDEXED, _RGBA = 3, 6
_LEVEL: Final = 2  # of three levels; zlib takes five times as long for the same size

Colour = tuple[int, int, int]


def encode(width: int, height: int, palette: Sequence[Colour], rows: bytes | bytearray) -> bytes:
    """Return a PNG of at most 256 colours. `rows` are palette indexes, each row after a zero byte (filter: none)."""
    header = struct.pack(">IIBBBBB", width, height, 8, _INDEXED, 0, 0, 0)
    colours = bytes(value for colour in palette for value in colour)
    parts = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", isal_zlib.compress(rows, _LEVEL)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, body) for kind, body in parts)


def size(picture: bytes) -> tuple[int, int]:
    """Return the width and height of a PNG."""
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def red(picture: bytes) -> Iterator[bytes]:
    """Yield the red channel, row by row, of a picture with eight bits of red, green, blue and alpha.

    Raises ValueError for any other kind of picture.
    """
    chunks = dict.fromkeys((b"IHDR", b"IDAT"), b"")
    at = len(_SIGNATURE)
    while at < len(picture):
        length, kind = struct.unpack(">I4s", picture[at : at + 8])
        chunks[kind] = chunks.get(kind, b"") + picture[at + 8 : at + 8 + length]
        at += 12 + length
    width, _, depth, colours, *_ = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    if (depth, colours) != (8, _RGBA):
        raise ValueError(f"not a picture of eight bits of RGBA: {depth}, {colours}")
    body, stride, above = zlib.decompress(chunks[b"IDAT"]), 4 * width + 1, bytes(width)
    for start in range(0, len(body), stride):
        above = _unfiltered(body[start], body[start + 1 : start + stride : 4], above)
        yield above


def _unfiltered(kind: int, row: bytes, above: bytes) -> bytes:
    """Return one channel of a row without its PNG filter (PNG, section 9)."""
    if kind == 0:
        return row
    read = bytearray()
    left = corner = 0
    for value, up in zip(row, above, strict=True):
        if kind == 1:
            left += value
        elif kind == 2:
            left = up + value
        elif kind == 3:
            left = (left + up) // 2 + value
        else:
            left = _paeth(left, up, corner) + value
        left &= 0xFF
        corner = up
        read.append(left)
    return bytes(read)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda one: abs(guess - one))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
