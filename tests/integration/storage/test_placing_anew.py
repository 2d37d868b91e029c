"""What nothing came of, placed when somebody in it is news: once, whole or not at all, and found as before."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, func, select

from monitor.models.articles import Outcome
from monitor.models.stories import EntryOutcome, Story, StoryChange
from monitor.storage.database import read_transaction
from monitor.storage.store import Store
from monitor.storage.tables import archive, articles, deliveries, entries, reviews, stories
from monitor.stories.grouping import group
from monitor.stories.placement import SAME_CASE
from monitor.stories.similarity import SimilarityIndex
from tests.factories import HOUR, NOW, article, entry, feed, matched, poll_outcome
from tests.factories.channels import to_channel

PLACE = partial(group, chats=to_channel("@channel", review="-100"))
SINCE = NOW - timedelta(days=2)
CLAIM = "Казахстан выдал России пекаря Максима Пробникова. Он ждал решения суда в Актобе с весны."
LETTER = "Максим Пробников благодарит тех, кто ему пишет: почта приносит по двадцать открыток в день."
OTHER = (
    "Суд в Павлодаре разрешил экстрадицию лётчика Глеба Выдумкина, уроженца Томска. Защита подаст жалобу до пятницы."
)
PROBLEM = "страница не прочитана: ответ 403 (нет доступа)"


def record(store: Store, *, settled: Sequence[EntryOutcome] = (), found: Sequence[EntryOutcome] = ()) -> None:
    store.feeds.sync([feed()], NOW)
    store.feeds.release_all()
    (state,) = store.feeds.claim(NOW, limit=1, lease=HOUR)
    outcome = poll_outcome(lease_no=state.lease_no, next_poll_at=NOW, settled=tuple(settled), matched=tuple(found))
    assert store.polls.record_all([outcome], PLACE, window=SAME_CASE)


def read_before(number: int, text: str = LETTER) -> EntryOutcome:
    read = article(number, text=text)
    why = f"ни одно правило не сработало ({PROBLEM})"
    return EntryOutcome(entry=entry(number), outcome=Outcome.UNMATCHED, reason=why, article=read)


@pytest.fixture
def past(store: Store) -> Store:
    """Entries 1 and 2 are letters of his, 3 is of nobody, 4 is the claim."""
    weather = read_before(3, "На перевале выпал снег.")
    record(store, settled=[read_before(1), read_before(2, f"{LETTER} Пишут и дети."), weather])
    record(store, found=[matched(4, text=CLAIM, feed="Другая лента")])
    return store


def place(store: Store, *numbers: int, by: object = PLACE) -> int:
    return store.polls.place_anew(numbers, by, window=SAME_CASE, since=SINCE, now=NOW)  # type: ignore[arg-type]  # a test's


def everything(engine: Engine) -> list[list[object]]:
    with read_transaction(engine) as db:
        tables = (entries, archive, stories, articles, deliveries, reviews)
        return [[tuple(row) for row in db.execute(select(table).order_by(*table.primary_key))] for table in tables]


def test_its_text_moves_to_the_articles_and_is_kept_once(past: Store, engine: Engine) -> None:
    before = past.archive.count(SINCE)

    assert place(past, 1) == 1

    kept = {one.entry_id: one for one in past.archive.iter_articles(SINCE)}
    assert len(kept) == past.archive.count(SINCE) == before
    assert (kept[1].outcome, kept[1].text) == (Outcome.REVIEW, LETTER)
    with read_transaction(engine) as db:
        assert set(db.scalars(select(archive.c.entry_id))) == {2, 3}
    known = past.history.entry(1)
    assert known
    assert (known.story_id, known.part, known.problem) == (1, 2, PROBLEM)


def test_of_what_goes_on_with_no_story_nothing_is_written(past: Store, engine: Engine) -> None:
    before = everything(engine)

    assert place(past, 3, 4, 99) == 0

    assert everything(engine) == before


def test_it_is_found_as_before_by_its_words_and_by_what_became_of_it(past: Store) -> None:
    def found(written: str) -> list[int]:
        return [one.entry_id for one in past.finder.find(written, limit=9).found]

    past.search.catch_up()
    assert (found("почта итог:мимо"), found("почта итог:редактору")) == ([2, 1], [])
    texts = past.finder.find("почта", limit=9).coverage.texts

    place(past, 1)

    assert found("почта") == [2, 1]
    assert (found("почта итог:мимо"), found("почта итог:редактору")) == ([2], [1])
    assert past.finder.find("почта", limit=9).coverage.texts == texts
    assert past.search.catch_up() == 0


def test_what_the_search_does_not_know_yet_it_learns_in_its_turn(past: Store) -> None:
    place(past, 1)
    past.search.catch_up()

    answer = past.finder.find("почта итог:редактору", limit=9)
    assert [one.entry_id for one in answer.found] == [1]
    assert answer.coverage.texts == 4


def test_a_failure_in_the_middle_leaves_all_as_it_was(past: Store, engine: Engine) -> None:
    before = everything(engine)

    def fails(
        found: tuple[EntryOutcome, ...], recent: tuple[Story, ...], *, index: SimilarityIndex, now: object
    ) -> tuple[StoryChange, ...]:
        if "дети" in found[0].telling.article.text:  # type: ignore[union-attr]  # it has one
            raise RuntimeError("посередине")
        return group(found, recent, chats=to_channel("@channel", review="-100"), index=index, now=NOW)

    with pytest.raises(RuntimeError):
        place(past, 1, 2, by=fails)
    assert everything(engine) == before

    record(past, found=[matched(5, text=OTHER, feed="Другая лента")])  # on SQLite it gets the number that is free again
    record(past, found=[matched(6, text=OTHER, feed="Третья лента")])
    retold = past.history.entry(6)
    assert retold
    assert retold.outcome is Outcome.JOINED
    assert place(past, 1, 2) == 2


def test_many_workers_do_it_once(past: Store, engine: Engine) -> None:
    workers = [past, *(Store(engine) for _ in range(3))]
    start = threading.Barrier(len(workers))

    def one(store: Store) -> int:
        start.wait()
        return place(store, 2, 1)

    with ThreadPoolExecutor(len(workers)) as threads:
        assert sum(threads.map(one, workers)) == 2

    with read_transaction(engine) as db:
        assert db.scalar(select(func.count()).select_from(articles)) == 3
        assert db.scalar(select(func.count()).select_from(entries)) == 4
