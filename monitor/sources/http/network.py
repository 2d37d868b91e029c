"""Connections: opened to judged addresses only, counting all that comes in, with TLS that keeps the name.

What httpcore reads and writes through, in place of its own backend.
"""

import asyncio
from collections.abc import Iterable
from ssl import SSLContext, SSLError
from typing import Any, cast

import httpcore

from monitor.sources.http.address_guard import Resolver
from monitor.sources.http.decompression import TooLarge
from monitor.sources.http.response_head import HeadRepair

_MOST_ATTEMPTS = 3  # addresses of one name
_HIGH_WATER = 262_144  # bytes that wait to be read before the other side has to


class BoundedStream(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """One connection as httpcore wants it; `read` raises TooLarge once more than `most` bytes came in all.

    The bound holds for whatever a body's bound does not see: heads, interim answers, the frames of chunks. Heads are
    repaired before httpcore reads them.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = bytearray()
        self._received = 0
        self._ended = False
        self._error: Exception | None = None
        self._arrival: asyncio.Future[None] | None = None  # somebody waits for more
        self._transport = asyncio.Transport()
        self._heads = HeadRepair()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio when the connection stands."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's has all of it, and does not inherit it

    def data_received(self, data: bytes) -> None:
        """Called by asyncio; reading pauses while much is held that nobody reads."""
        self._received += len(data)
        self._held += data
        if len(self._held) > _HIGH_WATER:
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """Called by asyncio when the other side has said all."""
        self._ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio, with the reason unless it was closed in good order."""
        self._ended, self._error = True, exc
        self._wake()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 -- httpcore's
        """What came, up to `max_bytes` and a head; b"" at the end. `timeout` is for each piece, in seconds.

        Raises TooLarge and httpcore's ReadError and ReadTimeout.
        """
        while data := await self._next_piece(max_bytes, timeout):
            if ready := self._heads.feed(data):
                return ready
        return self._heads.rest()

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109 -- httpcore's
        """Requests are small: nobody waits for their writing. Raises httpcore's WriteError."""
        if self._ended:
            raise httpcore.WriteError("the connection is closed") from self._error
        self._heads = HeadRepair()  # whatever comes now answers this
        self._transport.write(buffer)

    async def aclose(self) -> None:
        """Closes at once, without waiting for what is still to be written."""
        self.abort()

    def abort(self) -> None:
        """As `aclose`, for those who cannot wait."""
        self._transport.abort()

    async def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 -- httpcore's
    ) -> httpcore.AsyncNetworkStream:
        """The same stream, speaking TLS from now on. Raises httpcore's ConnectError and ConnectTimeout."""
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
        """What asyncio's transport knows under that name (the TLS object, the peer); None if nothing."""
        return self._transport.get_extra_info(info)

    async def _next_piece(self, max_bytes: int, timeout: float | None) -> bytes:  # noqa: ASYNC109 -- handed through
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

    async def _wait(self, timeout: float | None) -> None:  # noqa: ASYNC109 -- handed through
        self._arrival = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout):
                await self._arrival
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error

    def _wake(self) -> None:
        if self._arrival and not self._arrival.done():
            self._arrival.set_result(None)


class Network(httpcore.AsyncNetworkBackend):
    """Opens connections to the addresses that `resolver` allows; each may receive `most` bytes."""

    def __init__(self, resolver: Resolver, *, most: int) -> None:
        self._resolver, self._most = resolver, most
        self._opened: list[BoundedStream] = []

    def close(self) -> None:
        """Closes at once whatever was opened: httpcore forgets the connection of a handshake that failed."""
        for stream in self._opened:
            stream.abort()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- httpcore's
        local_address: str | None = None,  # noqa: ARG002 -- httpcore's; nobody asks for it
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 -- the same
    ) -> httpcore.AsyncNetworkStream:
        """The first of the allowed addresses that answers; `timeout` (seconds) is shared by all of it.

        Raises BlockedAddress and httpcore's ConnectError and ConnectTimeout.
        """
        try:
            async with asyncio.timeout(timeout):
                addresses = (await self._resolver.addresses(host, port))[:_MOST_ATTEMPTS]
                return await self._first(addresses, port, timeout)
        except TimeoutError as error:
            self._resolver.forget(host, port)
            raise httpcore.ConnectTimeout(host) from error
        except OSError as error:
            self._resolver.forget(host, port)
            raise httpcore.ConnectError(str(error)) from error

    async def _first(self, addresses: list[str], port: int, timeout: float | None) -> BoundedStream:  # noqa: ASYNC109 -- shared
        share = timeout / len(addresses) if timeout else None
        for address in addresses[:-1]:
            try:
                async with asyncio.timeout(share):
                    return await self._connected(address, port)
            except OSError:  # TimeoutError among them
                continue
        return await self._connected(addresses[-1], port)

    async def _connected(self, address: str, port: int) -> BoundedStream:
        loop = asyncio.get_running_loop()
        _, stream = await loop.create_connection(lambda: BoundedStream(self._most), address, port)
        self._opened.append(stream)
        return stream
