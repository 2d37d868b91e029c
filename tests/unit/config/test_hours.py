from datetime import UTC, datetime, time, timedelta

import pytest

from monitor.config.hours import Hours, read_duration, read_quiet, read_time, read_weekly, read_zone

NIGHT = Hours(zone="Asia/Almaty", quiet=(time(23), time(7)))
MORNING = Hours(zone="Asia/Almaty", digest_at=time(9))


def at(hour: int, minute: int = 0, day: int = 22) -> datetime:
    """An instant of November 2026 by the clock of Almaty (UTC+5)."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=5)


@pytest.mark.parametrize(
    ("now", "quiet"), [(at(22, 59), False), (at(23), True), (at(3), True), (at(6, 59), True), (at(7), False)]
)
def test_quiet_hours_span_midnight(now: datetime, *, quiet: bool) -> None:
    assert NIGHT.is_quiet(now) is quiet


@pytest.mark.parametrize(("now", "quiet"), [(at(12, 59), False), (at(13), True), (at(14), False)])
def test_quiet_hours_within_a_day(now: datetime, *, quiet: bool) -> None:
    assert Hours(zone="Asia/Almaty", quiet=(time(13), time(14))).is_quiet(now) is quiet


def test_no_quiet_hours() -> None:
    assert not MORNING.is_quiet(at(3))


def test_a_day_is_told_from_its_hour_on_until_midnight() -> None:
    assert MORNING.day_to_tell(at(8, 59)) is None
    day = MORNING.day_to_tell(at(9))
    assert day
    assert (str(day.date), day.since, day.until) == ("2026-11-22", at(9, day=21), at(9))
    assert MORNING.day_to_tell(at(23, 59)) == day
    assert MORNING.day_to_tell(at(0, 0, day=23)) is None


def test_days_follow_each_other_without_a_gap_over_a_change_of_the_clock() -> None:
    berlin = Hours(zone="Europe/Berlin", digest_at=time(9))
    days = [berlin.day_to_tell(datetime(2026, 3, day, 12, tzinfo=UTC)) for day in (28, 29, 30)]

    assert [day.since for day in days[1:] if day] == [day.until for day in days[:-1] if day]
    assert [day.until - day.since for day in days if day][1] == timedelta(hours=24)  # on the wall; 23 in truth


def test_without_an_hour_no_day_is_told() -> None:
    assert NIGHT.day_to_tell(at(12)) is None


def test_what_an_operator_writes() -> None:
    assert read_quiet("23:00 - 7:00") == (time(23), time(7))
    assert read_time("09:30") == time(9, 30)
    assert (read_duration("30m"), read_duration("2h"), read_duration("1d")) == (
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(days=1),
    )
    assert read_zone("Asia/Almaty") == "Asia/Almaty"
    assert (read_quiet(""), read_time(""), read_duration("")) == (None, None, None)


@pytest.mark.parametrize(
    ("read", "written"),
    [
        (read_quiet, "23:00"),
        (read_quiet, "23:00-25:00"),
        (read_quiet, "07:00-07:00"),
        (read_time, "9"),
        (read_time, "24:00"),
        (read_duration, "2"),
        (read_duration, "0h"),
        (read_duration, "два часа"),
        (read_zone, "Almaty/Asia"),
        (read_zone, "../etc"),
    ],
)
def test_a_slip_is_answered_with_an_example(read: object, written: str) -> None:
    assert callable(read)
    with pytest.raises(ValueError, match="пишут так"):
        read(written)


MONDAYS = Hours(zone="Asia/Almaty", weekly_at=(0, time(10)))  # the 23rd and the 30th are Mondays


def test_a_week_is_told_from_its_hour_on_for_three_days() -> None:
    assert MONDAYS.week_to_tell(at(10, 1, day=20)) is None
    week = MONDAYS.week_to_tell(at(10, day=23))
    assert week
    assert (week.name, week.since, week.until) == ("2026-W47", at(10, day=16), at(10, day=23))
    assert MONDAYS.week_to_tell(at(9, 59, day=26)) == week
    assert MONDAYS.week_to_tell(at(10, 1, day=26)) is None
    assert MONDAYS.week_to_tell(at(9, 59, day=30)) is None
    following = MONDAYS.week_to_tell(at(10, day=30))
    assert following
    assert (following.name, following.since) == ("2026-W48", week.until)


def test_a_week_waits_for_the_end_of_quiet_hours() -> None:
    early = Hours(zone="Asia/Almaty", quiet=(time(23), time(7)), weekly_at=(0, time(6)))

    assert early.week_to_tell(at(6, 30, day=23)) is None
    week = early.week_to_tell(at(7, day=23))
    assert week
    assert week.until == at(6, day=23)


def test_a_week_bears_the_name_of_its_last_whole_day() -> None:
    fridays = Hours(zone="Asia/Almaty", weekly_at=(4, time(18)))

    week = fridays.week_to_tell(at(18, day=27))
    assert week
    assert (week.name, week.since) == ("2026-W48", at(18, day=20))
    assert Hours(zone="Asia/Almaty").week_to_tell(at(18, day=27)) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", None),
        ("пн 10:00", (0, time(10))),
        ("ВС 9:05", (6, time(9, 5))),
        ("mon 10:00", (0, time(10))),
        ("Sun  23:59", (6, time(23, 59))),
    ],
)
def test_a_weekday_and_its_hour_are_read(written: str, meant: tuple[int, time] | None) -> None:
    assert read_weekly(written) == meant


@pytest.mark.parametrize("written", ["10:00", "пн", "понедельник 10:00", "пн 25:00", "пн 10", "пн10:00", " ", "пн вт"])
def test_what_is_no_weekday_is_refused_with_advice(written: str) -> None:
    with pytest.raises(ValueError, match="пн 10:00"):
        read_weekly(written)
