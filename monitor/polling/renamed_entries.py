"""Entries that a feed shows under new identities although it showed them before. Pure.

Feeds change how they name their entries (guids made anew, http to https, another engine), and all at once everything
in them looks new. What then carries a title or an address shown lately is the same article.
"""

from collections.abc import Collection, Sequence

from monitor.models.feeds import Entry
from monitor.text import urls

FEWEST = 3  # entries of a body that can be said to have been renamed


def find_renamed(
    unseen: Sequence[Entry], shown: Collection[tuple[str, str]], *, total: int, is_moved: bool
) -> tuple[Entry, ...]:
    """The unseen entries of a body of `total` that were `shown` (title, address) lately under other identities.

    Only when more than half of the body is such, because a title may come again; or when the feed `is_moved` to
    another address, where every identity may be another.
    """
    titles = {title.casefold() for title, _ in shown if title}
    addresses = {urls.canonical(url) for _, url in shown if url}
    same = tuple(
        entry
        for entry in unseen
        if entry.title.casefold() in titles or (entry.url and urls.canonical(entry.url) in addresses)
    )
    return same if is_moved or (total >= FEWEST and len(same) * 2 > total) else ()


def may_be_renamed(unseen: Sequence[Entry], *, total: int, is_moved: bool) -> bool:
    """Whether it is worth asking what was shown lately."""
    return bool(unseen) and (is_moved or (total >= FEWEST and len(unseen) * 2 > total))
