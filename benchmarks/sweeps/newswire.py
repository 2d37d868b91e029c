"""A press that never rests, for benchmarks/soak.py: every feed says something new whenever it is asked.

`python newswire.py NEWS EVERY` prints its port: NEWS entries a feed and minute, one of EVERY with a story that the
rules look for. Half of the feeds give whole texts, half a summary and a page; each tenth body and page is large enough
to be read in a child. Standard library only; an article is made of its number, so nothing is kept.
"""

import asyncio
import random
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache, partial
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.sweeps.farm import Loopback, serve
from benchmarks.sweeps.newstext import rss

ENTRIES, LARGE = 30, 10
LETTERS, VOCABULARY = "абвгдежзиклмнопрстуфхц", 20_000
TOWNS = ("Алматы", "Астане", "Костанае", "Павлодаре", "Актау", "Уральске", "Шымкенте", "Караганде", "Семее", "Таразе")
EVENTS = (
    "Казахстан экстрадировал россиянина {}, бежавшего от мобилизации.",
    "В {1} суд разрешил экстрадицию россиянина {0} в Россию.",
    "КНБ задержал в {1} россиянина {0}.",
    "В {1} россиянину {0} отказали в РВП.",
)


class NewsArticle(NamedTuple):
    """One article of a feed; `number` counts from the farm's start."""

    title: str
    text: str
    path: str
    published_at: datetime


class Newswire:
    """What every feed says at this moment."""

    def __init__(self, news: int, every: int) -> None:
        self.news, self.every, self.began = news, every, datetime.now(UTC)
        chance = random.Random(20261128)
        self.words = ["".join(chance.choices(LETTERS, k=chance.randint(4, 11))) for _ in range(VOCABULARY)]
        self.frequencies = list(accumulate(1 / (rank + 2.7) for rank in range(VOCABULARY)))
        self.article = lru_cache(10_000)(self._article)

    def answer(self, target: str, host: str) -> bytes:
        """The whole HTTP answer to a GET of `/FEED/rss` or `/FEED/NUMBER`; there is no robots.txt."""
        feed, _, rest = target.strip("/").partition("/")
        if not feed.isdecimal():
            return b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"
        is_rss = rest == "rss"
        body = self._feed(int(feed), host) if is_rss else self._page(int(feed), int(rest))
        kind = "application/rss+xml" if is_rss else "text/html"
        head = f"HTTP/1.1 200 OK\r\ncontent-type: {kind}; charset=utf-8\r\ncontent-length: {len(body)}\r\n\r\n"
        return head.encode() + body

    def _article(self, feed: int, number: int) -> NewsArticle:
        chance = random.Random(feed * 1_000_003 + number)
        text = " ".join(chance.choices(self.words, cum_weights=self.frequencies, k=chance.randint(150, 350)))
        if chance.randrange(self.every) == 0:
            text = f"{chance.choice(EVENTS).format(self._name(chance), chance.choice(TOWNS))} {text}"
        at = self.began + timedelta(seconds=60 * number / self.news + feed % 60)
        return NewsArticle(text[:70], f"{text.capitalize()}.", f"/{feed}/{number}", at)

    def _name(self, chance: random.Random) -> str:
        return f"{chance.choice(self.words).capitalize()}ова {chance.choice(('Ивана', 'Петра', 'Олега'))}"

    def _feed(self, feed: int, host: str) -> bytes:
        newest = int((datetime.now(UTC) - self.began).total_seconds() / 60 * self.news)
        items = (self._item(feed, number, host) for number in range(newest, newest - ENTRIES, -1))
        filling = f"<!--{'x' * 100_000 * (feed % LARGE == 0)}-->"
        return rss(f"Лента {feed}", [*items, filling])

    def _item(self, feed: int, number: int, host: str) -> str:
        article = self.article(feed, number)
        link = f"http://{host}{article.path}"
        shown = article.text if feed % 2 else article.text[:120]
        at = format_datetime(article.published_at)
        return (
            f"<item><title>{article.title}</title><link>{link}</link><guid>{link}</guid><pubDate>{at}</pubDate>"
            f"<description>&lt;p&gt;{shown}&lt;/p&gt;</description></item>\n"
        )

    def _page(self, feed: int, number: int) -> bytes:
        article = self.article(feed, number)
        menu = "".join(f'<li><a href="/{feed}/{other}">{other}</a></li>' for other in range(200))
        script = f"<script>{'x' * 100_000 * (number % LARGE == 0)}</script>"
        middle = len(article.text) // 2
        paragraphs = f"<p>{article.text[:middle]}</p><p>{article.text[middle:]}</p>"
        return (
            f"<!doctype html><html><head><title>{article.title}</title>{script}</head><body><ul>{menu}</ul>"
            f"<article><h1>{article.title}</h1>{paragraphs}</article></body></html>"
        ).encode()


class Conversation(Loopback):
    """One connection, one GET."""

    def __init__(self, press: Newswire) -> None:
        self.press = press

    def data_received(self, data: bytes) -> None:
        request, *headers = data.decode("latin-1").split("\r\n")
        host = next(line[5:].strip() for line in headers if line.lower().startswith("host:"))
        self.transport.write(self.press.answer(request.split(" ")[1], host))


if __name__ == "__main__":
    asyncio.run(serve(partial(Conversation, Newswire(*map(int, sys.argv[1:])))))
