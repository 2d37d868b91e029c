"""The site's folder during a build: a unit whose key is the same as last time is left as it is."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from monitor.models.site import StoryBrief
from monitor.site import files, manifest
from monitor.site.manifest import Made, Manifest
from monitor.site.page import Page


class File(NamedTuple):
    """A file too large to keep in memory: its path and its content in pieces."""

    path: str
    chunks: Iterable[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Files that are made together. `key` identifies everything they are made from."""

    name: str
    key: str
    pages: Callable[[], Iterable[Page | File]]


def key_of(*said: object) -> str:
    """Return a key of everything that something is made from."""
    return blake2b(repr(said).encode("utf-8", "replace"), digest_size=12).hexdigest()


@dataclass(slots=True, kw_only=True)
class SiteFolder:
    """One build of one folder.

    Units that the build has not reached are kept; `sweep` ends a build that reached all of them.
    """

    path: Path
    known: Manifest
    units: dict[str, Made] = field(default_factory=dict)
    written: int = 0
    removed: int = 0

    def is_made(self, name: str, key: str) -> bool:
        """Whether the unit exists in the folder with this key."""
        made = self.known.units.get(name)
        return made is not None and made.key == key

    def stands(self, name: str) -> bool:
        """Whether the unit exists in the folder, whatever it was made from."""
        return name in self.units or name in self.known.units

    def keep(self, name: str) -> None:
        """Leave a unit as it is, whatever it was made from."""
        if name in self.known.units:
            self.units[name] = self.known.units[name]

    def make(self, unit: Unit) -> None:
        """Make a unit unless it exists with the same key; write only files that differ. Raises SiteError."""
        if self.is_made(unit.name, unit.key):
            self.keep(unit.name)
            return
        before = self.known.units.get(unit.name)
        digests = {}
        for page in unit.pages():
            digests[page.path] = self._write(page, (before.files if before else {}).get(page.path, ""))
        self.units[unit.name] = Made(key=unit.key, files=digests)

    def _write(self, page: Page | File, known: str) -> str:
        chunks = page.chunks if isinstance(page, File) else (page.body,)
        digest, is_new = files.write(self.path, page.path, chunks, known=known)
        self.written += is_new
        return digest

    def sweep(self) -> None:
        """Remove the files of units that no longer exist. Raises SiteError."""
        named = {path for made in self.units.values() for path in made.files}
        for path in {path for made in self.known.units.values() for path in made.files} - named:
            files.remove(self.path, path)
            self.removed += 1
        self.known.units = {name: made for name, made in self.known.units.items() if name in self.units}

    def save(self, briefs: Mapping[int, StoryBrief], lines: Mapping[int, str]) -> None:
        """Write the manifest of the folder. Raises SiteError."""
        kept = Manifest(units=self.known.units | self.units, briefs=briefs, lines=lines)
        files.write(self.path, manifest.NAME, (manifest.dumps(kept),))
