"""A rule is loud or quiet only against what it was before."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.health.rule_rates import WINDOW, RuleRate, RuleRates
from tests.factories import HOUR, NOW

DAY = timedelta(days=1)
RULE = "extradition/в Россию"


def rate_of(*ages: timedelta, rule: str = RULE) -> RuleRate:
    """The rate of a rule that fired so long ago each time."""
    rates = RuleRates()
    for age in ages:
        rates.add((rule,), NOW - age)
    (rate,) = rates.rates(frozenset({rule}), NOW)
    return rate


def daily(count: int, *, days: range) -> list[timedelta]:
    return [day * DAY + number * HOUR / 2 for day in days for number in range(count)]


def test_a_steady_rule_is_neither() -> None:
    rate = rate_of(*daily(4, days=range(28)))

    assert not rate.is_loud
    assert not rate.is_quiet
    assert rate.last_day == 4
    assert 3.5 < rate.usual < 4.5


def test_far_above_its_habit_it_is_loud() -> None:
    assert rate_of(*daily(2, days=range(1, 28)), *daily(12, days=range(1))).is_loud


def test_a_big_day_of_a_busy_rule_is_no_alarm() -> None:
    assert not rate_of(*daily(4, days=range(1, 28)), *daily(12, days=range(1))).is_loud


def test_a_few_firings_of_a_rare_rule_are_no_alarm() -> None:
    assert not rate_of(20 * DAY, *daily(9, days=range(1))).is_loud


def test_in_its_first_days_nothing_is_unusual() -> None:
    assert not rate_of(2 * DAY, *daily(40, days=range(1))).is_loud


def test_ten_firings_that_did_not_come_are_silence() -> None:
    assert rate_of(*daily(4, days=range(4, 28))).is_quiet
    assert not rate_of(*daily(4, days=range(2, 28))).is_quiet, "two days are a weekend"
    assert not rate_of(*(day * DAY for day in range(8, 28, 4))).is_quiet, "a rare rule is often quiet"


def test_what_is_older_than_the_window_is_forgotten() -> None:
    rates = RuleRates()
    rates.add((RULE,), NOW - WINDOW - DAY)

    assert rates.rates(frozenset({RULE}), NOW) == ()


def test_only_rules_in_force_are_told() -> None:
    rates = RuleRates()
    rates.add((RULE, "rvp/снято"), NOW)

    assert [rate.rule for rate in rates.rates(frozenset({RULE}), NOW)] == [RULE]


@given(st.lists(st.integers(min_value=0, max_value=27 * 24), min_size=1, max_size=60))
def test_any_history_gives_sound_numbers(hours: list[int]) -> None:
    rate = rate_of(*(age * HOUR for age in hours))

    assert 0 <= rate.last_day <= len(hours)
    assert 0 <= rate.usual <= len(hours)
    assert rate.quiet_for == min(hours) * HOUR
    assert not (rate.is_loud and rate.is_quiet)
