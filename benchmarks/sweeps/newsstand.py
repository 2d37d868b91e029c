"""A farm of small feeds, some with a story of their own that the rules look for; every body is made beforehand.

`python newsstand.py FEEDS EVERY` prints its port; every so manieth feed has such a story. Standard library only, and
next to nothing to do for a GET.
"""

import asyncio
import random
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import accumulate

ENTRIES = 5
WORDS, VOCABULARY = 400, 20_000
MATCHED = "Казахстан экстрадировал россиянина, бежавшего от мобилизации."


def body(feed: int, opening: str, chance: random.Random, words: list[str], frequencies: list[float]) -> bytes:
    """One feed: the first entry begins with `opening`, all tell something of their own."""
    now = datetime.now(UTC)
    items = []
    for number in range(ENTRIES):
        told = " ".join(chance.choices(words, cum_weights=frequencies, k=WORDS)).capitalize()
        title, text = told[:70], f"{opening if number == 0 else ''} {told}."
        link = f"http://news.example/{feed}/{number}-novosti"
        at = format_datetime(now - timedelta(hours=1, minutes=number))
        items.append(
            f"<item><title>{title}</title><link>{link}</link><guid>{link}</guid><pubDate>{at}</pubDate>"
            f"<description>&lt;p&gt;{text}&lt;/p&gt;</description></item>"
        )
    head = '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>Лента</title>'
    return f"{head}{''.join(items)}</channel></rss>".encode()


class Conversation(asyncio.Protocol):
    """One connection: whatever is asked, the feed whose number the path begins with."""

    def __init__(self, answers: list[bytes]) -> None:
        self.answers = answers

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        if not str(transport.get_extra_info("sockname")[0]).startswith("127."):
            transport.abort()

    def data_received(self, data: bytes) -> None:
        target = data.split(b" ", 2)[1]
        self.transport.write(self.answers[int(target.split(b"/")[1])])


async def serve(feeds: int, every: int) -> None:
    """Until the parent closes our standard input."""
    chance = random.Random(20261122)
    letters = "абвгдежзиклмнопрстуфхц"
    words = ["".join(chance.choices(letters, k=chance.randint(4, 11))) for _ in range(VOCABULARY)]
    frequencies = list(accumulate(1 / (rank + 2.7) for rank in range(VOCABULARY)))
    openings = [MATCHED if feed % every == 0 else "" for feed in range(feeds)]
    bodies = [body(feed, opening, chance, words, frequencies) for feed, opening in enumerate(openings)]
    kind = "content-type: application/rss+xml; charset=utf-8"
    answers = [f"HTTP/1.1 200 OK\r\n{kind}\r\ncontent-length: {len(one)}\r\n\r\n".encode() + one for one in bodies]
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Conversation(answers), "0.0.0.0", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(*map(int, sys.argv[1:])))
