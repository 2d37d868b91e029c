"""When next: the instant to poll a feed again, the instant to try a chat again. Pure: chance is an argument.

Nothing here is ever final: a feed that fails for a month is still asked once a day.
"""

from datetime import datetime, timedelta

USUAL = timedelta(minutes=10)  # facts of the field: busy feeds 5-10 min, others 15-30
FLOOR = timedelta(seconds=1)  # whatever feeds.yaml and the server say
SOON = timedelta(minutes=1)  # when a poll had to leave entries for the next one
CEILING = timedelta(hours=24)
JITTER = 0.1  # restarts must not align the feeds for ever

SEND_RETRY = timedelta(seconds=5)
SEND_RETRY_CEILING = timedelta(minutes=5)  # a subscriber waits: the chat is asked at least this often


def next_poll_at(
    now: datetime,
    *,
    interval: timedelta | None,
    failures: int = 0,
    retry_after: timedelta | None = None,
    chance: float,
) -> datetime:
    """When to poll again, after `failures` failed polls in a row (0: it went well).

    The first failure is most often a passing one and costs no delay; each further one doubles the pause. Never before
    the server's `retry_after`, never later than `CEILING` unless the server asks for it; `chance` in [0, 1) spreads
    the feeds by up to a tenth of the pause.
    """
    pause = (USUAL if interval is None else interval) * (1 << min(max(failures - 1, 0), 10))
    spread = min(pause, CEILING) * (1 + JITTER * (chance - 0.5))
    return now + max(FLOOR, min(spread, CEILING), retry_after or FLOOR)


def next_send_at(now: datetime, *, attempts: int, retry_after: timedelta | None = None) -> datetime:
    """When a chat that refused may be tried again: exactly what Telegram asked for, else 5 s doubling to 5 min."""
    if retry_after is not None:
        return now + retry_after
    return now + min(SEND_RETRY * (1 << min(max(attempts, 1) - 1, 10)), SEND_RETRY_CEILING)
