"""A feed and a poller with everything around it: HTTP on loopback, a database file, a clock in hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, select

from monitor.models.feeds import Feed
from monitor.models.stories import PollOutcome
from monitor.polling.poll import LEASE, Poller
from monitor.sources.http.client import Fetcher, Limits
from monitor.sources.sandbox import Sandbox
from monitor.storage.store import Store
from monitor.storage.tables import entries
from tests.factories import feed as make_feed
from tests.factories.polling import poller_of
from tests.harness.clock import Clock
from tests.harness.databases import open_test_engine, sqlite_database
from tests.servers.web import Item, WebServer, page, rss

LONG = "В тот же день в городе открыли выставку, прошёл дождь и закончился ремонт моста через реку. " * 8
ABOUT = "Казахстан экстрадирует россиянина, сообщил его адвокат. " + LONG


class Room:
    """A poller with everything around it, and the clock in hand."""

    def __init__(self, web: WebServer, engine: Engine, store: Store, poller: Poller, clock: Clock) -> None:
        self.web, self.engine, self.store, self.poller, self.clock = web, engine, store, poller, clock

    @property
    def now(self) -> datetime:
        return self.clock.now

    @now.setter
    def now(self, now: datetime) -> None:
        self.clock.now = now

    async def poll(self, feed: Feed | None = None) -> PollOutcome:
        feed = feed or make_feed(url=f"{self.web.url}/rss")
        self.poller.feeds.sync([feed], self.now)
        (state,) = self.poller.feeds.claim(self.now, limit=1, lease=LEASE, names=[feed.name])
        return await self.poller.poll(feed, state)

    def outcomes(self) -> dict[str, str]:
        with self.engine.connect() as db:
            return {row.title: row.outcome for row in db.execute(select(entries))}

    def column(self, column: object) -> list[object]:
        with self.engine.connect() as db:
            return list(db.scalars(select(column)))  # type: ignore[call-overload]  # any column of any table

    def item(self, name: str, text: str = ABOUT, *, age: timedelta | None = timedelta(hours=1)) -> Item:
        link = f"{self.web.url}/page/{name}"
        published = self.now - age if age is not None else None
        return Item(title=name, link=link, guid=link, content=text, published=published)

    def brief(self, name: str, summary: str = "Подробности на сайте.", *, text: str = LONG) -> Item:
        """An entry that gives a summary only; its article stands on a page."""
        path = f"/page/{name}"
        link = self.web.serve(path, page(name, text.split(". ")), content_type="text/html; charset=utf-8")
        return Item(title=name, link=link, guid=link, description=summary, published=self.now - timedelta(hours=1))

    def serve(self, *items: Item, etag: str | None = None) -> None:
        self.web.serve("/rss", rss(items), etag=etag)


@asynccontextmanager
async def open_room(web: WebServer, tmp_path: Path) -> AsyncIterator[Room]:
    """It polls until the end of the block; the clock stands at NOW."""
    engine = open_test_engine(sqlite_database(tmp_path / "monitor.db"))
    limits, clock = Limits(host_gap=0, body=2 * 1024 * 1024), Clock()
    async with (
        Fetcher(user_agent="test", clock=clock, allow_private=True, limits=limits) as fetcher,
        Sandbox() as reader,
    ):
        store = Store(engine)
        yield Room(web, engine, store, poller_of(store, fetcher, reader, clock), clock)
    engine.dispose()
