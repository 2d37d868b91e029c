"""What placing one article costs among recent stories: `python -m benchmarks.stories [STORIES]`, 10,000 by default.

The articles are invented: words of a vocabulary whose frequencies fall as those of a language do.
"""

import gc
import random
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from monitor.models.articles import Article, Verdict
from monitor.models.stories import Story, Telling
from monitor.stories.placement import place
from monitor.stories.similarity import SimilarityIndex, fingerprint

STORIES, PLACED, GONE, WORDS, VOCABULARY = 10_000, 1_000, 50, 110, 30_000
ZIPF = list(accumulate(1 / (rank + 2.7) for rank in range(VOCABULARY)))
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def article(number: int, chance: random.Random, vocabulary: list[str]) -> Article:
    words = chance.choices(vocabulary, cum_weights=ZIPF, k=WORDS)
    title, text = " ".join(words[:9]).capitalize(), " ".join(words[9:])
    url = f"https://news.example/{number}"
    print_of = fingerprint(title, text)
    return Article(feed="Лента", url=url, canonical_url=url, title=title, text=text, fingerprint=print_of)


def main(stories: int) -> None:
    chance = random.Random(11)
    letters = "абвгдежзиклмнопрстуфхц"
    vocabulary = ["".join(chance.choices(letters, k=chance.randint(4, 11))) for _ in range(VOCABULARY)]
    told = [Telling(article=article(number, chance, vocabulary), verdict=Verdict()) for number in range(stories)]
    index = SimilarityIndex()
    began = time.process_time()
    for number, telling in enumerate(told):
        index.add(number, number, telling.article.fingerprint, NOW - timedelta(minutes=number))
    filled = time.process_time() - began
    new = [Telling(article=article(stories + n, chance, vocabulary), verdict=Verdict()) for n in range(PLACED)]
    gc.collect()  # what the inventing left behind is not the placing's affair
    began = time.process_time()
    for telling in new:
        near = index.nearest(telling.article.fingerprint)
        recent = [Story(id=number, tellings=(told[number],), updated_at=NOW) for number in near]
        place(telling, recent, index=index, now=NOW)
    spent = time.process_time() - began
    began = time.process_time()
    index.forget(NOW - timedelta(minutes=stories - GONE - 1))
    forgotten = time.process_time() - began
    print(f"{stories} stories in the index: {filled * 1e6 / stories:.0f} µs a story to put there", end=", ")
    print(f"{forgotten * 1e3 / GONE:.2f} ms to forget one")
    print(f"placing an article among them: {spent * 1e3 / PLACED:.2f} ms CPU")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else STORIES)
