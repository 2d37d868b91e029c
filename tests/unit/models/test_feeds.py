from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.models.feeds import CUT_OFF, TOO_LONG, FeedHealth, Habit, Trouble
from tests.factories import HOUR, NOW
from tests.factories.health import feed_health

DAY = timedelta(days=1)


def test_silence_is_measured_by_the_feeds_own_habit() -> None:
    hourly = Habit(news_at=NOW, news_gap=HOUR)
    daily = Habit(news_at=NOW, news_gap=DAY)

    assert hourly.is_silent(NOW + 13 * HOUR)
    assert not hourly.is_silent(NOW + 11 * HOUR), "editors sleep"
    assert not daily.is_silent(NOW + 4 * DAY)
    assert daily.is_silent(NOW + 6 * DAY)
    assert not Habit().is_silent(NOW)


@pytest.mark.parametrize(
    ("habit", "expected"),
    [
        (Habit(pages=20, bare=0.5), (Trouble.BARE,)),
        (Habit(pages=20, bare=0.4), ()),
        (Habit(pages=9, bare=1.0), ()),
        (Habit(gap_at=NOW - 23 * HOUR), (Trouble.GAP,)),
        (Habit(gap_at=NOW - 25 * HOUR), ()),
        (Habit(news_at=NOW - 6 * DAY), (Trouble.SILENT,)),
        (Habit(notices=(f"{CUT_OFF}: записи после обрыва не дошли",)), (Trouble.DAMAGED,)),
        (Habit(notices=(f"{TOO_LONG}: в ленте 6000",)), (Trouble.LONG,)),
        (Habit(notices=("записи без даты: 3 из 20",)), ()),
        (Habit(lies=True, away_since=NOW, gap_at=NOW), (Trouble.GAP, Trouble.AWAY, Trouble.LYING)),
    ],
    ids=[
        "bare",
        "some text",
        "too few pages",
        "a gap",
        "a gap long ago",
        "silent",
        "cut off",
        "too long",
        "a notice",
        "in order",
    ],
)
def test_troubles_of_a_habit(habit: Habit, expected: tuple[Trouble, ...]) -> None:
    assert feed_health(habit=habit).troubles == expected


def test_a_feed_fails_after_three_failures_in_a_row() -> None:
    assert feed_health(failures=2).troubles == ()
    assert feed_health(failures=3).troubles == (Trouble.FAILING,)


def test_a_feed_is_overdue_after_minutes_and_another_of_its_pauses() -> None:
    quick = feed_health(polled_at=NOW, next_poll_at=NOW + timedelta(seconds=2))
    hourly = feed_health(polled_at=NOW, next_poll_at=NOW + HOUR)

    assert replace(quick, looked_at=NOW + timedelta(minutes=5)).troubles == ()
    assert replace(quick, looked_at=NOW + timedelta(minutes=6)).troubles == (Trouble.OVERDUE,)
    assert replace(hourly, looked_at=NOW + 2 * HOUR).troubles == ()
    assert replace(hourly, looked_at=NOW + 3 * HOUR).troubles == (Trouble.OVERDUE,)
    assert replace(quick, polled_at=None, looked_at=NOW + HOUR).troubles == (), "it may have come a moment ago"


def test_a_feed_is_empty_until_it_has_shown_an_entry() -> None:
    assert feed_health(had_entries=False).troubles == (Trouble.EMPTY,)
    assert feed_health(had_entries=False, succeeded_at=None).troubles == (), "it has not answered yet"


def test_a_feed_is_due_when_its_pause_ends_and_as_before_without_one() -> None:
    health = FeedHealth(name="Лента", next_poll_at=NOW, habit=Habit(), looked_at=NOW)
    paused = replace(health, paused_until=NOW + timedelta(days=9))

    assert paused.due_at == NOW + timedelta(days=9)
    assert replace(paused, paused_until=None).due_at == NOW
