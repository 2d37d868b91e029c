"""`monitor evidence show` and `export` where files of copies were deleted by their age."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update
from typer.testing import CliRunner

from monitor.cli.main import cli
from monitor.evidence.retention import Retention
from monitor.models.articles import LONGEST_TEXT
from monitor.models.evidence import Sight, Version
from monitor.storage.database import open_engine, write_transaction
from monitor.storage.evidence.rows import pack
from monitor.storage.evidence.schema import captures, observations
from monitor.storage.evidence.vitals import EvidenceStats
from tests.factories import NOW
from tests.harness.clock import Clock
from tests.harness.databases import sqlite_database
from tests.harness.kept_pages import KeptPages

DAY = timedelta(days=1)
URL = "https://news.example/1"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeptPages:
    """Page 1 with an old copy, whose file is deleted, and a young one; in a database of its own."""
    monkeypatch.chdir(tmp_path)
    url = sqlite_database(tmp_path / "monitor.db")
    monkeypatch.setenv("MONITOR_DATABASE_URL", url)
    monkeypatch.setenv("MONITOR_EVIDENCE_DIR", str(tmp_path / "evidence"))
    monkeypatch.setenv("COLUMNS", "200")
    return KeptPages(engine=open_engine(url), folder=tmp_path / "evidence")


def keep(kept: KeptPages, *days: int) -> None:
    for age in days:
        kept.keep(1, NOW - age * DAY)
    with write_transaction(kept.engine) as db:
        for row in db.execute(select(captures)).all():
            seen = {"page_id": row.page_id, "at": row.taken_at, "sight": Sight.UNCHANGED, "capture_id": row.id}
            db.execute(insert(observations).values(**seen))
    outlived = EvidenceStats(kept.engine).outlived_files
    assert Retention(folder=kept.folder, keep=30 * DAY, outlived=outlived, clock=Clock()).round()


def test_what_was_deleted_is_said_and_the_rest_is_handed_out(kept: KeptPages, tmp_path: Path) -> None:
    keep(kept, 40, 2)

    shown = CliRunner().invoke(cli, ["evidence", "show", URL])
    exported = CliRunner().invoke(cli, ["evidence", "export", URL, str(tmp_path / "bundle")])
    verified = CliRunner().invoke(cli, ["evidence", "verify", str(tmp_path / "bundle")])

    assert shown.output.count("файл удалён по сроку") == 1
    assert "monitor evidence export" in shown.output
    assert exported.exit_code == 0, exported.output
    assert "Копии 1 от 13.10.2026 09:00 UTC больше нет: файл 20261013-one.warc.gz удалён по сроку" in exported.output
    assert "копий 1 из 2, нет копии 1: её файл удалён или испорчен" in exported.output
    assert verified.exit_code == 0, verified.output
    assert "Выгрузка держится, но она не вся: нет копии 1" in verified.output
    assert "Нет копии 1: её файл" in (tmp_path / "bundle" / "README.ru.md").read_text(encoding="utf-8")


def test_nothing_is_left_to_hand_out(kept: KeptPages, tmp_path: Path) -> None:
    keep(kept, 40, 41)

    shown = CliRunner().invoke(cli, ["evidence", "show", URL])
    exported = CliRunner().invoke(cli, ["evidence", "export", URL, str(tmp_path / "bundle")])

    assert shown.exit_code == 0
    assert "monitor evidence export" not in shown.output
    assert exported.exit_code == 1
    assert "Выгружать нечего: файлы всех копий удалены по сроку" in exported.output
    assert not (tmp_path / "bundle").exists()


def test_a_lost_file_is_no_deleted_one(kept: KeptPages, tmp_path: Path) -> None:
    keep(kept, 40, 2)
    (kept.folder / "20261120-one.warc.gz").unlink()

    exported = CliRunner().invoke(cli, ["evidence", "export", URL, str(tmp_path / "bundle")])

    assert exported.exit_code == 1
    assert "20261120-one.warc.gz" in exported.output
    assert "Выгружать нечего: ни одна копия не цела" in exported.output


@pytest.mark.parametrize("is_lost", [True, False])
def test_what_is_whole_is_handed_out_beside_what_is_not(kept: KeptPages, tmp_path: Path, *, is_lost: bool) -> None:
    keep(kept, 40, 2, 1)
    file, folder = kept.folder / "20261120-one.warc.gz", tmp_path / "bundle"
    content = file.read_bytes()
    file.unlink() if is_lost else file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))

    exported = CliRunner().invoke(cli, ["evidence", "export", URL, str(folder)])
    verified = CliRunner().invoke(cli, ["evidence", "verify", str(folder)])

    assert exported.exit_code == 1, "what was asked for is not all there"
    assert "20261120-one.warc.gz" in exported.output
    assert "копий 1 из 3, нет копий 1, 2" in exported.output.splitlines()[-1]
    assert verified.exit_code == 0, verified.output
    assert "Выгрузка держится, но она не вся: нет копий 1, 2" in verified.output.splitlines()[-1]
    assert json.loads((folder / "manifest.json").read_bytes())["missing"] == [1, 2]
    assert "1, 2" in (folder / "README.ru.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("length", [LONGEST_TEXT - 1, LONGEST_TEXT])
def test_a_text_that_was_cut_is_called_so(kept: KeptPages, tmp_path: Path, length: int) -> None:
    keep(kept, 40, 2)
    with write_transaction(kept.engine) as db:
        db.execute(update(captures).values(version=pack(Version(title="Суд", text="я" * length))))

    shown = CliRunner().invoke(cli, ["evidence", "show", URL])
    exported = CliRunner().invoke(cli, ["evidence", "export", URL, str(tmp_path / "bundle")])

    assert exported.exit_code == 0, exported.output
    said = "текст длинный: прочитаны и сравнены первые 200 000 знаков"
    is_cut = length == LONGEST_TEXT
    assert (said in shown.output) == is_cut
    assert (tmp_path / "bundle" / "text" / "000002.txt").read_text(encoding="utf-8").endswith(f"\n[{said}]\n") == is_cut
