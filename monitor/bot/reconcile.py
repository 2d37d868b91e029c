"""An uncertain post is looked for in the channel's public preview, which anybody may read. Never blindly re-sent.

    found            the story's link stands in a message newer than the last one known before the send → it was sent
    surely absent    every newer message was read, it is in none, and the page is up to date            → send again
    anything else    no public name, preview off, throttled, too much to read, a page that may be old   → wait

Why this never makes a duplicate, even when the page lies. A page may be old (a cache) or incomplete, but it cannot
show what is not there: «found» is true. «Absent» is believed only if Telegram itself has nothing that the page does
not show. Messages of a channel are numbered without gaps but for deleted ones, and only upwards; so the uncertain post,
if it is there, bears a number above the last one accepted before it, and below the first one accepted after it (or,
when there is none yet, just beyond the newest one shown). Each such number that the page does not show is asked of
Telegram (`BotClient.exists`); one that exists means that the page is not to be trusted, and one that it shows
without text («open it in Telegram») may be any. And `PATIENCE` has passed since the send: a request still on its way
would have arrived or been dropped.
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
from monitor.models.feeds import Fetched
from monitor.models.outbox import Doubt
from monitor.storage.chats import ChatStore
from monitor.storage.outbox.uncertain import UncertainPosts

PATIENCE = timedelta(minutes=2)
PAGES = 10  # of twenty messages each: more than that is not read for one post
BEYOND = 3  # numbers beyond the newest message shown that may be the post's: some of them may be deleted messages
MOST_ASKED = 10  # numbers that Telegram is asked for; each counts against the chat's pace

log = structlog.get_logger()


class Pages(Protocol):
    """Reads web pages: `Fetcher` of sources/http/client.py."""

    async def fetch(self, url: str, /, *, accept: Literal["page"]) -> Fetched:
        """The answer to one GET of a page. Raises FetchError."""


class Reconciler:
    """Settles uncertain posts. `exists` says whether a chat has a message of some number (`BotClient.exists`).

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
        """Look for every uncertain post of a chat that is due to be looked for. Raises DatabaseError."""
        while post := await asyncio.to_thread(self._posts.take, chat, self._clock()):
            message_id, why_unknown = await self._seek(post)
            if message_id:
                await asyncio.to_thread(self._posts.confirm, post, message_id, self._clock())
                log.info("found in the channel", action="look", delivery=post.id, message=message_id)
            elif reason := self._reason_to_resend(post, why_unknown):
                await asyncio.to_thread(self._posts.resend, post, reason, self._clock())
                log.warning("sent again", action="look", delivery=post.id, why=reason)
            else:
                log.info("still in doubt", action="look", delivery=post.id, why=why_unknown)

    async def _seek(self, post: Doubt) -> tuple[int | None, str]:
        """The number of the message that is the post; or None and why nobody knows, "" if it is surely absent."""
        wanted = mark(post.html)
        if not post.name or not wanted:
            return None, "у чата нет публичного просмотра"
        shown, unread = set[int](), set[int]()
        before = None
        for _ in range(PAGES):
            page = await preview_page(self._pages, self._preview_url, post.name, before)
            if page is None:
                return None, "публичный просмотр канала не открывается"
            if message_id := find(wanted, page.messages, after=post.after, known=post.known):
                return message_id, ""
            shown |= page.numbers
            unread |= page.unread
            before = page.older
            if before is None or min(shown, default=0) <= post.after:
                return None, await self._why_not_absent(post, shown, unread)
        return None, "с тех пор в канале слишком много сообщений"

    async def _why_not_absent(self, post: Doubt, shown: set[int], unread: set[int]) -> str:
        """Why a post that no page shows may be there all the same; "" when it is surely absent."""
        if self._clock() - post.doubted_at < PATIENCE:
            return "сообщение может ещё появиться"
        end = post.later or max(shown | {post.after}) + 1 + BEYOND
        if any(post.after < number < end for number in unread - post.known):
            return "страница просмотра показывает сообщения без текста"
        numbers = (number for number in range(post.after + 1, end) if number not in shown | post.known)
        hidden = list(islice(numbers, MOST_ASKED + 1))
        try:
            if len(hidden) > MOST_ASKED or await self._any_exists(post, hidden):
                return "страница просмотра показывает не всё"
        except DeliveryError as error:
            return f"Telegram не говорит, есть ли сообщение: {error}"
        return ""

    async def _any_exists(self, post: Doubt, numbers: Sequence[int]) -> bool:
        for number in numbers:
            await asyncio.to_thread(self._chats.count_send, post.chat, self._clock())
            if await self._exists(post.address, number):
                return True
        return False

    def _reason_to_resend(self, post: Doubt, why_unknown: str) -> str:
        """Why the post goes out once more; "" when it does not. `why_unknown` as `_seek` says it."""
        if not why_unknown:
            return "в канале этого сообщения нет: отправляется снова"
        if self._resend_after is None or self._clock() - post.doubted_at < self._resend_after:
            return ""
        return f"не удалось узнать, ушло ли сообщение ({why_unknown}); время ожидания вышло: отправляется снова"


async def preview_page(pages: Pages, preview_url: str, name: str, before: int | None) -> PreviewPage | None:
    """A page of the preview of the channel "@name": the newest messages, or those older than number `before`. None:
    nobody shows it.
    """
    channel, query = name.removeprefix("@"), f"?before={before}" if before else ""
    try:
        answer = await pages.fetch(f"{preview_url}/s/{channel}{query}", accept="page")
    except FetchError as error:
        log.warning("the preview is not readable", action="look", error=str(error))
        return None
    return await asyncio.to_thread(read_page, answer.body, channel=channel)
