"""A proxy on loopback that tunnels: HTTP CONNECT and SOCKS5, told apart by the first byte. Plain or within TLS.

Whatever a client asks for, the tunnel leads to one port of this machine; `asked` keeps what it was.
"""

import asyncio
import ssl
from typing import Self


class Tunnel:
    """An asynchronous context manager; lives in the loop of the test."""

    def __init__(self, to_port: int, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[str] = []
        self.port = 0
        self._to_port, self._tls = to_port, tls
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first = await reader.readexactly(1)
            await (self._socks(reader, writer) if first == b"\x05" else self._connect(reader, writer))
            inner, outer = await asyncio.open_connection("127.0.0.1", self._to_port)
            try:
                await asyncio.gather(_copy(reader, outer), _copy(inner, writer))
            finally:
                outer.transport.abort()
        finally:
            writer.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked.append("C" + head.split(b"\r\n")[0].decode())
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")

    async def _socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly((await reader.readexactly(1))[0])
        writer.write(b"\x05\x00")
        length = (await reader.readexactly(5))[4]  # the only kind of address asked for is a name
        self.asked.append("SOCKS " + (await reader.readexactly(length)).decode())
        await reader.readexactly(2)
        writer.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()
