"""The numbers of the charts. A drawing (charts/drawing.py) and the table beside it show the same values."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import quantiles
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from monitor.models.site import SiteAbout, StoryBrief
from monitor.site.fragments import clean_line
from monitor.site.texts import Texts

WEEKS: Final = 52
MONTHS: Final = 24
TOWNS: Final = 15
_LATER: Final = (5, 15, 30, 120, 360, 1440)  # minutes; longer delays fall into a last span

_WEEK: Final = timedelta(days=7)


class Row(NamedTuple):
    """A row of a chart with its values: one per column, or the one of a single bar."""

    name: str
    values: tuple[int, ...]


class Chart(NamedTuple):
    """One chart in one language.

    `columns` draws one panel of bars over time per row; `bars` draws one bar per label, from the only row.
    """

    id: str
    title: str
    note: str
    shape: Literal["columns", "bars"]
    over: str  # what the labels mean: «Неделя с»
    labels: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """Delays in seconds from an outlet's own date to our post, over the stories whose date is believable."""

    stories: int
    median: float
    nine_of_ten: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The numbers behind the charts, the same in every language."""

    weeks: tuple[date, ...]  # Mondays
    by_week: Counter[tuple[date, str]]  # with a topic's id
    months: tuple[str, ...]
    by_month: Counter[tuple[str, str]]  # with a counter's id
    towns: Counter[str]
    delays: tuple[int, ...]


def count(briefs: Collection[StoryBrief], about: SiteAbout, zone: ZoneInfo) -> Counted:
    """Count everything that is drawn, by days of the zone. Retracted stories are not counted."""
    briefs = [brief for brief in briefs if brief.retracted is None]
    days = [(brief.posted_at.astimezone(zone).date(), brief) for brief in briefs]
    last = max((day for day, _ in days), default=None)
    minutes = [brief.delay / 60 for brief in briefs if brief.delay is not None and brief.delay >= 0]
    filled = Counter(bisect_right(_LATER, minute) for minute in minutes)
    return Counted(
        weeks=_weeks(min(day for day, _ in days), last) if last else (),
        by_week=Counter((monday(day), topic.id) for day, brief in days for topic in brief.topics),
        months=_months(min(day for day, _ in days), last) if last and about.counters else (),
        by_month=Counter((f"{day:%Y-%m}", counter) for day, brief in days for counter in brief.counts),
        towns=Counter(place for brief in briefs for place in set(brief.places)),
        delays=tuple(filled[place] for place in range(len(_LATER) + 1)) if minutes else (),
    )


def delays(briefs: Iterable[StoryBrief]) -> Delays | None:
    """Return the median and the ninth decile of the delays; None when no delay is known."""
    known = [brief.delay for brief in briefs if brief.delay is not None and brief.delay >= 0]
    if not known:
        return None
    tenths = quantiles(known, n=10, method="inclusive") if len(known) > 1 else known * 9
    return Delays(stories=len(known), median=tenths[4], nine_of_ten=tenths[8])


def make_charts(counted: Counted, about: SiteAbout, say: Texts) -> tuple[Chart, ...]:
    """Return the charts in one language; charts whose values are all 0 are left out."""
    makers: tuple[Callable[[Counted, SiteAbout, Texts], Chart], ...] = (_by_week, _by_town, _by_month, _by_delay)
    charts = (make(counted, about, say) for make in makers)
    return tuple(chart for chart in charts if any(any(row.values) for row in chart.rows))


def monday(day: date) -> date:
    """Return the Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def town_counts(towns: Counter[str], say: Texts) -> list[tuple[str, int]]:
    """Return the names of the towns of Kazakhstan with their counts, the most frequent first, then by name."""
    named = ((say.place(place), number) for place, number in towns.items())
    return sorted(((name, number) for name, number in named if name), key=lambda row: (-row[1], row[0]))


def _by_week(counted: Counted, about: SiteAbout, say: Texts) -> Chart:
    return Chart(
        id="weeks",
        title=say("chart_weeks"),
        note=say("chart_weeks_note"),
        shape="columns",
        over=say("week_from"),
        labels=tuple(say.day(week) for week in counted.weeks),
        rows=tuple(
            Row(clean_line(say.topic(topic), 80), tuple(counted.by_week[week, topic.id] for week in counted.weeks))
            for topic in about.topics
        ),
    )


def _by_town(counted: Counted, _: SiteAbout, say: Texts) -> Chart:
    towns = town_counts(counted.towns, say)
    listed, others = towns[:TOWNS], sum(number for _, number in towns[TOWNS:])
    rows = [*listed, (say("other_towns"), others)] if others else listed
    return _bars("towns", rows, say, over="town")


def _by_month(counted: Counted, about: SiteAbout, say: Texts) -> Chart:
    return Chart(
        id="counters",
        title=say("chart_counters"),
        note=say("chart_counters_note"),
        shape="columns",
        over=say("month"),
        labels=tuple(say.month(month) for month in counted.months),
        rows=tuple(
            Row(clean_line(counter.title, 80), tuple(counted.by_month[month, counter.id] for month in counted.months))
            for counter in about.counters
        ),
    )


def _by_delay(counted: Counted, _: SiteAbout, say: Texts) -> Chart:
    return _bars("delays", list(zip(_spans(say), counted.delays, strict=False)), say, over="delay")


def _bars(name: str, rows: list[tuple[str, int]], say: Texts, *, over: str) -> Chart:
    labels, values = zip(*rows, strict=True) if rows else ((), ())
    title, note = say(f"chart_{name}"), say(f"chart_{name}_note")
    return Chart(name, title, note, "bars", say(over), tuple(labels), (Row(say("stories_column"), tuple(values)),))


def _spans(say: Texts) -> Iterator[str]:
    """Yield the names of the delay spans: «меньше 5 минут», «5 минут – 15 минут» … «24 часа и больше»."""
    named = [say.duration(minutes * 60) for minutes in _LATER]
    yield say("up_to", time=named[0])
    for shorter, longer in pairwise(named):
        yield f"{shorter} – {longer}"
    yield say("later_than", time=named[-1])


def _weeks(first: date, last: date) -> tuple[date, ...]:
    """Return the Mondays of the weeks up to the newest story's, at most `WEEKS`."""
    end = monday(last)
    number = min((end - monday(first)).days // 7 + 1, WEEKS)
    return tuple(end - _WEEK * back for back in reversed(range(number)))


def _months(first: date, last: date) -> tuple[str, ...]:
    end = last.year * 12 + last.month - 1
    number = min(end - first.year * 12 - first.month + 2, MONTHS)
    return tuple(f"{month // 12:04}-{month % 12 + 1:02}" for month in range(end - number + 1, end + 1))
