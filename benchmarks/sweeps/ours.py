"""Our side of the polling benchmark: the product's own components, wired by app/wiring.py, with its own rules."""

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import json

import uvloop
from sqlalchemy import func, select

from benchmarks.sweeps.measured import memory_mb, spent
from monitor.app import startup, sweep, wiring
from monitor.app.logs import configure
from monitor.models.feeds import Feed, FeedKind
from monitor.models.stories import PollOutcome
from monitor.storage.database import open_engine, read_transaction
from monitor.storage.tables import entries


async def serve(urls: list[str]) -> None:
    """The conversation with the parent: `anew FOLDER` begins with an empty database, `sweep` polls every feed."""
    os.environ |= {"MONITOR_ALLOW_PRIVATE_ADDRESSES": "1", "MONITOR_CHANNEL": "", "MONITOR_BOT_TOKEN": ""}
    feeds = tuple(
        Feed(name=f"Лента {number}", kind=FeedKind.RSS, url=url, lang="ru") for number, url in enumerate(urls)
    )
    config = startup.load()
    config = replace(config, feeds_edition=replace(config.feeds_edition, feeds=feeds))
    async with AsyncExitStack() as stack:
        while line := await asyncio.to_thread(sys.stdin.readline):
            command, _, folder = line.strip().partition(" ")
            if command == "anew":
                await stack.aclose()
                url = f"sqlite:///{folder}/monitor.db"
                fresh = replace(config, settings=replace(config.settings, database_url=url))
                components = await stack.enter_async_context(wiring.open_components(fresh))
                told: dict[str, Any] = {"ready": True}
            else:
                told = await sweep_once(components, feeds, url)
            print(json.dumps(told), flush=True)


async def sweep_once(components: wiring.Components, feeds: Sequence[Feed], url: str) -> dict[str, Any]:
    """What one sweep cost, and what is stored after it."""
    outcomes: list[PollOutcome] = []
    before, began = spent(), time.perf_counter()
    await sweep.poll_once(components, [feed.name for feed in feeds], outcomes.append)
    told = {"cpu": spent() - before, "wall": time.perf_counter() - began}
    told["failed"] = sum(bool(outcome.failure) for outcome in outcomes)
    with read_transaction(open_engine(url)) as db:
        told["stored"] = db.scalar(select(func.count()).select_from(entries)) or 0
    return told | {"peak_mb": memory_mb()}


if __name__ == "__main__":
    configure(form="text", secrets=(), stream=Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - until the end
    uvloop.run(serve(Path(sys.argv[1]).read_text(encoding="utf-8").split()))
