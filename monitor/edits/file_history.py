"""The saves of one maintainers' file: listed, compared, taken back, which is a save like any other."""

from zoneinfo import ZoneInfo

from monitor.edits.files import FileContent, read_file
from monitor.edits.line_diff import ChangedLine, changed_lines
from monitor.edits.saving import Check, Saved, Saving
from monitor.models.file_versions import FileVersion
from monitor.storage.edits.versions import FileVersions


class FileHistory:
    """The versions of the file at a path. `check` says what is wrong with a content that would be saved; `zone` is the
    maintainers' clock.
    """

    def __init__(self, file: str, *, saving: Saving, versions: FileVersions, check: Check, zone: str) -> None:
        self.file, self._saving, self._versions, self._check = file, saving, versions, check
        self._zone = ZoneInfo(zone)

    def digest(self) -> str:
        """What the file is known by as it is now. Raises ConfigError when it cannot be read."""
        return read_file(self.file).digest

    def versions(self) -> tuple[FileVersion, ...]:
        """The saves of the file, the newest first."""
        return self._versions.of(self.file)

    def compared(
        self, number: int, *, with_number: int | None = None
    ) -> tuple[FileVersion, tuple[ChangedLine, ...]] | None:
        """A version, and what another one, or the file as it is now, has otherwise; None: there is no such version."""
        one = self._version(number)
        other = read_file(self.file) if with_number is None else None
        later = self._version(with_number) if with_number is not None else None
        if one is None or (with_number is not None and later is None):
            return None
        now = other or FileContent(file=self.file, content=later[1] if later else b"")
        return one[0], changed_lines(FileContent(file=self.file, content=one[1]).text, now.text)

    def take_back(self, number: int, digest: str, *, initial: str) -> Saved | None:
        """Save a version anew; None: there is none with that number.

        Raises EditConflict, EditRefused, ConfigError, DatabaseError; the file is then as it was.
        """
        version = self._version(number)
        if version is None:
            return None
        summary = f"возвращён файл от {version[0].saved_at.astimezone(self._zone):%d.%m.%Y %H:%M}"
        return self._saving.save(self.file, digest, version[1], initial=initial, summary=summary, check=self._check)

    def _version(self, number: int) -> tuple[FileVersion, bytes] | None:
        """Of this file only."""
        found = self._versions.named(number)
        return found if found and found[0].file == self.file else None
