"""Time stamps of the chains of captures: what waits for one, requests, answers. Nothing is decided here."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Engine, and_, func, or_, select

from monitor.models.evidence import Link, TimeStamp
from monitor.storage.database import chunks, read_transaction, upsert, write_transaction
from monitor.storage.evidence.rows import read_link, read_stamp
from monitor.storage.evidence.schema import captures, stamps


class StampStore:
    """The stamps of one database. Instants are aware UTC; every method is one transaction and raises DatabaseError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def waiting(self, authority: str) -> tuple[Link, ...]:
        """Return for every chain that an authority has not stamped to its end its first unstamped link, and its
        last.
        """
        given = and_(stamps.c.hash == captures.c.hash, stamps.c.authority == authority, stamps.c.token.isnot(None))
        covered = select(captures.c.chain, func.max(captures.c.number).label("upto")).join(stamps, given)
        done = covered.group_by(captures.c.chain).subquery()
        open_ = captures.c.number > func.coalesce(done.c.upto, 0)
        bounds = (
            select(
                captures.c.chain, func.min(captures.c.number).label("low"), func.max(captures.c.number).label("high")
            )
            .join(done, done.c.chain == captures.c.chain, isouter=True)
            .where(open_)
            .group_by(captures.c.chain)
            .subquery()
        )
        same = and_(
            captures.c.chain == bounds.c.chain,
            or_(captures.c.number == bounds.c.low, captures.c.number == bounds.c.high),
        )
        ordered = select(captures).join(bounds, same).order_by(captures.c.chain, captures.c.number)
        with read_transaction(self._engine) as db:
            return tuple(map(read_link, db.execute(ordered)))

    def last_requests(self) -> tuple[Mapping[str, datetime], Mapping[str, int]]:
        """Return by authority when it was last asked, and how many of its answers failed since its last stamp."""
        latest = select(stamps.c.authority, stamps.c.asked_at, stamps.c.failures).order_by(stamps.c.asked_at)
        with read_transaction(self._engine) as db:
            rows = db.execute(latest).all()
        return {row.authority: row.asked_at for row in rows}, {row.authority: row.failures for row in rows}

    def record(self, stamp: TimeStamp, now: datetime) -> None:
        """Record a stamp."""
        given = {"token": stamp.token, "stamped_at": stamp.stamped_at, "failures": 0, "problem": ""}
        self._put(stamp.hash, stamp.authority, now, **given)

    def record_failure(self, link_hash: str, authority: str, problem: str, now: datetime) -> None:
        """Record that an authority gave no stamp, and why, in Russian."""
        _, failures = self.last_requests()
        self._put(link_hash, authority, now, failures=failures.get(authority, 0) + 1, problem=problem)

    def list_stamps(self, hashes: Sequence[str]) -> tuple[TimeStamp, ...]:
        """Return the stamps of these links, the earliest first."""
        with read_transaction(self._engine) as db:
            rows = [
                row
                for some in chunks(hashes)
                for row in db.execute(select(stamps).where(stamps.c.hash.in_(some), stamps.c.token.isnot(None)))
            ]
        return tuple(sorted(map(read_stamp, rows), key=lambda stamp: (stamp.stamped_at, stamp.authority)))

    def _put(self, link_hash: str, authority: str, now: datetime, **values: object) -> None:
        row = {"hash": link_hash, "authority": authority}
        known = values | {"asked_at": now}
        with write_transaction(self._engine) as db:
            new = upsert(db, stamps).values(**row, **known)
            db.execute(new.on_conflict_do_update(index_elements=["hash", "authority"], set_=known))
