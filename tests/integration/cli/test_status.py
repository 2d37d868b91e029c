"""`monitor status` names first what nobody works by: an edit that is not accepted stays on the disk unnoticed else."""

import json
from pathlib import Path

import pytest

from tests.harness.command_line import call, write_files
from tests.harness.databases import sqlite_database


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MONITOR_DATABASE_URL", sqlite_database(tmp_path / "monitor.db"))
    write_files(tmp_path)
    return tmp_path


def test_files_in_order_are_not_spoken_of(folder: Path) -> None:
    assert call("status").rows[0].startswith("Ленты: ")
    assert json.loads(call("status", "--json").stdout)["files"] == {"errors": []}


def test_each_mistake_is_named_with_its_file_and_line(folder: Path) -> None:
    (folder / "feeds.yaml").write_text("feeds:\n  - {name: Лента, kind: почта}\n", encoding="utf-8")
    rules = (folder / "keywords.yaml").read_text(encoding="utf-8").replace("Беглеца остановила", "Туриста остановила")
    (folder / "keywords.yaml").write_text(rules, encoding="utf-8")

    shown = [row for row in call("status").rows if row.startswith("Ошибка в файле, с нею правки не принимаются: ")]
    errors = json.loads(call("status", "--json").stdout)["files"]["errors"]

    assert [row.partition("принимаются: ")[2] for row in shown] == errors
    assert any(error.startswith("feeds.yaml:2") for error in errors)
    assert any(error.startswith("keywords.yaml:15: flight: пример «Туриста остановила таможня»") for error in errors)


def test_a_file_that_is_gone_is_named(folder: Path) -> None:
    (folder / "keywords.yaml").unlink()

    assert any("keywords.yaml" in row for row in call("status").rows if row.startswith("Ошибка в файле"))
