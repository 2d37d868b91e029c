"""Check that the evidence is unchanged: the hash chains in the database, and the newest copies in their files.

All links of all chains are read once after a start; once a day the links of our own chain of the last day, and the
bytes of their copies. What is broken stays reported: links until the next start, copies until their bytes are right
again. Files may hold more than the database knows (if it was restored from an older backup); that is no break.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping
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
MOST_COPIES = 200  # a day; at most a second of reading
MOST_BREAKS = 10  # breaks that are reported

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class ChainAudit:
    """The audit of one worker: `chain` is its own chain, `folder` holds its files."""

    stats: EvidenceStats
    folder: Path
    chain: str
    clock: Clock
    # links that do not hold; after the database is repaired a restart checks them again
    _gaps: tuple[str, ...] | None = None
    _spoilt: Mapping[Kept, str] = field(default_factory=dict)  # copies with what is wrong with each
    _looked_at: datetime | None = None
    _stop: Event = field(default_factory=Event)

    @property
    def breaks(self) -> tuple[str, ...] | None:
        """The breaks, in Russian, one a line; None before the first check."""
        return None if self._gaps is None else (*self._gaps, *self._spoilt.values())

    async def round(self) -> None:
        """Check what is due, and broken copies again. Raises DatabaseError."""
        try:
            await asyncio.to_thread(self._round)
        except asyncio.CancelledError:
            self._stop.set()  # the thread must not delay the shutdown
            raise

    def _round(self) -> None:
        now, before = self.clock(), self.breaks
        gaps, copies = self._all_gaps() if self._gaps is None else self._gaps, tuple(self._spoilt)
        is_due = self._looked_at is None or not timedelta(0) <= now - self._looked_at < EVERY
        if is_due:
            gaps = tuple(dict.fromkeys((*gaps, *self._late_gaps(now - EVERY))))
            copies += self.stats.copies(self.chain, since=now - EVERY, limit=MOST_COPIES)
        spoilt = self._spoilt_of(copies)
        if self._stop.is_set():
            return
        self._gaps, self._spoilt, self._looked_at = gaps, spoilt, now if is_due else self._looked_at
        if self.breaks and self.breaks != before:
            log.error("the chain of copies does not hold", action="audit", breaks=self.breaks)

    def _all_gaps(self) -> tuple[str, ...]:
        links = ((name, takewhile(self._goes_on, self.stats.links(name))) for name in self.stats.chains())
        gaps = (gap for _, some in links for gap in chain.breaks(some))
        lost = (
            f"метка времени {stamp} стоит на звене, которого в цепи больше нет"
            for stamp in self.stats.orphaned_stamps()
        )
        return tuple(islice((*gaps, *lost), MOST_BREAKS))

    def _late_gaps(self, since: datetime) -> tuple[str, ...]:
        links = takewhile(self._goes_on, self.stats.links(self.chain, since=since))
        gaps = (_gap(after) for before, after in pairwise(links) if not _follows(before, after))
        return tuple(islice(gaps, MOST_BREAKS))

    def _spoilt_of(self, copies: Iterable[Kept]) -> Mapping[Kept, str]:
        checked = ((copy, self._trouble_of(copy)) for copy in takewhile(self._goes_on, dict.fromkeys(copies)))
        return dict(islice(((copy, trouble) for copy, trouble in checked if trouble), MOST_BREAKS))

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
    try:
        return after == chain.link(before, chain=after.chain, digest=after.digest, taken_at=after.taken_at)
    except ValueError:  # the stored digest is not a hash
        return False


def _gap(link: Link) -> str:
    return f"цепь {link.chain}, звено {link.number}: не продолжает предыдущее, или его хеш не сходится"
