"""Telling people that the page of a posted article changed or disappeared: a question to maintainers, a reply in the
channel.

`tell_of` runs in the transaction that records a look. Synchronous: callers in the event loop use `to_thread`.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, and_, exists, select, update

from monitor.models.evidence import Observed, Sight, Version
from monitor.models.outbox import DeliveryKind, DeliveryState
from monitor.storage.database import chunks, write_transaction
from monitor.storage.evidence.rows import NOTHING_SEEN, observed_rows, read_observed, unpack
from monitor.storage.evidence.schema import captures, observations, pages
from monitor.storage.outbox.deliveries import AFTER, reply, tell
from monitor.storage.tables import articles, deliveries, entries
from monitor.stories import page_notice
from monitor.text.telegram_html import Html, join, text

_ABSENT = (Sight.MISSING, Sight.GONE)
_POSTED = "Лента показала то же самое: об этом уже есть пост или вопрос"
_DECIDED = {True: "Сообщено в канале", False: "В канале не сообщаем"}
_NO_POST = "Поста этой новости в канале нет: отвечать не на что"
_SIGNED = re.compile(rf"^({'|'.join((*_DECIDED.values(), _NO_POST))}) \(.\.\)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcements:
    """Whom to tell: chats of the settings, "" for none; `announces`: tell the channel about *gone* unasked."""

    review: str = ""
    channel: str = ""
    zone: str = "UTC"
    announces: bool = False


NOBODY: Final = Announcements()


def tell_of(db: Connection, observation_id: int, to: Announcements, now: datetime) -> None:
    """Ask maintainers about an observation; or, for a page that is gone, tell the channel if `announces` is set."""
    observed = _observed(db, observation_id)
    assert observed
    seen_at = _absences(db, observed)
    if to.announces and observed.sight is Sight.GONE and _announce(db, observed, to, now):
        return
    if to.review:
        html = page_notice.notice(observed, _headline(db, observed), seen_at=seen_at, zone=to.zone)
        tell(db, to.review, _key(observed.id), html, now=now, buttons=page_notice.buttons(observed.id))


def announced_versions(db: Connection, stories: Collection[int]) -> Mapping[int, Mapping[str, Version]]:
    """Return for each of these stories what its pages said when the channel was told about their changes, by canonical
    address, except for articles told again since.
    """
    article = and_(articles.c.canonical_url == pages.c.canonical_url, articles.c.story_id == deliveries.c.story_id)
    told_since = exists().where(article, entries.c.id == articles.c.entry_id, entries.c.seen_at > observations.c.at)
    seen_by_then = and_(captures.c.page_id == pages.c.id, captures.c.taken_at <= observations.c.at)
    version = select(captures.c.version).where(seen_by_then, captures.c.version.isnot(None))
    version = version.order_by(captures.c.id.desc()).limit(1)
    rows = (
        select(deliveries.c.story_id, pages.c.canonical_url, version.scalar_subquery().label("version"))
        .join(observations, observations.c.id == deliveries.c.part - AFTER)
        .join(pages, pages.c.id == observations.c.page_id)
        .where(deliveries.c.kind == DeliveryKind.NOTICE, observations.c.sight != Sight.GONE, ~told_since)
        .order_by(observations.c.id)
    )
    versions: defaultdict[int, dict[str, Version]] = defaultdict(dict)
    for chunk in chunks(sorted(stories)):
        for row in db.execute(rows.where(deliveries.c.story_id.in_(chunk))):
            if version_told := unpack(row.version):
                versions[row.story_id][row.canonical_url] = version_told
    return versions


def withdraw(db: Connection, page_id: int, to: Announcements, now: datetime) -> None:
    """Close the questions about changes of a page that a post has told the channel since."""
    for question in _asked_of_changes(db, page_id, to):
        _close(db, question, _POSTED, to, now)


def tell_of_undoing(db: Connection, page_id: int, to: Announcements, now: datetime) -> None:
    """Close the last question about a change: the page shows its former text again."""
    for question in _asked_of_changes(db, page_id, to)[-1:]:
        _close(db, question, page_notice.undone_line(now, to.zone), to, now)


def _asked_of_changes(db: Connection, page_id: int, to: Announcements) -> Sequence[Row[Any]]:
    changed = select(observations.c.id).where(observations.c.page_id == page_id, observations.c.sight == Sight.CHANGED)
    keys = [_key(observation_id) for observation_id in db.scalars(changed)]
    asked = select(deliveries).where(deliveries.c.chat == to.review, deliveries.c.key.in_(keys))
    return db.execute(asked.order_by(deliveries.c.id)).all()


def _close(db: Connection, question: Row[Any], why: str, to: Announcements, now: datetime) -> None:
    if question.buttons:
        tell(db, to.review, question.key, join("\n\n", (Html(question.html), text(why))), now=now)


def tell_of_return(db: Connection, page_id: int, to: Announcements, now: datetime) -> None:
    """Append to all notices about a page's absence that it is back, and remove the button: it would announce an absence
    that is over, and the channel's readers would believe it.
    """
    gone = select(observations.c.id).where(observations.c.page_id == page_id, observations.c.sight == Sight.GONE)
    keys = [_key(observation_id) for observation_id in db.scalars(gone)]
    note = text(page_notice.back_line(now, to.zone))
    shown = select(deliveries.c.chat, deliveries.c.key, deliveries.c.html).where(deliveries.c.key.in_(keys))
    for one in db.execute(shown.where(deliveries.c.html.notlike(f"%{page_notice.BACK}%"))).all():
        tell(db, one.chat, one.key, join("\n\n", (Html(one.html), note)), now=now)


def unsign(db: Connection, before: datetime) -> None:
    """Take the letters of those who answered out of what was answered before then."""
    old = and_(deliveries.c.key.like("page:%"), deliveries.c.updated_at < before)
    rows = select(deliveries.c.id, deliveries.c.html).where(old, deliveries.c.html.like("% (_.)%"))
    for row in db.execute(rows).all():
        html = _SIGNED.sub(r"\1", row.html)
        db.execute(update(deliveries).where(deliveries.c.id == row.id).values(html=html))


class PageNotices:
    """Carries out maintainers' answers."""

    def __init__(self, engine: Engine, to: Announcements) -> None:
        self._engine, self._to = engine, to

    def decide(self, observation_id: int, *, announce: bool, initial: str, now: datetime) -> str:
        """Announce an observation, or not; the first answer stands. Returns it as plain Russian text."""
        with write_transaction(self._engine) as db:
            asked = select(deliveries.c.html, deliveries.c.buttons)
            asked = asked.filter_by(chat=self._to.review, key=_key(observation_id))
            question = db.execute(asked.with_for_update()).first()
            observed = _observed(db, observation_id)
            if question is None or observed is None:
                return "Эта кнопка больше не действует."
            if not question.buttons:
                *_, why = question.html.split("\n\n")
                return f"Уже решено. {why}"
            said = _DECIDED[announce]
            if announce and not _announce(db, observed, self._to, now):
                said = _NO_POST
            signed = f"{said} ({initial}.)" if initial else said
            decided = join("\n\n", (Html(question.html), text(signed)))
            tell(db, self._to.review, _key(observation_id), decided, now=now)
            return said


def _announce(db: Connection, observed: Observed, to: Announcements, now: datetime) -> bool:
    """Post a reply to the last post of the page's article in the channel; False if there is no such post."""
    post = _post(db, observed, to.channel)
    if post is None:
        return False
    html = page_notice.public(observed, seen_at=_absences(db, observed), zone=to.zone)
    reply(db, to.channel, _key(observed.id), html, story_id=post.story_id, number=observed.id, now=now)
    return True


def _post(db: Connection, observed: Observed, channel: str) -> Row[Any] | None:
    """Return the delivery that shows the page's article in the channel, or will."""
    same_part = and_(articles.c.story_id == deliveries.c.story_id, articles.c.part == deliveries.c.part)
    of_page = and_(pages.c.id == observed.page_id, pages.c.canonical_url == articles.c.canonical_url)
    stands = and_(deliveries.c.chat == channel, deliveries.c.kind == DeliveryKind.STORY, deliveries.c.html != "")
    shown = select(deliveries.c.story_id).join(articles, same_part).join(pages, of_page)
    alive = deliveries.c.state.notin_([DeliveryState.CANCELLED, DeliveryState.REJECTED])
    return db.execute(shown.where(stands, alive).order_by(deliveries.c.id.desc()).limit(1)).first()


def _absences(db: Connection, observed: Observed) -> Sequence[datetime]:
    """Return when the page was found absent, up to this look: the first time and the last."""
    if observed.sight is not Sight.GONE:
        return ()
    there = select(observations.c.id).where(
        observations.c.page_id == observed.page_id,
        observations.c.sight.notin_(NOTHING_SEEN),
        observations.c.id < observed.id,
    )
    last_there = db.scalar(there.order_by(observations.c.id.desc()).limit(1)) or 0
    absent = select(observations.c.at).where(
        observations.c.page_id == observed.page_id,
        observations.c.sight.in_(_ABSENT),
        observations.c.id > last_there,
        observations.c.id <= observed.id,
    )
    times = db.scalars(absent.order_by(observations.c.id)).all()
    return times if len(times) < 2 else (times[0], times[-1])


def _headline(db: Connection, observed: Observed) -> str:
    same = pages.c.canonical_url == articles.c.canonical_url
    title = select(articles.c.title).join(pages, same).where(pages.c.id == observed.page_id)
    return db.scalar(title.order_by(articles.c.id).limit(1)) or observed.url


def _observed(db: Connection, observation_id: int) -> Observed | None:
    row = db.execute(observed_rows().where(observations.c.id == observation_id)).first()
    return read_observed(row) if row else None


def _key(observation_id: int) -> str:
    return f"page:{observation_id}"
