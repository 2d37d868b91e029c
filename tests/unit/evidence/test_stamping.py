"""When an authority is asked for a stamp, and for which link."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.evidence.stamping import due, pause
from monitor.models.evidence import Link

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def link(number: int, *, chain: str = "one", taken_at: datetime = NOW) -> Link:
    return Link(
        chain=chain, number=number, taken_at=taken_at, digest="d" * 64, previous="0" * 64, hash=f"{number:064x}"
    )


def asked(
    *links: Link, asked_at: datetime | None = None, failures: int = 0, now: datetime = NOW
) -> tuple[str, int] | None:
    head = due(links, asked_at=asked_at, failures=failures, now=now)
    return (head.chain, head.number) if head else None


def test_only_the_newest_link_of_a_chain_is_stamped() -> None:
    assert asked(link(2), link(3), link(1)) == ("one", 3)


def test_the_newest_is_so_by_number_when_the_clock_was_set_back() -> None:
    assert asked(link(8), link(9, taken_at=NOW - timedelta(days=400))) == ("one", 9)


def test_nobody_is_asked_for_nothing() -> None:
    assert asked() is None


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, 1), (1, 2), (2, 4), (3, 8), (5, 32), (6, 60), (7, 60), (100_000, 60)]
)
def test_failures_make_requests_rarer_up_to_an_hour(failures: int, minutes: int) -> None:
    at = NOW - minutes * MINUTE + timedelta(seconds=1)

    assert pause(failures) == minutes * MINUTE
    assert asked(link(1), asked_at=at, failures=failures) is None
    assert asked(link(1), asked_at=at, failures=failures, now=NOW + timedelta(seconds=1)) == ("one", 1)


def test_a_clock_set_back_stops_nobody() -> None:
    assert asked(link(1), asked_at=NOW + timedelta(days=3650), failures=3) == ("one", 1)


def test_the_chain_that_waits_longest_comes_first() -> None:
    links = [
        link(7, chain="one", taken_at=NOW - 3 * MINUTE),
        link(4, chain="two", taken_at=NOW - 9 * MINUTE),
        link(5, chain="two", taken_at=NOW),
    ]

    assert asked(*links) == ("two", 5)
    assert asked(*links[:1]) == ("one", 7)


@given(
    chains=st.lists(st.sampled_from("abc"), min_size=1, max_size=20),
    failing=st.lists(st.booleans(), max_size=12),
)
def test_every_chain_is_stamped_in_the_end_and_no_authority_is_hurried(chains: list[str], failing: list[bool]) -> None:
    """An authority that fails as drawn, then no more; asked every ten seconds."""
    waiting = [link(number, chain=chain) for number, chain in enumerate(chains, start=1)]
    at, failures = None, 0
    turns, now = iter(failing), NOW
    while waiting:
        if head := due(waiting, asked_at=at, failures=failures, now=now):
            assert at is None or now - at >= MINUTE
            assert head.number == max(one.number for one in waiting if one.chain == head.chain)
            at = now
            failures = failures + 1 if next(turns, False) else 0
            if not failures:
                waiting = [one for one in waiting if one.chain != head.chain]
        now += timedelta(seconds=10)
        assert now - NOW <= timedelta(hours=len(failing) + 1)
