"""The saved versions of one maintainers' file: listed, compared and restored. A restore is a save like any other."""

from zoneinfo import ZoneInfo

from monitor.edits.files import FileContent, read_file
from monitor.edits.line_diff import ChangedLine, changed_lines
from monitor.edits.saving import Check, Saved, Saving
from monitor.models.file_versions import FileVersion
from monitor.models.labels import moment
from monitor.storage.edits.versions import FileVersions


class FileHistory:
    """The versions of the file at a path.

    `check` returns the errors of a content before it is saved; `zone` is the maintainers' time zone.
    """

    def __init__(self, file: str, *, saving: Saving, versions: FileVersions, check: Check, zone: str) -> None:
        self.file, self._saving, self._versions, self._check = file, saving, versions, check
        self._zone = ZoneInfo(zone)

    def digest(self) -> str:
        """Return the digest of the file as it is now. Raises ConfigError when it cannot be read."""
        return read_file(self.file).digest

    def versions(self) -> tuple[FileVersion, ...]:
        """Return the versions of the file, the newest first."""
        return self._versions.list_versions(self.file)

    def compare(
        self, number: int, *, with_number: int | None = None
    ) -> tuple[FileVersion, tuple[ChangedLine, ...]] | None:
        """Return a version and how another one, or the current file, differs from it; None for unknown numbers."""
        one = self._version(number)
        other = (None, read_file(self.file)) if with_number is None else self._version(with_number)
        if one is None or other is None:
            return None
        return one[0], changed_lines(one[1].text, other[1].text)

    def take_back(self, number: int, digest: str, *, initial: str) -> Saved | None:
        """Save an old version again; None if there is no version with that number.

        Raises EditConflict, EditRefused, ConfigError and DatabaseError; the file is then unchanged.
        """
        kept_version = self._version(number)
        if kept_version is None:
            return None
        version, was = kept_version
        summary = f"возвращён файл от {moment(version.saved_at, self._zone)}"
        return self._saving.save(self.file, digest, was.content, initial=initial, summary=summary, check=self._check)

    def _version(self, number: int) -> tuple[FileVersion, FileContent] | None:
        """Return a version with its content; None if it does not exist or is of another file."""
        kept_version = self._versions.get(number)
        if kept_version is None or kept_version[0].file != self.file:
            return None
        return kept_version[0], FileContent(file=self.file, content=kept_version[1])
