"""A feed's two addresses: which to ask, in which order, when one turns us away. Pure."""

import re
from dataclasses import replace
from datetime import datetime

from monitor.errors import FeedError, FetchError, FetchFailure, ParseError, ParseFailure
from monitor.models.feeds import Feed, FeedKind, FeedState, Habit
from monitor.polling import schedule
from monitor.text import urls

_REFUSALS = frozenset({FetchFailure.FORBIDDEN, FetchFailure.CHALLENGE, ParseFailure.CHALLENGE})
_PATIENCE = 2  # failures in a row of another kind before the fallback is asked
_KINDS = (
    (re.compile(r"sitemap", re.IGNORECASE), FeedKind.SITEMAP),
    (re.compile(r"\.json\b", re.IGNORECASE), FeedKind.JSON),
    (re.compile(r"rss|atom|feed|\.xml\b|\.rdf\b", re.IGNORECASE), FeedKind.RSS),
)


def switch_to_fallback(feed: Feed) -> Feed:
    """The feed at its fallback address, its kind guessed from the address."""
    host, _, path = feed.fallback.partition("://")[2].partition("/")
    if urls.host_key(feed.fallback) in ("t.me", "telegram.me"):
        channel = path.removeprefix("s/").strip("/")
        return replace(feed, url=f"https://{host}/s/{channel}", kind=FeedKind.TELEGRAM, fallback="")
    kind = next((kind for pattern, kind in _KINDS if pattern.search(path)), FeedKind.HTML)
    return replace(feed, url=feed.fallback, kind=kind, fallback="")


def order(feed: Feed, habit: Habit, now: datetime) -> tuple[Feed, ...]:
    """The addresses to ask at this poll, the first first; the next one only when `turns_away` allows."""
    if not feed.fallback:
        return (feed,)
    other = switch_to_fallback(feed)
    return (feed, other) if _tries_home(habit, now) else (other, feed)


def turns_away(error: FeedError, state: FeedState) -> bool:
    """Whether to ask the other address in the same poll."""
    if state.habit.away_since is not None:
        return True
    refused = isinstance(error, FetchError | ParseError) and error.kind in _REFUSALS
    return refused or state.failures + 1 >= _PATIENCE


def after_answer(habit: Habit, *, is_home: bool, now: datetime) -> Habit:
    """The habit after an answer from the feed's own address (`is_home`), or from its fallback, at the poll of `now`."""
    if is_home:
        return replace(habit, away_since=None, tried_at=None)
    tried_at = now if _tries_home(habit, now) else habit.tried_at
    return replace(habit, away_since=habit.away_since or now, tried_at=tried_at)


def _tries_home(habit: Habit, now: datetime) -> bool:
    """Whether the feed's own address comes first: always at home, once in a while when away."""
    if habit.away_since is None or habit.tried_at is None:
        return True
    return not now - habit.tried_at < schedule.RETURN
