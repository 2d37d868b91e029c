"""The operator's hours: when posts are silent, and when the digests of a day and a week are sent.

The current time is an argument.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
_WEEKDAYS = ("пн вт ср чт пт сб вс", "mon tue wed thu fri sat sun")
_LATEST = timedelta(days=3)  # a week's digest is sent at most so late: after a longer outage the next one is near
_DURATION = re.compile(r"(\d{1,4}) ?([mhd])", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The period of a day's digest: everything posted in `[since, until)`, aware instants."""

    date: date
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The period of a week's digest: everything posted in `[since, until)`, aware instants of the same zone."""

    name: str  # ISO 8601 week of its last whole day, as "2026-W48"
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Hours in the time zone `zone`. `quiet` is from, until (it may span midnight); `weekly_at` is a weekday (Monday is
    0) and a time. None means no such hours.
    """

    zone: str
    quiet: tuple[time, time] | None = None
    digest_at: time | None = None
    weekly_at: tuple[int, time] | None = None

    def is_quiet(self, now: datetime) -> bool:
        """Whether a post sent now should be silent."""
        if self.quiet is None:
            return False
        begins, ends = self.quiet
        local = now.astimezone(ZoneInfo(self.zone)).time()
        return begins <= local < ends if begins <= ends else local >= begins or local < ends

    def day_to_tell(self, now: datetime) -> Day | None:
        """Return the day whose digest is due: it ended at today's `digest_at`, one day long. None before that time."""
        today = self.day(now.astimezone(ZoneInfo(self.zone)).date())
        return today if today and now >= today.until else None

    def day(self, told_on: date) -> Day | None:
        """Return the period of the digest sent on this day; None if no digests are wanted."""
        if self.digest_at is None:
            return None
        since, until = (self._at(day, self.digest_at) for day in (told_on - timedelta(days=1), told_on))
        return Day(date=told_on, since=since, until=until)

    def week_to_tell(self, now: datetime) -> Week | None:
        """Return the week that ended at the last `weekly_at`; None if that was over three days ago or it is quiet
        now.
        """
        if self.weekly_at is None or self.is_quiet(now):
            return None
        weekday, clock = self.weekly_at
        today = now.astimezone(ZoneInfo(self.zone)).date()
        last = today - timedelta(days=(today.weekday() - weekday) % 7)
        until = self._at(last, clock)
        if until > now:
            last -= timedelta(days=7)
            until = self._at(last, clock)
        if now - until > _LATEST:
            return None
        year, number, _ = (last - timedelta(days=1)).isocalendar()
        return Week(name=f"{year}-W{number:02}", since=self._at(last - timedelta(days=7), clock), until=until)

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, ZoneInfo(self.zone))


def read_quiet(written: str) -> tuple[time, time] | None:
    """Parse `23:00-07:00`; "" gives None. Raises ValueError with advice."""
    if not written:
        return None
    begins, dash, ends = (part.strip() for part in written.partition("-"))
    if not dash or begins == ends:
        raise ValueError("пишут так: 23:00-07:00")
    return _read_time(begins, "23:00-07:00"), _read_time(ends, "23:00-07:00")


def read_time(written: str) -> time | None:
    """Parse `09:00`; "" gives None. Raises ValueError with advice."""
    return _read_time(written, "09:00") if written else None


def read_weekly(written: str) -> tuple[int, time] | None:
    """Parse `пн 10:00` or `mon 10:00`; "" gives None. Raises ValueError with advice."""
    if not written:
        return None
    name, _, clock = written.lower().partition(" ")
    days = [names.split().index(name) for names in _WEEKDAYS if name in names.split()]
    if not days:
        raise ValueError("пишут так: пн 10:00")
    return days[0], _read_time(clock.strip(), "пн 10:00")


def _read_time(written: str, example: str) -> time:
    clock = _TIME.fullmatch(written)
    if not clock:
        raise ValueError(f"пишут так: {example}")
    return time(int(clock[1]), int(clock[2]))


def read_duration(written: str) -> timedelta | None:
    """Parse `30m`, `2h`, `1d`; "" gives None. Raises ValueError with advice."""
    if not written:
        return None
    parts = _DURATION.fullmatch(written)
    if not parts or not int(parts[1]):
        raise ValueError("пишут так: 30m, 2h или 1d")
    return timedelta(**{_UNITS[parts[2]]: int(parts[1])})


def read_zone(written: str) -> str:
    """Check the name of a time zone and return it. Raises ValueError with advice."""
    try:
        ZoneInfo(written)
    except (KeyError, ValueError, OSError):  # unknown, malformed, a folder of the zone database
        raise ValueError("такого часового пояса нет; пишут так: Asia/Almaty") from None
    return written
