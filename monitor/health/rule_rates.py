"""How often each rule fires, and which fire more or less than they used to. Pure: time is an argument.

News come in bursts, so an hour or a day proves little: a rule is loud only far above its own days, and quiet only
when ten firings that its habit promised did not come (by chance that happens once in twenty thousand times).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.models.labels import span

WINDOW = timedelta(days=28)  # what counts as habit
DAY = timedelta(days=1)
HOUR = 3600
LOUD = 5  # times the usual
FEWEST_LOUD = 10  # a day; below that nobody is disturbed
LEARNING = timedelta(days=3)  # before that nothing is unusual
MISSED = 10  # firings that should have come
SHORTEST_QUIET = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRate:
    """One rule: how often it fired in the last 24 hours, and before."""

    rule: str  # "topic/name"
    last_day: int
    usual: float  # a day, before the last one
    quiet_for: timedelta  # since it last fired
    missed: float  # firings that its earlier habit promised for that time
    learnt_for: timedelta  # how far back the counts go

    @property
    def is_loud(self) -> bool:
        """Whether it fires far more than it used to."""
        known = self.learnt_for >= LEARNING
        return known and self.last_day >= FEWEST_LOUD and self.last_day > LOUD * max(self.usual, 1.0)

    @property
    def is_quiet(self) -> bool:
        """Whether it has fired far less than it used to, for days."""
        return self.quiet_for >= SHORTEST_QUIET and self.missed >= MISSED

    @property
    def unusual(self) -> str:
        """What is loud or quiet about it, in Russian; "" when it fires as it used to."""
        if self.is_loud:
            return f"{self.last_day} раз за сутки, обычно {self.usual:.1f}"
        if self.is_quiet:
            return f"ни разу за {span(self.quiet_for)}, по привычке было бы {self.missed:.0f}"
        return ""


class RuleRates:
    """How often rules fired in the last four weeks, counted by the hour."""

    def __init__(self) -> None:
        self._hours: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self._first: int | None = None

    def add(self, rules: Iterable[str], at: datetime) -> None:
        """Count that these rules fired, each once, at this instant."""
        hour = _hour(at)
        self._first = hour if self._first is None else min(hour, self._first)
        for rule in rules:
            self._hours[rule][hour] += 1

    def rates(self, rules: Collection[str], now: datetime) -> tuple[RuleRate, ...]:
        """How often each of `rules` fires, of those that ever did; what is older than the window is forgotten."""
        oldest, this = _hour(now - WINDOW), _hour(now)
        self._forget(oldest)
        first = max(oldest, this if self._first is None else self._first)
        return tuple(_rate(rule, self._hours[rule], first, this) for rule in sorted(rules & self._hours.keys()))

    def _forget(self, oldest: int) -> None:
        for rule in list(self._hours):
            self._hours[rule] = Counter({hour: n for hour, n in self._hours[rule].items() if hour >= oldest})
            if not self._hours[rule]:
                del self._hours[rule]


def _rate(rule: str, hours: Counter[int], first: int, this: int) -> RuleRate:
    last_day = sum(count for hour, count in hours.items() if hour > this - 24)
    days_before = max((this - 24 - first) / 24, 1.0)
    last = max(hours)
    rate = hours.total() / max(last - first, 24)  # an hour, while it still fired
    return RuleRate(
        rule=rule,
        last_day=last_day,
        usual=(hours.total() - last_day) / days_before,
        quiet_for=timedelta(hours=this - last),
        missed=rate * (this - last) if hours.total() >= MISSED else 0.0,
        learnt_for=timedelta(hours=this - first),
    )


def _hour(at: datetime) -> int:
    return int(at.timestamp()) // HOUR
