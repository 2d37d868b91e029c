"""What surrounds the workers: feeds that publish and fail, a Telegram that refuses, loses answers and counts posts.

Every chance comes from the seed. What must never happen is noted in `SimulationLog.violations`.
"""

import asyncio
import contextvars
import random  # noqa: TID251 - a seed makes the chances the same every time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NoReturn

from sqlalchemy import Engine, select

from monitor.errors import FetchError, FetchFailure, MaybeAccepted, MessageRejected, NotAccepted
from monitor.models.evidence import Visit
from monitor.models.feeds import Feed, FeedKind, Fetched, NotModified
from monitor.models.outbox import ChatIdentity, Pace
from monitor.storage.tables import deliveries
from tests.factories import NOW
from tests.samples.news import relevant
from tests.servers.web import Item, page, rss
from tests.simulation.virtual_loop import SLOWEST_STEP, wait, worker

CHAT = "@channel"
PACE = Pace(per_minute=5)
STEPS = timedelta(seconds=2 * SLOWEST_STEP)  # between the claim, which the pace counts, and the request
STORIES = relevant(12, whole=False)
FREQUENT = {
    "fetch": 0.4,
    "refusal": 0.4,
    "no_answer": 0.3,
    "malformed": 0.1,
    "disk": 0.1,
    "lost_commit": 0.1,
    "kill": 0.02,
    "suspend": 0.01,
}
FAILURES = (FetchFailure.TIMEOUT, FetchFailure.CONNECTION, FetchFailure.SERVER, FetchFailure.EMPTY)


class VirtualClock:
    """The one clock: NOW and the virtual seconds since."""

    def __call__(self) -> datetime:
        return self.steady()

    def steady(self) -> datetime:
        return NOW + timedelta(seconds=asyncio.get_running_loop().time())


now = VirtualClock()


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureRates:
    """The share of calls, commits or steps that fail in each way; by default none."""

    fetch: float = 0.0  # a GET fails
    refusal: float = 0.0  # Telegram surely takes nothing: 429
    no_answer: float = 0.0  # Telegram does not answer: it may have taken the message
    malformed: float = 0.0
    disk: float = 0.0  # a commit fails
    lost_commit: float = 0.0  # a commit succeeds, and the caller is told that it failed
    kill: float = 0.0  # at each step
    suspend: float = 0.0  # the same; the machine sleeps for up to ten minutes


def failing_rates(chance: random.Random) -> FailureRates:
    """Each kind of failure is absent, rare or frequent."""
    return FailureRates(**{name: share * chance.choice((0.0, 0.3, 1.0)) for name, share in FREQUENT.items()})


@dataclass(slots=True, kw_only=True)
class SimulationLog:
    """What happened, in order; `violations` are the invariants that did not hold."""

    lines: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def add(self, what: str) -> None:
        """One more line, with the virtual second."""
        self.lines.append(f"{asyncio.get_running_loop().time():9.2f}  {what}")

    def require(self, holds: object, what: str) -> None:
        """Note `what` as a violation unless the invariant holds."""
        if not holds:
            self.add(f"VIOLATION: {what}")
            self.violations.append(what)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A feed publishes a story at some second; `number` is negative for what no rule looks for."""

    feed: str
    at: float
    number: int

    @property
    def link(self) -> str:
        """The address of the article: each outlet has its own."""
        return f"https://{self.feed}.example/{self.number}"

    @property
    def content(self) -> tuple[str, str]:
        """Title and text."""
        return STORIES[self.number] if self.number >= 0 else (f"Выставка {self.number}", "В городе дождь. " * 60)

    def item(self) -> Item:
        """As the feed shows it; of every third the text stands on the page only."""
        title, text = self.content
        at = NOW + timedelta(seconds=self.at)
        content = f"<p>{text}</p>" if self.number % 3 else ""
        return Item(title=title, link=self.link, guid=self.link, content=content, published=at)

    def page(self) -> bytes:
        """The article's page."""
        title, text = self.content
        return page(title, [text]).encode()


def publications(chance: random.Random, feeds: Sequence[str], until: float) -> tuple[Publication, ...]:
    """Which feed publishes what, when; some stories stand in several feeds, sometimes from the same second on."""
    news = []
    for number in range(chance.randint(3, len(STORIES) - 2)):
        at = chance.uniform(0, until)
        names = chance.sample(feeds, chance.choice((1, 1, 2, len(feeds))))
        later = [chance.choice((0.0, chance.uniform(0, 120))) for _ in names]
        news += [Publication(feed=feed, at=at + by, number=number) for feed, by in zip(names, later, strict=True)]
    dull = [Publication(feed=chance.choice(feeds), at=chance.uniform(0, until), number=-1 - i) for i in range(3)]
    return tuple(sorted((*news, *dull), key=lambda one: one.at))


class SimulatedPress:
    """Takes the place of the Fetcher: feeds by name, each showing all that was published so far."""

    def __init__(self, publications: Sequence[Publication], chance: random.Random, log: SimulationLog) -> None:
        self.publications, self.rates = publications, FailureRates()
        self._chance, self._log = chance, log

    async def fetch_if_modified(
        self, url: str, *, etag: str | None = None, feed: Feed | None = None, accept: str = "feed", **_: object
    ) -> Fetched | NotModified:
        """One GET of a feed, or of an article."""
        assert feed
        await wait(self._chance.uniform(0, 3))
        shown = [
            one for one in self.publications if one.feed == feed.name and one.at <= asyncio.get_running_loop().time()
        ]
        if self._chance.random() < self.rates.fetch:
            raise FetchError("не вышло", feed=feed.name, kind=self._chance.choice(FAILURES))
        tag = f'"{len(shown)}"'
        await wait(self._chance.uniform(0, 3))
        if tag == etag:
            return NotModified()
        if accept == "page":
            return next(Fetched(url=url, body=one.page()) for one in shown if one.link == url)
        return Fetched(url=url, body=rss([one.item() for one in reversed(shown)]), etag=tag)

    @asynccontextmanager
    async def visit(self, url: str, *, feed: Feed) -> AsyncIterator[Visit]:
        """The same of an article, held until the block's end."""
        try:
            answer: Fetched | NotModified | FetchError = await self.fetch_if_modified(url, feed=feed, accept="page")
        except FetchError as error:
            answer = error
        yield Visit(answer=answer, exchanges=())


def make_feed(name: str) -> Feed:
    """Asked every minute."""
    interval = timedelta(minutes=1)
    return Feed(name=name, kind=FeedKind.RSS, url=f"https://{name}.example/rss", lang="ru", interval=interval)


class SimulatedTelegram:
    """Takes the place of the BotClient: one chat, strict about what the outbox promises."""

    def __init__(self, engine: Engine, chance: random.Random, log: SimulationLog) -> None:
        self.shown: dict[int, str] = {}  # text by message id
        self.posts: Counter[int] = Counter()  # accepted posts by delivery
        self.rates = FailureRates()
        self.is_paced = True  # False: a sender that slept between claim and request cannot keep the pace
        self._engine, self._chance, self._log = engine, chance, log
        self._asked: list[datetime] = []
        self._closed: tuple[datetime, Any] = (NOW, None)  # until when, and which worker knows it
        self._in_flight: dict[int, Any] = {}

    async def post(self, chat: str, html: str, **_: object) -> int:  # noqa: ARG002 - there is one chat
        """A new message."""
        delivery = self._sending(html)
        self._log.require(delivery, "a post that no committed row is sending")
        number = await self._take(f"post {delivery}", lambda message: self._show(message, html, delivery))
        assert number
        return number

    async def edit(self, chat: str, message_id: int, html: str, **_: object) -> None:  # noqa: ARG002 - there is one chat
        """Another text."""
        self._log.require(message_id in self.shown, "an edit of a message that is not there")
        await self._take(f"edit of {message_id}", lambda _: self._show(message_id, html, None))

    async def delete(self, chat: str, message_id: int) -> None:  # noqa: ARG002 - there is one chat
        """Nobody is there to wish it."""
        self._log.require(False, f"a deletion of {message_id} that nobody wished")

    async def pin(self, chat: str, message_id: int) -> None:  # noqa: ARG002 - there is one chat
        """Nobody is there to wish it."""
        self._log.require(False, f"a pin of {message_id} that nobody wished")

    async def identify(self, chat: str) -> ChatIdentity:
        """Nothing here depends on a chat's number; but even that is not always answered."""
        await wait(self._chance.uniform(0, 2))
        if self._chance.random() < self.rates.no_answer:
            raise NotAccepted("не сейчас")
        return ChatIdentity(number="-1001", name=chat)

    async def check(self, chats: Iterable[str]) -> None:
        """Nobody asks here."""

    def _sending(self, html: str) -> int | None:
        """The first post in flight with this text, or with one that has moved on since it was claimed."""
        columns = (deliveries.c.id, deliveries.c.html, deliveries.c.wanted_revision)
        posting = select(*columns).where(deliveries.c.state == "sending", deliveries.c.message_id.is_(None))
        with self._engine.connect() as db:
            rows = db.execute(posting).all()
        return next((row.id for row in rows if row.html == html or row.wanted_revision > 1), None)

    def _show(self, message: int, html: str, delivery: int | None) -> None:
        self.shown[message] = html
        if delivery is not None:
            self.posts[delivery] += 1

    async def _take(self, what: str, accept: Any) -> int:
        """One request: surely refused, accepted, or lost on the way there or back."""
        self._check_pace(what)
        rates, message = self.rates, len(self._asked)
        sender = worker.get()
        self._log.require(not any(one.is_up for one in self._in_flight.values()), f"{what}: two in flight")
        self._in_flight[message] = sender
        try:
            if self._chance.random() < rates.refusal:
                self._refuse(what)
            if self._chance.random() < rates.malformed:
                await wait(0.1)
                raise MessageRejected("негодное сообщение")
            lost = self._chance.random() < rates.no_answer
            if not lost or self._chance.random() < 0.5:  # it arrives, whatever becomes of its sender
                asyncio.get_running_loop().call_later(
                    self._chance.uniform(0, 2), self._arrives, what, message, accept, context=contextvars.Context()
                )
            await wait(20 if lost else self._chance.uniform(2, 4))
            if lost:
                raise MaybeAccepted("нет ответа")
            self._log.add(f"answered: {what} is message {message}")
            return message
        finally:
            del self._in_flight[message]

    def _arrives(self, what: str, message: int, accept: Any) -> None:
        self._log.add(f"accepted: {what} as message {message}")
        accept(message)

    def _refuse(self, what: str) -> NoReturn:
        pause = timedelta(seconds=self._chance.randint(1, 40)) if self._chance.random() < 0.5 else None
        if pause:
            self._closed = (now() + pause, worker.get())
        self._log.add(f"refused: {what}, retry after {pause}")
        raise NotAccepted("отказ", retry_after=pause)

    def _check_pace(self, what: str) -> None:
        at = now()
        minute = [one for one in self._asked if one > at - timedelta(seconds=60) + STEPS]
        self._asked.append(at)
        if not self.is_paced:
            return
        self._log.require(len(minute) < PACE.per_minute, f"{what}: more than {PACE.per_minute} in a minute")
        gap = at - self._asked[-2] if self._asked[1:] else timedelta(days=1)
        self._log.require(gap >= PACE.spacing - STEPS, f"{what}: {gap} after the last")
        until, refused = self._closed
        self._log.require(at >= until or not refused.alive, f"{what}: before Telegram's retry_after was over")
