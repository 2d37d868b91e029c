"""Content-Encoding undone within a bound: a body is hostile, and one megabyte of gzip can hold gigabytes."""

import codecs
import io
import zlib
from collections.abc import Callable

import brotli
import zstandard

ACCEPTED = b"gzip, deflate, br, zstd"
_LONGEST_CHAIN = 2  # codings on top of each other; nobody honest needs more
_MOST_MEMBERS = 256  # of one gzip or zstd body
_PIECE = 16_384  # bytes handed over at once: what a member leaves of them is copied
_LARGEST_WINDOW = 2**23  # of zstd, as RFC 9659 allows on the web

_MARKS = {b"\x1f\x8b\x08": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}  # no text begins with these
_HEAD = 64  # bytes that tell text from compressed bytes
_CONTROLS = frozenset({*range(9), *range(14, 32)})

Decoder = Callable[[bytes, int], bytes]


class Undecodable(ValueError):
    """The body is not what its Content-Encoding says, or the coding is unknown."""


class TooLarge(ValueError):
    """More came in, or out of decompression, than the bound allows."""


def decompress(body: bytes, content_encoding: str, *, limit: int) -> bytes:
    """The body without its codings; at most `limit` bytes are ever made.

    What the header says is a hint: text is text whatever is named (`aws-chunked`, `gzip`), and an archive may come
    without a word. Raises `Undecodable` for damaged codings and for unknown ones of what is no text, `TooLarge`
    beyond the limit.
    """
    names = [name.strip().lower() for name in content_encoding.split(",")]
    codings = [name for name in names if name not in ("", "identity")]
    if len(codings) > _LONGEST_CHAIN:
        raise Undecodable("слишком много вложенных кодировок")
    for coding in reversed(codings):
        if not body or _is_plain(body):
            return body
        body = _decoded(body, coding, limit)
    unnamed = next((coding for mark, coding in _MARKS.items() if body.startswith(mark)), "")
    try:
        return _decoded(body, unnamed, limit) if unnamed else body
    except Undecodable:
        return body  # only its beginning was like that


def _decoded(body: bytes, coding: str, limit: int) -> bytes:
    if coding not in _DECODERS:
        raise Undecodable(f"неизвестная кодировка «{coding[:40]}»")
    try:
        body = _DECODERS[coding](body, limit + 1)
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        raise Undecodable(str(error)) from error
    if len(body) > limit:
        raise TooLarge
    return body


def _is_plain(body: bytes) -> bool:
    """Whether this is text, though a coding is named: a feed, a page and JSON begin with a sign of their own."""
    start = body[:_HEAD].removeprefix(codecs.BOM_UTF8).lstrip()
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return False
    return start[:1] in (b"<", b"{", b"[") and _CONTROLS.isdisjoint(start)


def _zlib(body: bytes, limit: int, window: int) -> bytes:
    output, rest = bytearray(), memoryview(body)
    for _ in range(_MOST_MEMBERS):  # a gzip body may have several members
        member = zlib.decompressobj(window)
        while rest and not member.eof and len(output) < limit:
            piece = rest[:_PIECE]
            output += member.decompress(piece, limit - len(output))
            rest = rest[len(piece) - len(member.unused_data) :]
        if not member.eof and len(output) < limit:
            raise Undecodable("сжатые данные обрываются")
        if len(output) >= limit or bytes(rest[:2]) != b"\x1f\x8b":
            return bytes(output)
    raise Undecodable("слишком много частей в сжатых данных")


def _gzip(body: bytes, limit: int) -> bytes:
    return _zlib(body, limit, 16 + zlib.MAX_WBITS)


def _deflate(body: bytes, limit: int) -> bytes:
    """By the standard with a zlib header; many servers send it without."""
    try:
        return _zlib(body, limit, zlib.MAX_WBITS)
    except zlib.error:
        return _zlib(body, limit, -zlib.MAX_WBITS)


def _brotli(body: bytes, limit: int) -> bytes:
    decompressor = brotli.Decompressor()
    output = decompressor.process(body, output_buffer_limit=limit)
    if not decompressor.is_finished() and len(output) < limit:
        raise Undecodable("сжатые данные обрываются")
    return bytes(output)


def _zstd(body: bytes, limit: int) -> bytes:
    decompressor = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW)
    with decompressor.stream_reader(io.BytesIO(body), read_across_frames=True) as reader:
        output = reader.read(limit)
    if len(output) < limit and not _is_whole(decompressor, body):
        raise Undecodable("сжатые данные обрываются")
    return output


def _is_whole(decompressor: zstandard.ZstdDecompressor, body: bytes) -> bool:
    """The bounded reader above does not tell an end from a cut; by now the size is known to be harmless."""
    for _ in range(_MOST_MEMBERS):
        frame = decompressor.decompressobj()
        frame.decompress(body)
        body = frame.unused_data
        if not body:
            return frame.eof
    return False


_DECODERS: dict[str, Decoder] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
