"""What the database tells of the copies of pages, on both kinds."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from monitor.models.evidence import TimeStamp
from monitor.models.health import EvidenceVitals
from monitor.storage.database import write_transaction
from monitor.storage.evidence.schema import pages
from monitor.storage.evidence.stamps import StampStore
from monitor.storage.evidence.vitals import EvidenceStats
from tests.factories import HOUR, NOW
from tests.harness.kept_pages import KeptPages

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
TSA = "https://tsa.example/tsr"


@pytest.fixture
def kept(engine: Engine, tmp_path: Path) -> KeptPages:
    return KeptPages(engine=engine, folder=tmp_path / "evidence")


@pytest.fixture
def stats(engine: Engine) -> EvidenceStats:
    return EvidenceStats(engine)


def test_nothing_is_kept_yet(stats: EvidenceStats) -> None:
    assert stats.vitals(NOW, worker="one") == EvidenceVitals(pages=0, captures=0, size=0)
    assert stats.vitals(NOW, authorities=[TSA]).unstamped == 0
    assert stats.chains() == ()


def test_pages_copies_and_bytes(kept: KeptPages, stats: EvidenceStats) -> None:
    sizes = [kept.keep(number, NOW - HOUR, due_at=NOW + HOUR if number < 2 else None).length for number in range(3)]
    sizes.append(kept.keep(1, NOW - MINUTE, due_at=NOW + HOUR).length)
    kept.join(NOW)

    seen = stats.vitals(NOW, worker="one")

    assert (seen.pages, seen.captures, seen.size) == (2, 4, sum(sizes))
    assert seen.kept_at == NOW - MINUTE, "a link that joins chains is no copy"
    assert seen.due_since is None
    assert stats.vitals(NOW, worker="another").kept_at is None


def test_numbers_are_a_minute_old_at_most_and_only_what_is_new_is_read(
    kept: KeptPages, stats: EvidenceStats, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsettled = 10
    monkeypatch.setattr("monitor.storage.evidence.vitals.UNSETTLED", unsettled)
    for step in range(4):
        for number in range(unsettled // 2):
            kept.keep(number, NOW)
        at = NOW + step * MINUTE

        assert stats.vitals(at).captures == (step + 1) * unsettled // 2
        kept.keep(0, at)
        assert stats.vitals(at + timedelta(seconds=59)).captures == (step + 1) * unsettled // 2
        kept.links.pop()  # not of the chain: it is left out again
        with write_transaction(kept.engine) as db:
            db.exec_driver_sql("DELETE FROM captures WHERE id = (SELECT max(id) FROM captures)")


def test_a_clock_set_back_does_not_keep_old_numbers(kept: KeptPages, stats: EvidenceStats) -> None:
    stats.vitals(NOW)
    kept.keep(1, NOW)

    assert stats.vitals(NOW - DAY).captures == 1


def test_the_page_that_waits_longest_for_its_look(kept: KeptPages, engine: Engine) -> None:
    for number, hours in enumerate((1, 3, 2)):
        kept.keep(number, NOW - DAY, due_at=NOW - hours * HOUR)

    seen = EvidenceStats(engine).vitals(NOW)
    assert (seen.due_since, seen.due_url) == (NOW - 3 * HOUR, "https://news.example/1")

    with write_transaction(engine) as db:  # somebody looks at it just now
        db.execute(update(pages).where(pages.c.url == seen.due_url).values(lease_until=NOW + MINUTE))
    assert EvidenceStats(engine).vitals(NOW).due_since == NOW - 2 * HOUR


def test_links_that_no_stamp_covers(kept: KeptPages, engine: Engine) -> None:
    for number in range(5):
        kept.keep(number, NOW - (5 - number) * HOUR)
    other = KeptPages(engine=engine, folder=kept.folder, worker="two")
    other.keep(9, NOW - 10 * HOUR)
    store = StampStore(engine)
    store.record(TimeStamp(hash=kept.links[2].hash, authority=TSA, token=b"0", stamped_at=NOW), NOW - MINUTE)
    store.record_failure(other.links[0].hash, TSA, "служба отвечает 503", NOW)

    seen = EvidenceStats(engine).vitals(NOW, authorities=[TSA, "https://new.example"])

    assert seen.unstamped == 3
    (first, second) = seen.stamps
    assert (first.waiting_since, first.given_at) == (NOW - 10 * HOUR, NOW - MINUTE)
    assert first.problem == "служба отвечает 503"
    assert (second.waiting_since, second.given_at, second.problem) == (NOW - 10 * HOUR, None, "")


def test_the_last_links_are_led_by_the_one_before(kept: KeptPages, stats: EvidenceStats) -> None:
    for number, hours in enumerate((50, 30, 20, 1)):
        kept.keep(number, NOW - hours * HOUR)

    assert stats.chains() == ("one",)
    assert list(stats.links("one")) == kept.links
    assert [link.number for link in stats.links("one", since=NOW - DAY)] == [2, 3, 4]
    assert [link.number for link in stats.links("one", since=NOW - 9 * DAY)] == [1, 2, 3, 4]
    assert list(stats.links("one", since=NOW)) == []


def test_the_newest_copies_are_bounded(kept: KeptPages, stats: EvidenceStats) -> None:
    places = [kept.keep(number, NOW - hours * HOUR) for number, hours in enumerate((30, 3, 2, 1))]
    kept.join(NOW)

    assert stats.copies("one", since=NOW - DAY, limit=9) == (places[3], places[2], places[1])
    assert stats.copies("one", since=NOW - DAY, limit=2) == (places[3], places[2])


def test_files_that_may_go(kept: KeptPages, stats: EvidenceStats) -> None:
    old = kept.keep(1, NOW - 40 * DAY).file
    watched = kept.keep(2, NOW - 39 * DAY, due_at=NOW + DAY).file
    mixed = kept.keep(3, NOW - 38 * DAY).file
    kept.keep(4, NOW - 38 * DAY, due_at=NOW + DAY)
    young = kept.keep(5, NOW - 5 * DAY).file
    kept.join(NOW)

    asked = [old, watched, mixed, young, "20200101-nobody.warc.gz"]
    assert stats.outlived_files(asked, NOW - 30 * DAY) == {old}
    assert stats.outlived_files([watched], NOW - 30 * DAY) == frozenset()
