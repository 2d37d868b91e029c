"""How feeds and the outbox do: what is remembered, and what is shown to those who watch over them (`status`, alarms).

Values only; nothing is computed here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SILENCE = 5  # usual gaps between news before a feed counts as silent
SHORTEST_SILENCE = timedelta(hours=12)  # editors sleep
UNKNOWN_GAP = timedelta(days=1)
RECENT_GAP = timedelta(hours=24)
FEWEST_PAGES = 10
MOST_BARE = 0.5
SEVERAL = 3  # failures in a row that are no longer chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What polling a feed has taught of it; how it is learnt stands in monitor/habits.py."""

    pause: timedelta | None = None  # from poll to poll, as the overlap of two polls taught it; None: not yet
    hint: timedelta | None = None  # for how long its last body asked to be kept
    news_at: datetime | None = None  # when a poll last found something new
    news_gap: timedelta | None = None  # the usual time between two new entries
    read_at: datetime | None = None  # when it was last read whole, entries known word for word included
    unmodified: int = 0  # 304s in a row
    whole_at: datetime | None = None  # when it last answered with a body
    lies: bool = False  # its validators said "not modified" of news: it is asked without them
    gap_at: datetime | None = None  # when its window had turned over between two polls
    pages: int = 0  # pages read lately, at most 20
    bare: float = 0.0  # share of them that gave no text
    away_since: datetime | None = None  # the news come from `fallback` since then; the validators are its own
    tried_at: datetime | None = None  # when `url` was last tried meanwhile
    notices: tuple[str, ...] = ()  # what was wrong with the last body read whole


LOST_LETTERS = "в заголовках почти нет кириллицы"  # how a notice begins that tells of a lost encoding
UNLEARNT = Habit()  # of a feed never polled


class Trouble(StrEnum):
    """What an operator or maintainer should know of a feed."""

    FAILING = "failing"  # the last polls failed; `FeedHealth.failure` says why
    SILENT = "silent"  # nothing new for much longer than usual
    GAP = "gap"  # its window turned over between two polls: entries may have passed unseen
    BARE = "bare"  # its pages give no text: the layout changed, or a wall stands before them
    AWAY = "away"  # the news come from its fallback
    LYING = "lying"  # its validators cannot be trusted; it is read whole every time


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """How a feed of feeds.yaml does, for those who watch over it."""

    name: str
    failure: str  # why the last poll failed; "" when it did not
    failure_kind: str  # a FetchFailure or ParseFailure; "" for none
    failures: int
    polled_at: datetime | None
    succeeded_at: datetime | None
    next_poll_at: datetime
    habit: Habit
    troubles: tuple[Trouble, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxSummary:
    """The outbox at a glance."""

    counts: dict[str, int]  # by DeliveryState; states that no delivery is in are left out
    oldest_pending_at: datetime | None  # since when the longest waiting delivery waits
    found_after: tuple[timedelta, ...]  # of the posts sent lately: from publication to its record, shortest first
    sent_after: tuple[timedelta, ...]  # from its record to the channel, shortest first


def troubles(habit: Habit, *, failures: int, now: datetime) -> tuple[Trouble, ...]:
    """What those who watch over the feed should know."""
    told = {
        Trouble.FAILING: failures >= SEVERAL,
        Trouble.SILENT: is_silent(habit, now),
        Trouble.GAP: habit.gap_at is not None and now - habit.gap_at < RECENT_GAP,
        Trouble.BARE: habit.pages >= FEWEST_PAGES and habit.bare >= MOST_BARE,
        Trouble.AWAY: habit.away_since is not None,
        Trouble.LYING: habit.lies,
    }
    return tuple(trouble for trouble, holds in told.items() if holds)


def is_silent(habit: Habit, now: datetime) -> bool:
    """Whether nothing new came for five times the usual gap (and half a day at least)."""
    if habit.news_at is None:
        return False
    return now - habit.news_at > max(SILENCE * (habit.news_gap or UNKNOWN_GAP), SHORTEST_SILENCE)
