"""One request and its response over a connection of their own, direct or through a proxy.

Directly h11 speaks HTTP over a `Wire`; through a proxy httpcore does, without its pool: hosts differ, a connection
would be closed as idle before the next poll, and the pool is searched anew for every request (docs/decisions/0013).
Knows nothing of feeds, redirects or bodies.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from ssl import SSLContext

import h11
import httpcore
import httpx
from socksio import SOCKSError

from monitor.sources.http.address_guard import Resolver, refuse_private_literal
from monitor.sources.http.network import Network

FAILURES = (
    h11.RemoteProtocolError,
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)
_PORTS = {"http": 80, "https": 443}
_LONGEST_HEAD = 102_400  # bytes of a head, as httpcore has it
_PIECE = 65_536  # bytes read at once


class Direct(httpx.AsyncBaseTransport):
    """An httpx transport: a new connection for each request, HTTP/1.1.

    Raises h11's and httpcore's errors, BlockedAddress, TooLarge.
    """

    def __init__(self, *, tls: SSLContext, names: Resolver, most: int) -> None:
        self._tls, self._network = tls, Network(names, most=most)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange; closing the response closes the connection."""
        timeouts = request.extensions["timeout"]
        stream = await self._connected(request.url, timeouts["connect"])
        conversation = _Conversation(stream, timeouts["read"])
        async with AsyncExitStack() as on_failure:
            on_failure.push_async_callback(stream.aclose)
            answer = await conversation.ask(request)
            on_failure.pop_all()
        return httpx.Response(answer.status_code, headers=answer.headers.raw_items(), stream=conversation)

    async def _connected(self, url: httpx.URL, timeout: float) -> httpcore.AsyncNetworkStream:  # noqa: ASYNC109 -- handed through
        host = url.raw_host.decode("ascii")
        stream = await self._network.connect_tcp(host, url.port or _PORTS[url.scheme], timeout)
        if url.scheme != "https":
            return stream
        return await stream.start_tls(self._tls, server_hostname=host, timeout=timeout)


class _Conversation(httpx.AsyncByteStream):
    """A request, then its response as it comes."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, patience: float) -> None:
        self._stream, self._patience = stream, patience
        self._protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)

    async def ask(self, request: httpx.Request) -> h11.Response:
        """Send a request without a body, and read the head of its answer; interim answers are passed over."""
        asked = h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
        said = (self._protocol.send(asked) or b"") + (self._protocol.send(h11.EndOfMessage()) or b"")
        with suppress(httpcore.WriteError):  # a server may refuse before it has heard us out: what it says counts
            await self._stream.write(said)
        while not isinstance(event := await self._next(), h11.Response):
            pass
        return event

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while isinstance(event := await self._next(), h11.Data):
            yield bytes(event.data)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def _next(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        while (event := self._protocol.next_event()) is h11.NEED_DATA:
            self._protocol.receive_data(await self._stream.read(_PIECE, self._patience))
        return event


class Proxied(httpx.AsyncBaseTransport):
    """As `Direct`, through a proxy, whose addresses `names` are; it resolves the others itself, so that only those
    spelt out as numbers can be refused (`refuse_literals`).
    """

    def __init__(
        self, proxy: httpx.Proxy, *, tls: SSLContext, names: Resolver, most: int, refuse_literals: bool
    ) -> None:
        self._refuse_literals = refuse_literals
        self._factory = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            proxy=httpcore.Proxy(
                _address(proxy.url),
                auth=proxy.raw_auth,
                headers=proxy.headers.raw,
                ssl_context=tls if proxy.url.scheme == "https" else None,
            ),
            network_backend=Network(names, most=most),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange; closing the response closes the connection."""
        if self._refuse_literals:
            refuse_private_literal(request.url.host)
        asked = httpcore.Request(
            method=request.method,
            url=_address(request.url),
            headers=request.headers.raw,
            extensions=request.extensions,
        )
        connection = self._factory.create_connection(asked.url.origin)
        async with AsyncExitStack() as on_failure:
            on_failure.push_async_callback(connection.aclose)
            try:
                answer = await connection.handle_async_request(asked)
            except SOCKSError as error:
                raise httpcore.ProxyError(str(error)) from error
            on_failure.pop_all()
        return httpx.Response(answer.status, headers=answer.headers, stream=_Stream(answer, connection))


class _Stream(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response, connection: httpcore.AsyncConnectionInterface) -> None:
        self._answer, self._connection = answer, connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._answer.aiter_stream():
            yield piece

    async def aclose(self) -> None:
        await self._connection.aclose()


def _address(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
