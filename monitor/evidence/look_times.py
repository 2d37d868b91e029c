"""When a page is looked at again: the schedule, and earlier looks. Pure; durations and aware UTC instants.

Comparisons allow for a clock that was set back: what is due is never further from now than it was planned to be from
the look before.
"""

from datetime import datetime, timedelta
from itertools import pairwise

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)

SCHEDULE = (_HOUR, 6 * _HOUR, _DAY, 3 * _DAY, 7 * _DAY, 30 * _DAY)  # after the first capture
# before the first capture
RETRIES = (timedelta(minutes=5), timedelta(minutes=30), 2 * _HOUR, 6 * _HOUR, _DAY, 3 * _DAY)
GRACE = 7 * _DAY  # beyond the schedule, while it is open whether the page is gone or may be announced
FLOOR = timedelta(minutes=5)  # least time between two looks
AFTER_CHANGE = _HOUR
UNSEEN_AGAIN = 6 * _HOUR  # at the latest
_MISSING_AGAIN = timedelta(minutes=65)  # safely more than an hour

_STEPS = (SCHEDULE[0], *(later - earlier for earlier, later in pairwise(SCHEDULE)), GRACE)


def retry_at(at: datetime, *, failed: int) -> datetime | None:
    """Return when to try again for a first capture, after `failed` earlier attempts; None after the last."""
    return at + RETRIES[failed] if failed < len(RETRIES) else None


def place(at: datetime, *, since: datetime, looks: int, due_at: datetime | None) -> tuple[int, datetime | None]:
    """Return how many looks of the schedule are done after one at `at`, and when the next is due.

    `since` is the first capture. `due_at` is None if this look was due: it then counts for all that are due by now.
    After the last look the end of the grace is due, and after that None.
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
    """Return the pause while a page is missing: as long as it has been missing, from 65 minutes to a day."""
    return min(max(_MISSING_AGAIN, at - (absent_since or at)), _DAY)
