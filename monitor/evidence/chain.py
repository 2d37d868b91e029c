"""The hash chain: each kept thing is tied to the one before, so that none can be changed or removed unnoticed.

Pure. The order is that of the chain, not of the clock, which may be set back.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from itertools import groupby

from monitor.errors import EvidenceError
from monitor.models.evidence import Link

ORIGIN = "0" * 64  # the previous hash of a first link
_COLUMNS = ("chain", "number", "time", "digest", "previous", "hash")
_LONGEST_LINE = 1_000  # bytes
_HASH = re.compile(r"[0-9a-f]{64}")


def link(previous: Link | None, *, chain: str, digest: str, taken_at: datetime) -> Link:
    """Make the next link; `previous` is the last of the same chain, None for the first.

    `digest` is 64 hexadecimal digits. Raises ValueError if it is not, if `previous` is of another chain, or if the time
    has no zone.
    """
    if not _HASH.fullmatch(digest):
        raise ValueError(f"not a SHA-256: {digest!r}")
    if previous and previous.chain != chain:
        raise ValueError(f"chain {chain!r} cannot go on from chain {previous.chain!r}")
    if taken_at.tzinfo is None:
        raise ValueError("a time without a zone")
    before, at = (previous.hash if previous else ORIGIN), taken_at.astimezone(UTC)
    number = previous.number + 1 if previous else 1
    tied = _hash(before, digest, at)
    return Link(chain=chain, number=number, taken_at=at, digest=digest, previous=before, hash=tied)


def list_breaks(links: Sequence[Link]) -> tuple[str, ...]:
    """Return the breaks of whole chains, each from its first link: one line in Russian a break.

    Several chains may follow one another. Nothing can be said about what comes after the last link given.
    """
    return tuple(breaks(links))


def breaks(links: Iterable[Link]) -> Iterator[str]:
    """Yield what `list_breaks` returns, one by one, for callers that need only the first."""
    done: set[str] = set()
    for name, of_chain in groupby(links, key=lambda one: one.chain):
        if name in done:
            yield f"цепь {name}: её звенья стоят не подряд"
        done.add(name)
        yield from _breaks(of_chain)


def _breaks(links: Iterable[Link]) -> Iterator[str]:
    before, number = ORIGIN, 0
    for one in links:
        where = f"цепь {one.chain}, звено {one.number}"
        if one.number != number + 1:
            yield f"{where}: по порядку здесь должно быть звено {number + 1}"
        if one.previous != before:
            yield f"{where}: не продолжает предыдущее (его хеш {before[:16]}…, а записан {one.previous[:16]}…)"
        if one.hash != _hash(one.previous, one.digest, one.taken_at):
            yield f"{where}: хеш звена не сходится с его содержимым"
        before, number = one.hash, one.number


def heads_digest(heads: Sequence[Link]) -> str:
    """Return the digest over the last links of all chains: SHA-256 of their lines "chain hash\\n", sorted."""
    lines = sorted(f"{head.chain} {head.hash}\n" for head in heads)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


# ── as a table ──────────────────────────────────────────────────────────────────────────────────────────────────


def table(links: Iterable[Link]) -> str:
    """Format links as tab-separated lines below the names of the columns.

    Names of chains must not contain tabs or line ends.
    """
    rows = ((one.chain, str(one.number), one.taken_at.isoformat(), one.digest, one.previous, one.hash) for one in links)
    return "".join("\t".join(row) + "\n" for row in (_COLUMNS, *rows))


def read_table(content: bytes) -> Iterator[Link]:
    """Yield the links of a table by any author. Raises EvidenceError at the first line that `table` would not write."""
    stream = BytesIO(content)
    if _row(stream, 1) != list(_COLUMNS):
        raise EvidenceError("в первой строке не названия столбцов")
    number = 2
    while stream.tell() < len(content):
        yield _link(_row(stream, number), number)
        number += 1


def _row(stream: BytesIO, number: int) -> list[str]:
    line = stream.readline(_LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise EvidenceError(f"строка {number} слишком длинная или обрывается")
    return line[:-1].decode("utf-8", "replace").split("\t")


def _link(row: list[str], number: int) -> Link:
    try:
        chain, position, time, digest, previous, tied = row
        taken_at, of_chain = datetime.fromisoformat(time), int(position)
    except ValueError as error:
        raise EvidenceError(f"строка {number} не читается") from error
    if (taken_at.isoformat(), str(of_chain)) != (time, position):
        raise EvidenceError(f"строка {number}: время или номер записаны не так")
    return Link(chain=chain, number=of_chain, taken_at=taken_at, digest=digest, previous=previous, hash=tied)


def _hash(previous: str, digest: str, taken_at: datetime) -> str:
    return hashlib.sha256(f"{previous}\n{digest}\n{taken_at.isoformat()}\n".encode()).hexdigest()
