"""Get the heads of the chains stamped by outside authorities: one request a minute to each, until they answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from monitor.errors import EvidenceError
from monitor.evidence import stamping, timestamps
from monitor.models.clock import Clock
from monitor.storage.evidence.stamps import StampStore

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamper:
    """Asks `authorities` (addresses) through `client`."""

    store: StampStore
    client: timestamps.Client
    authorities: Sequence[str]
    roots: bytes  # PEM; empty: signatures must hold, but whom to trust is left to the reader
    clock: Clock

    async def round(self) -> None:
        """Ask whoever may be asked now. Raises DatabaseError."""
        asked_at, failures = await asyncio.to_thread(self.store.last_requests)
        await asyncio.gather(*(self._ask(one, asked_at.get(one), failures.get(one, 0)) for one in self.authorities))

    async def _ask(self, authority: str, asked_at: datetime | None, failures: int) -> None:
        waiting = await asyncio.to_thread(self.store.waiting, authority)
        now = self.clock()
        link = stamping.due(waiting, asked_at=asked_at, failures=failures, now=now)
        if link is None:
            return
        try:
            stamp = await timestamps.stamp(link.hash, authority, client=self.client, roots=self.roots)
        except EvidenceError as error:
            log.warning("no time stamp; asked again", action="stamp", authority=authority, error=str(error))
            await asyncio.to_thread(self.store.record_failure, link.hash, authority, str(error), now)
        else:
            await asyncio.to_thread(self.store.record, stamp, now)
