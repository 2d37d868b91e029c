"""The files of a SQLite database: readable by their owner only, held by one process (flock, which ends with it)."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from monitor.errors import DatabaseError, DatabaseLost, InstanceRunning

_Identity = tuple[int, int] | None  # device and inode of a file

_LOCK_TRIES, _LOCK_PAUSE = 3, 0.1  # seconds


def make_folder_of(path: Path) -> None:
    """Create the folder of a database, for its owner only, if there is none. Raises DatabaseError."""
    if path.is_dir():
        raise DatabaseError(
            f"MONITOR_DATABASE_URL: {path} - папка, а нужен файл. Пишите так: sqlite:///{path / 'monitor.db'}"
        )
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _not_writable(path.parent, error) from error


def private_file(path: Path) -> int:
    """Open a file that only its owner can read, creating it if missing; return the descriptor."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with suppress(PermissionError):  # somebody else's file that we may write
        os.fchmod(descriptor, 0o600)
    return descriptor


@contextmanager
def lock(path: Path, *, database: Path) -> Iterator[None]:
    """Lock a file of a database for the block. Raises InstanceRunning if locked, DatabaseError if not writable."""
    try:
        descriptor = private_file(path)
    except OSError as error:
        raise _not_writable(path.parent, error) from error
    try:
        try:
            _lock(descriptor)
        except BlockingIOError as error:
            raise InstanceRunning(
                f"С базой {database} уже работает другой процесс monitor. Два сразу отправили бы всё дважды: "
                "остановите первый и запустите снова."
            ) from error
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Lock the file. Raises BlockingIOError if another process holds it; retries, as `is_locked` holds it for a
    moment.
    """
    for _ in range(_LOCK_TRIES - 1):
        with suppress(BlockingIOError):
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        time.sleep(_LOCK_PAUSE)
    return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def is_locked(path: Path) -> bool:
    """Whether a living process holds the file; False if there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def lock_beside(path: Path) -> Path:
    """Return the second file that a process locks: it stays when the database is removed or replaced."""
    return path.with_name(path.name + ".lock")


def is_lost(path: Path) -> bool:
    """Whether a living process works on a database of this path that is no longer the file there."""
    path = path.resolve()
    return is_locked(lock_beside(path)) and not is_locked(path)


def _not_writable(folder: Path, error: OSError) -> DatabaseError:
    """Return the error for a folder that is not writable. A chown is advised only if the owner is the problem."""
    owner = os.getuid()
    cure = "Проверьте адрес (MONITOR_DATABASE_URL) или смонтируйте папку с правом записи."
    if isinstance(error, PermissionError) and owner != 0 and folder.name:
        cure = f"Отдайте ему папку: chown -R {owner} {folder} - или смонтируйте её с правом записи."
    return DatabaseError(
        f"В папку данных {folder} нельзя писать ({error.strerror}); процесс работает от пользователя {owner}. {cure}"
    )


class FileGuard:
    """Watches the files that connections hold open: the database, and its log while a connection is open. If they are
    deleted or replaced, writes would be lost and a new database would begin silently.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._log = path, path.with_name(path.name + "-wal")
        self._known: _Identity = None
        self._known_log: _Identity = None
        self._open = 0

    def check(self, *_event: object) -> None:
        """Raise DatabaseLost unless the files are those that were opened."""
        self._known = self._same(self._path, self._known)
        self._known_log = self._same(self._log, self._known_log)

    def count_opened(self, *_event: object) -> None:
        """Count a new connection."""
        self._open += 1

    def count_closed(self, *_event: object) -> None:
        """Count a closed connection; after the last one SQLite itself deletes the log."""
        self._open -= 1
        if self._open == 0:
            self._known_log = None

    def _same(self, path: Path, known: _Identity) -> _Identity:
        identity = _identity(path)
        if known is not None and identity != known:
            raise DatabaseLost(path)
        return identity


def _identity(path: Path) -> _Identity:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino
