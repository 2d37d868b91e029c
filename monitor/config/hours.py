"""The operator's hours: when posts come without a sound, and when the digests of a day and a week go out.

The time is given.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
_WEEKDAYS = ("пн вт ср чт пт сб вс", "mon tue wed thu fri sat sun")
_LATEST = timedelta(days=3)  # a week is told so late at most: after a longer outage the next one is near
_DURATION = re.compile(r"(\d{1,4}) ?([mhd])", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What the digest of one day covers: everything posted in `[since, until)`, aware instants."""

    date: date
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What the digest of one week covers: everything posted in `[since, until)`, aware instants of the same zone."""

    name: str  # by ISO 8601, as "2026-W48"; that of its last whole day
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Hours by the clock of `zone`. `quiet` is from, until (it may span midnight), `weekly_at` a day of the week from
    Monday (0) on and its hour; None: no such hours.
    """

    zone: str
    quiet: tuple[time, time] | None = None
    digest_at: time | None = None
    weekly_at: tuple[int, time] | None = None

    def is_quiet(self, now: datetime) -> bool:
        """Whether a post sent now should make no sound."""
        if self.quiet is None:
            return False
        begins, ends = self.quiet
        local = now.astimezone(ZoneInfo(self.zone)).time()
        return begins <= local < ends if begins <= ends else local >= begins or local < ends

    def day_to_tell(self, now: datetime) -> Day | None:
        """The day whose digest is due: from the last `digest_at` but one to the last one, if that was today."""
        today = self.day(now.astimezone(ZoneInfo(self.zone)).date())
        return today if today and now >= today.until else None

    def day(self, told_on: date) -> Day | None:
        """What the digest that is told on that day covers; None: there is no hour for it."""
        if self.digest_at is None:
            return None
        since, until = (self._at(day, self.digest_at) for day in (told_on - timedelta(days=1), told_on))
        return Day(date=told_on, since=since, until=until)

    def week_to_tell(self, now: datetime) -> Week | None:
        """The week that ended at the last `weekly_at`, unless that is long ago or the hours are quiet now."""
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
    """`23:00-07:00`; "" is None. Raises ValueError with advice."""
    if not written:
        return None
    begins, dash, ends = (part.strip() for part in written.partition("-"))
    if not dash or begins == ends:
        raise ValueError("пишут так: 23:00-07:00")
    return _read_time(begins, "23:00-07:00"), _read_time(ends, "23:00-07:00")


def read_time(written: str) -> time | None:
    """`09:00`; "" is None. Raises ValueError with advice."""
    return _read_time(written, "09:00") if written else None


def read_weekly(written: str) -> tuple[int, time] | None:
    """`пн 10:00` or `mon 10:00`; "" is None. Raises ValueError with advice."""
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
    """`30m`, `2h`, `1d`; "" is None. Raises ValueError with advice."""
    if not written:
        return None
    parts = _DURATION.fullmatch(written)
    if not parts or not int(parts[1]):
        raise ValueError("пишут так: 30m, 2h или 1d")
    return timedelta(**{_UNITS[parts[2]]: int(parts[1])})


def read_zone(written: str) -> str:
    """The name of a time zone. Raises ValueError with advice."""
    try:
        ZoneInfo(written)
    except (KeyError, ValueError, OSError):  # unknown, malformed, a folder of the zone database
        raise ValueError("такого часового пояса нет; пишут так: Asia/Almaty") from None
    return written
