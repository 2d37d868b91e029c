"""The httpx transport of feeds and pages: one request and its response over a connection of their own.

The connections are httpcore's, direct or through a proxy, without its pool: hosts differ, a kept connection would be
closed as idle before the next poll, and the pool is searched anew for every request (docs/decisions/0013).
Knows nothing of feeds, redirects or bodies.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache

import httpcore
import httpx
from socksio import SOCKSError

from monitor.sources.http.address_guard import Lookup, Resolver, refuse_private_literal
from monitor.sources.http.client_settings import tls_context
from monitor.sources.http.network import Network

_HTTPCORE_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The way to a host: through which proxy, trusting which certificates beside the usual ones ("": none)."""

    proxy: str = ""
    ca_file: str = ""


class Transport(httpx.AsyncBaseTransport):
    """Requests say their `Route` in `extensions["route"]`; each connection may receive `most` bytes.

    Unless `allow_private`, nothing outside the public internet is connected to; a proxy, which is the operator's own,
    resolves names itself, so that through it only hosts spelt out as numbers can be refused.
    """

    def __init__(self, *, allow_private: bool, lookup: Lookup, most: int) -> None:
        self._allow_private, self._most = allow_private, most
        self._resolver = Resolver(allow_private=allow_private, lookup=lookup)
        self._proxy_resolver = Resolver(allow_private=True, lookup=lookup)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange; closing the response closes the connection.

        Raises httpx's TransportError, BlockedAddress, TooLarge, UnreadableCertificates, ValueError for a bad proxy.
        """
        route: Route = request.extensions["route"]
        if route.proxy and not self._allow_private:
            refuse_private_literal(request.url.host)
        network = Network(self._proxy_resolver if route.proxy else self._resolver, most=self._most)
        with ExitStack() as on_failure:
            on_failure.callback(network.close)
            with _named_by_httpx():
                response = await _exchange(request, route, network)
            on_failure.pop_all()
        body = _Body(response, network)
        return httpx.Response(response.status, headers=response.headers, stream=body, extensions=response.extensions)

    async def aclose(self) -> None:
        """No connection outlives its exchange; only the threads of the name lookups are left to end."""
        self._resolver.close()
        self._proxy_resolver.close()


class _Body(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response, network: Network) -> None:
        self._response, self._network = response, network

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _named_by_httpx():
            async for piece in self._response.aiter_stream():
                yield piece

    async def aclose(self) -> None:
        self._network.close()


async def _exchange(request: httpx.Request, route: Route, network: Network) -> httpcore.Response:
    sent = httpcore.Request(
        method=request.method,
        url=_address(request.url),
        headers=request.headers.raw,
        extensions=request.extensions,
    )
    if route.proxy:
        # Never filled: a pool is what knows which kind of connection leads through which kind of proxy.
        pool = httpcore.AsyncConnectionPool(tls_context(route.ca_file), proxy=_proxy(route), network_backend=network)
        return await pool.create_connection(sent.url.origin).handle_async_request(sent)
    stream = await _connected(sent, route, network)
    return await _Connection(sent.url.origin, stream).handle_async_request(sent)


class _Connection(httpcore.AsyncHTTP11Connection):
    def __init__(self, origin: httpcore.Origin, stream: httpcore.AsyncNetworkStream) -> None:
        super().__init__(origin, stream)
        # httpcore's own lock finds out each time which library runs the event loop.
        self._state_lock = asyncio.Lock()  # type: ignore[assignment]  # one request is all: nobody waits for it


async def _connected(request: httpcore.Request, route: Route, network: Network) -> httpcore.AsyncNetworkStream:
    """As httpcore's own connection does it, which besides takes a lock and asks about HTTP/2."""
    origin, timeout = request.url.origin, request.extensions["timeout"]["connect"]
    host, context = origin.host.decode("ascii"), tls_context(route.ca_file)
    stream = await network.connect_tcp(host, origin.port, timeout)
    if origin.scheme == b"https":
        stream = await stream.start_tls(context, host, timeout)
    return stream


@cache
def _proxy(route: Route) -> httpcore.Proxy | None:
    if not route.proxy:
        return None
    proxy = httpx.Proxy(route.proxy)
    tls: ssl.SSLContext | None = tls_context(route.ca_file) if proxy.url.scheme == "https" else None
    return httpcore.Proxy(_address(proxy.url), auth=proxy.raw_auth, headers=proxy.headers.raw, ssl_context=tls)


def _address(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


@contextmanager
def _named_by_httpx() -> Iterator[None]:
    """httpcore's errors leave as those of the same name in httpx."""
    try:
        yield
    except _HTTPCORE_ERRORS as error:
        raise getattr(httpx, type(error).__name__)(str(error)) from error
    except SOCKSError as error:
        raise httpx.ProxyError(str(error)) from error
