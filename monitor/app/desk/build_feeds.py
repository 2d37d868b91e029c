"""The desk's pages of feeds and of the work's state, wired."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from monitor.app.environment import clock
from monitor.app.startup import open_fetcher
from monitor.config.settings import Settings
from monitor.desk.app import Part
from monitor.desk.feed import FeedPage
from monitor.desk.feed_lists import FeedLists
from monitor.desk.feeds import Feeds
from monitor.desk.file_versions import FileVersionPages
from monitor.desk.status import Status
from monitor.edits.feeds.feed_list import FeedList
from monitor.edits.feeds.feed_trials import FeedTrials
from monitor.edits.files import FileTrouble
from monitor.edits.saving import Saving
from monitor.evidence import retention
from monitor.models.clock import Clock
from monitor.models.health import EvidenceVitals
from monitor.sources.http.client import Fetcher
from monitor.sources.sandbox import Sandbox
from monitor.storage.store import Store


def open_feeds(store: Store, file: str, *, zone: str = "UTC", clock: Clock = clock) -> FeedList:
    """The feeds.yaml that is edited; `zone` is the maintainers' clock."""
    return FeedList(file, saving=Saving(store.versions, clock=clock), versions=store.versions, zone=zone)


def build_feeds(settings: Settings, store: Store, feed_list: FeedList, *, clock: Clock = clock) -> Sequence[Part]:
    """The table of feeds, a page for each, new ones."""

    @asynccontextmanager
    async def open_reading() -> AsyncIterator[tuple[Fetcher, Sandbox]]:
        async with open_fetcher(settings) as fetcher, Sandbox() as sandbox:
            yield fetcher, sandbox

    trials = FeedTrials(open_reading, clock=clock)
    health, figures, zone = store.feeds.health, store.feed_figures, settings.timezone
    private = settings.allow_private_addresses
    return (
        Feeds(feed_list=feed_list, health=health, figures=figures, zone=zone, clock=clock),
        FeedPage(feed_list=feed_list, trials=trials, health=health, figures=figures, zone=zone, clock=clock),
        FileVersionPages("/feeds", feed_list.history, zone=zone),
        FeedLists(feed_list=feed_list, trials=trials, allow_private=private, zone=zone, clock=clock),
    )


def build_status(
    settings: Settings, store: Store, files: Iterable[Callable[[], FileTrouble | None]] = (), *, clock: Clock = clock
) -> Part:
    """How the work goes; `files` say what is wrong with the files of maintainers."""
    evidence = partial(store.stats.evidence.vitals, authorities=settings.timestamp_authorities)

    def copies() -> tuple[EvidenceVitals, int]:
        return evidence(clock()), retention.size(Path(settings.evidence_dir))

    return Status(
        stats=store.stats,
        health=store.feeds.health,
        figures=store.feed_figures,
        alarms=store.alarms.alarms,
        waiting=store.reviews.waiting,
        mutes=store.mutes.active,
        copies=copies,
        files=files,
        zone=settings.timezone,
        clock=clock,
    )
