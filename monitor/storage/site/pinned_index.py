"""The pinned index of a chat: its contents, its message, and whether that is pinned. Instants are aware UTC."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Engine, and_, func, or_, select, update

from monitor.models.outbox import DeliveryKind, DeliveryState
from monitor.storage.corrections.schema import pins, retractions
from monitor.storage.database import read_transaction, upsert, write_transaction
from monitor.storage.outbox.deliveries import tell
from monitor.storage.outbox.digests import list_posted
from monitor.storage.site.schema import case_stories, cases, takedowns
from monitor.storage.tables import chats, deliveries, stories
from monitor.stories.index import IndexedCase, IndexedStory

_KEY = "index"  # key of the message in each chat


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexMessage:
    """The index in the outbox, and whether it is pinned.

    `address` is the chat that Telegram wants. `pinned_id` is the message for which pinning was requested, at
    `tried_at`; `trouble` says why it is not pinned.
    """

    html: str
    state: DeliveryState
    changed_at: datetime
    address: str
    message_id: int | None
    pinned_id: int | None
    tried_at: datetime | None
    trouble: str


class PinnedIndexStore:
    """The indexes of one database. Raises DatabaseError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def cases(self, page_of: Callable[[int], str]) -> tuple[IndexedCase, ...]:
        """Return the open cases with a published story that stands, the one with the latest story first."""
        shown = select(deliveries.c.story_id).where(
            deliveries.c.kind == DeliveryKind.STORY,
            deliveries.c.html != "",
            or_(deliveries.c.sent_at.isnot(None), deliveries.c.state == DeliveryState.DIGESTED),
        )
        stands = and_(
            stories.c.id.in_(shown),
            stories.c.id.notin_(select(retractions.c.story_id)),
            stories.c.id.notin_(select(takedowns.c.story_id)),
        )
        last = func.max(stories.c.created_at).label("last_at")
        open_cases = (
            select(cases.c.id, cases.c.title, func.count().label("stories"), last)
            .join(case_stories, case_stories.c.case_id == cases.c.id)
            .join(stories, stories.c.id == case_stories.c.story_id)
            .where(cases.c.closed_at.is_(None), stands)
            .group_by(cases.c.id, cases.c.title)
            .order_by(last.desc(), cases.c.id.desc())
        )
        with read_transaction(self._engine) as db:
            return tuple(
                IndexedCase(title=row.title, url=page_of(row.id), stories=row.stories, last_at=row.last_at)
                for row in db.execute(open_cases)
            )

    def stories(self, chat: str, since: datetime, until: datetime) -> tuple[IndexedStory, ...]:
        """Return the stories that a chat was told in that time and that stand, the newest first."""
        with read_transaction(self._engine) as db:
            hidden = db.scalars(select(takedowns.c.story_id)).all()
            posted = sorted(list_posted(db, chat, since, until, hidden=hidden), key=attrgetter("at"), reverse=True)
        return tuple(IndexedStory(title=one.item.title, url=one.item.url, posted_at=one.at) for one in posted)

    def message(self, chat: str) -> IndexMessage | None:
        """Return the index of a chat; None if it never had one."""
        with read_transaction(self._engine) as db:
            row = db.execute(_message(chat)).first()
        if row is None:
            return None
        return IndexMessage(
            html=row.html,
            state=DeliveryState(row.state),
            changed_at=row.updated_at,
            address=row.moved_to or chat,
            message_id=row.message_id,
            pinned_id=row.pinned_id,
            tried_at=row.tried_at,
            trouble=row.trouble or "",
        )

    def put(self, chat: str, html: str, now: datetime) -> None:
        """Set what the index should show; its message is edited, and the first one is silent."""
        with write_transaction(self._engine) as db:
            tell(db, chat, _KEY, html, now=now, silent=True)

    def put_anew(self, chat: str, html: str, now: datetime) -> None:
        """Post it again, because its message was deleted in the chat."""
        deleted = and_(_mine(chat), deliveries.c.state == DeliveryState.CANCELLED)
        fresh = {"state": DeliveryState.PENDING, "message_id": None, "sent_revision": 0, "error": "", "html": html}
        revision = deliveries.c.wanted_revision + 1
        with write_transaction(self._engine) as db:
            db.execute(update(deliveries).where(deleted).values(wanted_revision=revision, updated_at=now, **fresh))

    def note_pin(self, chat: str, message_id: int, trouble: str, now: datetime) -> None:
        """Record that pinning a message was requested, and why it is not pinned; "" if it is."""
        said = {"message_id": message_id, "at": now, "error": trouble}
        with write_transaction(self._engine) as db:
            row = upsert(db, pins).values(chat=chat, **said)
            db.execute(row.on_conflict_do_update(index_elements=["chat"], set_=said))


def _mine(chat: str) -> Any:
    return and_(deliveries.c.chat == chat, deliveries.c.key == _KEY, deliveries.c.kind == DeliveryKind.NOTICE)


def _message(chat: str) -> Any:
    of_pin = (pins.c.message_id.label("pinned_id"), pins.c.at.label("tried_at"), pins.c.error.label("trouble"))
    columns = (deliveries.c[name] for name in ("html", "state", "updated_at", "message_id"))
    return (
        select(*columns, *of_pin, chats.c.moved_to)
        .outerjoin(pins, pins.c.chat == deliveries.c.chat)
        .outerjoin(chats, chats.c.chat == deliveries.c.chat)
        .where(_mine(chat))
    )
