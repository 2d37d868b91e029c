"""The results of a search: the texts, and what was searched. Values only."""

from dataclasses import dataclass
from datetime import datetime

from monitor.models.articles import Match, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A text that matches. `matches` are places of the words in `title` and `text`, in order; `sentence` has the first
    match of the text, "" if all are in the headline. `text` is "" if it is not kept.
    """

    entry_id: int
    feed: str
    url: str
    title: str
    text: str
    published_at: datetime | None
    seen_at: datetime
    outcome: Outcome
    reason: str
    story_id: int | None
    matches: tuple[Match, ...]
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What is searched: the number of texts; unmatched ones only from `since`. `behind` counts those not indexed yet,
    up to a limit.
    """

    texts: int
    since: datetime | None
    behind: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """The texts found. `is_more`: there are more than asked for; `is_cut`: only the newest candidates were read.

    The rest, if any, can be found `before` this entry number. If nothing was found, `hint` says in Russian how to ask
    for what was probably meant; "" if unknown.
    """

    found: tuple[Found, ...]
    is_more: bool
    is_cut: bool
    coverage: Coverage
    before: int | None = None
    hint: str = ""
