"""Old copies of pages go by their age, and nothing else does: real files, either database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from monitor.errors import EvidenceError
from monitor.evidence import chain, retention
from monitor.evidence.retention import DELETED, Retention, deleted_files
from monitor.storage.evidence.vitals import EvidenceStats
from tests.factories import NOW
from tests.harness.clock import Clock
from tests.harness.kept_pages import KeptPages

DAY = timedelta(days=1)


@pytest.fixture
def kept(engine: Engine, tmp_path: Path) -> KeptPages:
    return KeptPages(engine=engine, folder=tmp_path / "evidence")


def retention_of(kept: KeptPages, clock: Clock, *, days: int = 30) -> Retention:
    stats = EvidenceStats(kept.engine)
    return Retention(folder=kept.folder, keep=days * DAY, outlived=stats.outlived_files, clock=clock)


def warc_files(kept: KeptPages) -> set[str]:
    return {path.name for path in kept.folder.glob("*.warc.gz")}


def test_only_files_that_are_old_and_whose_pages_are_left_alone_go(kept: KeptPages) -> None:
    old = kept.keep(1, NOW - 40 * DAY).file
    watched = kept.keep(2, NOW - 39 * DAY, due_at=NOW + DAY).file
    young = kept.keep(3, NOW - 20 * DAY).file
    today = kept.keep(4, NOW).file
    unknown = kept.folder / "20200101-one.warc.gz"
    unknown.write_bytes(b"of a database that was restored from an older copy")

    assert retention_of(kept, Clock()).round() == 1

    assert warc_files(kept) == {watched, young, today, unknown.name}
    assert deleted_files(kept.folder) == {old}
    stats = EvidenceStats(kept.engine)
    assert chain.list_breaks(list(stats.links("one"))) == (), "rows and chain stay"
    assert stats.vitals(NOW).captures == 4


def test_once_a_day(kept: KeptPages) -> None:
    clock = Clock()
    rounds = retention_of(kept, clock)
    assert rounds.round() == 0, "no folder yet"
    kept.keep(1, NOW - 40 * DAY)

    clock.forward(hours=23)
    assert rounds.round() == 0
    clock.forward(hours=1)
    assert rounds.round() == 1
    assert rounds.round() == 0


def test_what_was_noted_and_not_deleted_is_deleted_at_the_next_start(kept: KeptPages) -> None:
    """Killed between the two: the list is written first."""
    file = kept.keep(1, NOW - 40 * DAY).file
    (kept.folder / DELETED).write_text(f"{file}\t{NOW.isoformat()}\n", encoding="utf-8")
    assert deleted_files(kept.folder) == frozenset(), "it is still there"

    retention_of(kept, Clock()).round()

    assert deleted_files(kept.folder) == {file}
    assert warc_files(kept) == set()


def test_a_file_somebody_lost_was_not_deleted(kept: KeptPages) -> None:
    file = kept.keep(1, NOW - 40 * DAY).file
    (kept.folder / file).unlink()

    assert deleted_files(kept.folder) == frozenset()
    assert deleted_files(kept.folder / "nowhere") == frozenset()


def test_a_folder_that_cannot_be_read_is_said(kept: KeptPages, tmp_path: Path) -> None:
    kept.folder = tmp_path / "evidence"
    kept.folder.write_text("a file", encoding="utf-8")

    with pytest.raises(EvidenceError, match="MONITOR_EVIDENCE_DIR"):
        retention_of(kept, Clock()).round()
    assert retention.size(kept.folder) == 0


def test_the_size_of_the_folder(kept: KeptPages) -> None:
    kept.keep(1, NOW)
    (kept.folder / "more").write_bytes(b"0" * 1000)

    (file,) = kept.folder.glob("*.warc.gz")
    assert retention.size(kept.folder) == file.stat().st_size + 1000


@given(ages=st.lists(st.integers(0, 400), min_size=1, max_size=12), keep=st.integers(1, 400))
def test_never_a_young_file(ages: list[int], keep: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever the database says of it: the name's day is asked, too."""
    folder = tmp_path_factory.mktemp("evidence")
    now = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
    names = {f"{now - age * DAY:%Y%m%d}-one.warc.gz": age for age in ages}
    for name in [*names, "20269999-one.warc.gz", "readme.txt"]:
        (folder / name).touch()
    everything = Retention(folder=folder, keep=keep * DAY, outlived=lambda files, _: files, clock=Clock(now))

    everything.round()

    left = {path.name for path in folder.iterdir()} - {DELETED}
    assert left == {name for name, age in names.items() if age < keep} | {"20269999-one.warc.gz", "readme.txt"}
