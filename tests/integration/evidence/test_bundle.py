"""Bundles: whole or not there; every altered byte is found, by our program and by the shell lines of the README."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import EvidenceError
from monitor.evidence import warc_records
from monitor.evidence.bundle.verification import verify
from monitor.evidence.chain import link, table
from monitor.evidence.warc import safe_name
from monitor.models.evidence import Link, TimeStamp
from tests.harness.bundles import NOON, Case, breaks, case_in, exchange, files_of, shell_says, stamped, sum_up
from tests.servers.timestamp_authority import HAS_OPENSSL

Spoil = Callable[[Path], None]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return case_in(tmp_path_factory.mktemp("case"))


pytestmark = pytest.mark.filterwarnings("ignore:Parsed a serial number")  # of a token with an altered byte
NEEDS_OPENSSL = pytest.mark.skipif(not HAS_OPENSSL, reason="NO STAMP IS TESTED: the openssl command is not here")


@pytest.fixture(scope="module")
def whole(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that tests put back as it was."""
    return case.write(tmp_path_factory.mktemp("bundles") / "story")


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "copy"))


def test_a_bundle_holds(whole: Path, case: Case) -> None:
    verdict = verify(whole)

    assert verdict.holds, breaks(whole)
    assert all("держится" in line.text for line in verdict.lines)
    assert files_of(whole)[:6] == [
        "README.md", "README.ru.md", "SHA256SUMS", *(["certificates/tsa.example.pem"] if HAS_OPENSSL else []),
        "chain.tsv", "looks.tsv",
        "manifest.json", "records/000002.warc.gz",
    ][:6]  # fmt: skip
    assert (whole / "text/000002.txt").read_text() == "Суд\n\nВзгляд 2\n"
    assert not (whole / "text/000003.txt").exists()
    assert {path.name for path in whole.parent.iterdir()} == {whole.name}
    told = "\n".join(line.text for line in verdict.lines)
    assert "только запись из ленты" in told
    assert ("по часам службы" if case.stamps else "меток времени нет") in told


def test_a_first_look_is_called_so(whole: Path) -> None:
    _, first, later = (whole / "looks.tsv").read_text().splitlines()
    assert "\tfirst seen\tвпервые увидена\t" in first
    assert "\tchanged\tизменилась\t" in later


def test_warcio_and_the_shell_agree(whole: Path) -> None:
    records = sorted(map(str, (whole / "records").iterdir()))
    done = subprocess.run([sys.executable, "-m", "warcio.cli", "check", *records], capture_output=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    rootless = "" if HAS_OPENSSL else "no root certificates: who signed the stamps is not checked\n"
    assert shell_says(whole) == f"{rootless}HOLDS\n"
    assert shell_says(whole, "README.ru.md").endswith("ДЕРЖИТСЯ\n")


def test_the_shell_lines_are_few(whole: Path) -> None:
    (lines,) = re.findall(r"```bash\n(.*?)```", (whole / "README.md").read_text(), flags=re.DOTALL)

    assert len(lines.splitlines()) <= 24


@given(data=st.data())
def test_one_altered_byte_is_found(whole: Path, data: st.DataObject) -> None:
    path = whole / data.draw(st.sampled_from(files_of(whole)))
    before = path.read_bytes()
    altered = bytearray(before)
    altered[data.draw(st.integers(0, len(before) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(altered)
    try:
        assert any(path.name in line for line in breaks(whole))
    finally:
        path.write_bytes(before)


def test_the_shell_finds_an_altered_byte_in_any_file(whole: Path) -> None:
    for name in files_of(whole):
        if name == "README.ru.md":
            continue
        path = whole / name
        before = path.read_bytes()
        altered = bytearray(before)
        altered[-2] ^= 0x20  # a letter's case: sha256sum itself takes either
        path.write_bytes(altered)
        try:
            assert "НАРУШЕНО: SHA256SUMS\n" in (said := shell_says(whole, "README.ru.md")), name
            assert "ДЕРЖИТСЯ" not in said
        finally:
            path.write_bytes(before)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "records/000003.warc.gz").unlink(),
        lambda folder: (folder / "text/more.txt").write_text("more"),
        lambda folder: (folder / "SHA256SUMS").write_text((folder / "SHA256SUMS").read_text().replace("  ", " *", 1)),
    ],
)
def test_files_that_came_or_went_are_found(copy: Path, spoil: Spoil) -> None:
    spoil(copy)

    assert breaks(copy)
    assert "BROKEN: SHA256SUMS" in shell_says(copy)


# ── whoever alters a bundle on purpose makes the lists anew ─────────────────────────────────────────────────────


def other_record(folder: Path) -> None:
    body = exchange(NOON, b"<p>nothing of the kind</p>")
    data = warc_records.group([body], entry=b"", taken_at=NOON)
    (folder / "records/000002.warc.gz").write_bytes(data)


def other_chain(folder: Path) -> None:
    table = folder / "chain.tsv"
    table.write_text(table.read_text().replace("12:02:00", "11:02:00"))


def shorter_chain(folder: Path) -> None:
    table = folder / "chain.tsv"
    head, _, *rest = table.read_text().splitlines(keepends=True)
    table.write_text("".join([head, *rest]))


@pytest.mark.parametrize(
    ("spoil", "where"),
    [
        (other_record, "records/000002.warc.gz"),
        (other_chain, "chain.tsv"),
        (shorter_chain, "chain.tsv"),
    ],
)
def test_lists_made_anew_do_not_help(copy: Path, spoil: Spoil, where: str) -> None:
    spoil(copy)
    sum_up(copy)

    assert [line for line in breaks(copy) if line.startswith(f"{where}: нарушено здесь")], breaks(copy)
    assert f"BROKEN: {where}" in shell_says(copy)


@pytest.mark.skipif(not HAS_OPENSSL, reason="NO STAMP IS TESTED: the openssl command is not on this machine")
def test_a_chain_made_anew_loses_its_stamps(copy: Path, case: Case) -> None:
    """All but the stamps can be made again by anybody."""
    other_record(copy)
    digest = sha256((copy / "records/000002.warc.gz").read_bytes()).hexdigest()
    links: list[Link] = []
    for old in case.links[:3]:
        altered = digest if old.number == 2 else old.digest
        links.append(link(links[-1] if links else None, chain=old.chain, digest=altered, taken_at=old.taken_at))
    other = replace(case.links[3], chain=safe_name(case.links[3].chain))
    (copy / "chain.tsv").write_text(table([*links, other]))
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["captures"][0]["digest"] = digest
    (copy / "manifest.json").write_text(json.dumps(manifest))
    sum_up(copy)

    (line,) = breaks(copy)
    assert line.startswith("stamps/")
    assert "которого в цепи нет" in line
    assert re.fullmatch(r"BROKEN: stamps/\w+-1.tsr\n", shell_says(copy))


@pytest.mark.skipif(not HAS_OPENSSL, reason="NO STAMP IS TESTED: the openssl command is not on this machine")
def test_a_stamp_of_another_root_is_no_stamp(copy: Path, case: Case, tmp_path: Path) -> None:
    other = stamped(case, tmp_path / "other")
    (copy / "certificates/tsa.example.pem").write_bytes(other.certificates["tsa.example"])
    sum_up(copy)

    assert [line for line in breaks(copy) if "доверенному корню" in line]
    assert shell_says(copy).count("BROKEN: stamps/") == 2
    (copy / "certificates/tsa.example.pem").unlink()
    sum_up(copy)
    assert breaks(copy) == []  # said, as by the shell: nobody has vouched for who signed
    assert "кто подписал, не проверено" in "\n".join(line.text for line in verify(copy).lines)
    assert shell_says(copy).startswith("no root certificates")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("status", 404), ("time", "2026-03-01T11:00:00+00:00"), ("digest", "0" * 64), ("link", 9), ("link", [[]]),
        ("chain", {}), ("file", "records/000003.warc.gz"), ("file", "../../etc/passwd"), ("file", None),
    ],
)  # fmt: skip
def test_what_the_manifest_says_of_a_capture_must_be_so(copy: Path, key: str, value: object) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["captures"][0][key] = value
    (copy / "manifest.json").write_text(json.dumps(manifest))
    sum_up(copy)

    assert breaks(copy)
    assert "passwd" not in "".join(line.text for line in verify(copy).lines if line.ok)


# ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_folder_with_something_in_it_is_refused(case: Case, tmp_path: Path) -> None:
    (tmp_path / "note").write_text("mine")
    for folder in (tmp_path, tmp_path / "note"):
        with pytest.raises(EvidenceError, match="не пусто"):
            case.write(folder)
    assert files_of(tmp_path) == ["note"]


def test_an_empty_folder_is_filled_and_what_a_dead_process_left_is_swept(case: Case, tmp_path: Path) -> None:
    (tmp_path / "story").mkdir()
    (tmp_path / ".story.unfinished").mkdir()
    (tmp_path / ".story.unfinished" / "SHA256SUMS").write_text("half")

    assert verify(case.write(tmp_path / "story")).holds
    assert [path.name for path in tmp_path.iterdir()] == ["story"]


def altered_records(case: Case) -> Iterator[Case]:
    first = case.captures[0]
    yield replace(case, captures=(replace(first, offset=first.offset + 1),))
    yield replace(case, captures=(replace(first, file="none.warc.gz"),))
    yield replace(case, links=case.links[1:])
    yield replace(case, links=case.links[:1])
    yield replace(case, stamps=(TimeStamp(hash="0" * 64, authority="x", token=b"", stamped_at=NOON),))


def test_what_does_not_hold_is_not_handed_out(case: Case, tmp_path: Path) -> None:
    for altered in altered_records(case):
        with pytest.raises(EvidenceError):
            altered.write(tmp_path / "story")
        assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(case: Case, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(EvidenceError, match="Проверьте путь"):
        case.write(tmp_path / "file" / "story")


def forged(folder: Path, change: Callable[[dict[str, Any]], object]) -> list[str]:
    """What is said of a bundle whose manifest somebody rewrote, sums and all."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    sum_up(folder)
    return breaks(folder)


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest["captures"][0].update(url="https://evil.example/x"),
        lambda manifest: manifest["captures"][0].update(id=999),
        lambda manifest: manifest["about"].update(addresses=["https://evil.example/x"]),
        pytest.param(
            lambda manifest: manifest["stamps"][0].update(time="2020-01-01T00:00:00+00:00"), marks=NEEDS_OPENSSL
        ),
        pytest.param(lambda manifest: manifest["stamps"].pop(), marks=NEEDS_OPENSSL),
    ],
    ids=["address", "number", "addresses", "time of a stamp", "a stamp left out"],
)
def test_a_manifest_that_was_rewritten_is_found(copy: Path, change: Callable[[dict[str, Any]], object]) -> None:
    assert forged(copy, change)


def test_what_a_file_manager_leaves_breaks_nothing(copy: Path) -> None:
    (copy / ".DS_Store").write_bytes(b"x")
    assert verify(copy).holds
    assert "HOLDS" in shell_says(copy)


def test_a_file_with_a_blank_in_its_name_is_found_by_the_shell(copy: Path) -> None:
    (copy / "my notes.txt").write_bytes(b"x")
    assert "HOLDS" not in shell_says(copy)
