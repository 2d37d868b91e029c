"""How well and how fast articles are found: our extractor beside others, on made-up pages in four languages.

Run from the root: `.venv/bin/python benchmarks/extraction.py [--each] [--pages N]`. Peers that are not installed are
left out; none of them is needed by the product. F1 is of 4-word shingles against the text known by construction;
time is CPU of this process, the best of three. `--each` shows ours template by template.
"""

import argparse
import importlib
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from monitor.sources.pages.article import extract
from tests.samples.pages.blogs import BLOGS
from tests.samples.pages.builders import BUILDERS
from tests.samples.pages.newsrooms import NEWSROOMS
from tests.samples.pages.older import OLDER
from tests.samples.pages.press import PRESS
from tests.samples.pages.shapes import SHAPES
from tests.samples.pages.stories import Around, story
from tests.samples.pages.traps import TRAPS

Extractor = Callable[[str], str]
NOW = datetime(2026, 11, 22, tzinfo=UTC)
LANGUAGES = ("ru", "kk", "en", "de")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One made-up page and the article on it."""

    name: str
    html: str
    article: str


def samples(seeds: int) -> Iterator[Sample]:
    """Every template in every language, so many times."""
    for number, template in enumerate((*PRESS, *BLOGS, *OLDER, *NEWSROOMS, *BUILDERS, *SHAPES, *TRAPS)):
        for place, lang in enumerate(LANGUAGES):
            for again in range(seeds):
                seed = number * 100 + place * 10 + again
                html, texts = template(story(lang, seed), Around(lang, seed))
                yield Sample(name=template.__name__, html=html, article="\n".join(texts))


def shingles(text: str, *, size: int = 4) -> Counter[tuple[str, ...]]:
    """The runs of four words (fewer, if the text has fewer)."""
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[at : at + size]) for at in range(max(len(words) - size + 1, min(len(words), 1))))


def scores(found: str, wanted: str) -> tuple[float, float]:
    """Precision and recall."""
    ours, theirs = shingles(found), shingles(wanted)
    both = sum((ours & theirs).values())
    return both / (sum(ours.values()) or 1), both / (sum(theirs.values()) or 1)


def f1(precision: float, recall: float) -> float:
    """Their harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def ours(html: str) -> str:
    """The product's extractor."""
    return extract(html.encode(), content_type="text/html; charset=utf-8", url="https://a.example/n/1", now=NOW).text


def _trafilatura(library: Any) -> Extractor:
    return lambda html: library.extract(html, fast=True, include_comments=False) or ""


def _readability(library: Any) -> Extractor:
    tree = importlib.import_module("lxml.html")

    def read(html: str) -> str:
        return "\n".join(tree.fromstring(library.Document(html).summary()).itertext())

    return read


def _resiliparse(library: Any) -> Extractor:
    return lambda html: str(library.extract_plain_text(html, main_content=True, alt_texts=False, links=False))


PEERS: dict[str, tuple[str, Callable[[Any], Extractor]]] = {
    "trafilatura fast": ("trafilatura", _trafilatura),
    "readability-lxml": ("readability", _readability),
    "resiliparse": ("resiliparse.extract.html2text", _resiliparse),
}


def installed() -> Iterator[tuple[str, Extractor]]:
    """Ours, and each peer that can be imported."""
    yield "monitor", ours
    for name, (module, make) in PEERS.items():
        try:
            yield name, make(importlib.import_module(module))
        except ImportError:
            print(f"({name} is not installed)", file=sys.stderr)


def milliseconds(work: Callable[[], object]) -> float:
    """CPU time of one call, the best of three."""
    times = []
    for _ in range(3):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times) * 1000


def table(pages: Sequence[Sample]) -> None:
    """Print one line for each extractor."""
    size = statistics.mean(len(page.html.encode()) for page in pages) / 1000
    print(f"{len(pages)} pages of {size:.0f} kB on average, {len({page.name for page in pages})} templates")
    print(f"{'':>18} {'F1':>6} {'P':>6} {'R':>6} {'worst':>6} {'ms mean':>8} {'p95':>6}")
    for name, read in installed():
        pairs = [scores(read(page.html), page.article) for page in pages]
        precision, recall = (statistics.mean(column) for column in zip(*pairs, strict=True))
        times = [milliseconds(partial(read, page.html)) for page in pages]
        worst = min(f1(*pair) for pair in pairs)
        slow = statistics.quantiles(times, n=20)[-1]
        print(
            f"{name:>18} {f1(precision, recall):>6.3f} {precision:>6.3f} {recall:>6.3f} {worst:>6.2f}"
            f" {statistics.mean(times):>8.2f} {slow:>6.2f}"
        )


def each(pages: Sequence[Sample]) -> None:
    """Print ours, template by template, the worst first."""
    by_name: dict[str, list[tuple[float, float]]] = {}
    for page in pages:
        by_name.setdefault(page.name, []).append(scores(ours(page.html), page.article))
    means = {name: tuple(statistics.mean(c) for c in zip(*pairs, strict=True)) for name, pairs in by_name.items()}
    for name, (precision, recall) in sorted(means.items(), key=lambda item: f1(*item[1])):
        print(f"{name:>18} F1 {f1(precision, recall):.3f}  P {precision:.3f}  R {recall:.3f}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", action="store_true", help="ours only, template by template")
    parser.add_argument("--pages", type=int, default=1, help="pages of each template and language")
    given = parser.parse_args()
    pages = list(samples(given.pages))
    (each if given.each else table)(pages)


if __name__ == "__main__":
    main()
