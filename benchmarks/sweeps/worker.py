"""One worker of the benchmark: the product's own components, wired by app/startup.py, over a shared PostgreSQL.

`python worker.py DATABASE_URL URLS_FILE`: says that it is ready; for a line on its standard input it claims and polls
what is due until nothing is left, and answers with a line of JSON.
"""

import asyncio
import json
import os
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import uvloop

from benchmarks.sweeps.measured import spent
from monitor.app import startup, wiring
from monitor.app.build_polling import HELD_POLLS
from monitor.app.environment import clock
from monitor.app.logs import configure
from monitor.models.feeds import Feed, FeedKind, FeedState
from monitor.polling.claim import TOGETHER, claim_due

DAY = timedelta(days=1)


async def work(components: wiring.Components) -> int:
    """As the daemon's tick does it, but as soon as there is room for some. Returns how many polls it made."""
    polled = 0

    async def poll(state: FeedState) -> None:
        nonlocal polled
        await components.poller.poll(components.feeds[state.name], state)
        polled += 1

    async with asyncio.TaskGroup() as tasks:
        running: set[asyncio.Task[None]] = set()
        while True:
            claimed = 0
            async for state in claim_due(components.store.feeds, running, most=HELD_POLLS, clock=clock):
                running.add(tasks.create_task(poll(state)))
                claimed += 1
            if not running:
                return polled
            while running and len(running) > (HELD_POLLS - TOGETHER if claimed else 0):
                _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)


async def serve(urls: list[str]) -> None:
    """The conversation with the parent."""
    feeds = tuple(
        Feed(name=f"Лента {number}", kind=FeedKind.RSS, url=url, lang="ru", interval=DAY)
        for number, url in enumerate(urls)
    )
    config = startup.load()
    config = replace(config, feeds_edition=replace(config.feeds_edition, feeds=feeds))
    async with wiring.open_components(config) as components:
        print(json.dumps({"ready": True}), flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            before, began = spent(), time.perf_counter()
            polled = await work(components)
            told = {"polled": polled, "cpu": spent() - before, "wall": time.perf_counter() - began}
            print(json.dumps(told), flush=True)


if __name__ == "__main__":
    configure(form="text", secrets=(), stream=Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - until the end
    os.environ |= {"MONITOR_ALLOW_PRIVATE_ADDRESSES": "1", "MONITOR_CHANNEL": "", "MONITOR_BOT_TOKEN": ""}
    os.environ["MONITOR_DATABASE_URL"] = sys.argv[1]
    uvloop.run(serve(Path(sys.argv[2]).read_text(encoding="utf-8").split()))
