"""Whether the work goes on: jobs come round, due feeds are polled, waiting posts are tried. Pure: a look in, words out.

`monitor health` (the container's check), `/health` and the heartbeat to the outside all ask here. Each worker beats
in the database under its own name after a round of its own, so that a process that is alive but stuck falls silent and
no other covers for it. A refusing Telegram or a dead feed is no standstill: trying is progress, and a restart cures
neither.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

from monitor.models.health import ChatVitals, Vitals

POLL = "poll"
DISPATCH = "dispatch"
START = "start"  # beats once, when a process begins: what beat before it was another process
EVERY = timedelta(seconds=10)  # how often a job beats
SILENCE = timedelta(seconds=90)  # a job silent for longer is dead or stuck
STANDSTILL = timedelta(minutes=5)  # what is due and untouched for so long is being left undone


def beat_name(job: str, worker: str) -> str:
    """The name under which a worker's job beats in the database."""
    return f"{job}@{worker}"


def silent_jobs(beats: Mapping[str, datetime], now: datetime, *, worker: str) -> tuple[str, ...]:
    """The jobs of a worker that do not beat, each with since when, in words an operator reads; empty: all is well."""
    started_at = beats.get(beat_name(START, worker))
    last = {job: beats.get(beat_name(job, worker)) for job in (POLL, DISPATCH)}
    own = {job: at if at and (started_at is None or at >= started_at) else None for job, at in last.items()}
    return tuple(
        f"{job}: " + (f"молчит с {_utc(at)}" if at else "ещё не начинал")
        for job, at in own.items()
        if at is None or now - at > SILENCE
    )


def standstill(vitals: Vitals, now: datetime, *, chats: Collection[str]) -> tuple[str, ...]:
    """What should be under way and is not, in the same words. `chats` are those we serve."""
    return (*_polls(vitals, now), *_sends(vitals, now, chats))


def problems(vitals: Vitals, now: datetime, *, worker: str, chats: Collection[str]) -> tuple[str, ...]:
    """Why this worker cannot be called healthy; empty: polls and deliveries go on."""
    stuck = standstill(vitals, now, chats=chats)
    return (*silent_jobs(vitals.beats, now, worker=worker), *(stuck or _unended(vitals, now, worker)))


def _polls(vitals: Vitals, now: datetime) -> Iterator[str]:
    if vitals.due_since and now - _latest(vitals.due_since, vitals.polled_at) > STANDSTILL:
        last = f"последний опрос {_utc(vitals.polled_at)}" if vitals.polled_at else "опросов ещё не было"
        yield f"опросы стоят: есть ленты, которые пора было опросить {_utc(vitals.due_since)}; {last}"


def _unended(vitals: Vitals, now: datetime, worker: str) -> Iterator[str]:
    """No alarm: who can write down no poll has told of its database already."""
    started_at = vitals.beats.get(beat_name(START, worker))
    if vitals.unended_since and now - _latest(vitals.unended_since, vitals.polled_at, started_at) > STANDSTILL:
        what = f"ленты, которые пора было опросить {_utc(vitals.unended_since)}; проверьте базу и место на диске"
        yield f"опросы не доводятся до конца: есть {what}"


def _sends(vitals: Vitals, now: datetime, served: Collection[str]) -> Iterator[str]:
    for chat in vitals.chats:
        if chat.chat in served and chat.waiting_since and now - _ready_at(chat, chat.waiting_since) > STANDSTILL:
            yield f"отправка в {chat.chat} стоит: ждут {chat.pending}, самая ранняя с {_utc(chat.waiting_since)}"


def _ready_at(chat: ChatVitals, waiting_since: datetime) -> datetime:
    """From when somebody should have tried."""
    return _latest(waiting_since, chat.not_before_at, chat.tried_at)


def _latest(first: datetime, *others: datetime | None) -> datetime:
    return max([first, *filter(None, others)])


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
