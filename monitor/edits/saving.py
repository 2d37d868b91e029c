"""Saving a maintainers' file: whole, only over what its editor saw, kept as a version, and committed where git is.

A save is told to nobody here: the monitor notices the file as it notices any edit, and names who by the version.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.edits.files import FileContent, unchanged_file, write_whole
from monitor.edits.git_commit import commit
from monitor.errors import ConfigError, DatabaseError, EditRefused
from monitor.storage.edits.versions import FileVersions

Check = Callable[[str, bytes], Sequence[ConfigError]]
"""What is wrong with this content of this file: all that `monitor check` would say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A save that stands: the number of its version; `trouble` says why git does not have it, "" when all is well.

    `version` is None when nothing was to be saved: the file says this already.
    """

    version: int | None
    trouble: str = ""


class Saving:
    """Saves files and keeps their versions."""

    def __init__(self, versions: FileVersions, *, clock: Callable[[], datetime]) -> None:
        self._versions, self._clock = versions, clock

    def save(
        self, file: str, before_digest: str, content: bytes, *, initial: str, summary: str, check: Check | None = None
    ) -> Saved:
        """Put `content` in the file's place, if what stands there is still what its editor saw.

        Raises EditConflict (somebody changed it), EditRefused (`check` has something against it), ConfigError (the file
        cannot be read or written), DatabaseError; the file is then as it was.
        """
        with unchanged_file(file, before_digest) as before:
            if content == before.content:
                return Saved(version=None)
            if check and (problems := check(file, content)):
                raise EditRefused(problems)
            said = {"initial": initial[:1], "summary": summary}
            number = self._replace(before, content, **said)
            return Saved(version=number, trouble=commit(file, content, **said))

    def _replace(self, before: FileContent, content: bytes, *, initial: str, summary: str) -> int:
        """The file and its version, both or neither; the number of the version."""
        now, is_written = self._clock(), False
        self._versions.keep(before.file, before.content, now)
        try:
            with self._versions.adding(before.file, content, now, initial=initial, summary=summary) as number:
                write_whole(before.file, content)
                is_written = True
        except DatabaseError as error:
            if is_written:
                _restore(before, error)
            raise
        return number


def _restore(before: FileContent, error: DatabaseError) -> None:
    """Take back what has no version. Raises ConfigError that says so when not even that can be written."""
    try:
        write_whole(before.file, before.content)
    except ConfigError:
        said = f"файл сохранён, но версия не записана, и вернуть его не вышло: проверьте место на диске ({error})"
        raise ConfigError(said, file=before.file) from error
