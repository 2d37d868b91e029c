"""Entries of feeds: statements on entries, on the keys that identify them, and on their articles.

sources/feeds/entry_keys.py decides what identifies an entry. Functions that take a connection run within the caller's
transaction.
"""

import re
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from monitor.models.articles import Article, Outcome, Verdict
from monitor.models.feeds import Entry, Validators
from monitor.models.stories import EntryOutcome, PollOutcome, Telling
from monitor.storage.archive import keep, stored_verdict, text_of, with_texts
from monitor.storage.database import chunks, insert_or_ignore, read_transaction
from monitor.storage.mutes import hold
from monitor.storage.tables import archive, articles, entries, entry_keys, feeds
from monitor.stories.similarity import fingerprint
from monitor.text.urls import address_number, canonical

MISJUDGED = "часы монитора спешили: если запись ещё стоит в ленте, она разобрана заново"
DAY = timedelta(hours=24)
KEYS_KEPT = timedelta(days=90)  # after a feed stopped showing an entry
# by then the servers of a site agree on a headline, and caches have dropped the old one
SETTLED = timedelta(minutes=30)

_known_keys = (  # built once: building it costs more than executing it
    select(entry_keys.c.key, entries.c.title)
    .join(entries, entries.c.id == entry_keys.c.entry_id)
    .where(entry_keys.c.feed == bindparam("of"), entry_keys.c.key.in_(bindparam("among", expanding=True)))
)
_last_judged = (
    select(entry_keys.c.key, entries.c.seen_at)
    .join(entries, entries.c.id == entry_keys.c.entry_id)
    .where(entry_keys.c.feed == bindparam("of"), entry_keys.c.key.in_(bindparam("among", expanding=True)))
)
_SIGNS = re.compile(r"[\W\d_]+")  # a changed clock or counter in a headline is no change


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntries:
    """What the store knows about the entries of a body."""

    unseen: tuple[Entry, ...]  # entries without a known key in this feed, in the order given, and retitled ones
    known: tuple[str, ...] = ()  # the keys that are known
    aliases: tuple[tuple[str, str], ...] = ()  # a new key of a known entry, and its known key
    unsettled: bool = False  # a former headline came back just now: it may be an old copy of the feed


class EntryStore:
    """The entries of one database, for polls. Every method is one transaction and raises DatabaseError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find_known(self, feed: str, shown: Sequence[Entry], now: datetime) -> KnownEntries:
        """Return what is known about the entries that a feed shows now. An entry is known if one of its keys is.

        An entry whose headline changed since it was last judged is judged again, under an additional key. A headline
        that it had before is judged a second time once the one in between has `SETTLED`, and then never again: some
        feeds alternate between two.
        """
        keys = [key for entry in shown for key in entry.keys]
        with read_transaction(self._engine) as db:
            known = _by_key(db, _known_keys, feed, keys)
            changed = [(entry, former) for entry in shown if (former := _former_key(entry, known))]
            forms = [key for entry, former in changed for key in (former, *_forms(entry, entry.title))]
            judged_at = _by_key(db, _last_judged, feed, forms)
        settled = [one for one in changed if _is_settled(*one, judged_at, now)]
        once_more = [(_retitled(entry, judged_at), former) for entry, former in settled]
        retitled = [(entry, former) for entry, former in once_more if entry.keys[-1] not in judged_at]
        return KnownEntries(
            unseen=(
                *(entry for entry in shown if known.keys().isdisjoint(entry.keys)),
                *(entry for entry, _ in retitled),
            ),
            known=tuple(key for key in keys if key in known),
            aliases=(
                *_aliases(shown, known),
                *((_forms(entry, known[former])[0], former) for entry, former in retitled),
            ),
            unsettled=len(settled) < len(changed),
        )

    def shown_lately(self, feed: str, now: datetime, limit: int = 1_000) -> tuple[tuple[str, str], ...]:
        """Return title and address of a feed's last entries, the newest first, without those that a clock set ahead
        dated after `now`, as some of them are to be judged again.
        """
        lately = select(entries.c.title, entries.c.url).where(entries.c.feed == feed, entries.c.seen_at <= now)
        with read_transaction(self._engine) as db:
            return tuple((row.title, row.url) for row in db.execute(lately.order_by(entries.c.id.desc()).limit(limit)))


def _aliases(shown: Sequence[Entry], known: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the new keys of known entries, each with a known key."""
    for entry in shown:
        as_known = next((key for key in entry.keys if key in known), None)
        if as_known is not None:
            yield from ((key, as_known) for key in entry.keys if key not in known)


def _by_key(db: Connection, asked: Select[Any], feed: str, keys: Sequence[str]) -> dict[str, Any]:
    """Return what is recorded for each known key: its headline, or when it was judged."""
    rows = (row for chunk in chunks(keys) for row in db.execute(asked, {"of": feed, "among": chunk}))
    return {key: value for key, value in rows}  # noqa: C416 - rows are no pairs to mypy


def _former_key(entry: Entry, known: Mapping[str, str]) -> str:
    """Return the key under which another headline of the entry is recorded; "" if the headline is the same."""
    key = next((key for key in entry.keys if key in known), "")
    recorded, now = _bare(known.get(key, "")), _bare(entry.title)
    return key if recorded and now and recorded != now else ""


def _bare(title: str) -> str:
    return _SIGNS.sub(" ", title).strip().casefold()


def _forms(entry: Entry, title: str) -> tuple[str, str]:
    """Return the entry's keys under this headline: for the first time, and for the second."""
    mark = sha256(_bare(title).encode("utf-8", "replace")).hexdigest()[:12]
    return f"{entry.keys[0]}~{mark}", f"{entry.keys[0]}~{mark}~2"


def _is_settled(entry: Entry, former: str, judged_at: Mapping[str, datetime], now: datetime) -> bool:
    first, second = _forms(entry, entry.title)
    return first not in judged_at or second in judged_at or judged_at[former] <= now - SETTLED


def _retitled(entry: Entry, judged_at: Mapping[str, datetime]) -> Entry:
    first, second = _forms(entry, entry.title)
    return replace(entry, keys=(*entry.keys, second if first in judged_at else first), is_retitled=True)


def note_keys(db: Connection, outcomes: Sequence[PollOutcome]) -> None:
    """Refresh the keys that a completely read feed still shows, and add new keys of known entries.

    Keys shown at the previous complete reading were shown until now, so they are refreshed too.
    """
    for outcome in outcomes:
        is_whole = outcome.habit.read_at == outcome.polled_at
        if not (is_whole or outcome.known_keys or outcome.aliases):
            continue  # as for most polls; the expression below is built anew for each
        mine = entry_keys.c.feed == outcome.feed
        if is_whole:
            before = select(feeds.c.read_at).where(feeds.c.name == outcome.feed).scalar_subquery()
            earlier = outcome.polled_at - timedelta(microseconds=1)
            db.execute(update(entry_keys).where(mine, entry_keys.c.last_seen_at >= before).values(last_seen_at=earlier))
        for chunk in chunks(outcome.known_keys):
            seen_again = and_(mine, entry_keys.c.key.in_(chunk))
            db.execute(update(entry_keys).where(seen_again).values(last_seen_at=outcome.polled_at))
        for new, known in outcome.aliases:
            columns = (
                entry_keys.c.feed,
                literal(new),
                entry_keys.c.entry_id,
                literal(outcome.polled_at, entry_keys.c.last_seen_at.type),
            )
            row = select(*columns).where(mine, entry_keys.c.key == known)
            db.execute(insert_or_ignore(db, entry_keys).from_select(["feed", "key", "entry_id", "last_seen_at"], row))


def forget_refusals(db: Connection, now: datetime, *, later_than: datetime) -> None:
    """Make entries judged again that were refused because the clock was set ahead (seen `later_than`): refused for
    their age, or as part of the first poll though of this day. Their keys are deleted, so the next poll that finds them
    judges them.
    """
    unseen = and_(entries.c.outcome == Outcome.BASELINE, entries.c.published_at > now - DAY)
    refused = and_(entries.c.seen_at > later_than, or_(entries.c.outcome == Outcome.TOO_OLD, unseen))
    blank = {column: getattr(Validators(), column) for column in Validators.__dataclass_fields__}
    theirs = feeds.c.name.in_(select(entries.c.feed).where(refused))
    db.execute(update(feeds).where(theirs).values(**blank, unmodified=0))
    db.execute(delete(entry_keys).where(entry_keys.c.entry_id.in_(select(entries.c.id).where(refused))))
    db.execute(update(entries).where(refused).values(reason=MISJUDGED))


def insert_entries(
    db: Connection, decided: Sequence[tuple[PollOutcome, EntryOutcome]], *, story_id: int | None
) -> None:
    """Insert entries with their keys, and the articles that were read: in `articles` with a telling, else archived."""
    if not decided:
        return
    statement = insert(entries).returning(entries.c.id, sort_by_parameter_order=True)
    ids = db.scalars(statement, [_entry_row(poll, outcome, story_id) for poll, outcome in decided]).all()
    numbered = [(number, poll, outcome) for number, (poll, outcome) in zip(ids, decided, strict=True)]
    db.execute(
        insert_or_ignore(db, entry_keys),
        [
            {"feed": poll.feed, "key": key, "entry_id": number, "last_seen_at": poll.polled_at}
            for number, poll, outcome in numbered
            for key in outcome.entry.keys
        ],
    )
    for number, poll, outcome in numbered:
        if outcome.entry.is_retitled:  # its keys now refer to the entry with its present headline
            mine = and_(entry_keys.c.feed == poll.feed, entry_keys.c.key.in_(outcome.entry.keys))
            db.execute(update(entry_keys).where(mine).values(entry_id=number))
    tellings = [(number, poll, outcome, telling) for number, poll, outcome in numbered if (telling := outcome.telling)]
    if tellings:
        rows = [_article_row(telling, outcome.source, number, story_id) for number, _, outcome, telling in tellings]
        db.execute(insert(articles), rows)
    hold(db, [(number, telling.verdict, poll.polled_at) for number, poll, _, telling in tellings])
    untold = [(number, outcome) for number, _, outcome in numbered if not outcome.telling]
    keep(db, [(number, outcome.entry.title, outcome.article) for number, outcome in untold if outcome.article])


def _entry_row(poll: PollOutcome, outcome: EntryOutcome, story_id: int | None) -> dict[str, Any]:
    entry = outcome.entry
    article = outcome.telling.article if outcome.telling else outcome.article
    return {
        "feed": poll.feed,
        "url": entry.url,
        "title": entry.title,
        "published_at": entry.published_at,
        "seen_at": poll.polled_at,
        "outcome": outcome.outcome,
        "reason": outcome.reason,
        "language": article.language if article else None,
        "story_id": story_id,
        "address": address_number(canonical(entry.url)) if entry.url else None,
    }


def _article_row(telling: Telling, source: bytes, entry_id: int, story_id: int | None) -> dict[str, Any]:
    article = {name: getattr(telling.article, name) for name in Article.__dataclass_fields__}
    placed = {"entry_id": entry_id, "story_id": story_id, "part": telling.part, "evidence": telling.evidence}
    article["source"] = zlib.compress(source) if source else None
    return article | placed | {"verdict": stored_verdict(telling.verdict)}


def unmatched(db: Connection, number: int, *, since: datetime) -> EntryOutcome | None:
    """Return an unmatched entry to be placed again, with a telling that has no topics. None if it is no longer
    unmatched, is older than `since`, its text was deleted, or its feed showed the article again.
    """
    later = entries.alias()
    is_same_article = and_(later.c.feed == entries.c.feed, later.c.address == entries.c.address)
    is_shown_anew = exists().where(is_same_article, later.c.id > entries.c.id)
    is_young = func.coalesce(entries.c.published_at, entries.c.seen_at) >= since
    mine = with_texts(select(entries)).where(entries.c.id == number, entries.c.outcome == Outcome.UNMATCHED)
    row = db.execute(mine.where(archive.c.entry_id.isnot(None), is_young, ~is_shown_anew)).first()
    if row is None:
        return None
    telling = Telling(article=_archived(db, row), verdict=Verdict())
    entry = Entry(keys=(), url=row.url, title=row.title, published_at=row.published_at)
    return EntryOutcome(entry=entry, outcome=Outcome.POSTED, reason="", telling=telling)


def _archived(db: Connection, row: Row[Any]) -> Article:
    title, text = text_of(db, row.title, row.body)
    return Article(
        feed=row.feed,
        url=row.url,
        canonical_url=canonical(row.url) or f"{row.feed}:{row.id}",
        title=title,
        text=text,
        language=row.language,
        published_at=row.published_at or row.seen_at,  # the story may be told that it is older
        fingerprint=fingerprint(title, text),
        problem=row.reason.partition(" (")[2].removesuffix(")"),
    )


def tell_anew(db: Connection, number: int, decided: EntryOutcome, telling: Telling, *, story_id: int | None) -> None:
    """Put an unmatched entry into a story; its text moves from the archive to `articles`."""
    became = {"outcome": decided.outcome, "reason": decided.reason, "story_id": story_id}
    db.execute(update(entries).where(entries.c.id == number).values(**became))
    db.execute(insert(articles), [_article_row(telling, decided.source, number, story_id)])
    db.execute(delete(archive).where(archive.c.entry_id == number))
