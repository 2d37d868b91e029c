"""Delete WARC files by age (`MONITOR_EVIDENCE_KEEP`): the bytes are deleted, rows and chain stay.

A link without its bytes still ties the others together. A deletion is noted in a list beside the files before it is
done: whoever misses a file must see that it was not lost.
"""

import os
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import structlog

from monitor.errors import EvidenceError
from monitor.models.clock import Clock

DELETED = "deleted.tsv"  # in the folder of evidence: a file's name and the time of its deletion, one a line
EVERY = timedelta(days=1)

_WARC = re.compile(r"(\d{4})(\d\d)(\d\d)-.+\.warc\.gz", re.ASCII)

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Retention:
    """Deletes, once a day, files older than `keep` from a folder.

    `outlived` returns those files that hold only copies made before an instant, of pages no longer watched.
    """

    folder: Path
    keep: timedelta
    outlived: Callable[[Collection[str], datetime], Collection[str]]
    clock: Clock
    _looked_at: datetime | None = None

    def round(self) -> int:
        """Delete what is due; return the number of files. Raises DatabaseError; EvidenceError if a file cannot be
        deleted.
        """
        now = self.clock()
        if self._looked_at and timedelta(0) <= now - self._looked_at < EVERY:
            return 0
        before = (now - max(self.keep, EVERY)).astimezone(UTC)  # never today's file, which is still being written
        old = [name for name in self._files() if (_day(name) or date.max) <= before.date()]
        gone = sorted(self.outlived(old, before)) if old else []
        for name in gone:
            self._delete(name, now)
        self._looked_at = now
        if gone:
            log.info("old copies of pages deleted", action="retention", files=gone)
        return len(gone)

    def _files(self) -> Collection[str]:
        try:
            return [path.name for path in self.folder.iterdir()]
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise _trouble(self.folder, error) from error

    def _delete(self, name: str, now: datetime) -> None:
        try:
            _note(self.folder / DELETED, f"{name}\t{now.astimezone(UTC).isoformat()}\n")
            (self.folder / name).unlink(missing_ok=True)  # another worker may share the folder
        except OSError as error:
            raise _trouble(self.folder / name, error) from error


def deleted_files(folder: Path) -> frozenset[str]:
    """Return the WARC files of a folder that were deleted by age and are gone. Raises EvidenceError."""
    try:
        lines = (folder / DELETED).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return frozenset()
    except OSError as error:
        raise _trouble(folder / DELETED, error) from error
    names = {line.partition("\t")[0] for line in lines}
    return frozenset(name for name in names if _WARC.fullmatch(name) and not (folder / name).exists())


def size(folder: Path) -> int:
    """Return the bytes of all files in a folder of evidence; 0 if there is none or it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sum(entry.stat(follow_symlinks=False).st_size for entry in entries)
    except OSError:
        return 0


def _day(name: str) -> date | None:
    parts = _WARC.fullmatch(name)
    try:
        return date(*map(int, parts.groups())) if parts else None
    except ValueError:
        return None


def _note(path: Path, line: str) -> None:
    """Append a line and sync it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, line.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _trouble(path: Path, error: OSError) -> EvidenceError:
    return EvidenceError(
        f"Старые копии страниц не удаляются: {path} ({error.strerror}). Проверьте права на папку MONITOR_EVIDENCE_DIR."
    )
