"""What feeds brought, counted."""

from datetime import timedelta
from functools import partial

from sqlalchemy import Engine, insert, update

from monitor.models.articles import Outcome
from monitor.storage.database import write_transaction
from monitor.storage.desk.feed_activity import FeedActivity
from monitor.storage.store import Store
from monitor.storage.tables import entries, feeds
from monitor.stories.grouping import group
from tests.factories import HOUR, NOW, feed, matched, poll_outcome
from tests.factories.channels import to_channel

DAY = timedelta(days=1)
MORNINGS = [NOW - 2 * DAY, NOW - DAY, NOW]


def fill(store: Store, engine: Engine, *rows: tuple[str, timedelta, timedelta | None, Outcome]) -> None:
    """Entries: of which feed, how long before NOW seen, how late that was, what became of them."""
    store.feeds.sync([feed(name=name, url=f"http://{name}/") for name in {row[0] for row in rows}], NOW)
    values = [
        {
            "feed": name,
            "url": f"http://{name}/{number}",
            "title": f"Новость {number}",
            "seen_at": NOW - ago,
            "published_at": None if late is None else NOW - ago - late,
            "outcome": outcome,
            "reason": "так",
        }
        for number, (name, ago, late, outcome) in enumerate(rows)
    ]
    with write_transaction(engine) as db:
        db.execute(update(feeds).values(baseline_at=NOW - 30 * DAY))
        db.execute(insert(entries), values)


def test_entries_are_counted_by_the_day_they_came_on(store: Store, engine: Engine) -> None:
    fill(
        store,
        engine,
        ("А", 3 * DAY, None, Outcome.UNMATCHED),  # before all of these days
        ("А", 2 * DAY, None, Outcome.UNMATCHED),
        ("А", DAY + HOUR, None, Outcome.UNMATCHED),
        ("А", DAY, None, Outcome.DUPLICATE),
        ("Б", HOUR, None, Outcome.UNMATCHED),
        ("Б", -HOUR, None, Outcome.VETOED),
    )
    states = store.feeds.claim(NOW, limit=9, lease=HOUR, names=["Б"])
    place = partial(group, chats=to_channel("@channel"))
    outcome = poll_outcome(feed="Б", lease_no=states[0].lease_no, polled_at=NOW, matched=(matched(1, feed="Б"),))
    store.polls.record_all([outcome], place, window=HOUR)

    assert store.feed_figures.activity(MORNINGS) == {
        "А": FeedActivity(by_day=(2, 1, 0)),
        "Б": FeedActivity(by_day=(0, 1, 2), ours=1),
    }


def test_delays_are_those_of_dated_news(store: Store, engine: Engine) -> None:
    minutes = [timedelta(minutes=number) for number in (4, 600, 8)]
    fill(
        store,
        engine,
        *(("А", HOUR, late, Outcome.UNMATCHED) for late in minutes),
        ("А", HOUR, None, Outcome.UNMATCHED),
        ("А", HOUR, 9 * DAY, Outcome.TOO_OLD),
        ("А", HOUR, 9 * DAY, Outcome.BASELINE),
        ("Б", 2 * HOUR, timedelta(minutes=-3), Outcome.JOINED),  # its clock is ahead
        ("В", DAY, minutes[0], Outcome.UNMATCHED),
    )

    later = {"Б": timedelta(0)}
    assert store.feed_figures.delays(NOW - 12 * HOUR) == {"А": timedelta(minutes=8), **later}
    hours = [NOW - number * HOUR for number in (3, 2, 1)]
    assert store.feed_figures.delays_by_hour(hours) == (None, timedelta(0), timedelta(minutes=8))

    with write_transaction(engine) as db:  # all that А brought, its first poll has found
        db.execute(update(feeds).where(feeds.c.name == "А").values(baseline_at=NOW - HOUR))
    assert store.feed_figures.delays(NOW - 12 * HOUR) == later
    assert store.feed_figures.delays_by_hour(hours) == (None, timedelta(0), None)


def test_a_feeds_last_entries_say_what_became_of_them(store: Store, engine: Engine) -> None:
    fill(store, engine, *(("А", HOUR, None, Outcome.VETOED) for _ in range(3)), ("Б", HOUR, None, Outcome.UNMATCHED))

    newest, *more = store.feed_figures.last("А", limit=2)
    assert (newest.title, newest.outcome, newest.reason, len(more)) == ("Новость 2", Outcome.VETOED, "так", 1)
    assert store.feed_figures.last("В", limit=2) == ()


def test_a_database_without_entries(store: Store) -> None:
    assert store.feed_figures.activity(MORNINGS) == store.feed_figures.delays(NOW) == {}
    store.feeds.sync([feed()], NOW)
    assert store.feed_figures.activity(MORNINGS)["Лента"].found == 0
