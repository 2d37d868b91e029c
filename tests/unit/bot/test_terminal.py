import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.bot.terminal import Terminal, plain
from monitor.errors import NotAccepted
from tests.harness.terminals import DRIVES

POST = (
    "#экстрадиция\n"
    '<b><a href="https://news.example/a?x=1&amp;y=2">Суд [bold]решил[/bold] &lt;сегодня&gt;</a></b>\n\n'
    "<blockquote>Его выдадут.</blockquote>\nМедиазона · 22 ноября 2026, 14:05 (Алматы)"
)


class Screen(io.StringIO):
    """A file, or a terminal (`tty`), that remembers what was written."""

    def __init__(self, *, tty: bool = False) -> None:
        super().__init__()
        self.tty = tty

    def isatty(self) -> bool:
        return self.tty


def test_plain_shows_words_and_addresses() -> None:
    assert plain(POST) == (
        "#экстрадиция\n"
        "Суд [bold]решил[/bold] <сегодня> <https://news.example/a?x=1&y=2>\n\n"
        "│ Его выдадут.\nМедиазона · 22 ноября 2026, 14:05 (Алматы)"
    )


def test_every_line_of_a_quote_is_marked_expandable_or_not() -> None:
    assert plain("<blockquote expandable>Раз.\n<b>Два.</b></blockquote>\nтри") == "│ Раз.\n│ Два.\nтри"


def test_plain_survives_html_that_is_none() -> None:
    assert plain("</b>a < b & c <") == "a < b & c <"


async def test_a_deletion_is_told_in_words() -> None:
    screen = io.StringIO()

    await Terminal(screen).delete("канал", 7)

    assert "пост 7" in screen.getvalue()
    assert "Пост удалён." in screen.getvalue()


async def test_a_post_says_which_destination_it_is_for() -> None:
    screen = Screen()
    for chat in ("terminal", "terminal/Казахша"):
        await Terminal(screen).post(chat, POST)

    assert "─ terminal · пост 1 ─" in screen.getvalue()
    assert "─ Казахша · пост 1 ─" in screen.getvalue()


async def test_posts_are_framed_and_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    screen = Screen()
    terminal = Terminal(screen)
    ids = [await terminal.post("@channel", POST), await terminal.post("@channel", POST, silent=True)]

    assert ids == [1, 2]
    assert "@channel · пост 1" in screen.getvalue()
    assert "@channel · пост 2, без звука" in screen.getvalue()
    assert "Суд [bold]решил[/bold] <сегодня>" in screen.getvalue()
    assert "<https://news.example/a?x=1&y=2>" in screen.getvalue()
    assert max(map(len, screen.getvalue().splitlines())) == 100
    assert "\x1b" not in screen.getvalue()


async def test_the_headline_is_bold_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    screen = Screen(tty=True)
    await Terminal(screen).post("", POST)

    assert "\x1b[1mСуд" in screen.getvalue()


async def test_an_edit_says_so() -> None:
    screen = Screen()
    terminal = Terminal(screen)
    await terminal.edit("@channel", await terminal.post("@channel", POST), "Также пишут: Медуза")

    assert "пост 1 (обновлено)" in screen.getvalue()
    assert "Также пишут: Медуза" in screen.getvalue()


async def test_answers_and_buttons_are_shown_as_words() -> None:
    screen = Screen()
    await Terminal(screen).post(
        "@channel", "Спорная", reply_to=3, quote="<b>Было</b>", buttons=((("В канал", "p:1"), ("Нет\x1b", "r:1")),)
    )

    assert "пост 1, ответ на 3" in screen.getvalue()
    assert "Было" not in screen.getvalue()
    assert "[ В канал ] [ Нет\\u001b ]" in screen.getvalue()


async def test_a_screen_is_known_by_its_name() -> None:
    assert (await Terminal(Screen()).identify("terminal")).number == "terminal"


async def test_posts_go_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    await Terminal().post("@channel", POST)

    assert "#экстрадиция" in capsys.readouterr().out


async def test_a_terminal_is_always_open() -> None:
    await Terminal(Screen()).check(["@anything"])


async def test_nothing_in_a_post_drives_the_terminal() -> None:
    screen = Screen(tty=True)
    evil = '\x1b]0;title\x07 &#27;[2J <a href="https://a.example/\x1b[31m">x</a> \u202e [red]y[/red] :smile: \ud800'
    await Terminal(screen).post("[blink]@a\x1b[5m[/blink]", evil)
    orders = ("\x1b]", "\x1b[2J", "\x1b[31m", "\x1b[5m", "\x07", "\u202e", "\ud800")

    assert [order for order in orders if order in screen.getvalue()] == []
    assert "[red]y[/red] :smile:" in screen.getvalue()
    assert "[blink]@a" in screen.getvalue()


class Gone(Screen):
    def write(self, text: str) -> int:
        raise BrokenPipeError(32, f"Broken pipe: {len(text)}")


class Closed(Screen):
    def __init__(self) -> None:
        super().__init__()
        self.close()


class Ascii(io.TextIOWrapper):
    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="ascii")


@pytest.mark.parametrize("screen", [Gone, Closed, Ascii])
async def test_a_screen_that_cannot_be_written_refuses_the_post(screen: type[Screen | Ascii]) -> None:
    terminal = Terminal(screen())

    with pytest.raises(NotAccepted):
        await terminal.post("@channel", POST)
    with pytest.raises(NotAccepted):
        await terminal.edit("@channel", 1, POST)


@settings(max_examples=50, deadline=None)
@given(st.text() | st.text(alphabet="<>/ab&;#\"'= \n\x1b[]"))
def test_plain_takes_anything_and_shows_no_control_characters(html: str) -> None:
    assert not DRIVES.search(plain(html))
