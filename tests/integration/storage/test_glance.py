"""The quick look of the health check says nothing where it is not sure; what it sees, test_stats.py compares."""

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from monitor.storage import glance
from monitor.storage.database import open_engine
from monitor.storage.store import Store
from monitor.stories.grouping import group
from tests.factories import HOUR, NOW, feed, poll_outcome, settled
from tests.factories.channels import to_channel
from tests.harness.databases import sqlite_database


def test_whatever_is_not_a_plain_path_is_left_to_others() -> None:
    assert glance.plain_file("sqlite:////data/monitor.db") == Path("/data/monitor.db")
    assert glance.plain_file("sqlite:///data/monitor.db") == Path("data/monitor.db")
    for address in (
        "sqlite:///a.db?mode=ro",
        "sqlite:///file:a.db",
        "sqlite+pysqlite:///a.db",
        "sqlite:///",
        "postgresql://x",
    ):
        assert glance.plain_file(address) is None, address


@pytest.mark.parametrize("content", [None, b"", b"no database" * 100])
def test_what_is_no_database_of_ours_is_left_to_others_and_as_it_is(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "a%20b.db"
    if content is not None:
        file.write_bytes(content)

    assert glance.vitals(file, NOW) is None
    assert (file.read_bytes() if file.exists() else None) == content


@pytest.mark.parametrize("revision", ["0001", "9-0001"])
def test_tables_of_another_version_are_left_to_others(tmp_path: Path, revision: str) -> None:
    file = glance.plain_file(sqlite_database(tmp_path / "monitor.db"))
    assert file
    assert glance.vitals(file, NOW)
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = ?", (revision,))

    assert glance.vitals(file, NOW) is None


def test_few_entries_are_told_from_enough_and_what_cannot_be_asked_has_enough(tmp_path: Path) -> None:
    url = sqlite_database(tmp_path / "monitor.db")
    store = Store(open_engine(url))
    store.feeds.sync([feed()], NOW)
    (state,) = store.feeds.claim(NOW, limit=1, lease=HOUR, names=["Лента"])
    seen = tuple(settled(number) for number in (1, 2, 3))
    store.polls.record_all(
        [poll_outcome(lease_no=state.lease_no, settled=seen)], partial(group, chats=to_channel("@channel")), window=HOUR
    )
    file = glance.plain_file(url)
    assert file

    assert glance.has_entries(file, 3)
    assert not glance.has_entries(file, 4)
    (tmp_path / "broken.db").write_bytes(b"no database" * 100)
    assert glance.has_entries(tmp_path / "broken.db", 3)
