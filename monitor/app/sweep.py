"""One sweep: poll these feeds, then bring the chats up to date."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from monitor.app.build_polling import CONCURRENT_POLLS
from monitor.app.environment import clock
from monitor.app.wiring import Components
from monitor.bot.dispatcher import Dispatcher
from monitor.models.feeds import FeedState
from monitor.models.stories import PollOutcome
from monitor.polling.poll import LEASE
from monitor.storage.search.index import SearchIndex

CLAIMED_AT_ONCE = 6 * CONCURRENT_POLLS  # feeds that hold a lease: polled now, waiting for a slot, being recorded
CLAIMED_TOGETHER = 100  # in one transaction
INDEXED_AT_ONCE = 2_000  # entries: a second of work, after which others have their turn
PATIENCE = timedelta(seconds=65)  # a sweep waits so long for a chat's pace, then leaves the rest to the next run


async def poll_once(components: Components, names: Sequence[str], polled: Callable[[PollOutcome], None]) -> None:
    """Poll these feeds once, due or not, telling of each as it ends. Raises DatabaseError."""
    room = asyncio.Semaphore(CLAIMED_AT_ONCE)

    async def poll(state: FeedState) -> None:
        polled(await components.poller.poll(components.feeds[state.name], state))
        room.release()

    try:
        async with asyncio.TaskGroup() as tasks:
            for start in range(0, len(names), CLAIMED_TOGETHER):
                some = names[start : start + CLAIMED_TOGETHER]
                for _ in some:
                    await room.acquire()
                claim = partial(components.store.feeds.claim, limit=len(some), lease=LEASE, names=some)
                claimed = await asyncio.to_thread(claim, clock())
                for state in claimed:
                    tasks.create_task(poll(state))
                for _ in range(len(some) - len(claimed)):
                    room.release()
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None  # a poll raises for the database only, and one such error says it all


async def drain_once(components: Components) -> None:
    """Post what waits, at the pace of each chat, and look at pages that are due; the rest waits for the next run."""
    dispatcher = components.dispatcher
    for digest in (components.daily_digest, components.weekly_digest):
        await digest.renew()
        await digest.put_if_due()
    if components.reconciler:
        await asyncio.gather(*map(components.reconciler.reconcile, dispatcher.chats))
    await asyncio.gather(*(drain(dispatcher, chat, patience=PATIENCE) for chat in dispatcher.chats))
    await components.capturer.round()
    await index(components.store.search)


async def index(search: SearchIndex) -> None:
    """Let the search know what was read lately; what is too much for once waits for the next time."""
    done = 0
    while done < INDEXED_AT_ONCE and (count := await asyncio.to_thread(search.catch_up)):
        done += count


async def drain(dispatcher: Dispatcher, chat: str, *, patience: timedelta) -> datetime | None:
    """Drain a chat, sitting out waits of up to `patience`. Returns when more may go, or None when nothing waits."""
    until = await dispatcher.drain(chat)
    while until is not None and until - clock() <= patience and not dispatcher.is_closed(chat):
        await asyncio.sleep(max(0.0, (until - clock()).total_seconds()))
        until = await dispatcher.drain(chat)
    return until
