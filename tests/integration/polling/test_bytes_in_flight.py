"""Many large feeds at once: their bodies are never in memory together, none is lost, and the small ones go on."""

import asyncio
import gc
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from monitor.models.feeds import Feed, Fetched, ParsedFeed
from monitor.polling.poll import LEASE, Poller
from monitor.sources.http.byte_budget import LIGHT, ByteBudget
from monitor.sources.http.client import Fetcher, Limits
from monitor.sources.sandbox import Sandbox
from monitor.storage.store import Store
from monitor.storage.tables import entries
from tests.factories import NOW
from tests.factories import feed as make_feed
from tests.factories.polling import poller_of
from tests.harness.clock import Clock
from tests.harness.databases import open_test_engine, sqlite_database
from tests.harness.living import living
from tests.servers.web import Item, WebServer, page, rss

LARGE, ENTRIES = 40, 5  # more feeds than are polled at once, and ten times what the budget holds
FILLING = "погода " * 5_000  # a feed of five such entries has 325 kB
BODY = rss(
    [
        Item(title=f"Новость {n}", link=f"http://n.example/{n}", guid=str(n), content=FILLING, published=NOW)
        for n in range(ENTRIES)
    ]
)


class Weighing(Sandbox):
    """Adds up, whenever a body comes to be parsed, all the bodies that are in memory."""

    most = 0

    async def parse(self, feed: Feed, fetched: Fetched, *, now: datetime, since: datetime | None = None) -> ParsedFeed:
        held = {id(one.body): len(one.body) for one in living(Fetched)}
        self.most = max(self.most, sum(size for size in held.values() if size > LIGHT))
        return await super().parse(feed, fetched, now=now, since=since)


@asynccontextmanager
async def polling(tmp_path: Path, budget: int) -> AsyncIterator[tuple[Poller, Weighing, Engine]]:
    engine = open_test_engine(sqlite_database(tmp_path / "monitor.db"))
    limits, clock = Limits(host_gap=0, host_concurrency=100, in_flight=budget), Clock()
    gc.freeze()  # `living` goes through what is made from here on, not through all that the suite has loaded
    async with (
        Fetcher(user_agent="test", clock=clock, allow_private=True, limits=limits) as fetcher,
        Weighing() as reader,
    ):
        made = poller_of(Store(engine), fetcher, reader, clock, at_once=32)
        yield replace(made, bodies=ByteBudget(budget)), reader, engine
    engine.dispose()


async def poll_all(poller: Poller, feeds: list[Feed]) -> list[str]:
    """Poll them at once; their names in the order in which they came to an end."""
    poller.feeds.sync(feeds, NOW)
    ended = list[str]()

    async def poll(state: Any, feed: Feed) -> None:
        outcome = await poller.poll(feed, state)
        assert not outcome.failure
        ended.append(feed.name)

    states = poller.feeds.claim(NOW, limit=len(feeds), lease=LEASE, names=[feed.name for feed in feeds])
    by_name = {feed.name: feed for feed in feeds}
    await asyncio.gather(*(poll(state, by_name[state.name]) for state in states))
    return ended


def count(engine: Engine) -> int:
    with engine.connect() as db:
        return db.scalar(select(func.count()).select_from(entries)) or 0


@pytest.mark.parametrize("coding", ["", "gzip"])
async def test_large_feeds_are_read_a_few_at_a_time_and_all_in_the_end(
    web: WebServer, tmp_path: Path, coding: str
) -> None:
    """Announced lengths draw on the budget as they are; what is compressed as much as it might become."""
    most = 2 * 1024 * 1024 + 2 * len(BODY) if coding else 3 * len(BODY)
    body = gzip.compress(BODY) if coding else BODY
    for number in range(LARGE):
        web.serve(f"/{number}", body, headers={"content-encoding": coding} if coding else None)
    feeds = [make_feed(name=f"Лента {number}", url=f"{web.url}/{number}") for number in range(LARGE)]

    async with polling(tmp_path, most) as (poller, reader, engine):
        await poll_all(poller, feeds)

        assert count(engine) == LARGE * ENTRIES, "none is lost"
        assert len(BODY) <= reader.most <= most
        assert poller.bodies.left == most, "all was given back"
        assert max(web.count(f"/{number}") for number in range(LARGE)) <= 2, "who waited asks once more, and not again"


async def test_small_feeds_do_not_wait_for_large_ones(web: WebServer, tmp_path: Path) -> None:
    small = rss([Item(title="Новость", link="http://n.example/1", guid="1", published=NOW)])
    for number in range(LARGE):
        web.serve(f"/{number}", BODY)
    web.serve("/small", small)
    feeds = [make_feed(name=f"Лента {number:02}", url=f"{web.url}/{number}") for number in range(LARGE)]

    async with polling(tmp_path, len(BODY)) as (poller, _, _engine):
        ended = await poll_all(poller, [*feeds, make_feed(name="Я последняя", url=f"{web.url}/small")])

    assert ended.index("Я последняя") < LARGE / 2


async def test_large_pages_are_read_a_few_at_a_time(web: WebServer, tmp_path: Path) -> None:
    """Polls hold what their feeds brought while they wait for a page: both budgets are full, and all come to an end."""
    article = page("Новость", [FILLING] * 8)
    feeds = []
    for number in range(8):
        links = [web.serve(f"/{number}/{n}", article, content_type="text/html; charset=utf-8") for n in range(2)]
        items = [Item(title=link, link=link, guid=link, published=NOW - timedelta(hours=1)) for link in links]
        filling = [Item(title="Старое", link=f"{web.url}/old", guid="old", content=FILLING * 8, published=NOW)]
        web.serve(f"/{number}", rss([*items, *filling]))
        feeds.append(make_feed(name=f"Лента {number}", url=f"{web.url}/{number}"))

    async with polling(tmp_path, len(article.encode()) + 1) as (poller, _, engine):
        await poll_all(poller, feeds)
        assert count(engine) == 8 * 3
