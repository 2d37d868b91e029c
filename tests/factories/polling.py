"""A poller of the product's own parts, with one rule that a test can read at a glance."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import cache

from monitor.app.build_polling import recording
from monitor.config.keywords import load_keywords
from monitor.matching.compiler import compile_rules
from monitor.matching.matcher import Matcher
from monitor.polling.fetch_feed import FeedFetcher
from monitor.polling.judge import Judge
from monitor.polling.poll import Poller
from monitor.polling.recorder import WAIT, Recorder
from monitor.sources.http.client import Fetcher
from monitor.sources.recent_pages import RecentPages
from monitor.sources.sandbox import Sandbox
from monitor.storage.store import Store
from tests.factories.channels import to_channel

RULES = """
topics:
  extradition:
    title: Экстрадиция
    hashtag: экстрадиция
    any_of:
      - name: выдача из Казахстана
        all:
          - {ru: "экстрадиция, экстрадировать"}
          - {ru: "россиянин, россиянка"}
        none: {ru: "Испания"}
"""


@cache
def matcher() -> Matcher:
    """The rule, compiled once."""
    return Matcher(compile_rules(load_keywords(RULES, file="keywords.yaml")))


def poller_of(
    store: Store,
    fetcher: Fetcher,
    reader: Sandbox,
    clock: Callable[[], datetime],
    *,
    chat: str = "@channel",
    chance: Callable[[], float] = lambda: 0.0,
    at_once: int = 8,
    waits_for_company: bool = False,
    recent: RecentPages | None = None,
) -> Poller:
    """Polls by this clock and posts to `chat`; each poll is recorded at once unless it `waits_for_company`."""
    wait = WAIT if waits_for_company else 0
    return Poller(
        fetcher=FeedFetcher(fetcher=fetcher, reader=reader),
        judge=Judge(fetcher=fetcher, reader=reader, matcher=matcher(), recent=recent),
        feeds=store.feeds,
        entries=store.entries,
        followed=store.followed,
        recorder=Recorder(record_all=recording(store.polls, to_channel(chat)), wait=wait),
        clock=clock,
        chance=chance,
        slots=asyncio.Semaphore(at_once),
    )
