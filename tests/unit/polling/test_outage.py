from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FetchFailure
from monitor.polling.outage import MOST, WINDOW, OutageChange, OutageDetector
from tests.factories import NOW

LOST = FetchFailure.CONNECTION
SECOND = timedelta(seconds=1)


def test_five_feeds_out_of_reach_are_one_outage_told_once() -> None:
    outage = OutageDetector()
    changes = [outage.note(f"лента {number}", LOST, NOW) for number in range(8)]

    assert changes == [OutageChange.NONE] * 4 + [OutageChange.BEGAN] + [OutageChange.NONE] * 3
    assert len(outage.unreachable()) == 8


def test_it_counts_what_failed_from_its_first_sign_to_its_end() -> None:
    outage = OutageDetector()
    for number in range(7):
        outage.note(f"лента {number}", LOST, NOW + number * SECOND)
    outage.note("лента 8", FetchFailure.FORBIDDEN, NOW + 8 * SECOND)
    for number in range(5):
        outage.note(f"лента {number}", "", NOW + 9 * SECOND)

    assert (outage.is_down, outage.since, outage.failed) == (False, NOW, 7)


def test_it_is_over_when_feeds_answer_again() -> None:
    outage = OutageDetector()
    for number in range(5):
        outage.note(f"лента {number}", FetchFailure.TIMEOUT, NOW)
    changes = [outage.note(f"лента {number}", "", NOW + SECOND) for number in range(5)]

    assert changes.count(OutageChange.ENDED) == 1
    assert not outage.is_down


def test_one_feed_again_and_again_is_no_outage() -> None:
    outage = OutageDetector()

    assert {outage.note("лента", LOST, NOW + number * SECOND) for number in range(50)} == {OutageChange.NONE}


def test_a_few_dead_feeds_among_many_are_no_outage() -> None:
    outage = OutageDetector()
    changes = {outage.note(f"лента {number}", LOST if number % 2 else "", NOW) for number in range(100)}

    assert changes == {OutageChange.NONE}


def test_refusals_are_their_own_matter() -> None:
    outage = OutageDetector()

    assert {outage.note(str(number), FetchFailure.FORBIDDEN, NOW) for number in range(20)} == {OutageChange.NONE}


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 9), st.sampled_from([LOST, ""])), max_size=60))
def test_only_the_window_counts(polls: list[tuple[int, int, str]]) -> None:
    outage = OutageDetector()
    for seconds, number, kind in sorted(polls):
        outage.note(str(number), kind, NOW + seconds * SECOND)

    last = max((seconds for seconds, *_ in polls), default=0)
    in_window = [(n, kind) for seconds, n, kind in polls if timedelta(seconds=last - seconds) < WINDOW]
    lost = {str(number) for number, kind in in_window if kind == LOST}
    assert outage.unreachable() == lost


def test_its_memory_is_bounded() -> None:
    outage = OutageDetector()
    for number in range(MOST + 10):
        outage.note(str(number), LOST, NOW)

    assert len(outage.unreachable()) == MOST
