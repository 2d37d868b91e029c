"""Which entries are too old to be news (docs/decisions/0007). Pure: time is an argument."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.models.articles import Outcome
from monitor.models.feeds import Entry, FeedState
from monitor.models.stories import EntryOutcome
from monitor.storage.entries import KEYS_KEPT

FRESH = timedelta(hours=24)  # what a feed shows at first sight may be posted only if younger
LATE = timedelta(hours=48)  # before the last good poll: a day for late dates, a day for a clock that is a day wrong
MOVED = timedelta(hours=3)  # what the fallback dates before that, the feed's own address has shown


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeLimit:
    """What was published before `since` is no news. `first_sight`: nor is what bears no date."""

    since: datetime
    first_sight: bool = False

    def stale_outcome(self, entry: Entry) -> EntryOutcome | None:
        """The outcome of an entry too old to be news, or None."""
        at = entry.published_at
        if self.first_sight:
            if at is not None and at >= self.since:
                return None
            return EntryOutcome(entry=entry, outcome=Outcome.BASELINE, reason="было в ленте до первого опроса")
        if at is None or at >= self.since:
            return None
        return EntryOutcome(entry=entry, outcome=Outcome.TOO_OLD, reason=f"дата {at:%d.%m.%Y}")


def age_limit(state: FeedState, now: datetime, *, is_switched: bool) -> AgeLimit:
    """First sight of a feed is a baseline: only what is surely younger than a day is news. Later two days count from
    the last good poll, so that what was published while we were away is news; from its `fallback`, just switched to,
    what is dated since then.
    """
    if state.baseline_at is None or state.succeeded_at is None or now - state.succeeded_at > KEYS_KEPT:
        return AgeLimit(since=now - FRESH, first_sight=True)
    if is_switched and state.habit.away_since is None:
        return AgeLimit(since=state.succeeded_at - MOVED, first_sight=True)
    return AgeLimit(since=min(state.succeeded_at, now) - LATE)  # the clock may have been set back
