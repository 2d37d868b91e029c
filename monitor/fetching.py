"""One GET of an outside address: conditional, bounded in bytes and time, polite to the host.

Nothing leaves but `Fetched`, `NotModified` and `FetchError`; what a failure means for the feed is not decided here.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Literal, Self

import httpx

from monitor import challenges, charsets, refusals, urls
from monitor.addresses import BlockedAddress, PublicTransport, refuse_private_literal
from monitor.decompression import ACCEPTED, TooLarge, decompress
from monitor.errors import FetchError, FetchFailure
from monitor.models import Fetched, NotModified
from monitor.turns import Turns

_ERROR_PAGE = 65_536  # bytes; the page of an error or of a bot wall is smaller
_MOST_CONNECTIONS = 200
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ACCEPT = {
    "feed": b"application/rss+xml, application/atom+xml, application/xml;q=0.9, text/html;q=0.8",
    "page": b"text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of one GET. Times are seconds; the body's bound holds on the wire and after decompression."""

    body: int = 8 * 1024 * 1024
    redirects: int = 5
    connect: float = 10
    read: float = 15
    total: float = 30  # of the exchange itself: waiting for the host's turn does not count
    host_gap: float = 0.4
    host_concurrency: int = 1


@dataclass(slots=True, kw_only=True)
class _Ask:
    """What one GET asks for, at whatever address the redirects lead to."""

    feed: str
    headers: Mapping[bytes, bytes]
    seconds_left: float

    @asynccontextmanager
    async def deadline(self) -> AsyncIterator[None]:
        """Spends the seconds of the whole GET: a slow drip and a chain of redirects draw on one account."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.timeout(self.seconds_left):
            yield
        self.seconds_left = max(self.seconds_left - (loop.time() - began), 0)

    @property
    def is_conditional(self) -> bool:
        return b"if-none-match" in self.headers or b"if-modified-since" in self.headers


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """One response, read within the bounds, before anything is made of it."""

    status: int
    headers: httpx.Headers
    body: bytes


class Fetcher:
    """GETs within `limits`, honestly named by `user_agent`. An async context manager; one for the whole process.

    `proxy` is an address httpx knows (http, https, socks5) or None; a proxy resolves names itself, so through it
    only addresses spelt out as numbers can be refused. Unless `allow_private`, nothing outside the public internet
    is connected to. `now` gives the aware time that a Retry-After date is measured from.
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
        self._now = now
        self._checks_literals = proxy is not None and not allow_private
        self._turns = Turns(gap=self._limits.host_gap, concurrency=self._limits.host_concurrency)
        self._client = httpx.AsyncClient(
            transport=_transport(proxy, allow_private=allow_private),
            headers={"user-agent": user_agent, "accept-encoding": ACCEPTED},
            timeout=httpx.Timeout(self._limits.read, connect=self._limits.connect, pool=self._limits.total),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # one poll must not depend on another
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
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
        """One GET, redirects followed. Validators are sent back verbatim; empty ones are not sent.

        `feed` is the feed's name, for the message. Raises FetchError and nothing else; a cancelled task stays
        cancelled.
        """
        headers = {b"accept": _ACCEPT[accept]} | _validators(etag, last_modified)
        ask = _Ask(feed=feed, headers=headers, seconds_left=self._limits.total)
        try:
            return await self._follow(url, ask)
        except (httpx.HTTPError, httpx.InvalidURL, BlockedAddress, OSError, ValueError) as error:
            raise refusals.of_error(error, feed=feed) from error

    async def _follow(self, url: str, ask: _Ask) -> Fetched | NotModified:
        for _ in range(self._limits.redirects + 1):
            answer = await self._exchange(_sound(url), ask)
            if answer.status not in _REDIRECTS:
                return self._made_of(answer, url, ask)
            url = urls.absolute(url, answer.headers.get("location", ""))
            if not url:
                message = f"перенаправление ({answer.status}) никуда не ведёт: проверьте адрес в feeds.yaml"
                raise FetchError(message, feed=ask.feed, kind=FetchFailure.REDIRECTS)
        message = f"больше {self._limits.redirects} перенаправлений подряд: проверьте адрес в feeds.yaml"
        raise FetchError(message, feed=ask.feed, kind=FetchFailure.REDIRECTS)

    async def _exchange(self, url: httpx.URL, ask: _Ask) -> _Answer:
        if self._checks_literals:
            refuse_private_literal(url.host)
        async with (
            self._turns.at(urls.host_key(str(url))),
            ask.deadline(),
            self._client.stream("GET", url, headers=ask.headers, follow_redirects=False) as response,
        ):
            body = await self._body(response)
            return _Answer(status=response.status_code, headers=response.headers, body=body)

    async def _body(self, response: httpx.Response) -> bytes:
        """The body without its codings; of an error only the beginning, as much as tells who refused."""
        if response.status_code in _REDIRECTS or response.status_code == 304:
            return b""
        if response.status_code >= 400:
            return await _beginning(response)
        limit = self._limits.body
        length = response.headers.get("content-length", "")
        if length.isdecimal() and int(length[:12]) > limit:
            raise TooLarge
        wire = await _read(response, limit)
        if len(wire) > limit:
            raise TooLarge
        return decompress(wire, response.headers.get("content-encoding", ""), limit=limit)

    def _made_of(self, answer: _Answer, url: str, ask: _Ask) -> Fetched | NotModified:
        if answer.status == 304 and ask.is_conditional:
            return NotModified()
        retry_after = refusals.retry_after(answer.headers.get("retry-after", "").strip(), self._now())
        page = charsets.decode(answer.body) if len(answer.body) <= _ERROR_PAGE else ""
        if wall := challenges.wall(page, answer.headers):
            raise refusals.of_wall(wall, feed=ask.feed, retry_after=retry_after)
        if not 200 <= answer.status < 300:
            raise refusals.of_status(answer.status, feed=ask.feed, retry_after=retry_after)
        if not answer.body.strip():
            raise FetchError("сервер ответил успехом, но ответ пуст", feed=ask.feed, kind=FetchFailure.EMPTY)
        return Fetched(
            url=url,
            body=answer.body,
            content_type=answer.headers.get("content-type", ""),
            etag=_verbatim(answer.headers, b"etag"),
            last_modified=_verbatim(answer.headers, b"last-modified"),
        )


def _transport(proxy: str | None, *, allow_private: bool) -> httpx.AsyncBaseTransport:
    tls = httpx.create_ssl_context()
    if proxy is None:
        return PublicTransport(tls=tls, most_connections=_MOST_CONNECTIONS, allow_private=allow_private)
    limits = httpx.Limits(max_connections=_MOST_CONNECTIONS, max_keepalive_connections=0)
    return httpx.AsyncHTTPTransport(verify=tls, proxy=proxy, limits=limits)


def _sound(url: str) -> httpx.URL:
    """An http(s) address with a host and without credentials, which would be sent to whoever it redirects to."""
    parsed = httpx.URL(url.strip())
    if parsed.scheme not in ("http", "https") or not parsed.host or (parsed.port or 1) > 65_535:
        raise httpx.InvalidURL("нужен адрес вида https://…")
    if parsed.userinfo:
        raise httpx.InvalidURL("имя и пароль в адресе не поддерживаются")
    return parsed


def _validators(etag: str | None, last_modified: str | None) -> dict[bytes, bytes]:
    """Header bytes are Latin-1; a validator that is not never came from a header and is left out."""
    written = {b"if-none-match": etag or "", b"if-modified-since": last_modified or ""}
    return {name: value.encode("latin-1") for name, value in written.items() if value and max(value) <= "\xff"}


def _verbatim(headers: httpx.Headers, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in headers.raw if key.lower() == name and value), None)


async def _read(response: httpx.Response, limit: int) -> bytes:
    """The body as it stands on the wire; reading stops once it is longer than `limit`."""
    wire = bytearray()
    async for piece in response.aiter_raw():
        wire += piece
        if len(wire) > limit:
            break
    return bytes(wire)


async def _beginning(response: httpx.Response) -> bytes:
    try:
        wire = await _read(response, _ERROR_PAGE)
        return decompress(wire, response.headers.get("content-encoding", ""), limit=_ERROR_PAGE)
    except (httpx.TransportError, ValueError):
        return b""  # the status says enough
