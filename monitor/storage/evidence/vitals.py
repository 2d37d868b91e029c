"""Evidence for monitoring: numbers, the last links and copies, files that may be deleted. Read-only."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple

from sqlalchemy import Connection, Engine, and_, case, exists, func, or_, select

from monitor.models.evidence import Kept, Link
from monitor.models.health import EvidenceVitals, StampVitals
from monitor.storage.database import chunks, read_transaction
from monitor.storage.evidence.rows import link_rows, read_link
from monitor.storage.evidence.schema import captures, pages, stamps
from monitor.storage.evidence.stamps import StampStore

FRESH = timedelta(minutes=1)  # numbers that grow with the evidence are not counted more often
UNSETTLED = 100  # the newest rows: with several workers, a lower number may come after a higher one


class _Totals(NamedTuple):
    upto: int  # the number of the last row counted
    captures: int
    size: int


class EvidenceStats:
    """Figures of the evidence. Instants are aware UTC; methods may be called from any thread and raise
    DatabaseError.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine, self._stamps = engine, StampStore(engine)
        self._totals = _Totals(0, 0, 0)
        self._seen: tuple[datetime, tuple[object, ...], EvidenceVitals] | None = None
        self._lock = Lock()

    def vitals(self, now: datetime, *, worker: str = "", authorities: Sequence[str] = ()) -> EvidenceVitals:
        """Return the state of the copies, at most a minute old, for this `worker`'s last copy and these stamping
        `authorities`.
        """
        asked = (worker, *authorities)
        with self._lock:
            if self._seen is None or self._seen[1] != asked or not timedelta(0) <= now - self._seen[0] < FRESH:
                self._seen = now, asked, self._look(now, worker, authorities)
            return self._seen[2]

    def _look(self, now: datetime, worker: str, authorities: Sequence[str]) -> EvidenceVitals:
        stamped = tuple(map(self._stamp_vitals, authorities))
        with read_transaction(self._engine) as db:
            totals, due = self._count(db), _longest_due(db, now)
            return EvidenceVitals(
                pages=db.scalar(select(func.count()).where(pages.c.due_at.isnot(None))) or 0,
                captures=totals.captures,
                size=totals.size,
                due_since=due[0] if due else None,
                due_url=due[1] if due else "",
                kept_at=_kept_at(db, worker),
                unstamped=_unstamped(db, authorities) if authorities else None,
                stamps=stamped,
            )

    def _count(self, db: Connection) -> _Totals:
        """Count all rows. Rows are only added, so only new ones are read."""
        last = db.scalar(select(func.max(captures.c.id))) or 0
        self._totals = _added(db, self._totals, upto=max(last - UNSETTLED, self._totals.upto))
        return _added(db, self._totals, upto=last)

    def _stamp_vitals(self, authority: str) -> StampVitals:
        waiting = min((link.taken_at for link in self._stamps.waiting(authority)), default=None)
        mine = select(stamps.c.asked_at, stamps.c.problem).where(stamps.c.authority == authority)
        with read_transaction(self._engine) as db:
            last = db.execute(mine.order_by(stamps.c.asked_at.desc()).limit(1)).first()
            given = mine.where(stamps.c.token.isnot(None)).with_only_columns(func.max(stamps.c.asked_at))
            given_at: datetime | None = db.scalar(given)
        problem = last.problem if last else ""
        return StampVitals(authority=authority, waiting_since=waiting, given_at=given_at, problem=problem)

    # ── what is to be checked ───────────────────────────────────────────────────────────────────────────────

    def chains(self) -> tuple[str, ...]:
        """Return the names of all chains."""
        with read_transaction(self._engine) as db:
            return tuple(db.scalars(select(captures.c.chain).distinct().order_by(captures.c.chain)))

    def orphaned_stamps(self) -> tuple[str, ...]:
        """Return the beginnings of stamped hashes that are in no chain: such links were removed."""
        lost = ~exists().where(captures.c.hash == stamps.c.hash)
        with read_transaction(self._engine) as db:
            given = select(stamps.c.hash).where(stamps.c.token.isnot(None), lost).distinct()
            return tuple(
                stamped_hash[:16] for stamped_hash in db.scalars(given.order_by(stamps.c.hash).limit(UNSETTLED))
            )

    def links(self, chain: str, *, since: datetime | None = None) -> Iterator[Link]:
        """Yield the links of a chain in order: all, or the one before the first made `since`, and all from that one."""
        rows = link_rows(chain)
        if since:
            lately = select(func.min(captures.c.number)).where(captures.c.chain == chain, captures.c.taken_at >= since)
            rows = rows.where(captures.c.number >= lately.scalar_subquery() - 1)
        with read_transaction(self._engine) as db:
            yield from map(read_link, db.execute(rows.execution_options(yield_per=500)))

    def copies(self, chain: str, *, since: datetime, limit: int) -> tuple[Kept, ...]:
        """Return where the newest copies of a chain made `since` are, at most `limit`, the newest first."""
        place = (captures.c.file, captures.c.offset, captures.c.length, captures.c.digest)
        mine = and_(captures.c.chain == chain, captures.c.taken_at >= since, captures.c.page_id.isnot(None))
        newest = select(*place).where(mine).order_by(captures.c.number.desc()).limit(limit)
        with read_transaction(self._engine) as db:
            return tuple(Kept(**row._asdict()) for row in db.execute(newest))

    def outlived_files(self, files: Collection[str], before: datetime) -> frozenset[str]:
        """Return those of the files whose copies were all made `before`, none of a page still watched.

        Files unknown to the database are not among them.
        """
        watched = func.max(case((pages.c.due_at.isnot(None), 1), else_=0))
        known = select(captures.c.file).join(pages, pages.c.id == captures.c.page_id).group_by(captures.c.file)
        old = known.having(and_(func.max(captures.c.taken_at) < before, watched == 0))
        with read_transaction(self._engine) as db:
            some = chunks(sorted(files))
            return frozenset(file for names in some for file in db.scalars(old.where(captures.c.file.in_(names))))


def _added(db: Connection, totals: _Totals, *, upto: int) -> _Totals:
    new = and_(captures.c.id > totals.upto, captures.c.id <= upto, captures.c.page_id.isnot(None))
    count, size = db.execute(select(func.count(), func.sum(captures.c.length)).where(new)).one()
    return _Totals(upto, totals.captures + count, totals.size + int(size or 0))


def _longest_due(db: Connection, now: datetime) -> tuple[datetime, str] | None:
    free = or_(pages.c.lease_until.is_(None), pages.c.lease_until <= now)
    first = select(pages.c.due_at, pages.c.url).where(free, pages.c.due_at <= now).order_by(pages.c.due_at).limit(1)
    row = db.execute(first).first()
    return (row.due_at, row.url) if row else None


def _kept_at(db: Connection, worker: str) -> datetime | None:
    mine = select(captures.c.taken_at).where(captures.c.chain == worker, captures.c.page_id.isnot(None))
    at: datetime | None = db.scalar(mine.order_by(captures.c.number.desc()).limit(1))
    return at


def _unstamped(db: Connection, authorities: Sequence[str]) -> int:
    """Return how many links have no stamp, by numbers alone: a chain's numbers have no gaps."""
    given = and_(stamps.c.hash == captures.c.hash, stamps.c.token.isnot(None), stamps.c.authority.in_(authorities))
    upto = select(captures.c.chain, func.max(captures.c.number)).group_by(captures.c.chain)
    covered = {row[0]: row[1] for row in db.execute(upto.join(stamps, given))}
    return sum(last - covered.get(chain, 0) for chain, last in db.execute(upto))
