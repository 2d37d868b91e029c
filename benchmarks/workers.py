"""What a second worker on the same PostgreSQL brings: `python benchmarks/workers.py [--feeds N] [--rounds N]`.

A feed tells five stories; in one feed of `--every` the rules look for one of them, so that its poll judges, groups and
posts (to the outbox). With `--every 1` the placing of stories, which is done one after the other, is half of the work.
Workers are processes of the product's own parts; each round is a fresh database. The feeds' server and PostgreSQL use
the same cores: on two of them two workers cannot be twice as fast by the clock. So three ratios are shown: by the
clock; the most that these cores allow, from the CPU seconds used; and the work done per CPU second of a worker. What
they lose by waiting for each other is the share of looks at which somebody waited for a lock.
"""

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

PARTS = Path(__file__).resolve().parent / "sweeps"
sys.path.insert(0, str(PARTS.parents[1]))

import psycopg

from benchmarks.sweeps.farm import address
from benchmarks.sweeps.measured import spent
from benchmarks.sweeps.processes import answer, running, tell
from tests.servers.postgres import PostgresServer

LOOK = 0.02  # seconds between two looks at who waits
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One database polled by so many workers; CPU in seconds."""

    workers: int
    wall: float
    cpu: float  # of the workers
    postgres: float
    farm: float
    waiting: float  # the share of looks at which somebody waited for a lock
    shares: tuple[int, ...]  # polls of each worker

    @property
    def bound(self) -> float:
        """The shortest time that the cores allow for this much CPU."""
        busy = (self.cpu + self.postgres + self.farm) / (os.cpu_count() or 1)
        return max(busy, self.cpu / self.workers)


@contextmanager
def lock_waits(url: str) -> Iterator[list[int]]:
    """How many wait for a lock, looked at again and again by a thread."""
    seen: list[int] = []
    over = threading.Event()

    def look() -> None:
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as database:
            while not over.wait(LOOK):
                row = database.execute(WAITING).fetchone()
                seen.append(row[0] if row else 0)

    thread = threading.Thread(target=look)
    thread.start()
    yield seen
    over.set()
    thread.join()


def measure(workers: int, server: PostgresServer, farm: int, listed: Path) -> Round:
    """Poll every feed once, on an empty database."""
    url = server.new_database()
    with ExitStack() as stack:
        team = [stack.enter_context(running(sys.executable, str(PARTS / "worker.py"), url, str(listed)))]
        answer(team[0])  # the first migrates; the others need not wait in line
        for _ in range(workers - 1):
            team.append(stack.enter_context(running(sys.executable, str(PARTS / "worker.py"), url, str(listed))))
            answer(team[-1])
        waits = stack.enter_context(lock_waits(url))
        before, began = (spent(server.pid), spent(farm)), time.perf_counter()
        for worker in team:
            tell(worker, "work")
        told = [answer(worker) for worker in team]
        wall, after = time.perf_counter() - began, (spent(server.pid), spent(farm))
        return Round(
            workers=workers,
            wall=wall,
            cpu=sum(one["cpu"] for one in told),
            postgres=after[0] - before[0],
            farm=after[1] - before[1],
            waiting=sum(map(bool, waits)) / max(len(waits), 1),
            shares=tuple(one["polled"] for one in told),
        )


def show(rounds: Mapping[int, list[Round]], feeds: int, every: int) -> None:
    """One table of medians, and the ratios."""

    def median(workers: int, of: str) -> float:
        return float(statistics.median(getattr(one, of) for one in rounds[workers]))

    told = "each" if every == 1 else f"one in {every}"
    print(f"\n{feeds} feeds, a matched story in {told}; CPU-s of all workers, of PostgreSQL, of the feeds' server")
    print(f"{'workers':>8}{'wall s':>9}{'feeds/s':>9}{'CPU-s':>9}{'PG':>7}{'farm':>7}{'lock waits':>12}  polls each")
    for workers in rounds:
        wall, cpu = median(workers, "wall"), median(workers, "cpu")
        line = f"{workers:8}{wall:9.1f}{feeds / wall:9.0f}{cpu:9.1f}"
        line += f"{median(workers, 'postgres'):7.1f}{median(workers, 'farm'):7.1f}{median(workers, 'waiting'):12.1%}"
        print(f"{line}  {rounds[workers][-1].shares}")
    first, last = min(rounds), max(rounds)
    print(f"by the clock, {first} → {last} workers: {median(first, 'wall') / median(last, 'wall'):.2f}x")
    print(f"the most these {os.cpu_count()} cores allow: {median(first, 'wall') / median(last, 'bound'):.2f}x")
    print(f"work per CPU second of a worker: {median(first, 'cpu') / median(last, 'cpu'):.2f} of one worker's")


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--feeds", type=int, default=2_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--every", type=int, default=20, help="one feed in so many has a story that matches")
    given = options.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        farm = stack.enter_context(
            running(sys.executable, str(PARTS / "newsstand.py"), str(given.feeds), str(given.every))
        )
        server = stack.enter_context(PostgresServer(durable=True))
        assert farm.stdout
        port = int(farm.stdout.readline())
        listed = folder / "urls.txt"
        listed.write_text("\n".join(address(number, port) for number in range(given.feeds)), encoding="utf-8")
        rounds: dict[int, list[Round]] = {1: [], 2: []}
        for _ in range(given.rounds):
            for workers, done in rounds.items():
                done.append(measure(workers, server, farm.pid, listed))
        assert all(sum(one.shares) == given.feeds for done in rounds.values() for one in done), "every feed, once"
        show(rounds, given.feeds, given.every)


if __name__ == "__main__":
    main()
