"""A farm of feeds on loopback, in a process of its own: each feed has an address of its own, as on the real web.

`python farm.py` prints its port; `GET /control?version=2&validators=0&fresh=0` changes what all feeds say.
Only connections to 127.0.0.0/8 are answered.
"""

import asyncio
import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache, partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.sweeps.newstext import article, item, rss, sentences

ENTRIES = 30
NEWS = 3  # entries a new version adds at the top
LENGTH = 605  # characters of an entry: read without its page, and its feed without a child


def address(number: int, port: int) -> str:
    """Where feed `number` stands: its own address of the loopback network."""
    return f"http://127.{1 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}:{port}/{number}/rss"


class Press:
    """What all feeds say now. `fresh`: what the first version shows is a few hours old, else some days."""

    def __init__(self) -> None:
        sentences()
        self.item = lru_cache(50_000)(self._item)
        self.began = datetime.now(UTC)
        self.version, self.validators, self.fresh = 1, True, False

    def body(self, feed: int) -> bytes:
        """About 55 kB: the newest entry first."""
        newest = ENTRIES + NEWS * self.version
        items = (self.item(feed, number, self.fresh) for number in range(newest, newest - ENTRIES, -1))
        return rss(f"Лента {feed}", items, link=f"http://news.example/{feed}")

    def _item(self, feed: int, number: int, fresh: bool) -> str:  # noqa: FBT001 - the key of a cache
        chance = random.Random(feed * 1_000_003 + number)
        title, paragraphs = article(chance, LENGTH)
        link = f"http://news.example/{feed}/{number}-novosti"
        before = ENTRIES + NEWS - number  # entries that came after it until the first version
        first = timedelta(minutes=20 * before) if fresh else timedelta(days=2, hours=3 * before)
        age = timedelta(minutes=feed % 50) + (first if before >= 0 else timedelta(0))
        return item(number, link, title, paragraphs, format_datetime(self.began - age))

    def answer(self, target: str, known: str) -> bytes:
        """The whole HTTP answer to a GET."""
        parts = urlsplit(target)
        if parts.path == "/control":
            asked = parse_qs(parts.query)
            self.version = int(asked["version"][0])
            self.validators, self.fresh = asked["validators"] == ["1"], asked["fresh"] == ["1"]
            return b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
        etag = f'"v{self.version}"'
        if self.validators and known == etag:
            return f"HTTP/1.1 304 Not Modified\r\netag: {etag}\r\n\r\n".encode()
        body = self.body(int(parts.path.split("/")[1]))
        validator = f"etag: {etag}\r\n" if self.validators else ""
        head = f"content-type: application/rss+xml; charset=utf-8\r\n{validator}content-length: {len(body)}"
        return f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode() + body


class Loopback(asyncio.Protocol):
    """A connection that nobody may open from outside."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        if not str(transport.get_extra_info("sockname")[0]).startswith("127."):
            transport.abort()


class Conversation(Loopback):
    """One connection; requests have no body, so the blank line ends them."""

    def __init__(self, press: Press) -> None:
        self.press, self.received = press, b""

    def data_received(self, data: bytes) -> None:
        self.received += data
        while b"\r\n\r\n" in self.received:
            head, _, self.received = self.received.partition(b"\r\n\r\n")
            request, *headers = head.decode("latin-1").split("\r\n")
            named = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in headers)}
            self.transport.write(self.press.answer(request.split(" ")[1], named.get("if-none-match", "")))
            if named.get("connection", "").lower() == "close":
                self.transport.close()


async def serve(conversation: Callable[[], Loopback]) -> None:
    """Until the parent closes our standard input."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(conversation, "0.0.0.0", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(partial(Conversation, Press())))
