"""A database file that goes away while it is worked on: an error that the operator hears, never a new start."""

from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.errors import DatabaseError
from monitor.storage.database import migrate, open_engine, read_transaction, write_transaction
from monitor.storage.maintenance import HeartbeatStore
from tests.factories import NOW
from tests.harness.databases import sqlite_database


@pytest.mark.parametrize("lost", ["monitor.db", "monitor.db-wal"])
def test_a_file_that_is_gone_stops_the_work_and_is_not_begun_anew(tmp_path: Path, lost: str) -> None:
    engine = open_engine(sqlite_database(tmp_path / "monitor.db"))
    HeartbeatStore(engine).beat("poll@here", NOW)
    (tmp_path / lost).rename(tmp_path / "away")

    for _ in range(2):
        with pytest.raises(DatabaseError, match=f"{lost} удалён"):
            HeartbeatStore(engine).beat("poll@here", NOW)
        with pytest.raises(DatabaseError, match="удалён"), read_transaction(engine) as db:
            db.execute(text("SELECT 1 FROM feeds"))
    assert not (tmp_path / lost).exists()

    (tmp_path / "away").rename(tmp_path / lost)
    HeartbeatStore(engine).beat("poll@here", NOW)
    engine.dispose()


def test_a_file_that_was_replaced_is_not_written(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'monitor.db'}")
    migrate(engine)
    (tmp_path / "monitor.db").unlink()
    (tmp_path / "monitor.db").touch()

    with pytest.raises(DatabaseError, match="подменён"), write_transaction(engine):
        pass
    engine.dispose()


def test_all_connections_may_close_and_open_again(tmp_path: Path) -> None:
    engine = open_engine(sqlite_database(tmp_path / "monitor.db"))
    for _ in range(3):
        engine.dispose()
        with write_transaction(engine) as db:
            db.execute(text("UPDATE feeds SET lease_no = lease_no"))
    engine.dispose()
