"""An edit is noticed once, when it is finished; a file half written, away or merely touched is none."""

import os
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.app.config_files import AWAY, STILL, EditedFile, read_feeds, read_rules
from monitor.errors import ConfigError
from tests.harness.command_line import FEEDS, RULES, write_files

_MTIMES = count(1_700_000_000_000_000_000, 1_000_000)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_files(tmp_path)
    return tmp_path / "feeds.yaml"


def write(file: Path, content: str) -> None:
    """As if some time had passed since the last write."""
    file.write_text(content, encoding="utf-8")
    touch(file)


def touch(file: Path) -> None:
    moment = next(_MTIMES)
    os.utime(file, ns=(moment, moment))


def watched(file: Path) -> EditedFile:
    return EditedFile(str(file), read_feeds(str(file)).digest)


def test_an_edit_is_told_once_after_it_stood_still(file: Path) -> None:
    edited = watched(file)
    assert [edited.content(now) for now in (0.0, STILL, 9.0)] == [None, None, None], "nothing was edited"

    write(file, FEEDS + "#")
    contents = [edited.content(10 + now) for now in (0.0, STILL / 2, STILL, STILL + 5)]

    assert contents == [None, None, (FEEDS + "#").encode(), None]


def test_whoever_is_still_writing_is_waited_for(file: Path) -> None:
    edited = watched(file)
    for step in range(1, len(FEEDS), 7):
        write(file, FEEDS[:step] + "x")
        assert edited.content(step * STILL * 2) is None

    write(file, FEEDS + "# done")
    assert edited.content(1000.0) is None
    assert edited.content(1000.0 + STILL) == (FEEDS + "# done").encode()


def test_a_new_file_in_its_place_and_a_file_away(file: Path) -> None:
    edited = watched(file)
    new = file.with_suffix(".new")
    write(new, FEEDS + "# new")
    file.unlink()
    assert edited.content(0.0) is None
    new.rename(file)

    assert edited.content(1.0) is None
    assert edited.content(1.0 + STILL) == (FEEDS + "# new").encode()


def test_a_file_away_for_long_is_lost_once_each_time(file: Path) -> None:
    edited = watched(file)
    moved = file.with_suffix(".moved")
    assert not edited.is_lost(0.0)
    for start in (10.0, 100.0):
        file.rename(moved)
        assert [edited.is_lost(start + now) for now in (0.0, AWAY / 2, AWAY, AWAY + 1, AWAY * 9)].count(True) == 1
        moved.rename(file)
        assert not edited.is_lost(start + AWAY * 9)


def test_a_file_that_never_was_is_not_lost(tmp_path: Path) -> None:
    nothing = EditedFile(str(tmp_path / "channels.yaml"), sha256(b"").digest())

    assert not any(nothing.is_lost(now) for now in (0.0, AWAY, AWAY * 9))


def test_touching_and_taking_back_are_no_edits(file: Path) -> None:
    edited = watched(file)
    touch(file)
    assert [edited.content(now) for now in (0.0, 2.0)] == [None, None]
    write(file, FEEDS + "#")
    assert edited.content(3.0) is None
    write(file, FEEDS)

    assert [edited.content(now) for now in (4.0, 6.0, 8.0)] == [None, None, None]


@given(st.lists(st.tuples(st.sampled_from(["write", "look", "wait"]), st.integers(0, 2)), max_size=20))
def test_at_rest_the_last_content_has_been_told(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    """Whatever came before: two looks with a pause between them, and the last told is what stands in the file."""
    file = tmp_path_factory.mktemp("files") / "feeds.yaml"
    write(file, FEEDS)
    edited, known, now = watched(file), FEEDS.encode(), 0.0
    for action, number in [*steps, ("look", 0), ("wait", 0), ("look", 0)]:
        now += STILL if action == "wait" else 0.01
        if action == "write":
            write(file, FEEDS + "#" * number)
        if action == "look":
            known = edited.content(now) or known

    assert known == file.read_bytes()


def test_rules_and_feeds_are_read_whole(tmp_path: Path) -> None:
    write_files(tmp_path)
    path = str(tmp_path / "keywords.yaml")

    rules = read_rules(path)

    assert rules.matcher.judge(title="", text="Беглец и таможня.").topics
    assert [topic.id for topic in rules.keywords.topics] == ["flight"]
    assert read_rules(path, (RULES + "#").encode()).digest != rules.digest
    with pytest.raises(ConfigError, match="UTF-8"):
        read_feeds(path, b"feeds: \xff")
