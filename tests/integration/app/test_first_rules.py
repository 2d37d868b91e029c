"""The rules of a first start, compiled in a child: the same rules, the same errors, and a start without a child."""

from pathlib import Path

import pytest

from monitor.app.rules.first_rules import compile_content, compile_in_child
from monitor.errors import ConfigError
from tests.harness.command_line import RULES

FILE = "keywords.yaml"


def test_they_are_those_compiled_here() -> None:
    assert compile_in_child(RULES.encode(), FILE) == compile_content(RULES.encode(), FILE)


def test_what_is_wrong_with_them_is_told_as_ever() -> None:
    broken = RULES.replace("all:", "al:", 1).encode()

    with pytest.raises(ConfigError) as here:
        compile_content(broken, FILE)
    with pytest.raises(ConfigError) as there:
        compile_in_child(broken, FILE)

    assert str(there.value) == str(here.value)
    assert there.value.exit_code == here.value.exit_code


def test_where_no_child_can_answer_the_start_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "no-python"))

    keywords = compile_in_child(RULES.encode(), FILE).keywords

    assert [topic.id for topic in keywords.topics] == ["flight"]
