"""What the store promises, on a SQLite file and on PostgreSQL alike."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import Any

import pytest
from sqlalchemy import Engine, select

from monitor.models.articles import Outcome
from monitor.models.feeds import FeedState, Validators
from monitor.models.outbox import DeliveryState, WantedPost
from monitor.models.stories import EntryOutcome, PollOutcome, Story, StoryChange
from monitor.storage.entries import KnownEntries
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.stats import Stats
from monitor.storage.store import Store
from monitor.storage.stories import RecentStories
from monitor.storage.tables import articles, deliveries, entries, feeds, stories
from monitor.stories.grouping import group
from monitor.stories.similarity import SimilarityIndex
from tests.factories import HOUR, NOW, TEXT, entry, feed, matched, poll_outcome, settled, telling
from tests.factories.channels import to_channel

LEASE = timedelta(minutes=5)
WINDOW = timedelta(hours=48)
PLACE = partial(group, chats=to_channel("@channel"))
VALIDATORS = Validators(etag='W/"1"', last_modified="Sun", body_hash="x", items=b"12345678")


def claimed(store: Store, name: str = "Лента") -> FeedState:
    store.feeds.sync([feed(name=name)], NOW)
    (state,) = store.feeds.claim(NOW, limit=1, lease=LEASE)
    return state


def test_a_new_feed_is_due_at_once_and_leased_only_once(store: Store) -> None:
    state = claimed(store)

    assert state == FeedState(name="Лента", lease_no=1)
    assert store.feeds.claim(NOW, limit=10, lease=LEASE) == ()


def test_a_lease_of_a_dead_worker_runs_out(store: Store) -> None:
    claimed(store)

    (again,) = store.feeds.claim(NOW + LEASE, limit=10, lease=LEASE)
    assert again.lease_no == 2


def test_release_all_frees_the_leases_of_a_killed_process(store: Store) -> None:
    claimed(store)

    store.feeds.release_all()

    assert len(store.feeds.claim(NOW, limit=10, lease=LEASE)) == 1


def test_the_longest_due_feed_comes_first_and_the_limit_holds(store: Store) -> None:
    store.feeds.sync([feed(name="поздняя", url="http://a/")], NOW)
    store.feeds.sync([feed(name="поздняя", url="http://a/"), feed(name="ранняя", url="http://b/")], NOW - HOUR)

    (first,) = store.feeds.claim(NOW, limit=1, lease=LEASE)
    assert first.name == "ранняя"


def test_named_feeds_are_claimed_due_or_not(store: Store) -> None:
    state = claimed(store)
    store.polls.record_all([poll_outcome(lease_no=state.lease_no)], PLACE, window=WINDOW)

    assert store.feeds.claim(NOW, limit=1, lease=LEASE) == ()
    assert len(store.feeds.claim(NOW, limit=1, lease=LEASE, names=["Лента"])) == 1


def test_a_feed_taken_out_of_the_file_rests_and_comes_back(store: Store) -> None:
    store.feeds.sync([feed()], NOW)
    store.feeds.sync([], NOW)
    assert store.feeds.claim(NOW, limit=1, lease=LEASE) == ()

    store.feeds.sync([feed()], NOW)
    assert len(store.feeds.claim(NOW, limit=1, lease=LEASE)) == 1


def test_a_moved_feed_forgets_validators_but_not_what_it_showed(store: Store) -> None:
    state = claimed(store)
    outcome = poll_outcome(validators=VALIDATORS, settled=(settled(1),), had_entries=True)
    store.polls.record_all([replace(outcome, lease_no=state.lease_no)], PLACE, window=WINDOW)

    store.feeds.sync([feed(url="http://127.0.0.1/new")], NOW)

    (state,) = store.feeds.claim(NOW, limit=1, lease=LEASE)
    assert state.validators == Validators()
    assert state.baseline_at == NOW
    assert store.entries.find_known("Лента", [entry(1), entry(2)], NOW).unseen == (entry(2),)


def test_record_keeps_validators_and_entries_together(store: Store) -> None:
    state = claimed(store)
    outcome = poll_outcome(validators=VALIDATORS, settled=(settled(1),), had_entries=True)

    assert store.polls.record_all([replace(outcome, lease_no=state.lease_no)], PLACE, window=WINDOW)

    (after,) = store.feeds.claim(NOW + HOUR, limit=1, lease=LEASE)
    assert (after.validators, after.had_entries) == (VALIDATORS, True)
    assert after.succeeded_at == after.baseline_at == NOW
    assert store.entries.find_known("Лента", [entry(1)], NOW).unseen == ()


def test_a_failure_in_the_middle_leaves_nothing_behind(store: Store, engine: Engine) -> None:
    state = claimed(store)

    def breaks(
        matched: tuple[EntryOutcome, ...], recent: tuple[Story, ...], *, index: SimilarityIndex, now: datetime
    ) -> tuple[StoryChange, ...]:
        raise RuntimeError("the rules are at fault")

    outcome = poll_outcome(lease_no=state.lease_no, validators=VALIDATORS, settled=(settled(1),), matched=(matched(2),))
    with pytest.raises(RuntimeError):
        store.polls.record_all([outcome], breaks, window=WINDOW)

    assert store.entries.find_known("Лента", [entry(1), entry(2)], NOW).unseen == (entry(1), entry(2))
    with engine.connect() as db:
        assert db.scalar(select(feeds.c.etag)) is None


def test_a_poll_that_lost_its_lease_writes_nothing(store: Store) -> None:
    state = claimed(store)
    store.feeds.claim(NOW + LEASE, limit=1, lease=LEASE)

    late = poll_outcome(lease_no=state.lease_no, settled=(settled(1),))

    assert not store.polls.record_all([late], PLACE, window=WINDOW)
    assert store.entries.find_known("Лента", [entry(1)], NOW).unseen == (entry(1),)


def test_a_failed_poll_keeps_the_old_validators_and_the_baseline(store: Store) -> None:
    state = claimed(store)
    store.polls.record_all([poll_outcome(lease_no=state.lease_no, failure="timeout", failures=1)], PLACE, window=WINDOW)

    (after,) = store.feeds.claim(NOW + HOUR, limit=1, lease=LEASE)
    assert (after.failures, after.baseline_at, after.succeeded_at) == (1, None, None)


def test_any_key_seen_makes_an_entry_seen_in_this_feed_only(store: Store) -> None:
    state = claimed(store)
    two_keys = entry(1, keys=("g:1", "u:1"))
    known = EntryOutcome(entry=two_keys, outcome=Outcome.UNMATCHED, reason="")
    store.polls.record_all([poll_outcome(lease_no=state.lease_no, settled=(known,))], PLACE, window=WINDOW)

    assert store.entries.find_known("Лента", [entry(2, keys=("g:9", "u:1"))], NOW).unseen == ()
    assert len(store.entries.find_known("Другая", [two_keys], NOW).unseen) == 1


def test_hundreds_of_keys_at_once(store: Store) -> None:
    state = claimed(store)
    many = [entry(number) for number in range(1200)]
    seen = tuple(EntryOutcome(entry=one, outcome=Outcome.BASELINE, reason="") for one in many)
    store.polls.record_all([poll_outcome(lease_no=state.lease_no, settled=seen)], PLACE, window=WINDOW)

    assert store.entries.find_known("Лента", [*many, entry(5000)], NOW).unseen == (entry(5000),)


def test_a_matched_entry_becomes_story_article_and_delivery(store: Store, outbox: Outbox, engine: Engine) -> None:
    state = claimed(store)

    store.polls.record_all([poll_outcome(lease_no=state.lease_no, matched=(matched(1),))], PLACE, window=WINDOW)

    with engine.connect() as db:
        assert db.execute(select(entries.c.outcome)).scalars().all() == [Outcome.POSTED]
        assert db.execute(select(articles.c.story_id)).scalars().all() == [1]
        row = db.execute(select(deliveries)).one()
    assert (row.chat, row.state, row.wanted_revision, row.sent_revision) == ("@channel", "pending", 1, 0)
    assert "Новость 1" in row.html
    (shown,) = outbox.rows([DeliveryState.PENDING])
    assert (shown.title, shown.url, shown.attempts) == ("Новость 1", "https://news.example/1", 0)
    assert outbox.rows([DeliveryState.SENT]) == ()


def test_a_second_telling_joins_and_raises_the_wanted_revision(store: Store, engine: Engine) -> None:
    first = claimed(store)
    store.polls.record_all([poll_outcome(lease_no=first.lease_no, matched=(matched(1),))], PLACE, window=WINDOW)
    store.feeds.sync([feed(), feed(name="Вторая", url="http://b/")], NOW)
    (second,) = store.feeds.claim(NOW, limit=1, lease=LEASE, names=["Вторая"])

    joins = poll_outcome(feed="Вторая", lease_no=second.lease_no, matched=(matched(2, feed="Вторая"),))
    store.polls.record_all([joins], PLACE, window=WINDOW)

    with engine.connect() as db:
        assert len(db.execute(select(stories)).all()) == 1
        assert db.execute(select(entries.c.outcome).order_by(entries.c.id)).scalars().all() == ["posted", "joined"]
        row = db.execute(select(deliveries)).one()
    assert row.wanted_revision == 2
    assert "Вторая" in row.html


def test_a_story_read_back_equals_the_story_recorded(store: Store) -> None:
    state = claimed(store)
    store.polls.record_all([poll_outcome(lease_no=state.lease_no, matched=(matched(1),))], PLACE, window=WINDOW)
    read: list[Story] = []

    def look(
        matched: tuple[EntryOutcome, ...], recent: tuple[Story, ...], *, index: SimilarityIndex, now: datetime
    ) -> tuple[StoryChange, ...]:
        read.extend(recent)
        return PLACE(matched, recent, index=index, now=now)

    (again,) = store.feeds.claim(NOW + HOUR, limit=1, lease=LEASE)
    store.polls.record_all(
        [poll_outcome(lease_no=again.lease_no, matched=(matched(2, title="Адвокат обжалует"),))],
        look,
        window=WINDOW,
    )

    (told,) = read[0].tellings
    assert read == [Story(id=1, tellings=(replace(telling(1), evidence=told.evidence),), updated_at=NOW)]
    assert "похожих новостей нет" in told.evidence


def test_stories_older_than_the_window_are_left_alone(store: Store, engine: Engine) -> None:
    state = claimed(store)
    store.polls.record_all([poll_outcome(lease_no=state.lease_no, matched=(matched(1),))], PLACE, window=WINDOW)
    later = NOW + timedelta(hours=49)
    (again,) = store.feeds.claim(later, limit=1, lease=LEASE)

    store.polls.record_all(
        [poll_outcome(lease_no=again.lease_no, polled_at=later, matched=(matched(2, feed="Вторая"),))],
        PLACE,
        window=WINDOW,
    )

    with engine.connect() as db:
        assert len(db.execute(select(stories)).all()) == 2


def test_what_is_remembered_of_stories_does_not_depend_on_how_long_it_was(store: Store, engine: Engine) -> None:
    """A person of many older stories is looked for as in a process that was started today."""
    title, text = "Суд отпустил Ивана Пробникова", "Иван Пробников вышел из изолятора Риддера."
    asked = telling(99, title="Что известно", text="Иван Пробников ждёт.", fingerprint=()).article
    long, short = RecentStories(), RecentStories()
    state = claimed(store)
    for number, at in enumerate(NOW + timedelta(days=3 * times) for times in range(5)):
        given = matched(number, title=title, text=text, published_at=at)
        poll = poll_outcome(lease_no=state.lease_no, polled_at=at, matched=(given,))
        store.polls.record_all([poll], PLACE, window=WINDOW)
        with engine.connect() as db:
            long.like(db, [asked], at - WINDOW)
        (state,) = store.feeds.claim(at + HOUR, limit=1, lease=LEASE)

    with engine.connect() as db:
        remembered, read_anew = (recent.like(db, [asked], at - WINDOW) for recent in (long, short))
    assert [one.id for one in remembered] == [one.id for one in read_anew] == [5]


def test_a_follow_up_is_a_second_post_of_its_story(store: Store, engine: Engine) -> None:
    state = claimed(store)
    plain = matched(1, text=TEXT.replace("экстрадицию", "передачу"))
    store.polls.record_all([poll_outcome(lease_no=state.lease_no, matched=(plain,))], PLACE, window=WINDOW)
    (again,) = store.feeds.claim(NOW + HOUR, limit=1, lease=LEASE)

    new_topic = matched(2, "extradition", "knb", feed="Вторая")
    store.polls.record_all([poll_outcome(lease_no=again.lease_no, matched=(new_topic,))], PLACE, window=WINDOW)

    with engine.connect() as db:
        rows = db.execute(select(deliveries).order_by(deliveries.c.id)).all()
        told = db.execute(select(articles.c.part, articles.c.evidence).order_by(articles.c.id)).all()
    assert [(row.story_id, row.part) for row in rows] == [(1, 1), (1, 2)]
    assert [one.part for one in told] == [1, 2]
    assert "новое: тема" in told[1].evidence


def test_two_workers_place_into_the_same_stories(store: Store, engine: Engine) -> None:
    """Each keeps an index of its own; what the other recorded meanwhile is in it before anything is placed."""
    other = Store(engine)
    store.feeds.sync([feed(name="Лента"), feed(name="Вторая", url="http://127.0.0.1/2")], NOW)
    states = {state.name: state for state in store.feeds.claim(NOW, limit=2, lease=LEASE)}

    for worker, name, number in ((store, "Лента", 1), (other, "Вторая", 2)):
        found = matched(number, feed=name)
        outcome = poll_outcome(feed=name, lease_no=states[name].lease_no, matched=(found,))
        assert worker.polls.record_all([outcome], PLACE, window=WINDOW)

    with engine.connect() as db:
        assert len(db.execute(select(stories)).all()) == 1


def test_a_placing_that_was_rolled_back_leaves_no_trace_in_the_index(store: Store, engine: Engine) -> None:
    state = claimed(store)

    def breaks(
        matched: tuple[EntryOutcome, ...], recent: tuple[Story, ...], *, index: SimilarityIndex, now: datetime
    ) -> tuple[StoryChange, ...]:
        changes = PLACE(matched, recent, index=index, now=now)
        nowhere: Any = None  # the database refuses it
        return (*changes, replace(changes[0], posts=(WantedPost(chat=nowhere, html="x"),)))

    outcome = poll_outcome(lease_no=state.lease_no, matched=(matched(1),))
    with pytest.raises(Exception, match=r"(?i)null"):
        store.polls.record_all([outcome], breaks, window=WINDOW)

    assert store.polls.record_all([outcome], PLACE, window=WINDOW)
    with engine.connect() as db:
        assert len(db.execute(select(stories)).all()) == 1


def test_a_batch_that_was_rolled_back_leaves_no_trace_in_what_is_remembered(store: Store, engine: Engine) -> None:
    """SQLite gives the number of an article that was rolled back to the next one, which is another."""
    store.feeds.sync([feed(name=f"Лента {number}", url=f"http://127.0.0.1/{number}") for number in range(4)], NOW)
    states = sorted(store.feeds.claim(NOW, limit=9, lease=LEASE), key=attrgetter("name"))

    def outcome(number: int, story: int, **given: Any) -> PollOutcome:
        entry = matched(story, feed=states[number].name, **given)
        return poll_outcome(feed=states[number].name, lease_no=states[number].lease_no, matched=(entry,))

    def breaks(matched: tuple[EntryOutcome, ...], recent: tuple[Story, ...], **given: Any) -> tuple[StoryChange, ...]:
        if matched[0].entry.title == "Новость 9":
            raise ZeroDivisionError
        return PLACE(matched, recent, **given)

    other = {"title": "Пожар на складе", "text": "Огонь охватил склад с зерном у вокзала Актобе. " * 20}
    with pytest.raises(ZeroDivisionError):
        store.polls.record_all([outcome(0, 1), outcome(1, 9)], breaks, window=WINDOW)
    for number, story in ((2, 2), (3, 3)):
        assert store.polls.record_all([outcome(number, story, **other)], PLACE, window=WINDOW)

    with engine.connect() as db:
        assert len(db.execute(select(stories)).all()) == 1


def test_a_new_headline_is_seen_once_more_and_a_counter_in_it_is_none(store: Store) -> None:
    state = claimed(store)
    store.polls.record_all([poll_outcome(lease_no=state.lease_no, settled=(settled(1),))], PLACE, window=WINDOW)
    changed = entry(1, title="Совсем иначе")

    (again,) = store.entries.find_known("Лента", [changed], NOW).unseen
    assert store.entries.find_known("Лента", [entry(1, title="Новость 1 (12:30)")], NOW).unseen == ()

    (later,) = store.feeds.claim(NOW + HOUR, limit=1, lease=LEASE)
    told = EntryOutcome(entry=again, outcome=Outcome.UNMATCHED, reason="")
    store.polls.record_all([poll_outcome(lease_no=later.lease_no, settled=(told,))], PLACE, window=WINDOW)
    assert store.entries.find_known("Лента", [changed], NOW).unseen == ()


def retitled(store: Store, title: str, now: datetime) -> KnownEntries:
    """What is known of the entry under this headline, which is recorded if it is to be judged."""
    (state,) = store.feeds.claim(now, limit=1, lease=LEASE)
    seen = store.entries.find_known("Лента", [entry(1, title=title)], now)
    judged = tuple(EntryOutcome(entry=one, outcome=Outcome.UNMATCHED, reason="") for one in seen.unseen)
    given = {"polled_at": now, "next_poll_at": now, "lease_no": state.lease_no, "aliases": seen.aliases}
    assert store.polls.record_all([poll_outcome(**given, settled=judged)], PLACE, window=WINDOW)
    return seen


def test_a_headline_that_turns_back_is_judged_again_once_the_other_has_settled(store: Store) -> None:
    store.feeds.sync([feed()], NOW)
    titles = [("А", 0), ("Б", 10), ("А", 5), ("А", 20), ("А", 5), ("А", 90)]
    now, judged, unsettled = NOW, [], []
    for title, minutes in titles:
        now += timedelta(minutes=minutes)
        seen = retitled(store, f"Новость {title}", now)
        judged.append(len(seen.unseen))
        unsettled.append(seen.unsettled)

    assert judged == [1, 1, 0, 0, 1, 0]
    assert unsettled == [False, False, True, True, False, False]


def test_two_headlines_by_turns_are_judged_twice_each(store: Store) -> None:
    store.feeds.sync([feed()], NOW)
    judged = [retitled(store, f"Новость {'АБ'[hour % 2]}", NOW + hour * HOUR) for hour in range(20)]

    assert [len(seen.unseen) for seen in judged] == [1] * 4 + [0] * 16
    assert not any(seen.unsettled or seen.aliases for seen in judged[4:])


def test_a_changed_headline_is_recorded_and_wanted(store: Store, engine: Engine) -> None:
    state = claimed(store)
    store.polls.record_all([poll_outcome(lease_no=state.lease_no, matched=(matched(1),))], PLACE, window=WINDOW)
    (again,) = store.feeds.claim(NOW + HOUR, limit=1, lease=LEASE)

    store.polls.record_all(
        [poll_outcome(lease_no=again.lease_no, matched=(matched(1, title="О нём: дополнено"),))], PLACE, window=WINDOW
    )

    with engine.connect() as db:
        (told,) = db.execute(select(articles.c.title, articles.c.former_title)).all()
        (wanted,) = db.execute(select(deliveries.c.wanted_revision, deliveries.c.html)).all()
    assert tuple(told) == ("О нём: дополнено", "Новость 1")
    assert wanted.wanted_revision == 2
    assert "Заголовок изменён, прежний: «Новость 1»" in wanted.html


def test_a_heartbeat_is_the_last_one(store: Store, engine: Engine) -> None:
    store.heartbeats.beat("poll", NOW)
    store.heartbeats.beat("poll", NOW + HOUR)

    assert Stats(engine).vitals(NOW).beats == {"poll": NOW + HOUR}
