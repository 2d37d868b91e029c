from dataclasses import replace
from datetime import datetime, timedelta

from monitor.models import feeds
from monitor.models.feeds import FeedState, Habit, Trouble
from monitor.polling import habits
from monitor.polling.habits import FeedObservation
from monitor.polling.schedule import QUICK
from tests.factories import HOUR, NOW, entry

DAY = timedelta(days=1)


def reading(**given: object) -> FeedObservation:
    fields: dict[str, object] = {"total": 30, "new": 1, "known": 29, "is_whole": True, "is_first": False}
    return FeedObservation(**fields | given)  # type: ignore[arg-type]  # the fields of a Reading by name


def read(habit: Habit, now: datetime = NOW, **given: object) -> Habit:
    return habits.after_reading(habit, reading(**given), now, since=now - timedelta(minutes=10))


def test_first_sight_teaches_no_pause_and_is_no_gap() -> None:
    learnt = read(Habit(), new=30, known=0, is_first=True)

    assert (learnt.pause, learnt.gap_at, learnt.news_gap) == (None, None, None)
    assert learnt.news_at == learnt.read_at == learnt.whole_at == NOW


def test_a_window_that_turned_over_is_a_gap_and_means_hurry() -> None:
    learnt = read(Habit(pause=timedelta(minutes=15)), new=30, known=0)

    assert (learnt.gap_at, learnt.pause) == (NOW, QUICK)
    assert "30" in habits.gap_told(reading(new=30, known=0))[0]


def test_a_short_window_or_a_known_entry_is_no_gap() -> None:
    assert read(Habit(), total=2, new=2, known=0).gap_at is None
    assert read(Habit(), new=29, known=1).gap_at is None
    assert habits.gap_told(reading()) == ()


def test_what_was_wrong_is_remembered_from_whole_readings_only() -> None:
    whole = read(Habit(), notices=("без даты",))
    partly = read(whole, NOW + HOUR, is_whole=False, notices=("мало",))

    assert whole.notices == partly.notices == ("без даты",)
    assert partly.read_at == NOW


def test_a_body_is_asked_for_once_a_day_and_after_fifty_304s() -> None:
    habit = Habit(whole_at=NOW, read_at=NOW)
    assert not habits.wants_body(habit, NOW + timedelta(hours=23))
    assert habits.wants_body(habit, NOW + DAY)
    assert habits.wants_body(replace(habit, unmodified=50), NOW)
    assert habits.wants_body(replace(habit, lies=True), NOW)
    assert habits.wants_whole(habit, NOW + DAY)
    assert habits.wants_whole(Habit(), NOW)
    assert habits.wants_body(habit, NOW - HOUR) is False, "the clock may have been set back"


def test_304s_are_counted_until_a_body_comes() -> None:
    twice = habits.after_unmodified(habits.after_unmodified(Habit(), NOW, since=None), NOW, since=None)

    assert twice.unmodified == 2
    assert habits.after_same(twice, NOW, since=None).unmodified == 0


def state(**given: object) -> FeedState:
    fields: dict[str, object] = {"name": "Лента", "etag": '"1"', "succeeded_at": NOW, "habit": Habit(unmodified=3)}
    return FeedState(**fields | given)  # type: ignore[arg-type]  # the fields of a FeedState by name


def test_validators_lie_when_news_came_under_the_same_ones() -> None:
    assert habits.lied(state(), ('"1"', None), [entry(published_at=None)])
    assert not habits.lied(state(), ('"2"', None), [entry(published_at=None)])
    assert not habits.lied(state(), ('"1"', None), [])


def test_validators_lie_when_304s_hid_what_was_long_published() -> None:
    assert habits.lied(state(), ('"2"', None), [entry(published_at=NOW - 7 * HOUR)])
    assert not habits.lied(state(), ('"2"', None), [entry(published_at=NOW + HOUR)])
    assert not habits.lied(state(habit=Habit()), ('"2"', None), [entry(published_at=NOW - 7 * HOUR)])


def test_silence_is_measured_by_the_feeds_own_habit() -> None:
    hourly = Habit(news_at=NOW, news_gap=HOUR)
    daily = Habit(news_at=NOW, news_gap=DAY)

    assert feeds.is_silent(hourly, NOW + 13 * HOUR)
    assert not feeds.is_silent(hourly, NOW + 11 * HOUR), "editors sleep"
    assert not feeds.is_silent(daily, NOW + 4 * DAY)
    assert feeds.is_silent(daily, NOW + 6 * DAY)
    assert not feeds.is_silent(Habit(), NOW)


def test_the_usual_gap_is_learnt() -> None:
    habit = Habit(news_at=NOW)
    for hours in range(2, 40, 2):
        habit = read(habit, NOW + hours * HOUR, new=2)

    assert habit.news_gap == HOUR


def test_pages_without_text_are_remembered_and_forgotten() -> None:
    bare = habits.after_pages(Habit(), read=20, bare=20)
    better = habits.after_pages(bare, read=40, bare=0)

    assert (bare.pages, bare.bare) == (20, 1.0)
    assert Trouble.BARE in feeds.troubles(bare, failures=0, now=NOW)
    assert feeds.troubles(better, failures=0, now=NOW) == ()
    assert feeds.troubles(habits.after_pages(Habit(), read=3, bare=3), failures=0, now=NOW) == (), "too few to tell"


def test_troubles_are_named() -> None:
    habit = Habit(gap_at=NOW, away_since=NOW, lies=True)

    assert feeds.troubles(habit, failures=3, now=NOW) == (
        Trouble.FAILING,
        Trouble.GAP,
        Trouble.AWAY,
        Trouble.LYING,
    )
    assert Trouble.GAP not in feeds.troubles(habit, failures=0, now=NOW + 25 * HOUR)
