"""What `export` gives, on both databases, and how it looks as JSON lines and as a table."""

import csv
import io
import json
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor.storage.history import EXPORT_COLUMNS, exported_articles
from monitor.storage.store import Store
from monitor.stories.grouping import group
from tests.factories import HOUR, NOW, TEXT, feed, matched, poll_outcome
from tests.factories.channels import to_channel
from tests.harness.command_line import call
from tests.harness.databases import open_test_engine, sqlite_database

PLACE = partial(group, chats=to_channel("@channel"))


def fill(engine: Engine, title: str = "Новость") -> None:
    store = Store(engine)
    store.feeds.sync([feed()], NOW)
    (state,) = store.feeds.claim(NOW, limit=1, lease=HOUR)
    plain = TEXT.replace("экстрадицию", "передачу")  # the second one brings the word
    found = (matched(1, title=title, text=plain), matched(2, "extradition", "knb", title="Ещё", feed="Вторая"))
    store.polls.record_all([poll_outcome(lease_no=state.lease_no, matched=found)], PLACE, window=HOUR * 48)


def test_each_article_is_a_row_that_tells_its_fate(engine: Engine) -> None:
    fill(engine)

    first, second = exported_articles(engine)

    assert tuple(first) == EXPORT_COLUMNS
    assert (first["story"], first["part"], first["topics"], first["tier"]) == (1, 1, ["extradition"], "post")
    assert (first["chat"], first["state"], first["message"]) == ("@channel", "pending", None)
    assert first["words"] == ["экстрадицию"]
    assert first["seen"] == "2026-11-22T09:00:00+00:00"
    assert (second["part"], second["outlet"]) == (2, "Вторая"), "it brought a topic, so it is a post of its own"


def test_only_what_was_seen_since(engine: Engine) -> None:
    fill(engine)

    assert len(list(exported_articles(engine, since=NOW))) == 2
    assert list(exported_articles(engine, since=NOW + HOUR)) == []


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    url = sqlite_database(tmp_path / "monitor.db")
    engine = open_test_engine(url)
    fill(engine, title="=cmd|'/c calc'!A1")
    engine.dispose()
    monkeypatch.setenv("MONITOR_DATABASE_URL", url)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_json_lines(installed: Path) -> None:
    told = call("export")

    assert told.code == 0
    assert [json.loads(line)["story"] for line in told.stdout.splitlines()] == [1, 1]


def test_a_table_whose_cells_are_no_formulas(installed: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(call("export", "--format", "csv").stdout)))

    assert [row["topics"] for row in rows] == ["extradition", "extradition; knb"]
    assert rows[0]["title"].startswith("'=")


def test_since_takes_a_day(installed: Path) -> None:
    assert call("export", "--since", "2026-11-23").stdout == ""
    assert call("export", "--since", "вчера").code == 2
