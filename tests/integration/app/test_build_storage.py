"""A start on a database that is behind: it is brought to this version by a child."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from monitor.app import startup
from monitor.app.build_storage import open_store
from monitor.app.environment import clock
from monitor.errors import DatabaseError, SchemaError
from monitor.storage.schema_version import expected_revision
from tests.harness.command_line import write_files
from tests.unit.cli.test_imports import imported_by

OPENED = "from monitor.app import build_storage, startup\nwith build_storage.open_store(startup.load()): pass"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> startup.Config:
    write_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    return startup.load()


def revision_of(file: Path) -> str:
    with closing(sqlite3.connect(file)) as database:
        return str(database.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def test_what_migrates_is_not_kept_by_who_started(tmp_path: Path) -> None:
    assert "alembic" not in imported_by("run", folder=tmp_path, code=OPENED)
    assert revision_of(tmp_path / "data" / "monitor.db") == expected_revision()


def test_where_no_child_can_answer_the_start_goes_on(
    config: startup.Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "no-python"))

    with open_store(config):
        assert revision_of(tmp_path / "data" / "monitor.db") == expected_revision()


def test_who_looks_in_beside_a_first_start_takes_nothing_away(config: startup.Config, tmp_path: Path) -> None:
    """The last connection that is closed deletes SQLite's log: ours, with its lock lost, would not count."""
    look = "import sqlite3; sqlite3.connect('data/monitor.db').execute('SELECT count(*) FROM feeds').fetchone()"
    with open_store(config) as store:
        store.heartbeats.beat("first", clock())
        subprocess.run([sys.executable, "-c", look], cwd=tmp_path, check=True)
        store.heartbeats.beat("second", clock())


def test_what_a_child_refuses_is_told_as_ever(config: startup.Config, tmp_path: Path) -> None:
    file = tmp_path / "data" / "monitor.db"
    with open_store(config):
        pass
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9-0001'")

    with pytest.raises(SchemaError, match="Программа старее базы"), open_store(config):
        pass


def test_a_file_that_is_no_database_is_named(config: startup.Config, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "monitor.db").write_bytes(b"not a database at all" * 100)

    with pytest.raises(DatabaseError, match=r"monitor\.db недоступна"), open_store(config):
        pass
