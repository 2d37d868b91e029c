"""What the search costs and gives: bytes and µs a text, ms a question among so many texts, on SQLite and PostgreSQL.

python benchmarks/find.py [TEXTS] [WORDS] [sqlite|postgres]   default 1,000,000 texts of some 90 words, both databases

`python benchmarks/find.py 100000 450` is texts of 3 kB. The words are invented, as many and as common as in the press
(Zipf), but for those that are asked for.
"""

import itertools
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import zstandard
from sqlalchemy import Engine, insert, text

from monitor.models.articles import Outcome
from monitor.storage.database import migrate, open_engine, read_transaction, write_transaction
from monitor.storage.search.finder import Finder
from monitor.storage.search.index import SearchIndex
from monitor.storage.tables import archive, entries, feeds
from monitor.text.languages.russian import forms
from tests.servers.postgres import PostgresServer

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
VOCABULARY = 300_000
FEEDS = 100
ROUNDS = 20
MEASURED = 20_000  # texts of PostgreSQL put in as the daemon does
PLANTED = {  # what share of the texts has a form of it
    "суд": 0.3, "полиция": 0.1, "адвокат": 0.1, "депортация": 0.01, "экстрадиция": 0.0001, "этап": 0.3, "маяк": 0.02,
}  # fmt: skip
QUESTIONS = {
    "a rare word (1 in 10,000)": "экстрадировали",
    "a word of 1 %": "депортация",
    "a common word (30 %)": "суд",
    "two common words": "суд полиция",
    "a common and a rare one": "суд экстрадиция",
    "a common one without another": "суд -этап",
    "a phrase": "«верховный суд»",
    "a phrase that is nowhere": "«суд полиция»",
    "a common word, one feed": "суд лента:«Лента 7»",
    "a common word, long ago": "суд по:2025-02-01",
    "a common word, rare outcome": "суд итог:повтор",
    "a rare word, outcome": "экстрадиция итог:мимо",
    "a word that is nowhere": "абракадабра",
    "Kazakh": "ҰҚК-нің",
}
_ENDINGS = ("", "а", "ов", "ами", "ого", "ная", "ность", "ция", "лар", "дың", "ить", "ал")


def vocabulary(chance: random.Random) -> list[str]:
    parts = [consonant + vowel for consonant in "бвгджзклмнпрстфхцчшщ" for vowel in "аеиоуыәө"]
    made = ("".join(chance.choices(parts, k=chance.randint(1, 4))) + chance.choice(_ENDINGS) for _ in itertools.count())
    return list(dict.fromkeys(itertools.islice(made, VOCABULARY)))


def invented(count: int, words: int) -> Iterator[tuple[str, str]]:
    """Titles and texts."""
    chance = random.Random(7)
    known = vocabulary(chance)
    weights = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(known))))
    planted = [(share, sorted(forms(word))) for word, share in PLANTED.items()]
    for _ in range(count):
        told = chance.choices(known, cum_weights=weights, k=chance.randint(words * 2 // 3, words * 4 // 3))
        for share, among in planted:
            if chance.random() < share:
                told.insert(chance.randrange(len(told)), chance.choice(among))
        if chance.random() < 0.01:
            told[3:3] = ["Верховного", "суда"]
        if chance.random() < 0.005:
            told[2:2] = [chance.choice(("ҰҚК", "ҰҚК-нің", "ҰҚК-ға"))]
        yield " ".join(told[:8]), " ".join(told[8:])


def batches(told: Iterator[tuple[int, tuple[str, str]]]) -> Iterator[list[tuple[int, tuple[str, str]]]]:
    while batch := list(itertools.islice(told, 5_000)):
        yield batch


def fill(engine: Engine, count: int, words: int) -> None:
    """Entries and archived texts; not by polls, which take a millisecond each."""
    compressor = zstandard.ZstdCompressor(level=3, write_checksum=False)
    every = timedelta(days=700) / count
    with write_transaction(engine) as db:
        db.execute(
            insert(feeds),
            [{"name": f"Лента {one}", "url": "", "active": True, "next_poll_at": NOW} for one in range(FEEDS)],
        )
    chance = random.Random(1)
    for batch in batches(enumerate(invented(count, words), start=1)):
        seen = [
            {
                "id": number,
                "feed": f"Лента {chance.randrange(FEEDS)}",
                "url": f"https://news.example/{number}",
                "title": title,
                "seen_at": NOW - timedelta(days=700) + number * every,
                "outcome": Outcome.DUPLICATE if chance.random() < 0.02 else Outcome.UNMATCHED,
                "reason": "",
            }
            for number, (title, _) in batch
        ]
        bodies = [
            {"entry_id": number, "body": compressor.compress(f"0\n{told}".encode())} for number, (_, told) in batch
        ]
        with write_transaction(engine) as db:
            db.execute(insert(entries), seen)
            db.execute(insert(archive), bodies)


def index(engine: Engine, count: int) -> None:
    """As the daemon does; of PostgreSQL only the first texts: a million would take an hour."""
    took, done = put_in(SearchIndex(engine), MEASURED if engine.dialect.name == "postgresql" else count)
    print(f"  put in              {sum(took) / done * 1e6:8.0f} µs a text")
    if done < count:
        at_once(engine)
    print(f"  a batch             {statistics.median(took) * 1e3:8.0f} ms, the longest {max(took) * 1e3:.0f}")
    print(f"  the index           {size(engine, 'search_texts') / count:8.0f} bytes a text")
    print(f"  the list of words   {size(engine, 'search_words') / count:8.0f} bytes a text")


def put_in(search: SearchIndex, count: int) -> tuple[list[float], int]:
    took, done = [], 0
    while done < count:
        start = time.perf_counter()
        looked_at = search.catch_up()
        if not looked_at:
            break
        took.append(time.perf_counter() - start)
        done += looked_at
    return took, done


def at_once(engine: Engine) -> None:
    """The rest without the index, which is then made in one go."""
    with write_transaction(engine) as db:
        (made,) = db.scalars(text("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_search_texts_words'"))
        db.execute(text("DROP INDEX ix_search_texts_words"))
    put_in(SearchIndex(engine), 2**62)
    with write_transaction(engine) as db:
        db.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
        db.execute(text(made))


def vacuum(engine: Engine) -> None:
    """What autovacuum does, which is off here."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.execute(text("VACUUM ANALYZE"))


def size(engine: Engine, table: str) -> int:
    with read_transaction(engine) as db:
        if engine.dialect.name == "postgresql":
            return int(db.scalar(text("SELECT pg_total_relation_size(CAST(:name AS text))"), {"name": table}) or 0)
        rows = db.execute(text("SELECT name, sum(pgsize) FROM dbstat GROUP BY name")).all()
    return sum(size for name, size in rows if name.startswith(table))


def ask(engine: Engine) -> None:
    finder = Finder(engine, zone="UTC")
    finder.find("словарь", limit=1)  # loads the dictionary
    for name, written in QUESTIONS.items():
        took = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            answer = finder.find(written, limit=20)
            took.append((time.perf_counter() - start) * 1e3)
        p50, p95 = statistics.median(took), sorted(took)[int(ROUNDS * 0.95) - 1]
        print(f"  {name:<29}{p50:7.1f} ms p50 {p95:7.1f} p95 {max(took):7.1f} max, found {len(answer.found)}")


@contextmanager
def databases(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/monitor.db"
    else:
        with PostgresServer() as server:
            yield server.new_database()


def main(count: int, words: int, kinds: list[str]) -> None:
    for kind in kinds:
        with databases(kind) as url:
            engine = open_engine(url)
            migrate(engine)
            fill(engine, count, words)
            vacuum(engine)
            print(f"{kind}: {count} texts of some {words} words", flush=True)
            index(engine, count)
            vacuum(engine)
            ask(engine)
            engine.dispose()


if __name__ == "__main__":
    given = sys.argv[1:]
    main(
        int(given[0]) if given else 1_000_000,
        int(given[1]) if len(given) > 1 else 90,
        given[2:] or ["sqlite", "postgres"],
    )
