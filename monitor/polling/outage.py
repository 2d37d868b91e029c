"""Whether it is us: many feeds out of reach within one window are one outage of our own network.

It keeps the window in memory and knows nothing of feeds but their names; time is an argument.
"""

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from monitor.errors import FetchFailure

WINDOW = timedelta(minutes=2)
FEWEST = 5  # feeds
SHARE = 0.6  # of the polls in the window
MOST = 2_000  # polls remembered

OUT_OF_REACH = frozenset({FetchFailure.CONNECTION, FetchFailure.TIMEOUT})


class OutageChange(Enum):
    """What a poll changed in what we think of our own network."""

    NONE = "none"
    BEGAN = "began"
    ENDED = "ended"


@dataclass(slots=True)
class OutageDetector:
    """The last polls, and whether our own network is down; since when, and how many polls failed by it."""

    is_down: bool = False
    since: datetime | None = None
    failed: int = 0
    _polls: deque[tuple[datetime, str, bool]] = field(default_factory=deque)
    _failures: Counter[str] = field(default_factory=Counter)  # how many of them could not reach each feed

    def note(self, feed: str, failure_kind: str, now: datetime) -> OutageChange:
        """Note a poll; `failure_kind` is "" for a good one."""
        self._add(now, feed, is_failure=failure_kind in OUT_OF_REACH)
        while len(self._polls) > MOST or not now - self._polls[0][0] < WINDOW:
            self._drop_oldest()
        was_down, self.is_down = self.is_down, self._looks_down()
        if self.is_down and not was_down:
            self.since = next(at for at, _, is_failure in self._polls if is_failure)
            self.failed = self._failures.total()
            return OutageChange.BEGAN
        self.failed += self.is_down and failure_kind in OUT_OF_REACH
        return OutageChange.ENDED if was_down and not self.is_down else OutageChange.NONE

    def unreachable(self) -> frozenset[str]:
        """The feeds that were out of reach in the window."""
        return frozenset(self._failures)

    def _add(self, now: datetime, feed: str, *, is_failure: bool) -> None:
        self._polls.append((now, feed, is_failure))
        if is_failure:
            self._failures[feed] += 1

    def _drop_oldest(self) -> None:
        _, feed, was_failure = self._polls.popleft()
        if was_failure:
            self._failures[feed] -= 1
            if not self._failures[feed]:
                del self._failures[feed]

    def _looks_down(self) -> bool:
        return len(self._failures) >= FEWEST and self._failures.total() >= SHARE * len(self._polls)
