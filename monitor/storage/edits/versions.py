"""Every statement on `file_versions`: versions of the maintainers' files, the last ones of each file."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any

import zstandard
from sqlalchemy import Connection, Engine, Select, delete, desc, insert, select

from monitor.models.file_versions import FileVersion
from monitor.storage.database import read_transaction, write_transaction
from monitor.storage.edits.schema import file_versions

KEPT = 200  # versions of one file; of 110 kB, 6 MB
FOUND = "так файл лежал на диске"  # the summary of a version that was not saved here
LARGEST = 16 * 1024 * 1024  # bytes of a content; maintainers' files are limited to a fraction of it

_TOLD = tuple(file_versions.c[name] for name in ("id", "file", "digest", "saved_at", "initial", "summary"))


class FileVersions:
    """The versions of one database. Instants are aware UTC. Raises DatabaseError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def list_versions(self, file: str) -> tuple[FileVersion, ...]:
        """Return the versions of a file, the newest first."""
        with read_transaction(self._engine) as db:
            return tuple(map(_version, db.execute(_newest(file).limit(KEPT))))

    def get(self, number: int) -> tuple[FileVersion, bytes] | None:
        """Return a version with its content; None if there is none with that number (any more)."""
        asked = select(*_TOLD, file_versions.c.content).where(file_versions.c.id == number)
        with read_transaction(self._engine) as db:
            row = db.execute(asked).one_or_none()
        return None if row is None else (_version(row), _content(row.content))

    def saved_since(self, file: str, before: str, digest: str) -> tuple[FileVersion, ...]:
        """Return what led from one content of a file to another, oldest first: saves, and versions found on disk
        between them. () if the other was not saved here since. Later versions may exist already.
        """
        versions = self.list_versions(file)
        known = next((place for place, one in enumerate(versions) if one.digest == before), None)
        since = versions[:known]
        last = next((place for place, one in enumerate(since) if one.digest == digest), None)
        if last is None or since[last].summary == FOUND:
            return ()
        return since[last:][::-1] if known is not None else since[last : last + 1]

    def keep(self, file: str, content: bytes, now: datetime) -> None:
        """Record the content on disk, unless it is the last version: then somebody edited the file by other means."""
        with write_transaction(self._engine) as db:
            last = db.execute(_newest(file).limit(1)).one_or_none()
            if last is None or last.digest != digest_of(content):
                _insert(db, file, content, saved_at=now, initial="", summary=FOUND)

    @contextmanager
    def adding(self, file: str, content: bytes, now: datetime, *, initial: str, summary: str) -> Iterator[int]:
        """Record a version if the block, which writes it to the disk, succeeds; yield its number."""
        with write_transaction(self._engine) as db:
            yield _insert(db, file, content, saved_at=now, initial=initial, summary=summary)
            _forget_oldest(db, file)


def digest_of(content: bytes) -> str:
    """Return the content's identity."""
    return sha256(content).hexdigest()


def _newest(file: str) -> Select[Any]:
    return select(*_TOLD).where(file_versions.c.file == file).order_by(desc(file_versions.c.id))


def _insert(db: Connection, file: str, content: bytes, *, saved_at: datetime, initial: str, summary: str) -> int:
    row = {"file": file, "digest": digest_of(content), "content": zstandard.compress(content, 9)}
    said = {"saved_at": saved_at, "initial": initial, "summary": summary}
    number: int = db.execute(insert(file_versions).values(**row, **said).returning(file_versions.c.id)).scalar_one()
    return number


def _forget_oldest(db: Connection, file: str) -> None:
    old: Sequence[int] = db.scalars(_newest(file).with_only_columns(file_versions.c.id).offset(KEPT)).all()
    db.execute(delete(file_versions).where(file_versions.c.id.in_(old)))


def _version(row: Any) -> FileVersion:
    return FileVersion(**{column.name: getattr(row, column.name) for column in _TOLD})


def _content(compressed: bytes) -> bytes:
    return zstandard.decompress(compressed, max_output_size=LARGEST)
