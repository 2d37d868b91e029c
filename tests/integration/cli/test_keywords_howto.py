"""The edits of docs/how-to-keywords.md, each made in a copy of the project's own files, do what the page says."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.harness.command_line import call
from tests.harness.project_rules import check_edited, load_edited
from tests.integration.cli.test_howtos import ROOT, edit

PAGE = (ROOT / "docs" / "how-to-keywords.md").read_text(encoding="utf-8")
SECTIONS = PAGE.split("\n## ")[1:]

_STEP = re.compile(r"^```(?P<kind>diff|console)\n(?P<content>.*?)^```", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(
    r'^\$ (?:echo "([^"]*)" \| )?monitor ([^|\n]*?)(?: \| tail -(1))?\n((?:(?!\$ ).*\n)*)', re.MULTILINE
)
_LINE = re.compile(r"(?<=строка )\d+|(?<=keywords\.yaml:)\d+")


def answer(stdin: str, command: str, last: str) -> str:
    ended = call(*shlex.split(command), stdin=stdin)
    rows = [*ended.stderr.splitlines(), *ended.rows]
    return "\n".join(rows[-int(last) :] if last else rows)


@pytest.fixture(autouse=True)
def only_edits_are_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command is a process that compiles all the rules; of three dozen here that would be half a minute."""
    monkeypatch.setattr("monitor.cli.matching.explain.load_matcher", load_edited)
    monkeypatch.setattr("monitor.cli.check_files.check_rules", check_edited)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.partition("\n")[0])
def test_an_edit_does_what_the_page_says(section: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("keywords.yaml", "feeds.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    for step in _STEP.finditer(section):
        if step["kind"] == "diff":
            edit(tmp_path / "keywords.yaml", step["content"])
            continue
        for stdin, command, last, shown in _COMMAND.findall(step["content"]):
            assert _LINE.sub("N", answer(stdin, command, last)) == _LINE.sub("N", shown.rstrip()), stdin or command


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.partition("\n")[0])
def test_an_edit_ends_with_files_in_order(section: str) -> None:
    assert section.count("```diff") >= 1
    assert section.rpartition("$ monitor check\n")[2].startswith("Оба файла в порядке, примеры сходятся.\n")


def test_there_are_eleven() -> None:
    assert len(SECTIONS) == 11
