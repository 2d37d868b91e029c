"""The index keeps up with what is read: whoever dies, however many do it, and when texts are forgotten."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from hashlib import sha256
from threading import Thread

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, delete, event, insert, select, update

from monitor.matching.search.words import VERSION, index_words
from monitor.models.articles import Outcome
from monitor.models.stories import EntryOutcome
from monitor.storage.backup import copy_to
from monitor.storage.database import migrate, open_engine, read_transaction, write_transaction
from monitor.storage.schema_version import SCRIPTS
from monitor.storage.search.index import BATCH, SearchIndex
from monitor.storage.search.schema import state, words
from monitor.storage.store import Store
from monitor.storage.tables import archive, entries
from monitor.stories.grouping import group
from monitor.stories.placement import SAME_CASE
from tests.factories import HOUR, NOW, article, entry, feed, matched, poll_outcome
from tests.factories.channels import to_channel
from tests.servers.postgres import PostgresServer

PLACE = partial(group, chats=to_channel("@channel", review=""))
DAY = timedelta(days=1)


def record(store: Store, *texts: str, found: bool = False, days_ago: int = 0, first: int = 1) -> None:
    """Without telling the index."""
    at = NOW - days_ago * DAY
    store.feeds.sync([feed()], at)
    (state_,) = store.feeds.claim(at, limit=1, lease=HOUR, names=["Лента"])
    settled = [
        EntryOutcome(entry=entry(number), outcome=Outcome.UNMATCHED, reason="—", article=article(number, text=text))
        for number, text in enumerate(texts, first)
    ]
    told = (matched(999),) if found else ()
    outcome = poll_outcome(lease_no=state_.lease_no, polled_at=at, settled=tuple(settled), matched=told)
    assert store.polls.record_all([outcome], PLACE, window=SAME_CASE)


def catch_up(search: SearchIndex) -> int:
    return sum(iter(search.catch_up, 0))


def found(store: Store, written: str) -> int:
    return len(store.finder.find(written, limit=1_000).found)


def listed(engine: Engine) -> set[str]:
    with read_transaction(engine) as db:
        return set(db.scalars(select(words.c.word)))


def test_texts_are_found_once_the_index_knows_them(store: Store) -> None:
    record(store, *(f"Новость про маяк {number}" for number in range(2 * BATCH + 3)))

    answer = store.finder.find("маяк", limit=5)
    assert (answer.found, answer.coverage.texts, answer.coverage.behind) == ((), 0, 2 * BATCH + 3)

    assert store.search.catch_up() == BATCH
    answer = store.finder.find("маяк", limit=5)
    assert (len(answer.found), answer.coverage.texts, answer.coverage.behind) == (5, BATCH, BATCH + 3)

    assert catch_up(store.search) == BATCH + 3
    assert found(store, "маяк") == 2 * BATCH + 3
    assert store.search.catch_up() == 0


def test_a_batch_that_died_is_done_again(store: Store, engine: Engine) -> None:
    record(store, *(f"Новость про маяк {number}" for number in range(BATCH + 3)))
    store.search.catch_up()

    def die(_db: Connection) -> None:
        raise KeyboardInterrupt

    event.listen(engine, "commit", die)
    with pytest.raises(KeyboardInterrupt):
        store.search.catch_up()
    event.remove(engine, "commit", die)

    assert (found(store, "маяк"), store.finder.find("маяк", limit=1).coverage.texts) == (BATCH, BATCH)
    assert catch_up(SearchIndex(engine)) == 3
    assert (found(store, "маяк"), store.finder.find("маяк", limit=1).coverage.texts) == (BATCH + 3, BATCH + 3)


def test_two_workers_put_in_nothing_twice(store: Store, engine: Engine) -> None:
    record(store, *(f"Новость про маяк {number}" for number in range(8 * BATCH)))
    another = open_engine(engine.url.render_as_string(hide_password=False))
    workers = [Thread(target=catch_up, args=(SearchIndex(one),)) for one in (engine, another)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    another.dispose()

    catch_up(store.search)  # who lost the race for a batch has stopped
    answer = store.finder.find("маяк", limit=1_000)
    assert (len({one.entry_id for one in answer.found}), answer.coverage.texts) == (8 * BATCH, 8 * BATCH)


def test_what_is_forgotten_is_found_no_more(store: Store, engine: Engine) -> None:
    record(store, "Старый маяк погас.", "Старая пристань.", days_ago=100)
    record(store, "Новый маяк.", found=True, days_ago=1, first=3)
    catch_up(store.search)
    assert {"погас", "пристань", "маяк", "старый"} <= listed(engine)

    assert store.archive.tidy(NOW, keep=90 * DAY) == 2

    assert (found(store, "маяк"), found(store, "погас"), found(store, "пристань")) == (1, 0, 0)
    assert {"погас", "пристань", "старый"} <= listed(engine)
    assert (store.search.sweep(), store.search.sweep(), store.search.sweep()) == (4, 0, 0)
    assert not {"погас", "пристань", "старый", "старая"} & listed(engine)
    assert "маяк" in listed(engine)
    coverage = store.finder.find("маяк", limit=1).coverage
    assert (coverage.texts, coverage.since) == (2, NOW - DAY)


def test_matched_articles_stay_for_ever(store: Store) -> None:
    record(store, "Старый маяк.", found=True, days_ago=400)
    catch_up(store.search)
    store.archive.tidy(NOW, keep=90 * DAY)

    assert (found(store, "маяк"), found(store, "экстрадиция")) == (0, 1)


def test_a_text_forgotten_before_it_was_indexed(store: Store) -> None:
    record(store, "Старый маяк.", days_ago=100)
    store.archive.tidy(NOW, keep=90 * DAY)
    catch_up(store.search)

    assert (found(store, "маяк"), store.finder.find("маяк", limit=1).coverage.texts) == (0, 0)


def test_another_way_to_take_texts_apart_begins_the_index_anew(store: Store, engine: Engine) -> None:
    record(store, "Маяк.", "Пристань.")
    catch_up(store.search)
    with write_transaction(engine) as db:
        db.execute(update(state).values(version=VERSION - 1))
        db.execute(insert(words).values(word="лишнее"))

    catch_up(store.search)

    assert (found(store, "маяк"), listed(engine) & {"лишнее"}) == (1, set())
    assert store.finder.find("маяк", limit=1).coverage.texts == 2


def test_the_way_texts_are_taken_apart_is_that_of_the_version() -> None:
    """Another way is another VERSION: by the old one texts could not be taken out of the index of SQLite."""
    text = "«ҰҚК-нің» ӘЁж 12,5 А. Б. э к с т р а д и ц и я, sottyń dep-\nартамент naïve " + "щ" * 50
    taken_apart = " ".join(sorted(index_words("Заголовок", text)))

    assert (VERSION, sha256(taken_apart.encode()).hexdigest()[:8]) == (2, "e67baf33")


@pytest.mark.postgres
@pytest.mark.parametrize("database_server", ["postgres"], indirect=True)
def test_an_entry_committed_behind_later_ones_is_not_missed(store: Store, engine: Engine) -> None:
    record(store, *(f"Новость про маяк {number}" for number in range(5)))
    with write_transaction(engine) as db:  # number 2 comes late
        late = dict(db.execute(select(entries).where(entries.c.id == 2)).mappings().one())
        body = db.execute(select(archive.c.body).where(archive.c.entry_id == 2)).scalar_one()
        db.exec_driver_sql("DELETE FROM entry_keys WHERE entry_id = 2")
        db.execute(delete(archive).where(archive.c.entry_id == 2))
        db.execute(delete(entries).where(entries.c.id == 2))
    catch_up(store.search)
    assert found(store, "маяк") == 4

    with write_transaction(engine) as db:
        db.execute(insert(entries).values(**late))
        db.execute(insert(archive).values(entry_id=2, body=body))
    catch_up(store.search)

    assert found(store, "маяк") == 5


def test_a_database_of_the_version_before_is_indexed_from_its_beginning(database_url: str) -> None:
    engine = open_engine(database_url)
    migrate(engine)
    store = Store(engine)
    record(store, "Новость про маяк")
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))

    for _ in range(2):
        with write_transaction(engine) as db:
            config.attributes["connection"] = db
            command.downgrade(config, "0011")
        migrate(engine)
        catch_up(store.search)
        assert found(store, "маяк") == 1
    engine.dispose()


@pytest.fixture
def moved(store: Store, engine: Engine, postgres: PostgresServer) -> Iterator[Store]:
    record(store, "Новость про маяк", found=True)
    catch_up(store.search)
    target = postgres.new_database()
    copy_to(engine.url.render_as_string(hide_password=False), target)
    other = open_engine(target)
    yield Store(other)
    other.dispose()


def test_a_copy_to_another_database_makes_its_own_index(moved: Store) -> None:
    assert (found(moved, "маяк"), moved.finder.find("маяк", limit=1).coverage.behind) == (0, 2)
    catch_up(moved.search)
    assert found(moved, "маяк") == 1
