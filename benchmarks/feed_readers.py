"""How much the quick reader saves: the same feeds read by lxml and by feedparser, interleaved, as a ratio.

Run from the root: `.venv/bin/python benchmarks/feed_readers.py`. CPU time of this process, median of the rounds.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from monitor.sources.feeds import fast_xml, lenient
from monitor.sources.feeds.repair import prepare
from monitor.sources.feeds.syndication import draft
from tests.servers.web import Item, rss

ROUNDS = 7
NOW = datetime(2026, 11, 22, tzinfo=UTC)
WORDS = [
    *("суд", "город", "решение", "степь", "поезд", "зима", "адвокат", "мост", "урожай"),
    *("школа", "дорога", "вечер", "граница", "письмо", "сосед", "архив"),
]


def feed(entries: int) -> bytes:
    """A feed of Cyrillic texts, about 1.6 kB an entry."""
    chance = random.Random(entries)

    def words(count: int) -> str:
        return " ".join(chance.choice(WORDS) for _ in range(count))

    return rss(
        Item(
            title=words(9),
            link=f"https://news.example/{number}",
            guid=f"https://news.example/{number}",
            description=f"<p>{words(60)}</p><p>{words(60)}</p>",
            published=NOW - timedelta(minutes=number),
        )
        for number in range(entries)
    )


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
        source = prepare(body.decode(), name="").encode()

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
