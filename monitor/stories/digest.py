"""Many stories in one message: after a flood, and of a day. Which stories those are is decided in storage/digests.py.

**Накопилось новостей: 37** · часть 1 из 2

**Экстрадиция и выдача · 12**
• Headline, linked - Медуза, Азаттық
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from monitor.models.outbox import DigestItem
from monitor.text.telegram_html import Html, fits, join, line, link, tag, text

_TITLE_UNITS, _OUTLETS, _OUTLETS_UNITS, _TOPIC_UNITS = 160, 6, 100, 80
_MOST_LINES: Final = 80  # a line has one link, and Telegram takes a hundred entities in a message
_NO_TOPIC: Final = "Другое"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPage:
    """One message, and the places (among the items given) of the items in it."""

    html: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    place: int
    heading: Html
    html: Html


def after_flood(items: Sequence[DigestItem], *, called: str = "Накопилось новостей") -> tuple[DigestPage, ...]:
    """Every item once, by topic (the topic of the first item first), within it in the order given; no page too long."""
    opening = tag("b", text(f"{called}: {len(items)}"))
    marked = join("", (opening, text(" · часть 999 из 999")))
    pages = list(_paged(marked, _lines(items)))
    if len(pages) == 1:
        return (_page(opening, pages[0]),)
    openings = (join("", (opening, text(f" · часть {number} из {len(pages)}"))) for number in range(1, len(pages) + 1))
    return tuple(_page(first, lines) for first, lines in zip(openings, pages, strict=True))


def of_day(day: date, items: Sequence[DigestItem], *, held: int = 0) -> str:
    """One message with everything a day brought, by topic with counts; what does not fit is counted at its end.

    `held` counts the news that only muted rules found: editors will see them, readers know that they are there.
    """
    muted = f" · придержано редакторами: {held}" if held else ""
    opening = join("", (tag("b", text(f"За сутки: {len(items)}")), text(f" · {day:%d.%m.%Y}{muted}")))
    lines = list(_lines(items))
    shown = next(_paged(join("", (opening, _rest(999_999))), lines), [])
    page = _page(opening, shown).html
    return page if len(shown) == len(lines) else f"{page}{_rest(len(lines) - len(shown))}"


def _rest(count: int) -> Html:
    return text("") if not count else Html(f"\n\n{text(f'и ещё {count}: они в канале выше')}")


def _lines(items: Sequence[DigestItem]) -> Iterator[_Line]:
    topics: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        topics.setdefault(line(item.topic, _TOPIC_UNITS) or _NO_TOPIC, []).append(place)
    for topic, places in topics.items():
        heading = tag("b", text(f"{topic} · {len(places)}"))
        yield from (_Line(place=place, heading=heading, html=_item(items[place])) for place in places)


def _item(item: DigestItem) -> Html:
    title = link(line(item.title, _TITLE_UNITS) or "Без заголовка", item.url)
    outlets = line(", ".join(item.outlets[:_OUTLETS]), _OUTLETS_UNITS)
    return join("", (text("• "), title, text(f" — {outlets}" if outlets else "")))


def _paged(opening: Html, lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    """As many lines to a page as it takes; a single line always fits."""
    page: list[_Line] = []
    for one in lines:
        if page and (len(page) == _MOST_LINES or not fits(_page(opening, [*page, one]).html)):
            yield page
            page = []
        page.append(one)
    if page:
        yield page


def _page(opening: Html, lines: Sequence[_Line]) -> DigestPage:
    """The lines under their headings; a topic that goes on from the page before says its heading again."""
    parts = [opening]
    heading = Html("")
    for one in lines:
        if one.heading != heading:
            heading = one.heading
            parts += [Html(""), heading]
        parts.append(one.html)
    return DigestPage(html=join("\n", parts), places=tuple(one.place for one in lines))
