"""A post in doubt is looked for: in the channel's public preview, which anybody may read. Never blindly re-sent.

    found            the story's link stands in a message newer than the last one known before the send → it was sent
    surely absent    every newer message was read, it is in none, and the page is up to date            → send again
    anything else    no public name, preview off, throttled, too much to read, a page that may be old   → wait

Why this never makes a duplicate, even when the page lies. A page may be old (a cache) or incomplete, but it cannot
show what is not there: «found» is true. «Absent» is believed only if Telegram itself has nothing that the page does
not show. Messages of a channel are numbered without gaps but for deleted ones, and only upwards; so the post in doubt,
if it is there, bears a number above the last one accepted before it, and below the first one accepted after it (or,
when there is none yet, just beyond the newest one shown). Each such number that the page does not show is asked of
Telegram (`Channel.exists`); one that exists means that the page is not to be trusted. And `PATIENCE` has passed since
the doubt: a request still on its way would have arrived or been dropped.
Who cannot look does not guess: the row waits for the operator, or for MONITOR_UNCERTAIN_RESEND_AFTER.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal, Protocol

import structlog

from monitor.bot.channel_page import PreviewPage, find, mark, read_page
from monitor.errors import DeliveryError, FetchError
from monitor.models.feeds import Fetched, NotModified
from monitor.models.outbox import Doubt
from monitor.storage.chats import ChatStore
from monitor.storage.uncertain import UncertainPosts

PATIENCE = timedelta(minutes=2)
PAGES = 10  # of twenty messages each: more than that is not read for one doubt
BEYOND = 3  # numbers beyond the newest message shown that may be the post's: some of them may be deleted messages
MOST_ASKED = 10  # numbers that Telegram is asked for; each counts against the chat's pace

log = structlog.get_logger()


class Pages(Protocol):
    """Reads web pages: the product's Fetcher."""

    async def get(self, url: str, /, *, accept: Literal["page"]) -> Fetched | NotModified:
        """One GET. Raises FetchError."""


class Reconciler:
    """Resolves doubts. `exists` says whether a chat has a message of some number (`Channel.exists`).

    `resend_after` is how long to wait for somebody who knows before the post goes out once more; None: for ever.
    """

    def __init__(
        self,
        posts: UncertainPosts,
        chats: ChatStore,
        *,
        pages: Pages,
        exists: Callable[[str, int], Awaitable[bool]],
        clock: Callable[[], datetime],
        preview_url: str,
        resend_after: timedelta | None = None,
    ) -> None:
        self._posts, self._chats, self._clock = posts, chats, clock
        self._pages, self._exists = pages, exists
        self._preview_url, self._resend_after = preview_url, resend_after

    async def reconcile(self, chat: str) -> None:
        """Look for every post of a chat that is in doubt and due to be looked for. Raises DatabaseError."""
        while doubt := await asyncio.to_thread(self._posts.take, chat, self._clock()):
            found, why = await self._seek(doubt)
            if found:
                await asyncio.to_thread(self._posts.confirm, doubt, found, self._clock())
                log.info("found in the channel", action="look", delivery=doubt.id, message=found)
            elif again := self._resend(why, doubt):
                await asyncio.to_thread(self._posts.resend, doubt, again, self._clock())
                log.warning("sent again", action="look", delivery=doubt.id, why=again)
            else:
                log.info("still in doubt", action="look", delivery=doubt.id, why=why)

    def _resend(self, why: str, doubt: Doubt) -> str:
        """Why the post goes out once more; "" when it does not."""
        if not why:
            return "в канале этого сообщения нет: отправляется снова"
        waited = self._clock() - doubt.doubted_at
        if self._resend_after is None or waited < self._resend_after:
            return ""
        return f"не удалось узнать, ушло ли сообщение ({why}); время ожидания вышло: отправляется снова"

    async def _seek(self, doubt: Doubt) -> tuple[int | None, str]:
        """The message that is the post; or None and why nobody knows, "" if it is surely absent."""
        wanted = mark(doubt.html)
        if not doubt.name or not wanted:
            return None, "у чата нет публичного просмотра"
        shown: set[int] = set()
        before = None
        for _ in range(PAGES):
            page = await self._page(doubt.name.removeprefix("@"), before)
            if page is None:
                return None, "публичный просмотр канала не открывается"
            if found := find(wanted, page.messages, after=doubt.after, known=doubt.known):
                return found, ""
            shown |= page.numbers
            before = page.older
            if before is None or min(shown, default=0) <= doubt.after:
                return None, await self._why_not_absent(doubt, shown)
        return None, "с тех пор в канале слишком много сообщений"

    async def _page(self, channel: str, before: int | None) -> PreviewPage | None:
        query = f"?before={before}" if before else ""
        try:
            fetched = await self._pages.get(f"{self._preview_url}/s/{channel}{query}", accept="page")
        except FetchError as error:
            log.warning("the preview is not readable", action="look", error=str(error))
            return None
        return read_page(fetched.body, channel=channel) if isinstance(fetched, Fetched) else None

    async def _why_not_absent(self, doubt: Doubt, shown: set[int]) -> str:
        if self._clock() - doubt.doubted_at < PATIENCE:
            return "сообщение может ещё появиться"
        end = doubt.later or max(shown | {doubt.after}) + 1 + BEYOND
        numbers = (number for number in range(doubt.after + 1, end) if number not in shown | doubt.known)
        unseen = list(islice(numbers, MOST_ASKED + 1))
        try:
            if len(unseen) > MOST_ASKED or await self._any_exists(doubt, unseen):
                return "страница просмотра показывает не всё"
        except DeliveryError as error:
            return f"Telegram не говорит, есть ли сообщение: {error}"
        return ""

    async def _any_exists(self, doubt: Doubt, numbers: Sequence[int]) -> bool:
        for number in numbers:
            await asyncio.to_thread(self._chats.count_send, doubt.chat, self._clock())
            if await self._exists(doubt.address, number):
                return True
        return False
