"""Our side of the polling benchmark: the product's own components, wired by app/wiring.py, with its own rules."""

import asyncio
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import json

from sqlalchemy import func, select

from benchmarks.sweeps.measured import memory_mb, spent
from monitor.app import startup, sweep, wiring
from monitor.app.logs import configure
from monitor.models.feeds import Feed, FeedKind
from monitor.models.stories import PollOutcome
from monitor.storage.database import open_engine, read_transaction
from monitor.storage.tables import entries


async def serve(folder: Path, urls: list[str]) -> None:
    """The conversation with the parent: a line in, one sweep, a line of JSON out."""
    os.environ |= {"MONITOR_ALLOW_PRIVATE_ADDRESSES": "1", "MONITOR_CHANNEL": "", "MONITOR_BOT_TOKEN": ""}
    os.environ["MONITOR_DATABASE_URL"] = f"sqlite:///{folder / 'monitor.db'}"
    feeds = tuple(
        Feed(name=f"Лента {number}", kind=FeedKind.RSS, url=url, lang="ru") for number, url in enumerate(urls)
    )
    config = startup.load()
    config = replace(config, feeds_edition=replace(config.feeds_edition, feeds=feeds))
    counting = open_engine(config.settings.database_url)
    async with wiring.open_components(config) as components:
        print(json.dumps({"ready": True}), flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            failed = 0

            def polled(outcome: PollOutcome) -> None:
                nonlocal failed
                failed += bool(outcome.failure)

            before, began = spent(), time.perf_counter()
            await sweep.poll_once(components, [feed.name for feed in feeds], polled)
            told = {"cpu": spent() - before, "wall": time.perf_counter() - began, "failed": failed}
            with read_transaction(counting) as db:
                told["stored"] = db.scalar(select(func.count()).select_from(entries)) or 0
            told["peak_mb"] = memory_mb()
            print(json.dumps(told), flush=True)


if __name__ == "__main__":
    configure(form="text", secrets=(), stream=Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - until the end
    asyncio.run(serve(Path(sys.argv[1]), Path(sys.argv[2]).read_text(encoding="utf-8").split()))
