"""A farm of small feeds, some with a story of their own that the rules look for; every body is made beforehand.

`python newsstand.py FEEDS EVERY` prints its port; every so manieth feed has such a story. There is next to
nothing to do for a GET.
"""

import asyncio
import random
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.sweeps.farm import Loopback, serve
from benchmarks.sweeps.newstext import article, item, rss

ENTRIES, LENGTH = 5, 2_000  # characters of an entry
MATCHED = "Казахстан экстрадировал россиянина, бежавшего от мобилизации."


def body(feed: int, opening: str, chance: random.Random) -> bytes:
    """One feed: the first entry begins with `opening`, all tell something of their own."""
    now = datetime.now(UTC)
    items = []
    for number in range(ENTRIES):
        title, (first, *others) = article(chance, LENGTH)
        paragraphs = (f"{opening} {first}" if number == 0 else first, *others)
        link = f"http://news.example/{feed}/{number}-novosti"
        at = format_datetime(now - timedelta(hours=1, minutes=number))
        items.append(item(number, link, title, paragraphs, at))
    return rss("Лента", items)


class Conversation(Loopback):
    """One connection: whatever is asked, the feed whose number the path begins with."""

    def __init__(self, answers: list[bytes]) -> None:
        self.answers = answers

    def data_received(self, data: bytes) -> None:
        target = data.split(b" ", 2)[1]
        self.transport.write(self.answers[int(target.split(b"/")[1])])


def answers(feeds: int, every: int) -> list[bytes]:
    """The whole HTTP answer of each feed."""
    chance = random.Random(20261122)
    openings = [MATCHED if feed % every == 0 else "" for feed in range(feeds)]
    bodies = [body(feed, opening, chance) for feed, opening in enumerate(openings)]
    kind = "content-type: application/rss+xml; charset=utf-8"
    return [f"HTTP/1.1 200 OK\r\n{kind}\r\ncontent-length: {len(one)}\r\n\r\n".encode() + one for one in bodies]


if __name__ == "__main__":
    asyncio.run(serve(partial(Conversation, answers(*map(int, sys.argv[1:])))))
