"""Of a feed with more entries than are read, the newest: chosen in its text, before any reader sees it.

Readers cost more for each entry than looking for its date does, and feeds exist that append instead of prepending.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise

from monitor.models.feeds import TOO_LONG

MOST_ENTRIES = 5_000
_NEVER = datetime.min.replace(tzinfo=UTC)
_ITEM = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_DATE = re.compile(
    r"<(?:\w+:)?(?:pubDate|published|updated|date)(?:\s[^<>]*)?>\s*(?:<!\[CDATA\[)?([^<\]]*)", re.IGNORECASE
)

Dated = Callable[[str], datetime | None]  # the instant that a written date means


def drop_surplus(text: str, dated: Dated) -> tuple[str, tuple[str, ...]]:
    """The text of a feed without the surplus entries, well-formed if it was, and the problem, in Russian, if any."""
    if text.count("<") <= MOST_ENTRIES:
        return text, ()  # most feeds: too few tags of any name
    starts = [item.start() for item in _ITEM.finditer(text)]
    if len(starts) <= MOST_ENTRIES:
        return text, ()
    last_end = max(text.rfind("</item>"), text.rfind("</entry>"))
    end = text.find(">", last_end) + 1 if last_end > starts[-1] else len(text)
    spans = [*pairwise([*starts, end])]
    written = (_DATE.search(text, *span) for span in spans)
    chosen, problems = newest([dated(date[1]) if date else None for date in written])
    return "".join((text[: starts[0]], *(text[slice(*spans[number])] for number in chosen), text[end:])), problems


def newest(dates: Sequence[datetime | None]) -> tuple[Sequence[int], tuple[str, ...]]:
    """Which of the entries so dated are read, in their order, and the problem if that is not all of them."""
    if len(dates) <= MOST_ENTRIES:
        return range(len(dates)), ()
    last_first = sorted(range(len(dates)), key=lambda number: dates[number] or _NEVER, reverse=True)
    which = "самых новых" if any(dates) else "первых: дат в ней нет"
    problem = f"{TOO_LONG}: в ленте {len(dates)}, прочитаны {MOST_ENTRIES} {which}"
    return sorted(last_first[:MOST_ENTRIES]), (problem,)
