"""Bundles made to harm who looks at them: the answer is always lines, soon, and nothing outside is opened."""

import gzip
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.evidence.bundle import files as bundle_files
from monitor.evidence.bundle import writing as bundle
from tests.harness.bundles import breaks, made, shell_says, sum_up

Spoil = Callable[[Path], None]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that tests put back as it was."""
    folder = tmp_path_factory.mktemp("bundles")
    return made(folder / "evidence").write(folder / "story")


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "copy"))


def link_out(folder: Path) -> None:
    (folder / "text/000002.txt").unlink()
    (folder / "text/000002.txt").symlink_to("/etc/hostname")


def link_more(folder: Path) -> None:
    (folder / "more").symlink_to("manifest.json")


def folder_out(folder: Path) -> None:
    shutil.move(folder / "records", folder.parent / "outside")
    (folder / "records").symlink_to(folder.parent / "outside")


def pipe(folder: Path) -> None:
    (folder / "chain.tsv").unlink()
    os.mkfifo(folder / "chain.tsv")


def large(folder: Path) -> None:
    os.truncate(folder / "manifest.json", 10**12)


def deep_json(folder: Path) -> None:
    (folder / "manifest.json").write_text("[" * 100_000)


def wide_json(folder: Path) -> None:
    (folder / "manifest.json").write_text("[" + "[]," * 2_000_000)


def odd_json(folder: Path) -> None:
    said = {"format": bundle.FORMAT, "version": 1, "files": {"../\ud800\n": {}}, "captures": [3, None, {"file": 1}]}
    (folder / "manifest.json").write_text(json.dumps(said))


def numbers(folder: Path) -> None:
    (folder / "manifest.json").write_text("9" * 10_000)


def bomb(folder: Path) -> None:
    (folder / "records/000002.warc.gz").write_bytes(gzip.compress(bytes(70_000_000)))
    sum_up(folder)


def path_out(folder: Path) -> None:
    (folder / "SHA256SUMS").write_text(f"{'0' * 64}  ../../etc/passwd\n")


def deep_folders(folder: Path) -> None:
    (folder / "/".join("abcdefghij")).mkdir(parents=True)


def odd_name(folder: Path) -> None:
    (folder / b"\xff\n\x1b[31m".decode(errors="surrogateescape")).write_text("")


def tabs(folder: Path) -> None:
    (folder / "chain.tsv").write_bytes(b"chain\tnumber\ttime\tdigest\tprevious\thash\n" + b"\t" * 2_000_000)


@pytest.mark.parametrize(
    "spoil",
    [
        link_out, link_more, folder_out, pipe, large, deep_json, wide_json, odd_json, numbers, bomb, path_out,
        deep_folders, odd_name, tabs, shutil.rmtree,
    ],
)  # fmt: skip
def test_a_hostile_bundle_ends_in_lines(copy: Path, spoil: Spoil) -> None:
    spoil(copy)

    broken = breaks(copy)
    assert broken
    assert all(line.isprintable() and len(line) <= 301 for line in broken)


@pytest.mark.parametrize("spoil", [link_out, link_more, folder_out])
def test_the_shell_takes_no_link(copy: Path, spoil: Spoil) -> None:
    spoil(copy)

    assert "BROKEN: a link" in shell_says(copy)


@given(name=st.sampled_from(["manifest.json", "SHA256SUMS", "chain.tsv", "records/000002.warc.gz"]), junk=st.binary())
def test_junk_ends_in_lines(whole: Path, name: str, junk: bytes) -> None:
    path = whole / name
    before = path.read_bytes()
    path.write_bytes(junk)
    try:
        assert breaks(whole)
    finally:
        path.write_bytes(before)


def test_breaks_without_end_are_not_told_without_end(copy: Path) -> None:
    for number in range(500):
        (copy / f"{number}.txt").write_text("")

    assert len(breaks(copy)) <= 3 * bundle_files._MOST_DIFFERENCES
