"""What was read is kept, compressed, comes back as it was judged, and goes when its time is over."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from datetime import timedelta
from functools import partial

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, text

from monitor.matching.backtest import KeptArticle
from monitor.models.articles import Outcome, Verdict
from monitor.models.stories import EntryOutcome
from monitor.storage.archive import SAMPLES, Archive, keep, stored_verdict, text_of, verdict_of
from monitor.storage.database import migrate, open_engine, read_transaction, write_transaction
from monitor.storage.history import History
from monitor.storage.schema_version import SCRIPTS
from monitor.storage.store import Store
from monitor.storage.tables import archive, archive_dictionaries, entries
from monitor.stories.grouping import group
from monitor.stories.placement import SAME_CASE
from monitor.text.urls import address_number, canonical
from tests.factories import HOUR, NOW, article, entry, feed, matched, poll_outcome, telling, verdict
from tests.factories.channels import to_channel
from tests.harness.databases import sqlite_database

PLACE = partial(group, chats=to_channel("@channel", review=""))
DAY = timedelta(days=1)
SINCE = NOW - 30 * DAY
ANY_TEXT = st.text(st.characters(codec="utf-8"))


@pytest.fixture
def past(engine: Engine) -> Archive:
    return Archive(engine)


def unmatched(number: int, text: str = "Снег в горах.", *, title: str | None = None, **given: object) -> EntryOutcome:
    """Read, and no rule fired; `title` is the article's, when it is not the entry's."""
    seen = entry(number, **given)
    read = article(number, title=seen.title if title is None else title, text=text)
    return EntryOutcome(entry=seen, outcome=Outcome.UNMATCHED, reason="ни одно правило не сработало", article=read)


def record(store: Store, *settled: EntryOutcome, found: Iterable[EntryOutcome] = (), days_ago: int = 0) -> None:
    at = NOW - days_ago * DAY
    store.feeds.sync([feed()], at)
    (state,) = store.feeds.claim(at, limit=1, lease=HOUR, names=["Лента"])
    outcome = poll_outcome(lease_no=state.lease_no, polled_at=at, settled=settled, matched=tuple(found))
    assert store.polls.record_all([outcome], PLACE, window=SAME_CASE)


def rows(engine: Engine) -> int:
    with read_transaction(engine) as db:
        return db.execute(select(func.count()).select_from(archive)).scalar_one()


def test_a_verdict_comes_back_with_its_reasons_and_one_kept_before_there_were_any_without() -> None:
    reasoned = replace(verdict("extradition"), lack="не хватает: рейс", grounds=("действие: выдали",))
    stored = json.loads(json.dumps(asdict(reasoned)))

    assert verdict_of(stored) == reasoned
    assert verdict_of({"topics": stored["topics"], "vetoes": []}) == verdict("extradition")
    # A worker of the version before takes every key of a match for a field it knows.
    assert set(stored["topics"][0]["matches"][0]) == {"term", "form", "where", "start", "end"}


def test_what_no_rule_matched_comes_back_as_it_was_read(store: Store, past: Archive) -> None:
    told = "Первый снег.\nВторая строка — «кавычки», қар жауды 😀."
    record(store, unmatched(1, told, title="Снег"), unmatched(2, "", title="Другой заголовок"))

    second, first = past.iter_articles(SINCE)

    assert first == KeptArticle(
        entry_id=first.entry_id,
        feed="Лента",
        url="https://news.example/1",
        title="Снег",
        text=told,
        seen_at=NOW,
        outcome=Outcome.UNMATCHED,
        verdict=first.verdict,
    )
    assert (second.title, second.text) == ("Другой заголовок", "")
    assert first.verdict.topics == ()


def test_matched_and_vetoed_stand_beside_the_unmatched(store: Store, past: Archive, engine: Engine) -> None:
    vetoed = EntryOutcome(entry=entry(3), outcome=Outcome.VETOED, reason="…", telling=telling(3), article=article(3))
    record(store, unmatched(1), vetoed, found=[matched(2)])

    assert {kept.outcome for kept in past.iter_articles(SINCE)} == {Outcome.UNMATCHED, Outcome.VETOED, Outcome.POSTED}
    assert rows(engine) == 1, "the others stand in `articles`"
    assert next(kept for kept in past.iter_articles(SINCE) if kept.outcome is Outcome.POSTED).verdict.topics


def test_the_same_article_again_is_archived_but_not_judged_again(store: Store, past: Archive, engine: Engine) -> None:
    first = matched(1)
    again = EntryOutcome(entry=entry(2), outcome=Outcome.POSTED, reason="", telling=first.telling, article=article(1))
    record(store, found=[first, again])

    assert [kept.outcome for kept in past.iter_articles(SINCE)] == [Outcome.POSTED]
    with read_transaction(engine) as db:
        told = db.execute(select(entries.c.outcome, entries.c.story_id, entries.c.language).order_by(entries.c.id))
        assert [tuple(row) for row in told] == [("posted", 1, "ru"), ("duplicate", 1, "ru")]


def test_only_what_was_seen_since_then(store: Store, past: Archive) -> None:
    record(store, unmatched(1), days_ago=40)
    record(store, unmatched(2), days_ago=3)

    assert [kept.url for kept in past.iter_articles(SINCE)] == ["https://news.example/2"]
    assert len(list(past.iter_articles(NOW - 50 * DAY))) == 2


def test_texts_are_forgotten_in_time_and_entries_are_not(store: Store, past: Archive, engine: Engine) -> None:
    record(store, *(unmatched(number) for number in range(1, 1201)), days_ago=91)
    record(store, unmatched(2000), found=[matched(2001)], days_ago=89)

    assert past.tidy(NOW, keep=90 * DAY) == 1200
    assert past.tidy(NOW, keep=90 * DAY) == 0
    assert rows(engine) == 1
    with read_transaction(engine) as db:
        assert db.execute(select(func.count()).select_from(entries)).scalar_one() == 1202


def test_what_was_seen_is_found_by_any_spelling_of_its_address(store: Store, engine: Engine) -> None:
    record(store, unmatched(1, "Снег."), found=[matched(2)])
    history = History(engine)

    (snow,) = history.list_entries("http://www.news.example/1/?utm_source=feed#top")
    (told,) = history.list_entries("https://news.example/2")

    assert (snow.text, snow.outcome, snow.language, snow.story_id) == ("Снег.", Outcome.UNMATCHED, "ru", None)
    assert told.story_id is not None
    assert told.verdict is not None
    recorded = history.story(told.story_id)
    assert recorded is not None
    assert recorded.members == (told,)
    assert [post.chat for post in recorded.posts] == ["@channel"]
    assert (history.list_entries("https://news.example/3"), history.story(99)) == ((), None)
    assert [seen.name for seen in history.feeds_of("https://127.0.0.1/x")] == ["Лента"]


def news(number: int) -> str:
    places = ("Алматы", "Астане", "Караганде", "Актау", "Уральске")
    return (
        f"В {places[number % 5]} завершился ремонт дороги номер {number}, сообщает пресс-служба акимата. "
        f"По данным ведомства, работы обошлись в {number * 37} тысяч тенге. Движение открыли {number % 28 + 1} ноября. "
        f"Жители просили об этом {number % 7 + 2} года, рассказал начальник управления пассажирского транспорта."
    )


def test_a_dictionary_is_learned_once_there_is_enough_to_learn_from(
    store: Store, past: Archive, engine: Engine
) -> None:
    record(store, *(unmatched(number, news(number)) for number in range(1, SAMPLES)), days_ago=2)
    assert past.learn(NOW) is False

    record(store, unmatched(SAMPLES, news(SAMPLES)), days_ago=1)
    assert past.learn(NOW) is True
    assert past.learn(NOW) is False, "not twice"
    record(store, unmatched(SAMPLES + 1, news(SAMPLES + 1)))

    after, before, *_ = past.iter_articles(SINCE)
    assert (after.text, before.text) == (news(SAMPLES + 1), news(SAMPLES))
    with read_transaction(engine) as db:
        newest, oldest = db.scalars(
            select(func.length(archive.c.body))
            .where(archive.c.entry_id.in_([1, SAMPLES + 1]))
            .order_by(archive.c.entry_id.desc())
        )
        assert db.execute(select(func.count()).select_from(archive_dictionaries)).scalar_one() == 1
    assert newest < oldest / 2
    assert past.learn(NOW + 91 * DAY) is True, "names change, so the dictionary does"


@pytest.fixture(scope="module")
def sqlite_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One for all examples: each leaves it as empty as it was."""
    engine = open_engine(sqlite_database(tmp_path_factory.mktemp("archive") / "monitor.db"))
    yield engine
    engine.dispose()


@settings(max_examples=30)
@given(title=ANY_TEXT, body=ANY_TEXT)
def test_any_title_and_text_come_back(sqlite_engine: Engine, title: str, body: str) -> None:
    with write_transaction(sqlite_engine) as db:
        db.execute(text("PRAGMA defer_foreign_keys=ON"))
        keep(db, [(1, "Заголовок записи", article(title=title or "Заголовок записи", text=body))])
        packed = db.scalars(select(archive.c.body)).one()
        assert text_of(db, "Заголовок записи", packed) == (title or "Заголовок записи", body)
        db.execute(text("DELETE FROM archive"))


def test_entries_of_an_older_database_are_found_by_their_address(database_url: str) -> None:
    engine = open_engine(database_url)
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with write_transaction(engine) as db:
        config.attributes["connection"] = db
        command.upgrade(config, "0002")
        db.execute(
            text(
                "INSERT INTO feeds (name, url, active, failures, failure, had_entries, next_poll_at, lease_no)"
                " VALUES ('Лента', '', true, 0, '', true, '2026-11-22', 0)"
            )
        )
        for number, url in enumerate(("https://www.news.example/1/?utm_source=rss", ""), start=1):
            db.execute(
                text(
                    "INSERT INTO entries (id, feed, url, title, seen_at, outcome, reason)"
                    " VALUES (:id, 'Лента', :url, '', '2026-11-22', 'posted', '')"
                ),
                {"id": number, "url": url},
            )
        db.execute(text("INSERT INTO entry_keys VALUES ('Лента', 'k', 1, '2026-11-22')"))
        db.execute(text("INSERT INTO stories (id, created_at, updated_at) VALUES (7, '2026-11-22', '2026-11-22')"))
        db.execute(
            text(
                "INSERT INTO articles (entry_id, story_id, feed, url, canonical_url, title, text, language,"
                " fingerprint, problem, verdict) VALUES (1, 7, 'Лента', '', '', '', '', 'kk', '[]', '', '{}')"
            )
        )

    migrate(engine)

    with read_transaction(engine) as db:
        told = db.execute(
            select(entries.c.address, entries.c.language, entries.c.story_id).order_by(entries.c.id)
        ).all()
    number = address_number(canonical("https://news.example/1"))
    assert [tuple(row) for row in told] == [(number, "kk", 7), (None, None, None)]
    engine.dispose()


def test_a_title_that_nobody_gave_is_not_stored_for_workers_of_the_version_before() -> None:
    (topic,) = verdict("extradition").topics
    named = Verdict(topics=(replace(topic, title_kk="Экстрадиция"),), muted=(topic,))

    stored = stored_verdict(named)

    assert verdict_of(stored) == named
    assert [sorted(one.keys() & {"title_kk", "title_en"}) for one in (*stored["topics"], *stored["muted"])] == [
        ["title_kk"],
        [],
    ]
