"""Which link to have stamped next. Pure: time is an argument.

A stamp on the head of a chain covers every link before it, so only heads are stamped; the first stamp after an
authority's outage covers everything since. No authority is ever given up.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from monitor.models.evidence import Link

PAUSE = timedelta(minutes=1)  # between two requests to an authority: public ones are free
LONGEST = timedelta(hours=1)  # after failures: a recovered authority is found within the hour


def due(waiting: Iterable[Link], *, asked_at: datetime | None, failures: int, now: datetime) -> Link | None:
    """The link to have stamped by an authority now, of those that it has not stamped; None: let it be.

    `asked_at` is when it was last asked, `failures` how many of its answers failed in a row since its last stamp.
    Of several chains the one is served whose oldest link waits longest, by its newest link.
    """
    # a request in the future was made before the clock was set back: to wait for it could take years
    may_be_asked = asked_at is None or asked_at > now or asked_at + pause(failures) <= now
    return _longest_waiting(waiting) if may_be_asked else None


def pause(failures: int) -> timedelta:
    """Return how long to leave an authority alone after failed answers in a row: doubled by each, up to an hour."""
    doubled: timedelta = PAUSE * (1 << min(max(failures, 0), 10))
    return min(doubled, LONGEST)


def _longest_waiting(links: Iterable[Link]) -> Link | None:
    """Return the newest link, by number, of the chain whose first link here is the oldest."""
    chains: dict[str, list[Link]] = {}
    for link in sorted(links, key=_number):
        chains.setdefault(link.chain, []).append(link)
    waiting = min(chains.values(), key=_waits_since, default=None)
    return waiting[-1] if waiting else None


def _number(link: Link) -> int:
    return link.number


def _waits_since(chain: Sequence[Link]) -> tuple[datetime, str]:
    return chain[0].taken_at, chain[0].chain
