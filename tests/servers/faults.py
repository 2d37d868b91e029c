"""What can go wrong with an answer, as values to script: `web.fail("/feed", faults.hang)`.

A fault is a coroutine function that gets the exchange and `answer`, a call that returns what would have been
said. In the Bot API stand-in `answer()` does the work (the message is kept): a fault that calls it has
delivered, a fault that does not has refused. Nothing here knows of feeds or of Telegram.
"""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from itertools import chain, repeat

from tests.servers.loopback import Exchange, Response

Answer = Callable[[], Response]
Fault = Callable[[Exchange, Answer], Awaitable[None]]

_MEBIBYTE = 1 << 20


class Script:
    """Faults in a queue per key; guard it yourself."""

    def __init__(self) -> None:
        self._queues: dict[str, Iterator[Fault]] = {}

    def add(self, key: str, fault: Fault, times: int | None) -> None:
        """Behind those already queued; None is for ever."""
        turns = repeat(fault) if times is None else repeat(fault, times)
        self._queues[key] = chain(self._queues.get(key, ()), turns)

    def next(self, key: str) -> Fault | None:
        """The fault whose turn it is, used up by asking."""
        return next(self._queues.get(key, iter(())), None)

    def forget(self, key: str) -> None:
        """Back to normal."""
        self._queues.pop(key, None)


def status(code: int, headers: Mapping[str, str] | None = None, body: bytes | str = b"") -> Fault:
    """Another status instead of the answer."""
    content = body.encode() if isinstance(body, str) else body
    return _instead(Response(status=code, headers=headers or {}, body=content))


def encoded(encoding: str, wire: bytes) -> Fault:
    """200 with a `content-encoding` and these very bytes."""
    headers = {"content-type": "application/rss+xml; charset=utf-8", "content-encoding": encoding}
    return _instead(Response(headers=headers, body=wire))


def gzip_bomb(decompressed_bytes: int) -> Fault:
    """Zeros (in whole mebibytes), a thousand times smaller on the wire."""
    return encoded("gzip", _gzipped_zeros(decompressed_bytes))


def _instead(response: Response) -> Fault:
    async def fault(exchange: Exchange, _answer: Answer) -> None:
        await exchange.send(response)

    return fault


def _gzipped_zeros(size: int) -> bytes:
    """One full-flushed mebibyte repeated: a gigabyte takes a moment, and the stream is valid to its checksum."""
    count, block = max(1, size // _MEBIBYTE), bytes(_MEBIBYTE)
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    wire = deflate.compress(block) + deflate.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(count):
        checksum = zlib.crc32(block, checksum)
    trailer = checksum.to_bytes(4, "little") + (count * _MEBIBYTE % (1 << 32)).to_bytes(4, "little")
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff" + wire * count + b"\x03\x00" + trailer


empty = status(200, {"content-type": "application/rss+xml; charset=utf-8"})
bad_gzip = encoded("gzip", b"\x1f\x8b\x08\x00 this was never compressed")


async def hang(exchange: Exchange, _answer: Answer) -> None:
    """Read the request and never answer."""
    await exchange.hang()


async def reset(exchange: Exchange, _answer: Answer) -> None:
    """RST instead of an answer."""
    exchange.reset()


async def no_answer(exchange: Exchange, _answer: Answer) -> None:
    """Close politely without a single byte."""
    exchange.close()


async def garbage(exchange: Exchange, _answer: Answer) -> None:
    """Bytes that are not HTTP."""
    await exchange.write(b"\x16\x03\x01\x00\x02\x02\x28 SSH-2.0-not-a-web-server\r\n\r\n")
    exchange.close()


async def drop_mid_body(exchange: Exchange, answer: Answer) -> None:
    """An honest content-length, half of the body, and the connection closes."""
    response = answer()
    await exchange.write(response.head() + response.body[: len(response.body) // 2])
    exchange.close()


async def truncate(exchange: Exchange, answer: Answer) -> None:
    """The whole body under a content-length that promises more, then the connection closes."""
    response = answer()
    await exchange.write(response.head(content_length=str(len(response.body) + 1000)) + response.body)
    exchange.close()


async def lying_content_length(exchange: Exchange, answer: Answer) -> None:
    """A content-length of half the body; the rest follows it all the same."""
    response = answer()
    head = response.head(content_length=str(len(response.body) // 2), connection="close")
    await exchange.write(head + response.body)
    exchange.close()


async def endless_redirect(exchange: Exchange, _answer: Answer) -> None:
    """Every hop leads to the same path with a higher `hop` (script it without `times`)."""
    hop = int(exchange.request.parameter("hop") or 0)
    await exchange.send(Response(status=302, headers={"location": f"{exchange.request.path}?hop={hop + 1}"}))


def huge(n_bytes: int) -> Fault:
    """A feed that goes on for `n_bytes`, without a content-length."""

    async def fault(exchange: Exchange, _answer: Answer) -> None:
        await exchange.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/rss+xml\r\nconnection: close\r\n\r\n")
        await exchange.write(b'<?xml version="1.0"?><rss version="2.0"><channel><description>')
        for start in range(0, n_bytes, 65536):
            await exchange.write(b"x" * min(65536, n_bytes - start))
        exchange.close()

    return fault


def slow(seconds: float) -> Fault:
    """Think for a while, then answer as ever."""

    async def fault(exchange: Exchange, answer: Answer) -> None:
        await asyncio.sleep(seconds)
        await exchange.send(answer())

    return fault


def slow_drip(bytes_per_second: int) -> Fault:
    """The head at once, the body drop by drop (ten drops a second, or one byte at a time)."""

    async def fault(exchange: Exchange, answer: Answer) -> None:
        response, drop = answer(), max(1, bytes_per_second // 10)
        await exchange.write(response.head())
        for start in range(0, len(response.body), drop):
            await exchange.write(response.body[start : start + drop])
            await asyncio.sleep(drop / bytes_per_second)

    return fault


def deliver_then(fault: Fault) -> Fault:
    """Do the work, then go wrong: the "accepted, but no answer came" of the outbox law."""

    async def delivered(exchange: Exchange, answer: Answer) -> None:
        response = answer()
        await fault(exchange, lambda: response)

    return delivered
