"""Maintainers' decisions about doubtful stories: publish, reject, undo; and questions nobody decided in time.

Every decision is one transaction with all its consequences. The first one stands. `open_questions` runs in the
transaction that records a poll. Synchronous: callers in the event loop use `asyncio.to_thread`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, delete, exists, func, select, update

from monitor.config.hours import Day
from monitor.models.articles import Outcome
from monitor.models.outbox import Buttons, DeliveryKind, DeliveryState, DigestItem, WantedPost
from monitor.models.stories import Decision, Story, StoryChange
from monitor.storage.database import read_transaction, upsert, write_transaction
from monitor.storage.evidence.looks import watch
from monitor.storage.outbox.deliveries import REMOVABLE, address_of, announce_removal, is_told, remove, tell, want
from monitor.storage.outbox.digests import unfold
from monitor.storage.stories import MADE, UNDECIDED, lock_stories, read_stories
from monitor.storage.tables import articles, deliveries, entries, reviews
from monitor.stories.corrections import removal, retraction
from monitor.stories.grouping import Chats, posts_of
from monitor.stories.post import part_of
from monitor.stories.question import DECIDED, DECISION, append_decision, ask, buttons, decision_label, is_asked
from monitor.text.telegram_html import Html, first_line, fits, join, line, link, tag, text

UNDOABLE = timedelta(days=1)  # how long a decision can be undone
_NOTHING_DECIDED = "За последние сутки решений не было: отменять нечего."
_NOTHING_TO_UNDO = "Отменять нечего: этого решения уже нет, или ему больше суток, или пост уже удалён."
_AT_ONCE = 20  # expired questions in one message
NOWHERE = Chats(destinations=())  # for callers that publish nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Numbers of undecided questions: still open, and expired."""

    open: int
    expired: int

    @property
    def count(self) -> int:
        return self.open + self.expired


class TakenBack(NamedTuple):
    """The result of undoing a decision, as plain text; `is_offered`: the post stands, and its deletion is offered."""

    said: str
    is_offered: bool = False


class Reviews:
    """The decisions of one database. `chats` get what is published, and may be replaced; times are shown in the zone
    `zone`.

    Both are needed only for deciding, not for reading.
    """

    def __init__(self, engine: Engine, *, chats: Chats = NOWHERE, zone: str = "UTC") -> None:
        self._engine, self.chats, self._zone = engine, chats, zone

    def decide(self, story_id: int, part: int, decision: Decision, *, initial: str, now: datetime) -> str:
        """Decide about a part of a story and return, in Russian, the decision in force: the first one stands."""
        with write_transaction(self._engine) as db:
            lock_stories(db)
            taken = update(reviews).where(_is(story_id, part), UNDECIDED)
            made = db.execute(taken.values(decision=decision, decided_at=now, initial=initial)).rowcount == 1
            row = db.execute(select(reviews).where(_is(story_id, part))).first()
            if row is None:
                return "Такого вопроса нет: новость удалена из базы."
            if not made:
                return f"Уже решено. {self._label(row)}"
            self._carry_out(db, row, now)
            return self._label(row)

    def _carry_out(self, db: Connection, row: Row[Any], now: datetime) -> None:
        outcome = Outcome.POSTED if row.decision == Decision.PUBLISHED else Outcome.REJECTED
        if outcome is Outcome.POSTED:
            (story,) = read_stories(db, [row.story_id])
            for post in posts_of(story, row.part, self.chats, now=now):
                want(db, row.story_id, post, now)
            watch(db, row.story_id, now)
        _settle_entries(db, row, (Outcome.REVIEW,), outcome, DECIDED[Decision(row.decision)].lower())
        published = outcome is Outcome.POSTED
        self._show(db, row, retraction.buttons(row.story_id) if published else (), now)

    def _show(self, db: Connection, row: Row[Any], shown: Buttons, now: datetime) -> None:
        decision = Decision(row.decision)
        html = append_decision(row.html, decision, initial=row.initial, at=row.decided_at, zone=self._zone)
        show_question(db, row.story_id, row.part, html, shown, now)

    def _label(self, row: Row[Any]) -> str:
        return decision_label(Decision(row.decision), initial=row.initial, at=row.decided_at, zone=self._zone)

    # ── taking back ─────────────────────────────────────────────────────────────────────────────────────────

    def undo(self, chat: str, key: str, now: datetime) -> None:
        """Undo the last decision of the last day and tell the chat, once for one `key`.

        A post that the channel already shows is not undone; its deletion is offered.
        """
        with write_transaction(self._engine) as db:
            lock_stories(db)
            if not is_told(db, chat, key):
                row = _last_decided(db, now)
                undone = self._undo(db, row, now) if row else TakenBack(_NOTHING_DECIDED)
                offered = removal.button(row.story_id, row.part) if row and undone.is_offered else ()
                tell(db, chat, key, text(undone.said), now=now, buttons=offered)

    def take_back(self, story_id: int, part: int, *, was: Decision, now: datetime) -> TakenBack:
        """Undo the decision about a part of a story made within the last day, if it still is `was`.

        A post that the channel already shows is not undone; the result says that it can be deleted.
        """
        with write_transaction(self._engine) as db:
            lock_stories(db)
            row = _last_decided(db, now, _is(story_id, part), reviews.c.decision == was)
            return self._undo(db, row, now) if row else TakenBack(_NOTHING_TO_UNDO)

    def _undo(self, db: Connection, row: Row[Any], now: datetime) -> TakenBack:
        name = f"«{_headline(row)}»"
        (story,) = read_stories(db, [row.story_id])
        unfold(db, row.story_id)
        if row.decision != Decision.PUBLISHED or _withdraw(db, row, story):
            _reopen(db, row, now)
            return TakenBack(f"Решение отменено, вопрос снова открыт: {name}")
        if db.scalar(select(deliveries.c.id).where(_posts(row), REMOVABLE)):
            return TakenBack(removal.offer(name), is_offered=True)
        return TakenBack(removal.why_not(name, _state(db, row)))

    def remove_post(self, story_id: int, part: int, *, chat: str, initial: str, now: datetime) -> str:
        """Delete a published part of a story from the channel for good, and report the result in `chat` ("" for none);
        return the answer as plain Russian text. The decision becomes *rejected*.
        """
        with write_transaction(self._engine) as db:
            lock_stories(db)
            row = db.execute(select(reviews).where(_is(story_id, part))).first()
            if row is None or row.decision != Decision.PUBLISHED:
                return "Эта кнопка больше не действует."
            headline, removed = _headline(row), _remove(db, row, now)
            if not removed:
                return removal.why_not(f"«{headline}»", _state(db, row))
            rejected = {"decision": Decision.REJECTED, "decided_at": now, "initial": initial}
            row = db.execute(update(reviews).where(_is(story_id, part)).values(**rejected).returning(reviews)).one()
            _settle_entries(db, row, (Outcome.POSTED, Outcome.JOINED), Outcome.REJECTED, "пост удалён из канала")
            self._show(db, row, (), now)
            for post in removed if chat else ():
                announce_removal(db, post, headline, chat=chat, now=now)
            return "Пост удаляется из канала."

    # ── what nobody decided ─────────────────────────────────────────────────────────────────────────────────

    def expire(self, asked_before: datetime, now: datetime, *, chat: str) -> int:
        """Expire questions asked before then, and list them in a chat ("" for none). Returns how many."""
        late = and_(reviews.c.decision.is_(None), reviews.c.asked_at <= asked_before)
        first = select(reviews).where(late).order_by(reviews.c.asked_at, reviews.c.story_id).limit(_AT_ONCE)
        with read_transaction(self._engine) as db:
            if db.execute(first).first() is None:
                return 0  # checked often: the writer's lock must not be taken for nothing
        with write_transaction(self._engine) as db:
            lock_stories(db)
            rows = db.execute(first).all()
            for row in rows:
                expired = update(reviews).where(_is(row.story_id, row.part))
                db.execute(expired.values(decision=Decision.EXPIRED, decided_at=now))
                given_up = db.execute(select(reviews).where(_is(row.story_id, row.part))).one()
                self._show(db, given_up, buttons(row.story_id, row.part), now)
            if rows and chat:
                key = f"expired:{rows[0].story_id}:{rows[0].part}:{now.isoformat()}"
                asked = [_question_address(db, row, chat) for row in rows]
                items = (replace(one, url=url or one.url) for one, url in zip(_items(db, rows), asked, strict=True))
                tell(db, chat, key, _reminder([*items]), now=now)
            return len(rows)

    def undecided(self, day: Day) -> tuple[DigestItem, ...]:
        """Return the stories whose questions expired during a day and are still undecided."""
        given_up = and_(reviews.c.decided_at >= day.since, reviews.c.decided_at < day.until)
        mine = select(reviews).where(reviews.c.decision == Decision.EXPIRED, given_up)
        with read_transaction(self._engine) as db:
            return _items(db, db.execute(mine.order_by(reviews.c.asked_at)).all())

    def waiting(self) -> Waiting:
        """Count the undecided questions. Called for every page of the desk; an index has the answer."""
        counted = select(reviews.c.decision, func.count().label("number")).where(UNDECIDED).group_by(reviews.c.decision)
        with read_transaction(self._engine) as db:
            counts = {row.decision: row.number for row in db.execute(counted)}
        return Waiting(open=counts.get(None, 0), expired=counts.get(Decision.EXPIRED, 0))

    # ── what was decided, to learn from ─────────────────────────────────────────────────────────────────────

    def decisions(self) -> Iterator[Mapping[str, Any]]:
        """Yield every decision of a maintainer as a line of a corpus (`monitor evaluate`), one for each article."""
        same_part = and_(articles.c.story_id == reviews.c.story_id, articles.c.part == reviews.c.part)
        columns = (articles.c.id, articles.c.title, articles.c.text, articles.c.language, articles.c.verdict)
        made = select(*columns, reviews.c.decision).join(articles, same_part).where(reviews.c.decision.in_(MADE))
        with read_transaction(self._engine) as db:
            for row in db.execute(made.order_by(articles.c.id).execution_options(yield_per=500)):
                yield {
                    "id": f"decision-{row.id}",
                    "title": row.title,
                    "text": row.text,
                    "lang": row.language or "ru",
                    "topics": _topics(Decision(row.decision), row.verdict),
                }


def _topics(decision: Decision, verdict: Mapping[str, Any]) -> list[str]:
    named = list(dict.fromkeys(str(topic["id"]) for topic in verdict["topics"]))
    return {Decision.PUBLISHED: named, Decision.REJECTED: [], Decision.OFF_TOPIC: ["maybe"]}[decision]


def _is(story_id: int, part: int) -> Any:
    return and_(reviews.c.story_id == story_id, reviews.c.part == part)


def _members(row: Row[Any]) -> Any:
    """The condition for the entries of the part that was asked about."""
    same_part = and_(articles.c.story_id == row.story_id, articles.c.part == row.part)
    return entries.c.id.in_(select(articles.c.entry_id).where(same_part))


def _settle_entries(
    db: Connection, row: Row[Any], before: Collection[Outcome], outcome: Outcome, decision: str
) -> None:
    """Set the outcome of the entries of a decided part; their reasons get the last decision and its initial."""
    mark = DECISION + decision + (f" ({row.initial}.)" if row.initial else "")
    mine = select(entries.c.id, entries.c.reason).where(_members(row), entries.c.outcome.in_(before))
    for entry in db.execute(mine).all():
        decided_now = {"outcome": outcome, "reason": entry.reason.partition(DECISION)[0] + mark}
        db.execute(update(entries).where(entries.c.id == entry.id).values(**decided_now))


def _last_decided(db: Connection, now: datetime, *which: ColumnElement[bool]) -> Row[Any] | None:
    """Return the last decision of maintainers within a day, with these conditions; posts that they deleted cannot be
    restored and are excluded.
    """
    lately = and_(reviews.c.decision.in_(MADE), reviews.c.decided_at >= now - UNDOABLE)
    same_part = and_(deliveries.c.story_id == reviews.c.story_id, deliveries.c.part == reviews.c.part)
    deleted = exists().where(same_part, deliveries.c.html == "")
    decided_then = select(reviews).where(lately, ~deleted, *which)
    return db.execute(decided_then.order_by(reviews.c.decided_at.desc()).limit(1)).first()


def _posts(row: Row[Any]) -> ColumnElement[bool]:
    """The condition for the deliveries that show the part to subscribers."""
    of_part = and_(deliveries.c.story_id == row.story_id, deliveries.c.part == row.part)
    return and_(of_part, deliveries.c.kind == DeliveryKind.STORY)


def _state(db: Connection, row: Row[Any]) -> DeliveryState | None:
    """Return the state of its first post; None if there is none."""
    return db.scalar(select(deliveries.c.state).where(_posts(row)).order_by(deliveries.c.id).limit(1))


def _remove(db: Connection, row: Row[Any], now: datetime) -> list[Row[Any]]:
    """Delete those of its posts that may be deleted; return their rows as they are now."""
    mine = db.scalars(select(deliveries.c.id).where(_posts(row)).order_by(deliveries.c.id)).all()
    return [removed for number in mine if (removed := remove(db, deliveries.c.id == number, now))]


def _headline(row: Row[Any]) -> str:
    return line(first_line(row.html), 200)


def _withdraw(db: Connection, row: Row[Any], story: Story) -> bool:
    """Remove the posts from the outbox, if none was ever sent and the rules alone do not want them."""
    if not is_asked(story, row.part):
        return False
    states = db.execute(select(deliveries.c.state, deliveries.c.message_id).where(_posts(row))).all()
    if not states or any(post.state != DeliveryState.PENDING or post.message_id is not None for post in states):
        return False
    return bool(db.execute(delete(deliveries).where(_posts(row))).rowcount)


def _reopen(db: Connection, row: Row[Any], now: datetime) -> None:
    """Ask again, about the story in its present state."""
    db.execute(update(reviews).where(_is(row.story_id, row.part)).values(decision=None, decided_at=None, initial=""))
    marked = and_(_members(row), entries.c.reason.contains(DECISION, autoescape=True))
    for entry in db.execute(select(entries.c.id, entries.c.reason).where(marked)).all():
        before = {"outcome": Outcome.REVIEW, "reason": entry.reason.rpartition(DECISION)[0]}
        db.execute(update(entries).where(entries.c.id == entry.id).values(**before))
    asked = ask(read_stories(db, [row.story_id])[0], row.part, now=now)
    db.execute(update(reviews).where(_is(row.story_id, row.part)).values(html=asked))
    show_question(db, row.story_id, row.part, asked, buttons(row.story_id, row.part), now)


def _items(db: Connection, rows: Sequence[Row[Any]]) -> tuple[DigestItem, ...]:
    stories = {story.id: story for story in read_stories(db, {row.story_id for row in rows})}
    parts = [part_of(stories[row.story_id], row.part) for row in rows]
    return tuple(
        DigestItem(
            topic="Не проверено: пишут снова, хотя это опровергнуто" if part.retracted else "Не проверено",
            title=part.lead.article.title or "Без заголовка",
            url=part.lead.article.url,
            outlets=tuple(dict.fromkeys(telling.article.feed for telling in part.tellings)),
        )
        for part in parts
    )


def _question_address(db: Connection, row: Row[Any], chat: str) -> str:
    """Return the link to the question's message in a chat; "" if it has none."""
    of_part = and_(deliveries.c.story_id == row.story_id, deliveries.c.part == row.part, deliveries.c.chat == chat)
    asked = select(deliveries.c.message_id).where(of_part, deliveries.c.kind == DeliveryKind.REVIEW)
    return address_of(db, chat, db.scalar(asked))


def _reminder(items: Sequence[DigestItem]) -> Html:
    head = tag("b", text("Никто не решил вовремя. Кнопки под этими новостями ещё действуют"))
    linked = [join("", (text("• "), link(line(item.title, 120), item.url))) for item in items]
    named = [text(f"• {line(item.title, 120)}") for item in items]  # overlong addresses are dropped, not the news
    message = join("\n", (head, *linked))
    return message if fits(message) else join("\n", (head, *named))


def open_questions(db: Connection, story_id: int, change: StoryChange, now: datetime) -> None:
    """Put what the chats should show for a change into the outbox, and open or close the questions it affects.

    A question is opened even if there is no chat to ask.
    """
    for post in change.posts:
        asks = post.kind is DeliveryKind.REVIEW
        want(db, story_id, replace(post, buttons=buttons(story_id, post.part)) if asks else post, now)
    if any(post.kind is DeliveryKind.STORY for post in change.posts):
        tellings = (*(entry.telling for entry in change.added if entry.telling), *change.retitled)
        watch(db, story_id, now, again={telling.article.canonical_url for telling in tellings})
    for part in sorted({entry.telling.part for entry in change.added if entry.telling}):
        if not is_asked(change.story, part):
            _overtake(db, story_id, part, now)
        elif part not in change.story.published | change.story.rejected:
            _open(db, story_id, part, change.story, now)


def _open(db: Connection, story_id: int, part: int, story: Story, now: datetime) -> None:
    asked = {"html": ask(story, part, now=now)}
    row = upsert(db, reviews).values(story_id=story_id, part=part, asked_at=now, **asked)
    db.execute(row.on_conflict_do_update(index_elements=[reviews.c.story_id, reviews.c.part], set_=asked))


def _overtake(db: Connection, story_id: int, part: int, now: datetime) -> None:
    closed = update(reviews).where(_is(story_id, part), UNDECIDED).values(decision=Decision.OVERTAKEN, decided_at=now)
    asked = db.scalar(closed.returning(reviews.c.html))
    if asked is not None:
        note = tag("b", text(DECIDED[Decision.OVERTAKEN]))
        offered = retraction.buttons(story_id)
        show_question(db, story_id, part, join("\n\n", (Html(asked), note)), offered, now)


def show_question(  # noqa: PLR0917 - a row's key, and what it should show
    db: Connection, story_id: int, part: int, html: str, shown: Buttons, now: datetime
) -> None:
    """Change the text of a question wherever it was asked."""
    mine = and_(deliveries.c.story_id == story_id, deliveries.c.part == part, deliveries.c.kind == DeliveryKind.REVIEW)
    for chat in db.scalars(select(deliveries.c.chat).where(mine)).all():
        post = WantedPost(chat=chat, html=html, part=part, kind=DeliveryKind.REVIEW, buttons=shown)
        want(db, story_id, post, now)
