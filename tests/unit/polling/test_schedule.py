from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FetchFailure, ParseFailure
from monitor.polling.schedule import (
    CEILING,
    FLOOR,
    HINTED,
    QUICK,
    QUIET,
    USUAL,
    Weight,
    learnt_pause,
    next_poll_at,
    usual_pause,
    weight,
)
from tests.factories import NOW

MINUTE = timedelta(minutes=1)
durations = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3))


@given(
    usual=durations,
    failures=st.integers(0, 10_000),
    heavy=st.sampled_from(Weight),
    retry_after=st.none() | durations,
    chance=st.floats(0, 1, exclude_max=True),
)
def test_never_before_retry_after_and_never_past_the_ceiling(
    usual: timedelta, failures: int, heavy: Weight, retry_after: timedelta | None, chance: float
) -> None:
    at = next_poll_at(NOW, usual=usual, failures=failures, weight=heavy, retry_after=retry_after, chance=chance)

    assert at >= NOW + (retry_after or FLOOR)
    assert at <= NOW + max(CEILING, (retry_after or FLOOR) * 1.1)


def test_a_good_poll_comes_back_at_its_pause() -> None:
    assert next_poll_at(NOW, usual=20 * MINUTE, chance=0) == NOW + 20 * MINUTE


@pytest.mark.parametrize(
    ("heavy", "first", "last"),
    [
        (Weight.HARD, [10, 10, 20, 40, 80], 24 * 60),
        (Weight.SOFT, [10, 10, 20, 40, 80], 3 * 60),
        (Weight.TEMPORARY, [10, 10, 10, 20, 40], 60),
    ],
)
def test_failures_back_off_by_their_weight_and_a_feed_is_never_given_up(
    heavy: Weight, first: list[int], last: int
) -> None:
    pauses = [next_poll_at(NOW, usual=USUAL, failures=count, weight=heavy, chance=0) - NOW for count in range(20)]

    assert pauses == sorted(pauses)
    assert [pause // MINUTE for pause in pauses[:5]] == first
    assert pauses[-1] // MINUTE == last


def test_what_a_failure_weighs() -> None:
    assert weight(FetchFailure.NOT_FOUND) is weight(ParseFailure.HTML) is Weight.HARD
    assert weight(FetchFailure.SERVER) is weight(ParseFailure.CHALLENGE) is weight("something new") is Weight.SOFT
    assert weight(FetchFailure.CONNECTION) is weight("") is Weight.TEMPORARY


def test_chance_spreads_the_feeds() -> None:
    late, early = (next_poll_at(NOW, usual=USUAL, chance=chance) for chance in (0.0, 0.99))

    assert NOW + 0.9 * USUAL < early < late == NOW + USUAL


@given(
    pause=st.none() | durations,
    since=st.none() | durations,
    new=st.integers(0, 1_000),
    known=st.integers(0, 1_000),
)
def test_what_overlap_teaches_stays_within_its_bounds(
    pause: timedelta | None, since: timedelta | None, new: int, known: int
) -> None:
    assert QUICK <= learnt_pause(pause, since=since, new=new, total=new + known) <= QUIET


def after(polls: int, *, new: int, total: int = 30, since: timedelta | None = None) -> timedelta:
    """The pause after so many alike polls."""
    pause: timedelta | None = None
    for _ in range(polls):
        pause = learnt_pause(pause, since=since or pause or USUAL, new=new, total=total)
    assert pause is not None
    return pause


def test_a_quiet_feed_is_asked_less_often_and_a_busy_one_more() -> None:
    assert after(10, new=0) == QUIET
    assert after(10, new=5) == QUICK
    assert after(2, new=0) > USUAL > after(2, new=5)


def test_half_a_window_of_news_means_hurry() -> None:
    pause = learnt_pause(QUIET, since=timedelta(hours=9), new=15, total=30)

    assert pause == (QUIET + QUICK) / 2


def test_the_maintainers_interval_is_the_interval() -> None:
    assert usual_pause(2 * MINUTE, QUIET, timedelta(hours=1)) == 2 * MINUTE


def test_caching_headers_may_slow_a_quiet_feed_and_hardly_a_busy_one() -> None:
    day = timedelta(days=1)
    assert usual_pause(None, QUIET, day) == HINTED
    assert usual_pause(None, QUICK, day) == QUIET
    assert usual_pause(None, None, MINUTE) == USUAL
    assert usual_pause(None, QUICK, None) == QUICK
