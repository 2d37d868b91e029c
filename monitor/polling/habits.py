"""What polling teaches of a feed: its rhythm, whether its validators, its pages and its address can be trusted.

Pure: a `Habit` and what one poll saw → the `Habit` after it. When next is cadence's matter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.models.feeds import Entry, FeedState, Habit
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
    new: int
    known: int  # entries of it known before, word for word or by a key
    is_whole: bool  # read whole, nothing taken for known by its wording
    is_first: bool  # nothing to compare with: first sight, or from the other address
    notices: tuple[str, ...] = ()


def wants_whole(habit: Habit, now: datetime) -> bool:
    """Whether to read the body whole this time, known entries included."""
    return habit.read_at is None or not now - habit.read_at < WHOLE


def wants_body(habit: Habit, now: datetime) -> bool:
    """Whether to ask without validators: they may lie, and a cache may say "not modified" for ever."""
    if habit.lies or habit.unmodified >= MOST_UNMODIFIED:
        return True
    return habit.whole_at is not None and not now - habit.whole_at < WHOLE


def after_unmodified(habit: Habit, now: datetime, *, since: datetime | None) -> Habit:
    """304."""
    return replace(_paused(habit, now, since, new=0, total=0), unmodified=habit.unmodified + 1)


def after_same(habit: Habit, now: datetime, *, since: datetime | None) -> Habit:
    """A body with nothing new in it, or nothing changed."""
    return replace(_paused(habit, now, since, new=0, total=0), unmodified=0, whole_at=now)


def after_reading(habit: Habit, seen: FeedObservation, now: datetime, *, since: datetime | None) -> Habit:
    """A changed body; `since` is the last good poll."""
    learnt = replace(habit, unmodified=0, whole_at=now)
    if seen.is_whole:
        learnt = replace(learnt, read_at=now, notices=seen.notices)
    if seen.is_first:
        return replace(learnt, news_at=habit.news_at or now)
    learnt = _paused(learnt, now, since, new=seen.new, total=seen.total)
    if turned_over(seen):
        learnt = replace(learnt, gap_at=now, pause=schedule.QUICK)
    return _told(learnt, seen.new, now) if seen.new else learnt


def turned_over(seen: FeedObservation) -> bool:
    """Whether nothing known stood in the body: entries may have come and gone between two polls."""
    return not seen.is_first and not seen.known and seen.total >= FEWEST


def gap_told(seen: FeedObservation) -> tuple[str, ...]:
    """The problem to tell of a window that turned over."""
    told = f"ни одной знакомой записи из {seen.total}: часть новостей могла пройти между опросами"
    return (told,) if turned_over(seen) else ()


def after_pages(habit: Habit, *, read: int, bare: int) -> Habit:
    """So many pages read, so many of them without text."""
    for number in range(read):
        pages = min(habit.pages + 1, PAGES)
        share = habit.bare + ((number < bare) - habit.bare) / pages
        habit = replace(habit, pages=pages, bare=share)
    return habit


def lied(state: FeedState, validators: tuple[str | None, str | None], unseen: Sequence[Entry]) -> bool:
    """Whether 304s hid these unseen entries: asked without validators, the feed sent them with the same ones (etag,
    last_modified), or dated well before it last said "not modified".
    """
    if not state.habit.unmodified or not unseen or state.succeeded_at is None:
        return False
    hidden_until = state.succeeded_at - LATE
    return validators == (state.etag, state.last_modified) or any(
        entry.published_at is not None and entry.published_at < hidden_until for entry in unseen
    )


def _paused(habit: Habit, now: datetime, since: datetime | None, *, new: int, total: int) -> Habit:
    elapsed = now - since if since else None
    return replace(habit, pause=schedule.learnt_pause(habit.pause, since=elapsed, new=new, total=total))


def _told(habit: Habit, new: int, now: datetime) -> Habit:
    if habit.news_at is None:
        return replace(habit, news_at=now)
    gap = (now - habit.news_at) / new
    usual = gap if habit.news_gap is None else habit.news_gap * 0.8 + gap * 0.2
    return replace(habit, news_at=now, news_gap=usual)
