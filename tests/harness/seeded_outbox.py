"""Stories with articles, put straight into the database: what polls leave behind, without polling."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row, insert, select

from monitor.bot.client import BotClient
from monitor.models.articles import Tier
from monitor.models.outbox import Buttons, DeliveryKind, WantedPost
from monitor.storage.database import write_transaction
from monitor.storage.outbox.deliveries import Outbox, want
from monitor.storage.store import Store
from monitor.storage.tables import articles, chats, deliveries, entries, feeds, stories
from tests.factories import NOW, verdict
from tests.harness.clock import Clock
from tests.servers.bot_api import BotApi

CHAT = "@test_channel"


class SeededOutbox:
    """Writes stories and their deliveries into one database. Story 7 is «Новость 7» at https://news.example/7."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def add_story(
        self,
        number: int,
        *feed_names: str,
        chat: str = CHAT,
        topic: str = "extradition",
        html: str = "",
        part: int = 1,
        kind: DeliveryKind = DeliveryKind.STORY,
        buttons: Buttons = (),
        published: datetime = NOW,
        at: datetime = NOW,
    ) -> None:
        """Insert a story (or another part of it) with one article a feed, and want it shown in the chat."""
        url = f"https://news.example/{number}" + (f"-{part}" if part > 1 else "")
        shown = html or f'<b><a href="{url}">Новость {number}</a></b>'
        with write_transaction(self.engine) as db:
            if db.execute(select(stories.c.id).where(stories.c.id == number)).first() is None:
                db.execute(insert(stories).values(id=number, created_at=at, updated_at=at))
            for name in feed_names or ("Лента",):
                if db.execute(select(feeds.c.name).where(feeds.c.name == name)).first() is None:
                    db.execute(insert(feeds).values(name=name, url="", active=True, next_poll_at=at))
                entry = {"feed": name, "url": url, "title": "", "seen_at": at, "outcome": "posted", "reason": ""}
                entry_id = db.scalar(insert(entries).values(entry).returning(entries.c.id))
                tier = Tier.REVIEW if kind is DeliveryKind.REVIEW else Tier.POST
                article = {"feed": name, "url": url, "canonical_url": url, "title": f"Новость {number}", "text": ""}
                decided = {"verdict": asdict(verdict(topic, tier=tier)), "fingerprint": [], "problem": "", "part": part}
                placed = {"entry_id": entry_id, "story_id": number, "published_at": published}
                db.execute(insert(articles).values(article | decided | placed))
            want(db, number, WantedPost(chat=chat, html=shown, part=part, kind=kind, buttons=buttons), at)

    def add_stories(self, numbers: Iterable[int], *, chat: str = CHAT) -> None:
        """These stories, published one minute after the other."""
        for number in numbers:
            self.add_story(number, chat=chat, published=NOW + timedelta(minutes=number))

    def states(self) -> dict[int, str]:
        """The state of every delivery, by its id."""
        with self.engine.connect() as db:
            return {row.id: row.state for row in db.execute(select(deliveries).order_by(deliveries.c.id))}

    def chats(self) -> Sequence[Row[Any]]:
        """The rows of the chats, by name."""
        with self.engine.connect() as db:
            return db.execute(select(chats).order_by(chats.c.chat)).all()

    def row(self, number: int) -> dict[str, object]:
        """Every column of one delivery."""
        with self.engine.connect() as db:
            return dict(db.execute(select(deliveries).where(deliveries.c.id == number)).one()._mapping)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeededChats:
    """A seeded outbox, and the chats of the Bot API stand-in that it is posted to."""

    seeded: SeededOutbox
    outbox: Outbox
    bot_api: BotApi
    channel: BotClient
    clock: Clock

    @property
    def store(self) -> Store:
        """The repositories of the same database."""
        return Store(self.seeded.engine)
