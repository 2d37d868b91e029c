"""Preview mode: the channel's shape without a channel. Posts appear in the terminal and nothing is sent.

Only for showing; what a post says is decided in `monitor/stories/post.py`.
"""

import asyncio
import io
import sys
from collections.abc import Iterable
from html.parser import HTMLParser
from itertools import count
from typing import Final, TextIO

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from monitor.config.settings import TERMINAL
from monitor.errors import NotAccepted
from monitor.models.outbox import Buttons, ChatIdentity
from monitor.text.telegram_html import text
from monitor.text.unicode import visible

_WIDEST: Final = 100  # columns of a frame
_STYLES: Final = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "s": "strike"}


def plain(html: str) -> str:
    """Telegram HTML as readable text: tags gone, the address of a link after its words in angle brackets."""
    return _styled(html).plain


class Terminal:
    """Takes posts where a `BotClient` would be and shows each in a frame on `screen`, by default standard output."""

    def __init__(self, screen: TextIO | None = None) -> None:
        self._screen = screen or sys.stdout
        self._ids = count(1)

    async def post(
        self,
        chat: str,
        html: str,
        *,
        silent: bool = False,
        reply_to: int | None = None,
        quote: str = "",  # noqa: ARG002 - the message it is of stands on the same screen
        buttons: Buttons = (),
        photo: bytes = b"",
    ) -> int:
        """Show a post and return its running number. Raises NotAccepted when the screen cannot be written."""
        message_id = next(self._ids)
        reply = f", ответ на {reply_to}" if reply_to is not None else ""
        picture = f", картинка {len(photo) // 1024 + 1} КБ" if photo else ""
        await self._show(chat, f"пост {message_id}{reply}{picture}{', без звука' if silent else ''}", html, buttons)
        return message_id

    async def edit(self, chat: str, message_id: int, html: str, *, buttons: Buttons = ()) -> None:
        """Show the post as it stands now. Raises NotAccepted when the screen cannot be written."""
        await self._show(chat, f"пост {message_id} (обновлено)", html, buttons)

    async def delete(self, chat: str, message_id: int) -> None:
        """Say that the post is gone: what was shown on a screen stays. Raises NotAccepted as `post`."""
        await self._show(chat, f"пост {message_id}", text("Пост удалён."), ())

    async def pin(self, chat: str, message_id: int) -> None:
        """Say that the post is pinned. Raises NotAccepted as `post`."""
        await self._show(chat, f"пост {message_id}", text("Пост закреплён."), ())

    async def identify(self, chat: str) -> ChatIdentity:
        """The chat under the name our settings give it: a screen knows no other."""
        return ChatIdentity(number=chat)

    async def check(self, chats: Iterable[str]) -> None:
        """Raises nothing: a terminal always takes posts."""

    async def _show(self, chat: str, name: str, html: str, buttons: Buttons) -> None:
        chat = visible(chat.removeprefix(f"{TERMINAL}/"))  # the name of a further destination
        title = Text(f"{chat} · {name}" if chat else name)
        rows = (" ".join(f"[ {visible(label)} ]" for label, _ in row) for row in buttons)
        try:
            await asyncio.to_thread(self._write, title, Text("\n").join([_styled(html), *map(Text, rows)]))
        except (OSError, ValueError) as error:  # gone, full, closed, or without our letters
            raise NotAccepted(f"Не удалось вывести пост на экран: {error}") from error

    def _write(self, title: Text, post: Text) -> None:
        # Drawn aside and written here: at a closed pipe rich would end the whole process.
        drawing = io.StringIO()
        canvas = Console(file=drawing, force_terminal=self._screen.isatty())
        canvas.print(Panel(post, title=title, title_align="left", width=min(canvas.width, _WIDEST)))
        self._screen.write(drawing.getvalue())
        self._screen.flush()


def _styled(html: str) -> Text:
    reader = _TelegramHtml()
    reader.feed(html)
    reader.close()
    return reader.text


class _TelegramHtml(HTMLParser):
    """Telegram HTML → styled text. What is said in a post is data: no rich markup, nothing that drives the terminal."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = Text()
        self._open: list[tuple[str, str]] = []  # tag, address

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append((tag, dict(attrs).get("href") or ""))
        if tag == "blockquote":
            self._quote_line()

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            name, address = self._open.pop()
            if address:
                self.text.append(f" <{visible(address)}>", style="blue")
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        styles = [_STYLES[tag] for tag, _ in self._open if tag in _STYLES]
        quoted = any(tag == "blockquote" for tag, _ in self._open)
        for number, line in enumerate(data.split("\n") if quoted else [data]):
            if number:
                self.text.append("\n")
                self._quote_line()
            self.text.append(visible(line), style=" ".join(styles))

    def _quote_line(self) -> None:
        self.text.append("│ ", style="dim")
