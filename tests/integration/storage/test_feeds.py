"""What the store remembers of feeds: polls recorded together, habits, health, keys that live and die."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine

from monitor.models.articles import Outcome
from monitor.models.feeds import FeedState, Habit, Trouble, Validators
from monitor.models.stories import EntryOutcome
from monitor.storage.maintenance import Housekeeping
from monitor.storage.store import Store
from monitor.stories.grouping import group
from tests.factories import HOUR, NOW, entry, feed, matched, poll_outcome, settled
from tests.factories.channels import to_channel

LEASE = timedelta(minutes=5)
WINDOW = timedelta(hours=48)
PLACE = partial(group, chats=to_channel("@channel"))


def claimed(store: Store) -> FeedState:
    store.feeds.sync([feed()], NOW)
    (state,) = store.feeds.claim(NOW, limit=1, lease=LEASE)
    return state


def seen(*numbers: int) -> tuple[EntryOutcome, ...]:
    return tuple(settled(number) for number in numbers)


def test_several_polls_in_one_transaction(store: Store) -> None:
    names = ("А", "Б", "В")
    store.feeds.sync([feed(name=name, url=f"http://{number}/") for number, name in enumerate(names)], NOW)
    states = {state.name: state for state in store.feeds.claim(NOW, limit=9, lease=LEASE)}
    outcomes = [
        poll_outcome(
            feed=name,
            lease_no=states[name].lease_no,
            validators=Validators(etag=name),
            settled=seen(number),
            had_entries=True,
        )
        for number, name in enumerate(names)
    ]

    assert store.polls.record_all(outcomes, PLACE, window=WINDOW) == {"А", "Б", "В"}

    after = {state.name: state for state in store.feeds.claim(NOW + HOUR, limit=9, lease=LEASE)}
    assert {name: after[name].validators.etag for name in names} == {"А": "А", "Б": "Б", "В": "В"}
    assert [store.entries.find_known(name, [entry(0), entry(1), entry(2)], NOW).known for name in names] == [
        (key,) for number in range(3) for key in entry(number).keys
    ]


def test_in_a_batch_only_the_poll_that_lost_its_lease_writes_nothing(store: Store) -> None:
    store.feeds.sync([feed(name="А", url="http://a/"), feed(name="Б", url="http://b/")], NOW)
    store.feeds.claim(NOW, limit=9, lease=LEASE)
    outcomes = [
        poll_outcome(feed="А", lease_no=1, settled=seen(1)),
        poll_outcome(feed="Б", lease_no=9, settled=seen(2)),
    ]

    assert store.polls.record_all(outcomes, PLACE, window=WINDOW) == {"А"}

    assert store.entries.find_known("А", [entry(1)], NOW).unseen == ()
    assert store.entries.find_known("Б", [entry(2)], NOW).unseen == (entry(2),)


def test_the_urgent_part_of_a_poll_leaves_its_lease_and_validators(store: Store) -> None:
    state = claimed(store)
    part = poll_outcome(
        lease_no=state.lease_no, validators=Validators(etag="new"), matched=(matched(1),), is_over=False
    )

    assert store.polls.record_all([part], PLACE, window=WINDOW)
    assert store.feeds.claim(NOW + HOUR, limit=1, lease=LEASE) != (), "the lease still runs out by itself"
    assert store.entries.find_known("Лента", [entry(1)], NOW).unseen == ()

    assert not store.polls.record_all([part], PLACE, window=WINDOW), "and a poll that lost it may not go on"


HABIT = Habit(
    pause=timedelta(minutes=7), hint=HOUR, news_at=NOW, news_gap=timedelta(seconds=90.5), read_at=NOW, unmodified=3,
    whole_at=NOW, lies=True, gap_at=NOW, pages=20, bare=0.25, away_since=NOW, tried_at=NOW, notices=("без даты", "ещё"),
)  # fmt: skip


def test_a_habit_read_back_equals_the_habit_recorded(store: Store) -> None:
    state = claimed(store)
    store.polls.record_all(
        [poll_outcome(lease_no=state.lease_no, habit=HABIT, validators=Validators(items=b"12345678"))],
        PLACE,
        window=WINDOW,
    )

    (after,) = store.feeds.claim(NOW + HOUR, limit=1, lease=LEASE)
    assert (after.habit, after.validators.items, after.polled_at) == (HABIT, b"12345678", NOW)

    store.feeds.sync([feed(url="http://moved/")], NOW + HOUR)
    store.feeds.release_all()
    (moved,) = store.feeds.claim(NOW + HOUR, limit=1, lease=LEASE)
    assert (moved.habit, moved.validators) == (Habit(), Validators()), "another address has other habits"


def due(store: Store, at: datetime) -> list[str]:
    return [state.name for state in store.feeds.claim(at, limit=9, lease=LEASE)]


@pytest.mark.parametrize(("minutes", "failures", "is_due"), [(2, 0, True), (60, 0, False), (2, 3, False)])
def test_a_shorter_interval_acts_at_once_also_over_a_restart(
    store: Store, minutes: int, failures: int, *, is_due: bool
) -> None:
    """It was polled just now, and comes back in an hour by the interval of before; one that fails, by its failures."""
    state = claimed(store)
    polled = poll_outcome(lease_no=state.lease_no, next_poll_at=NOW + HOUR, failures=failures, failure="!" * failures)
    store.polls.record_all([polled], PLACE, window=WINDOW)

    store.feeds.sync([feed(interval=timedelta(minutes=minutes))], NOW + timedelta(minutes=1))

    assert due(store, NOW + timedelta(minutes=1)) == (["Лента"] if is_due else [])


def test_what_is_asked_in_another_way_is_asked_at_once(store: Store) -> None:
    state = claimed(store)
    failed = poll_outcome(lease_no=state.lease_no, next_poll_at=NOW + 3 * HOUR, failures=5, failure="403")
    store.polls.record_all([failed], PLACE, window=WINDOW)

    store.feeds.sync([feed(user_agent="Reader/1.0")], NOW + HOUR, changed=["Лента"])

    assert due(store, NOW + HOUR) == ["Лента"]


def test_the_health_of_every_feed_in_one_call(store: Store) -> None:
    store.feeds.sync([feed(name="Вторая", url="http://b/"), feed()], NOW)
    (state,) = store.feeds.claim(NOW, limit=1, lease=LEASE, names=["Лента"])
    failed = poll_outcome(
        lease_no=state.lease_no, failure="нет ответа", failure_kind="timeout", failures=4, habit=Habit(lies=True)
    )
    store.polls.record_all([failed], PLACE, window=WINDOW)

    second, first = store.feeds.health(NOW)

    assert (first.name, first.failure, first.failure_kind, first.failures) == ("Лента", "нет ответа", "timeout", 4)
    assert first.troubles == (Trouble.FAILING, Trouble.LYING)
    assert (second.polled_at, second.troubles) == (None, ())
    store.feeds.sync([feed()], NOW)
    assert [one.name for one in store.feeds.health(NOW)] == ["Лента"]


def test_a_failure_of_ours_is_taken_back(store: Store) -> None:
    state = claimed(store)
    store.polls.record_all(
        [poll_outcome(lease_no=state.lease_no, failure="нет сети", failures=1)], PLACE, window=WINDOW
    )

    store.feeds.forgive(["Лента"], NOW + timedelta(minutes=1))

    (after,) = store.feeds.claim(NOW + timedelta(minutes=1), limit=1, lease=LEASE)
    assert after.failures == 0
    assert store.feeds.health(NOW)[0].failure == ""
    store.feeds.forgive(["Лента"], NOW)
    assert store.feeds.health(NOW)[0].failures == 0


def test_a_known_entry_takes_its_new_keys_along(store: Store) -> None:
    state = claimed(store)
    store.polls.record_all([poll_outcome(lease_no=state.lease_no, settled=seen(1))], PLACE, window=WINDOW)
    renamed = entry(1, keys=("g:new", *entry(1).keys))

    sighting = store.entries.find_known("Лента", [renamed], NOW)
    assert (sighting.unseen, sighting.aliases) == ((), (("g:new", entry(1).keys[0]),))
    (again,) = store.feeds.claim(NOW + HOUR, limit=1, lease=LEASE)
    store.polls.record_all([poll_outcome(lease_no=again.lease_no, aliases=sighting.aliases)], PLACE, window=WINDOW)

    assert store.entries.find_known("Лента", [entry(9, keys=("g:new",))], NOW).unseen == ()


def test_what_was_shown_lately_comes_newest_first(store: Store) -> None:
    state = claimed(store)
    store.polls.record_all([poll_outcome(lease_no=state.lease_no, settled=seen(1, 2, 3))], PLACE, window=WINDOW)

    assert store.entries.shown_lately("Лента", NOW, limit=2) == (
        ("Новость 3", "https://news.example/3"),
        ("Новость 2", "https://news.example/2"),
    )
    assert store.entries.shown_lately("Другая", NOW) == ()


DAY = timedelta(days=1)


def poll_at(store: Store, day: int, *shown: int, whole: bool = True) -> None:
    """A good poll on that day; `whole` reads the body and finds these entries, else it is a 304."""
    now = NOW + day * DAY
    (state,) = store.feeds.claim(now, limit=1, lease=LEASE, names=["Лента"])
    habit = replace(state.habit, read_at=now) if whole else state.habit
    sighting = store.entries.find_known("Лента", [entry(number) for number in shown], NOW)
    new = tuple(EntryOutcome(entry=one, outcome=Outcome.UNMATCHED, reason="") for one in sighting.unseen)
    outcome = poll_outcome(
        lease_no=state.lease_no, polled_at=now, next_poll_at=now, habit=habit, settled=new, known_keys=sighting.known
    )
    assert store.polls.record_all([outcome], PLACE, window=WINDOW)


def tidied(engine: Engine, now: datetime) -> int:
    """How many keys a round of housekeeping forgets."""
    return Housekeeping(engine).tidy(now)["keys"]


def is_known(store: Store, number: int) -> bool:
    return store.entries.find_known("Лента", [entry(number)], NOW).unseen == ()


def test_keys_live_as_long_as_their_feed_shows_them_and_ninety_days_more(store: Store, engine: Engine) -> None:
    store.feeds.sync([feed()], NOW)
    poll_at(store, 0, 1, 2)
    poll_at(store, 10, 2, 3)

    assert tidied(engine, NOW + 90 * DAY) == 0
    assert tidied(engine, NOW + 101 * DAY) == 1
    assert (is_known(store, 1), is_known(store, 2), is_known(store, 3)) == (False, True, True)


def test_a_feed_that_never_changes_keeps_its_keys(store: Store, engine: Engine) -> None:
    store.feeds.sync([feed()], NOW)
    poll_at(store, 0, 1)
    poll_at(store, 200, whole=False)

    assert tidied(engine, NOW + 200 * DAY) == 0
    poll_at(store, 201, 2)
    assert tidied(engine, NOW + 202 * DAY) == 0, "it was shown until yesterday"
    assert tidied(engine, NOW + 292 * DAY) == 1
    assert not is_known(store, 1)


def test_the_keys_of_a_feed_taken_out_are_forgotten_in_time(store: Store, engine: Engine) -> None:
    store.feeds.sync([feed()], NOW)
    poll_at(store, 0, 1)
    store.feeds.sync([], NOW)

    assert tidied(engine, NOW + 89 * DAY) == 0
    assert tidied(engine, NOW + 91 * DAY) == 1


def test_a_paused_feed_is_left_alone_until_its_pause_ends_by_itself(store: Store) -> None:
    paused = feed(paused_until=NOW + 2 * HOUR, paused_because="сайт взломан")
    store.feeds.sync([feed()], NOW - HOUR)
    store.feeds.sync([paused], NOW)

    assert store.feeds.claim(NOW, limit=9, lease=LEASE) == ()
    (health,) = store.feeds.health(NOW)
    assert (health.is_paused, health.paused_because, health.due_at) == (True, "сайт взломан", NOW + 2 * HOUR)
    vitals = store.stats.vitals(NOW)
    assert (vitals.due_since, vitals.feeds["paused"]) == (None, 1)
    assert [state.name for state in store.feeds.claim(NOW, limit=9, lease=LEASE, names=["Лента"])] == ["Лента"]
    assert [state.name for state in store.feeds.claim(NOW + 2 * HOUR, limit=9, lease=LEASE)] == ["Лента"]


def test_a_feed_whose_pause_is_taken_away_is_due_at_once(store: Store) -> None:
    store.feeds.sync([feed(paused_until=NOW + 99 * HOUR, paused_because="x")], NOW)
    store.feeds.sync([feed()], NOW + HOUR)

    assert [state.name for state in store.feeds.claim(NOW + HOUR, limit=9, lease=LEASE)] == ["Лента"]
    assert not store.feeds.health(NOW + HOUR)[0].is_paused
