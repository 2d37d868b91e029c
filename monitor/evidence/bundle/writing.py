"""A bundle: the copies of a story's pages, and what shows that they are those we kept, as files for a stranger.

records/000123.warc.gz   the group of one capture, byte for byte; the number is the capture's
text/000123.txt          the headline and text that were read out of it
chain.tsv                every link up to the last one needed, a line each
stamps/<hash16>-1.tsr    an authority's answer; beside it, as .txt, the hash that it signed
certificates/*.pem       the authorities' roots
manifest.json            what it is about, the captures, the SHA-256 of every other file
README.ru.md, README.md  how to check it by hand
SHA256SUMS               of every file but itself
"""

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor.errors import EvidenceError
from monitor.evidence.bundle import readme
from monitor.evidence.chain import breaks, table
from monitor.evidence.warc import safe_name
from monitor.models.evidence import Capture, Link, Observed, Sight, TimeStamp
from monitor.models.labels import CUT_TEXT, sight_label

FORMAT, FORMAT_VERSION = "monitor-evidence-bundle", 1
MANIFEST, SUMS, CHAIN, LOOKS = "manifest.json", "SHA256SUMS", "chain.tsv", "looks.tsv"


_FIRST = {Sight.UNCHANGED: "first seen", Sight.CHANGED: "changed before the first copy"}
_LOOKS_HEAD = "time\turl\tsight\tin Russian\tsaid\tmoved to\tcopy\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The subject of a bundle. `addresses` are the articles'; `tool` is the program and its version; `missing` are
    numbers of copies that were kept but are not included, because their files are gone or damaged.
    """

    story_id: int
    headline: str
    addresses: tuple[str, ...]
    made_at: datetime
    tool: str
    missing: tuple[int, ...] = ()


def write(
    folder: Path,
    *,
    about: About,
    captures: Sequence[Capture],
    looks: Sequence[Observed],
    records: Callable[[Capture], bytes],
    chain: Sequence[Link],
    stamps: Sequence[TimeStamp],
    certificates: Mapping[str, bytes],
) -> None:
    """Write a bundle into a folder that is new or empty: all of it, or nothing.

    `looks` are all looks at the pages, with or without a copy. `records` returns the bytes of a capture's group
    (`warc.read`). `chain` holds whole chains from the first link on, one after another, with the link of every capture
    and stamp. `certificates` are PEM by name. Raises EvidenceError, also if a record or a link is not what was kept:
    broken evidence is not handed out.
    """
    folder = folder.absolute()
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    _require_whole(captures, chain, stamps)
    with _file_trouble(folder):
        _require_empty(folder)
        shutil.rmtree(unfinished, ignore_errors=True)
        try:
            parts = _parts(about, captures, records, chain, looks=looks, stamps=stamps, certificates=certificates)
            _fill(unfinished, parts, about, captures, stamps)
            unfinished.replace(folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)


def record_path(capture_id: int) -> str:
    """Return the path of a capture's records in a bundle."""
    return f"records/{capture_id:06d}.warc.gz"


def sums(files: Mapping[str, str]) -> str:
    """Return the text of SHA256SUMS: hashes and paths as sha256sum prints them."""
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(files.items()))


def _fill(
    folder: Path,
    parts: Iterator[tuple[str, bytes]],
    about: About,
    captures: Sequence[Capture],
    stamps: Sequence[TimeStamp],
) -> None:
    folder.mkdir(mode=0o700, parents=True)
    files = {path: _put(folder, path, content) for path, content in parts}
    manifest = _manifest(about, captures, stamps, files)
    content = json.dumps(manifest, ensure_ascii=False, indent=1).encode(errors="replace") + b"\n"
    files[MANIFEST] = _put(folder, MANIFEST, content)
    _put(folder, SUMS, sums(files).encode())


def _put(folder: Path, path: str, content: bytes) -> str:
    """Write a file and sync it; return its hash."""
    target = folder / path
    target.parent.mkdir(mode=0o700, exist_ok=True)
    with target.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return hashlib.sha256(content).hexdigest()


def _parts(
    about: About,
    captures: Sequence[Capture],
    records: Callable[[Capture], bytes],
    chain: Sequence[Link],
    *,
    looks: Sequence[Observed],
    stamps: Sequence[TimeStamp],
    certificates: Mapping[str, bytes],
) -> Iterator[tuple[str, bytes]]:
    yield "README.md", readme.english(about.missing).encode()
    yield "README.ru.md", readme.russian(about.missing).encode()
    yield CHAIN, table(replace(one, chain=safe_name(one.chain)) for one in chain).encode()
    yield LOOKS, "".join((_LOOKS_HEAD, *map(_look, looks))).encode(errors="replace")
    for capture in captures:
        yield record_path(capture.id), _record(capture, records)
        if capture.version:
            cut = f"\n[{CUT_TEXT}]\n" if capture.version.is_cut else ""
            text = f"{capture.version.title}\n\n{capture.version.text}\n{cut}"
            yield _text_path(capture), text.encode(errors="replace")
    for path, stamp in _stamp_paths(stamps):
        yield f"{path}.tsr", stamp.token
        yield f"{path}.txt", stamp.hash.encode()
    for name, certificate in certificates.items():
        yield f"certificates/{safe_name(name.removesuffix('.pem'))}.pem", certificate.rstrip() + b"\n"


def _look(look: Observed) -> str:
    """Format a line of looks.tsv, with the changes in one field."""
    said = " · ".join(" ".join(line.split()) for line in look.said.splitlines())
    copy = str(look.capture_id or "")
    sight = (look.is_first and _FIRST.get(look.sight)) or look.sight
    russian = sight_label(look.sight, is_first=look.is_first)
    return f"{look.at.isoformat()}\t{look.url}\t{sight}\t{russian}\t{said}\t{look.moved_to}\t{copy}\n"


def _record(capture: Capture, records: Callable[[Capture], bytes]) -> bytes:
    content = records(capture)
    if hashlib.sha256(content).hexdigest() != capture.link.digest:
        raise EvidenceError(
            f"Выгрузка не составлена: копия {capture.id} в файле {capture.file} (с байта {capture.offset}) не та, что "
            "сохранена: её хеш не сходится. Верните файл из резервной копии."
        )
    return content


def _stamp_paths(stamps: Sequence[TimeStamp]) -> Iterator[tuple[str, TimeStamp]]:
    count: Counter[str] = Counter()
    for stamp in stamps:
        beginning = stamp.hash[:16]
        count[beginning] += 1
        yield f"stamps/{beginning}-{count[beginning]}", stamp


def _text_path(capture: Capture) -> str:
    return f"text/{capture.id:06d}.txt"


def _manifest(
    about: About, captures: Sequence[Capture], stamps: Sequence[TimeStamp], files: Mapping[str, str]
) -> Mapping[str, Any]:
    return {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "about": {
            "story": about.story_id,
            "headline": about.headline,
            "addresses": list(about.addresses),
            "made_at": about.made_at.astimezone(UTC).isoformat(),
            "tool": about.tool,
        },
        "missing": list(about.missing),
        "captures": [_described(capture) for capture in captures],
        "stamps": [
            {"file": f"{path}.tsr", "hash": one.hash, "authority": one.authority, "time": one.stamped_at.isoformat()}
            for path, one in _stamp_paths(stamps)
        ],
        "files": dict(sorted(files.items())),
    }


def _described(capture: Capture) -> Mapping[str, Any]:
    return {
        "id": capture.id,
        "url": capture.url,
        "time": capture.link.taken_at.isoformat(),
        "status": capture.status,
        "file": record_path(capture.id),
        "text": _text_path(capture) if capture.version else None,
        "digest": capture.link.digest,
        "chain": safe_name(capture.link.chain),
        "link": capture.link.number,
    }


def _require_whole(captures: Sequence[Capture], chain: Sequence[Link], stamps: Sequence[TimeStamp]) -> None:
    for trouble in breaks(chain):
        raise EvidenceError(
            f"Выгрузка не составлена: цепь в базе нарушена: {trouble}. Верните базу из резервной копии."
        )
    known, hashes = set(chain), {one.hash for one in chain}
    for capture in captures:
        if capture.link not in known:
            raise EvidenceError(f"Выгрузка не составлена: звена копии {capture.id} нет в цепи {capture.link.chain}.")
    for stamp in stamps:
        if stamp.hash not in hashes:
            raise EvidenceError(f"Выгрузка не составлена: метка времени {stamp.authority} поставлена не на звено цепи.")


def _require_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise EvidenceError(f"{folder} уже есть, и там не пусто. Укажите новую или пустую папку.")


@contextmanager
def _file_trouble(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EvidenceError(
            f"Выгрузка не составлена: {error.filename or folder} не пишется ({error.strerror}). Проверьте путь, права "
            "и место."
        ) from error
