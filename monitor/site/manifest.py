"""The manifest of a site's folder: for every unit of pages its key and the digests of its files.

A unit (a story, a month, a feed) whose key is unchanged is not made again; files that no unit names any more are
removed. This file marks the folder as ours: nothing is written into a folder with other content and no manifest.
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
    """A unit as it was made: its key, and a digest of each file by path."""

    key: str
    files: Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class Manifest:
    """What is in a site's folder.

    `briefs` are those of the stories that have pages, by number; `lines` are the keys their lines of data were made
    with.
    """

    units: dict[str, Made] = field(default_factory=dict)
    briefs: Mapping[int, StoryBrief] = field(default_factory=dict)
    lines: Mapping[int, str] = field(default_factory=dict)


_MANIFEST = TypeAdapter(Manifest)


def read(folder: Path) -> Manifest:
    """Return the manifest of a folder; an empty one when the folder is new or its manifest cannot be parsed.

    Raises SiteError when the folder holds something that is not ours, or cannot be read.
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
        return Manifest()  # of another version, or truncated: everything is made again
    except OSError as error:
        raise SiteError(f"Папка сайта {folder} не читается: {error.strerror}. Проверьте путь и права.") from error


def as_found(folder: Path, known: Manifest) -> Manifest:
    """Return the manifest with an empty key for each unit with a missing or damaged file, so that it is made again."""
    units = {name: _as_found(folder, made) for name, made in known.units.items()}
    has_lines = "data" in units and units["data"].key
    return Manifest(units=units, briefs=known.briefs, lines=known.lines if has_lines else {})


def _as_found(folder: Path, made: Made) -> Made:
    """Return the unit with an empty key if a file differs. Its paths are kept, so they can be removed."""
    digests = {path: digest if files.is_whole(folder, path, digest) else "" for path, digest in made.files.items()}
    return made if all(digests.values()) else Made(key="", files=digests)


def claim(folder: Path) -> None:
    """Mark a new folder as ours. Raises SiteError."""
    if not (folder / NAME).exists():
        files.write(folder, NAME, (dumps(Manifest()),))


def dumps(manifest: Manifest) -> bytes:
    """Return the manifest as JSON."""
    return _MANIFEST.dump_json(manifest)
