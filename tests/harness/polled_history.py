"""A database that a monitor has filled: real polls of a feed over HTTP, at hours of the test's choosing."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from monitor.app.build_polling import recording
from monitor.app.config_files import load_matcher
from monitor.models.feeds import Feed, FeedKind
from monitor.models.outbox import Delivery, DeliveryState, Pace, Settlement
from monitor.polling.fetch_feed import FeedFetcher
from monitor.polling.judge import Judge
from monitor.polling.poll import LEASE, Poller
from monitor.polling.recorder import Recorder
from monitor.sources.http.client import Fetcher
from monitor.sources.sandbox import Sandbox
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.store import Store
from monitor.stories.grouping import Chats
from tests.factories.channels import to_channel
from tests.harness.clock import Clock
from tests.harness.databases import open_test_engine, sqlite_database
from tests.servers.web import Item, WebServer, rss

# What else stands in an article: so long that a feed which carries it is taken at its word. No rule of the tests
# knows a word of it, and three neighbours in number have no sentence in common.
FILLER = (
    "Дождь шёл с рассвета, набережная опустела, лодки подняли на берег и накрыли плотным брезентом до самой весны.",
    "Дворники собирали листья в большие мешки, дети пускали по лужам кораблики из старых газет и смеялись.",
    "К вечеру небо посветлело, над холмами повисла радуга, прохожие вышли гулять с собаками и колясками.",
    "Синоптики обещают ветер с моря, но рыбаки говорят, что чайки летают высоко и погода продержится.",
    "Старый маяк покрасили в белый цвет, его лампу теперь видно даже с дальних островов и отмелей.",
    "На площади поставили новые часы с боем, мелодию для них сочинил учитель музыки из вечерней школы.",
    "В саду у библиотеки зацвела поздняя роза, садовник укрыл её соломой и повесил рядом фонарик.",
    "Кондитер испёк пирог размером с дверь, гости ели его два часа и просили рецепт для своих бабушек.",
    "Оркестр репетирует вальс, скрипачи спорят о темпе, а барабанщик принёс на сцену домашние тапочки.",
    "Астрономы ждут кометы, телескоп вынесли на крышу, чай пьют из термосов и ведут журнал наблюдений.",
    "Шахматисты клуба сыграли вничью с командой соседней долины, ответная встреча назначена на январь.",
    "Пекарня перешла на дровяную печь, хлеб стал душистее, очередь по утрам тянется до угла аптеки.",
    "Музей открыл зал стекла, посетителям выдают мягкие перчатки и просят не дышать на витражи вблизи.",
    "Велосипедисты проложили тропу вдоль обрыва, поставили скамьи и указатели с расстояниями до родников.",
    "Ткачиха восстановила ковёр позапрошлого века, ушло сорок мотков шерсти и почти девять месяцев труда.",
    "Почтальон вышел на пенсию, соседи подарили ему глобус, где отмечены все улицы его старого маршрута.",
    "Пчеловоды подсчитали мёд, липовый удался лучше гречишного, ярмарка пройдёт в конце октября на лугу.",
    "Школьники посадили аллею клёнов, каждое деревце получило имя, табличку и своего маленького хранителя.",
    "Гончары обжигают кувшины в земляной яме, глина здесь красная, а узоры придумывает вся деревня разом.",
    "Мельницу разобрали по брёвнышку, пронумеровали и соберут заново на поляне рядом с кузницей и кружевной.",
    "Хор пел без микрофонов, акустика пещеры удивила даже дирижёра, запись обещают издать на пластинке.",
)
FILLER_SENTENCES = 7  # in each article


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedArticle:
    """One article of a feed."""

    title: str
    text: str
    url: str


def feed_article(number: int, title: str, text: str, *, like: int | None = None) -> FeedArticle:
    """Article `number` with filler behind its text; the filler is that of article `like` if one is named."""
    first = FILLER_SENTENCES * (number if like is None else like)
    rest = " ".join(FILLER[(first + place) % len(FILLER)] for place in range(FILLER_SENTENCES))
    return FeedArticle(title=title, text=f"{text} {rest}", url=f"https://port.example/news/{number}")


class PolledHistory:
    """An installation in `folder`, judging by the keywords.yaml there. `database` is a migrated SQLite file."""

    def __init__(self, folder: Path, web: WebServer, *, chats: Chats | None = None) -> None:
        self.database = folder / "data" / "monitor.db"
        self.url = sqlite_database(self.database)
        self._rules = folder / "keywords.yaml"
        self._web = web
        self._feeds: dict[str, Feed] = {}
        self._chats = chats or to_channel("@port_news")

    def copied_to(self, folder: Path) -> "PolledHistory":
        """The same past in another folder, whose future is its own."""
        copy = PolledHistory(folder, self._web, chats=self._chats)
        copy.database.write_bytes(self.database.read_bytes())
        copy._feeds |= self._feeds
        return copy

    def poll(self, articles: Iterable[FeedArticle], at: datetime, *, name: str = "Портовый вестник") -> None:
        """One poll of a feed that shows these articles, each an hour old."""
        asyncio.run(self._poll(tuple(articles), at, name))

    def post(self, at: datetime) -> None:
        """Settle everything that waits as posted, one message of a chat a minute."""
        engine = open_test_engine(self.url)
        outbox = Outbox(engine)
        for chat in filter(None, (*(to.chat for to in self._chats.destinations), self._chats.review)):
            self._drain(outbox, chat, at)
        engine.dispose()

    def _drain(self, outbox: Outbox, chat: str, at: datetime) -> None:
        message_id = 100
        while True:
            at += timedelta(minutes=1)
            claimed = outbox.claim(chat, at, lease=timedelta(minutes=1), pace=Pace())
            if not isinstance(claimed, Delivery):
                return
            message_id += 1
            outbox.settle(claimed, Settlement(state=DeliveryState.SENT, message_id=message_id), at)

    async def _poll(self, articles: tuple[FeedArticle, ...], at: datetime, name: str) -> None:
        published = at - timedelta(hours=1)
        items = [
            Item(title=one.title, link=one.url, guid=one.url, content=one.text, published=published) for one in articles
        ]
        address = self._web.serve(f"/{name.encode().hex()}", rss(items))
        self._feeds[name] = Feed(name=name, kind=FeedKind.RSS, url=address, lang="ru")
        engine = open_test_engine(self.url)
        store = Store(engine)
        store.feeds.sync(list(self._feeds.values()), at)
        (state,) = store.feeds.claim(at, limit=1, lease=LEASE, names=[name])
        fetching = Fetcher(user_agent="monitor/test", allow_private=True, clock=Clock(at))
        async with fetching as fetcher, Sandbox() as reader:
            poller = Poller(
                fetcher=FeedFetcher(fetcher=fetcher, reader=reader),
                judge=Judge(fetcher=fetcher, reader=reader, matcher=load_matcher(str(self._rules))),
                feeds=store.feeds,
                entries=store.entries,
                recorder=Recorder(record_all=recording(store.polls, self._chats), wait=0),
                clock=lambda: at,
                chance=lambda: 0.5,
                slots=asyncio.Semaphore(1),
            )
            await poller.poll(self._feeds[name], state)
        engine.dispose()
