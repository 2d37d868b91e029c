"""What is called before a commit, by other repositories and by this one, is there and works."""

import re
import shlex
import sys
from pathlib import Path

import pytest
import yaml

from tests.harness.command_line import call, write_files

ROOT = Path(__file__).resolve().parents[3]


def test_the_hook_checks_the_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    program, *arguments = shlex.split(hook["entry"])
    write_files(tmp_path)
    monkeypatch.chdir(tmp_path)

    assert program == "monitor"
    assert call(*arguments).code == 0
    (tmp_path / "keywords.yaml").write_text("topics: {}", encoding="utf-8")
    assert call(*arguments).code == 2


@pytest.mark.parametrize(
    ("path", "is_checked"),
    [
        ("feeds.yaml", True),
        ("lists/keywords.yaml", True),
        ("channels.yaml", True),
        ("feeds.yml.bak", False),
        ("docs/feeds.md", False),
    ],
)
def test_it_runs_when_a_list_was_edited(path: str, is_checked: bool) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))

    assert bool(re.search(hook["files"], path)) is is_checked


def test_our_own_hooks_call_tools_of_the_environment() -> None:
    (local,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]

    for hook in local["hooks"]:
        folder, _, tool = shlex.split(hook["entry"])[0].rpartition("/")
        assert folder == ".venv/bin"
        assert (Path(sys.executable).parent / tool).exists(), hook["id"]
