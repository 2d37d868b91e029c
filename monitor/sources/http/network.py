"""Sockets: opened to judged addresses only, counting all that comes in, with TLS that keeps the name.

A `Wire` is what httpcore reads and writes too. Knows nothing of HTTP.
"""

import asyncio
from collections.abc import Iterable
from ssl import SSLContext, SSLError
from typing import Any

import httpcore

from monitor.sources.http.address_guard import Resolver
from monitor.sources.http.decompression import TooLarge

_MOST_ATTEMPTS = 3  # addresses of one name
_HIGH_WATER = 262_144  # bytes that wait to be read before the other side has to


class Wire(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """One connection as httpcore wants it; `read` raises TooLarge once more than `most` bytes came in all.

    The bound holds for whatever a body's bound does not see: heads, interim answers, the frames of chunks.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = bytearray()
        self._received = 0
        self._ended = False
        self._error: Exception | None = None
        self._news: asyncio.Future[None] | None = None
        self._transport = asyncio.Transport()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As asyncio asks."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """As asyncio asks."""
        self._received += len(data)
        self._held += data
        if len(self._held) > _HIGH_WATER:
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """As asyncio asks."""
        self._ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """As asyncio asks."""
        self._ended, self._error = True, exc
        self._wake()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 -- httpcore's
        """What came, at most `max_bytes`; b"" at the end."""
        if not self._held and not self._ended:
            await self._wait(timeout)
        if self._received > self._most:
            raise TooLarge
        if self._error and not self._held:
            raise httpcore.ReadError(str(self._error)) from self._error
        data = bytes(self._held[:max_bytes])
        del self._held[:max_bytes]
        self._transport.resume_reading()
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109 -- httpcore's
        """Requests are small: nobody waits for their writing."""
        if self._ended:
            raise httpcore.WriteError("the connection is closed") from self._error
        self._transport.write(buffer)

    async def aclose(self) -> None:
        """At once: nothing is left to say."""
        self._transport.abort()

    async def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 -- httpcore's
    ) -> httpcore.AsyncNetworkStream:
        """The same connection, with TLS."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                secured = await loop.start_tls(self._transport, self, ssl_context, server_hostname=server_hostname)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("TLS") from error
        except (SSLError, OSError, TypeError) as error:  # Python 3.11 stumbles when TLS within TLS fails
            raise httpcore.ConnectError(str(error)) from error
        assert secured is not None
        self._transport = secured
        return self

    def get_extra_info(self, info: str) -> Any:
        """Of the transport."""
        return self._transport.get_extra_info(info)

    async def _wait(self, timeout: float | None) -> None:  # noqa: ASYNC109 -- handed through
        self._news = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout):
                await self._news
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error

    def _wake(self) -> None:
        if self._news and not self._news.done():
            self._news.set_result(None)


class Network(httpcore.AsyncNetworkBackend):
    """Opens connections to the addresses that `names` allows; each may receive `most` bytes."""

    def __init__(self, names: Resolver, *, most: int) -> None:
        self._names, self._most = names, most

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- httpcore's
        local_address: str | None = None,  # noqa: ARG002 -- httpcore's; nobody asks for it
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 -- the same
    ) -> httpcore.AsyncNetworkStream:
        """The first of the allowed addresses that answers; `timeout` (seconds) is shared by all of it.

        Raises BlockedAddress and what httpcore expects.
        """
        try:
            async with asyncio.timeout(timeout):
                addresses = (await self._names.addresses(host, port))[:_MOST_ATTEMPTS]
                return await self._first(addresses, port, timeout)
        except TimeoutError as error:
            self._names.forget(host, port)
            raise httpcore.ConnectTimeout(host) from error
        except OSError as error:
            self._names.forget(host, port)
            raise httpcore.ConnectError(str(error)) from error

    async def _first(self, addresses: list[str], port: int, timeout: float | None) -> Wire:  # noqa: ASYNC109 -- shared
        share = timeout / len(addresses) if timeout else None
        for address in addresses[:-1]:
            try:
                async with asyncio.timeout(share):
                    return await self._connected(address, port)
            except OSError:  # TimeoutError among them
                continue
        return await self._connected(addresses[-1], port)

    async def _connected(self, address: str, port: int) -> Wire:
        loop = asyncio.get_running_loop()
        _, wire = await loop.create_connection(lambda: Wire(self._most), address, port)
        return wire
