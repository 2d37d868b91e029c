"""Who comes to be followed, and what was read of him before: a denial may have come before its claim, in no words that
rules know. What the archive has of the last days and names him is placed as if it came now.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Final, Protocol

import structlog

from monitor.models.articles import Outcome
from monitor.storage.archive import Archive
from monitor.storage.database import open_existing
from monitor.stories.people.followed import Followed

BACK: Final = timedelta(days=2)
MOST: Final = 20  # articles at once, the newest: maintainers may be asked about each
ROUNDS: Final = 5  # in which what polls under way read, without knowing him, is looked at as it is recorded
UNDER_WAY: Final = timedelta(minutes=10)  # since such a poll began

log = structlog.get_logger()


class PlaceAnew(Protocol):
    """Commits what comes of these entries, of which nothing had come, if they are not older than `since`."""

    def __call__(self, numbers: Sequence[int], *, since: datetime, now: datetime) -> int:
        """Of how many something came."""


@dataclass(slots=True, kw_only=True)
class LookBack:
    """One for the process; `naming` finds the entries that name somebody, `place` may be replaced.

    The first round only notes who is followed: who came to be in the minute before a stop is not looked back for.
    """

    followed: Callable[[datetime], Followed]
    naming: Callable[[Followed, datetime], Sequence[int]]
    place: PlaceAnew
    _lately: deque[Followed] = field(init=False, default_factory=partial(deque, maxlen=ROUNDS))

    async def round(self, now: datetime) -> None:
        """Look back for who came to be followed. Raises DatabaseError: the next one does it."""
        await asyncio.to_thread(self._round, now)

    def _round(self, now: datetime) -> None:
        followed = self.followed(now)
        last, first = (self._lately[-1], self._lately[0]) if self._lately else (followed, followed)
        self._look(followed.without(last), now, back=BACK)
        self._look(last.without(first), now, back=UNDER_WAY)
        self._lately.append(followed)

    def _look(self, new: Followed, now: datetime, *, back: timedelta) -> None:
        numbers = self.naming(new, now - back) if new.by_stem else ()
        if numbers and (placed := self.place(numbers, since=now - BACK, now=now)):
            log.info("earlier news of somebody is placed", action="look_back", placed=placed)


def naming(archive: Archive, new: Followed, since: datetime) -> tuple[int, ...]:
    """The newest entries since then of which nothing came and that name somebody new."""
    with closing(archive.iter_articles(since, outcomes=(Outcome.UNMATCHED,))) as kept:
        return tuple(islice((one.entry_id for one in kept if new.is_named(one.title, one.text)), MOST))


def naming_at(url: str, *, new: Followed, since: datetime) -> tuple[int, ...]:
    """The same of a database that is not open yet, for a child process: to read the archive took 12 MB for good."""
    engine = open_existing(url)
    try:
        return naming(Archive(engine), new, since)
    finally:
        engine.dispose()
