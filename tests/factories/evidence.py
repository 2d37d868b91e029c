"""A capturer of the product's own parts, for a worker called «one»."""

from pathlib import Path

from monitor.evidence.capture import Capturer
from monitor.evidence.warc import WarcStore
from monitor.models.clock import Clock
from monitor.models.feeds import Feed
from monitor.sources.http.client import Fetcher
from monitor.sources.recent_pages import RecentPages
from monitor.sources.sandbox import Sandbox
from monitor.storage.store import Store


def capturer_of(store: Store, fetcher: Fetcher, reader: Sandbox, clock: Clock, *, folder: Path, feed: Feed) -> Capturer:
    """Looks at the pages of one feed's articles by this clock, and keeps copies in a folder."""
    return Capturer(
        fetcher=fetcher,
        reader=reader,
        store=store.evidence,
        warc=WarcStore(folder, "one", end_of=store.evidence.end_of),
        feeds={feed.name: feed},
        chain="one",
        clock=clock,
        recent=RecentPages(clock),
    )
