"""Write WARC records of requests and answers, as ISO 28500 (WARC 1.1) demands.

Each record is a separate gzip member. Its name is derived from its contents, so no randomness is needed. Bodies are
kept without transfer and content codings (gzip, chunks): the headers about them get the prefix `X-Archive-Orig-`, and a
correct Content-Length is added.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from urllib.parse import quote, urlsplit
from uuid import NAMESPACE_URL, uuid5

from isal import igzip
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from monitor import __version__
from monitor.models.evidence import Exchange

WARC_VERSION = "WARC/1.1"
_LEVEL = 2  # for a page of 95 kB: 0.1 ms and 22 kB; zlib takes 0.7 ms for as much at its level 1, 1.8 ms for 18 kB at 6
# content types by the first bytes
_WRITTEN = ((b"<div", "text/html"), (b"<", "application/xml"), (b"{", "application/json"))
_CODED = {b"content-encoding", b"transfer-encoding", b"content-length"}
_KEPT_IN_URLS = "!#$%&'()*+,/:;=?@[]~"
_HOW_STORED = (
    "Bodies are stored without their content and transfer codings; the original headers content-encoding, "
    "transfer-encoding and content-length are renamed X-Archive-Orig-*, and Content-Length is that of the stored body. "
    "The protocol version, the request line and the reason phrase are written by this software. Of an error page only "
    "the beginning may be stored. Resource records hold the article as it was read, as JSON, and its own piece of the "
    "feed's document, as it stood there, where that has pieces."
)
_INFO = (
    ("software", f"monitor/{__version__}"),
    ("format", "WARC File Format 1.1"),
    ("conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
    ("description", _HOW_STORED),
)


def warcinfo(file: str, taken_at: datetime) -> bytes:
    """Return the first record of a file."""
    block = "".join(f"{name}: {value}\r\n" for name, value in _INFO).encode()
    headers = {"WARC-Type": "warcinfo", "WARC-Filename": file, "WARC-Date": _date(taken_at)}
    return _member(_named(headers, block), block, content_type="application/warc-fields")


def group(exchanges: Sequence[Exchange], *, entry: bytes, taken_at: datetime, source: bytes = b"") -> bytes:
    """Return the records of a look: for each exchange a response and its request, then the article as it was read
    (`entry`) and its part of the feed's document (`source`).

    Empty parts are left out, except an empty entry that is all there is: a group always has a record.
    """
    members: list[bytes] = []
    answer: Mapping[str, str] = {}
    for exchange in exchanges:
        answer, *pair = _exchange(exchange)
        members.extend(pair)
    if entry or not (exchanges or source):
        members.append(_resource("x-feed-entry", entry, taken_at, answer))
    if source:
        members.append(_resource("x-feed-source", source, taken_at, answer))
    return b"".join(members)


def target(url: str) -> str:
    """Return an address as written in a record: ASCII, without line ends."""
    return quote(url, safe=_KEPT_IN_URLS, errors="replace")


def digest(data: bytes | memoryview) -> str:
    """Return the hash in hexadecimal, as sha256sum prints it, with its label."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _exchange(exchange: Exchange) -> tuple[Mapping[str, str], bytes, bytes]:
    """Return the WARC headers of the response, its record, and the request's record."""
    said = {"WARC-Target-URI": target(exchange.url), "WARC-Date": _date(exchange.asked_at)}
    answered = _http_head(_status_line(exchange.status), _plain_headers(exchange)) + exchange.body
    asked = _http_head(_request_line(exchange.url), exchange.request)
    answer = _named({"WARC-Type": "response", **said, "WARC-Payload-Digest": digest(exchange.body)}, answered)
    question = {"WARC-Type": "request", **said, **_beside(answer), "WARC-Payload-Digest": digest(b"")}
    return (
        answer,
        _member(answer, answered, content_type="application/http; msgtype=response"),
        _member(_named(question, asked), asked, content_type="application/http; msgtype=request"),
    )


def _resource(kind: str, entry: bytes, taken_at: datetime, answer: Mapping[str, str]) -> bytes:
    """Return the record of a feed's entry. It has no address, so its URN is made from its hash."""
    headers = {
        "WARC-Type": "resource",
        "WARC-Target-URI": f"urn:{kind}:{digest(entry)}",
        "WARC-Date": _date(taken_at),
        **_beside(answer),
        "WARC-Payload-Digest": digest(entry),
    }
    written = next((kind for start, kind in _WRITTEN if entry.startswith(start)), "application/octet-stream")
    return _member(_named(headers, entry), entry, content_type=written)


def _beside(answer: Mapping[str, str]) -> Mapping[str, str]:
    return {"WARC-Concurrent-To": answer["WARC-Record-ID"]} if answer else {}


def _named(headers: Mapping[str, str], block: bytes) -> Mapping[str, str]:
    """Add the block's digest, and a record name derived from all headers."""
    digested = {**headers, "WARC-Block-Digest": digest(block)}
    said = "\n".join(f"{name}: {value}" for name, value in digested.items())
    return {"WARC-Record-ID": f"<{uuid5(NAMESPACE_URL, said).urn}>", **digested}


def _member(headers: Mapping[str, str], block: bytes, *, content_type: str) -> bytes:
    """Return the compressed record. The block is passed unparsed, because warcio would rewrite HTTP headers."""
    warc_headers = StatusAndHeaders("", list(headers.items()), protocol=WARC_VERSION)
    record = ArcWarcRecord("warc", headers["WARC-Type"], warc_headers, BytesIO(block), None, content_type, len(block))
    plain = BytesIO()
    WARCWriter(plain, gzip=False, warc_version=WARC_VERSION).write_record(record)
    return igzip.compress(plain.getvalue(), _LEVEL, mtime=0)


def _date(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _status_line(status: int) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}".rstrip().encode()


def _request_line(url: str) -> bytes:
    parts = urlsplit(url)
    return f"GET {target(parts.path or '/')}{'?' + target(parts.query) if parts.query else ''} HTTP/1.1".encode()


def _plain_headers(exchange: Exchange) -> Iterator[tuple[bytes, bytes]]:
    for name, value in exchange.headers:
        yield (b"X-Archive-Orig-" + name if name.lower() in _CODED else name), value
    yield b"Content-Length", str(len(exchange.body)).encode()


def _http_head(first_line: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    lines = (first_line, *(_one_line(name) + b": " + _one_line(value) for name, value in headers))
    return b"".join(line + b"\r\n" for line in lines) + b"\r\n"


def _one_line(said: bytes) -> bytes:
    return said.translate(bytes.maketrans(b"\r\n\0", b"   "))
