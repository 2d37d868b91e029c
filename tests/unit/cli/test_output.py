import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from monitor.cli.console.output import print_json, say, written_output
from monitor.cli.console.screen import Screen, progress
from monitor.text.visible_stream import VisibleStream
from tests.harness.terminals import DRIVES

outside = st.text(max_size=60) | st.text(alphabet="\x1b[]0;31m\x9b\x07\r\t\n\u202e\u2066\u2028:smile a[/red]б")


def drawn(*renderables: object) -> str:
    screen = Screen()
    screen.file = io.StringIO()
    screen.print(*renderables)
    return screen.file.getvalue()


@settings(max_examples=200, deadline=None)
@given(outside)
def test_nothing_that_is_drawn_drives_the_terminal(text: str) -> None:
    table = Table("Лента", "Итог")
    table.add_row(text, Text(text, style="red"))
    everything = drawn(text, Text(text), Panel(text), Panel("x", title=Text(text)), Padding(text, 1), table)

    assert not DRIVES.search(everything)


def test_a_table_stays_straight_whatever_stands_in_it() -> None:
    table = Table("Лента", "Итог")
    table.add_row("\x1b[31mкрасная\u202e", "хорошо")

    rows = drawn(table).splitlines()

    assert "\\u001b[31mкрасная\\u202e" in rows[3]
    assert len({len(row) for row in rows}) == 1


def test_what_is_drawn_is_no_markup_and_no_emoji() -> None:
    assert drawn("[red]суд[/red] :smile: [link=https://evil.example]сюда[/link]") == (
        "[red]суд[/red] :smile: [link=https://evil.example]сюда[/link]\n"
    )


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("guarded", [False, True])
def test_our_own_colours_reach_a_terminal(monkeypatch: pytest.MonkeyPatch, *, guarded: bool) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal = Tty()
    monkeypatch.setattr("sys.stderr", VisibleStream(terminal) if guarded else terminal)

    Screen(err=True).print(Text("Ошибка", style="bold red"))

    assert "\x1b[1;31mОшибка" in terminal.getvalue()


@settings(max_examples=200, deadline=None)
@given(outside)
def test_lines_and_files_are_visible(text: str) -> None:
    shown = io.StringIO()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.stdout", shown)
        say(text)
        written_output().write(text)

    assert not DRIVES.search(shown.getvalue())


values = st.recursive(
    st.none() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])) | outside.filter(str.isprintable),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(values, st.none() | st.just(2))
def test_json_drives_no_terminal_and_reads_back_equal(value: object, indent: int | None) -> None:
    stream = io.BytesIO()
    shown = io.TextIOWrapper(stream, encoding="ascii")  # JSON is UTF-8, whatever the locale is
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.stdout", shown)
        print_json(value, indent=indent)
    written = stream.getvalue().decode()

    assert not DRIVES.search(written)
    assert json.loads(written) == value


def test_a_bar_of_progress_shows_names_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Опрос лент", 1) as done:
        done("[red]Лента[/red]\x1b[2J")

    assert not DRIVES.search(capsys.readouterr().err)
