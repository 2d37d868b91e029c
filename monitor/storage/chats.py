"""The chats: every statement on `chats` and `sends`; and on `listeners` (one row a bot), which says how far the bot's
updates are read and by which worker. Nothing about the messages in them, nor who wrote them.

A forum topic is a chat of its own here, with its own row, queue and troubles. But Telegram limits and refuses by the
forum, so one rate limit serves all its topics: `stand_in_line` locks the rows of one Telegram chat in a fixed order,
its pauses hold for each of them, and their sends are counted together.

Functions that take a connection run within the caller's transaction.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from monitor.config.settings import TERMINAL
from monitor.models.outbox import ChatIdentity, DeliveryState, Pace, Settlement
from monitor.storage.chat_rows import paused_until, row_of, rows_of_chat
from monitor.storage.database import insert_or_ignore, read_transaction, write_transaction
from monitor.storage.outbox.destinations import take_up
from monitor.storage.tables import chats, deliveries, destinations, listeners, sends

_UPDATES = "updates"  # the row of our bot
MINUTE = timedelta(seconds=60)  # the window of the rate limit
_STAYS = "группа стала супергруппой: её прежние сообщения остаются, как есть"
TOLD_STATE = case(
    (and_(deliveries.c.state == DeliveryState.CANCELLED, deliveries.c.error == _STAYS), DeliveryState.SENT),
    else_=deliveries.c.state,
).label("told_state")
"""The state as shown to people: what a group showed before it became a supergroup counts as sent, though its row is
cancelled.
"""


class ChatStore:
    """The chats of one database. Instants are aware UTC; every method is one transaction and raises DatabaseError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def may_be_strangers(self, served: Collection[str]) -> bool:
        """Whether there are rows of chats not `served`; one may be a chat of ours under its former name."""
        shown = or_(chats.c.chat == TERMINAL, chats.c.chat.startswith(f"{TERMINAL}/"))
        strangers = select(chats.c.chat).where(chats.c.chat.notin_(set(served)), ~shown)
        with read_transaction(self._engine) as db:
            return db.scalar(strangers.limit(1)) is not None

    def count_send(self, chat: str, now: datetime) -> None:
        """Count a call that is no delivery against the chat's rate limit."""
        with write_transaction(self._engine) as db:
            count_send(db, chat, now)

    def pause(self, chat: str, until: datetime) -> None:
        """Send nothing to a chat before this time, or for longer if Telegram demanded that."""
        sooner = or_(chats.c.not_before_at.is_(None), chats.c.not_before_at < until)
        with write_transaction(self._engine) as db:
            db.execute(update(chats).where(chats.c.chat == chat, sooner).values(not_before_at=until))

    def close(self, chat: str, why: str, now: datetime) -> None:
        """Record that nothing can be sent to a chat, for a reason other than a delivery; the next `meet` opens it."""
        with write_transaction(self._engine) as db:
            since = row_of(stand_in_line(db, chat), chat).closed_at or now
            closed = {"closed": why, "closed_at": since, "number": None}
            db.execute(update(chats).where(chats.c.chat == chat).values(**closed))

    def meet(self, chat: str, identity: ChatIdentity, *, served: Collection[str], now: datetime) -> int:
        """Record which Telegram chat ours is, and take over its rows under former names.

        A chat served under its own name keeps its rows. Returns how many rows were taken over; rows whose post was
        already sent under the new name stay.
        """
        with write_transaction(self._engine) as db:
            db.execute(insert_or_ignore(db, chats).values(chat=chat, closed=""))
            before = row_of(_lock(db, true()), chat)
            known: dict[str, Any] = {} if before.moved_to else {"number": identity.number, "name": identity.name}
            if before.number is None:  # it may have been closed because its identity was unknown
                known |= {"closed": "", "closed_at": None}
            if known:
                db.execute(update(chats).where(chats.c.chat == chat).values(**known))
            others = select(chats).where(_is_same(identity), chats.c.chat.notin_({chat, *served}))
            return sum(_take_over(db, other, chat, now) for other in db.execute(others).all())

    def twin_of(self, chat: str) -> str:
        """Return another destination, served before this one, that is the same chat; "" if there is none."""
        with read_transaction(self._engine) as db:
            return db.scalar(_TWIN, {"chat": chat}) or ""


class UpdateCursor:
    """The lease on the updates, and the position in them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def lease(self, worker: str, now: datetime, *, length: timedelta) -> int | None:
        """Take or renew the lease; return the first update not handled, or None if another worker holds it."""
        free = or_(
            listeners.c.worker == worker,
            listeners.c.lease_until.is_(None),
            listeners.c.lease_until <= now,
        )
        mine = (
            update(listeners).where(listeners.c.name == _UPDATES, free).values(worker=worker, lease_until=now + length)
        )
        with write_transaction(self._engine) as db:
            db.execute(insert_or_ignore(db, listeners).values(name=_UPDATES))
            first: int | None = db.scalar(mine.returning(listeners.c.next_update_id))
            return first

    def advance(self, update_id: int) -> None:
        """Record that this update is handled, so that Telegram need not send it again."""
        further = listeners.c.next_update_id <= update_id
        with write_transaction(self._engine) as db:
            row = update(listeners).where(listeners.c.name == _UPDATES, further)
            db.execute(row.values(next_update_id=update_id + 1))

    def note_trouble(self, trouble: str) -> None:
        """Record why the updates cannot be read, for the alarms; "" if they can."""
        changed = and_(listeners.c.name == _UPDATES, listeners.c.trouble != trouble)
        with write_transaction(self._engine) as db:
            db.execute(update(listeners).where(changed).values(trouble=trouble))

    def release(self) -> None:
        """Release the lease: the process that read has died or is ending."""
        with write_transaction(self._engine) as db:
            db.execute(update(listeners).where(listeners.c.name == _UPDATES).values(lease_until=None))

    def setting_of(self, number: str, name: str, served: Collection[str]) -> str:
        """Return the name in our settings of the chat with this number and "@name"; "" if it is not `served`.

        An update without a chat number (a button below a message that Telegram no longer shows) belongs to none.
        """
        if not number:
            return ""
        direct = (chat for chat in served if chat == number or (name and chat.lower() == name.lower()))
        if ours := next(direct, ""):
            return ours
        known = or_(chats.c.number == number, chats.c.moved_to == number)
        with read_transaction(self._engine) as db:
            return next(iter(db.scalars(select(chats.c.chat).where(known, chats.c.chat.in_(list(served))))), "")


def _twin() -> Select[str]:
    ours, other, us, them = destinations.alias(), destinations.alias(), chats.alias(), chats.alias()
    same = and_(them.c.number == us.c.number, us.c.number.isnot(None))
    twins = (
        select(other.c.chat)
        .select_from(ours)
        .join(us, us.c.chat == ours.c.chat)
        .join(them, same)
        .join(other, other.c.chat == them.c.chat)
        .where(ours.c.chat == bindparam("chat"), other.c.place < ours.c.place, other.c.removed_at.is_(None))
    )
    return twins.order_by(other.c.place).limit(1)


_TWIN = _twin()
_OF_THESE = sends.c.chat.in_(bindparam("names", expanding=True))
_PAST = delete(sends).where(_OF_THESE, sends.c.at <= bindparam("until"))
_SENT = select(sends.c.at).where(_OF_THESE, sends.c.at <= bindparam("until")).order_by(sends.c.at.desc())


def stand_in_line(db: Connection, chat: str) -> Sequence[Row[Any]]:
    """Lock the rows of one Telegram chat, so that claims for any of its topics wait for each other; return the rows."""
    db.execute(insert_or_ignore(db, chats).values(chat=chat, closed=""))
    names = [row.chat for row in rows_of_chat(db.execute(select(chats)).all(), chat)]
    return _lock(db, chats.c.chat.in_(names))


def _lock(db: Connection, wanted: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """Lock rows in a fixed order, so that two topics cannot wait for each other."""
    return db.execute(select(chats).where(wanted).order_by(chats.c.chat).with_for_update()).all()


def gate(db: Connection, rows: Sequence[Row[Any]], chat: str, now: datetime, *, pace: Pace) -> datetime | None:
    """Return the time from which pauses and the rate limit allow another send; delete sends older than the window."""
    gates = (paused_until(rows, chat), _pace_gate(db, [row.chat for row in rows], now, pace))
    return max(filter(None, gates), default=None)


def _pace_gate(db: Connection, names: Sequence[str], now: datetime, pace: Pace) -> datetime | None:
    db.execute(_PAST, {"names": names, "until": now - MINUTE})
    at: Sequence[datetime] = db.scalars(_SENT, {"names": names, "until": now + MINUTE}).all()
    if not at:
        return None
    crowded = at[pace.per_minute - 1] + MINUTE if len(at) >= pace.per_minute else at[0]
    return min(max(at[0] + pace.spacing, crowded), now + MINUTE)


def count_send(db: Connection, chat: str, now: datetime) -> None:
    """Count one send against the rate limit."""
    db.execute(insert(sends).values(chat=chat, at=now))


def note(db: Connection, chat: str, settlement: Settlement, now: datetime) -> None:
    """Record what a settled send says about its chat: pause, closed or open, moved, the last accepted post."""
    known: dict[str, Any] = {
        "not_before_at": settlement.chat_not_before_at,
        "closed": settlement.chat_closed,
        "closed_at": case((chats.c.closed_at.is_(None), now), else_=chats.c.closed_at)
        if settlement.chat_closed
        else None,
    }
    if settlement.message_id is not None:
        known["last_message_id"] = _later(settlement.message_id)
    db.execute(update(chats).where(chats.c.chat == chat).values(**known))
    if settlement.chat_moved_to:
        _move(db, chat, settlement.chat_moved_to, now)


def _later(message_id: int) -> Any:
    last = chats.c.last_message_id
    return case((last > message_id, last), else_=message_id)


def _move(db: Connection, chat: str, number: str, now: datetime) -> None:
    """Record that the group is a supergroup now. Message numbers start anew, so old ones may be others' messages."""
    moved = {"moved_to": number, "number": number, "last_message_id": None}
    db.execute(update(chats).where(chats.c.chat == chat).values(**moved))
    old = and_(
        deliveries.c.chat == chat,
        deliveries.c.message_id.isnot(None),
        deliveries.c.state.in_([DeliveryState.SENT, DeliveryState.PENDING]),
    )
    stays = {"state": DeliveryState.CANCELLED, "message_id": None, "error": _STAYS, "updated_at": now}
    db.execute(update(deliveries).where(old).values(**stays))


def _is_same(identity: ChatIdentity) -> ColumnElement[bool]:
    return or_(
        chats.c.number == identity.number,
        chats.c.chat == identity.number,
        chats.c.moved_to == identity.number,
        and_(func.lower(chats.c.chat) == identity.name.lower(), chats.c.chat != ""),
    )


def _take_over(db: Connection, other: Row[Any], chat: str, now: datetime) -> int:
    _drop_unsent_twins(db, other.chat, chat, now)
    twin = deliveries.alias()
    twins = select(twin.c.id).where(
        twin.c.chat == chat,
        or_(
            and_(twin.c.story_id == deliveries.c.story_id, twin.c.part == deliveries.c.part),
            twin.c.key == deliveries.c.key,
        ),
    )
    free = and_(deliveries.c.chat == other.chat, deliveries.c.state != DeliveryState.SENDING, ~twins.exists())
    moved = db.execute(update(deliveries).where(free).values(chat=chat)).rowcount
    take_up(db, deliveries.c.chat == chat, now)  # a renamed channel was no longer served under its former name
    db.execute(update(sends).where(sends.c.chat == other.chat).values(chat=chat))
    if other.last_message_id is not None:
        db.execute(update(chats).where(chats.c.chat == chat).values(last_message_id=_later(other.last_message_id)))
    if not db.scalar(select(deliveries.c.id).where(deliveries.c.chat == other.chat).limit(1)):
        db.execute(delete(chats).where(chats.c.chat == other.chat))
    return moved


def _drop_unsent_twins(db: Connection, former: str, chat: str, now: datetime) -> None:
    """If a story is under both names and not yet sent under the new one, keep the former row with the new text."""
    old, new = deliveries.alias(), deliveries.alias()
    same = and_(new.c.story_id == old.c.story_id, new.c.part == old.c.part)
    unsent = and_(new.c.state == DeliveryState.PENDING, new.c.message_id.is_(None))
    pairs = (
        select(old.c.id, old.c.state, new.c.id.label("twin"), new.c.html, new.c.buttons)
        .join(new, same)
        .where(old.c.chat == former, new.c.chat == chat, unsent)
    )
    for pair in db.execute(pairs).all():
        db.execute(delete(deliveries).where(deliveries.c.id == pair.twin))
        state = DeliveryState.PENDING if pair.state == DeliveryState.SENT else pair.state
        wanted = {"html": pair.html, "buttons": pair.buttons, "state": state, "updated_at": now}
        revision = deliveries.c.wanted_revision + 1
        db.execute(update(deliveries).where(deliveries.c.id == pair.id).values(wanted_revision=revision, **wanted))
