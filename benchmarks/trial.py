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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1]))

import zstandard
from sqlalchemy import Engine, insert

from benchmarks.find import NOW, invented, put_in
from monitor.edits.checking import check_rules
from monitor.edits.keywords.keywords_file import KeywordsFile
from monitor.edits.keywords.trial import Trials
from monitor.edits.keywords.word_edits import WordEdit
from monitor.edits.saving import Saving
from monitor.matching.backtest import Comparison, judge_by
from monitor.matching.matcher import Matcher
from monitor.models.articles import Outcome
from monitor.storage.archive import Archive
from monitor.storage.database import migrate, open_engine, write_transaction
from monitor.storage.edits.versions import FileVersions
from monitor.storage.search.index import SearchIndex
from monitor.storage.search.reach import Reach
from monitor.storage.tables import archive, entries, feeds
from monitor.text.languages.russian import forms
from tests.servers.postgres import PostgresServer

KEYWORDS = Path(__file__).parents[1] / "keywords.yaml"
WORDS = 300  # of an article: 3 kB
DAYS = 30
SINCE = NOW - timedelta(days=DAYS)
OF_RULES = 6  # words of the rules in an article of this beat, one in four
_Made = TypeVar("_Made")
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
    in_force = check_rules(KEYWORDS.read_text(encoding="utf-8"), file="keywords.yaml").matcher
    assert in_force
    known = sorted({form for word in in_force.compiled.words for form in sorted(word.forms)[:3]})
    with database(kind) as engine, tempfile.TemporaryDirectory() as folder:
        fill(engine, count, known)
        file = Path(folder) / "keywords.yaml"
        file.write_bytes(KEYWORDS.read_bytes())
        words = keywords_file(engine, str(file))
        list(
            islice(
                (in_force.judge(title=one.title, text=one.text) for one in Archive(engine).iter_articles(SINCE)), 2_000
            )
        )
        print(f"{kind}: {count} articles of {WORDS} words, {DAYS} days")
        print(f"  the page of the list    {seconds(words.look)[0]:5.2f} s, once for each content of the file")
        for word, share in PLANTED.items():
            print(f"  {word:<10} in {share:>6.2%}: {first_answer(words, word)}", flush=True)
        print(f"  every article judged    {everything(Archive(engine), in_force, min(count, 2_000)) * count:5.1f} s")


def keywords_file(engine: Engine, file: str) -> KeywordsFile:
    return KeywordsFile(
        file,
        saving=Saving(FileVersions(engine), clock=lambda: NOW),
        trials=Trials(Archive(engine), Reach(engine), steady=time.perf_counter),
        clock=lambda: NOW,
    )


def first_answer(words: KeywordsFile, word: str) -> str:
    digest = words.look().digest
    edit = WordEdit(group="list:земля казахстана", word=word, is_added=True, digest=digest, language="ru")
    forms, _ = seconds(partial(words.forms, edit))
    began = time.process_time()
    answer, tried = seconds(partial(words.try_edit, edit, doubts=False, trial=True))
    used = time.process_time() - began
    doubts, _ = seconds(partial(words.try_edit, edit, doubts=True, trial=False))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    trial = tried.trial
    assert trial
    return (
        f"first answer {answer:.2f} s (CPU {used:.2f}):"
        f" looked at {trial.looked} of {trial.candidates} of {trial.articles}, changes {len(trial.changes)};"
        f" forms {forms * 1e3:.1f} ms, doubts {doubts:.2f} s; peak {memory:.0f} MB"
    )


def seconds(does: Callable[[], _Made]) -> tuple[float, _Made]:
    start = time.perf_counter()
    made = does()
    return time.perf_counter() - start, made


def everything(kept: Archive, in_force: Matcher, count: int) -> float:
    """Seconds for an article, judged twice."""
    compared = Comparison(judge_by(in_force), judge_by(in_force))
    start = time.perf_counter()
    for article in islice(kept.iter_articles(SINCE), count):
        compared.add(article)
    return (time.perf_counter() - start) / count


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else 30_000, given[1] if len(given) > 1 else "sqlite")
