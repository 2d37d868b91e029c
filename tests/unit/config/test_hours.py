from datetime import UTC, datetime, time, timedelta

import pytest

from monitor.config.hours import Hours, read_duration, read_quiet, read_time, read_zone

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
