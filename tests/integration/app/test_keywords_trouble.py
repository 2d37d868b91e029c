"""What «Состояние» says of keywords.yaml: nothing of one that is in force, why of another, and when nobody can tell."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.app.config_files import read_rules
from monitor.app.desk.build_words import keywords_process, keywords_trouble
from monitor.config.settings import Settings, load_settings
from tests.harness.command_line import RULES


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "keywords.yaml"
    file.write_text(RULES, encoding="utf-8")
    return replace(load_settings({}), keywords=str(file), database_url=f"sqlite:///{tmp_path}/monitor.db")


def test_of_a_file_in_force_nothing_and_of_another_that_it_could_not_be_checked(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    rules = read_rules(settings.keywords)
    with closing(keywords_process(settings)) as process:
        assert keywords_trouble(settings, process, lambda: rules) is None, "seen without a child"

        Path(settings.keywords).write_text(f"{RULES}# правка\n", encoding="utf-8")
        trouble = keywords_trouble(settings, process, lambda: rules)

    assert trouble
    assert "проверить его не вышло" in trouble.error.message
    assert trouble.since
