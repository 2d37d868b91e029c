"""docs/post.svg: a post as Telegram shows it, of the demo's invented press. Made anew by `python -m demo.post_picture`.

The words are those that the monitor writes; only the bubble around them is drawn here. What the rules found is given,
so that an edit of keywords.yaml does not make the picture old.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from html.parser import HTMLParser
from itertools import groupby
from pathlib import Path
from typing import Final

from demo.newsroom import NewsArticle, Outlet, read_outlets
from monitor.models.articles import Article, Fact, FactKind, Match, Tier, TopicVerdict, Verdict
from monitor.models.channels import Destination
from monitor.models.stories import Story, Telling
from monitor.stories.post import render

PICTURE: Final = Path(__file__).resolve().parents[1] / "docs" / "post.svg"

_STORY: Final = "выдача Заречного"
_FOUND: Final = ("экстрадицию", "убежище")
_FACTS: Final = (Fact(kind=FactKind.FROM, ru="Казахстан"), Fact(kind=FactKind.TO, ru="Россия"))
_CHANNEL: Final = Destination(chat="@demo", archive="https://archive.example/")
_NOW: Final = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)

_LETTERS: Final = 66  # of a line; bold ones are wider
_LINE: Final = 21  # the rest in pixels too
_WIDTH, _TOP, _LEFT, _INSIDE = 620, 44, 36, 14


@dataclass(frozen=True, slots=True)
class _Style:
    is_link: bool = False
    is_bold: bool = False
    quote: int = 0  # which quotation it stands in


_Row = list[tuple[str, _Style]]


def picture() -> str:
    """The SVG of docs/post.svg."""
    return drawn(_post())


def drawn(html: str) -> str:
    """A post's Telegram HTML as SVG."""
    reader = _Rows()
    reader.feed(html)
    rows = [row for written in reader.rows for row in _wrapped(written)]
    height = _TOP + _LINE * (len(rows) + 1) + 28
    quotes = [[*group] for quote, group in groupby(range(len(rows)), lambda at: rows[at][0][1].quote) if quote]
    return "\n".join(
        (*_frame(height), *(_bar(group) for group in quotes), *map(_drawn, range(len(rows)), rows), "</svg>\n")
    )


def _post() -> str:
    told = [(outlet, one) for outlet in read_outlets() for one in outlet.articles if one.story == _STORY]
    return render(Story(id=1, tellings=tuple(_telling(*pair) for pair in told)), 1, to=_CHANNEL, now=_NOW)


def _telling(outlet: Outlet, one: NewsArticle) -> Telling:
    text, url = "\n".join(one.paragraphs), f"https://press.example{one.path}"
    article = Article(
        feed=outlet.name,
        url=url,
        canonical_url=url,
        title=one.title,
        text=text,
        language="ru",
        published_at=_NOW - one.age,
    )
    starts = [(form, text.index(form)) for form in _FOUND]
    matches = tuple(Match(term=form, form=form, where="text", start=at, end=at + len(form)) for form, at in starts)
    topic = TopicVerdict(
        id="extradition", title="Экстрадиция", hashtag="экстрадиция", rule="", tier=Tier.POST, matches=matches
    )
    return Telling(article=article, verdict=Verdict(topics=(topic,), facts=_FACTS))


class _Rows(HTMLParser):
    """Telegram HTML → its lines, each in pieces of one style."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[_Row] = [[]]
        self._open: list[str] = []
        self._quotes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's own
        self._open.append(tag)
        self._quotes += tag == "blockquote"

    def handle_endtag(self, tag: str) -> None:
        self._open.remove(tag)

    def handle_data(self, data: str) -> None:
        quote = self._quotes if "blockquote" in self._open else 0
        for number, piece in enumerate(data.split("\n")):
            if number:
                self.rows.append([])
            is_link = "a" in self._open or piece.startswith("#")
            if piece:
                self.rows[-1].append((piece, _Style(is_link, "b" in self._open, quote)))


def _wrapped(row: _Row) -> Iterator[_Row]:
    line: _Row = []
    length = 0
    for piece, style in row:
        for word in piece.replace(" ", " \0").split("\0"):
            if length + len(word.rstrip()) > _LETTERS - 8 * style.is_bold - 3 * bool(style.quote):
                yield line
                line, length = [], 0
            line.append((word, style))
            length += len(word)
    yield line


def _frame(height: int) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
        " font-family=\"-apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif\" font-size=\"15\">"
    )
    yield f'  <rect width="{_WIDTH}" height="{height}" rx="14" fill="#dfe7ee"/>'
    yield f'  <rect x="18" y="16" width="{_WIDTH - 36}" height="{height - 32}" rx="12" fill="#ffffff"/>'
    yield f'  <text x="{_LEFT}" y="{_TOP}" font-weight="600" fill="#3390ec">Пробный канал</text>'


def _bar(rows: list[int]) -> str:
    """The tinted field of a quotation, with its bar."""
    top, height = _baseline(rows[0]) - 15, _LINE * len(rows) - 2
    field = f'<rect x="{_LEFT}" y="{top}" width="{_WIDTH - 72}" height="{height}" rx="5" fill="#eef5fd"/>'
    return f'  {field}<rect x="{_LEFT}" y="{top}" width="3" height="{height}" fill="#3390ec"/>'


def _drawn(number: int, row: _Row) -> str:
    pieces = ((style, "".join(word for word, _ in words)) for style, words in groupby(row, lambda word: word[1]))
    shown = "".join(
        f'<tspan fill="{"#3390ec" if style.is_link else "#1c1c1d"}" font-weight="{700 if style.is_bold else 400}">'
        f"{escape(text)}</tspan>"
        for style, text in pieces
    )
    left = _LEFT + _INSIDE * bool(row[0][1].quote)
    return f'  <text x="{left}" y="{_baseline(number)}" xml:space="preserve">{shown}</text>'


def _baseline(number: int) -> int:
    return _TOP + 5 + _LINE * (number + 1)


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
