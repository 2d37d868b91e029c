"""How far the bot's updates are read, and by which worker. One row a bot; nothing of who wrote them is kept."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Engine, or_, select, update

from monitor.storage.database import insert_or_ignore, read_transaction, write_transaction
from monitor.storage.tables import chats, listeners

_NAME = "updates"


class UpdateCursor:
    """The lease on the updates and the place in them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def lease(self, worker: str, now: datetime, *, length: timedelta) -> int | None:
        """Become, or stay, the one who reads; returns the first update not dealt with. None: another worker reads."""
        free = or_(
            listeners.c.worker == worker,
            listeners.c.lease_until.is_(None),
            listeners.c.lease_until <= now,
            listeners.c.lease_until > now + length,  # the clock was set back
        )
        mine = update(listeners).where(listeners.c.name == _NAME, free).values(worker=worker, lease_until=now + length)
        with write_transaction(self._engine) as db:
            db.execute(insert_or_ignore(db, listeners).values(name=_NAME))
            first: int | None = db.scalar(mine.returning(listeners.c.next_update_id))
            return first

    def passed(self, update_id: int) -> None:
        """This update is dealt with: Telegram need not show it again."""
        further = listeners.c.next_update_id <= update_id
        with write_transaction(self._engine) as db:
            row = update(listeners).where(listeners.c.name == _NAME, further)
            db.execute(row.values(next_update_id=update_id + 1))

    def release(self) -> None:
        """Nobody reads: the process that did is dead, or ends."""
        with write_transaction(self._engine) as db:
            db.execute(update(listeners).where(listeners.c.name == _NAME).values(lease_until=None))

    def setting_of(self, number: str, name: str, served: Collection[str]) -> str:
        """What our settings call the chat of this number and "@name"; "" when it is none of `served`."""
        direct = (ours for ours in served if ours == number or (name and ours.lower() == name.lower()))
        if found := next(direct, ""):
            return found
        known = or_(chats.c.number == number, chats.c.moved_to == number)
        with read_transaction(self._engine) as db:
            return next(iter(db.scalars(select(chats.c.chat).where(known, chats.c.chat.in_(list(served))))), "")
