"""Files of the site: each is whole whenever a reader asks for it, and one process at a time writes a folder."""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path

from monitor.errors import SiteError

_LOCK = ".monitor-site.lock"
_UNFINISHED = ".unfinished"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Make the folder, and be the only one to write it. Raises SiteError: another process is at it, or it cannot be."""
    with _trouble(folder):
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SiteError(f"Сайт в {folder} сейчас собирает другой процесс. Подождите, пока он закончит.") from None
        yield
    finally:
        os.close(descriptor)


def write(folder: Path, path: str, chunks: Iterable[bytes], *, known: str = "") -> tuple[str, bool]:
    """Put a file into its place at once; returns a digest of it, which ends with its size, and whether it was written.

    `known` is the digest of what stands there: where nothing differs nothing is touched. Raises SiteError; what stood
    there then stands there still.
    """
    target = folder / path
    unfinished, digest = target.with_name(f".{target.name}{_UNFINISHED}"), blake2b(digest_size=12)
    with _trouble(target):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with unfinished.open("wb") as file:
                for chunk in chunks:
                    digest.update(chunk)
                    file.write(chunk)
                said = f"{digest.hexdigest()}-{file.tell()}"
            is_new = said != known or not is_whole(folder, path, said)
            unfinished.replace(target) if is_new else unfinished.unlink()
        except OSError:
            with suppress(OSError):
                unfinished.unlink()
            raise
    return said, is_new


def is_whole(folder: Path, path: str, known: str) -> bool:
    """Whether a file of this digest's size stands there: a large site takes too long to be read."""
    try:
        return known.endswith(f"-{(folder / path).stat().st_size}")
    except OSError:
        return False


def remove(folder: Path, path: str) -> None:
    """Take a file away, if it is there, and the folders that it leaves empty. Raises SiteError."""
    target = folder / path
    with _trouble(target):
        target.unlink(missing_ok=True)
    for parent in target.parents:
        if parent == folder:
            return
        with suppress(OSError):  # not empty
            parent.rmdir()


@contextmanager
def _trouble(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SiteError(
            f"Сайт не пишется: {path} ({error.strerror}). Проверьте место на диске, путь и права (MONITOR_SITE_DIR)."
        ) from error
