"""What the answer of one feed says of its health: a verdict a maintainer can act on. Fetching it is `probing`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.errors import FeedError, FetchError, FetchFailure, ParseError, ParseFailure
from monitor.models.feeds import Entry, Feed, FeedKind

STALE_AFTER = timedelta(days=7)  # most outlets tell something every day
_STATUS = re.compile(r"\((\d{3})\)")  # `refusals` writes it so
_ALIVE = ("OK", "STALE")
_VERDICTS = {
    FetchFailure.CHALLENGE: "BLOCKED",
    FetchFailure.BLOCKED_ADDRESS: "PRIVATE",
    ParseFailure.CHALLENGE: "BLOCKED",
    ParseFailure.NO_ENTRIES: "EMPTY",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """One feed tried. `kind` is what the body was recognised as, shares are of `entries`, 0 to 1."""

    feed: str
    url: str  # the address asked
    verdict: str  # OK · STALE · EMPTY · HTML · BLOCKED · `HTTP 404` · the name of any other failure
    detail: str = ""  # what went wrong, in Russian
    final_url: str = ""  # after redirects; "" when nothing came
    kind: FeedKind | None = None
    entries: int = 0
    newest_at: datetime | None = None
    without_date: float = 0.0
    without_id: float = 0.0  # known by its title only: an edited title is a new entry
    is_fallback: bool = False  # the feed's own address failed and this is the other one

    @property
    def is_alive(self) -> bool:
        """Whether news can come from there."""
        return self.verdict in _ALIVE


def of_entries(
    feed: Feed,
    entries: Sequence[Entry],
    *,
    final_url: str,
    kind: FeedKind | None,
    problems: Sequence[str],
    now: datetime,
) -> Checkup:
    """The checkup of a body that was read."""
    newest = max((entry.published_at for entry in entries if entry.published_at), default=None)
    verdict = "EMPTY" if not entries else "STALE" if newest and now - newest > STALE_AFTER else "OK"
    return Checkup(
        feed=feed.name,
        url=feed.url,
        verdict=verdict,
        detail="; ".join(problems),
        final_url=final_url,
        kind=kind,
        entries=len(entries),
        newest_at=newest,
        without_date=_share(entries, [entry for entry in entries if entry.published_at is None]),
        without_id=_share(entries, [entry for entry in entries if entry.keys[0].startswith("t:")]),
    )


def of_failure(feed: Feed, error: FeedError, *, final_url: str = "", kind: FeedKind | None = None) -> Checkup:
    """The checkup of a feed that could not be fetched or read."""
    return Checkup(
        feed=feed.name, url=feed.url, verdict=_verdict(error), detail=error.message, final_url=final_url, kind=kind
    )


def _verdict(error: FeedError) -> str:
    if isinstance(error, FetchError) and (status := _STATUS.search(error.message)):
        return f"HTTP {status[1]}"
    if isinstance(error, FetchError | ParseError):
        return _VERDICTS.get(error.kind, error.kind.upper().replace("_", " "))
    return "ERROR"


def _share(entries: Sequence[Entry], wanting: Sequence[Entry]) -> float:
    return round(len(wanting) / len(entries), 3) if entries else 0.0
