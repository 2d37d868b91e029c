"""Reading a maintainers' file on the disk with its digest, and writing it whole.

The new content is written to a file beside it, which gets the same owner and mode and replaces it. Where that is
impossible (a container was given only the file, not its folder), the file is overwritten: by then `Saving` has kept
both contents, and a reader that sees half of one refuses it and reads again.
"""

import errno
import fcntl
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from monitor.errors import ConfigError, EditConflict
from monitor.storage.edits.versions import digest_of

LARGEST = 8_000_000  # bytes: four times what the readers of these files accept
_NO_PLACE_BESIDE = {errno.EROFS, errno.EACCES, errno.EPERM, errno.EBUSY, errno.EXDEV}
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContent:
    """One content of a file. Forms made from it send back its `digest`."""

    file: str
    content: bytes

    @property
    def digest(self) -> str:
        """The SHA-256 of the content, in hex."""
        return digest_of(self.content)

    @property
    def text(self) -> str:
        """The text with line ends made «\\n». Raises ConfigError when it is not UTF-8."""
        try:
            return self.content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError as error:
            raise ConfigError("файл не в UTF-8; сохраните его в этой кодировке", file=self.file) from error

    def with_text(self, text: str) -> bytes:
        """Return another text encoded as this one is: with its byte order mark and its line ends.

        Raises ConfigError when the line ends of the file are mixed.
        """
        written = self.content.decode("utf-8")
        bare = written.removeprefix(_BOM).replace("\r\n", "")
        if "\r" in bare or ("\r\n" in written and "\n" in bare):
            message = "концы строк в файле разные — откройте и сохраните его в редакторе, потом повторите"
            raise ConfigError(message, file=self.file)
        ends = text.replace("\n", "\r\n") if "\r\n" in written else text
        return ((_BOM if written.startswith(_BOM) else "") + ends).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTrouble:
    """A file that the monitor does not take up: its first error, and since when (None if unknown)."""

    file: str
    error: ConfigError
    since: datetime | None


def trouble_of(file: str, problems: Callable[[], Sequence[ConfigError]]) -> FileTrouble | None:
    """Return the first error of a file; None if it has none. `problems` may raise ConfigError too."""
    try:
        first = next(iter(problems()), None)
    except ConfigError as error:
        first = error
    if first is None:
        return None
    try:
        since = datetime.fromtimestamp(Path(file).stat().st_mtime, UTC)
    except OSError:
        since = None
    return FileTrouble(file=file, error=first, since=since)


def read_file(file: str) -> FileContent:
    """Return a file as it is on the disk. Raises ConfigError with advice when it cannot be read."""
    try:
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK), "rb") as opened:
            if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):  # reading a pipe would block for ever
                raise ConfigError("это не обычный файл — верните его на место или проверьте путь", file=file)
            content = opened.read(LARGEST + 1)
    except FileNotFoundError as error:
        raise ConfigError("такого файла нет — верните его на место или проверьте путь", file=file) from error
    except OSError as error:
        raise ConfigError(f"файл не читается ({error.strerror}); проверьте путь и права", file=file) from error
    if len(content) > LARGEST:
        raise ConfigError(f"файл больше {LARGEST:,} байт — это не список слов и не список лент", file=file)
    return FileContent(file=file, content=content)


def is_writable(file: str) -> bool:
    """Whether a save can succeed, so that nobody fills in a form in vain."""
    path = Path(file)
    return os.access(path, os.W_OK) or (os.access(path.parent, os.W_OK) and not path.exists())


@contextmanager
def held_file(file: str) -> Iterator[None]:
    """Lock the file for the block, against saves through this module in this and other processes."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:  # reading the file reports what is wrong
        yield
        return
    try:
        with suppress(OSError):  # a network file system may have no locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def unchanged_file(file: str, digest: str) -> Iterator[FileContent]:
    """Lock a file and yield its content, if it still has this digest. Raises EditConflict if not, and ConfigError."""
    with held_file(file):
        now = read_file(file)
        if now.digest != digest:
            raise EditConflict(file=file, found=now.content)
        yield now


def write_whole(file: str, content: bytes) -> None:
    """Replace the file's content as a whole, or leave it as it was. Raises ConfigError that says what to do."""
    path = Path(file).resolve()
    try:
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        _put(path, content)
    except OSError as error:
        raise ConfigError(_advice(error), file=file) from error


def _put(path: Path, content: bytes) -> None:
    made = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        made.unlink(missing_ok=True)  # left by a killed process: in a container every process has the same number
        _write(made, os.O_CREAT | os.O_EXCL, content)
        _take_rights(made, path)
        made.replace(path)
    except OSError as error:
        with suppress(OSError):
            made.unlink(missing_ok=True)
        if error.errno not in _NO_PLACE_BESIDE:
            raise
        _write(path, os.O_TRUNC, content)
    else:
        _settle(path.parent)


def _write(path: Path, how: int, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | how, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _take_rights(made: Path, path: Path) -> None:
    """Copy the owner and mode. Raises PermissionError if the owner may not be changed: the file is then overwritten."""
    as_it_is, ours = path.stat(), made.stat()
    if (as_it_is.st_uid, as_it_is.st_gid) != (ours.st_uid, ours.st_gid):
        os.chown(made, as_it_is.st_uid, as_it_is.st_gid)
    made.chmod(as_it_is.st_mode & 0o7777)


def _settle(folder: Path) -> None:
    """Flush the folder, so that the new name is on the disk too."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _advice(error: OSError) -> str:
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return (
            "файл открыт только для чтения, сохранить нельзя. В контейнере уберите «:ro» у папки со списками"
            " (compose.yaml), на своей машине проверьте права"
        )
    return f"файл не записать ({error.strerror}); проверьте место на диске"
