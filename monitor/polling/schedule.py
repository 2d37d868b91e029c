"""When to poll a feed next. Pure: time and chance are arguments.

No feed is ever given up: one that fails for a month is still asked once a day. The numbers weigh a late story
(it may cost a person their freedom) against a site's patience (docs/decisions/0012).
"""

from datetime import datetime, timedelta
from enum import Enum

from monitor.errors import FetchFailure, ParseFailure

USUAL = timedelta(minutes=10)  # facts of the field: busy feeds 5-10 min, others 15-30
QUICK = timedelta(minutes=5)  # the shortest pause that overlap teaches
QUIET = timedelta(minutes=15)  # the longest: a quiet feed may have news at any moment
HINTED = timedelta(minutes=60)  # the longest that a quiet feed's caching headers may ask for
FLOOR = timedelta(seconds=1)  # whatever feeds.yaml and the server say
SOON = timedelta(minutes=1)  # when a poll had to leave entries for the next one, or our own network was down
CEILING = timedelta(hours=24)
JITTER = 0.1  # restarts must not align the feeds for ever
RETURN = timedelta(hours=1)  # how often a feed read from its fallback tries its own address


class Weight(Enum):
    """How much a failure weighs: how many in a row cost no delay, and the longest pause."""

    HARD = (1, CEILING)  # something else stands there, or nothing: a maintainer must look
    SOFT = (1, timedelta(hours=3))  # the site is in trouble, or does not want us now
    TEMPORARY = (2, timedelta(hours=1))  # the way to the site is broken; usually passes by itself


_WEIGHTS: dict[str, Weight] = {
    FetchFailure.TIMEOUT: Weight.TEMPORARY,
    FetchFailure.CONNECTION: Weight.TEMPORARY,
    "": Weight.TEMPORARY,  # a mistake of ours
} | dict.fromkeys(
    (
        FetchFailure.NOT_FOUND,
        FetchFailure.CLIENT,
        FetchFailure.REDIRECTS,
        FetchFailure.DETOUR,
        FetchFailure.ROBOTS,
        FetchFailure.BAD_URL,
        FetchFailure.BLOCKED_ADDRESS,
        ParseFailure.HTML,
        ParseFailure.NOT_A_FEED,
        ParseFailure.OPML,
        ParseFailure.MOJIBAKE,
        ParseFailure.NO_CHANNEL,
        ParseFailure.NO_MATCH,
    ),
    Weight.HARD,
)


def weight(failure_kind: str) -> Weight:
    """The weight of a FetchFailure or ParseFailure; what is not known is soft."""
    return _WEIGHTS.get(failure_kind, Weight.SOFT)


def learnt_pause(pause: timedelta | None, *, since: timedelta | None, new: int, total: int) -> timedelta:
    """The pause from poll to poll, from what the last poll overlapped with the one before.

    `new` of `total` entries were not known; `since` is the time since the last good poll. The aim: about one new
    entry a poll, and never more than a quarter of the feed's window; halfway there each time.
    """
    before = pause or USUAL
    if not new:
        wanted = before * 1.5
    elif since is None or new * 2 >= total:
        wanted = QUICK
    else:
        wanted = min(since / new, since * total / new / 4)
    return min(max((before + wanted) / 2, QUICK), QUIET)


def usual_pause(interval: timedelta | None, pause: timedelta | None, hint: timedelta | None) -> timedelta:
    """The pause after a good poll: as feeds.yaml says, else as learnt; caching headers may lengthen that.

    A `hint` counts in full, up to an hour, for a feed that has proved quiet; for others up to `QUIET`.
    """
    if interval is not None:
        return interval
    learnt = pause or USUAL
    longest = HINTED if learnt >= QUIET else QUIET
    return max(learnt, min(hint or learnt, longest))


def next_poll_at(
    now: datetime,
    *,
    usual: timedelta,
    failures: int = 0,
    weight: Weight = Weight.SOFT,
    retry_after: timedelta | None = None,
    chance: float,
) -> datetime:
    """When to poll again, after `failures` failed polls in a row (0: it went well).

    The first failures are most often passing ones and cost no delay; each further one doubles the pause, up to the
    ceiling of its weight. Never before the server's `retry_after`, never later than `CEILING` unless the server asks
    for it. `chance` in [0, 1) spreads the feeds: a pause is up to a tenth shorter, never longer, because feeds.yaml
    promises it; what a server asked for is up to a tenth longer.
    """
    free, ceiling = weight.value
    doubled: timedelta = usual * (1 << min(max(failures - free, 0), 10))
    pause = min(doubled, max(ceiling, usual), CEILING) * (1 - JITTER * chance)
    asked = (retry_after or timedelta(0)) * (1 + JITTER * chance)
    return now + max(FLOOR, min(pause, CEILING), asked)
