"""The same month over HTTP: a site whose pages have fates, the real capturer, files and database; the clock is ours."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from monitor.evidence import chain
from monitor.evidence.capture import Capturer
from monitor.models.articles import Article, Match, Outcome, Tier, TopicVerdict, Verdict
from monitor.models.evidence import PageAnswer
from monitor.models.feeds import Entry, Feed, FeedKind
from monitor.models.stories import EntryOutcome, PollOutcome, Telling
from monitor.sources.http.client import Fetcher
from monitor.sources.http.exchange import Limits
from monitor.sources.sandbox import Sandbox
from monitor.storage.evidence.history import EvidenceHistory
from monitor.storage.evidence.notices import Announcements
from monitor.storage.evidence.schema import observations, pages
from monitor.storage.store import Store
from monitor.storage.tables import deliveries
from monitor.stories.grouping import group
from monitor.stories.placement import SAME_CASE
from monitor.stories.similarity import fingerprint
from tests.factories import NOW
from tests.factories.channels import to_channel
from tests.factories.evidence import capturer_of
from tests.harness.clock import Clock
from tests.samples.press import QUOTED, Page, Press
from tests.servers.loopback import Exchange, LoopbackServer, Response
from tests.servers.web import page as html

REVIEW = "@review"
HTML = {"content-type": "text/html; charset=utf-8"}
FEED = Feed(name="Газета", kind=FeedKind.RSS, url="http://127.0.0.1/rss", lang="ru")


class Site(LoopbackServer):
    """Answers as the press stands at the moment of the clock."""

    def __init__(self, press: Press, clock: Clock) -> None:
        super().__init__()
        self._press, self._clock, self.asked = press, clock, 0

    async def answer(self, exchange: Exchange) -> None:
        self.asked += 1
        await exchange.send(self._response(exchange.request.path))

    def _response(self, path: str) -> Response:
        at, number = self._clock(), path.rpartition("/")[2]
        if not number.isdecimal():  # the home page, robots.txt
            out = self._press.is_out(at) or path == "/robots.txt"
            body = html("Главная", ["Новости этого дня."] * 40).encode()
            return Response(status=404 if out else 200, headers=HTML, body=body)
        page = self._press.pages[int(number)]
        answer = self._press.answer(page, at)
        if answer is not PageAnswer.PAGE:
            return Response(status=403 if answer is PageAnswer.NOTHING else 404, headers=HTML, body=b"<h1>no</h1>")
        version = page.seen(at, self.asked)
        return Response(headers=HTML, body=html(version.title, version.text.split("\n\n")).encode())


def told(page: Page, url: str) -> EntryOutcome:
    """The article as it was posted: with the sentence that the post quotes."""
    text, quote = page.version.text, QUOTED[page.lang]
    start = text.index(quote)
    match = Match(term="арест", form=quote[:5], where="text", start=start, end=start + 5)
    topic = TopicVerdict(id="t", title="Тема", hashtag="тема", rule="правило", tier=Tier.POST, matches=(match,))
    address = f"{url}/page/{page.number}"
    article = Article(
        feed=FEED.name,
        url=address,
        canonical_url=address,
        title=page.version.title,
        text=text,
        fingerprint=fingerprint(page.version.title, text),
    )
    entry = Entry(keys=(f"u:{address}",), url=address, title=article.title, published_at=NOW)
    telling = Telling(article=article, verdict=Verdict(topics=(topic,)))
    return EntryOutcome(entry=entry, outcome=Outcome.POSTED, reason="", telling=telling)


def post(store: Store, press: Press, url: str) -> None:
    store.feeds.sync([FEED], NOW)
    (state,) = store.feeds.claim(NOW, limit=1, lease=timedelta(minutes=5))
    matched = tuple(told(page, url) for page in press.pages)
    outcome = PollOutcome(feed=FEED.name, lease_no=state.lease_no, polled_at=NOW, next_poll_at=NOW, matched=matched)
    store.polls.record_all(
        [outcome],
        partial(group, chats=to_channel("@channel", review=REVIEW)),
        window=SAME_CASE,
    )


async def watch(capturer: Capturer, engine: Engine, clock: Clock) -> None:
    """Until every watch has ended: from one moment at which a page is due to the next."""
    first = select(pages.c.due_at).where(pages.c.due_at.isnot(None)).order_by(pages.c.due_at).limit(1)
    while True:
        with engine.connect() as db:
            due = db.scalar(first)
        if due is None:
            return
        clock.now = max(clock.now, due)
        await capturer.round()


@pytest.mark.long
@pytest.mark.timeout(1800)
async def test_a_month_of_a_press_over_http(engine: Engine, tmp_path: Path) -> None:
    press, clock = Press(0, hundreds=2), Clock()
    store = Store(engine, chats=to_channel("@channel"), to=Announcements(review=REVIEW, channel="@channel"))
    limits = Limits(host_gap=0)
    with Site(press, clock) as site:
        async with (
            Fetcher(user_agent="test", clock=clock, allow_private=True, limits=limits) as fetcher,
            Sandbox() as reader,
        ):
            post(store, press, site.url)
            capturer = capturer_of(store, fetcher, reader, clock, folder=tmp_path, feed=FEED)
            await watch(capturer, engine, clock)

    with engine.connect() as db:
        for html_told, key in db.execute(
            select(deliveries.c.html, deliveries.c.key).where(deliveries.c.key.like("page:%"))
        ):
            seen = db.execute(
                select(observations.c.sight, pages.c.url)
                .join(pages, pages.c.id == observations.c.page_id)
                .where(observations.c.id == int(key.removeprefix("page:")))
            ).one()
            assert html_told
            press.pages[int(seen.url.rpartition("/")[2])].told.append(seen.sight)
    press.told_right()
    assert len(EvidenceHistory(engine).captures(f"{site.url}/page/0")) >= 1
    assert chain.list_breaks(list(EvidenceHistory(engine).chain("one"))) == ()
