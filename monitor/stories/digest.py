"""Many stories in one message: after a flood, for a day, for a week. storage/outbox/digests.py chooses the stories.

**Накопилось новостей: 37** · часть 1 из 2

**Экстрадиция и выдача · 12**
• Headline, linked - Медуза, Азаттық
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from monitor.config.hours import Week
from monitor.models.channels import Tongue
from monitor.models.outbox import DigestItem
from monitor.stories.post_texts import TEXTS, PostTexts
from monitor.text.telegram_html import Html, fits, join, line, link, tag, text, visible_text, wrap_link
from monitor.text.unicode import utf16_length

_TITLE_UNITS, _OUTLETS, _OUTLETS_UNITS, _TOPIC_UNITS = 160, 6, 100, 80
_MOST_LINES: Final = 80  # each line has one link, and Telegram takes a hundred entities in a message
_MOST_RETRACTED, _RETRACTED_UNITS, _WHY_UNITS = 10, 100, 120
_CAPTION_UNITS: Final = 1024  # Telegram's limit for text under a picture
_MOST_TOLD, _TOPICS = 3, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPage:
    """One message, and the indices of the given items that are in it."""

    html: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    place: int
    heading: Html
    html: Html


def render_flood(items: Sequence[DigestItem], *, called: str = "", tongue: Tongue = "ru") -> tuple[DigestPage, ...]:
    """Return pages with every item once, by topic (that of the first item first), in the order given within a topic."""
    say = TEXTS[tongue]
    opening = tag("b", text(f"{called or say.piled_up}: {len(items)}"))
    marked = join("", (opening, text(f" · {say.piece.format(999, 999)}")))
    pages = list(_paged(marked, _lines(items, say)))
    if len(pages) == 1:
        return (_page(opening, pages[0]),)
    pieces = (text(f" · {say.piece.format(number, len(pages))}") for number in range(1, len(pages) + 1))
    openings = (join("", (opening, piece)) for piece in pieces)
    return tuple(_page(first, lines) for first, lines in zip(openings, pages, strict=True))


def render_day(
    day: date,
    items: Sequence[DigestItem],
    *,
    held: int = 0,
    retracted: Sequence[DigestItem] = (),
    tongue: Tongue = "ru",
) -> str:
    """Return one message with a day's stories by topic with counts; what does not fit is counted at the end.

    `held` counts articles that only muted rules matched; editors will see them, and readers of the main channel are
    told. `retracted` are retracted stories of any day; they stand at the end.
    """
    say = TEXTS[tongue]
    muted = f" · придержано редакторами: {held}" if held else ""
    opening = join("", (tag("b", text(f"{say.of_day}: {len(items)}")), text(f" · {day:%d.%m.%Y}{muted}")))
    lines, end = list(_lines(items, say)), _retracted(retracted, say)
    most = _MOST_LINES - min(len(retracted), _MOST_RETRACTED)
    shown = next(_paged(join("", (opening, _rest(999_999, say), end)), lines, most=most), [])
    return join("", (Html(_page(opening, shown).html), _rest(len(lines) - len(shown), say), end))


def _retracted(items: Sequence[DigestItem], say: PostTexts) -> Html:
    """Return the section of retracted stories after a blank line; empty if there are none."""
    if not items:
        return Html("")
    more = len(items) - _MOST_RETRACTED
    rest = [text(say.more.format(more))] if more > 0 else []
    head = tag("b", text(f"{say.retracted} · {len(items)}"))
    return join("\n", (Html("\n"), head, *(_retracted_item(item, say) for item in items[:_MOST_RETRACTED]), *rest))


def _retracted_item(item: DigestItem, say: PostTexts) -> Html:
    title = wrap_link(tag("s", text(line(item.title, _RETRACTED_UNITS) or say.untitled)), item.url)
    return join("", (text("• "), title, text(f" — {line(item.retracted, _WHY_UNITS)}")))


def render_week(week: Week, items: Sequence[DigestItem], *, archive: str) -> str:
    """What stands under the picture of a week: how many stories of which topic, the most told ones, the archive.

    At most 1024 UTF-16 units: as many of these stories as fit.
    """
    opening = join("", (tag("b", text(f"Неделя: {len(items)}")), text(f" · {days_of(week)}")))
    counts = join("\n", [text(f"{topic} · {count}") for topic, count in counts_by_topic(items)[:_TOPICS]])
    several = sorted((item for item in items if len(item.outlets) > 1), key=lambda item: -len(item.outlets))
    address = link("Архив", archive) if archive else Html("")
    captions = (_caption(opening, counts, several[:count], address) for count in range(_MOST_TOLD, -1, -1))
    return next(caption for caption in captions if utf16_length(visible_text(caption)) <= _CAPTION_UNITS)


def days_of(week: Week) -> str:
    """Format the first and the last day counted: «23.11–29.11.2026»; with hours if the week does not begin at midnight:
    «23.11, 10:00 – 30.11.2026, 10:00».
    """
    is_whole = not any((week.since.hour, week.since.minute, week.until.hour, week.until.minute))
    last = week.until - timedelta(days=1) if is_whole else week.until
    hour, dash = ("", "–") if is_whole else (f", {last:%H:%M}", " – ")
    first = f"{week.since:%d.%m}" if week.since.year == last.year else f"{week.since:%d.%m.%Y}"
    return f"{first}{hour}{dash}{last:%d.%m.%Y}{hour}"


def _caption(opening: Html, counts: Html, top_stories: Sequence[DigestItem], address: Html) -> Html:
    most = join("\n", [text("Больше всего писали:"), *map(_item, top_stories)]) if top_stories else Html("")
    return join("\n\n", filter(None, (opening, counts, most, address)))


def counts_by_topic(items: Iterable[DigestItem]) -> list[tuple[str, int]]:
    """Return topics with their numbers of stories, the largest first."""
    return Counter(line(item.topic, _TOPIC_UNITS) or TEXTS["ru"].no_topic for item in items).most_common()


def _rest(count: int, say: PostTexts) -> Html:
    return Html(f"\n\n{text(say.above.format(count))}") if count else Html("")


def _lines(items: Sequence[DigestItem], say: PostTexts) -> Iterator[_Line]:
    topics: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        topics.setdefault(line(item.topic, _TOPIC_UNITS) or say.no_topic, []).append(place)
    for topic, places in topics.items():
        heading = tag("b", text(f"{topic} · {len(places)}"))
        yield from (_Line(place=place, heading=heading, html=_item(items[place], say)) for place in places)


def _item(item: DigestItem, say: PostTexts = TEXTS["ru"]) -> Html:
    title = link(line(item.title, _TITLE_UNITS) or say.untitled, item.url)
    outlets = line(", ".join(item.outlets[:_OUTLETS]), _OUTLETS_UNITS)
    return join("", (text("• "), title, text(f" — {outlets}" if outlets else "")))


def _paged(opening: Html, lines: Iterable[_Line], *, most: int = _MOST_LINES) -> Iterator[list[_Line]]:
    """Split lines into pages that fit a message; a single line always fits."""
    page: list[_Line] = []
    for one in lines:
        if page and (len(page) == most or not fits(_page(opening, [*page, one]).html)):
            yield page
            page = []
        page.append(one)
    if page:
        yield page


def _page(opening: Html, lines: Sequence[_Line]) -> DigestPage:
    """Build a page of lines under their headings; a topic continued from the page before gets its heading again."""
    parts = [opening]
    heading = Html("")
    for one in lines:
        if one.heading != heading:
            heading = one.heading
            parts += [Html(""), heading]
        parts.append(one.html)
    return DigestPage(html=join("\n", parts), places=tuple(one.place for one in lines))
