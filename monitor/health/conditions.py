"""What is wrong now: one look at everything → conditions an operator should know. Pure; time is an argument.

The numbers are those of a patient operator: one failed poll, one slow minute is nothing. An outage of our own is one
condition, and is charged to no feed. How a condition becomes a message stands in alarms.py.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.errors import FetchFailure, ParseFailure
from monitor.health.liveness import POLL, STANDSTILL, START, beat_name
from monitor.health.rule_rates import RuleRate
from monitor.models.feeds import LOST_LETTERS, FeedHealth, Trouble
from monitor.models.health import Alarm, ChatVitals, ConditionKind, Disk, EvidenceVitals, StampVitals, Vitals
from monitor.models.labels import span
from monitor.models.outbox import DeliveryState

BROKEN_AFTER = 5  # failures in a row
BLOCKED_AFTER = 3
UNREADABLE_AFTER = 2
BROKEN_FOR = timedelta(hours=1)
LATE = timedelta(minutes=10)  # a delivery that waits longer
LEAST_SHARE = 0.05  # of the disk must be free
LEAST_FREE = 200 * 2**20  # bytes, however small the disk
ENOUGH_FREE = 10 * 2**30  # bytes, however large the disk
OUTAGE_FEEDS = 5
OUTAGE_SHARE = 0.6
UNLOOKED = timedelta(hours=1)  # a page that waits longer to be looked at
UNSTAMPED = timedelta(days=1)  # links that wait longer for an authority

_BLOCKED = frozenset({FetchFailure.FORBIDDEN, FetchFailure.CHALLENGE, FetchFailure.ROBOTS, ParseFailure.NO_PREVIEW})
_OUT_OF_REACH = frozenset({"", FetchFailure.CONNECTION, FetchFailure.TIMEOUT})
_OF_WORKERS = frozenset({ConditionKind.COPIES, ConditionKind.CHAIN})  # with a worker's name as their subject

TITLES = {
    ConditionKind.OUTAGE: "Нет связи с большинством лент",
    ConditionKind.STANDSTILL: "Работа стоит",
    ConditionKind.BROKEN: "Лента не читается",
    ConditionKind.BLOCKED: "Лента закрыта от нас",
    ConditionKind.UNREADABLE: "Лента приходит нечитаемыми буквами",
    ConditionKind.SILENT: "Лента замолчала",
    ConditionKind.BARE: "Со страниц не читается текст",
    ConditionKind.GAP: "Новости могли пройти мимо",
    ConditionKind.CLOSED: "Чат не принимает сообщений",
    ConditionKind.DEAF: "Бот не слышит команд и кнопок",
    ConditionKind.LATE: "Отправка отстаёт",
    ConditionKind.UNCERTAIN: "Неясно, ушло ли",
    ConditionKind.REJECTED: "Telegram отверг сообщение",
    ConditionKind.LOUD: "Правило срабатывает слишком часто",
    ConditionKind.QUIET: "Правило давно не срабатывает",
    ConditionKind.DISK: "Кончается место на диске",
    ConditionKind.COPIES: "Копии страниц не сохраняются",
    ConditionKind.STAMPS: "Нет меток времени",
    ConditionKind.CHAIN: "Цепочка копий нарушена",
    ConditionKind.SITE: "Сайт не обновляется",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One look at everything. `served` are the chats we write to, `is_down` what polling says of our own network.

    `operator` is the operator's chat: that messages there are late would be told there, when it is no longer true.
    Of this `worker` alone are `copy_trouble`, why it cannot keep copies ("": it can, or has not tried), and
    `chain_breaks`, where the chains do not hold (None: they are not checked yet); and `site_trouble`, why the public
    archive is not fresh.
    """

    now: datetime
    feeds: tuple[FeedHealth, ...]
    vitals: Vitals
    served: Collection[str]
    standstill: tuple[str, ...] = ()
    rules: tuple[RuleRate, ...] = ()
    disk: Disk | None = None
    is_down: bool = False
    operator: str = ""
    worker: str = ""
    evidence: EvidenceVitals | None = None
    copy_trouble: str = ""
    chain_breaks: tuple[str, ...] | None = ()
    site_trouble: str = ""

    @property
    def started_at(self) -> datetime | None:
        """When this worker began."""
        return self.vitals.beats.get(beat_name(START, self.worker))


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something is wrong now. `subject` is with what: a feed, a chat, a rule, a number; "" for the whole."""

    kind: ConditionKind
    subject: str
    text: str

    @property
    def key(self) -> str:
        """Its identity: the same condition at the next look has the same key."""
        return f"{self.kind}:{self.subject}"


def conditions(facts: Facts) -> tuple[Condition, ...]:
    """Everything that is wrong now. In an outage of our own nothing is said of feeds."""
    down = _outage(facts)
    return (
        *((down,) if down else (condition for feed in _watched(facts) for condition in _of_feed(feed, facts.now))),
        *map(_stuck, facts.standstill),
        *(condition for chat in facts.vitals.chats if chat.chat in facts.served for condition in _of_chat(chat, facts)),
        *([Condition(kind=ConditionKind.DEAF, subject="", text=facts.vitals.deaf)] if facts.vitals.deaf else ()),
        *_undecided(facts.vitals),
        *(condition for rate in facts.rules for condition in _of_rule(rate)),
        *_of_disk(facts.disk),
        *_of_copies(facts, is_down=down is not None),
        *(condition for stamp in _stamps(facts) for condition in _of_stamp(stamp, facts.now)),
        *_of_chains(facts),
        *([Condition(kind=ConditionKind.SITE, subject="", text=facts.site_trouble)] if facts.site_trouble else ()),
    )


def may_be_over(alarm: Alarm, facts: Facts) -> bool:
    """Whether this look, which does not find what the alarm tells of, can say that it is over.

    What a worker finds of its own copies no other sees, nor does it see it again itself right after a start.
    """
    if alarm.kind not in _OF_WORKERS or not alarm.subject:
        return True
    if alarm.subject != facts.worker:
        beat = facts.vitals.beats.get(beat_name(POLL, alarm.subject))
        return beat is None or facts.now - beat > STANDSTILL
    if alarm.kind is ConditionKind.CHAIN:
        return facts.chain_breaks is not None
    kept_at = facts.evidence.kept_at if facts.evidence else None
    return facts.started_at is None or (kept_at is not None and kept_at >= facts.started_at)


def _watched(facts: Facts) -> tuple[FeedHealth, ...]:
    """The feeds that nobody has paused: of those alone anything is expected."""
    return tuple(feed for feed in facts.feeds if not feed.is_paused)


def _outage(facts: Facts) -> Condition | None:
    watched = _watched(facts)
    lost = [feed for feed in watched if feed.failures >= UNREADABLE_AFTER and feed.failure_kind in _OUT_OF_REACH]
    most = len(lost) >= max(OUTAGE_FEEDS, OUTAGE_SHARE * len(watched))
    if not facts.is_down and not most:
        return None
    count = f"не отвечают {len(lost)} из {len(watched)}: " if most else ""
    text = f"{count}похоже, сеть пропала у нас; лентам это не в счёт"
    return Condition(kind=ConditionKind.OUTAGE, subject="", text=text)


def _stuck(problem: str) -> Condition:
    what, _, why = problem.partition(": ")
    return Condition(kind=ConditionKind.STANDSTILL, subject=what, text=why)


def _of_feed(feed: FeedHealth, now: datetime) -> Iterator[Condition]:
    failing = _failing(feed, now)
    if failing:
        since = f"последний успех {span(now - feed.succeeded_at)} назад" if feed.succeeded_at else "ещё ни разу"
        yield Condition(kind=failing, subject=feed.name, text=f"{feed.failure} ({since}, неудач: {feed.failures})")
    habit = feed.habit
    for problem in habit.notices if not failing else ():
        if problem.startswith(LOST_LETTERS):
            yield Condition(kind=ConditionKind.UNREADABLE, subject=feed.name, text=problem)
    if Trouble.SILENT in feed.troubles and not failing:
        usual = f", обычно раз в {span(habit.news_gap)}" if habit.news_gap else ""
        silent = f"нового нет {span(now - habit.news_at)}" if habit.news_at else "нового нет давно"
        yield Condition(kind=ConditionKind.SILENT, subject=feed.name, text=silent + usual)
    if Trouble.BARE in feed.troubles:
        text = f"без текста {habit.bare:.0%} последних страниц"
        yield Condition(kind=ConditionKind.BARE, subject=feed.name, text=text)
    if Trouble.GAP in feed.troubles:
        text = "между двумя опросами лента сменилась целиком"
        yield Condition(kind=ConditionKind.GAP, subject=feed.name, text=text)


def _failing(feed: FeedHealth, now: datetime) -> ConditionKind | None:
    lasts = feed.succeeded_at is None or now - feed.succeeded_at >= BROKEN_FOR
    if feed.failure_kind == ParseFailure.MOJIBAKE:
        return ConditionKind.UNREADABLE if feed.failures >= UNREADABLE_AFTER else None
    if feed.failure_kind in _BLOCKED:
        return ConditionKind.BLOCKED if lasts and feed.failures >= BLOCKED_AFTER else None
    return ConditionKind.BROKEN if lasts and feed.failures >= BROKEN_AFTER else None


def _of_chat(chat: ChatVitals, facts: Facts) -> Iterator[Condition]:
    now = facts.now
    if chat.closed:
        yield Condition(kind=ConditionKind.CLOSED, subject=chat.chat, text=chat.closed)
    elif chat.chat != facts.operator and chat.waiting_since and now - chat.waiting_since > LATE:
        text = f"ждут {chat.pending}, дольше всех {span(now - chat.waiting_since)}"
        yield Condition(kind=ConditionKind.LATE, subject=chat.chat, text=text)


def _undecided(vitals: Vitals) -> Iterator[Condition]:
    kinds = {DeliveryState.UNCERTAIN: ConditionKind.UNCERTAIN, DeliveryState.REJECTED: ConditionKind.REJECTED}
    for number, state in vitals.undecided:
        yield Condition(kind=kinds[state], subject=f"№ {number}", text="решите: monitor outbox list")


def _of_rule(rate: RuleRate) -> Iterator[Condition]:
    if rate.unusual:
        kind = ConditionKind.LOUD if rate.is_loud else ConditionKind.QUIET
        yield Condition(kind=kind, subject=rate.rule, text=rate.unusual)


def _of_disk(disk: Disk | None) -> Iterator[Condition]:
    if disk and disk.free < max(LEAST_FREE, min(LEAST_SHARE * disk.total, ENOUGH_FREE)):
        text = f"свободно {disk.free / 2**20:.0f} МБ из {disk.total / 2**20:.0f}"
        yield Condition(kind=ConditionKind.DISK, subject="", text=text)


def _of_copies(facts: Facts, *, is_down: bool) -> Iterator[Condition]:
    if facts.copy_trouble:
        yield Condition(kind=ConditionKind.COPIES, subject=facts.worker, text=facts.copy_trouble)
    due_since = facts.evidence.due_since if facts.evidence else None
    if due_since is None or is_down:
        return
    # What fell due while nobody worked is late from the last start on.
    starts = (at for name, at in facts.vitals.beats.items() if name.startswith(beat_name(START, "")))
    late = facts.now - max([due_since, *starts])
    if late > UNLOOKED:
        text = f"страницы ждут взгляда, дольше всех {span(facts.now - due_since)}"
        yield Condition(kind=ConditionKind.COPIES, subject="", text=text)


def _stamps(facts: Facts) -> tuple[StampVitals, ...]:
    return facts.evidence.stamps if facts.evidence else ()


def _of_stamp(stamp: StampVitals, now: datetime) -> Iterator[Condition]:
    """A link that waits long is no trouble while others are stamped: its chain has its turn."""
    if stamp.waiting_since and now - max(stamp.waiting_since, stamp.given_at or stamp.waiting_since) > UNSTAMPED:
        last = f"последняя {span(now - stamp.given_at)} назад" if stamp.given_at else "ещё ни одной"
        text = ": ".join(filter(None, [last, stamp.problem]))
        yield Condition(kind=ConditionKind.STAMPS, subject=stamp.authority, text=text)


def _of_chains(facts: Facts) -> Iterator[Condition]:
    if facts.chain_breaks:
        yield Condition(kind=ConditionKind.CHAIN, subject=facts.worker, text=facts.chain_breaks[0])
