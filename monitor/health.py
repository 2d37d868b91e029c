"""Whether the daemon is alive: its jobs beat in the database, `monitor health` (the container's check) listens.

A beat is written by the job itself after a round, so a process that is alive but stuck stops beating.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

POLL = "poll"
DISPATCH = "dispatch"
EVERY = timedelta(seconds=10)  # how often a job beats
SILENCE = timedelta(seconds=90)  # a job silent for longer is dead or stuck


def silent_jobs(beats: Mapping[str, datetime], now: datetime) -> tuple[str, ...]:
    """The jobs that do not beat, each with since when, in words an operator reads; empty: all is well."""
    return tuple(
        f"{job}: " + (f"молчит с {beats[job]:%Y-%m-%d %H:%M:%S} UTC" if job in beats else "ещё не начинал")
        for job in (POLL, DISPATCH)
        if job not in beats or now - beats[job] > SILENCE
    )
