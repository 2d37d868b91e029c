"""Evidence, wired: what looks at the pages of posted articles, and has the chain of what was kept stamped."""

from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from monitor.app.environment import clock, worker_name
from monitor.app.startup import Config, user_agent
from monitor.evidence.capture import Capturer
from monitor.evidence.warc import WarcStore
from monitor.models.feeds import Feed
from monitor.sources.http.client import Fetcher
from monitor.sources.recent_pages import RecentPages
from monitor.sources.sandbox import Sandbox
from monitor.storage.store import Store


def build_capturer(config: Config, store: Store, fetcher: Fetcher, reader: Sandbox, recent: RecentPages) -> Capturer:
    """What looks at the pages that are due."""
    worker = worker_name()
    feeds: Mapping[str, Feed] = {feed.name: feed for feed in config.feeds}
    return Capturer(
        fetcher=fetcher,
        reader=reader,
        store=store.evidence,
        warc=WarcStore(Path(config.settings.evidence_dir), worker, end_of=store.evidence.end_of),
        feeds=feeds,
        chain=worker,
        clock=clock,
        recent=recent,
    )


async def open_stamper(
    stack: AsyncExitStack, config: Config, store: Store
) -> Callable[[], Coroutine[None, None, None]]:
    """One round of asking for time stamps; the stack closes its connections."""
    settings = config.settings
    if not settings.timestamp_authorities:
        return _nothing
    # Only who has stamps needs the cryptography, ten megabytes of memory.
    from monitor.app.timestamp_roots import timestamp_roots  # noqa: PLC0415 - it brings it, too
    from monitor.evidence import stamper, timestamps  # noqa: PLC0415 - as above

    opened = timestamps.open_client(user_agent=user_agent(settings), proxy=settings.proxy)
    return stamper.Stamper(
        store=store.stamps,
        client=await stack.enter_async_context(opened),
        authorities=settings.timestamp_authorities,
        roots=timestamp_roots(settings),
        clock=clock,
    ).round


async def _nothing() -> None:
    pass
