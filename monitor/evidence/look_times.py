"""When a page is looked at again: the schedule, and what comes before it. Pure; durations and aware UTC instants.

Instants are only ever compared so that a clock that was set back makes nobody wait for it: what is due is never
further from now than it was meant to be from the look before.
"""

from datetime import datetime, timedelta
from itertools import pairwise

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)

SCHEDULE = (_HOUR, 6 * _HOUR, _DAY, 3 * _DAY, 7 * _DAY, 30 * _DAY)  # after the first capture
RETRIES = (timedelta(minutes=5), timedelta(minutes=30), 2 * _HOUR, 6 * _HOUR, _DAY, 3 * _DAY)  # while there is none
GRACE = 7 * _DAY  # how long past the schedule a question may stay open: is it gone, may it be told
FLOOR = timedelta(minutes=5)  # between two looks, whatever is due
AFTER_CHANGE = _HOUR
UNSEEN_AGAIN = 6 * _HOUR  # at the latest
_MISSING_AGAIN = timedelta(minutes=65)  # surely more than an hour

_STEPS = (SCHEDULE[0], *(later - earlier for earlier, later in pairwise(SCHEDULE)), GRACE)


def retry_at(at: datetime, *, failed: int) -> datetime | None:
    """When to try for a first capture again, `failed` attempts before this one; None after the last."""
    return at + RETRIES[failed] if failed < len(RETRIES) else None


def place(at: datetime, *, since: datetime, looks: int, due_at: datetime | None) -> tuple[int, datetime | None]:
    """How many looks of the schedule are done after one at `at`, and when the next is due.

    `since` is the first capture; `due_at` None: this look was due. It stands then for all that are due by now. Past
    the last look stands the end of the grace, and past that None.
    """
    if due_at is not None:
        return looks, min(due_at, at + _STEPS[looks])
    looks += 1
    while looks < len(SCHEDULE) and since + SCHEDULE[looks] <= at:
        looks += 1
    if looks > len(SCHEDULE):
        return looks, None
    scheduled = since + SCHEDULE[looks] if looks < len(SCHEDULE) else at + GRACE
    return looks, min(scheduled, at + _STEPS[looks])


def is_over(looks: int) -> bool:
    """Whether all looks of the schedule are done."""
    return looks >= len(SCHEDULE)


def pause_of_missing(absent_since: datetime | None, at: datetime) -> timedelta:
    """As long again as it is missing, from 65 minutes up to a day."""
    return min(max(_MISSING_AGAIN, at - (absent_since or at)), _DAY)
