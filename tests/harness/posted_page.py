"""A posted article whose page is watched: a poller, a site on loopback, a database of either kind."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, select

from monitor.evidence.capture import Capturer
from monitor.models.evidence import Sight
from monitor.models.feeds import Feed, FeedKind
from monitor.polling.poll import Poller
from monitor.storage.evidence.history import EvidenceHistory
from monitor.storage.store import Store
from monitor.storage.tables import deliveries
from tests.factories import NOW
from tests.harness.clock import Clock
from tests.servers.web import Item, WebServer, page, rss

CHANNEL, REVIEW = "@channel", "@review"
LEAD = "Суд в Алматы постановил экстрадировать россиянина Ивана Петрова в Россию 5 декабря"
BODY = [LEAD, "Адвокат намерен обжаловать это решение в областном суде", "Родственники просят огласки и помощи юристов"]
TITLE = "Решение об экстрадиции"
REFUSED = "Суд в Алматы отказался экстрадировать россиянина Ивана Петрова в Россию 5 декабря"
TURNED = "Суд отказался выдать россиянина"
FEED = Feed(name="Газета", kind=FeedKind.RSS, url="", lang="ru")


@dataclass
class Room:
    """A feed with one article that is posted, and what watches its page."""

    web: WebServer
    store: Store
    engine: Engine
    capturer: Capturer
    clock: Clock
    folder: Path
    poller: Poller
    is_brief: bool = False  # the feed gives only summaries, and pages are read
    is_short: bool = False  # the article is one sentence, on the page and in the feed
    document: bytes = b""  # of the feed

    @property
    def history(self) -> EvidenceHistory:
        return EvidenceHistory(self.engine)

    def show(self, *sentences: str, title: str = TITLE, etag: str | None = None) -> str:
        html = page(title, list(sentences[:1]) if self.is_short else list(sentences) * 3)
        return self.web.serve("/page/1", html, content_type="text/html; charset=utf-8", etag=etag)

    async def poll(self, *sentences: str, title: str = TITLE, **later: float) -> None:
        """The feed shows the article so."""
        self.clock.forward(**later)
        link, published = f"{self.web.url}/page/1", NOW - timedelta(hours=1)
        text = f"{sentences[0]}. Подробности на сайте." if self.is_brief else ". ".join(sentences * 6)
        text = f"{sentences[0]}." if self.is_short else text
        given = {"description" if self.is_brief or self.is_short else "content": text}
        self.document = rss([Item(title=title, link=link, guid=link, published=published, **given)])
        feed = replace(FEED, url=self.web.serve("/rss", self.document))
        self.store.feeds.sync([feed], self.clock())
        (state,) = self.store.feeds.claim(self.clock(), limit=1, lease=timedelta(minutes=5))
        await self.poller.poll(feed, state)

    async def turns(self, **later: float) -> None:
        """The outlet says another thing in the same article, and the feed shows it."""
        self.show(REFUSED, *BODY[1:], title=TURNED)
        await self.poll(REFUSED, *BODY[1:], title=TURNED, **later)

    async def look(self, **later: float) -> list[Sight]:
        self.clock.forward(**later)
        await self.capturer.round()
        return [one.sight for one in self.history.observations(f"{self.web.url}/page/1")]

    def told(self, chat: str) -> list[str]:
        mine = select(deliveries.c.html).where(deliveries.c.chat == chat, deliveries.c.kind == "notice")
        with self.engine.connect() as db:
            return list(db.scalars(mine.order_by(deliveries.c.id)))


def posts(room: Room) -> list[str]:
    with room.engine.connect() as db:
        return list(db.scalars(select(deliveries.c.html).where(deliveries.c.kind == "story").order_by(deliveries.c.id)))
