"""The pinned index as text."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.stories.index import IndexedCase, IndexedStory, index_post
from monitor.text.telegram_html import fits, visible_text
from tests.factories import NOW

ZONE = "Asia/Almaty"
CASE = IndexedCase(title="Дело <b>Петрова</b>", url="https://a.example/case/3.html", stories=4, last_at=NOW)
STORY = IndexedStory(title="Новость 1", url="https://t.me/channel/5", posted_at=NOW + timedelta(hours=12))


def test_cases_and_the_week() -> None:
    assert visible_text(index_post([CASE], [STORY], zone=ZONE)).splitlines() == [
        "Открытые дела",
        "• Дело <b>Петрова</b> · 4 · последняя новость 22.11.2026",
        "",
        "За последние семь дней",
        "23.11 Новость 1",
    ]
    assert visible_text(index_post([], [], zone=ZONE)).splitlines() == ["За последние семь дней", "Новостей не было."]


@given(st.integers(0, 40), st.integers(0, 300), st.integers(1, 400), st.integers(1, 1_400))
def test_telegram_takes_it_and_what_does_not_fit_is_counted(cases: int, stories: int, title: int, url: int) -> None:
    case = IndexedCase(title="ы" * title, url="https://a.example/" + "&" * (url // 5), stories=1, last_at=NOW)
    story = IndexedStory(title="ы" * title, url="https://t.me/" + "x" * url, posted_at=NOW)

    html = index_post([case] * cases, [story] * stories, zone=ZONE)

    assert fits(html)
    assert html.count("<a ") <= 95
    rows = visible_text(html).splitlines()
    counted = sum(int(row.removeprefix("и ещё ")) for row in rows if row.startswith("и ещё "))
    assert sum(row.startswith(("• ", "22.11 ")) for row in rows) + counted == cases + stories
