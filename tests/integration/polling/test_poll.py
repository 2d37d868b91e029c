"""One poll of one feed, with a real fetcher over HTTP, real rules and a real database file."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.matching.mutes import Mute, RuleName
from monitor.models.stories import PollOutcome
from monitor.polling.poll import LEASE
from monitor.polling.recorder import Recorder
from monitor.storage.tables import articles, deliveries, entries, feeds, held
from tests.factories import NOW
from tests.harness.loops import wait_out
from tests.harness.poll_room import ABOUT, LONG, Room
from tests.servers import faults
from tests.servers.web import Item, page


async def test_a_mute_is_in_force_from_the_next_poll_on_and_reads_pages_under_it_too(room: Room) -> None:
    name = RuleName(topic="extradition", title="Экстрадиция", rule="выдача из Казахстана")
    muted = Mute(name=name, until=NOW + timedelta(hours=2))
    room.poller = replace(room.poller, mutes=lambda now: (muted,) if now < muted.until else ())
    room.serve(room.item("о деле"), room.brief("page", text=ABOUT))

    await room.poll()

    assert room.outcomes() == {"о деле": "review", "page": "review"}
    reason = "extradition: выдача из Казахстана; правило на паузе (/mute) до 22.11 11:00"
    assert room.column(entries.c.reason) == [reason, reason]
    assert room.column(held.c.rule) == [name.rule, name.rule]

    room.now = muted.until
    room.serve(room.item("о другом деле"))
    await room.poll()
    assert room.outcomes()["о другом деле"] == "posted"


async def test_every_entry_has_an_outcome_and_a_reason(room: Room) -> None:
    room.serve(
        room.item("о деле"),
        room.item("о погоде", LONG),
        room.item("об Испании", "Испания: суд решил экстрадировать россиянина. " + LONG),
        room.item("старое", age=timedelta(days=2)),
        room.item("без даты", age=None),
    )

    await room.poll()

    assert room.outcomes() == {
        "о деле": "posted",
        "о погоде": "unmatched",
        "об Испании": "vetoed",
        "старое": "baseline",
        "без даты": "baseline",
    }
    assert all(room.column(entries.c.reason))


async def test_the_second_poll_posts_what_is_new_dated_or_not(room: Room) -> None:
    room.serve(room.item("первое", LONG))
    await room.poll()
    undated = room.item("без даты", "Суд разрешил экстрадировать россиянку. " + LONG, age=None)
    room.serve(room.item("первое", LONG), undated, room.item("всплыло", age=timedelta(days=9)))

    await room.poll()

    assert room.outcomes() == {"первое": "unmatched", "без даты": "posted", "всплыло": "too_old"}


async def test_what_a_known_feed_dates_a_day_and_a_half_back_is_still_news(room: Room) -> None:
    """A day for what is dated before it appears, a day for a clock that is a day wrong."""
    room.serve(room.item("первое", LONG))
    await room.poll()
    room.serve(room.item("первое", LONG), room.item("вчера", age=timedelta(hours=36)))

    await room.poll()

    assert room.outcomes() == {"первое": "unmatched", "вчера": "posted"}


async def test_a_clock_set_back_during_a_poll_does_not_put_the_feed_to_sleep(room: Room) -> None:
    room.serve(room.item("первое", LONG))
    hold = room.web.hold("/rss")
    polling = asyncio.create_task(room.poll())
    await asyncio.to_thread(hold.wait_arrived, 10)
    room.now -= timedelta(days=1)
    hold.release()

    outcome = await polling

    assert outcome.polled_at == room.now
    assert timedelta(0) < outcome.next_poll_at - room.now < timedelta(minutes=30)


async def test_what_a_clock_set_back_during_a_poll_called_too_old_is_judged_again(room: Room) -> None:
    room.serve(room.item("первое", LONG))
    await room.poll()
    await room.poll()
    room.serve(room.item("первое", LONG), room.item("вчера", age=timedelta(hours=60)))
    hold = room.web.hold("/rss")
    polling = asyncio.create_task(room.poll())
    await asyncio.to_thread(hold.wait_arrived, 10)
    room.now -= timedelta(days=2)
    hold.release()
    await polling
    assert "вчера" not in room.outcomes()

    await room.poll()

    assert room.outcomes()["вчера"] == "posted"


async def test_a_poll_that_lost_its_lease_reads_no_more_pages(room: Room) -> None:
    room.serve(room.item("первое", LONG))
    await room.poll()
    room.serve(room.item("первое", LONG), room.item("срочное"), room.brief("plain"))
    hold = room.web.hold("/rss")
    polling = asyncio.create_task(room.poll())
    await asyncio.to_thread(hold.wait_arrived, 10)
    room.poller.feeds.claim(room.now + 2 * LEASE, limit=1, lease=LEASE)  # by another worker
    hold.release()

    await polling

    assert set(room.outcomes()) == {"первое"}
    assert room.web.count("/page/plain") == 0


async def test_what_was_published_while_we_were_away_is_still_news(room: Room) -> None:
    room.serve(room.item("первое", LONG))
    await room.poll()
    room.now += timedelta(days=5)
    room.serve(room.item("при нас", LONG), room.item("без нас", age=timedelta(days=4)))

    await room.poll()

    assert room.outcomes()["без нас"] == "posted"


async def test_an_unchanged_body_is_not_read_again(room: Room) -> None:
    room.serve(room.item("о деле"))
    await room.poll()

    outcome = await room.poll()

    assert (outcome.settled, outcome.matched, outcome.failure) == ((), (), "")
    assert len(room.column(deliveries.c.id)) == 1


async def test_validators_are_kept_verbatim(room: Room) -> None:
    room.serve(room.item("о деле"), etag='W/"weak"')
    await room.poll()
    await room.poll()

    first, second = (request for request in room.web.requests if request.path == "/rss")
    assert "if-none-match" not in first.headers
    assert second.headers["if-none-match"] == 'W/"weak"'


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/rss+xml"),
        ("<!doctype html><title>Новости</title><p>Главная".encode(), "text/html; charset=utf-8"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 400, "image/png"),
        (b'{"error": "gone"}', "application/json"),
    ],
    ids=["empty", "a page", "a picture", "json"],
)
async def test_what_is_no_feed_is_a_named_failure_and_costs_no_validator(
    room: Room, body: bytes, content_type: str
) -> None:
    room.serve(room.item("первое", LONG), etag='"good"')
    await room.poll()
    room.web.serve("/rss", body, content_type=content_type, etag='"bad"')

    outcome = await room.poll()

    assert outcome.failure
    assert outcome.failures == 1
    assert room.column(feeds.c.etag) == ['"good"']
    assert outcome.next_poll_at == NOW + timedelta(minutes=10)


@pytest.mark.manual_time
@pytest.mark.parametrize("fault", [wait_out(faults.hang), faults.reset, faults.huge(20_000_000), faults.garbage])
async def test_a_server_that_misbehaves_fails_this_poll_only(room: Room, fault: faults.Fault) -> None:
    room.serve(room.item("о деле"))
    room.web.fail("/rss", fault, times=1)

    failed = await room.poll()
    good = await room.poll()

    assert failed.failure
    assert (good.failure, good.failures) == ("", 0)
    assert room.outcomes() == {"о деле": "posted"}


async def test_a_feed_that_emptied_itself_is_a_failure(room: Room) -> None:
    room.serve(room.item("первое", LONG))
    await room.poll()
    room.serve()

    assert "пуста" in (await room.poll()).failure


async def test_a_feed_that_was_always_empty_is_none(room: Room) -> None:
    room.serve()

    assert (await room.poll()).failure == ""


async def test_a_page_that_cannot_be_read_leaves_the_summary(room: Room) -> None:
    item = room.item("о деле")
    room.serve(Item(title="о деле", link=item.link, guid="1", description=ABOUT[:80] + "…", published=item.published))

    await room.poll()

    assert room.outcomes() == {"о деле": "posted"}
    assert room.column(articles.c.problem) == ["страница не прочитана: страницы нет (404)"]


async def test_the_page_adds_what_the_summary_lacks(room: Room) -> None:
    item = room.item("заголовок")
    room.web.serve("/page/заголовок", page("заголовок", ABOUT.split(". ")), content_type="text/html; charset=utf-8")
    room.serve(Item(title="заголовок", link=item.link, guid="1", description="Подробности.", published=item.published))

    await room.poll()

    (text,) = room.column(articles.c.text)
    assert str(text).startswith("Подробности.\n")
    assert "экстрадирует россиянина" in str(text)


async def test_when_time_runs_out_the_rest_stays_unseen_and_no_validator_is_kept(room: Room) -> None:
    room.poller = replace(room.poller, page_seconds=-1.0)  # out of time after the first page
    room.serve(*(room.brief(f"дело {number}") for number in range(3)), etag='"v1"')

    outcomes = [await room.poll() for _ in range(3)]

    assert [len(outcome.settled) for outcome in outcomes] == [1, 1, 1]
    assert [outcome.validators.etag for outcome in outcomes] == [None, None, '"v1"']
    assert outcomes[0].next_poll_at == NOW + timedelta(minutes=1)
    assert len(room.outcomes()) == 3


async def test_a_page_that_fails_for_the_moment_is_asked_for_again(room: Room) -> None:
    """A summary that says little must not settle what its page may tell."""
    link = room.item("заголовок").link
    recent = Item(
        title="заголовок", link=link, guid="1", description="Подробности.", published=NOW - timedelta(hours=1)
    )
    room.serve(recent, etag='"v1"')
    room.web.fail("/page/заголовок", faults.status(503))

    first = await room.poll()
    room.web.mend("/page/заголовок")
    room.web.serve("/page/заголовок", page("заголовок", ABOUT.split(". ")), content_type="text/html; charset=utf-8")
    second = await room.poll()

    assert (first.settled, first.validators.etag) == ((), None)
    assert (len(second.matched), second.validators.etag) == (1, '"v1"')


async def test_a_headline_that_comes_to_matter_is_judged_again(room: Room) -> None:
    """Outlets put a story on their site before they know what it is."""
    item = room.item("происшествие в аэропорту", LONG)
    room.serve(item)
    await room.poll()
    room.serve(replace(item, title="Казахстан экстрадирует россиянина"))

    await room.poll()

    assert set(room.outcomes().items()) == {
        ("происшествие в аэропорту", "unmatched"),
        ("Казахстан экстрадирует россиянина", "posted"),
    }


async def test_a_page_is_not_waited_for_for_ever(room: Room) -> None:
    link = room.item("заголовок").link
    room.serve(
        Item(title="заголовок", link=link, guid="1", description="Подробности.", published=NOW - timedelta(hours=3))
    )
    room.web.fail("/page/заголовок", faults.status(503))

    assert len((await room.poll()).settled) == 1


async def test_what_a_mistake_of_ours_keeps_from_being_recorded_is_told_and_read_again(room: Room) -> None:
    record = room.poller.recorder.record_all

    def broken(outcomes: Sequence[PollOutcome]) -> frozenset[str]:
        assert not any(outcome.matched for outcome in outcomes), "the mistake"
        return record(outcomes)

    room.serve(room.item("о деле"))
    whole, room.poller = room.poller, replace(room.poller, recorder=Recorder(record_all=broken, wait=0))
    failed = await room.poll()
    room.poller = whole
    room.now = failed.next_poll_at
    await room.poll()

    assert failed.failure == "внутренняя ошибка (AssertionError); подробности в журнале"
    assert room.outcomes() == {"о деле": "posted"}


async def test_a_mistake_of_ours_fails_the_poll_and_is_told(room: Room) -> None:
    room.serve(room.item("о деле"))
    broken = replace(room.poller, judge=None)  # type: ignore[arg-type]  # the mistake
    healthy, room.poller = room.poller, broken

    failed = await room.poll()
    room.poller = healthy
    await room.poll()

    assert "внутренняя ошибка" in failed.failure
    assert room.outcomes() == {"о деле": "posted"}
