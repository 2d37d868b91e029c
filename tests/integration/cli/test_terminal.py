"""Every command that shows what came from outside, with a database and files that try everything on the terminal."""

import csv
import io
import json
from pathlib import Path

import pytest
from sqlalchemy import String, Text, update

from monitor.storage.database import write_transaction
from monitor.storage.tables import articles, deliveries, entries, feeds
from tests.harness.command_line import call, write_files
from tests.harness.databases import open_test_engine, sqlite_database
from tests.harness.seeded_outbox import SeededOutbox
from tests.harness.terminals import DRIVES, HOSTILE

URL = "https://news.example/1"
WORDS = {  # columns of words from outside, as no reader of ours would ever store them
    entries: ("title", "reason"),
    articles: ("title", "text", "problem", "evidence"),
    deliveries: ("error",),
    feeds: ("failure",),
}


@pytest.fixture
def hostile_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_files(tmp_path)
    database = sqlite_database(tmp_path / "monitor.db")
    engine = open_test_engine(database)
    SeededOutbox(engine).add_story(1, HOSTILE)
    words = HOSTILE.encode("utf-8", "ignore").decode() + " беглец у границы"
    with write_transaction(engine) as db:
        for table, columns in WORDS.items():
            assert all(isinstance(table.c[column].type, String | Text) for column in columns)
            db.execute(update(table).values(dict.fromkeys(columns, words)))
    engine.dispose()
    monkeypatch.setenv("MONITOR_DATABASE_URL", database)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.txt").write_text(words, encoding="utf-8")
    (tmp_path / "records.jsonl").write_text(
        json.dumps({"id": words, "title": words, "text": words, "topics": ["flight"], "event_id": words})
        + "\n"
        + json.dumps({"id": "2", "title": f"роман {words}", "text": "", "topics": []})
        + "\n",
        encoding="utf-8",
    )
    (tmp_path / "broken.jsonl").write_text("{" + words, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ("why", URL),
        ("why", URL, "--json"),
        ("story", "1"),
        ("story", "1", "--json"),
        ("status",),
        ("status", "--json"),
        ("outbox", "list", "--all"),
        ("export",),
        ("export", "--format", "csv"),
        ("backtest", "--since", "9000d"),
        ("backtest", "--since", "9000d", "--json"),
        ("explain", "page.txt"),
        ("explain", "page.txt", "--json"),
        ("match", "--jsonl", "records.jsonl"),
        ("match", "--jsonl", "broken.jsonl"),
        ("evaluate", "records.jsonl"),
        ("forms", "суд", "--try", HOSTILE),
        ("forms", "суд", "--try", HOSTILE, "--json"),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_no_command_lets_a_word_from_outside_drive_the_terminal(
    hostile_world: Path, arguments: tuple[str, ...]
) -> None:
    answered = call(*arguments)

    assert answered.stdout
    assert not DRIVES.search(answered.stdout)
    assert not DRIVES.search(answered.stderr) or answered.stderr.startswith("Ошибка: ")  # printed by main


def test_an_export_as_json_loses_nothing(hostile_world: Path) -> None:
    (row,) = [json.loads(line) for line in call("export").stdout.splitlines()]

    assert row["title"] == HOSTILE.encode("utf-8", "ignore").decode() + " беглец у границы"


def test_an_export_as_a_table_has_its_columns(hostile_world: Path) -> None:
    (row,) = csv.DictReader(io.StringIO(call("export", "--format", "csv").stdout))

    assert row["title"].startswith("\\u001b]0;title\\u0007")
    assert row["title"].endswith("\nвторая строка беглец у границы")


@pytest.mark.parametrize(
    ("feeds_file", "keywords_file"),
    [
        (f"feeds:\n  - {{name: {HOSTILE!r}, kind: rss, url: {HOSTILE!r}}}\n", None),
        ('feeds:\n  - {name: "\\e]0;\\u202eимя", kind: "\\u009b", url: "https://a.example/\\u2066"}\n', None),
        (None, 'topics:\n  "\\e[2J\\u202e": {title: "\\u009b", any_of: [{all: ["$\\u2066нет"]}]}\n'),
    ],
)
def test_mistakes_in_the_two_files_drive_no_terminal(
    hostile_world: Path, feeds_file: str | None, keywords_file: str | None
) -> None:
    for name, text in (("feeds.yaml", feeds_file), ("keywords.yaml", keywords_file)):
        if text:
            (hostile_world / name).write_bytes(text.encode("utf-8", "surrogatepass"))

    answered = call("check", "--no-archive")

    assert answered.code == 2
    assert "Ошибка: " in answered.stderr
    assert not DRIVES.search(answered.stderr)
