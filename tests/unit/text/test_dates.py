from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.text import dates

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("Fri, 20 Nov 2026 10:00:00 +0500", "2026-11-20T05:00"),
        ("Fri, 20 Nov 2026 10:00:00 GMT", "2026-11-20T10:00"),
        ("Fri, 20 Nov 2026 10:00:00 GMT+5", "2026-11-20T05:00"),
        ("Fri, 20 Nov 2026 10:00 MSK", "2026-11-20T07:00"),
        ("20 Nov 26 10:00:00 ALMT", "2026-11-20T05:00"),
        ("20 Nov 2026 10:00:00 EST", "2026-11-20T15:00"),
        ("Fri, 20 Nov 2026 10:00:00", "2026-11-20T05:00"),
        ("Пт, 20 ноя 2026 10:00:00 +0300", "2026-11-20T07:00"),
        ("2026-11-20T10:00:00Z", "2026-11-20T10:00"),
        ("2026-11-20T10:00:00.123456+05:00", "2026-11-20T05:00"),
        ("2026-11-20T10:00:00-05:00", "2026-11-20T15:00"),
        ("2026-11-20 10:00:00", "2026-11-20T05:00"),
        ("20261120T100000Z", "2026-11-20T10:00"),
        ("2026-11-20", "2026-11-19T19:00"),
        ("20.11.2026 10:00", "2026-11-20T05:00"),
        ("20/11/2026, 10:00", "2026-11-20T05:00"),
        ("10:00, 20 Ноября 2026", "2026-11-20T05:00"),
        ("Пятница, 20 Ноя 2026, 10:00", "2026-11-20T05:00"),
        ("20 ноября 2026 г. 10:00 мск", "2026-11-20T07:00"),
        ("20 ноября, 10:00", "2026-11-20T05:00"),
        ("18 декабря, 10:00", "2025-12-18T05:00"),
        ("2026 жылғы 20 қараша", "2026-11-19T19:00"),
        ("20 қараша 2026, 10:00", "2026-11-20T05:00"),
        ("3 мамыр 2026", "2026-05-02T19:00"),
        ("3 мая 2026", "2026-05-02T19:00"),
        ("November 20, 2026 10:00", "2026-11-20T05:00"),
        ("Fri Nov 20 10:00:00 2026", "2026-11-20T05:00"),
        ("Friday, 20-Nov-26 10:00:00 GMT", "2026-11-20T10:00"),
        ("Fri, 20 Sept 2026 10:00:00 -0000", "2026-09-20T10:00"),
        ("1790000000", "2026-09-21T14:13:20"),
        ("1790000000123", "2026-09-21T14:13:20"),
        ("November 20, 2026 10:00 PM", "2026-11-20T17:00"),
        ("23.11.2026 05:00", "2026-11-22T09:00"),
        ("13:59", "2026-11-22T08:59"),
        ("14:33", "2026-11-21T09:33"),
        ("Сегодня, 13:30", "2026-11-22T08:30"),
        ("бүгін 9:05", "2026-11-22T04:05"),
        ("вчера", "2026-11-20T19:00"),
        ("Вчера в 23:10", "2026-11-21T18:10"),
        ("кеше, 10:00", "2026-11-21T05:00"),
        ("позавчера", "2026-11-19T19:00"),
        ("5 минут назад", "2026-11-22T08:55"),
        ("час назад", "2026-11-22T08:00"),
        ("полчаса назад", "2026-11-22T08:30"),
        ("3 часа назад", "2026-11-22T06:00"),
        ("2 дня назад", "2026-11-20T09:00"),
        ("неделю назад", "2026-11-15T09:00"),
        ("2 сағат бұрын", "2026-11-22T07:00"),
        ("бір күн бұрын", "2026-11-21T09:00"),
        ("15 минут бұрын", "2026-11-22T08:45"),
        ("2 hours ago", "2026-11-22T07:00"),
        ("только что", "2026-11-22T09:00"),
        ("жаңа ғана", "2026-11-22T09:00"),
        ("13:51, 15 Август 2025", "2025-08-15T08:51"),
        ("15 тамыз 2025 ж. 09:00", "2025-08-15T04:00"),
    ],
)
def test_written_forms(written: str, instant: str) -> None:
    assert dates.parse(written, tz="Asia/Almaty", now=NOW) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        *(
            "",
            "31 февраля 2026",
            "2030-01-01",
            "25.11.2026",
            "0000-00-00 00:00:00",
            "{{ date }}",
            "25:00",
            "счёт 12:30",
        ),
        "вчера суд в Атырау отпустил задержанного на границе",
    ],
)
def test_no_date_is_none(written: str) -> None:
    assert dates.parse(written, tz="UTC", now=NOW) is None


def test_kazakhstan_changed_its_clock() -> None:
    before = dates.parse("29.02.2024 12:00", tz="Asia/Almaty", now=NOW)
    after = dates.parse("01.03.2024 12:00", tz="Asia/Almaty", now=NOW)
    assert before == datetime(2024, 2, 29, 6, tzinfo=UTC)
    assert after == datetime(2024, 3, 1, 7, tzinfo=UTC)


@given(st.text(alphabet="0123456789:-+.,/ TZянвғ", max_size=40))
@settings(max_examples=300)
def test_any_text_gives_an_instant_or_nothing(written: str) -> None:
    instant = dates.parse(written, tz="Asia/Almaty", now=NOW)
    assert instant is None or (instant.tzinfo is UTC and instant <= NOW)


_JUST_BEYOND = (32, 24, 60, 61, 25, 61)  # the largest day, hour, minute, second; hours and minutes of a zone


@given(
    st.sampled_from(("", "Fri, ")),
    st.sampled_from(("Jan", "Feb", "Sep")),
    st.tuples(*(st.integers(0, most).map("{:02}".format) for most in _JUST_BEYOND)),
)
@settings(max_examples=200)
def test_what_is_read_at_once_is_read_as_all_else(weekday: str, month: str, numbers: tuple[str, ...]) -> None:
    day, hour, minute, second, hours, minutes = numbers
    for zone in ("GMT", f"+{hours}{minutes}", f"-{hours}{minutes}"):
        at_once = dates.parse(f"{weekday}{day} {month} 2026 {hour}:{minute}:{second} {zone}", tz="UTC", now=NOW)
        looked_for = dates.parse(f"{weekday}{day} {month} 2026, {hour}:{minute}:{second} {zone}", tz="UTC", now=NOW)
        assert at_once == looked_for


@given(st.integers(min_value=0, max_value=int(NOW.timestamp())))
@settings(max_examples=100)
def test_iso_round_trip(seconds: int) -> None:
    instant = datetime.fromtimestamp(seconds, UTC)
    assert dates.parse(instant.isoformat(), tz="Asia/Almaty", now=NOW) == instant


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2006-01-17T12:35:9+01:00", "2006-01-17T11:35:09"),
        ("2002-12-31T192030+01:00", "2002-12-31T18:20:30"),
        ("Tue, 01 Oct 2019 14:30:00 PST", "2019-10-01T22:30:00"),
        ("Tue, 01 Oct 2019 14:30:00 PDT", "2019-10-01T21:30:00"),
        ("Fri, 09 Feb 96 23:59:45 +0000", "1996-02-09T23:59:45"),
    ],
)
def test_odd_dates_are_read_as_they_are_written(written: str, instant: str) -> None:
    assert dates.parse(written, tz="Asia/Almaty", now=NOW) == datetime.fromisoformat(f"{instant}+00:00")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("28. November 2026, 14:05 Uhr", "2026-11-28"),
        ("3. März 2016", "2016-03-03"),
        ("le 1er janvier 2016", "2016-01-01"),
        ("20 de noviembre de 2016", "2016-11-20"),
        ("20 grudnia 2016", "2016-12-20"),
        ("28. 11. 2016", "2016-11-28"),
        ("28.11.16", "2016-11-28"),
        ("28Nov2016", "2016-11-28"),
        ("28 Nov '16", "2016-11-28"),
        ("20th of November 2016", "2016-11-20"),
        ("November 20th, 2016", "2016-11-20"),
        ("14:05, Nov 20, 2026", "2026-11-20"),
        ("11/28/2016", "2016-11-28"),
        ("20 қар. 2026 ж.", "2026-11-20"),
        ("28 қараша, 2026 ж.", "2026-11-28"),
        ("2016年11月20日", "2016-11-20"),
    ],
)
def test_other_languages_and_shorter_forms(written: str, day: str) -> None:
    later = datetime(2026, 11, 29, tzinfo=UTC)
    for at in (dates.parse(written, tz="UTC", now=later), dates.in_line(f"Text, {written}", tz="UTC", now=later)):
        assert at is not None
        assert at.date().isoformat() == day


def test_american_order_is_asked_for() -> None:
    american = dates.parse("11/12/2025", tz="UTC", now=NOW, month_first=True)
    assert american == datetime(2025, 11, 12, tzinfo=UTC)
    assert dates.parse("11.12.2025", tz="UTC", now=NOW, month_first=True) == datetime(2025, 12, 11, tzinfo=UTC)
    assert dates.parse("31/12/2025", tz="UTC", now=NOW, month_first=True) == datetime(2025, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize("line", ["20 ноября, 14:05", "пт, 20 ноября", "вчера", "Вчера, 23:10", "Posted 2 hours ago"])
def test_a_line_may_leave_out_the_year_if_it_says_nothing_else(line: str) -> None:
    assert dates.in_line(line, tz="UTC", now=NOW) == dates.parse(line, tz="UTC", now=NOW) is not None


@pytest.mark.parametrize(
    "line",
    [
        "20 ноября в Астане прошёл суд",
        "Today's top stories in pictures",
        "12 комментариев",
        "14:05",
        "",
        "вчера суд решил дело",
    ],
)
def test_words_in_a_line_that_only_sound_like_a_date(line: str) -> None:
    assert dates.in_line(line, tz="UTC", now=NOW) is None


@pytest.mark.parametrize(
    ("pasted", "read"),
    [
        ("30 ноября 2026, 10:00\n\nСуд в Алматы\nТекст", "Суд в Алматы\nТекст"),
        ("30 ноября 2026, 10:00\n \n", "30 ноября 2026, 10:00\n \n"),
        ("Заседание суда 30 ноября\nТекст", "Заседание суда 30 ноября\nТекст"),
        ("", ""),
    ],
)
def test_a_line_above_the_headline_that_says_when_is_left_out(pasted: str, read: str) -> None:
    assert dates.from_headline(pasted) == read
