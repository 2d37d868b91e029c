"""One request and its response, read within bounds of bytes and time. What the response means is not known here."""

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from functools import cache

import httpx

from monitor.sources.http.address_guard import Lookup, Resolver
from monitor.sources.http.decompression import TooLarge, decompress
from monitor.sources.http.transport import FAILURES, Direct, Proxied

ERROR_PAGE = 65_536  # bytes; the page of an error or of a bot wall is smaller
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_HEADERS = 65_536  # bytes
_MOST_PIECES = 32_768  # of one body: a chunk for each byte would cost more to read than the bytes
_LARGE = 65_536  # bytes; decompressing more would hold up the event loop


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of one GET. Times are seconds; the body's bound holds on the wire and after decompression."""

    body: int = 8 * 1024 * 1024
    redirects: int = 5
    connect: float = 10
    read: float = 15
    total: float = 30  # of the exchange itself: waiting for the host's turn does not count
    turn: float = 60  # of waiting for the host's turn
    host_gap: float = 0.4
    host_concurrency: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The way to a host: through which proxy, trusting which certificates beside the usual ones ("": none)."""

    proxy: str = ""
    ca_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One response before anything is made of it; the body is without its codings, "" of a redirect or 304."""

    status: int
    headers: httpx.Headers
    body: bytes


class UnreadableCertificates(ValueError):
    """A feed's `ca_file` cannot be used."""


class Exchanges:
    """Makes single exchanges. Knows a transport for each route; TLS settings are made once, they cost 20 ms."""

    def __init__(self, *, allow_private: bool, limits: Limits, lookup: Lookup) -> None:
        self._allow_private, self._limits = allow_private, limits
        self._names = Resolver(allow_private=allow_private, lookup=lookup)
        self._proxies = Resolver(allow_private=True, lookup=lookup)  # the operator's own
        self._transport = cache(self._new_transport)
        self._timeouts = {"connect": limits.connect, "read": limits.read, "write": limits.read}

    def close(self) -> None:
        """No connection outlives its exchange; only the threads of the name lookups are left to end."""
        self._names.close()
        self._proxies.close()

    async def exchange(self, url: httpx.URL, headers: Mapping[str, str], route: Route) -> Answer:
        """GET `url`, no redirects followed, and no deadline for the whole.

        Raises TooLarge, Undecodable, UnreadableCertificates, BlockedAddress, OSError, ValueError, h11's and
        httpcore's errors.
        """
        encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        request = httpx.Request("GET", url, headers=encoded, extensions={"timeout": self._timeouts})
        response = await self._transport(route).handle_async_request(request)
        async with aclosing(response):
            if sum(len(name) + len(value) for name, value in response.headers.raw) > _MOST_HEADERS:
                raise TooLarge
            body = await self._body(response)
        return Answer(status=response.status_code, headers=response.headers, body=body)

    def _new_transport(self, route: Route) -> httpx.AsyncBaseTransport:
        tls, most = _trust(route.ca_file), 2 * self._limits.body + _MOST_HEADERS
        if not route.proxy:
            return Direct(tls=tls, names=self._names, most=most)
        refuse_literals = not self._allow_private
        return Proxied(
            httpx.Proxy(route.proxy), tls=tls, names=self._proxies, most=most, refuse_literals=refuse_literals
        )

    async def _body(self, response: httpx.Response) -> bytes:
        """Of an error only the beginning, as much as tells who refused."""
        if response.status_code in REDIRECTS or response.status_code == 304:
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
        return await _decompressed(wire, response, limit)


@cache
def _trust(ca_file: str) -> ssl.SSLContext:
    trusted = httpx.create_ssl_context()
    if ca_file:
        try:
            trusted.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            raise UnreadableCertificates(f"{ca_file}: {error.strerror or error}") from error
    return trusted


async def _read(response: httpx.Response, limit: int) -> bytes:
    """The body as it stands on the wire; reading stops once it is longer than `limit`. Raises TooLarge for dust."""
    wire, pieces = bytearray(), 0
    async for piece in response.aiter_raw():
        wire += piece
        pieces += 1
        if len(wire) > limit:
            break
        if pieces > _MOST_PIECES:
            raise TooLarge
    return bytes(wire)


async def _decompressed(wire: bytes, response: httpx.Response, limit: int) -> bytes:
    codings = response.headers.get("content-encoding", "")
    if len(wire) > _LARGE and codings:
        return await asyncio.to_thread(decompress, wire, codings, limit=limit)
    return decompress(wire, codings, limit=limit)


async def _beginning(response: httpx.Response) -> bytes:
    try:
        return await _decompressed(await _read(response, ERROR_PAGE), response, ERROR_PAGE)
    except (*FAILURES, ValueError):
        return b""  # the status says enough
