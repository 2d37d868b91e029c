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


def at_fallback(feed: Feed) -> Feed:
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
    if habit.away_since is None:
        return (feed, at_fallback(feed))
    is_time_to_return = habit.tried_at is None or not now - habit.tried_at < schedule.RETURN
    return (feed, at_fallback(feed)) if is_time_to_return else (at_fallback(feed), feed)


def turns_away(error: FeedError, state: FeedState) -> bool:
    """Whether to ask the other address in the same poll."""
    if state.habit.away_since is not None:
        return True
    refused = isinstance(error, FetchError | ParseError) and error.kind in _REFUSALS
    return refused or state.failures + 1 >= _PATIENCE


def after_answer(habit: Habit, *, is_home: bool, tried_home: bool, now: datetime) -> Habit:
    """Remember which address answered, and when the feed's own was last tried."""
    if is_home:
        return replace(habit, away_since=None, tried_at=None)
    tried_at = now if tried_home else habit.tried_at
    return replace(habit, away_since=habit.away_since or now, tried_at=tried_at)
