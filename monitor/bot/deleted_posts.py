"""What administrators deleted in a channel by hand: nothing tells a bot of it, and a digest would name it once more.

Before a digest the channel's public preview is read. Of a post that it does not show, though it shows older ones,
Telegram is asked: a page may be old (reconcile.py).
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from monitor.bot.failures import NO_POST
from monitor.bot.reconcile import MOST_ASKED, PAGES, Pages, preview_page
from monitor.errors import DeliveryError
from monitor.storage.chats import ChatStore
from monitor.storage.outbox.deleted import ShownPosts, ShownPostStore

log = structlog.get_logger()

Look = Callable[[str, datetime, datetime], Awaitable[None]]


async def no_look(_chat: str, _since: datetime, _until: datetime) -> None:
    """For those who ask nobody."""


class DeletedPosts:
    """Notes which posts are gone. `exists` says whether a chat has a message of some number (`BotClient.exists`)."""

    def __init__(
        self,
        posts: ShownPostStore,
        chats: ChatStore,
        *,
        pages: Pages,
        exists: Callable[[str, int], Awaitable[bool]],
        clock: Callable[[], datetime],
        preview_url: str,
    ) -> None:
        self._posts, self._chats, self._clock = posts, chats, clock
        self._pages, self._exists, self._preview_url = pages, exists, preview_url

    async def look(self, chat: str, since: datetime, until: datetime) -> None:
        """Note which of the posts sent in `[since, until)` are gone, as far as somebody says. Raises DatabaseError."""
        posts = await asyncio.to_thread(self._posts.list_posts, chat, since, until)
        hidden = await self._not_shown(posts) if posts.name and posts.numbers else frozenset()
        try:
            for number in sorted(hidden)[:MOST_ASKED]:
                await asyncio.to_thread(self._chats.count_send, chat, self._clock())
                if not await self._exists(posts.address, number):
                    await asyncio.to_thread(self._posts.cancel, chat, number, NO_POST, self._clock())
                    log.info("deleted in the channel", action="look", chat=chat, message=number)
        except DeliveryError as error:
            log.warning("Telegram does not say which posts stand", action="look", chat=chat, error=str(error))

    async def _not_shown(self, posts: ShownPosts) -> frozenset[int]:
        """Those that no page shows, of those that are not older than what was read."""
        shown, before = set[int](), None
        for _ in range(PAGES):
            page = await preview_page(self._pages, self._preview_url, posts.name, before)
            if page is None:
                return frozenset()
            shown |= page.numbers
            before = page.older
            if before is None or min(shown, default=0) <= min(posts.numbers):
                return posts.numbers - shown
        return frozenset(number for number in posts.numbers - shown if number > min(shown))
