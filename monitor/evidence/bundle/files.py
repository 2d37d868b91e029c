"""The files of a bundle from untrusted hands: listed without following links, read up to a limit, and compared with its
two lists, SHA256SUMS and the manifest's.

Links, pipes, and files larger than any in a bundle are not opened, nor is anything outside the folder.
"""

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from monitor.errors import EvidenceError
from monitor.evidence.bundle.verdict import VerdictLine, bounded, broken_line, holding_line
from monitor.evidence.bundle.writing import FORMAT, FORMAT_VERSION, MANIFEST, SUMS, sums

LARGEST_FILE = 64 * 1024 * 1024  # bytes
_LARGEST_LIST = 4 * 1024 * 1024  # bytes of SHA256SUMS or of the manifest; parsed, it takes thirty times as much memory
_MOST_FILES = 50_000
_MOST_DIFFERENCES = 50  # reported for one list
_DEEPEST = 3  # levels of folders; a bundle has one
_OF_THE_DESKTOP = frozenset({".DS_Store", "Thumbs.db"})  # created by looking into the folder
_CHUNK = 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleFiles:
    """The regular files with their SHA-256, by path, and descriptions in Russian of everything else found."""

    folder: Path
    hashes: Mapping[str, str]
    strange: tuple[str, ...]

    def read(self, path: str, *, most: int = LARGEST_FILE) -> bytes:
        """Return the bytes of a listed file. Raises EvidenceError if it is not listed, larger than `most`, or
        changes.
        """
        if path not in self.hashes:
            raise EvidenceError("файла нет")
        content = b"".join(_chunks(self.folder / path, most))
        if hashlib.sha256(content).hexdigest() != self.hashes[path]:
            raise EvidenceError("файл меняется, пока его читают")
        return content


def list_folder(folder: Path) -> BundleFiles:
    """List a folder. Never raises: what cannot be listed or read is in `strange`."""
    hashes: dict[str, str] = {}
    strange: list[str] = []
    for path, walk_trouble in _walk(folder, "", _DEEPEST):
        if len(hashes) + len(strange) >= _MOST_FILES:
            strange.append(f"файлов больше {_MOST_FILES}, остальные не прочитаны")
            break
        trouble = walk_trouble
        try:
            if not trouble:
                hashes[path] = _hash(folder / path)
        except EvidenceError as error:
            trouble = str(error)
        strange += [f"{path}: {trouble}"] if trouble else []
    return BundleFiles(folder=folder, hashes=hashes, strange=tuple(strange))


def check_sums(files: BundleFiles) -> Iterator[VerdictLine]:
    """Yield whether each file agrees with SHA256SUMS, and the list with the files."""
    yield from bounded(broken_line("выгрузка", strange) for strange in files.strange)
    here = {path: digest for path, digest in files.hashes.items() if path != SUMS}
    try:
        written = files.read(SUMS, most=_LARGEST_LIST)
    except EvidenceError as error:
        yield broken_line(SUMS, error)
        return
    if written == sums(here).encode(errors="surrogateescape"):
        yield holding_line(SUMS, f"все файлы те, что записаны ({len(here)})")
        return
    lines = (line.partition("  ") for line in written.decode(errors="replace").split("\n") if line)
    yield from _differences(SUMS, {path: digest for digest, _, path in lines}, here)


def read_manifest(files: BundleFiles) -> tuple[Mapping[str, Any], Sequence[VerdictLine]]:
    """Return the manifest ({} if unreadable), and whether its list of files agrees with them."""
    try:
        manifest = _parsed(files.read(MANIFEST, most=_LARGEST_LIST))
    except EvidenceError as error:
        return {}, [broken_line(MANIFEST, error)]
    said = manifest.get("files")
    here = {path: digest for path, digest in files.hashes.items() if path not in {SUMS, MANIFEST}}
    if not isinstance(said, dict):
        return manifest, [broken_line(MANIFEST, "в ней нет списка файлов")]
    if said == here:
        return manifest, [holding_line(MANIFEST, f"все файлы те, что в описи ({len(here)})")]
    return manifest, list(_differences(MANIFEST, said, here))


def _parsed(content: bytes) -> Mapping[str, Any]:
    try:
        manifest = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise EvidenceError("это не JSON") from error
    if not isinstance(manifest, dict) or (manifest.get("format"), manifest.get("version")) != (FORMAT, FORMAT_VERSION):
        raise EvidenceError("это не опись выгрузки, которую знает эта программа")
    return manifest


def _differences(where: str, said: Mapping[str, object], here: Mapping[str, str]) -> Iterator[VerdictLine]:
    differences = chain(
        (f"{path}: файл изменён" for path in sorted(said.keys() & here.keys()) if said[path] != here[path]),
        (f"{path}: файла нет" for path in sorted(said.keys() - here.keys())),
        (f"{path}: лишний файл" for path in sorted(here.keys() - said.keys())),
    )
    lines = [broken_line(where, difference) for difference in islice(differences, _MOST_DIFFERENCES)]
    yield from lines or [broken_line(where, "записан не так, как пишет sha256sum")]


# ── what is there ───────────────────────────────────────────────────────────────────────────────────────────────


def _walk(folder: Path, inside: str, deep: int) -> Iterator[tuple[str, str]]:
    """Yield the paths below the folder, each with what is wrong with it, in Russian, or ""."""
    try:
        with os.scandir(folder / inside) as entries:
            for entry in entries:
                yield from _walk_entry(folder, inside + entry.name, entry, deep)
    except (OSError, ValueError) as error:
        yield inside or ".", f"папка не читается ({error})"


def _walk_entry(folder: Path, path: str, entry: "os.DirEntry[str]", deep: int) -> Iterator[tuple[str, str]]:
    if entry.is_symlink():
        yield path, "это ссылка, а в выгрузке лежат только файлы"
    elif entry.is_dir(follow_symlinks=False):
        if deep:
            yield from _walk(folder, f"{path}/", deep - 1)
        else:
            yield path, "папки вложены слишком глубоко"
    elif entry.is_file(follow_symlinks=False):
        if entry.name not in _OF_THE_DESKTOP:
            yield path, ""
    else:
        yield path, "это не обычный файл"


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(path, LARGEST_FILE):
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(path: Path, most: int) -> Iterator[bytes]:
    """Yield the bytes of a regular file. Raises EvidenceError if it is not one, is larger than `most`, or
    unreadable.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 - a descriptor, not a path
            size = os.fstat(descriptor)
            if not stat.S_ISREG(size.st_mode) or size.st_size > most:
                raise EvidenceError(f"файл больше {most // 2**20} МБ, таких в выгрузке не бывает")
            left = most
            while left >= 0 and (chunk := file.read(_CHUNK)):
                left -= len(chunk)
                yield chunk
    except OSError as error:
        raise EvidenceError(f"файл не читается ({error.strerror})") from error
