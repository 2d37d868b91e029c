"""The index is written whole or not at all, and the child that writes it never outlives its caller."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import SiteError
from monitor.site.outputs.search_index import SearchRecord, record, write_index
from tests.factories.site_stories import EXTRADITION, KNB, story_of, telling_of

HOSTILE = "\x00\ud800\u202e</script>,,, \"'\\ 🤯" + "🤯" * 5_000
ROOT = Path(__file__).resolve().parents[3]


def program(folder: Path, script: str) -> Path:
    """What stands in for Pagefind."""
    path = folder / "stand-in"
    path.write_text(f"#!{sys.executable}\n{script}", encoding="utf-8")
    path.chmod(0o755)
    return path


def former(folder: Path) -> Path:
    """A former index."""
    index = folder / "pagefind"
    index.mkdir()
    (index / "pagefind-entry.json").write_text("former", encoding="utf-8")
    return index


def test_a_new_index_takes_the_place_of_the_former_one(tmp_path: Path) -> None:
    index = former(tmp_path)

    assert write_index([record(story_of(1)), record(story_of(2))], index) == 2
    entry = json.loads((index / "pagefind-entry.json").read_text())
    assert entry["languages"]["ru"]["page_count"] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["pagefind"]
    assert not list(index.glob("pagefind-*ui*"))


def test_no_stories_are_an_index_too(tmp_path: Path) -> None:
    assert write_index([], tmp_path / "site" / "pagefind") == 0
    assert (tmp_path / "site" / "pagefind" / "pagefind.js").exists()


ANSWER = "import base64, json, sys\nsys.stdin.buffer.read(1)\nsys.stdout.write({!r})\nsys.stdout.flush()\n"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("", "прервался"),
        ("import sys\nsys.stdin.buffer.read(10)\nsys.exit(101)", "прервался"),
        ("import time\ntime.sleep(600)", "не уложился"),
        (ANSWER.format("не base64!,"), "не прочесть"),
        (ANSWER.format("W10=,"), "не прочесть"),
        (ANSWER.format("eyJwYXlsb2FkIjogeyJ0eXBlIjogIkVycm9yIiwgIm1lc3NhZ2UiOiAibm8gbWVtb3J5In19,"), "«no memory»"),
    ],
)
def test_what_fails_leaves_the_former_index_and_says_so(tmp_path: Path, script: str, said: str) -> None:
    index = former(tmp_path)

    with pytest.raises(SiteError, match=said):
        write_index([record(story_of(1))], index, patience=timedelta(seconds=1), program=program(tmp_path, script))
    assert (index / "pagefind-entry.json").read_text() == "former"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pagefind", "stand-in"]


def test_a_program_that_cannot_be_started_is_named(tmp_path: Path) -> None:
    index = former(tmp_path)

    with pytest.raises(SiteError, match="no-such-program"):
        write_index([record(story_of(1))], index, program=tmp_path / "no-such-program")
    assert (index / "pagefind-entry.json").read_text() == "former"


def test_stories_that_fail_on_the_way_leave_the_former_index(tmp_path: Path) -> None:
    index = former(tmp_path)

    def broken() -> Iterator[SearchRecord]:
        yield record(story_of(1))
        raise LookupError

    with pytest.raises(LookupError):
        write_index(broken(), index)
    assert (index / "pagefind-entry.json").read_text() == "former"
    assert [path.name for path in tmp_path.iterdir()] == ["pagefind"]


def test_what_a_killed_build_left_is_cleared_away(tmp_path: Path) -> None:
    index = former(tmp_path)
    index.rename(tmp_path / ".pagefind.old")  # killed between the two renames
    (tmp_path / ".pagefind.new").mkdir()

    with pytest.raises(SiteError):
        write_index([], index, program=program(tmp_path, ""))
    assert (index / "pagefind-entry.json").read_text() == "former"
    assert write_index([], index) == 0
    assert [path.name for path in tmp_path.iterdir() if "pagefind" in path.name] == ["pagefind"]


def test_the_child_dies_with_its_caller(tmp_path: Path) -> None:
    script = (
        "import itertools, pathlib, sys\n"
        "from monitor.site.outputs.search_index import record, write_index\n"
        "from tests.factories.site_stories import story_of\n"
        "endless = (record(story_of(number)) for number in itertools.count(1))\n"
        "write_index(endless, pathlib.Path(sys.argv[1]))\n"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "pagefind")], cwd=ROOT) as caller:
        children = Path(f"/proc/{caller.pid}/task/{caller.pid}/children")
        child = await_value(lambda: children.read_text().split())
        caller.send_signal(signal.SIGKILL)
    await_value(lambda: not Path(f"/proc/{child[0]}").exists() or is_dead(child[0]))


def await_value(look: Callable[[], Any]) -> Any:
    while not (value := look()):
        time.sleep(0.02)
    return value


def is_dead(process: str) -> bool:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_record_has_what_is_found_and_what_is_shown() -> None:
    told = [telling_of("Экстрадирован", "Его выдали."), telling_of("Экстрадирован", outlet="Азаттық")]
    made = record(story_of(7, "Экстрадирован", tellings=told, topics=[EXTRADITION, KNB], languages=("ru", "kk")))

    assert made["url"] == "story/7.html"
    assert made["content"] == "Экстрадирован\nЕго выдали."
    assert made["filters"] == {
        "topic": ["extradition", "knb"],
        "language": ["ru", "kk"],
        "outlet": ["Медиазона", "Азаттық"],
        "year": ["2026"],
    }
    assert made["meta"]["date"] == "2026-11-22"
    assert {"выдадут"} <= set(made["meta"]["forms"].split())
    assert made["sort"] == {"date": "2026-11-22T16:05:07"}


def test_hostile_texts_are_indexed(tmp_path: Path) -> None:
    told = telling_of(HOSTILE, HOSTILE, outlet=HOSTILE)

    assert write_index([record(story_of(1, HOSTILE, tellings=[told]))], tmp_path / "pagefind") == 1
