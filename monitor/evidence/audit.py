"""Whether what was kept is still what was kept: the chains in the database, the newest copies in their files.

All the links of all chains are read once after a start; once a day those of our own last day, and their copies' bytes.
What is found broken stays so: links until the next start, copies until their bytes are right again.
What the files hold that the database does not know of (it was restored from an older copy) breaks nothing.
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
    _gaps: tuple[str, ...] | None = None  # where links do not hold; whoever puts the database right starts us anew
    _spoilt: Mapping[Kept, str] = field(default_factory=dict)  # copies, and what is wrong with each
    _looked_at: datetime | None = None
    _stop: Event = field(default_factory=Event)

    @property
    def breaks(self) -> tuple[str, ...] | None:
        """Where something does not hold, in Russian, a line a break; None: nobody has looked yet."""
        return None if self._gaps is None else (*self._gaps, *self._spoilt.values())

    async def round(self) -> None:
        """Check what is due, and what was spoilt once more. Raises DatabaseError."""
        try:
            await asyncio.to_thread(self._round)
        except asyncio.CancelledError:
            self._stop.set()  # the thread must not hold up the end
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
    except ValueError:  # what stands there as its digest is no hash
        return False


def _gap(link: Link) -> str:
    return f"цепь {link.chain}, звено {link.number}: не продолжает предыдущее, или его хеш не сходится"
