"""How what is wrong is told: conditions over time → what began and what ended → one message. Pure; time is an argument.

Alarms that cry all day are switched off, so only a change is told, never a state: a condition must hold for two looks
to be told (a doubt, ten minutes) and be gone for two to be called over, and all changes of a look are one message.
docs/operating.md says of every kind what to do.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import groupby

from monitor.health.conditions import TITLES, Condition
from monitor.models.health import Alarm, ConditionKind
from monitor.text.telegram_html import Html, join, tag, text
from monitor.text.unicode import cut

HOLD = timedelta(seconds=50)  # two looks, a minute apart
HOLD_DOUBT = timedelta(minutes=10)  # a post in doubt may be found in the channel by then, and nobody need be asked
MOST_LINES = 20  # of one message: with LINE it stays below Telegram's 4096 units
LINE = 160  # UTF-16 units

_OF_SITES = frozenset(
    {
        ConditionKind.BROKEN,
        ConditionKind.BLOCKED,
        ConditionKind.UNREADABLE,
        ConditionKind.SILENT,
        ConditionKind.BARE,
        ConditionKind.GAP,
        ConditionKind.COPIES,
    }
)
_PASSING = frozenset(
    {ConditionKind.GAP, ConditionKind.UNCERTAIN, ConditionKind.REJECTED}
)  # events: that they are over is no news


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmChanges:
    """What a look changed: the alarms to remember, and which of them to tell."""

    alarms: tuple[Alarm, ...]
    began: tuple[Alarm, ...]
    ended: tuple[Alarm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmMessage:
    """One message to the operator: Telegram HTML. Two with one key say the same."""

    key: str
    html: Html


def follow(
    known: Iterable[Alarm],
    seen: Iterable[Condition],
    now: datetime,
    *,
    may_be_over: Callable[[Alarm], bool],
) -> AlarmChanges:
    """Bring the known alarms up to what is seen now; `may_be_over` says of one not seen whether it could have been."""
    remembered = {alarm.key: alarm for alarm in known}
    holding = {condition.key: _held(remembered.get(condition.key), condition, now) for condition in seen}
    # While we are cut off nobody can say how the sites do: what was known of them stays as it is.
    blind = any(alarm.kind is ConditionKind.OUTAGE for alarm in holding.values())
    gone = [alarm for key, alarm in remembered.items() if key not in holding]
    frozen = [alarm for alarm in gone if (blind and alarm.kind in _OF_SITES) or not may_be_over(alarm)]
    leaving = [_left(alarm, now) for alarm in gone if alarm.told_at and alarm not in frozen]
    over = [alarm for alarm in leaving if _is_over(alarm, now)]
    return AlarmChanges(
        alarms=(*holding.values(), *frozen, *(alarm for alarm in leaving if alarm not in over)),
        began=tuple(alarm for alarm in holding.values() if alarm.told_at == now),
        ended=tuple(alarm for alarm in over if alarm.kind not in _PASSING),
    )


def alarm_message(changes: AlarmChanges) -> AlarmMessage | None:
    """What to tell of a look; None when nothing began or ended."""
    if not changes.began and not changes.ended:
        return None
    began, ended = (
        sorted(f"{alarm.key}@{alarm.since.isoformat()}" for alarm in alarms)
        for alarms in (changes.began, changes.ended)
    )
    signature = "\n".join([*began, "", *ended])
    lines = [*_section("⚠️", changes.began, with_text=True), *_section("✅ Прошло:", changes.ended, with_text=False)]
    return AlarmMessage(key=f"alarms:{sha256(signature.encode()).hexdigest()[:24]}", html=join("\n", _shortened(lines)))


# ── time ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _held(alarm: Alarm | None, condition: Condition, now: datetime) -> Alarm:
    alarm = alarm or Alarm(key=condition.key, text="", since=now)
    hold = HOLD_DOUBT if condition.kind is ConditionKind.UNCERTAIN else HOLD
    lasts = now - alarm.since >= hold
    told_at = alarm.told_at or (now if lasts else None)
    return replace(alarm, text=condition.text, told_at=told_at, gone_at=None)


def _left(alarm: Alarm, now: datetime) -> Alarm:
    return replace(alarm, gone_at=alarm.gone_at or now)


def _is_over(alarm: Alarm, now: datetime) -> bool:
    return alarm.gone_at is not None and now - alarm.gone_at >= HOLD


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _section(mark: str, alarms: Iterable[Alarm], *, with_text: bool) -> Iterator[Html]:
    order = list(ConditionKind)
    in_order = sorted(alarms, key=lambda alarm: (order.index(alarm.kind), alarm.subject))
    for kind, group in groupby(in_order, lambda alarm: alarm.kind):
        yield join(" ", (text(mark), tag("b", text(TITLES[kind]))))
        for alarm in group:
            about = ": ".join(part for part in (alarm.subject, alarm.text if with_text else "") if part)
            if line := cut(" ".join(about.split()), LINE):
                yield text(f"• {line}")


def _shortened(lines: list[Html]) -> list[Html]:
    left = len(lines) - MOST_LINES
    return lines if left <= 0 else [*lines[:MOST_LINES], text(f"… и ещё строк: {left}")]
