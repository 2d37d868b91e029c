"""Muted rules and held articles: every statement on `mutes` and `held`. matching/mutes.py says what a mute means.

A held article is shown once none of its rules is muted any more, however the mute ended (time, `/unmute`, an edit of
keywords.yaml), and also if a poll that began under the mute is recorded after it.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, delete, distinct, exists, func, insert, literal, select, update

from monitor.config.hours import Day
from monitor.matching.mutes import Held, Mute, RuleName, clock_time, mute_message, unmute_message, void_message
from monitor.models.articles import Verdict
from monitor.models.outbox import DigestItem
from monitor.storage.database import chunks, read_transaction, upsert, write_transaction
from monitor.storage.outbox.deliveries import is_told, tell
from monitor.storage.tables import articles, entries, held, mutes
from monitor.stories.digest import render_flood

_YOUNG = timedelta(seconds=2)  # mutes by other workers take effect here within this time

_STILL_MUTED = exists().where(mutes.c.topic == held.c.topic, mutes.c.rule == held.c.rule)


def hold(db: Connection, read: Iterable[tuple[int, Verdict, datetime]]) -> None:
    """Record which of these entries (number, verdict, when read) are held, and by which muted rules.

    Runs in the transaction that records them.
    """
    rows = [
        {"entry_id": number, "topic": topic.id, "rule": topic.rule, "held_at": at}
        for number, verdict, at in read
        if verdict.is_held
        for topic in verdict.muted
    ]
    if rows:
        db.execute(insert(held), rows)


class MuteStore:
    """The mutes of all workers. Instants are aware UTC; `zone` is the maintainers' time zone."""

    def __init__(self, engine: Engine, *, zone: str = "UTC") -> None:
        self._engine, self._zone = engine, zone
        self._lately: tuple[datetime, tuple[Mute, ...]] | None = None

    def lately(self, now: datetime) -> tuple[Mute, ...]:
        """Return what `active` returned at most two seconds ago.

        Each poll asks, and a query takes a tenth of the time of judging.
        """
        known = self._lately
        if known is None or not timedelta() <= now - known[0] < _YOUNG:
            self._lately = known = now, self.active(now)
        return tuple(mute for mute in known[1] if mute.until > now)

    def active(self, now: datetime) -> tuple[Mute, ...]:
        """Return the mutes in force, the first to end first."""
        lasting = select(mutes).where(mutes.c.until > now).order_by(mutes.c.until, mutes.c.topic, mutes.c.rule)
        with read_transaction(self._engine) as db:
            return tuple(_mute(row) for row in db.execute(lasting))

    def held_in(self, day: Day) -> int:
        """Return how many entries of a day were held, shown since or not."""
        then = and_(held.c.held_at >= day.since, held.c.held_at < day.until)
        with read_transaction(self._engine) as db:
            return db.scalar(select(func.count(distinct(held.c.entry_id))).where(then)) or 0

    def begin(self, mute: Mute, chat: str, key: str, now: datetime) -> None:
        """Mute a rule, or change the end of its mute, and tell the chat; once for one `key`."""
        same = {"title": mute.name.title, "until": mute.until, "initial": mute.initial}
        row = {"topic": mute.name.topic, "rule": mute.name.rule, "since": now} | same
        self._lately = None
        with write_transaction(self._engine) as db:
            if not is_told(db, chat, key):
                added = upsert(db, mutes).values(**row)
                db.execute(added.on_conflict_do_update(index_elements=[mutes.c.topic, mutes.c.rule], set_=same))
                tell(db, chat, key, mute_message(mute, zone=self._zone), now=now)

    def end(self, name: RuleName, chat: str, key: str, now: datetime) -> None:
        """Unmute a rule, tell the chat, and show there what was held; once for one `key`."""
        self._lately = None
        with write_transaction(self._engine) as db:
            if not is_told(db, chat, key):
                db.execute(delete(mutes).where(mutes.c.topic == name.topic, mutes.c.rule == name.rule))
                news = self._take(db, now)
                tell(db, chat, key, unmute_message(name, len(news)), now=now)
                _show(db, chat, f"held:{key}", news, now)

    def answer(self, chat: str, key: str, html: str, now: datetime) -> None:
        """Answer a command that changed nothing; a repeated command keeps its first answer."""
        with write_transaction(self._engine) as db:
            if not is_told(db, chat, key):
                tell(db, chat, key, html, now=now)

    def release(self, rules: Collection[tuple[str, str]], chat: str, now: datetime) -> int:
        """End mutes that are over or whose rule is not among `rules`; show in a chat what they held.

        Cheap to call often, with any number of workers. Returns how many articles were shown.
        """
        with read_transaction(self._engine) as db:
            idle = not _gone(db, rules) and not db.scalar(select(_is_over(now))) and not db.scalar(select(_is_due()))
        if idle:
            return 0
        with write_transaction(self._engine) as db:
            db.execute(delete(mutes).where(mutes.c.until <= now))
            gone = [mute for mute in _gone(db, rules) if _forget(db, mute)]
            if gone:
                names = [RuleName(topic=row.topic, title=row.title, rule=row.rule) for row in gone]
                tell(db, chat, f"void:{gone[0].topic}/{gone[0].rule}:{now.isoformat()}", void_message(names), now=now)
            news = self._take(db, now)
            _show(db, chat, "held", news, now)
            return len(news)

    def _take(self, db: Connection, now: datetime) -> list[tuple[int, Held]]:
        """Take the articles to be shown now, with their entries' numbers, the oldest first; nobody else will get them.

        Articles already in a story, and repetitions, are left out.
        """
        due = update(held).where(_is_due_row()).values(shown_at=now).returning(held.c.entry_id)
        numbers = sorted(set(db.scalars(due)))
        mark = literal(f" · пауза кончилась {clock_time(now, self._zone)}")
        news: dict[str, tuple[int, Held]] = {}  # by canonical address
        for mine in chunks(numbers):
            db.execute(update(held).where(held.c.entry_id.in_(mine)).values(shown_at=now))
            db.execute(update(entries).where(entries.c.id.in_(mine)).values(reason=entries.c.reason + mark))
            for row in db.execute(_untold(mine)):
                news.setdefault(row.canonical_url, (row.entry_id, _held(row)))
        return list(news.values())


def _is_due_row() -> Any:
    return and_(held.c.shown_at.is_(None), ~_STILL_MUTED)


def _is_due() -> Any:
    return exists().where(_is_due_row())


def _is_over(now: datetime) -> Any:
    return exists().where(mutes.c.until <= now)


def _gone(db: Connection, rules: Collection[tuple[str, str]]) -> list[Row[Any]]:
    return [row for row in db.execute(select(mutes)).all() if (row.topic, row.rule) not in rules]


def _forget(db: Connection, mute: Row[Any]) -> bool:
    """Delete a mute; False if another worker already did."""
    same = and_(mutes.c.topic == mute.topic, mutes.c.rule == mute.rule)
    return db.execute(delete(mutes).where(same)).rowcount == 1


def _show(db: Connection, chat: str, key: str, news: Sequence[tuple[int, Held]], now: datetime) -> None:
    if not news:
        return
    first, _ = news[0]
    for number, html in enumerate(held_pages([item for _, item in news]), start=1):
        tell(db, chat, f"{key}:{first}:{number}", html, now=now)


def _untold(numbers: Sequence[int]) -> Any:
    same = articles.alias()
    elsewhere = exists().where(same.c.canonical_url == articles.c.canonical_url, same.c.story_id.isnot(None))
    columns = ("entry_id", "title", "url", "feed", "canonical_url", "verdict")
    mine = select(*(articles.c[name] for name in columns)).where(articles.c.entry_id.in_(numbers), ~elsewhere)
    return mine.order_by(articles.c.id)


def _held(row: Row[Any]) -> Held:
    rule = row.verdict["muted"][0]
    name = RuleName(topic=rule["id"], title=rule["title"], rule=rule["rule"])
    return Held(name=name, title=row.title or "Без заголовка", url=row.url, feed=row.feed)


def _mute(row: Row[Any]) -> Mute:
    name = RuleName(topic=row.topic, title=row.title, rule=row.rule)
    return Mute(name=name, until=row.until, initial=row.initial)


def held_pages(held: Sequence[Held]) -> tuple[str, ...]:
    """Return everything that was held, by rule, in as many messages as needed."""
    items = [
        DigestItem(
            topic=f"«{news.name.rule}» · {news.name.title}", title=news.title, url=news.url, outlets=(news.feed,)
        )
        for news in held
    ]
    return tuple(page.html for page in render_flood(items, called="Придержано, пока правила были на паузе"))
