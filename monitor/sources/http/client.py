"""One GET of an outside address: conditional, bounded in bytes and time, polite to the host.

Nothing leaves but `Fetched`, `NotModified` and `FetchError`; what a failure means for the feed is not decided here.
"""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache, partial
from typing import Literal, Self
from zlib import crc32

import httpx

from monitor.errors import FetchError, FetchFailure
from monitor.models.clock import Clock
from monitor.models.evidence import Exchange, Visit
from monitor.models.feeds import Feed, FeedKind, Fetched, NotModified
from monitor.sources import challenge_pages
from monitor.sources.http import cache_headers, failures, robots
from monitor.sources.http.address_guard import Lookup
from monitor.sources.http.byte_budget import Allowance, ByteBudget
from monitor.sources.http.client_settings import CredentialsInAddress
from monitor.sources.http.exchange import ERROR_PAGE, REDIRECTS, Answer, HttpClient, Limits
from monitor.sources.http.redirects import ChainCookies, Detour, detour
from monitor.sources.http.throttle import HostBackoff, HostThrottle
from monitor.sources.http.transport import Route
from monitor.text import charsets, urls

__all__ = ["Fetcher", "Limits"]

Accept = Literal["feed", "page"]

_PERMANENT = frozenset({301, 308})
_SPREAD = 0.2  # of a host's rest: those whom it kept out must not all come back at once
_PAGE = re.compile(
    rb"\s*+(?:\xef\xbb\xbf\s*+)?<(?:!doctype\s+html|html|head|script|meta|!--|title|body)", re.IGNORECASE
)
_ACCEPT = {
    "feed": b"application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5",
    "page": b"text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
    "robots": b"text/plain, */*;q=0.5",
}
_ACCEPT_OF_KIND = {
    FeedKind.JSON: b"application/feed+json, application/json;q=0.9, */*;q=0.5",
    FeedKind.SITEMAP: b"application/xml, text/xml, */*;q=0.5",
    **dict.fromkeys((FeedKind.HTML, FeedKind.TELEGRAM), _ACCEPT["page"]),
}
_PRECONDITION_FAILED = 412
_REMEMBERED = 1_024  # addresses: those of feeds come again and again
_LONGEST_REMEMBERED = 200  # characters


@dataclass(slots=True, kw_only=True)
class _FetchRequest:
    """What one GET asks for, at whatever address the redirects lead to."""

    feed: str  # its name, for the message
    kind: FeedKind | None
    accept: Literal["feed", "page", "robots"]
    headers: Mapping[bytes, bytes]
    validators: Mapping[bytes, bytes]
    route: Route
    seconds_left: float
    allowance: Allowance
    exchanges: list[Exchange]  # every request and its answer, redirects and refusals as well, those to robots.txt not

    async def in_time(self, exchange: Awaitable[Answer]) -> Answer:
        """Spends the seconds of the whole GET: a slow drip and a chain of redirects draw on one account."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.timeout(self.seconds_left):
            answer = await exchange
        self.seconds_left = max(self.seconds_left - (loop.time() - began), 0)
        return answer

    @property
    def is_page(self) -> bool:
        """Whether it is made for readers, so that robots.txt speaks of it; feeds are published for machines."""
        return self.accept == "page" or (self.accept == "feed" and self.kind is FeedKind.HTML)


@dataclass(frozen=True, slots=True, kw_only=True)
class _FinalAnswer:
    """The answer at the end of the redirects, and the way there."""

    answer: Answer
    url: str
    moved_to: str


class Fetcher:
    """GETs within `limits`, honestly named by `user_agent`. An async context manager; one for the whole process.

    `proxy` is an address httpx knows (http, https, socks5) or None; a proxy resolves names itself, so through it
    only addresses spelt out as numbers can be refused. Unless `allow_private`, nothing outside the public internet
    is connected to. `lookup` resolves names as socket.getaddrinfo does.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        clock: Clock,
        proxy: str | None = None,
        allow_private: bool = False,
        limits: Limits | None = None,
        lookup: Lookup = socket.getaddrinfo,
    ) -> None:
        self._proxy, self._clock = proxy or "", clock
        self._limits = limits = limits or Limits()
        self._throttle = HostThrottle(
            gap=limits.host_gap, concurrency=limits.host_concurrency, longest_wait=limits.queue
        )
        self._backoff = HostBackoff()
        self._robots = robots.Robots(clock=clock)
        self._budget = ByteBudget(limits.in_flight)
        self._http = HttpClient(user_agent=user_agent, allow_private=allow_private, limits=limits, lookup=lookup)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._http.close()

    async def fetch(
        self, url: str, *, accept: Accept = "feed", feed: Feed | None = None, allowance: Allowance | None = None
    ) -> Fetched:
        """One GET, redirects followed.

        `feed` gives its name for the message, its proxy, User-Agent and `ca_file`, for its pages as well. Pages, and
        feeds of kind `html`, are read only if robots.txt allows it. Raises FetchError and nothing else; a cancelled
        task stays cancelled. A large body draws on the allowance, if one is given, for which there may be NoRoom.
        """
        answer = await self.fetch_if_modified(url, accept=accept, feed=feed, allowance=allowance)
        assert isinstance(answer, Fetched)  # no validators were sent
        return answer

    async def fetch_if_modified(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: Accept = "feed",
        feed: Feed | None = None,
        allowance: Allowance | None = None,
    ) -> Fetched | NotModified:
        """As `fetch`. Validators are sent back verbatim; empty ones are not sent."""
        request = partial(self._request, accept, feed, _validators(etag, last_modified))
        if allowance:
            return await self._fetch(url, request(allowance))
        with self._budget.allowance() as own:
            return await own.fit(lambda: self._fetch(url, request(own)))

    @asynccontextmanager
    async def visit(
        self, url: str, *, feed: Feed | None, etag: str | None = None, last_modified: str | None = None
    ) -> AsyncIterator[Visit]:
        """A page, as `fetch_if_modified`, once there is room for it; it counts as held until the block's end."""
        request = partial(self._request, "page", feed, _validators(etag, last_modified))
        with self._budget.allowance() as allowance:
            yield await allowance.fit(lambda: self._visit(url, request(allowance)))

    async def _visit(self, url: str, request: _FetchRequest) -> Visit:
        try:
            return Visit(answer=await self._fetch(url, request), exchanges=tuple(request.exchanges))
        except FetchError as error:
            return Visit(answer=error, exchanges=tuple(request.exchanges))

    def _request(
        self, accept: Accept, feed: Feed | None, validators: Mapping[bytes, bytes], allowance: Allowance
    ) -> _FetchRequest:
        agent = {b"user-agent": feed.user_agent.encode()} if feed and feed.user_agent else {}  # may be Cyrillic
        return _FetchRequest(
            feed=feed.name if feed else "",
            kind=feed.kind if feed else None,
            accept=accept,
            headers={**agent, b"accept": _accept(accept, feed)},
            validators=validators,
            route=Route(proxy=(feed.proxy if feed else "") or self._proxy, ca_file=feed.ca_file if feed else ""),
            seconds_left=self._limits.total,
            allowance=allowance,
            exchanges=[],
        )

    async def _fetch(self, url: str, request: _FetchRequest) -> Fetched | NotModified:
        try:
            final = await self._follow(url, request)
            if final.answer.status == _PRECONDITION_FAILED and request.validators:  # as if a GET could overwrite
                request = replace(request, validators={})
                final = await self._follow(url, request)
            return self._result(final, url, request)
        except failures.NAMED as error:
            raise failures.for_error(error, feed=request.feed) from error

    async def _follow(self, url: str, request: _FetchRequest) -> _FinalAnswer:
        hops: list[int] = []
        cookies = ChainCookies()
        while True:
            answer = await self._exchange(*_checked(url), request, cookies.header(url))
            cookies.keep(url, answer.headers)
            if answer.status not in REDIRECTS:
                moved_to = url if hops and _PERMANENT.issuperset(hops) else ""
                return _FinalAnswer(answer=answer, url=url, moved_to=moved_to)
            hops.append(answer.status)
            url = urls.absolute(url, answer.location)
            if not url:
                message = f"перенаправление ({answer.status}) никуда не ведёт: проверьте адрес в feeds.yaml"
                raise FetchError(message, feed=request.feed, kind=FetchFailure.REDIRECTS)
            if len(hops) > self._limits.redirects:
                message = f"больше {self._limits.redirects} перенаправлений подряд: проверьте адрес в feeds.yaml"
                raise FetchError(message, feed=request.feed, kind=FetchFailure.REDIRECTS)

    async def _exchange(
        self, url: httpx.URL, host: str, request: _FetchRequest, cookie: Mapping[bytes, bytes]
    ) -> Answer:
        gap = await self._robots_delay(url, request) if request.is_page else 0.0
        async with self._throttle.slot(host, gap=gap):
            if left := self._backoff.left(host, self._clock.steady()):
                raise failures.for_backoff(left * (1 + _SPREAD * _fraction(str(url))), feed=request.feed)
            headers = {**request.headers, **request.validators, **cookie}
            asked_at = self._clock()
            answer = await request.in_time(self._http.get(url, headers, request.route, request.allowance))
        request.exchanges.append(self._http.exchange(url, headers, answer, asked_at))
        if answer.status in (429, 503) and (pause := self._retry_after(answer)):
            self._backoff.begin(host, self._clock.steady(), pause)
        return answer

    async def _robots_delay(self, url: httpx.URL, request: _FetchRequest) -> float:
        """Seconds between two pages of the site. Raises FetchError when robots.txt refuses this one."""

        async def fetch(address: str) -> str:
            headers = {**request.headers, b"accept": _ACCEPT["robots"]}
            seconds = self._limits.total
            of_robots = replace(
                request, accept="robots", headers=headers, validators={}, seconds_left=seconds, exchanges=[]
            )
            fetched = await self._fetch(address, of_robots)
            assert isinstance(fetched, Fetched)  # no validators were sent
            return fetched.body[: robots.LARGEST].decode("utf-8", "replace")

        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        return await self._robots.delay(origin, str(url), fetch, feed=request.feed)

    def _result(self, final: _FinalAnswer, asked: str, request: _FetchRequest) -> Fetched | NotModified:
        answer, headers = final.answer, final.answer.headers
        if answer.status == 304 and request.validators:
            return NotModified(
                etag=_verbatim(headers, b"etag"),
                last_modified=_verbatim(headers, b"last-modified"),
                max_age=cache_headers.max_age(headers, self._clock()),
                moved_to=final.moved_to,
            )
        self._refuse_failure(answer, request)
        if request.accept != "robots":
            self._refuse_stand_in(final, asked, request)
        return Fetched(
            url=final.url,
            body=answer.body,
            content_type=headers.get("content-type", ""),
            etag=_verbatim(headers, b"etag"),
            last_modified=_verbatim(headers, b"last-modified"),
            status=answer.status,
            max_age=cache_headers.max_age(headers, self._clock()),
            moved_to=final.moved_to,
        )

    def _refuse_failure(self, answer: Answer, request: _FetchRequest) -> None:
        retry_after = self._retry_after(answer)
        if wall := challenge_pages.wall(_small_page(answer.body), answer.headers, status=answer.status):
            raise failures.for_wall(wall, feed=request.feed, retry_after=retry_after)
        if not 200 <= answer.status < 300:
            raise failures.for_status(answer.status, feed=request.feed, retry_after=retry_after)
        if (not answer.body or answer.body.isspace()) and request.accept != "robots":
            raise FetchError("сервер ответил успехом, но ответ пуст", feed=request.feed, kind=FetchFailure.EMPTY)

    def _refuse_stand_in(self, final: _FinalAnswer, asked: str, request: _FetchRequest) -> None:
        """A page that answers 200 in place of what was asked for. A feed that moved is a feed wherever it stands."""
        if not _PAGE.match(final.answer.body):
            return
        page = _small_page(final.answer.body)
        if challenge_pages.is_login(page):
            raise failures.for_login(feed=request.feed)
        if challenge_pages.is_maintenance(page):
            raise failures.for_maintenance(feed=request.feed, retry_after=self._retry_after(final.answer))
        led_to = detour(asked, final.url)
        is_article = request.accept == "page"  # an aggregator's link may lead to another site: that is its use
        if led_to and not (is_article and led_to is Detour.SITE):
            raise failures.for_detour(led_to, final.url, feed=request.feed, is_article=is_article)

    def _retry_after(self, answer: Answer) -> timedelta | None:
        return cache_headers.retry_after(answer.headers.get("retry-after", "").strip(), self._clock())


def _checked(url: str) -> tuple[httpx.URL, str]:
    """An http(s) address without credentials, which would be sent to whoever it redirects to; and whose host it is."""
    return _parsed(url) if len(url) <= _LONGEST_REMEMBERED else _parsed.__wrapped__(url)


@lru_cache(_REMEMBERED)
def _parsed(url: str) -> tuple[httpx.URL, str]:
    parsed = httpx.URL(url.strip())
    if parsed.scheme not in ("http", "https") or not parsed.host or (parsed.port or 1) > 65_535:
        raise httpx.InvalidURL("нужен адрес вида https://…")
    if parsed.userinfo:
        raise CredentialsInAddress("a name or a password")
    return parsed, urls.host_key(str(parsed))


def _accept(accept: Accept, feed: Feed | None) -> bytes:
    """Every kind ends in `*/*`: a server that knows its feed by another name must not refuse it."""
    of_kind = _ACCEPT_OF_KIND.get(feed.kind) if feed and accept == "feed" else None
    return of_kind or _ACCEPT[accept]


def _validators(etag: str | None, last_modified: str | None) -> dict[bytes, bytes]:
    """Header bytes are Latin-1; a validator that is not never came from a header and is left out."""
    written = {b"if-none-match": etag or "", b"if-modified-since": last_modified or ""}
    return {name: value.encode("latin-1") for name, value in written.items() if value and max(value) <= "\xff"}


def _verbatim(headers: httpx.Headers, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in headers.raw if key.lower() == name and value), None)


def _small_page(body: bytes) -> str:
    """The text of a short HTML page, "" of anything else: nothing longer stands in for what was asked."""
    return charsets.decode(body) if len(body) <= ERROR_PAGE and _PAGE.match(body) else ""


def _fraction(url: str) -> float:
    """A number in [0, 1) that is always the same for one address."""
    return crc32(url.encode()) / 2**32
