"""The digest of a week: a picture with what the channel was told in seven days.

When a week is over is a setting (config/hours.py); what it brought, the database knows (storage/outbox/digests.py). The
picture goes through the outbox like every post: once, and never again blindly.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from monitor.bot.deleted_posts import Look
from monitor.config.hours import Hours, Week
from monitor.models.outbox import DigestItem
from monitor.storage.outbox.digests import DigestStore

log = structlog.get_logger()


class WeeklyDigest:
    """Shows a chat once a week what the week brought; nothing when it brought no story.

    `draw` makes the picture (PNG) of a week's stories, `archive` is the address that its text links, `hidden` gives the
    stories that were taken off the archive; it may ask the database. `look` notes which posts were deleted in the chat.
    """

    def __init__(
        self,
        digests: DigestStore,
        chat: str,
        *,
        hours: Hours,
        clock: Callable[[], datetime],
        draw: Callable[[Week, Sequence[DigestItem]], bytes],
        archive: str,
        hidden: Callable[[], Collection[int]],
        look: Look,
    ) -> None:
        self._digests, self._chat, self._hours, self._clock = digests, chat, hours, clock
        self._draw, self._archive, self._hidden, self._look = draw, archive, hidden, look
        self._last = ""

    async def put_if_due(self) -> None:
        """Put the digest into the outbox if it is due; asking often costs nothing. Raises DatabaseError."""
        week = self._hours.week_to_tell(self._clock())
        if week is None or week.name == self._last:
            return
        await self._look(self._chat, week.since, week.until)
        is_new = await asyncio.to_thread(self._put, week)
        self._last = week.name
        log.info("the week's digest is due", action="weekly", week=week.name, told=is_new)

    async def renew(self) -> None:
        """Make anew what waits in the outbox unsent: a story may have been retracted since. Raises DatabaseError."""
        week = replace(self._hours, quiet=None).week_to_tell(self._clock())
        if week and week.name in await asyncio.to_thread(self._digests.unsent_weeks, self._chat):
            await asyncio.to_thread(self._put, week)

    def _put(self, week: Week) -> bool:
        return self._digests.put_week(
            self._chat, week, self._clock(), draw=self._draw, archive=self._archive, hidden=self._hidden()
        )
