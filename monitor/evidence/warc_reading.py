"""Read WARC records by any author: nothing is trusted, time and memory are bounded.

Strict, unlike readers of arbitrary WARC files: only what `warc_records` writes is accepted.
"""

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from monitor.errors import EvidenceError
from monitor.evidence.warc_records import WARC_VERSION, digest

LARGEST_GROUP = 64 * 1024 * 1024  # bytes of a look without compression: eight pages of the largest size we fetch
_MOST_RECORDS = 100  # of one look
_LONGEST_HEAD = 64 * 1024  # bytes
_CHUNK = 64 * 1024  # bytes
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcRecord:
    """A record: its type, the address it is about, and for a `response` the HTTP status (otherwise 0)."""

    kind: str
    url: str
    status: int
    length: int  # bytes of its block


def read_records(data: bytes) -> tuple[WarcRecord, ...]:
    """Return the records of a group that `group` wrote, each compared with its own digests.

    Raises EvidenceError with what is wrong, for any bytes whatever; takes at most `LARGEST_GROUP` of memory.
    """
    records = tuple(map(_record, _plain_members(data)))
    if not records:
        raise EvidenceError("записей WARC в файле нет")
    return records


def _plain_members(data: bytes) -> Iterator[bytes]:
    room, at = LARGEST_GROUP, 0
    for _ in range(_MOST_RECORDS):
        if at == len(data):
            return
        plain, at = _plain_member(data, at, room)
        room -= len(plain)
        yield plain
    raise EvidenceError(f"записей больше {_MOST_RECORDS}")


def _plain_member(data: bytes, at: int, room: int) -> tuple[bytes, int]:
    """Decompress the gzip member at `at`; return it, and where the next one begins."""
    member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    pieces: list[bytes] = []
    try:
        while not member.eof:
            fed = member.unconsumed_tail
            if not fed:
                fed = data[at : at + _CHUNK]
                at += len(fed)
            pieces.append(member.decompress(fed, room + 1))
            room -= len(pieces[-1])
            if room < 0:
                raise EvidenceError(f"после распаковки больше {LARGEST_GROUP // 2**20} МБ")
            if not fed:
                raise EvidenceError("gzip обрывается на полуслове")
    except zlib.error as error:
        raise EvidenceError(f"gzip испорчен ({error})") from error
    return b"".join(pieces), at - len(member.unused_data)


def _record(plain: bytes) -> WarcRecord:
    headers, start = _warc_headers(plain)
    block = memoryview(plain)[start:-4]
    if headers.get("content-length") != str(len(block)) or not plain.endswith(b"\r\n\r\n"):
        raise EvidenceError("длина записи WARC не сходится")
    kind = headers.get("warc-type", "")
    _compare(headers.get("warc-block-digest"), block, "содержимого")
    if kind in {"response", "request"}:
        payload = block[plain.find(b"\r\n\r\n", start) + 4 - start :]
        _compare(headers.get("warc-payload-digest"), payload, "тела")
    status = _STATUS.match(block) if kind == "response" else None
    return WarcRecord(
        kind=kind, url=headers.get("warc-target-uri", ""), status=int(status[1]) if status else 0, length=len(block)
    )


def _warc_headers(plain: bytes) -> tuple[Mapping[str, str], int]:
    """Return the headers of a record, names in lower case, and where its block begins."""
    end = plain.find(b"\r\n\r\n", 0, _LONGEST_HEAD)
    version, *lines = plain[: max(end, 0)].decode("utf-8", "replace").split("\r\n")
    if version != WARC_VERSION:
        raise EvidenceError("это не запись WARC 1.1")
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}, end + 4


def _compare(said: str | None, data: memoryview, what: str) -> None:
    if said != digest(data):
        raise EvidenceError(f"хеш {what} записи WARC не сходится")
