from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.cadence import CEILING, FLOOR, next_poll_at, next_send_at
from tests.factories import NOW

durations = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3))


@given(
    interval=st.none() | durations,
    failures=st.integers(0, 10_000),
    retry_after=st.none() | durations,
    chance=st.floats(0, 1, exclude_max=True),
)
def test_never_before_retry_after_and_never_past_the_ceiling(
    interval: timedelta | None, failures: int, retry_after: timedelta | None, chance: float
) -> None:
    at = next_poll_at(NOW, interval=interval, failures=failures, retry_after=retry_after, chance=chance)

    assert at >= NOW + (retry_after or FLOOR)
    assert at <= NOW + max(CEILING, retry_after or FLOOR)


def test_a_good_poll_comes_back_at_its_interval() -> None:
    assert next_poll_at(NOW, interval=timedelta(minutes=20), chance=0.5) == NOW + timedelta(minutes=20)


def test_failures_back_off_but_a_feed_is_never_given_up() -> None:
    pauses = [next_poll_at(NOW, interval=None, failures=count, chance=0.5) - NOW for count in range(20)]

    assert pauses == sorted(pauses)
    assert [pause // timedelta(minutes=1) for pause in pauses[:4]] == [10, 10, 20, 40]
    assert pauses[-1] == CEILING


def test_chance_spreads_the_feeds() -> None:
    early, late = (next_poll_at(NOW, interval=None, chance=chance) for chance in (0.0, 0.99))

    assert timedelta(0) < late - early < timedelta(minutes=2)


def test_a_chat_waits_exactly_as_long_as_telegram_asks() -> None:
    assert next_send_at(NOW, attempts=9, retry_after=timedelta(seconds=3)) == NOW + timedelta(seconds=3)


@given(attempts=st.integers(0, 10_000))
def test_a_chat_that_refuses_is_asked_again_within_five_minutes(attempts: int) -> None:
    assert NOW + timedelta(seconds=5) <= next_send_at(NOW, attempts=attempts) <= NOW + timedelta(minutes=5)
