"""One look at a page: fetch it, keep the answer, let watch.py interpret it, record both.

A page is fetched under the same limits as in a poll: robots.txt, pauses, sizes. The bytes are in a WARC file before the
database refers to them; a look interrupted in between is repeated.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

import structlog

from monitor.errors import EvidenceError, FetchError, FetchFailure
from monitor.evidence import chain, comparison, state_codec
from monitor.evidence.warc import WarcStore
from monitor.evidence.watch import Look, Observation, PageState, observe
from monitor.evidence.wording import says_no_more
from monitor.models.articles import Article, Extracted
from monitor.models.clock import Clock
from monitor.models.evidence import DuePage, Exchange, Finding, Kept, Link, Observed, PageAnswer, Version, Visit
from monitor.models.feeds import Feed, Fetched, NotModified
from monitor.sources.http.client import Fetcher
from monitor.sources.recent_pages import RecentPages
from monitor.sources.sandbox import Sandbox
from monitor.storage.evidence.looks import EvidenceStore
from monitor.text.urls import canonical

LEASE = timedelta(minutes=5)  # longer than any look takes
PUT_OFF = timedelta(minutes=5)  # after a failure on our side, such as a full disk
AT_ONCE = 4  # concurrent looks, mostly waiting for a server

_ABSENT = frozenset({FetchFailure.NOT_FOUND, FetchFailure.DETOUR})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reply:
    """The answer to a request for a page."""

    answer: PageAnswer
    exchanges: tuple[Exchange, ...] = ()
    version: Version | None = None
    why: str = ""  # in Russian: why the page cannot be read
    moved_to: str = ""
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capturer:
    """Looks at the pages that are due. `feeds` gives a feed's proxy, User-Agent and selector; `chain` names our
    worker's chain.
    """

    fetcher: Fetcher
    reader: Sandbox
    store: EvidenceStore
    warc: WarcStore
    feeds: Mapping[str, Feed]
    chain: str
    clock: Clock
    recent: RecentPages | None = None  # pages that polls have just read
    trouble: list[str] = field(default_factory=list)  # why copies cannot be kept, for the alarms; empty if they can
    # the bytes in the files must be in the order of the links
    in_order: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def round(self) -> None:
        """Look at every page that is due. Raises DatabaseError."""
        while due := await asyncio.to_thread(self.store.claim, self.clock(), limit=AT_ONCE, lease=LEASE):
            try:
                async with asyncio.TaskGroup() as looks:
                    for page in due:
                        looks.create_task(self.look(page))
            except ExceptionGroup as errors:
                raise errors.exceptions[0] from None  # one database error stands for all

    async def look(self, page: DuePage) -> Observed | None:
        """Look at a page and record it; None if the look was put off or another worker took over. Raises
        DatabaseError.
        """
        reply = await self._ask(page)
        now = self.clock()
        state = state_codec.loads(page.state) if page.state else PageState.new(now)
        site_answers = reply.answer is PageAnswer.ABSENT and await self._site_answers(page)
        look = Look(
            at=now,
            answer=reply.answer,
            version=reply.version,
            site_answers=site_answers,
            moved_to=reply.moved_to,
            posted=_posted(page, reply.version),
        )
        observation = observe(state, look, quoted=page.quoted)
        keeps = observation.keeps or page.state is None
        try:
            return await self._record(page, reply, observation, now, keeps=keeps)
        except EvidenceError as error:
            self.trouble[:] = [str(error)]
            log.warning("a page's copy cannot be kept; tried again later", action="evidence", error=str(error))
            await asyncio.to_thread(self.store.put_off, page, now + PUT_OFF)
            return None

    async def join(self) -> None:
        """If several workers keep chains, add once a day (UTC) a link of ours over the heads of all chains."""
        await asyncio.to_thread(self._join)

    def _join(self) -> None:
        now, heads, joined_at = self.clock(), self.store.heads(), self.store.joined_at(self.chain)
        if len(heads) < 2 or (joined_at and joined_at.date() >= now.date()):
            return
        digest = chain.heads_digest(heads)
        self.store.join(partial(chain.link, chain=self.chain, digest=digest, taken_at=now), chain=self.chain)

    async def _record(
        self, page: DuePage, reply: _Reply, observation: Observation, now: datetime, *, keeps: bool
    ) -> Observed | None:
        async with self.in_order:
            kept = await asyncio.to_thread(self._keep, page, reply.exchanges, now) if keeps else None
            finding = _finding(reply, observation, now, kept)

            def next_link(previous: Link | None) -> Link:
                assert kept is not None
                return chain.link(previous, chain=self.chain, digest=kept.digest, taken_at=now)

            return await asyncio.to_thread(self.store.record, page, finding, next_link, chain=self.chain)

    def _keep(self, page: DuePage, exchanges: tuple[Exchange, ...], now: datetime) -> Kept:
        kept = self.warc.append(exchanges, entry=entry_record(page.entry), source=page.source, taken_at=now)
        self.trouble.clear()
        return kept

    async def _ask(self, page: DuePage) -> _Reply:
        feed = self.feeds.get(page.feed)
        if self.recent and (known := self.recent.take(page.url)):
            return replace(_seen(page, known.fetched, known.article), exchanges=known.exchanges)
        async with self.fetcher.visit(page.url, feed=feed, etag=page.etag, last_modified=page.last_modified) as visit:
            reply = await self._read(page, feed, visit)
        etag, last_modified = reply.etag or page.etag, reply.last_modified or page.last_modified
        return replace(reply, exchanges=visit.exchanges, etag=etag, last_modified=last_modified)

    async def _read(self, page: DuePage, feed: Feed | None, visit: Visit) -> _Reply:
        answer = visit.answer
        if isinstance(answer, FetchError):
            return _no_page(answer, visit.exchanges)
        if isinstance(answer, NotModified):
            return _Reply(answer=PageAnswer.UNMODIFIED, etag=answer.etag, last_modified=answer.last_modified)
        zone, selector = (feed.tz, feed.article) if feed else ("UTC", "")
        return _seen(page, answer, await self.reader.extract(answer, now=self.clock(), tz=zone, selector=selector))

    async def _site_answers(self, page: DuePage) -> bool:
        """Whether the site's home page can be read at this time."""
        parts = urlsplit(page.url)
        try:
            await self.fetcher.fetch(f"{parts.scheme}://{parts.netloc}/", accept="page", feed=self.feeds.get(page.feed))
        except FetchError:
            return False
        return True


def _posted(page: DuePage, shown: Version | None) -> Version:
    """Return the article as posted; if a feed's summary was posted, only the headline, unless the page says no more."""
    is_whole = not page.is_summary or shown is None or says_no_more(shown, page.posted)
    return page.posted if is_whole else replace(page.posted, text="")


def _seen(page: DuePage, answer: Fetched, read: Extracted) -> _Reply:
    moved_to = answer.url if canonical(answer.url) != canonical(page.url) else ""
    if not read.text:  # without validators, so that the page is fetched whole again
        return _Reply(answer=PageAnswer.NOTHING, why=read.problem, moved_to=moved_to)
    return _Reply(
        answer=PageAnswer.PAGE,
        version=Version(title=read.title, text=read.text),
        moved_to=moved_to,
        etag=answer.etag,
        last_modified=answer.last_modified,
    )


def _no_page(error: FetchError, exchanges: tuple[Exchange, ...]) -> _Reply:
    """Without the advice of its message, which is for feeds."""
    if error.kind not in _ABSENT:
        return _Reply(answer=PageAnswer.NOTHING, why=error.message.partition(":")[0])
    status = exchanges[-1].status
    why = f"сервер отвечает {status}" if status >= 400 else "вместо страницы открывается главная страница сайта"
    return _Reply(answer=PageAnswer.ABSENT, why=why)


def entry_record(entry: Article) -> bytes:
    """Return the article as we read it, as JSON: the source of the post."""
    published = entry.published_at.isoformat() if entry.published_at else None
    read = {"feed": entry.feed, "url": entry.url, "title": entry.title, "published_at": published, "text": entry.text}
    return json.dumps(read, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _finding(reply: _Reply, observation: Observation, now: datetime, kept: Kept | None) -> Finding:
    last = reply.exchanges[-1].status if reply.exchanges else 0
    said = comparison.describe(observation.difference) if observation.difference else reply.why
    return Finding(
        at=now,
        sight=observation.sight,
        said=said,
        state=state_codec.dumps(observation.state),
        next_look_at=observation.next_look_at,
        moved_to=reply.moved_to,
        etag=reply.etag,
        last_modified=reply.last_modified,
        kept=kept,
        status=last if kept else 0,
        version=reply.version if kept else None,
        tells=observation.tells,
        withdraws=observation.withdraws,
        undone=observation.undone,
    )
