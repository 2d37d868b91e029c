"""Retracting a story and undoing that: one transaction with everything that the chats should show then.

The posts change by the rules of the outbox (tables.py): what was sent is edited, what is in flight or in doubt follows
when that is settled, what was not sent stays unsent. Synchronous: callers in the event loop use `asyncio.to_thread`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, Row, and_, delete, func, select, update

from monitor.models.channels import Destination
from monitor.models.outbox import DeliveryKind, DeliveryState, WantedPost
from monitor.models.stories import Story
from monitor.storage.corrections.rows import WITHDRAWN, retractions_of, withdraw_unsent
from monitor.storage.corrections.schema import retractions
from monitor.storage.database import read_transaction, upsert, write_transaction
from monitor.storage.outbox.deliveries import announce_removal, is_told, read_buttons, remove, tell, want
from monitor.storage.outbox.destinations import hold_left, is_left
from monitor.storage.outbox.digests import unfold
from monitor.storage.stories import lock_stories, read_stories
from monitor.storage.tables import chats, deliveries
from monitor.stories.corrections.retraction import Corrected, PostAddress, describe, headline_of
from monitor.stories.grouping import render_part
from monitor.text.chat_names import chat_of
from monitor.text.telegram_html import Html, first_line, join, text

_FIRST_POST = deliveries.c.message_id.is_(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Where to answer a command, once for its key; `otherwise` is the answer if there is nothing to do."""

    chat: str
    key: str
    otherwise: Html


class Retractions:
    """The retractions of one database. `destinations` are those whose posts can be restored in full; the attribute may
    be replaced.

    Every method raises DatabaseError.
    """

    def __init__(self, engine: Engine, *, destinations: Sequence[Destination] = ()) -> None:
        self._engine = engine
        self.destinations = destinations

    def story_of(self, named: int | PostAddress) -> int | None:
        """Return the number of a story that a channel showed, given that number or the address of one of its posts."""
        mine = deliveries.c.kind == DeliveryKind.STORY
        with read_transaction(self._engine) as db:
            if isinstance(named, int):
                known = select(deliveries.c.story_id).where(mine, deliveries.c.story_id == named).limit(1)
                number: int | None = db.scalar(known)
                return number
            columns = (deliveries.c.story_id, deliveries.c.chat, chats.c.name, chats.c.number, chats.c.moved_to)
            posts = select(*columns).outerjoin(chats, chats.c.chat == deliveries.c.chat)
            rows = db.execute(posts.where(mine, deliveries.c.message_id == named.message_id))
            return next((row.story_id for row in rows.all() if named.chat in _names(row)), None)

    def retract(
        self,
        story_id: int,
        why: str,
        *,
        deletes: bool = False,
        initial: str = "",
        now: datetime,
        answered: Answered | None = None,
        notices: str = "",
    ) -> Corrected | None:
        """Retract a published story: its posts are struck with the reason, or deleted.

        Repeating it sets the new reason, and includes parts published since. If `answered` is None, the caller shows
        the result. `notices` is the chat ("" for none) that is told about each deletion. Returns None if no channel
        shows the story, or the command was carried out before.
        """
        with write_transaction(self._engine) as db:
            lock_stories(db)
            if answered and is_told(db, answered.chat, answered.key):
                return None
            unfold(db, story_id)
            posts = _posts(db, story_id)
            corrected = None
            if _note(db, story_id, {row.part for row in posts}, why=why, initial=initial, now=now):
                (story,) = read_stories(db, [story_id])
                corrected = (
                    _deleted(db, self._forms(db, story, now), posts, notices)
                    if deletes
                    else _struck(db, self._forms(db, story, now), posts)
                )
                hold_left(db, story_id, now)
            _answer(db, answered, corrected, now)
            return corrected

    def restore(self, story_id: int, *, now: datetime, answered: Answered | None = None) -> Corrected | None:
        """Undo a retraction: the posts show again what they did, and those held back by it are sent.

        Returns None if the story is not retracted, or the command was carried out before.
        """
        with write_transaction(self._engine) as db:
            lock_stories(db)
            if answered and is_told(db, answered.chat, answered.key):
                return None
            before, corrected = retractions_of(db, [story_id]).get(story_id), None
            if before is not None:
                db.execute(delete(retractions).where(retractions.c.story_id == story_id))
                (story,) = read_stories(db, [story_id])
                posts = [row for row in _posts(db, story_id) if row.part in before.parts]
                corrected = _restored(db, self._forms(db, story, now), posts)
                hold_left(db, story_id, now)
            _answer(db, answered, corrected, now)
            return corrected

    def _forms(self, db: Connection, story: Story, now: datetime) -> "_Forms":
        destinations = {to.chat: to for to in self.destinations}
        return _Forms(story=story, destinations=destinations, now=now, deleted=_deleted_before(db, story.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Forms:
    """A story in its present state, and how each chat should show it."""

    story: Story
    destinations: Mapping[str, Destination]
    now: datetime
    deleted: int  # its posts deleted by earlier commands

    def show(self, db: Connection, posts: Iterable[Row[Any]]) -> None:
        """Set what the chats should show for these posts."""
        for row in posts:
            to = self.destinations.get(row.chat, Destination(chat=row.chat))
            post = WantedPost(
                chat=row.chat,
                html=render_part(self.story, row.part, to=to, now=self.now),
                part=row.part,
                buttons=read_buttons(row.buttons),
                silent=row.silent,
            )
            want(db, row.story_id, post, self.now)
            # Telegram refused another text: the message still stands as before.
            refused = and_(deliveries.c.id == row.id, deliveries.c.state == DeliveryState.REJECTED, ~_FIRST_POST)
            db.execute(update(deliveries).where(refused).values(state=DeliveryState.PENDING))

    def summary(self, how: Literal["struck", "deleted", "back"], counts: Counter[str]) -> Corrected:
        """Return the summary of what was done."""
        headline = headline_of(self.story.lead.article)
        return Corrected(story=self.story.id or 0, headline=headline, how=how, deleted=self.deleted, **counts)


def _note(db: Connection, story_id: int, parts: Collection[int], *, why: str, initial: str, now: datetime) -> bool:
    """Record the retraction. False if nobody shows the story and it was not retracted before."""
    before = retractions_of(db, [story_id]).get(story_id)
    if not parts and before is None:
        return False
    said = {"why": why, "initial": initial, "parts": sorted({*parts, *(before.parts if before else ())})}
    row = upsert(db, retractions).values(story_id=story_id, at=now, **said)
    db.execute(row.on_conflict_do_update(index_elements=["story_id"], set_=said))
    return True


def _struck(db: Connection, forms: _Forms, posts: Iterable[Row[Any]]) -> Corrected:
    counts = _counted(posts)
    counts["unsent"] = withdraw_unsent(db, deliveries.c.story_id == forms.story.id, forms.now)
    forms.show(db, posts)
    return forms.summary("struck", counts)


def _deleted(db: Connection, forms: _Forms, posts: Iterable[Row[Any]], notices: str) -> Corrected:
    """Delete the posts. One that cannot be deleted now, as it may be in flight, is struck."""
    counts, kept = Counter[str](), []
    for row in posts:
        removed = remove(db, deliveries.c.id == row.id, forms.now)
        if removed is None:
            kept.append(row)
            continue
        if row.is_left:
            counts["out_of_reach"] += 1
            continue
        is_unsent = removed.state == DeliveryState.CANCELLED
        counts["unsent" if is_unsent else "changed"] += 1
        if notices and not is_unsent:
            announce_removal(db, removed, first_line(row.html), chat=notices, now=forms.now)
    forms.show(db, kept)
    return forms.summary("deleted", counts + _counted(kept))


def _restored(db: Connection, forms: _Forms, posts: Iterable[Row[Any]]) -> Corrected:
    counts = _counted(posts)
    counts["unsent"] = _let_go(db, forms.story.id or 0, forms.now)
    forms.show(db, posts)
    return forms.summary("back", counts)


def _posts(db: Connection, story_id: int) -> Sequence[Row[Any]]:
    """Return the rows that show parts of a story to subscribers and are not deleted."""
    mine = and_(deliveries.c.story_id == story_id, deliveries.c.kind == DeliveryKind.STORY, deliveries.c.html != "")
    rows = select(deliveries, is_left().label("is_left")).where(mine)
    return db.execute(rows.order_by(deliveries.c.id)).all()


def _deleted_before(db: Connection, story_id: int | None) -> int:
    """Return how many posts are deleted already, without those that Telegram refused to delete."""
    mine = and_(deliveries.c.story_id == story_id, deliveries.c.kind == DeliveryKind.STORY, deliveries.c.html == "")
    gone = and_(mine, deliveries.c.state != DeliveryState.REJECTED)
    return db.scalar(select(func.count()).select_from(deliveries).where(gone)) or 0


def _counted(posts: Iterable[Row[Any]]) -> Counter[str]:
    """Count the posts by their state. Those never sent are counted by the caller, who holds or releases them."""
    return Counter(filter(None, map(_place, posts)))


def _place(row: Row[Any]) -> str:
    if row.is_left and row.message_id is not None:
        return "out_of_reach"
    match DeliveryState(row.state):
        case DeliveryState.DIGESTED:
            return "in_digests"
        case DeliveryState.SENDING | DeliveryState.UNCERTAIN if row.message_id is None:
            return "on_the_way"
        case DeliveryState.CANCELLED if row.message_id is not None:
            return "out_of_reach"
    return "changed" if row.message_id is not None else ""


def _let_go(db: Connection, story_id: int, now: datetime) -> int:
    """Release posts that only the retraction kept from being sent; return how many."""
    held = and_(
        deliveries.c.story_id == story_id,
        deliveries.c.state == DeliveryState.CANCELLED,
        deliveries.c.error == WITHDRAWN,
        deliveries.c.html != "",
        _FIRST_POST,
    )
    free = update(deliveries).where(held).values(state=DeliveryState.PENDING, error="", updated_at=now)
    return db.execute(free).rowcount


def _answer(db: Connection, answered: Answered | None, corrected: Corrected | None, now: datetime) -> None:
    if answered:
        said = join("\n", map(text, describe(corrected))) if corrected else answered.otherwise
        tell(db, answered.chat, answered.key, said, now=now)


def _names(row: Any) -> frozenset[str]:
    """Return the names by which a link may refer to a post's chat; for a forum topic those of the forum."""
    named = (chat_of(row.chat), row.name or "", row.number or "", row.moved_to or "")
    return frozenset(name.lower() for name in named if name)
