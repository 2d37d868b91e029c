"""Copies of pages as a worker keeps them: real WARC files, real links, rows put straight into the database."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, insert, select, update

from monitor.evidence import chain
from monitor.evidence.warc import WarcStore
from monitor.models.evidence import Exchange, Kept, Link
from monitor.storage.database import write_transaction
from monitor.storage.evidence.schema import captures, pages


@dataclass(kw_only=True)
class KeptPages:
    """What one worker keeps in a folder of its own."""

    engine: Engine
    folder: Path
    worker: str = "one"
    links: list[Link] = field(default_factory=list)

    def keep(self, number: int, at: datetime, *, due_at: datetime | None = None) -> Kept:
        """Keep the page of this number at this time; `due_at` is when it is looked at next, None: never again."""
        url = f"https://news.example/{number}"
        body = f"<p>{number} {at}</p>".encode()
        exchange = Exchange(url=url, asked_at=at, request=(), status=200, headers=(), body=body)
        kept = WarcStore(self.folder, self.worker).append([exchange], entry=b"{}", taken_at=at)
        self._put(self._watched(url, at, due_at), at, kept)
        return kept

    def join(self, at: datetime) -> None:
        """Add a link that keeps no page."""
        self._put(None, at, Kept(file="", offset=0, length=0, digest=chain.heads_digest(self.links)))

    def _put(self, page_id: int | None, at: datetime, kept: Kept) -> None:
        last = self.links[-1] if self.links else None
        link = chain.link(last, chain=self.worker, digest=kept.digest, taken_at=at)
        self.links.append(link)
        row = {name: getattr(link, name) for name in Link.__dataclass_fields__}
        place = {"file": kept.file, "offset": kept.offset, "length": kept.length}
        with write_transaction(self.engine) as db:
            db.execute(insert(captures).values(page_id=page_id, status=200, **place, **row))

    def _watched(self, url: str, at: datetime, due_at: datetime | None) -> int:
        with write_transaction(self.engine) as db:
            known = db.scalar(select(pages.c.id).where(pages.c.url == url))
            if known:
                db.execute(update(pages).where(pages.c.id == known).values(due_at=due_at))
                return int(known)
            row = {"canonical_url": url, "url": url, "feed": "Лента", "begun_at": at, "due_at": due_at}
            return int(db.execute(insert(pages).values(**row).returning(pages.c.id)).scalar_one())
