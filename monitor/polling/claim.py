"""The feeds that a worker polls next. It leases no more than it can begin soon, so that others find work, too."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sized
from datetime import datetime

from monitor.models.feeds import FeedState
from monitor.polling.poll import LEASE
from monitor.storage.feeds import FeedStore

TOGETHER = 16  # feeds leased in one transaction: between two of them it is another worker's turn


async def claim_due(
    feeds: FeedStore, held: Sized, *, most: int, clock: Callable[[], datetime]
) -> AsyncIterator[FeedState]:
    """Lease what is due, the longest due first, while fewer than `most` polls are `held`.

    Whoever gets a feed adds it to them. Raises DatabaseError.
    """
    while (room := min(TOGETHER, most - len(held))) > 0:
        claimed = await asyncio.to_thread(feeds.claim, clock(), limit=room, lease=LEASE)
        for state in claimed:
            yield state
        if len(claimed) < room:
            break
