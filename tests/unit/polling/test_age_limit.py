from datetime import datetime, timedelta

from monitor.models.articles import Outcome
from monitor.models.feeds import FeedState, Habit
from monitor.polling.age_limit import FRESH, LATE, MOVED, AgeLimit, age_limit
from monitor.storage.entries import KEYS_KEPT
from tests.factories import HOUR, NOW, entry


def seen(succeeded_at: datetime, away_since: datetime | None = None) -> FeedState:
    """The state of a feed first seen long ago."""
    habit = Habit(away_since=away_since)
    return FeedState(name="Лента", baseline_at=NOW - 9 * KEYS_KEPT, succeeded_at=succeeded_at, habit=habit)


def outcome(limit: AgeLimit, published_at: datetime | None) -> Outcome | None:
    stale = limit.stale_outcome(entry(published_at=published_at))
    return stale.outcome if stale else None


def test_at_first_sight_only_what_is_surely_young_is_news() -> None:
    limit = age_limit(FeedState(name="Лента"), NOW, is_switched=False)

    assert outcome(limit, NOW - FRESH) is None
    assert outcome(limit, NOW - FRESH - timedelta(seconds=1)) is Outcome.BASELINE
    assert outcome(limit, None) is Outcome.BASELINE


def test_later_two_days_count_from_the_last_good_poll_and_no_date_is_young() -> None:
    limit = age_limit(seen(NOW - HOUR), NOW, is_switched=False)

    assert outcome(limit, NOW - HOUR - LATE) is None
    assert outcome(limit, NOW - HOUR - LATE - timedelta(seconds=1)) is Outcome.TOO_OLD
    assert outcome(limit, None) is None


def test_a_feed_not_read_for_so_long_that_its_keys_are_forgotten_is_seen_for_the_first_time() -> None:
    limit = age_limit(seen(NOW - KEYS_KEPT - HOUR), NOW, is_switched=False)

    assert limit == AgeLimit(since=NOW - FRESH, first_sight=True)


def test_a_fallback_just_gone_to_shows_news_since_the_last_good_poll() -> None:
    gone = age_limit(seen(NOW - HOUR), NOW, is_switched=True)
    back = age_limit(seen(NOW - HOUR, away_since=NOW - HOUR), NOW, is_switched=True)

    assert gone == AgeLimit(since=NOW - HOUR - MOVED, first_sight=True)
    assert back == AgeLimit(since=NOW - HOUR - LATE)


def test_a_clock_set_back_makes_nothing_too_old() -> None:
    assert age_limit(seen(NOW + HOUR), NOW, is_switched=False) == AgeLimit(since=NOW - LATE)
