from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FetchFailure
from monitor.polling.outage import MOST, WINDOW, OutageChange, OutageDetector
from tests.factories import NOW

LOST = FetchFailure.CONNECTION
SECOND = timedelta(seconds=1)


def test_five_feeds_out_of_reach_are_one_outage_told_once() -> None:
    weather = OutageDetector()
    turns = [weather.saw(f"лента {number}", LOST, NOW) for number in range(8)]

    assert turns == [OutageChange.NONE] * 4 + [OutageChange.BEGAN] + [OutageChange.NONE] * 3
    assert len(weather.charged()) == 8


def test_it_is_over_when_feeds_answer_again() -> None:
    weather = OutageDetector()
    for number in range(5):
        weather.saw(f"лента {number}", FetchFailure.TIMEOUT, NOW)
    turns = [weather.saw(f"лента {number}", "", NOW + SECOND) for number in range(5)]

    assert turns.count(OutageChange.ENDED) == 1
    assert not weather.is_down


def test_one_feed_again_and_again_is_no_outage() -> None:
    weather = OutageDetector()

    assert {weather.saw("лента", LOST, NOW + number * SECOND) for number in range(50)} == {OutageChange.NONE}


def test_a_few_dead_feeds_among_many_are_no_outage() -> None:
    weather = OutageDetector()
    turns = {weather.saw(f"лента {number}", LOST if number % 2 else "", NOW) for number in range(100)}

    assert turns == {OutageChange.NONE}


def test_refusals_are_their_own_matter() -> None:
    weather = OutageDetector()

    assert {weather.saw(str(number), FetchFailure.FORBIDDEN, NOW) for number in range(20)} == {OutageChange.NONE}


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 9), st.sampled_from([LOST, ""])), max_size=60))
def test_only_the_window_counts(polls: list[tuple[int, int, str]]) -> None:
    weather = OutageDetector()
    for seconds, number, kind in sorted(polls):
        weather.saw(str(number), kind, NOW + seconds * SECOND)

    last = max((seconds for seconds, *_ in polls), default=0)
    in_window = [(n, kind) for seconds, n, kind in polls if timedelta(seconds=last - seconds) < WINDOW]
    lost = {str(number) for number, kind in in_window if kind == LOST}
    assert weather.charged() == lost


def test_its_memory_is_bounded() -> None:
    weather = OutageDetector()
    for number in range(MOST + 10):
        weather.saw(str(number), LOST, NOW)

    assert len(weather.charged()) == MOST
