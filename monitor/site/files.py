"""Files of the site: a reader always sees a whole file, and only one process at a time writes a folder."""

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
def lock_folder(folder: Path) -> Iterator[None]:
    """Create the folder and lock it. Raises SiteError when another process holds it or it cannot be created."""
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
    """Write a file atomically; return its digest, which ends with its size, and whether the file was replaced.

    `known` is the digest of the file there now; if nothing differs, the file is not touched. Raises SiteError; the old
    file then stays.
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
    """Whether the file exists with this digest's size. Content is not read: that takes too long for a large site."""
    try:
        return known.endswith(f"-{(folder / path).stat().st_size}")
    except OSError:
        return False


def remove(folder: Path, path: str) -> None:
    """Remove a file, if it exists, and the folders this leaves empty. Raises SiteError."""
    target = folder / path
    with _trouble(target):
        target.unlink(missing_ok=True)
    for parent in target.parents:
        if parent == folder:
            return
        with suppress(OSError):  # the folder is not empty
            parent.rmdir()


@contextmanager
def _trouble(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SiteError(
            f"Сайт не пишется: {path} ({error.strerror}). Проверьте место на диске, путь и права (MONITOR_SITE_DIR)."
        ) from error
