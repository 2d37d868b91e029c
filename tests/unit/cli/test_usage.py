import re

import pytest
import typer

from monitor.cli.console.usage import RussianGroup, mistake
from monitor.cli.main import _PLACES
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


def test_the_end_of_input_ends_a_command_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    app = typer.Typer(cls=RussianGroup)

    @app.callback()
    def asks() -> None:
        raise EOFError

    app.command("ask")(asks)
    with pytest.raises(SystemExit) as ended:
        typer.main.get_command(app).main(["ask"])

    assert ended.value.code == 1
    assert capsys.readouterr().err.strip() == "Прервано."
