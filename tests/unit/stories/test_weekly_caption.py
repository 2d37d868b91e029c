import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from monitor.config.hours import Hours, Week
from monitor.models.outbox import DigestItem
from monitor.stories.digest import counts_by_topic, days_of, render_week
from monitor.text.telegram_html import visible_text
from monitor.text.unicode import utf16_length
from tests.servers.bot_html import parse_html

UNTIL = datetime(2026, 11, 30, tzinfo=UTC)
WEEK = Week(name="2026-W48", since=UNTIL - timedelta(days=7), until=UNTIL)


CLOCKS = st.just(time(0)) | st.builds(time, st.integers(0, 23), st.integers(0, 59))
WEEKLY_AT = st.tuples(st.integers(0, 6), CLOCKS)


def item(number: int, topic: str = "Экстрадиция и выдача", outlets: int = 1, title: str = "") -> DigestItem:
    names = tuple(f"Издание {outlet}" for outlet in range(outlets))
    return DigestItem(topic=topic, title=title or f"Новость {number}", url=f"https://t.me/test/{number}", outlets=names)


def test_counts_then_what_was_told_most_then_the_archive() -> None:
    items = [item(1), item(2, outlets=3), item(3, "Допросы в КНБ", outlets=2), item(4)]

    assert visible_text(render_week(WEEK, items, archive="https://archive.example/")).splitlines() == [
        "Неделя: 4 · 23.11–29.11.2026",
        "",
        "Экстрадиция и выдача · 3",
        "Допросы в КНБ · 1",
        "",
        "Больше всего писали:",
        "• Новость 2 — Издание 0, Издание 1, Издание 2",
        "• Новость 3 — Издание 0, Издание 1",
        "",
        "Архив",
    ]


def test_what_only_one_outlet_told_is_not_told_most_and_no_archive_is_no_link() -> None:
    assert visible_text(render_week(WEEK, [item(1)], archive="")).splitlines() == [
        "Неделя: 1 · 23.11–29.11.2026",
        "",
        "Экстрадиция и выдача · 1",
    ]


@given(
    hours=st.builds(Hours, zone=st.sampled_from(["Asia/Almaty", "Europe/Berlin"]), weekly_at=WEEKLY_AT),
    now=st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: UNTIL + timedelta(minutes=minutes)),
)
def test_the_days_named_are_those_counted(hours: Hours, now: datetime) -> None:
    week = hours.week_to_tell(now)
    assume(week is not None)
    assert week

    first, last = (named.partition(", ")[::2] for named in re.split(" ?– ?", days_of(week)))

    ends = datetime.strptime(f"{last[0]} {last[1] or '00:00'}", "%d.%m.%Y %H:%M").replace(tzinfo=ZoneInfo(hours.zone))
    ends += timedelta(days=0 if last[1] else 1)
    year = first[0] if first[0].count(".") == 2 else f"{first[0]}.{last[0][-4:]}"
    begins = datetime.strptime(f"{year} {first[1] or '00:00'}", "%d.%m.%Y %H:%M").replace(tzinfo=ZoneInfo(hours.zone))
    assert (begins, ends) == (week.since, week.until)
    assert ends - begins == timedelta(days=7)  # by the clock of the zone
    assert ends <= now


@given(hours=st.builds(Hours, zone=st.just("Europe/Berlin"), weekly_at=WEEKLY_AT), weeks=st.integers(1, 100))
def test_each_week_begins_where_the_one_before_ended(hours: Hours, weeks: int) -> None:
    assert hours.weekly_at
    weekday, clock = hours.weekly_at
    told_at = datetime.combine(date(2026, 1, 5) + timedelta(weekday), clock, ZoneInfo(hours.zone))

    one, following = (hours.week_to_tell(told_at + timedelta(days=7 * number)) for number in (weeks, weeks + 1))

    assert one
    assert following
    assert one.until == following.since


@pytest.mark.parametrize("title", ["🤯" * 3_000, "<b>&amp;]]>" * 500, "\x00\ud800", "слово " * 2_000])
def test_a_caption_always_fits(title: str) -> None:
    items = [item(number, f"{number}{title}", outlets=9, title=title) for number in range(40)]

    caption = render_week(WEEK, items, archive="https://archive.example/" + "a" * 400)
    text, _ = parse_html(caption)
    assert utf16_length(text) <= 1024
    assert text.startswith("Неделя: 40")
    assert text.endswith("Архив")


def test_the_greatest_topic_stands_first() -> None:
    items = [item(1, "а"), item(2, "б"), item(3, "б"), item(4, "")]

    assert counts_by_topic(items) == [("б", 2), ("а", 1), ("Другое", 1)]
