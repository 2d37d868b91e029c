"""What a trial of an edit costs: seconds to the first answer over so many kept articles, against judging all of them.

python benchmarks/trial.py [ARTICLES] [sqlite|postgres]      default 30,000 (30 days of 1,000), SQLite

The rules are the project's own, the edit is one word put into a list. The articles are invented (benchmarks/find.py):
as many words as in the press, and as common; so that the rules have something to read, each has words of theirs.
"""

import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import zstandard
from sqlalchemy import Engine, insert

from benchmarks.find import NOW, invented, put_in
from monitor.config.keywords import load_keywords
from monitor.edits.keyword_edits import added
from monitor.edits.keyword_places import read_places
from monitor.edits.trial import ReadyRules, Trials
from monitor.matching.backtest import Comparison, by
from monitor.matching.compiler import compile_rules
from monitor.matching.lint import lint
from monitor.matching.matcher import Matcher
from monitor.models.articles import Outcome
from monitor.storage.archive import Archive
from monitor.storage.database import migrate, open_engine, write_transaction
from monitor.storage.search.index import SearchIndex
from monitor.storage.search.reach import Reach
from monitor.storage.tables import archive, entries, feeds
from monitor.text.languages.russian import forms
from tests.servers.postgres import PostgresServer

KEYWORDS = Path(__file__).parents[1] / "keywords.yaml"
WORDS = 300  # of an article: 3 kB
DAYS = 30
BUDGET = 0.45  # seconds for judging, as the desk gives
OF_RULES = 6  # words of the rules in an article of this beat, one in four
PLANTED = {"ледокол": 0.0003, "бульдозер": 0.003, "пристань": 0.03, "ярмарка": 0.3}


def fill(engine: Engine, count: int, known: list[str]) -> None:
    chance = random.Random(3)
    compressor = zstandard.ZstdCompressor(level=3)
    planted = [(share, sorted(forms(word))) for word, share in PLANTED.items()]
    with write_transaction(engine) as db:
        db.execute(insert(feeds), [{"name": "Лента", "url": "", "active": True, "next_poll_at": NOW}])
    seen, bodies = [], []
    for number, (title, told) in enumerate(invented(count, WORDS), start=1):
        words = told.split()
        ours = [chance.choice(known) for _ in range(OF_RULES)] if chance.random() < 0.25 else []
        for word in (*ours, *(chance.choice(among) for share, among in planted if chance.random() < share)):
            words.insert(chance.randrange(len(words)), word)
        text = " ".join(word + "." if place % 14 == 13 else word for place, word in enumerate(words))
        at = NOW - timedelta(days=DAYS) * (count - number) / count
        row = {"id": number, "feed": "Лента", "url": f"https://news.example/{number}", "title": title, "seen_at": at}
        seen.append({**row, "outcome": Outcome.UNMATCHED, "reason": ""})
        bodies.append({"entry_id": number, "body": compressor.compress(f"0\n{text}".encode())})
    with write_transaction(engine) as db:
        db.execute(insert(entries), seen)
        db.execute(insert(archive), bodies)
    put_in(SearchIndex(engine), count)


def rules(text: str) -> ReadyRules:
    keywords = load_keywords(text, file="keywords.yaml")
    return ReadyRules(keywords=keywords, matcher=Matcher(compile_rules(keywords)))


@contextmanager
def database(kind: str) -> Iterator[Engine]:
    with (
        tempfile.TemporaryDirectory() as folder,
        PostgresServer() if kind == "postgres" else tempfile.TemporaryFile() as at,
    ):
        engine = open_engine(at.new_database() if isinstance(at, PostgresServer) else f"sqlite:///{folder}/monitor.db")
        migrate(engine)
        yield engine
        engine.dispose()


def main(count: int, kind: str) -> None:
    before = rules(KEYWORDS.read_text(encoding="utf-8"))
    for declared in before.keywords.lists:
        assert declared.terms
    known = sorted({form for word in before.matcher.compiled.words for form in sorted(word.forms)[:3]})
    with database(kind) as engine:
        fill(engine, count, known)
        trials, kept = Trials(Archive(engine), Reach(engine)), Archive(engine)
        before.matcher.judge(title="", text=" ".join(known))
        print(f"{kind}: {count} articles of {WORDS} words")
        for word, share in PLANTED.items():
            row = first_answer(trials, before, word)
            print(f"  {word:<10} in {share:>6.2%}: {row}", flush=True)
        print(f"  every article judged: {everything(kept, before, min(count, 2_000)) * count:6.1f} s")


def first_answer(trials: Trials, before: ReadyRules, word: str) -> str:
    began, cpu = time.perf_counter(), time.process_time()
    written = read_places(KEYWORDS.read_text(encoding="utf-8"), file="keywords.yaml")
    places = time.perf_counter()
    group = written.group("list:земля казахстана")
    assert group
    after = rules(added(written, group, word, language="ru").text)
    compiled = time.perf_counter()
    until = compiled + BUDGET
    found = trials.look(
        before, after, since=NOW - timedelta(days=DAYS + 1), is_over=lambda: time.perf_counter() > until
    )
    done, used = time.perf_counter(), time.process_time() - cpu
    began_lint = time.perf_counter()
    lint(after.keywords, after.matcher.compiled)
    doubts = time.perf_counter() - began_lint
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"first answer {done - began:5.2f} s (CPU {used:.2f}): reading {places - began:.2f}, the edit and its rules"
        f" {compiled - places:.2f}, the trial {done - compiled:.2f}; looked at {found.looked} of {found.candidates}"
        f" (of {found.articles}), changes {len(found.changes)}; doubts {doubts:.2f} s; peak {memory:.0f} MB"
    )


def everything(kept: Archive, before: ReadyRules, count: int) -> float:
    """Seconds for an article, judged twice."""
    compared = Comparison(by(before.matcher), by(before.matcher))
    start = time.perf_counter()
    for number, article in enumerate(kept.kept(NOW - timedelta(days=DAYS + 1))):
        compared.add(article)
        if number == count:
            break
    return (time.perf_counter() - start) / count


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else 30_000, given[1] if len(given) > 1 else "sqlite")
