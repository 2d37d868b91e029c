import re

import pytest

from monitor.cli.main import _PLACES
from monitor.cli.usage import mistake
from tests.harness.command_line import call

ENGLISH = re.compile(
    r"Usage|OPTIONS|ARGS|COMMAND|Options|Arguments|Commands|Show this|\bTry\b|Error|required|default"
    r"|TEXT|INTEGER|PATH|None|<\w+>"
)


@pytest.mark.parametrize("command", ["", *_PLACES, "feeds add", "outbox list", "outbox retry", "outbox cancel"])
def test_no_help_has_words_of_typers_own(command: str) -> None:
    shown = call(*command.split(), "--help")

    assert shown.code == 0
    assert f"Вызов: monitor {command}".strip() in shown.stdout
    assert not ENGLISH.search(shown.stdout)


def test_a_message_that_nobody_knows_is_shown_as_it_is() -> None:
    assert mistake("Something new went wrong.") == "Something new went wrong."
