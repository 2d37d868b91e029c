"""Posts of ours that may have been deleted in the chat by hand. bot/deleted_posts.py looks for them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, and_, select, update

from monitor.models.outbox import DeliveryKind, DeliveryState
from monitor.storage.database import read_transaction, write_transaction
from monitor.storage.tables import chats, deliveries
from monitor.text.chat_names import topic_of
from monitor.text.urls import public_name


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPosts:
    """The numbers of the messages that a chat should show. `name` is its "@name", "" if no preview page shows it."""

    name: str
    address: str
    numbers: frozenset[int]


class ShownPostStore:
    """The posts of one database that chats show. Instants are aware UTC; every method raises DatabaseError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def list_posts(self, chat: str, since: datetime, until: datetime) -> ShownPosts:
        """Return the posts of stories sent in `[since, until)` that stand, as far as is known."""
        sent = (deliveries.c.state == DeliveryState.SENT, deliveries.c.sent_at >= since, deliveries.c.sent_at < until)
        mine = and_(deliveries.c.chat == chat, deliveries.c.kind == DeliveryKind.STORY, *sent)
        with read_transaction(self._engine) as db:
            numbers = frozenset(db.scalars(select(deliveries.c.message_id).where(mine)))
            known = db.execute(select(chats.c.name, chats.c.moved_to).where(chats.c.chat == chat)).first()
        name = "" if topic_of(chat) else public_name(chat, known.name if known else "")
        return ShownPosts(name=name, address=(known and known.moved_to) or chat, numbers=numbers)

    def cancel(self, chat: str, message_id: int, why: str, now: datetime) -> None:
        """Record that a message is gone; a row whose edit is in flight notices it itself."""
        mine = and_(deliveries.c.chat == chat, deliveries.c.message_id == message_id)
        gone = update(deliveries).where(mine, deliveries.c.state == DeliveryState.SENT)
        with write_transaction(self._engine) as db:
            db.execute(gone.values(state=DeliveryState.CANCELLED, error=why, updated_at=now))
