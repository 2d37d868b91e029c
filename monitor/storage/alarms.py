"""The alarms between two looks: every statement on the table `alarms`. What they mean stands in health/alarms.py."""

from collections.abc import Iterable

from sqlalchemy import Engine, delete, select

from monitor.models.health import Alarm, ConditionKind
from monitor.storage.database import read_transaction, upsert, write_transaction
from monitor.storage.tables import alarms

_KINDS = frozenset(ConditionKind)


class AlarmStore:
    """What is wrong, since when, and whether it was told."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def alarms(self) -> tuple[Alarm, ...]:
        """Everything remembered, the longest standing first; kinds of another version of the program are left out."""
        with read_transaction(self._engine) as db:
            rows = [row._asdict() for row in db.execute(select(alarms).order_by(alarms.c.since, alarms.c.key))]
        return tuple(Alarm(**row) for row in rows if row["key"].partition(":")[0] in _KINDS)

    def keep(self, kept: Iterable[Alarm]) -> None:
        """Remember these and no others."""
        rows = {alarm.key: alarm for alarm in kept}
        with write_transaction(self._engine) as db:
            db.execute(delete(alarms).where(alarms.c.key.not_in(rows)))
            for alarm in rows.values():
                row = {name: getattr(alarm, name) for name in Alarm.__dataclass_fields__}
                known = upsert(db, alarms).values(**row)
                db.execute(known.on_conflict_do_update(index_elements=[alarms.c.key], set_=row))
