"""One GET of an outside address: conditional, bounded in bytes and time, one at a time per host. httpx lives here.

Nothing leaves but `Fetched`, `NotModified` and `FetchError`; what a failure means for the feed is not decided here.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Literal, Self

import httpx

from monitor import challenges, charsets, urls
from monitor.addresses import BlockedAddress, PublicTransport, refuse_private_literal
from monitor.decompression import ACCEPTED, TooLarge, Undecodable, decompress
from monitor.errors import FetchError, FetchFailure
from monitor.models import Fetched, NotModified

_LONGEST_WAIT = timedelta(hours=24)  # what a server may ask for
_ERROR_PAGE = 65_536  # bytes of an error's body worth reading
_MOST_CONNECTIONS = 200
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ACCEPT = {
    "feed": "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/html;q=0.8",
    "page": "text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of one GET. Times are seconds; the body's bound holds on the wire and after decompression."""

    body: int = 8 * 1024 * 1024
    redirects: int = 5
    connect: float = 10
    read: float = 15
    total: float = 30  # of the exchange itself: waiting for the host's turn does not count
    host_gap: float = 0.4  # between two requests to one host
    host_concurrency: int = 1


@dataclass(slots=True)
class _Turns:
    """Whose turn it is at one host."""

    free: asyncio.Semaphore
    waiting: int = 0
    next_at: float = 0


@dataclass(slots=True, kw_only=True)
class _Budget:
    """Seconds left of a GET's total."""

    left: float

    @asynccontextmanager
    async def spend(self) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.timeout(self.left):
            yield
        self.left = max(self.left - (loop.time() - began), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """What one GET asks for, at whatever address the redirects lead to."""

    headers: Mapping[str, bytes]
    budget: _Budget = field(repr=False)

    @property
    def is_conditional(self) -> bool:
        return bool(self.headers.keys() & {"if-none-match", "if-modified-since"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """One response, read within the bounds, before anything is made of it."""

    status: int
    headers: httpx.Headers
    body: bytes


class _Failure(Exception):
    """A named failure on its way to become a FetchError."""

    def __init__(self, kind: FetchFailure, message: str, retry_after: timedelta | None = None) -> None:
        self.kind, self.message, self.retry_after = kind, message, retry_after
        super().__init__(message)


class Fetcher:
    """GETs within `limits`, honestly named by `user_agent`. An async context manager; one for the whole process.

    `proxy` is an address httpx knows (http, https, socks5) or None. Unless `allow_private`, addresses outside
    the public internet are refused. `now` gives the aware time that a Retry-After date is measured from.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        now: Callable[[], datetime],
        proxy: str | None = None,
        allow_private: bool = False,
        limits: Limits | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._now, self._allow_private, self._proxied = now, allow_private, proxy is not None
        self._turns: dict[str, _Turns] = {}
        self._client = httpx.AsyncClient(
            transport=_transport(proxy, allow_private=allow_private),
            headers={"user-agent": user_agent, "accept-encoding": ACCEPTED},
            timeout=httpx.Timeout(self._limits.read, connect=self._limits.connect, pool=self._limits.total),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # a poll must not depend on the one before
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._client.aclose()

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: Literal["feed", "page"] = "feed",
        feed: str = "",
    ) -> Fetched | NotModified:
        """One GET, redirects followed. `etag` and `last_modified` are sent back verbatim; empty ones are not sent.

        `feed` is the feed's name, for the message. Raises FetchError and nothing else.
        """
        headers = {"accept": _ACCEPT[accept].encode()} | _validators(etag, last_modified)
        request = _Request(headers=headers, budget=_Budget(left=self._limits.total))
        try:
            return await self._follow(url, request)
        except _Failure as failure:
            raise FetchError(
                failure.message, feed=feed, kind=failure.kind, retry_after=failure.retry_after
            ) from failure.__cause__
        except (httpx.HTTPError, httpx.InvalidURL, BlockedAddress, OSError, ValueError) as error:
            kind, message = _named(error, self._limits)
            raise FetchError(message, feed=feed, kind=kind) from error

    async def _follow(self, url: str, request: _Request) -> Fetched | NotModified:
        for _ in range(self._limits.redirects + 1):
            answer = await self._exchange(_checked(url), request)
            if answer.status not in _REDIRECTS:
                return self._made_of(answer, url, request)
            target = urls.absolute(url, answer.headers.get("location", ""))
            if not target:
                raise _Failure(FetchFailure.REDIRECTS, f"перенаправление ({answer.status}) без годного адреса")
            url = target
        raise _Failure(
            FetchFailure.REDIRECTS, f"больше {self._limits.redirects} перенаправлений подряд: проверьте адрес в feeds.yaml"
        )

    async def _exchange(self, url: httpx.URL, request: _Request) -> _Answer:
        if self._proxied and not self._allow_private:
            refuse_private_literal(url.host)
        async with (
            self._turn(urls.host_key(str(url)) or url.host),
            request.budget.spend(),
            self._client.stream("GET", url, headers=request.headers, follow_redirects=False) as response,
        ):
            return _Answer(status=response.status_code, headers=response.headers, body=await self._body(response))

    async def _body(self, response: httpx.Response) -> bytes:
        """The body without its codings. Of a page that is only an error, as much as tells who refused."""
        if response.status_code in _REDIRECTS or response.status_code == 304:
            return b""
        is_error = response.status_code >= 400
        limit = self._limits.body
        if not is_error and int(_digits(response.headers.get("content-length", ""))) > limit:
            raise TooLarge
        wire = bytearray()
        async for piece in response.aiter_raw():
            wire += piece
            if is_error and len(wire) > _ERROR_PAGE:
                return b""
            if len(wire) > limit:
                raise TooLarge
        return _decompressed(bytes(wire), response, limit=limit)

    @asynccontextmanager
    async def _turn(self, host: str) -> AsyncIterator[None]:
        """One request at a time to a host, with a gap; hosts nobody waits for are forgotten once their gap is over."""
        loop = asyncio.get_running_loop()
        turns = self._turns.setdefault(host, _Turns(asyncio.Semaphore(self._limits.host_concurrency)))
        turns.waiting += 1
        try:
            async with turns.free:
                await asyncio.sleep(turns.next_at - loop.time())
                try:
                    yield
                finally:
                    turns.next_at = loop.time() + self._limits.host_gap
        finally:
            turns.waiting -= 1
            self._forget_idle(loop.time())

    def _forget_idle(self, now: float) -> None:
        idle = [host for host, turns in self._turns.items() if not turns.waiting and turns.next_at <= now]
        for host in idle:
            del self._turns[host]

    def _made_of(self, answer: _Answer, url: str, request: _Request) -> Fetched | NotModified:
        if answer.status == 304 and request.is_conditional:
            return NotModified()
        if wall := challenges.wall(charsets.decode(answer.body[:_ERROR_PAGE]), answer.headers):
            raise _Failure(
                FetchFailure.CHALLENGE,
                f"сайт закрыт проверкой {wall} и не пускает программы: нужен другой адрес или канал Telegram",
                self._retry_after(answer.headers),
            )
        if not 200 <= answer.status < 300:
            kind, message = _refusal(answer.status)
            raise _Failure(kind, message, self._retry_after(answer.headers))
        if not answer.body.strip():
            raise _Failure(FetchFailure.EMPTY, "сервер ответил успехом, но тело ответа пусто")
        return Fetched(
            url=url,
            body=answer.body,
            content_type=answer.headers.get("content-type", ""),
            etag=_verbatim(answer.headers, b"etag"),
            last_modified=_verbatim(answer.headers, b"last-modified"),
        )

    def _retry_after(self, headers: httpx.Headers) -> timedelta | None:
        """Seconds or an HTTP date (RFC 9110, 10.2.3)."""
        written = headers.get("retry-after", "").strip()
        if written.isascii() and written.isdigit():
            return min(timedelta(seconds=min(int(written[:9]), 10**8)), _LONGEST_WAIT)
        try:
            at = parsedate_to_datetime(written)
        except ValueError:
            return None
        wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - self._now()
        return max(timedelta(0), min(wait, _LONGEST_WAIT))
