"""Whether what was kept is still what was kept: the chains in the database, the newest copies in their files.

All the links of all chains are read once after a start; once a day those of our own last day, and their copies' bytes.
What the files hold that the database does not know of (it was restored from an older copy) breaks nothing.
"""

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice, pairwise, takewhile
from pathlib import Path
from threading import Event

import structlog

from monitor.errors import EvidenceError
from monitor.evidence import chain, warc
from monitor.models.clock import Clock
from monitor.models.evidence import Kept, Link
from monitor.storage.evidence.vitals import EvidenceStats

EVERY = timedelta(days=1)
MOST_COPIES = 200  # a day: at most a second of reading
MOST_BREAKS = 10  # to name: who has found one needs no list

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class ChainAudit:
    """The check of one worker: `chain` is its own, `folder` holds its files."""

    stats: EvidenceStats
    folder: Path
    chain: str
    clock: Clock
    _whole: tuple[str, ...] | None = None  # what the check of all chains found
    _lately: tuple[str, ...] = ()
    _looked_at: datetime | None = None
    _stop: Event = field(default_factory=Event)

    @property
    def breaks(self) -> tuple[str, ...] | None:
        """Where something does not hold, in Russian, a line a break; None: nobody has looked yet."""
        return None if self._whole is None else (*self._whole, *self._lately)

    async def round(self) -> None:
        """Check what is due. Raises DatabaseError."""
        try:
            await asyncio.to_thread(self._round)
        except asyncio.CancelledError:
            self._stop.set()  # the thread must not hold up the end
            raise

    def _round(self) -> None:
        now = self.clock()
        if self._whole is None:
            found = tuple(islice(self._all_breaks(), MOST_BREAKS))
            self._whole = None if self._stop.is_set() else found
            _report(found)
        if self._looked_at is None or not timedelta(0) <= now - self._looked_at < EVERY:
            self._lately = tuple(islice(self._late_breaks(now - EVERY), MOST_BREAKS))
            self._looked_at = now
            _report(self._lately)

    def _all_breaks(self) -> Iterator[str]:
        for name in self.stats.chains():
            yield from chain.breaks(takewhile(self._goes_on, self.stats.links(name)))

    def _late_breaks(self, since: datetime) -> Iterator[str]:
        links = takewhile(self._goes_on, self.stats.links(self.chain, since=since))
        yield from (_gap(after) for before, after in pairwise(links) if not _follows(before, after))
        for copy in takewhile(self._goes_on, self.stats.copies(self.chain, since=since, limit=MOST_COPIES)):
            if trouble := self._trouble_of(copy):
                yield trouble

    def _trouble_of(self, copy: Kept) -> str:
        try:
            content = warc.read(self.folder, copy)
        except EvidenceError as error:
            return str(error)
        where = f"{copy.file}, байты {copy.offset}–{copy.offset + copy.length}"
        return "" if hashlib.sha256(content).hexdigest() == copy.digest else f"{where}: хеш копии не сходится"

    def _goes_on(self, _: object) -> bool:
        return not self._stop.is_set()


def _follows(before: Link, after: Link) -> bool:
    return after == chain.link(before, chain=after.chain, digest=after.digest, taken_at=after.taken_at)


def _gap(link: Link) -> str:
    return f"цепь {link.chain}, звено {link.number}: не продолжает предыдущее, или его хеш не сходится"


def _report(breaks: tuple[str, ...]) -> None:
    if breaks:
        log.error("the chain of copies does not hold", action="audit", breaks=breaks)
