import re
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.models.outbox import DigestItem
from monitor.stories.digest import render_day, render_flood
from monitor.text.telegram_html import MOST_BYTES, first_line, fits, visible_text
from tests.servers.bot_html import parse_html, utf16_length

DAY = date(2026, 11, 22)


def item(number: int, topic: str = "Экстрадиция", title: str = "", outlets: Sequence[str] = ("Медуза",)) -> DigestItem:
    url = f"https://news.example/{number}"
    return DigestItem(topic=topic, title=title or f"Новость {number}", url=url, outlets=tuple(outlets))


def test_a_small_digest() -> None:
    items = [item(1), item(2, "КНБ", outlets=["Лада", "Азаттық"]), item(3)]

    (page,) = render_flood(items)

    assert page.html == (
        "<b>Накопилось новостей: 3</b>\n\n"
        "<b>Экстрадиция · 2</b>\n"
        '• <a href="https://news.example/1">Новость 1</a> — Медуза\n'
        '• <a href="https://news.example/3">Новость 3</a> — Медуза\n\n'
        "<b>КНБ · 1</b>\n"
        '• <a href="https://news.example/2">Новость 2</a> — Лада, Азаттық'
    )
    assert page.places == (0, 2, 1)


def test_a_long_digest_goes_on_in_the_next_message_under_its_heading() -> None:
    pages = render_flood([item(number, title=f"Новость {number} " + "о том же " * 10) for number in range(150)])

    assert len(pages) > 2
    assert [f"часть {n} из {len(pages)}" in page.html for n, page in enumerate(pages, 1)] == [True] * len(pages)
    assert all("Экстрадиция · 150" in page.html for page in pages)
    assert [place for page in pages for place in page.places] == list(range(150))


def test_a_message_has_fewer_links_than_telegram_takes() -> None:
    pages = render_flood([item(number, title="Да", outlets=()) for number in range(300)])

    assert max(len(parse_html(page.html)[1]) for page in pages) <= 100


def test_the_day_is_one_message_that_counts_what_it_cannot_hold() -> None:
    html = render_day(DAY, [item(number, title="Очень длинный заголовок " * 5) for number in range(500)])

    assert html.startswith("<b>За сутки: 500</b> · 22.11.2026\n\n<b>Экстрадиция · 500</b>\n")
    rest = re.search(r"и ещё (\d+): они в канале выше$", html)
    assert rest
    assert html.count("• ") + int(rest[1]) == 500
    assert fits(html)


def test_a_short_day() -> None:
    assert visible_text(render_day(DAY, [item(1)])).splitlines() == [
        "За сутки: 1 · 22.11.2026",
        "",
        "Экстрадиция · 1",
        "• Новость 1 — Медуза",
    ]


def test_a_day_counts_what_muted_rules_hold() -> None:
    assert visible_text(render_day(DAY, [item(1)], held=3)).startswith(
        "За сутки: 1 · 22.11.2026 · придержано редакторами: 3\n"
    )
    assert visible_text(render_day(DAY, [], held=3)) == "За сутки: 0 · 22.11.2026 · придержано редакторами: 3"


def test_a_message_is_called_by_its_first_line_that_is_no_hashtag() -> None:
    assert first_line("#экстрадиция\n<b>Суд &lt;решил&gt;</b>\nещё") == "Суд <решил>"
    assert first_line("#одна") == "#одна"
    assert first_line("") == ""


anything = st.text(max_size=300) | st.sampled_from(["<", "&" * 300, "</b>", "\ud800", "\x00", "𝔡" * 300, "- " * 200])
addresses = anything | anything.map("https://a.example/{}".format) | st.just("https://a.example/?" + "&" * 1400)
items = st.builds(
    DigestItem, topic=anything, title=anything, url=addresses, outlets=st.lists(anything, max_size=9).map(tuple)
)


@settings(max_examples=40, deadline=None)
@given(st.lists(items, min_size=1, max_size=60))
def test_whatever_the_press_writes_telegram_takes_every_page_and_nothing_is_dropped(items: list[DigestItem]) -> None:
    pages = render_flood(items)

    assert sorted(place for page in pages for place in page.places) == list(range(len(items)))
    for html in (*(page.html for page in pages), render_day(DAY, items)):
        text, entities = parse_html(html)
        assert text
        assert utf16_length(text) <= 4096
        assert len(html.encode()) <= MOST_BYTES + 200  # the last line of a day is short
        assert len(entities) <= 100


@pytest.mark.parametrize("count", [1, 20, 81])
def test_the_heading_counts(count: int) -> None:
    assert f"Накопилось новостей: {count}" in render_flood([item(number) for number in range(count)])[0].html
