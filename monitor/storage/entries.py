"""What a feed is known to have shown: statements on the identities of its entries. What identifies an entry: sources/.

Functions that take a connection are parts of somebody's transaction.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import Connection, and_, bindparam, literal, select, update

from monitor.models.feeds import Entry
from monitor.models.stories import PollOutcome
from monitor.storage.database import chunks, insert_or_ignore
from monitor.storage.tables import entries, entry_keys, feeds

KEYS_KEPT = timedelta(days=90)  # after a feed stopped showing an entry

_known_keys = (  # built once: building it costs more than asking
    select(entry_keys.c.key, entries.c.title)
    .join(entries, entries.c.id == entry_keys.c.entry_id)
    .where(entry_keys.c.feed == bindparam("of"), entry_keys.c.key.in_(bindparam("among", expanding=True)))
)
_SIGNS = re.compile(r"[\W\d_]+")  # a clock or a counter in a headline is no change of it


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntries:
    """What the store knows of the entries of one body."""

    unseen: tuple[Entry, ...]  # no key of theirs was seen in this feed before; in the order given
    known: tuple[str, ...] = ()  # the keys that were
    aliases: tuple[tuple[str, str], ...] = ()  # a new key of a known entry, and the key it is known by


def known_entries(db: Connection, feed: str, found: Sequence[Entry]) -> KnownEntries:
    """What is known of these entries of a feed. An entry is known when one of its keys is.

    One whose headline says something else now is unseen under a key of its own: it is judged once more.
    """
    keys = [key for entry in found for key in entry.keys]
    known = _titles(db, feed, keys)
    retitled = [_retitled(entry) for entry in found if _is_retitled(entry, known)]
    told = _titles(db, feed, [entry.keys[0] for entry in retitled])
    return KnownEntries(
        unseen=(
            *(entry for entry in found if known.keys().isdisjoint(entry.keys)),
            *(entry for entry in retitled if entry.keys[0] not in told),
        ),
        known=tuple(key for key in keys if key in known),
        aliases=tuple(_aliases(found, known)),
    )


def _aliases(found: Sequence[Entry], known: Collection[str]) -> Iterator[tuple[str, str]]:
    """The new keys of known entries, each with a key that is known."""
    for entry in found:
        as_known = next((key for key in entry.keys if key in known), None)
        if as_known is not None:
            yield from ((key, as_known) for key in entry.keys if key not in known)


def _titles(db: Connection, feed: str, keys: Sequence[str]) -> dict[str, str]:
    """The headline under which each known key was recorded."""
    rows = (row for chunk in chunks(keys) for row in db.execute(_known_keys, {"of": feed, "among": chunk}))
    return {row.key: row.title for row in rows}


def _is_retitled(entry: Entry, known: Mapping[str, str]) -> bool:
    recorded = next((known[key] for key in entry.keys if key in known), "")
    now = _bare(entry.title)
    return bool(recorded and now) and _bare(recorded) != now


def _bare(title: str) -> str:
    return _SIGNS.sub(" ", title).strip().casefold()


def _retitled(entry: Entry) -> Entry:
    mark = sha256(_bare(entry.title).encode("utf-8", "replace")).hexdigest()[:12]
    return replace(entry, keys=(f"{entry.keys[0]}~{mark}",))


def note_keys(db: Connection, outcomes: Sequence[PollOutcome]) -> None:
    """Keep the keys alive that a feed read whole still shows, and give known entries their new keys.

    What the feed showed when it was read whole before, it showed until now: those keys are noted too.
    """
    for outcome in outcomes:
        mine = entry_keys.c.feed == outcome.feed
        if outcome.habit.read_at == outcome.polled_at:
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
