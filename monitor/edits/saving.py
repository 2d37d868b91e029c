"""Saving a maintainers' file: atomically, only over the content the editor saw, with a version and a git commit.

Nobody is notified from here: the monitor notices the file as it does any edit, and reads who saved it from the version.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.edits.files import FileContent, unchanged_file, write_whole
from monitor.edits.git_commit import commit
from monitor.errors import ConfigError, DatabaseError, EditRefused
from monitor.storage.edits.versions import FileVersions

Check = Callable[[str, bytes], Sequence[ConfigError]]
"""Returns the errors of this content for this file: all that `monitor check` would report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A completed save and the number of its version; `trouble` says why git does not have it, or is "".

    `version` is None when the file already had this content.
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
        """Replace the file's content, if it is still the one the editor saw.

        Raises EditConflict (the file was changed), EditRefused (`check` found errors), ConfigError (the file cannot be
        read or written) and DatabaseError; the file is then unchanged.
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
        """Write the file and its version, both or neither; return the version's number."""
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
    """Undo a write that got no version. Raises ConfigError when even that fails."""
    try:
        write_whole(before.file, before.content)
    except ConfigError:
        said = f"файл сохранён, но версия не записана, и вернуть его не вышло: проверьте место на диске ({error})"
        raise ConfigError(said, file=before.file) from error
