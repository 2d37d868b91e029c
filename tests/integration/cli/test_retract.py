"""`retract` on a database that polls have filled, by the program as it is called."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.harness.command_line import call, write_files
from tests.harness.polled_history import PolledHistory, feed_article
from tests.servers.web import WebServer

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ESCAPE = feed_article(1, "Ночной переход", "Беглец Артём Пробников вышел к границе, сообщила охрана моста. Его ждали.")


@pytest.fixture(autouse=True)
def history(tmp_path: Path, web: WebServer, monkeypatch: pytest.MonkeyPatch) -> PolledHistory:
    write_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    history = PolledHistory(tmp_path, web)
    history.poll([ESCAPE], NOW)
    return history


def test_a_story_is_retracted_shown_so_and_brought_back() -> None:
    done = call("retract", "1", "суд", "ещё", "не", "состоялся")
    assert done.code == 0
    assert done.rows[0] == "История 1 опровергнута: «Ночной переход»."
    assert done.rows[-1] == "Вернуть: monitor retract 1 --undo"

    assert "суд ещё не состоялся" in call("story", "1").stdout
    assert json.loads(call("story", "1", "--json").stdout)["retracted"]["why"] == "суд ещё не состоялся"
    assert "суд ещё не состоялся" in call("export", "--format", "csv").stdout

    assert call("retract", "1", "--undo").rows[0] == "Опровержение истории 1 снято: «Ночной переход»."
    assert json.loads(call("story", "1", "--json").stdout)["retracted"] is None
    again = call("retract", "1", "--undo")
    assert (again.code, again.stderr) == (1, "История 1 не опровергнута: возвращать нечего.\n")


@pytest.mark.parametrize(("order", "code"), [(["99", "ошибка"], 1), (["ссылка", "ошибка"], 1), (["1"], 2)])
def test_a_mistake_changes_nothing(order: list[str], code: int) -> None:
    assert call("retract", *order).code == code
    assert json.loads(call("story", "1", "--json").stdout)["retracted"] is None
