"""The digest of a day: one message with everything the channel was told since the day before.

When a day is over is the operator's (config/hours.py), what it brought the outbox's (storage/digests.py).
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, datetime

import structlog

from monitor.config.hours import Day, Hours
from monitor.models.outbox import DigestItem
from monitor.storage.digests import DigestStore

log = structlog.get_logger()


def nothing(_day: Day) -> Sequence[DigestItem]:
    """No story was left undecided."""
    return ()


def none(_day: Day) -> int:
    """No rule held anything."""
    return 0


class DailyDigest:
    """Tells a chat once a day what the day brought.

    `undecided` gives the stories for review that nobody decided about in time during a day, `held` counts the news
    that only muted rules found; both may ask the database.
    """

    def __init__(
        self,
        digests: DigestStore,
        chat: str,
        *,
        hours: Hours,
        clock: Callable[[], datetime],
        undecided: Callable[[Day], Sequence[DigestItem]] = nothing,
        held: Callable[[Day], int] = none,
    ) -> None:
        self._digests, self._chat, self._hours, self._clock = digests, chat, hours, clock
        self._undecided, self._held = undecided, held
        self._told: date | None = None

    async def put_if_due(self) -> None:
        """Put the digest into the outbox if it is due; asking often costs nothing. Raises DatabaseError."""
        day = self._hours.day_to_tell(self._clock())
        if day is None or day.date == self._told:
            return
        told = await asyncio.to_thread(self._put, day)
        self._told = day.date
        log.info("the day's digest is due", action="daily", date=str(day.date), told=told)

    def _put(self, day: Day) -> bool:
        undecided, held = self._undecided(day), self._held(day)
        return self._digests.put_day(self._chat, day, self._clock(), undecided=undecided, held=held)
