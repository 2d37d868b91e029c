"""What polling teaches of a feed: its rhythm, whether its validators, its pages and its address can be trusted.

Pure: a `Habit` and what one poll saw → the `Habit` after it. `since` is the last good poll, None before the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.models.feeds import TOO_LONG, Entry, FeedState, Habit, Validators
from monitor.polling import schedule

WHOLE = timedelta(hours=24)  # a body is asked for, and read whole, at least this often
MOST_UNMODIFIED = 50  # 304s in a row before a body is asked for
FEWEST = 3  # entries of a window that can be said to have turned over
PAGES = 20  # how many pages back is remembered
LATE = timedelta(hours=6)  # an editor may date an article earlier than it appears, or in another zone


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedObservation:
    """What one changed body showed."""

    total: int  # entries
    new: int  # of them; the others were known before, word for word or by a key
    is_whole: bool  # read whole, nothing taken for known by its wording
    is_first: bool  # nothing to compare with: first sight, or from the other address
    problems: tuple[str, ...] = ()

    @property
    def is_gap(self) -> bool:
        """Whether nothing known stood in the body: entries may have come and gone between two polls."""
        is_cut = any(problem.startswith(TOO_LONG) for problem in self.problems)  # what is known may stand in the rest
        return not self.is_first and not is_cut and self.new == self.total >= FEWEST


def wants_whole(habit: Habit, now: datetime) -> bool:
    """Whether to read the body whole this time, known entries included."""
    return habit.read_at is None or not now - habit.read_at < WHOLE


def wants_body(habit: Habit, now: datetime) -> bool:
    """Whether to ask without validators: they may lie, and a cache may say "not modified" for ever."""
    if habit.lies or habit.unmodified >= MOST_UNMODIFIED:
        return True
    return habit.whole_at is not None and not now - habit.whole_at < WHOLE


def after_unmodified(habit: Habit, now: datetime, *, since: datetime | None) -> Habit:
    """The habit after a 304."""
    return replace(habit, pause=_pause(habit, now, since, new=0, total=0), unmodified=habit.unmodified + 1)


def after_same(habit: Habit, now: datetime, *, since: datetime | None) -> Habit:
    """The habit after a body in which nothing was new."""
    return replace(habit, pause=_pause(habit, now, since, new=0, total=0), unmodified=0, whole_at=now)


def after_changed(habit: Habit, seen: FeedObservation, now: datetime, *, since: datetime | None) -> Habit:
    """The habit after a changed body."""
    learnt = replace(habit, unmodified=0, whole_at=now)
    if seen.is_whole:
        learnt = replace(learnt, read_at=now, notices=seen.problems)
    if seen.is_first:
        return replace(learnt, news_at=habit.news_at or now)
    learnt = replace(learnt, pause=_pause(learnt, now, since, new=seen.new, total=seen.total))
    if seen.is_gap:
        learnt = replace(learnt, gap_at=now, pause=schedule.QUICK)
    return _with_news(learnt, seen.new, now) if seen.new else learnt


def gap_problem(seen: FeedObservation) -> tuple[str, ...]:
    """What to say of a window that turned over; () when it has not."""
    problem = f"ни одной знакомой записи из {seen.total}: часть новостей могла пройти между опросами"
    return (problem,) if seen.is_gap else ()


def after_pages(habit: Habit, *, read: int, bare: int) -> Habit:
    """The habit after so many pages read, so many of them without text."""
    for number in range(read):
        pages = min(habit.pages + 1, PAGES)
        share = habit.bare + ((number < bare) - habit.bare) / pages
        habit = replace(habit, pages=pages, bare=share)
    return habit


def lied(state: FeedState, fresh: Validators, unseen: Sequence[Entry]) -> bool:
    """Whether 304s hid these unseen entries: asked without validators, the feed sent them under the same ones as
    before, or dated well before it last said "not modified".
    """
    if not state.habit.unmodified or not unseen or state.succeeded_at is None:
        return False
    hidden_until, known = state.succeeded_at - LATE, state.validators
    return (fresh.etag, fresh.last_modified) == (known.etag, known.last_modified) or any(
        entry.published_at is not None and entry.published_at < hidden_until for entry in unseen
    )


def _pause(habit: Habit, now: datetime, since: datetime | None, *, new: int, total: int) -> timedelta:
    elapsed = now - since if since else None
    return schedule.learnt_pause(habit.pause, since=elapsed, new=new, total=total)


def _with_news(habit: Habit, new: int, now: datetime) -> Habit:
    if habit.news_at is None:
        return replace(habit, news_at=now)
    gap = (now - habit.news_at) / new
    usual = gap if habit.news_gap is None else habit.news_gap * 0.8 + gap * 0.2
    return replace(habit, news_at=now, news_gap=usual)
