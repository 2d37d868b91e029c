"""Verify a bundle offline: every file, record, link and stamp gives a line in Russian.

Whatever is in the folder, the result is lines: nothing in it is trusted, followed or read without limit.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor.errors import EvidenceError
from monitor.evidence import timestamps
from monitor.evidence.bundle.files import BundleFiles, check_sums, list_folder, read_manifest
from monitor.evidence.bundle.verdict import BundleVerdict, VerdictLine, bounded, broken_line, holding_line
from monitor.evidence.bundle.writing import CHAIN, MANIFEST, record_path
from monitor.evidence.chain import breaks, read_table
from monitor.evidence.warc_reading import WarcRecord, read_records
from monitor.models.evidence import Link
from monitor.text.urls import canonical

_LARGEST_STAMP = 1024 * 1024  # bytes of a stamp or a certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proof:
    """A link with an authority's stamp, and the time of the stamp."""

    link: Link
    stamped_at: datetime


def verify(folder: Path) -> BundleVerdict:
    """Verify a whole bundle. Never raises, whatever is in the folder, and even if there is none."""
    files = list_folder(folder)
    links, chain_lines = _chain(files)
    manifest, manifest_lines = read_manifest(files)
    proofs, stamp_lines = _stamps(files, {one.hash: one for one in links}, _by_file(manifest, "stamps"))
    is_whole = all(line.ok for line in chain_lines)  # otherwise a stamp proves nothing about earlier links
    capture_lines = _captures(manifest, files, links, proofs if is_whole else ())
    lines = (*check_sums(files), *manifest_lines, *chain_lines, *stamp_lines, *capture_lines)
    said = manifest.get("missing")
    missing = tuple(one for one in said if isinstance(one, int)) if isinstance(said, list) else ()
    return BundleVerdict(lines=lines, missing=missing)


def _chain(files: BundleFiles) -> tuple[Sequence[Link], Sequence[VerdictLine]]:
    try:
        links = list(read_table(files.read(CHAIN)))
    except EvidenceError as error:
        return [], [broken_line(CHAIN, error)]
    lines = list(bounded(broken_line(CHAIN, trouble) for trouble in breaks(links)))
    return links, lines or [holding_line(CHAIN, f"звенья продолжают друг друга ({len(links)})")]


def _by_file(manifest: Mapping[str, Any], what: str) -> Mapping[str, Mapping[str, Any]]:
    said = manifest.get(what)
    return {_text(one, "file"): one for one in said if isinstance(one, dict)} if isinstance(said, list) else {}


def _stamps(
    files: BundleFiles, links: Mapping[str, Link], said: Mapping[str, Mapping[str, Any]]
) -> tuple[Sequence[_Proof], Sequence[VerdictLine]]:
    tokens = sorted(path for path in files.hashes if path.startswith("stamps/") and path.endswith(".tsr"))
    if not tokens:
        return [], [holding_line("stamps", "меток времени нет, время известно только из наших записей")]
    proofs: list[_Proof] = []
    lines = list(bounded(_stamp(path, files, links, proofs, said.get(path, {})) for path in tokens))
    return proofs, lines


def _stamp(
    path: str, files: BundleFiles, links: Mapping[str, Link], proofs: list[_Proof], said: Mapping[str, Any]
) -> VerdictLine:
    """Return the line of a stamp; what it proves is added to `proofs`."""
    try:
        roots = b"".join(_certificates(files))
        proof = _checked(path, files, links, roots)
    except EvidenceError as error:
        return broken_line(path, error)
    if (_text(said, "hash"), _text(said, "time")) != (proof.link.hash, proof.stamped_at.isoformat()):
        return broken_line(path, "в описи другое время или другой хеш, чем в самой метке")
    proofs.append(proof)
    trust = "" if roots else "; корневого сертификата в выгрузке нет, кто подписал, не проверено"
    where = f"звено {proof.link.number} цепи {proof.link.chain}"
    return holding_line(path, f"{where} было {_moment(proof.stamped_at)} по часам службы{trust}")


def _checked(path: str, files: BundleFiles, links: Mapping[str, Link], roots: bytes) -> _Proof:
    data = files.read(path.removesuffix(".tsr") + ".txt", most=_LARGEST_STAMP)
    stamped_at = timestamps.check(files.read(path, most=_LARGEST_STAMP), data, roots)
    link = links.get(data.decode("ascii", "replace"))
    if link is None:
        raise EvidenceError("метка поставлена на хеш, которого в цепи нет")
    return _Proof(link=link, stamped_at=stamped_at)


def _certificates(files: BundleFiles) -> Iterator[bytes]:
    for path in sorted(files.hashes):
        if path.startswith("certificates/") and path.endswith(".pem"):
            yield files.read(path, most=_LARGEST_STAMP)


def _captures(
    manifest: Mapping[str, Any], files: BundleFiles, links: Sequence[Link], proofs: Sequence[_Proof]
) -> Iterator[VerdictLine]:
    said = manifest.get("captures")
    captures = [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []
    by_place = {(one.chain, one.number): one for one in links}
    unseen = {path for path in files.hashes if path.startswith("records/")}
    if not captures:
        yield broken_line(MANIFEST, "копий в описи нет")
    about = manifest.get("about")
    addresses = about.get("addresses") if isinstance(about, dict) else None
    if addresses != list(dict.fromkeys(_text(one, "url") for one in captures)):
        yield broken_line(MANIFEST, "адреса новостей не те, что у копий")
    yield from bounded(_capture(one, files, by_place, proofs, unseen) for one in captures)
    yield from bounded(broken_line(path, "записи нет в описи") for path in sorted(unseen))


def _capture(
    said: Mapping[str, Any],
    files: BundleFiles,
    links: Mapping[tuple[str, int], Link],
    proofs: Sequence[_Proof],
    unseen: set[str],
) -> VerdictLine:
    """Return the line of a capture; its records are removed from `unseen`."""
    path = _text(said, "file")
    if path not in unseen:
        return broken_line(path or MANIFEST, "такой записи нет, или в описи она названа дважды")
    unseen.remove(path)
    number = said.get("id")
    if not isinstance(number, int) or path != record_path(number):
        return broken_line(path, f"в описи это копия {number}, а файл назван иначе")
    try:
        link = _link_of(said, files.hashes[path], links)
        answer = _answer(said, read_records(files.read(path)))
    except EvidenceError as error:
        return broken_line(path, error)
    return holding_line(path, f"звено {link.number} цепи {link.chain}; {answer}; {_proven(link, proofs)}")


def _link_of(said: Mapping[str, Any], digest: str, links: Mapping[tuple[str, int], Link]) -> Link:
    number = said.get("link")
    link = links.get((_text(said, "chain"), number if isinstance(number, int) else 0))
    if link is None:
        raise EvidenceError("её звена в цепи нет")
    if digest != link.digest:
        raise EvidenceError(f"её хеш не тот, что в звене {link.number} цепи {link.chain}")
    if (_text(said, "digest"), _text(said, "time")) != (digest, link.taken_at.isoformat()):
        raise EvidenceError(f"хеш или время в описи не те, что в звене {link.number} цепи {link.chain}")
    return link


def _answer(said: Mapping[str, Any], records: Sequence[WarcRecord]) -> str:
    """Say what the records themselves show about the answer and its address."""
    answers = [record for record in records if record.kind == "response"]
    status = answers[-1].status if answers else 0
    if said.get("status") != status:
        raise EvidenceError(f"в описи другой ответ сайта, чем в записи ({status})")
    if not answers:
        return "только запись из ленты"
    if canonical(answers[0].url) != canonical(_text(said, "url")):
        raise EvidenceError(f"в описи другой адрес, чем в записи ({answers[0].url})")
    return f"ответ {status} с адреса {answers[-1].url}"


def _proven(link: Link, proofs: Sequence[_Proof]) -> str:
    """Say since when the link certainly exists: the earliest stamp on it or on a later link."""
    known = [
        proof.stamped_at for proof in proofs if proof.link.chain == link.chain and proof.link.number >= link.number
    ]
    if not known:
        return f"{_moment(link.taken_at)} по нашим часам, метки времени нет"
    return f"не позднее {_moment(min(known))} по часам службы"


def _moment(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%d.%m.%Y %H:%M:%S} UTC"


def _text(said: Mapping[str, Any], key: str) -> str:
    value = said.get(key)
    return value if isinstance(value, str) else ""
