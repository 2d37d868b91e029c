"""What a search answers: the texts found, and what was searched. Values only."""

from dataclasses import dataclass
from datetime import datetime

from monitor.models.articles import Match, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One text that answers. `matches` are the places of the words in `title` and `text`, in order; `sentence` is that
    of the first one in the text, "" when all stand in the headline. `text` is "" where none is kept.
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
    """What is searched: so many texts; those that no rule matched from `since` on. `behind` are not in the index yet,
    counted up to some number.
    """

    texts: int
    since: datetime | None
    behind: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """What was found. `is_more`: more than was asked for; `is_cut`: only the newest of what has the words were read.

    The rest, if there may be any, is found `before` an entry of this number. When nothing was found, `hint` says in
    Russian how to ask for what may have been meant; "" when that is not known.
    """

    found: tuple[Found, ...]
    is_more: bool
    is_cut: bool
    coverage: Coverage
    before: int | None = None
    hint: str = ""
