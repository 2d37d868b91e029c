"""Pages under watch, put straight into the database: what looks leave behind, without looking."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine

from monitor.evidence import chain
from monitor.models.evidence import Finding, Kept, Link, Sight, TimeStamp, Version
from monitor.storage.evidence.looks import EvidenceStore
from monitor.storage.evidence.notices import NOBODY
from monitor.storage.evidence.stamps import StampStore

CHAIN = "узел"
HOUR = timedelta(hours=1)


@dataclass(kw_only=True)
class WatchedPages:
    """The page of the one article that was posted into this database; each look comes an hour after the one before."""

    engine: Engine
    at: datetime
    links: list[Link] = field(default_factory=list)

    def look(self, sight: Sight, said: str = "", *, keeps: bool = False, status: int = 200, moved_to: str = "") -> None:
        """Record a look at the page that is due."""
        store = EvidenceStore(self.engine, NOBODY)
        (page,) = store.claim(self.at, limit=1, lease=HOUR)
        digest = hashlib.sha256(str(self.at).encode()).hexdigest()
        finding = Finding(
            at=self.at,
            sight=sight,
            said=said,
            state=b"{}",
            next_look_at=self.at + HOUR,
            moved_to=moved_to,
            kept=Kept(file="20261122-node.warc.gz", offset=421, length=5_120, digest=digest) if keeps else None,
            status=status if keeps else 0,
            version=Version(title="Суд", text="Выдал.") if keeps and status == 200 else None,
        )
        assert store.record(page, finding, self._next_link, chain=CHAIN)
        self.at += HOUR

    def stamp(self, authority: str = "https://tsa.example/tsr") -> None:
        """Have the last link stamped now."""
        given = TimeStamp(hash=self.links[-1].hash, authority=authority, token=b"0", stamped_at=self.at)
        StampStore(self.engine).record(given, self.at)

    def _next_link(self, previous: Link | None) -> Link:
        digest = hashlib.sha256(str(self.at).encode()).hexdigest()
        self.links.append(chain.link(previous, chain=CHAIN, digest=digest, taken_at=self.at))
        return self.links[-1]
