from datetime import timedelta

from monitor.health import SILENCE, silent_jobs
from tests.factories import NOW


def test_two_beating_jobs_are_health() -> None:
    assert silent_jobs({"poll": NOW, "dispatch": NOW - SILENCE}, NOW) == ()


def test_a_job_that_stopped_is_named_with_its_last_sign() -> None:
    (silent,) = silent_jobs({"poll": NOW - SILENCE - timedelta(seconds=1), "dispatch": NOW}, NOW)

    assert silent.startswith("poll: молчит с 2026-11-22 08:58")


def test_a_job_that_never_began_is_named() -> None:
    assert silent_jobs({"poll": NOW}, NOW) == ("dispatch: ещё не начинал",)
