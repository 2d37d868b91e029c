"""Polling, wired: how a feed is polled and how what it brings is committed."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial

from monitor.app.environment import clock
from monitor.app.startup import Config
from monitor.config.settings import Settings
from monitor.edits.child_process import ask_once
from monitor.models.channels import Destination
from monitor.polling.fetch_feed import FeedFetcher
from monitor.polling.judge import Judge
from monitor.polling.look_back import LookBack, PlaceAnew, naming_at
from monitor.polling.outage import OutageDetector
from monitor.polling.poll import Poller
from monitor.polling.recorder import RecordAll, Recorder
from monitor.sources.recent_pages import RecentPages
from monitor.storage.polls import PollStore
from monitor.storage.store import Store
from monitor.stories.grouping import Chats, group
from monitor.stories.people.followed import Followed
from monitor.stories.placement import SAME_CASE

CONCURRENT_POLLS = 32  # most of a poll is waiting for a server; each may hold a body of megabytes
HELD_POLLS = 2 * CONCURRENT_POLLS  # leased by one worker: under way, next in line, being recorded


def build_poller(
    config: Config,
    store: Store,
    feed_fetcher: FeedFetcher,
    outage: OutageDetector,
    recent: RecentPages,
    *,
    chance: Callable[[], float],
) -> Poller:
    """What polls one feed at a time, `CONCURRENT_POLLS` at once; `chance` spreads the polls, from 0 to 1.

    Pages that it reads for matched articles are left in `recent`.
    """
    settings, fetcher, reader = config.settings, feed_fetcher.fetcher, feed_fetcher.reader
    return Poller(
        fetcher=feed_fetcher,
        judge=Judge(fetcher=fetcher, reader=reader, matcher=config.matcher, zone=settings.timezone, recent=recent),
        mutes=store.mutes.lately,
        followed=store.followed,
        feeds=store.feeds,
        entries=store.entries,
        recorder=Recorder(record_all=recording(store.polls, story_chats(settings, config.destinations))),
        clock=clock,
        chance=chance,
        slots=asyncio.Semaphore(CONCURRENT_POLLS),
        outage=outage,
    )


def build_look_back(config: Config, store: Store) -> LookBack:
    """What places earlier news of people who come to be followed."""
    place = placing_anew(store.polls, story_chats(config.settings, config.destinations))
    return LookBack(followed=store.followed, naming=partial(_naming_apart, config.settings.database_url), place=place)


def _naming_apart(url: str, new: Followed, since: datetime) -> tuple[int, ...]:
    return ask_once(partial(naming_at, new=new, since=since), url)


def story_chats(settings: Settings, destinations: tuple[Destination, ...]) -> Chats:
    """Where stories of each tier go; in preview mode all of them to the terminal."""
    return Chats(destinations=destinations, review=settings.review_chat if settings.live else settings.chat)


def recording(polls: PollStore, chats: Chats) -> RecordAll:
    """How outcomes are committed: matched entries are placed into the stories of the last sixty days."""
    return partial(polls.record_all, group=partial(group, chats=chats), window=SAME_CASE)


def placing_anew(polls: PollStore, chats: Chats) -> PlaceAnew:
    """How entries of which nothing came are placed into the same stories."""
    return partial(polls.place_anew, group=partial(group, chats=chats), window=SAME_CASE)
