"""The outbox: every statement on deliveries except for digests (digests.py) and posts in doubt (uncertain.py).

Rows are written by `want`, inside the transaction that records a poll, and by `tell`; bot/dispatcher.py claims, sends
and settles them, by the rules in tables.py. Synchronous: callers in the event loop use `asyncio.to_thread`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, bindparam, case, func, or_, select, update

from monitor.models.channels import Destination, Tongue
from monitor.models.outbox import (
    Buttons,
    Delivery,
    DeliveryKind,
    DeliveryState,
    OutboxRow,
    Pace,
    Settlement,
    Wait,
    WantedPost,
)
from monitor.storage import chats
from monitor.storage.chat_rows import row_of
from monitor.storage.corrections.rows import withdraw_unsent
from monitor.storage.database import read_transaction, upsert, write_transaction
from monitor.storage.outbox.destinations import is_old, may_know
from monitor.storage.outbox.digests import fold
from monitor.storage.outbox.uncertain import RESTORED, uncertain_values
from monitor.storage.tables import articles, deliveries, delivery_photos, stories
from monitor.storage.tables import chats as chat_rows
from monitor.stories.corrections import removal
from monitor.stories.post import STORY_NUMBER
from monitor.text.telegram_html import first_line, headline
from monitor.text.urls import message_link, public_name

AFTER = 1_000_000  # offset of part numbers of replies that are notices: no story has so many parts
_QUOTED_UNITS = 100  # of the headline of the message that a post replies to
# states in which Telegram's answer is final
_ANSWERED = (DeliveryState.SENT, DeliveryState.REJECTED, DeliveryState.CANCELLED)

# Statements for every look at a chat: built once, since building takes longer than executing.
_OF_CHAT = deliveries.c.chat == bindparam("chat")
_UNSETTLED = (
    select(deliveries.c.id)
    .where(_OF_CHAT, deliveries.c.state.in_([DeliveryState.PENDING, DeliveryState.SENDING]))
    .limit(1)
)
_HELD = (
    select(deliveries.c.lease_until)
    .where(_OF_CHAT, deliveries.c.state == DeliveryState.SENDING)
    .order_by(deliveries.c.lease_until)
)
_NEXT_PENDING = (
    select(deliveries)
    .where(_OF_CHAT, deliveries.c.state == DeliveryState.PENDING)
    .order_by(deliveries.c.html != "", deliveries.c.message_id.isnot(None), deliveries.c.id)
    .limit(1)
)


def want(db: Connection, story_id: int, post: WantedPost, now: datetime) -> None:
    """Set what a chat should show for a part of a story; a sent post whose text changed becomes pending again.

    A chat added after the others were told gets nothing. A post that may have been sent before a backup was restored is
    put in doubt.
    """
    identity = {"story_id": story_id, "chat": post.chat, "part": post.part}
    is_new = post.kind is DeliveryKind.STORY and not _has(db, identity)
    if is_new and is_old(db, story_id, post.part, post.chat):
        return
    html = post.html.replace(STORY_NUMBER, str(story_id))
    _wish(db, identity, {"kind": post.kind, "html": html, "buttons": post.buttons, "silent": post.silent}, now)
    if is_new and may_know(db, story_id, post.part, post.chat, now):
        db.execute(update(deliveries).filter_by(**identity).values(**uncertain_values(RESTORED, now)))


def tell(
    db: Connection, chat: str, key: str, html: str, *, now: datetime, silent: bool = False, buttons: Buttons = ()
) -> None:
    """Put a notice for a chat. With a known key it is the same notice, edited if the text differs."""
    shown = {"kind": DeliveryKind.NOTICE, "html": html, "buttons": buttons, "silent": silent}
    _wish(db, {"chat": chat, "key": key}, shown, now)


def is_told(db: Connection, chat: str, key: str) -> bool:
    """Whether a notice of this key was ever put for a chat: an order that is read once more is answered already."""
    return _has(db, {"chat": chat, "key": key})


def reply(db: Connection, chat: str, key: str, html: str, *, story_id: int, number: int, now: datetime) -> None:
    """Put a notice that replies to a story's post; `number` must differ for each notice of the story."""
    shown = {"kind": DeliveryKind.NOTICE, "html": html, "buttons": (), "story_id": story_id, "part": AFTER + number}
    _wish(db, {"chat": chat, "key": key}, shown, now)


def _has(db: Connection, identity: dict[str, Any]) -> bool:
    return db.execute(select(deliveries.c.id).filter_by(**identity)).first() is not None


def _wish(db: Connection, identity: dict[str, Any], shown: dict[str, Any], now: datetime) -> None:
    """Insert or update the row of an identity, if it should show something else than before."""
    mine = and_(*(deliveries.c[name] == value for name, value in identity.items()))
    row = db.execute(select(deliveries.c.html, deliveries.c.buttons).where(mine)).first()
    if row and (row.html, read_buttons(row.buttons)) == (shown["html"], shown["buttons"]):
        return
    sent, pending = DeliveryState.SENT, DeliveryState.PENDING
    moved = shown | {
        "wanted_revision": deliveries.c.wanted_revision + 1,
        "state": case((deliveries.c.state == sent, pending), else_=deliveries.c.state),
        "updated_at": now,
    }
    new = identity | shown | {"wanted_revision": 1, "state": pending, "created_at": now, "updated_at": now}
    keys = [deliveries.c[name] for name in identity]
    db.execute(upsert(db, deliveries).values(**new).on_conflict_do_update(index_elements=keys, set_=moved))


# What may be deleted: it is known what the chat shows, and the message is the row's own.
REMOVABLE = or_(
    deliveries.c.state.in_([DeliveryState.PENDING, DeliveryState.SENT]),
    and_(deliveries.c.state == DeliveryState.SENDING, deliveries.c.message_id.isnot(None)),
)


def remove(db: Connection, row: ColumnElement[bool], now: datetime) -> Row[Any] | None:
    """Make a chat show nothing for a row. Returns the row as it is now; None if it is not REMOVABLE."""
    unsent = and_(deliveries.c.state == DeliveryState.PENDING, deliveries.c.message_id.is_(None))
    sent = deliveries.c.state == DeliveryState.SENT
    nothing = {
        "html": "",
        "wanted_revision": deliveries.c.wanted_revision + 1,
        "state": case((unsent, DeliveryState.CANCELLED), (sent, DeliveryState.PENDING), else_=deliveries.c.state),
        "updated_at": now,
    }
    removed = update(deliveries).where(row, REMOVABLE).values(**nothing)
    return db.execute(removed.returning(deliveries)).first()


def announce_removal(db: Connection, removed: Row[Any], called: str, *, chat: str, now: datetime) -> None:
    """Tell a chat that a post is being deleted; `Outbox.settle` adds the result there."""
    notice = removal.ordered_notice(f"«{called}»", address_of(db, removed.chat, removed.message_id))
    if removed.state == DeliveryState.CANCELLED:
        notice = removal.ended_notice(notice, Settlement(state=DeliveryState.CANCELLED))
    tell(db, chat, removal.notice_key(removed.id), notice, now=now)


def address_of(db: Connection, chat: str, message_id: int | None) -> str:
    """Return the link to a message of one of our chats; "" if it has no address."""
    known = db.execute(select(chat_rows.c.name, chat_rows.c.number).where(chat_rows.c.chat == chat)).first()
    name = public_name(chat, (known and known.name) or "") or (known and known.number) or chat
    return message_link(name, message_id)


def read_buttons(stored: Sequence[Sequence[Sequence[str]]]) -> Buttons:
    """Convert buttons from JSON."""
    return tuple(tuple((str(label), str(data)) for label, data in row) for row in stored)


class Outbox:
    """What the chats should show, and what they are known to show. Instants are aware UTC.

    `destinations` give the language for each chat; the attribute may be replaced.
    """

    def __init__(self, engine: Engine, *, destinations: Sequence[Destination] = ()) -> None:
        self._engine = engine
        self.destinations = destinations

    # ── the life of a delivery ──────────────────────────────────────────────────────────────────────────────

    def tell(
        self, chat: str, key: str, html: str, *, now: datetime, silent: bool = False, buttons: Buttons = ()
    ) -> None:
        """Call the function `tell` in a transaction of its own."""
        with write_transaction(self._engine) as db:
            tell(db, chat, key, html, now=now, silent=silent, buttons=buttons)

    def recover(self, now: datetime, *, everything: bool) -> int:
        """Settle claims whose process died while `sending`: a post becomes `uncertain`, an edit `pending`.

        `everything`: no claim can be alive (one process, which holds the instance lock); otherwise only claims with an
        expired lease. Returns how many became uncertain.
        """
        with write_transaction(self._engine) as db:
            dead = deliveries.c.state == DeliveryState.SENDING
            return self._expire(db, dead if everything else and_(dead, deliveries.c.lease_until <= now), now)

    @staticmethod
    def _expire(db: Connection, dead: Any, now: datetime) -> int:
        posting = and_(dead, deliveries.c.message_id.is_(None))
        in_doubt = uncertain_values("процесс прервался во время отправки: сообщение могло уйти", now)
        count = db.execute(update(deliveries).where(posting).values(**in_doubt)).rowcount
        db.execute(update(deliveries).where(dead).values(state=DeliveryState.PENDING, updated_at=now))
        return count

    def claim(self, chat: str, now: datetime, *, lease: timedelta, pace: Pace) -> Delivery | Wait | None:
        """Claim the next delivery of a chat, or return Wait if one is ready but may not be sent yet.

        Deletions come before first posts, those before edits, older stories before newer ones; a flood of posts becomes
        digests first. If nothing waits, as at most ticks, no write lock is taken.
        """
        if not self._is_awaited(chat):
            return None
        with write_transaction(self._engine) as db:
            known = chats.stand_in_line(db, chat)
            mine = deliveries.c.chat == chat
            in_flight = db.scalar(_HELD, {"chat": chat})
            if in_flight and in_flight <= now:
                dead = (deliveries.c.state == DeliveryState.SENDING, deliveries.c.lease_until <= now)
                self._expire(db, and_(mine, *dead), now)
                in_flight = db.scalar(_HELD, {"chat": chat})
            row = db.execute(_NEXT_PENDING, {"chat": chat}).first()
            if row and row.message_id is None and withdraw_unsent(db, mine, now):
                row = db.execute(_NEXT_PENDING, {"chat": chat}).first()
            if row is None:
                return None
            gates = (in_flight, chats.gate(db, known, chat, now, pace=pace))
            gate = max((instant for instant in gates if instant is not None), default=now)
            if gate > now:
                return Wait(until=gate)
            if row.message_id is None and fold(db, chat, now, tongue=self._tongue(chat)):
                row = db.execute(_NEXT_PENDING, {"chat": chat}).one()
            return _take(db, row, row_of(known, chat), now, lease)

    def _tongue(self, chat: str) -> Tongue:
        return next((to.tongue for to in self.destinations if to.chat == chat), "ru")

    def _is_awaited(self, chat: str) -> bool:
        """Whether any delivery of this chat is pending or being sent."""
        with read_transaction(self._engine) as db:
            return db.scalar(_UNSETTLED, {"chat": chat}) is not None

    def settle(self, delivery: Delivery, settlement: Settlement, now: datetime) -> bool:
        """End a claim. False if the claim is no longer ours (its lease expired), and nothing was written."""
        mine = and_(
            deliveries.c.id == delivery.id,
            deliveries.c.lease_no == delivery.lease_no,
            deliveries.c.state == DeliveryState.SENDING,
        )
        changes: dict[str, Any] = {"state": settlement.state, "error": settlement.error, "lease_until": None}
        if settlement.state is not DeliveryState.PENDING:  # what was refused still waits since it was first wanted
            changes["updated_at"] = now
        if settlement.state is DeliveryState.UNCERTAIN:
            changes |= uncertain_values(settlement.error, now)
        if settlement.state in _ANSWERED:
            moved_on = deliveries.c.wanted_revision > delivery.revision
            changes["state"] = case((moved_on, DeliveryState.PENDING), else_=settlement.state)
        if settlement.state is DeliveryState.SENT:
            changes |= {"sent_revision": delivery.revision, "message_id": settlement.message_id}
            changes["sent_at"] = func.coalesce(deliveries.c.sent_at, now)
        with write_transaction(self._engine) as db:
            if db.execute(update(deliveries).where(mine).values(**changes)).rowcount != 1:
                return False
            chats.note(db, delivery.chat, settlement, now)
            if not delivery.html and settlement.state in _ANSWERED:
                _tell_of_removal(db, delivery.id, settlement, now)
        return True

    # ── for the operator ────────────────────────────────────────────────────────────────────────────────────

    def rows(self, states: Iterable[DeliveryState]) -> tuple[OutboxRow, ...]:
        """Return the rows in these states, oldest first, with the headline that began their part of the story."""
        telling = articles.alias()
        of_its_part = and_(telling.c.story_id == deliveries.c.story_id, telling.c.part == deliveries.c.part)
        first = select(func.min(telling.c.id)).where(of_its_part).correlate(deliveries)
        names = ("id", "kind", "chat", "html", "attempts", "error", "updated_at")
        columns = [deliveries.c[name] for name in names]
        rows = (
            select(*columns, chats.TOLD_STATE, articles.c.title, articles.c.url)
            .select_from(deliveries)
            .join(articles, articles.c.id == first.scalar_subquery(), isouter=True)
            .where(deliveries.c.state.in_(list(states)))
            .order_by(deliveries.c.id)
        )
        with read_transaction(self._engine) as db:
            return tuple(_row(row) for row in db.execute(rows).all())

    def decide(self, delivery_id: int, *, allowed: Iterable[DeliveryState], to: DeliveryState, now: datetime) -> bool:
        """Set a row's state for an operator; False if it is not in one of the `allowed` states."""
        mine = and_(deliveries.c.id == delivery_id, deliveries.c.state.in_(list(allowed)))
        with write_transaction(self._engine) as db:
            return db.execute(update(deliveries).where(mine).values(state=to, error="", updated_at=now)).rowcount == 1


def _tell_of_removal(db: Connection, delivery_id: int, settlement: Settlement, now: datetime) -> None:
    """Update the notices about a deletion."""
    key = removal.notice_key(delivery_id)
    for notice in db.execute(select(deliveries.c.chat, deliveries.c.html).filter_by(key=key)).all():
        tell(db, notice.chat, key, removal.ended_notice(notice.html, settlement), now=now)


def _take(db: Connection, row: Row[Any], chat: Row[Any], now: datetime, lease: timedelta) -> Delivery | None:
    """Set a pending row to `sending`, by conditional update, and count it against the rate limit."""
    claimed = {
        "state": DeliveryState.SENDING,
        "lease_no": row.lease_no + 1,
        "lease_until": now + lease,
        "attempts": row.attempts + 1,
        "after_message_id": chat.last_message_id,
    }
    free = and_(deliveries.c.id == row.id, deliveries.c.state == DeliveryState.PENDING)
    if db.execute(update(deliveries).where(free).values(**claimed)).rowcount != 1:
        return None  # an operator cancelled it just now
    chats.count_send(db, row.chat, now)
    reply_to, quote = _answered(db, row) if row.message_id is None else (None, "")
    return Delivery(
        id=row.id,
        kind=DeliveryKind(row.kind),
        story_id=row.story_id,
        chat=row.chat,
        address=chat.moved_to or row.chat,
        html=row.html,
        revision=row.wanted_revision,
        message_id=row.message_id,
        reply_to=reply_to,
        quote=quote,
        buttons=read_buttons(row.buttons),
        silent=row.silent,
        photo=_photo(db, row) if row.message_id is None else b"",
        attempts=row.attempts + 1,
        lease_no=row.lease_no + 1,
    )


def _photo(db: Connection, row: Row[Any]) -> bytes:
    """Return the picture of a digest; b"" for none."""
    if row.kind != DeliveryKind.DIGEST:
        return b""
    return db.scalar(select(delivery_photos.c.photo).filter_by(delivery_id=row.id)) or b""


def _answered(db: Connection, row: Row[Any]) -> tuple[int | None, str]:
    """Return the message in the same chat to which a post replies: the story's first one, else that of the story it
    follows; with its headline as shown, to be quoted.

    If the message's text has changed since, the quotation may not match (bot/client.py then quotes nothing). A part
    told by a digest is replied to there, without a quotation.
    """
    if row.story_id is None:
        return None, ""
    followed = db.scalar(_FOLLOWED, {"story": row.story_id})
    asked = {"story": row.story_id, "stories": [row.story_id, followed or row.story_id], "part": row.part}
    message_id, shown = db.execute(_MESSAGE_ANSWERED, asked | {"chat": row.chat}).first() or (None, "")
    return message_id, headline(shown, _QUOTED_UNITS)


def _message_answered() -> Any:
    digest = deliveries.alias()
    message = func.coalesce(deliveries.c.message_id, digest.c.message_id)
    own = deliveries.c.story_id == bindparam("story")
    # By story first: its index finds two rows where that on chats would read them all.
    in_chat = and_(deliveries.c.story_id.in_(bindparam("stories", expanding=True)), _OF_CHAT)
    earlier = or_(deliveries.c.part < bindparam("part"), ~own)
    html = case((deliveries.c.message_id.is_(None), ""), else_=deliveries.c.html)
    sent = select(message, html).join(digest, digest.c.id == deliveries.c.digest_id, isouter=True)
    return sent.where(in_chat, earlier, message.isnot(None)).order_by(own.desc(), deliveries.c.part).limit(1)


_FOLLOWED = select(stories.c.follows).where(stories.c.id == bindparam("story"))
_MESSAGE_ANSWERED = _message_answered()


def _row(row: Any) -> OutboxRow:
    return OutboxRow(
        id=row.id,
        kind=DeliveryKind(row.kind),
        chat=row.chat,
        state=DeliveryState(row.told_state),
        title=row.title or first_line(row.html),
        url=row.url or "",
        attempts=row.attempts,
        error=row.error,
        updated_at=row.updated_at,
    )
