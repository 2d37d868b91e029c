"""Heads of responses as servers write them → as RFC 9112 wants them, so that a strict parser reads what browsers read.

Forgiven is what Chromium forgives (its net/http/http_util.cc and http_response_headers.cc): blanks before the status
line, any version in it, no code; blanks before a colon, control characters, lines that are no header; several lines
that say how the body ends, of which one makes sense.
"""

import re
from collections.abc import Iterable

_LONGEST = 102_400  # bytes of a head; the parser refuses a longer one
_BEFORE = b" \t\r\n\xef\xbb\xbf"  # what may stand before a status line; scripts send a byte order mark
_END = re.compile(rb"\n\r?\n")
_STATUS = re.compile(rb"HTTP(?:/\S*)?[ \t]*([0-9]*)[ \t]*(.*)", re.IGNORECASE)
_FIELD = re.compile(rb"([\w!#$%&'*+.^`|~-]+)[ \t]*:(.*)", re.ASCII)
_SPACED = bytes.maketrans(b"\x0b\x0c", b"  ")

Field = tuple[bytes, bytes]  # name and value


class HeadRepair:
    """Takes in pieces what answers one request, and gives its heads repaired and all else as it is."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._is_head = True  # a head may come next

    def feed(self, data: bytes) -> bytes:
        """What can be passed on now; b"" while a head is not whole. At most 100 kB are held back."""
        if not self._is_head:
            return data
        searched = max(len(self._held) - 2, 0)
        self._held += data
        ready = bytearray()
        while end := self._head_end(searched):
            head = repair(bytes(self._held[:end]))
            del self._held[:end]
            ready += head
            searched = 0
            self._is_head = head.startswith(b"HTTP/1.1 1") and not head.startswith(b"HTTP/1.1 101")  # interim
        return bytes(ready) if self._is_head else bytes(ready) + self.rest()

    def rest(self) -> bytes:
        """What is held back, as it is: no more will come."""
        rest = bytes(self._held)
        self._held.clear()
        return rest

    def _head_end(self, searched: int) -> int:
        """Where a head ends that begins here; 0 when it is not whole yet, or none: a body, SOCKS, an endless line."""
        if not self._is_head:
            return 0
        if not searched:
            del self._held[: len(self._held) - len(self._held.lstrip(_BEFORE))]
        end = _END.search(self._held, searched)
        is_http = not self._held or self._held.startswith((b"H", b"h"))
        self._is_head = is_http and (end is not None or len(self._held) <= _LONGEST)
        return end.end() if end and self._is_head else 0


def repair(head: bytes) -> bytes:
    """One head up to its blank line. What does not begin with a status line comes back as it is."""
    first, *lines = (line for line in re.split(rb"[\r\n]+", head.translate(_SPACED, b"\x00")) if line)
    status = _STATUS.fullmatch(first)
    if not status or len(status[1]) not in (0, 3):
        return head
    repaired = [b"HTTP/1.1 %b %b" % (status[1] or b"200", status[2])]
    repaired += (b"%b: %b" % field for field in _framed(_fields(lines)))
    return b"\r\n".join([*repaired, b"", b""])


def _fields(lines: Iterable[bytes]) -> list[Field]:
    """Folded lines in one; what is no field is left out, with the lines folded to it."""
    fields: list[tuple[bytes, list[bytes]]] = []
    pieces: list[bytes] = []  # of the value that may go on
    for line in lines:
        if line[0] in b" \t":
            pieces.append(line.strip())
        elif field := _FIELD.fullmatch(line):
            pieces = [field[2].strip()]
            fields.append((field[1], pieces))
        else:
            pieces = []
    return [(name, b" ".join(pieces).strip()) for name, pieces in fields]


def _framed(fields: list[Field]) -> list[Field]:
    """What says how the body ends stands once: chunked if it is said at all, else a length that is a number.

    Two lengths stay two: nobody knows which is true, and browsers refuse them too.
    """
    framing: dict[bytes, list[bytes]] = {b"transfer-encoding": [], b"content-length": []}
    framed = []
    for name, value in fields:
        if (values := framing.get(name.lower())) is None:
            framed.append((name, value))
        else:
            values += (part.strip() for part in value.lower().split(b","))
    if b"chunked" in framing[b"transfer-encoding"]:
        return [*framed, (b"transfer-encoding", b"chunked")]
    lengths = dict.fromkeys(length for length in framing[b"content-length"] if length.isdigit())
    return [*framed, *((b"content-length", length) for length in lengths)]
