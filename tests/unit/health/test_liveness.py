from datetime import timedelta
from typing import Any

import pytest

from monitor.health.liveness import SILENCE, STANDSTILL, beat_name, problems, silent_jobs, standstill
from monitor.models.health import ChatVitals, Vitals
from tests.factories import HOUR, NOW
from tests.factories.health import chat_vitals, vitals

MINUTE = timedelta(minutes=1)
LONG_AGO = NOW - STANDSTILL - MINUTE


def beats(**at: Any) -> dict[str, Any]:
    return {beat_name(job, "here"): instant for job, instant in at.items()}


def test_two_beating_jobs_are_health() -> None:
    assert silent_jobs(beats(poll=NOW, dispatch=NOW - SILENCE), NOW, worker="here") == ()


def test_a_job_that_stopped_is_named_with_its_last_sign() -> None:
    (silent,) = silent_jobs(beats(poll=NOW - SILENCE - timedelta(seconds=1), dispatch=NOW), NOW, worker="here")

    assert silent.startswith("poll: молчит с 2026-11-22 08:58")


def test_a_job_that_never_began_is_named() -> None:
    assert silent_jobs(beats(poll=NOW), NOW, worker="here") == ("dispatch: ещё не начинал",)


def test_the_beats_of_a_process_that_died_do_not_count() -> None:
    left = beats(poll=NOW - MINUTE, dispatch=NOW - MINUTE, start=NOW - timedelta(seconds=30))

    assert silent_jobs(left, NOW, worker="here") == ("poll: ещё не начинал", "dispatch: ещё не начинал")
    assert silent_jobs(left | beats(poll=NOW, dispatch=NOW), NOW, worker="here") == ()


def test_no_worker_covers_for_another() -> None:
    others = beats(poll=NOW, dispatch=NOW)

    assert len(silent_jobs(others, NOW, worker="there")) == 2


def test_due_feeds_that_nobody_polls_are_a_standstill() -> None:
    (problem,) = standstill(vitals(due_since=LONG_AGO, polled_at=LONG_AGO), NOW, chats=())

    assert problem.startswith("опросы стоят: ")


@pytest.mark.parametrize(
    "given",
    [
        vitals(),
        vitals(due_since=NOW - MINUTE, polled_at=LONG_AGO),
        vitals(due_since=LONG_AGO, polled_at=NOW - MINUTE),  # a long line is served: polls end
    ],
    ids=["nothing due", "due just now", "behind but busy"],
)
def test_polls_that_go_on_are_none(given: Vitals) -> None:
    assert standstill(given, NOW, chats=()) == ()


@pytest.mark.parametrize(
    ("chat", "stands"),
    [
        (chat_vitals(waiting_since=LONG_AGO), True),
        (chat_vitals(waiting_since=LONG_AGO, tried_at=LONG_AGO), True),
        (chat_vitals(waiting_since=NOW - MINUTE), False),
        (chat_vitals(waiting_since=LONG_AGO, tried_at=NOW - MINUTE), False),
        (chat_vitals(waiting_since=LONG_AGO, not_before_at=NOW + HOUR), False),
        (chat_vitals(waiting_since=LONG_AGO, chat="@another"), False),
        (chat_vitals(waiting_since=None, pending=0), False),
    ],
    ids=["untried", "tried long ago", "new", "tried", "Telegram told to wait", "not ours", "nothing waits"],
)
def test_a_waiting_post_must_be_tried(chat: ChatVitals, *, stands: bool) -> None:
    assert bool(standstill(vitals(chats=(chat,)), NOW, chats=("@channel",))) is stands


def test_polls_that_are_begun_and_never_recorded_are_no_health() -> None:
    """A full disk takes a lease and no entries."""
    working = beats(poll=NOW, dispatch=NOW)
    vain = vitals(beats=working, unended_since=LONG_AGO, polled_at=LONG_AGO)
    young = vitals(beats=working | beats(start=NOW - MINUTE), unended_since=LONG_AGO, polled_at=LONG_AGO)

    (problem,) = problems(vain, NOW, worker="here", chats=())
    assert problem.startswith("опросы не доводятся до конца: ")
    assert standstill(vain, NOW, chats=()) == problems(young, NOW, worker="here", chats=()) == ()


def test_a_worker_is_healthy_when_it_beats_and_the_work_goes_on() -> None:
    well = vitals(beats=beats(poll=NOW, dispatch=NOW))
    stuck = vitals(beats=beats(poll=NOW, dispatch=NOW), due_since=LONG_AGO, polled_at=None)

    assert problems(well, NOW, worker="here", chats=()) == ()
    assert len(problems(stuck, NOW, worker="here", chats=())) == 1
    assert len(problems(vitals(), NOW, worker="here", chats=())) == 2
