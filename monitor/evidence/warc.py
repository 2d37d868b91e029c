"""The WARC files: one a day and worker, append-only. What `append` has returned is on the disk.

A file is locked (flock) while it is written, so that two processes of the same name do not damage it. A process killed
while writing leaves half a record at the end; the next one truncates it, but never whole records.
"""

import fcntl
import hashlib
import os
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Protocol

from monitor.errors import EvidenceError
from monitor.evidence import warc_records
from monitor.models.evidence import Exchange, Kept
from monitor.storage.database_files import private_file

_GZIP = b"\x1f\x8b"  # the beginning of every member
_CHUNK = 64 * 1024  # bytes


class GroupPlace(Protocol):
    """Where the records of a look are: a `Kept`, or a `Capture`."""

    @property
    def file(self) -> str:
        """The file's name in the folder of evidence."""

    @property
    def offset(self) -> int:
        """Offset of the first byte."""

    @property
    def length(self) -> int:
        """Length in bytes."""


def _nothing_known(_file: str) -> None:
    return None


class WarcStore:
    """The WARC files of one worker in one folder.

    `end_of` returns where in a file the last group known to the database ends; None if it knows none. It is called once
    a file, at the first append after a start. Up to there a file must be whole: one that is shorter, or no gzip, is
    left as it is, and `…-2.warc.gz` is begun.
    """

    def __init__(self, folder: Path, worker: str, *, end_of: Callable[[str], int | None] = _nothing_known) -> None:
        self._folder, self._worker, self._end_of = folder, safe_name(worker), end_of
        self._ends: dict[str, int] = {}

    def append(self, exchanges: Sequence[Exchange], *, entry: bytes, taken_at: datetime, source: bytes = b"") -> Kept:
        """Append the records of a look to the day's file; they are on the disk when it returns.

        `entry` and `source` are as for `warc_records.group`. The day is that of `taken_at` in UTC. If it fails (disk
        full) the file is truncated to its former end. Raises EvidenceError.
        """
        group = warc_records.group(exchanges, entry=entry, source=source, taken_at=taken_at)
        with _file_trouble(self._folder):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            tried = ((file, self._add(file, group, taken_at)) for file in self._names(taken_at))
            file, offset = next((file, offset) for file, offset in tried if offset is not None)
        return Kept(file=file, offset=offset, length=len(group), digest=hashlib.sha256(group).hexdigest())

    def _names(self, taken_at: datetime) -> Iterator[str]:
        day = f"{taken_at.astimezone(UTC):%Y%m%d}-{self._worker}"
        yield f"{day}.warc.gz"
        yield from (f"{day}-{number}.warc.gz" for number in count(2))

    def _add(self, file: str, group: bytes, taken_at: datetime) -> int | None:
        """Append the group and return its offset; None if this file must not be continued."""
        path = self._folder / file
        if self._known_end(file) and not path.exists():
            return None
        with _held(path) as descriptor:
            end = self._usable_end(descriptor, file)
            if end is None:
                return None
            head = b"" if end else warc_records.warcinfo(file, taken_at)
            _write(descriptor, end, head + group)
            if not end:
                _settle(self._folder)
            self._ends[file] = end + len(head) + len(group)
        return end + len(head)

    def _usable_end(self, descriptor: int, file: str) -> int | None:
        """Return where to continue: after the last whole record; None if the file is damaged before that."""
        known, size = self._known_end(file), os.fstat(descriptor).st_size
        if size < known or (size and os.pread(descriptor, 2, 0) != _GZIP[:size]):
            return None
        return _whole_until(descriptor, known)

    def _known_end(self, file: str) -> int:
        if file not in self._ends:
            self._ends[file] = self._end_of(file) or 0
        return self._ends[file]


def read(folder: Path, kept: GroupPlace) -> bytes:
    """Return the bytes of a group from its file. Raises EvidenceError if they are not there."""
    path = folder / Path(kept.file).name
    with _file_trouble(path), path.open("rb") as file:
        file.seek(kept.offset)
        data = file.read(kept.length)
    if len(data) != kept.length:
        raise EvidenceError(f"Файл {path} обрывается: копия с байта {kept.offset} в нём не целиком.")
    return data


def safe_name(name: str) -> str:
    """Return a name for use in file names: letters, digits, `.`, `_` and `-`; different names stay different."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", name)[:40].lstrip(".-")
    return (
        name
        if safe == name and name
        else f"{safe or '_'}-x{hashlib.sha256(name.encode(errors='replace')).hexdigest()[:8]}"
    )


def _whole_until(descriptor: int, start: int) -> int:
    """Return the end of the last whole gzip member in the unbroken sequence from `start`; `start` if there is none."""
    end = position = start
    member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    with suppress(zlib.error):
        while chunk := os.pread(descriptor, _CHUNK, position):
            position += len(chunk)
            member.decompress(chunk)
            if member.eof:
                end = position = position - len(member.unused_data)
                member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    return end


def _write(descriptor: int, end: int, data: bytes) -> None:
    """Write the data at `end`, replacing what follows, and sync. All of it, or nothing."""
    os.ftruncate(descriptor, end)
    try:
        written = 0
        while written < len(data):
            written += os.pwrite(descriptor, data[written:], end + written)
        os.fsync(descriptor)
    except OSError:
        with suppress(OSError):
            os.ftruncate(descriptor, end)
        raise


def _settle(folder: Path) -> None:
    """Sync the folder, so that a new file's name is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _held(path: Path) -> Iterator[int]:
    descriptor = private_file(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _file_trouble(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EvidenceError(
            f"Копия страницы не пишется или не читается: {path} ({error.strerror}). Проверьте путь, права и место на "
            "диске (MONITOR_EVIDENCE_DIR)."
        ) from error
