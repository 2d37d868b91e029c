"""What stands in a site's folder: for every unit of pages the key it was made from and the digests of its files.

A unit (a story, a month, a feed) whose key is the same is not made again; files that no unit names any more are ours
to remove. The folder is known as ours by this file: no other is ever written into.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from monitor.errors import SiteError
from monitor.models.site import StoryBrief
from monitor.site import files

NAME = ".monitor-site.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A unit as it was made: what from, and a digest of each file by its path."""

    key: str
    files: Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class Manifest:
    """`briefs` are those of the stories that have pages, by their number; `lines` what their lines of data were made
    from.
    """

    units: dict[str, Made] = field(default_factory=dict)
    briefs: Mapping[int, StoryBrief] = field(default_factory=dict)
    lines: Mapping[int, str] = field(default_factory=dict)


_MANIFEST = TypeAdapter(Manifest)


def read(folder: Path) -> Manifest:
    """The manifest of a folder; an empty one where the folder is new, or where its manifest cannot be read.

    Raises SiteError when the folder holds something that is not ours.
    """
    path = folder / NAME
    try:
        return _MANIFEST.validate_json(path.read_bytes())
    except FileNotFoundError:
        if folder.exists() and any(not one.name.startswith(".") for one in folder.iterdir()):
            raise SiteError(
                f"В папке {folder} лежит не наш сайт: файла {NAME} в ней нет. Укажите пустую папку или новую."
            ) from None
        return Manifest()
    except ValidationError:
        return Manifest()  # of another version, or cut off: everything is made again
    except OSError as error:
        raise SiteError(f"Папка сайта {folder} не читается: {error.strerror}. Проверьте путь и права.") from error


def as_found(folder: Path, known: Manifest) -> Manifest:
    """The manifest without what is not in the folder any more as it was written: that is to be made again."""
    units = {name: _as_found(folder, made) for name, made in known.units.items()}
    has_lines = "data" in units and units["data"].key
    return Manifest(units=units, briefs=known.briefs, lines=known.lines if has_lines else {})


def _as_found(folder: Path, made: Made) -> Made:
    """Its paths stay known: they are ours to remove."""
    digests = {path: digest if files.is_whole(folder, path, digest) else "" for path, digest in made.files.items()}
    return made if all(digests.values()) else Made(key="", files=digests)


def claim(folder: Path) -> None:
    """Mark a new folder as ours. Raises SiteError."""
    if not (folder / NAME).exists():
        files.write(folder, NAME, (written(Manifest()),))


def written(manifest: Manifest) -> bytes:
    """The manifest as a file."""
    return _MANIFEST.dump_json(manifest)
