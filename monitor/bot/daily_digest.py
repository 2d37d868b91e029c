"""The digest of a day: one message with everything the channel was told since the day before.

When a day is over is a setting (config/hours.py); what it brought, the database knows (storage/outbox/digests.py).
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

import structlog

from monitor.bot.deleted_posts import Look
from monitor.config.hours import Day, Hours
from monitor.models.channels import Destination, Sound
from monitor.models.outbox import DigestItem
from monitor.storage.outbox.digests import DigestStore

log = structlog.get_logger()


class DailyDigest:
    """Shows each destination that has an hour for it once a day what the day brought there.

    `destinations` begin with the main one, which alone is told of the stories for review that nobody decided about in
    time (`undecided`) and how many news only muted rules matched (`held`); both may ask the database. `look` notes
    which posts were deleted in a chat.
    """

    def __init__(
        self,
        digests: DigestStore,
        destinations: Sequence[Destination],
        *,
        hours: Hours,
        clock: Callable[[], datetime],
        undecided: Callable[[Day], Sequence[DigestItem]],
        held: Callable[[Day], int],
        look: Look,
    ) -> None:
        self._digests, self._hours, self._clock = digests, hours, clock
        self.destinations = destinations
        self._undecided, self._held, self._look = undecided, held, look
        self._last: dict[str, date] = {}

    async def put_if_due(self) -> None:
        """Put the digests that are due into the outbox; asking often costs nothing. Raises DatabaseError."""
        for place, to in enumerate(self.destinations):
            day = self._hours_of(to).day_to_tell(self._clock())
            if day is None or day.date == self._last.get(to.chat):
                continue
            await self._look(to.chat, day.since, day.until)
            is_new = await asyncio.to_thread(self._put, to, day, is_main=place == 0)
            self._last[to.chat] = day.date
            log.info("the day's digest is due", action="daily", chat=to.chat, date=str(day.date), told=is_new)

    async def renew(self) -> None:
        """Make anew what waits in the outbox unsent: a story may have been retracted since. Raises DatabaseError."""
        for place, to in enumerate(self.destinations):
            days = map(self._hours_of(to).day, await asyncio.to_thread(self._digests.unsent_days, to.chat))
            for day in filter(None, days):
                await asyncio.to_thread(self._put, to, day, is_main=place == 0)

    def _hours_of(self, to: Destination) -> Hours:
        return replace(self._hours, digest_at=to.digest_at)

    def _put(self, to: Destination, day: Day, *, is_main: bool) -> bool:
        undecided, held = (self._undecided(day), self._held(day)) if is_main else ((), 0)
        silent = to.sound is not Sound.ALL
        return self._digests.put_day(
            to.chat, day, self._clock(), undecided=undecided, held=held, tongue=to.tongue, silent=silent
        )
