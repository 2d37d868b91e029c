"""What polling learns and remembers, over a real server and a real database: gaps, refusals, lies, our own outages."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from structlog.testing import capture_logs

from monitor.models.feeds import FeedKind, FeedState, Trouble
from monitor.models.stories import PollOutcome
from monitor.polling.judge import count_new
from monitor.polling.poll import LEASE
from monitor.sources.feeds.newest import MOST_ENTRIES
from monitor.sources.http.client import Fetcher, Limits
from monitor.sources.sandbox import Sandbox
from monitor.storage.store import Store
from monitor.storage.tables import deliveries, entries
from tests.factories import HOUR
from tests.factories import feed as make_feed
from tests.factories.polling import poller_of
from tests.harness.clock import Clock
from tests.harness.databases import open_test_engine, sqlite_database
from tests.servers import faults
from tests.servers.web import PAGE_TYPE, Item, WebServer, page, rss

LONG = "В тот же день в городе открыли выставку, прошёл дождь и закончился ремонт моста через реку. " * 8
CASE = "Казахстан экстрадирует россиянина, сообщил его адвокат. "
MINUTE = timedelta(minutes=1)


class Room:
    """A poller with everything around it, and the clock in hand."""

    def __init__(self, web: WebServer, engine: Engine) -> None:
        self.web, self.engine, self.store = web, engine, Store(engine)
        self.clock = Clock()
        self.feeds = {"Лента": make_feed(url=f"{web.url}/rss")}

    @property
    def now(self) -> datetime:
        return self.clock.now

    async def open(self, fetcher: Fetcher, reader: Sandbox) -> None:
        self.poller = poller_of(self.store, fetcher, reader, self.clock)

    async def poll(self, name: str = "Лента", *, after: timedelta = 10 * MINUTE) -> PollOutcome:
        self.clock.now += after
        self.store.feeds.sync(list(self.feeds.values()), self.now)
        return await self.poller.poll(self.feeds[name], self.claimed(name))

    def claimed(self, name: str = "Лента") -> FeedState:
        self.store.feeds.release_all()
        (state,) = self.store.feeds.claim(self.now, limit=1, lease=LEASE, names=[name])
        return state

    def titles(self, outcome: str) -> list[str]:
        with self.engine.connect() as db:
            return list(db.scalars(select(entries.c.title).where(entries.c.outcome == outcome).order_by(entries.c.id)))

    def troubles(self, name: str = "Лента") -> tuple[Trouble, ...]:
        return next(one.troubles for one in self.store.feeds.health(self.now) if one.name == name)

    def item(self, title: str, *, text: str = LONG, guid: str = "", link: str = "") -> Item:
        link = link or f"{self.web.url}/page/{title}"
        return Item(title=title, link=link, guid=guid or link, content=text, published=self.now - MINUTE)

    def serve(self, *items: Item, path: str = "/rss", etag: str | None = None) -> str:
        return self.web.serve(path, rss(items), etag=etag)


@pytest.fixture
async def room(web: WebServer, tmp_path: Path) -> AsyncIterator[Room]:
    engine = open_test_engine(sqlite_database(tmp_path / "monitor.db"))
    made = Room(web, engine)
    limits = Limits(host_gap=0, host_concurrency=9)
    async with (
        Fetcher(user_agent="test", clock=made.clock, allow_private=True, limits=limits) as fetcher,
        Sandbox() as reader,
    ):
        await made.open(fetcher, reader)
        yield made
    engine.dispose()


async def test_known_entries_are_not_even_parsed(room: Room) -> None:
    items = [room.item(f"новость {number}") for number in range(5)]
    room.serve(*items)
    await room.poll()
    room.serve(room.item("свежая"), *items)

    outcome = await room.poll()

    assert [one.entry.title for one in outcome.settled] == ["свежая"]
    assert (outcome.known_keys, len(outcome.validators.items)) == ((), 6 * 8)


async def test_once_a_day_everything_is_read_and_kept_alive(room: Room) -> None:
    items = [room.item(f"новость {number}") for number in range(5)]
    room.serve(*items)
    await room.poll()
    room.serve(room.item("свежая"), *items)

    outcome = await room.poll(after=25 * HOUR)

    assert len(outcome.known_keys) == 5 * 2
    assert outcome.habit.read_at == room.now


async def test_a_window_that_turned_over_is_told(room: Room) -> None:
    room.serve(*(room.item(f"утро {number}") for number in range(4)))
    await room.poll()
    room.clock.now += 6 * HOUR
    room.serve(*(room.item(f"вечер {number}") for number in range(4)))

    outcome = await room.poll()

    assert "ни одной знакомой записи из 4" in outcome.problems[-1]
    assert room.troubles() == (Trouble.GAP,)
    assert outcome.next_poll_at == room.now + 5 * MINUTE


async def test_a_feed_without_entries_is_told_until_it_has_one(room: Room) -> None:
    room.serve()
    await room.poll()
    assert room.troubles() == (Trouble.EMPTY,)
    await room.poll()
    assert room.troubles() == (Trouble.EMPTY,), "the same body again"

    room.serve(room.item("первая"))
    await room.poll()

    assert room.troubles() == ()


async def test_a_feed_of_more_than_is_read_is_told_and_what_is_new_at_its_end_is_read(room: Room) -> None:
    old = room.now - 72 * HOUR
    items = [replace(room.item(f"новость {number}"), content="", published=old) for number in range(MOST_ENTRIES)]
    room.serve(*items)
    await room.poll()
    assert room.troubles() == ()

    room.clock.now += HOUR
    room.serve(*items, *(fresh := [room.item(f"свежая {number}") for number in range(3)]))
    outcome = await room.poll()

    assert [one.entry.title for one in outcome.settled] == [one.title for one in fresh]
    assert room.troubles() == (Trouble.LONG,)


async def test_a_feed_that_breaks_off_is_told_until_it_is_whole_again(room: Room) -> None:
    items = [room.item(f"новость {number}") for number in range(5)]
    room.serve(*items)
    await room.poll()
    for end in (b"<item>", b"<link>"):
        room.web.serve("/rss", rss(items).rpartition(end)[0])
        await room.poll()
        assert room.troubles() == (Trouble.DAMAGED,), end

    room.serve(room.item("свежая"), *items)
    await room.poll()

    assert room.troubles() == ()


def preview(numbers: range, *, at: datetime, older: int = 0) -> str:
    """A page of a Telegram channel's preview."""
    more = f'<a class="tme_messages_more" data-before="{older}"></a>' if older else ""
    posts = "".join(
        f'<div class="tgme_widget_message js-widget_message" data-post="stepnoy/{number}">'
        f'<div class="tgme_widget_message_text js-message_text">Пост {number}. {LONG}</div>'
        f'<a class="tgme_widget_message_date"><time datetime="{at.isoformat()}"></time></a></div>'
        for number in numbers
    )
    return f'<html><body><section class="tgme_channel_history">{more}{posts}</section></body></html>'


async def test_older_pages_are_read_until_something_known_comes(room: Room) -> None:
    path = "/s/stepnoy"
    room.feeds["Лента"] = make_feed(kind=FeedKind.TELEGRAM, url=f"{room.web.url}{path}")
    room.web.serve(path, preview(range(1, 5), at=room.now, older=1), content_type=PAGE_TYPE)
    await room.poll()
    assert room.web.count(path) == 1, "first sight is a baseline: nothing is paged back for"
    for first in range(1, 20, 4):
        shown = preview(range(first, first + 4), at=room.now, older=first)
        room.web.serve(path + (f"?before={first + 4}" if first < 17 else ""), shown, content_type=PAGE_TYPE)

    outcome = await room.poll()

    titles = room.titles("unmatched")
    assert sorted(int(title.split()[1].rstrip(".")) for title in titles) == list(range(1, 21))
    assert room.web.count(path) == 1 + 1 + 4
    assert outcome.problems == (), "nothing passed unseen"


async def test_paging_back_has_an_end(room: Room) -> None:
    path = "/s/stepnoy"
    room.feeds["Лента"] = make_feed(kind=FeedKind.TELEGRAM, url=f"{room.web.url}{path}")
    room.web.serve(path, preview(range(1, 5), at=room.now), content_type=PAGE_TYPE)
    await room.poll()
    room.web.serve(path, preview(range(1000, 1004), at=room.now, older=1000), content_type=PAGE_TYPE)
    for before in range(1000, 800, -4):
        shown = preview(range(before - 4, before), at=room.now, older=before - 4)
        room.web.serve(f"{path}?before={before}", shown, content_type=PAGE_TYPE)

    outcome = await room.poll()

    assert room.web.count(path) == 1 + 1 + 10
    assert outcome.habit.gap_at == room.now


async def test_a_refused_feed_is_read_from_its_fallback_and_comes_home(room: Room) -> None:
    other = room.serve(room.item("с запасного"), path="/other/rss")
    room.feeds["Лента"] = make_feed(url=f"{room.web.url}/rss", fallback=other)
    room.serve(room.item("первое"), etag='"home"')
    await room.poll()
    room.web.fail("/rss", faults.status(403))

    away = await room.poll()
    assert (away.failure, away.failures) == ("", 0)
    assert "403" in away.problems[0]
    assert room.troubles() == (Trouble.AWAY,)
    assert "с запасного" in room.titles("unmatched")
    asked = room.web.count("/rss")
    await room.poll()
    assert room.web.count("/rss") == asked, "its own address rests for an hour"

    room.web.mend("/rss")
    room.serve(room.item("снова дома"), room.item("первое"), etag='"home"')
    back = await room.poll(after=61 * MINUTE)
    assert (back.validators.etag, back.problems, room.troubles()) == ('"home"', (), ())
    assert "снова дома" in room.titles("unmatched")
    assert room.claimed().habit.gap_at is None


async def test_what_the_fallback_shows_of_the_past_is_no_news(room: Room) -> None:
    past = Item(title="давно было", link="http://a/1", guid="1", content=LONG, published=room.now - 9 * HOUR)
    undated = Item(title="без даты", link="http://a/2", guid="2", content=CASE + LONG)
    again = room.item("то же под другим адресом", guid="x")
    other = room.serve(
        past, undated, Item(title="первое", link="http://a/3", guid="3", content=LONG), again, path="/other/rss"
    )
    room.feeds["Лента"] = make_feed(url=f"{room.web.url}/rss", fallback=other)
    room.serve(room.item("первое"))
    await room.poll()
    room.web.fail("/rss", faults.status(403))

    await room.poll()

    assert room.titles("baseline") == ["давно было", "без даты"]
    assert room.titles("duplicate") == ["первое"]
    assert room.titles("posted") == []


async def test_a_passing_failure_does_not_send_us_away(room: Room) -> None:
    other = room.serve(room.item("с запасного"), path="/other/rss")
    room.feeds["Лента"] = make_feed(url=f"{room.web.url}/rss", fallback=other)
    room.web.fail("/rss", faults.status(502), times=2)

    first = await room.poll()
    second = await room.poll()

    assert (first.failures, second.failures) == (1, 0)
    assert second.habit.away_since == room.now


async def test_when_both_addresses_fail_the_first_refusal_is_told(room: Room) -> None:
    room.feeds["Лента"] = make_feed(url=f"{room.web.url}/rss", fallback=f"{room.web.url}/nothing/rss")
    room.web.fail("/rss", faults.status(403))

    outcome = await room.poll()

    assert (outcome.failure_kind, outcome.failures) == ("forbidden", 1)


async def test_validators_that_lie_are_caught_and_not_sent_again(room: Room) -> None:
    room.serve(room.item("первое"), etag='"frozen"')
    await room.poll()
    room.serve(room.item("скрытое"), room.item("первое"), etag='"frozen"')
    assert count_new(await room.poll()) == (0, 0), "304"

    outcome = await room.poll(after=25 * HOUR)

    assert outcome.habit.lies
    assert room.troubles() == (Trouble.LYING,)
    assert "скрытое" in room.titles("unmatched")
    await room.poll()
    assert "if-none-match" not in room.web.requests[-1].headers


async def test_a_feed_asked_for_its_body_once_a_day_is_no_liar(room: Room) -> None:
    room.serve(room.item("первое"), etag="auto")
    await room.poll()
    await room.poll()
    room.serve(room.item("второе"), room.item("первое"), etag="auto")

    outcome = await room.poll(after=25 * HOUR)

    assert "if-none-match" not in room.web.requests[-1].headers
    assert (outcome.habit.lies, count_new(outcome)) == (False, (1, 0))


async def test_a_feed_that_renames_all_its_entries_posts_nothing(room: Room) -> None:
    cases = [room.item(f"дело {number}", text=CASE + LONG) for number in range(6)]
    room.serve(*cases)
    await room.poll()
    posted = room.titles("posted") + room.titles("joined")
    anew = [room.item(case.title, link=f"https://new.example/{n}", text=case.content) for n, case in enumerate(cases)]
    room.serve(room.item("новое дело", text="Совсем другое. " + CASE + "Мост закрыт. " * 60), *anew)

    outcome = await room.poll()

    assert len(posted) == 6
    assert room.titles("duplicate")[-6:] == [one.title for one in cases]
    assert count_new(outcome)[1] == 1
    assert outcome.habit.gap_at is None
    assert count_new(await room.poll()) == (0, 0)


async def test_what_already_matched_does_not_wait_for_the_other_pages(room: Room) -> None:
    def brief(name: str, summary: str) -> Item:
        link = room.web.serve(f"/page/{name}", page(name, [LONG]), content_type=PAGE_TYPE)
        return Item(title=name, link=link, guid=link, description=summary, published=room.now)

    room.serve(*(brief(f"прочее-{number}", "Подробности.") for number in range(3)), brief("дело", CASE))
    hold = room.web.hold("/page/прочее-0")

    polling = asyncio.create_task(room.poll())
    await hold.arrived()
    with room.engine.connect() as db:
        assert len(db.execute(select(deliveries)).all()) == 1
    hold.release()
    outcome = await polling

    assert count_new(outcome) == (4, 1)
    pages = [request.path for request in room.web.requests if request.path.startswith("/page/")]
    assert pages[0] == "/page/дело"
    assert sorted(room.titles("unmatched")) == [f"прочее-{number}" for number in range(3)]


async def test_our_own_outage_is_charged_to_no_feed(room: Room) -> None:
    names = [f"лента {number}" for number in range(8)]
    room.feeds = {name: make_feed(name=name, url=f"http://127.0.0.1:1/{name}") for name in names}

    outcomes = [await room.poll(name, after=MINUTE / 60) for name in names]

    assert [outcome.failures for outcome in outcomes] == [1] * 4 + [0] * 4
    health = room.store.feeds.health(room.now)
    assert [one.failures for one in health] == [0] * 8, "those charged before it was recognised are forgiven"
    assert all(one.next_poll_at <= room.now + 2 * MINUTE for one in health)

    room.web.serve("/rss", rss([room.item("есть связь")]))
    room.feeds = {name: make_feed(name=name, url=f"{room.web.url}/rss") for name in names}
    assert [(await room.poll(name, after=5 * MINUTE)).failure for name in names] == [""] * 8


async def test_an_outage_is_a_line_when_it_begins_and_one_when_it_ends(room: Room) -> None:
    names = [f"лента {number}" for number in range(8)]
    with capture_logs() as log:
        room.feeds = {name: make_feed(name=name, url=f"http://127.0.0.1:1/{name}") for name in names}
        for name in 2 * names:
            await room.poll(name, after=MINUTE / 60)
        room.web.serve("/rss", rss([room.item("есть связь")]))
        room.feeds = {name: make_feed(name=name, url=f"{room.web.url}/rss") for name in names}
        for name in names:
            await room.poll(name, after=MINUTE)

    said = [line["event"] for line in log if line["log_level"] != "info"]
    assert said.count("poll failed") == 4, "before it is recognised each may be a trouble of its own"
    assert said[4] == "most feeds cannot be reached: our own network is down"
    (end,) = (line for line in log if "failed_polls" in line)
    assert end["failed_polls"] == 16
    assert len(said) == 6


async def test_pages_without_text_are_remembered(room: Room) -> None:
    def brief(name: str) -> Item:
        link = f"{room.web.url}/page/{name}"
        return Item(title=name, link=link, guid=link, description="Подробности.", published=room.now)

    room.serve(*(brief(f"новость {number}") for number in range(12)))  # 404, all of them
    await room.poll()

    assert room.troubles() == (Trouble.BARE,)


async def test_a_poll_that_waits_when_the_end_comes_is_not_begun(room: Room) -> None:
    room.poller.stopping.set()

    with pytest.raises(asyncio.CancelledError):
        await room.poll()

    assert room.web.requests == []
