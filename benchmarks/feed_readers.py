"""How much the quick reader saves: the same feeds read by lxml and by feedparser, interleaved, as a ratio.

Run from the root: `.venv/bin/python benchmarks/feed_readers.py`. CPU time of this process, median of the rounds.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.sweeps.newstext import article, item, rss
from monitor.sources.feeds import fast_xml, lenient
from monitor.sources.feeds.repair import prepare
from monitor.sources.feeds.syndication import draft

ROUNDS = 7
NOW = datetime(2026, 11, 22, tzinfo=UTC)
LENGTH = 640  # characters of an entry


def feed(entries: int) -> bytes:
    """A feed of news, about 1.8 kB an entry: pictures and links in it, as feeds have them."""
    chance = random.Random(entries)
    items = []
    for number in range(entries):
        link = f"https://news.example/{number}"
        title, paragraphs = article(chance, LENGTH)
        items.append(item(number, link, title, paragraphs, format_datetime(NOW - timedelta(minutes=number))))
    return rss("Лента", items)


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> None:
    """Print one table."""
    print(f"{'entries':>8} {'kB':>6} {'lxml, ms':>10} {'feedparser, ms':>15} {'ratio':>6}")
    for entries in (10, 30, 100, 300):
        body = feed(entries)
        source = prepare(body.decode(), name="")

        def quick(source: bytes = source) -> object:
            return [draft(raw, "https://news.example", "UTC", NOW) for raw in fast_xml.read(source) or ()]

        def patiently(source: bytes = source) -> object:
            return [draft(raw, "https://news.example", "UTC", NOW) for raw in lenient.read(source, url="", name="")]

        assert quick() == patiently()
        rounds = [(seconds(quick), seconds(patiently)) for _ in range(ROUNDS)]
        fast, slow = (statistics.median(column) * 1000 for column in zip(*rounds, strict=True))
        print(f"{entries:>8} {len(body) / 1000:>6.0f} {fast:>10.1f} {slow:>15.1f} {slow / fast:>6.1f}")


if __name__ == "__main__":
    main()
