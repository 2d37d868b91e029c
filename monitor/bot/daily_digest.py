"""The digest of a day: one message with everything the channel was told since the day before.

When a day is over is a setting (config/hours.py); what it brought, the database knows (storage/digests.py).
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, datetime

import structlog

from monitor.config.hours import Day, Hours
from monitor.models.outbox import DigestItem
from monitor.storage.digests import DigestStore

log = structlog.get_logger()


class DailyDigest:
    """Shows a chat once a day what the day brought.

    `undecided` gives the stories for review that nobody decided about in time during a day, `held` counts the news
    that only muted rules matched; both may ask the database.
    """

    def __init__(
        self,
        digests: DigestStore,
        chat: str,
        *,
        hours: Hours,
        clock: Callable[[], datetime],
        undecided: Callable[[Day], Sequence[DigestItem]] = lambda _day: (),
        held: Callable[[Day], int] = lambda _day: 0,
    ) -> None:
        self._digests, self._chat, self._hours, self._clock = digests, chat, hours, clock
        self._undecided, self._held = undecided, held
        self._last: date | None = None

    async def put_if_due(self) -> None:
        """Put the digest into the outbox if it is due; asking often costs nothing. Raises DatabaseError."""
        day = self._hours.day_to_tell(self._clock())
        if day is None or day.date == self._last:
            return
        is_new = await asyncio.to_thread(self._put, day)
        self._last = day.date
        log.info("the day's digest is due", action="daily", date=str(day.date), told=is_new)

    def _put(self, day: Day) -> bool:
        undecided, held = self._undecided(day), self._held(day)
        return self._digests.put_day(self._chat, day, self._clock(), undecided=undecided, held=held)
