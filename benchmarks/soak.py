"""Does memory stay where it is? `python benchmarks/soak.py [--minutes 60] [--feeds 200] [--trace FRAMES]`.

The daemon itself (`monitor run`) with the project's rules, a press that says something new at every poll, and a
stand-in for Telegram; every feed is asked once a minute. It takes a tenth of a core, and runs at low priority.

A row each five minutes: MB of the process and of its children (PSS: what is shared counts by parts), the peak of both
together, what malloc has given out and what it holds back free, live blocks and objects of Python, CPU seconds.
*After ten minutes* is the verdict: the row at ten minutes, the highest after it, the last. What grows with `blocks` is
held by somebody: `--trace 8` names where it was allocated (at twice the CPU and memory: not for the figures).
What grows with `heap_free` is the allocator's; what grows with neither are arenas of Python that one object keeps.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PARTS = ROOT / "benchmarks" / "sweeps"
sys.path.insert(0, str(ROOT))

from benchmarks.sweeps.processes import running
from tests.servers.bot_api import CHANNEL, REVIEW, TOKEN, BotApi

SAMPLE = 10  # seconds between two samples
ROW = 300 // SAMPLE  # samples a row
SETTLED = 2  # rows until memory should have its level
COLUMNS = ("parent", "children", "peak", "heap_used", "heap_free", "blocks", "objects", "cpu")

Sample = Mapping[str, Any]


def environment(folder: Path, bot: BotApi) -> dict[str, str]:
    """The settings of a live monitor in a folder of its own."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    return inherited | {
        "MONITOR_FEEDS": str(folder / "feeds.yaml"),
        "MONITOR_KEYWORDS": str(ROOT / "keywords.yaml"),
        "MONITOR_DATABASE_URL": f"sqlite:///{folder / 'monitor.db'}",
        "MONITOR_BOT_TOKEN": TOKEN,
        "MONITOR_CHANNEL": f"@{CHANNEL.username}",
        "MONITOR_REVIEW_CHAT": str(REVIEW.id),
        "MONITOR_BOT_API_URL": bot.url,
        "MONITOR_ALLOW_PRIVATE_ADDRESSES": "1",
    }


def write_feeds(file: Path, feeds: int, port: int, *, every: str = "1m") -> None:
    """Each feed has an address of its own, as on the real web."""
    stanzas = (
        f"  - {{name: Лента {number}, kind: rss, lang: ru, interval: {every}, "
        f"url: 'http://127.7.{number // 250}.{1 + number % 250}:{port}/{number}/rss'}}\n"
        for number in range(feeds)
    )
    file.write_text("feeds:\n" + "".join(stanzas), encoding="utf-8")


def row(samples: Sequence[Sample]) -> dict[str, float]:
    """Medians, but for the peak and for the CPU seconds."""
    peak = max(one["parent"] + one["children"] for one in samples)
    middle = {name: statistics.median(one[name] for one in samples) for name in samples[0] if name in COLUMNS}
    return {**middle, "peak": peak, "cpu": samples[-1]["cpu"] - samples[0]["cpu"]}


def watch(file: Path, minutes: float, daemon: subprocess.Popen[bytes]) -> list[dict[str, float]]:
    """Print a row each five minutes; all rows at the end."""
    rows: list[dict[str, float]] = []
    print(f"{'min':>4}" + "".join(f"{name:>11}" for name in COLUMNS), flush=True)
    until = time.monotonic() + minutes * 60
    while time.monotonic() < until and daemon.poll() is None:
        time.sleep(SAMPLE)
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        if len(lines) >= (len(rows) + 1) * ROW:
            rows.append(row([json.loads(line) for line in lines[len(rows) * ROW : (len(rows) + 1) * ROW]]))
            print(f"{len(rows) * 5:>4}" + "".join(f"{rows[-1][name]:>11,.1f}" for name in COLUMNS), flush=True)
    return rows


def show(rows: Sequence[Mapping[str, float]], file: Path) -> None:
    """The verdict, and with --trace what grew."""
    if len(rows) > SETTLED:
        before, rest = rows[SETTLED - 1], rows[SETTLED:]
        for name in ("parent", "peak", "blocks"):
            highest = max(one[name] for one in rest)
            print(f"after ten minutes: {name} {before[name]:,.1f} → at most {highest:,.1f}, last {rest[-1][name]:,.1f}")
    samples = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    for size, count, trace in next((one["grown"] for one in reversed(samples) if "grown" in one), ()):
        print(f"\n{size / 1024:+,.0f} kB, {count:+,} blocks", *trace, sep="\n")


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", type=float, default=60)
    options.add_argument("--feeds", type=int, default=200)
    options.add_argument("--news", type=int, default=3, help="entries a feed and minute")
    options.add_argument("--every", type=int, default=100, help="one of so many is for the channel")
    options.add_argument("--trace", type=int, default=0, metavar="FRAMES", help="with tracemalloc")
    given = options.parse_args()
    os.nice(10)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        bot = stack.enter_context(BotApi())
        press = [sys.executable, str(PARTS / "newswire.py"), str(given.news), str(given.every)]
        farm = stack.enter_context(running(*press))
        assert farm.stdout
        write_feeds(folder / "feeds.yaml", given.feeds, int(farm.stdout.readline()))
        samples, log = folder / "samples.jsonl", stack.enter_context((folder / "log").open("wb"))
        soaked = [str(PARTS / "soaked.py"), str(samples), str(SAMPLE), *([str(given.trace)] if given.trace else [])]
        daemon = subprocess.Popen([sys.executable, *soaked], cwd=folder, env=environment(folder, bot), stderr=log)
        try:
            rows = watch(samples, given.minutes, daemon)
        finally:
            daemon.terminate()
            daemon.wait(60)
        show(rows, samples)


if __name__ == "__main__":
    main()
