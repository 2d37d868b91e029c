from dataclasses import replace
from datetime import datetime, timedelta

from monitor.models.feeds import TOO_LONG, FeedState, Habit, Validators
from monitor.polling import habits
from monitor.polling.habits import FeedObservation
from monitor.polling.schedule import QUICK
from tests.factories import HOUR, NOW, entry

DAY = timedelta(days=1)


def observation(**given: object) -> FeedObservation:
    fields: dict[str, object] = {"total": 30, "new": 1, "is_whole": True, "is_first": False}
    return FeedObservation(**fields | given)  # type: ignore[arg-type]  # the fields of a FeedObservation by name


def learnt_from(habit: Habit, now: datetime = NOW, **given: object) -> Habit:
    return habits.after_changed(habit, observation(**given), now, since=now - timedelta(minutes=10))


def test_first_sight_teaches_no_pause_and_is_no_gap() -> None:
    learnt = learnt_from(Habit(), new=30, is_first=True)

    assert (learnt.pause, learnt.gap_at, learnt.news_gap) == (None, None, None)
    assert learnt.news_at == learnt.read_at == learnt.whole_at == NOW


def test_a_window_that_turned_over_is_a_gap_and_means_hurry() -> None:
    learnt = learnt_from(Habit(pause=timedelta(minutes=15)), new=30)

    assert (learnt.gap_at, learnt.pause) == (NOW, QUICK)
    assert "30" in habits.gap_problem(observation(new=30))[0]


def test_a_short_window_or_a_known_entry_is_no_gap() -> None:
    assert learnt_from(Habit(), total=2, new=2).gap_at is None
    assert learnt_from(Habit(), new=29).gap_at is None
    assert habits.gap_problem(observation()) == ()


def test_where_entries_are_left_out_the_known_ones_may_stand_among_them() -> None:
    assert habits.gap_problem(observation(new=30, problems=(f"{TOO_LONG}: в ленте 6000",))) == ()


def test_what_was_wrong_is_remembered_from_whole_readings_only() -> None:
    whole = learnt_from(Habit(), problems=("без даты",))
    partly = learnt_from(whole, NOW + HOUR, is_whole=False, problems=("мало",))

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
    fields: dict[str, object] = {
        "name": "Лента",
        "validators": Validators(etag='"1"'),
        "succeeded_at": NOW,
        "habit": Habit(unmodified=3),
    }
    return FeedState(**fields | given)  # type: ignore[arg-type]  # the fields of a FeedState by name


def test_validators_lie_when_news_came_under_the_same_ones() -> None:
    assert habits.lied(state(), Validators(etag='"1"'), [entry(published_at=None)])
    assert not habits.lied(state(), Validators(etag='"2"'), [entry(published_at=None)])
    assert not habits.lied(state(), Validators(etag='"1"'), [])


def test_validators_lie_when_304s_hid_what_was_long_published() -> None:
    assert habits.lied(state(), Validators(etag='"2"'), [entry(published_at=NOW - 7 * HOUR)])
    assert not habits.lied(state(), Validators(etag='"2"'), [entry(published_at=NOW + HOUR)])
    assert not habits.lied(state(habit=Habit()), Validators(etag='"2"'), [entry(published_at=NOW - 7 * HOUR)])


def test_the_usual_gap_is_learnt() -> None:
    habit = Habit(news_at=NOW)
    for hours in range(2, 40, 2):
        habit = learnt_from(habit, NOW + hours * HOUR, new=2)

    assert habit.news_gap == HOUR


def test_pages_without_text_are_remembered_and_forgotten() -> None:
    bare = habits.after_pages(Habit(), read=20, bare=20)
    better = habits.after_pages(bare, read=40, bare=0)

    assert (bare.pages, bare.bare) == (20, 1.0)
    assert (better.pages, better.bare < 0.5) == (20, True)
