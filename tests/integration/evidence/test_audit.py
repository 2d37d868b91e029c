"""What was kept is what was kept, or the audit says where not: real files, either database."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from structlog.testing import capture_logs

from monitor.evidence.audit import MOST_COPIES, ChainAudit
from monitor.models.evidence import Kept
from monitor.storage.backup import backup, restore
from monitor.storage.database import open_engine, write_transaction
from monitor.storage.evidence.schema import captures
from monitor.storage.evidence.vitals import EvidenceStats
from tests.factories import HOUR, NOW
from tests.harness.clock import Clock
from tests.harness.databases import sqlite_database
from tests.harness.kept_pages import KeptPages

DAY = timedelta(days=1)


@pytest.fixture
def kept(engine: Engine, tmp_path: Path) -> KeptPages:
    pages = KeptPages(engine=engine, folder=tmp_path / "evidence")
    for number, hours in enumerate((80, 50, 20, 10, 1)):
        pages.keep(number, NOW - hours * HOUR)
    return pages


def audit_of(kept: KeptPages, clock: Clock | None = None, engine: Engine | None = None) -> ChainAudit:
    stats = EvidenceStats(engine or kept.engine)
    return ChainAudit(stats=stats, folder=kept.folder, chain=kept.worker, clock=clock or Clock())


def alter(kept: KeptPages, number: int, **values: object) -> None:
    with write_transaction(kept.engine) as db:
        db.execute(update(captures).where(captures.c.number == number).values(**values))


def spoil(kept: KeptPages, copy: Kept) -> None:
    path = kept.folder / copy.file
    data = bytearray(path.read_bytes())
    data[copy.offset + copy.length // 2] ^= 1
    path.write_bytes(data)


async def test_nobody_has_looked_yet_and_then_all_holds(kept: KeptPages) -> None:
    audit = audit_of(kept)
    assert audit.breaks is None

    with capture_logs() as log:
        await audit.round()

    assert audit.breaks == ()
    assert log == []


async def test_the_whole_chain_is_read_after_a_start(kept: KeptPages) -> None:
    alter(kept, 2, digest="0" * 64)
    audit = audit_of(kept)

    with capture_logs() as log:
        await audit.round()

    assert audit.breaks == ("цепь one, звено 2: хеш звена не сходится с его содержимым",)
    assert log[0]["breaks"] == audit.breaks


async def test_chains_of_others_are_read_too(kept: KeptPages) -> None:
    audit = audit_of(kept)
    audit.chain = "new"
    alter(kept, 5, previous="0" * 64)

    await audit.round()

    assert audit.breaks
    assert "звено 5" in audit.breaks[0]


async def test_once_a_day_the_last_day_is_checked(kept: KeptPages) -> None:
    clock = Clock()
    audit = audit_of(kept, clock)
    await audit.round()
    alter(kept, 4, digest="what is no hash")
    clock.forward(hours=1)
    await audit.round()
    assert audit.breaks == (), "not a day yet"

    clock.now = NOW - HOUR  # set back: better once more than never again
    await audit.round()

    assert audit.breaks
    assert audit.breaks[0] == "цепь one, звено 4: не продолжает предыдущее, или его хеш не сходится"
    found = audit.breaks
    clock.now = NOW + 3 * DAY
    await audit.round()
    assert audit.breaks == found, "nobody has put it right"


async def test_a_changed_byte_of_a_new_copy_is_found_within_a_day(kept: KeptPages) -> None:
    clock = Clock()
    audit = audit_of(kept, clock)
    await audit.round()
    copy = kept.keep(9, NOW + 2 * HOUR)
    spoil(kept, copy)

    clock.forward(days=1)
    await audit.round()

    found = f"{copy.file}, байты {copy.offset}–{copy.offset + copy.length}: хеш копии не сходится"
    assert list(audit.breaks or ()) == [found]
    clock.forward(days=2)
    await audit.round()
    assert audit.breaks, "it is no copy of the last day any more, and still spoilt"
    spoil(kept, copy)
    await audit.round()
    assert audit.breaks == (), "the file was brought back"


async def test_a_lost_file_is_found_by_its_new_copies_only(kept: KeptPages) -> None:
    audit = audit_of(kept)
    for file in kept.folder.glob("20261119*"):
        file.unlink()
    await audit.round()
    assert audit.breaks == ()

    shutil.rmtree(kept.folder)
    lost = audit_of(kept)
    await lost.round()

    assert lost.breaks
    assert len(lost.breaks) == 3
    assert "20261122-one.warc.gz" in lost.breaks[0]


async def test_a_day_of_many_copies_is_bounded(kept: KeptPages) -> None:
    first = kept.keep(0, NOW)
    for number in range(MOST_COPIES):
        kept.keep(number, NOW)
    spoil(kept, first)
    audit = audit_of(kept)

    await audit.round()

    assert audit.breaks == ()


async def test_an_older_database_beside_newer_files_is_not_broken(tmp_path: Path) -> None:
    url = sqlite_database(tmp_path / "monitor.db")
    engine = open_engine(url)
    kept = KeptPages(engine=engine, folder=tmp_path / "evidence")
    kept.keep(1, NOW - 2 * HOUR)
    backup(url, tmp_path / "copy.db")
    kept.keep(2, NOW - HOUR)
    engine.dispose()
    restore(tmp_path / "copy.db", url, NOW, force=True)
    restored = open_engine(url)
    kept.engine = restored
    kept.links.pop()
    kept.keep(3, NOW)
    audit = audit_of(kept)

    await audit.round()

    assert audit.breaks == ()
    assert [link.number for link in audit.stats.links("one")] == [1, 2]
    restored.dispose()
