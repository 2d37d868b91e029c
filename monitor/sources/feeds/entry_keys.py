"""Drafts of entries → entries with identities. For every kind whose entries have no number of their own."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from monitor.models.feeds import Entry
from monitor.text import unicode, urls

_MOST_SHARED = 0.05  # of a feed's entries
_SPECIFIC = re.compile(r"https?://[a-z0-9.-]+/+[A-Za-z0-9]")  # most addresses: something follows the host


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry before its identity is chosen. `url` is absolute or "", texts are readable."""

    url: str
    title: str
    guid: str = ""
    summary: str = ""
    content: str = ""
    published_at: datetime | None = None

    @property
    def name(self) -> str:
        """What to call it: its title if that says something, else the first line of its text that does."""
        if unicode.speaks(self.title):
            return self.title
        return unicode.first_speaking_line(self.summary or self.content)[:200] or self.title


def entries(drafts: Sequence[Draft]) -> tuple[Entry, ...]:
    """The entries in their order; a draft that repeats an earlier one is left out."""
    return tuple(_entries(drafts))


def _entries(drafts: Sequence[Draft]) -> Iterator[Entry]:
    seen: set[str] = set()
    for draft, keys in zip(drafts, _identities(drafts), strict=True):
        if seen.isdisjoint(keys):
            seen.update(keys)
            yield Entry(
                keys=keys,
                url=urls.without_credentials(draft.url),
                title=draft.name,
                summary=draft.summary,
                content=draft.content,
                published_at=draft.published_at,
            )


def _identities(drafts: Sequence[Draft]) -> Iterator[tuple[str, ...]]:
    """The keys of each draft, strongest first.

    A guid or an address is an identity only while it stands for one article: feeds exist whose guids are all
    equal and whose links all lead to the front page. Where more than one guid in twenty is shared, the others
    are no better, tomorrow's article may bear today's: then an entry's own address is its only identity. Where
    neither serves, the title and its day do.
    """
    addresses = [urls.canonical(draft.url) for draft in drafts]
    guids = _meanings((draft.guid, url, draft) for draft, url in zip(drafts, addresses, strict=True))
    pages = _meanings((url, draft.guid, draft) for draft, url in zip(drafts, addresses, strict=True))
    shared = sum(guids[draft.guid] > 1 for draft in drafts if draft.guid)
    for draft, url in zip(drafts, addresses, strict=True):
        by_page = _is_specific(url) and pages[url] == 1
        sound = shared <= _MOST_SHARED * len(drafts) or not by_page
        by_guid = sound and _is_specific(draft.guid) and guids[draft.guid] == 1
        keys = (*(["g:" + draft.guid] if by_guid else []), *(["u:" + url] if by_page else []))
        yield keys or (_title_key(draft),)


def _meanings(uses: Iterable[tuple[str, str, Draft]]) -> Mapping[str, int]:
    """For how many articles each identity (first of a use) stands; second is the draft's other identity.

    Those that agree in both are still two articles when neither their titles nor their dates are the same.
    """
    uses = [*uses]
    counts = Counter(identity for identity, _, _ in uses)
    others, names, dates = (defaultdict[str, set[str]](set) for _ in range(3))
    for identity, other, draft in uses:
        if counts[identity] == 1:
            continue  # most are used once
        name = _bare_name(draft)
        others[identity].add(other or name)
        names[identity].add(name)
        dates[identity].add(draft.published_at.isoformat() if draft.published_at else name)
    repeated = {one: max(len(others[one]), min(len(names[one]), len(dates[one]))) for one in others}
    return dict.fromkeys(counts, 1) | repeated


def _is_specific(identity: str) -> bool:
    """Whether it can mean one article: a front page cannot."""
    if _SPECIFIC.match(identity) or not identity.startswith(("http://", "https://")):
        return bool(identity)
    try:
        parts = urlsplit(identity)
    except ValueError:
        return True
    return bool(parts.path.strip("/") or parts.query)


def _bare_name(draft: Draft) -> str:
    return draft.name.casefold()


def _title_key(draft: Draft) -> str:
    day = draft.published_at.date().isoformat() if draft.published_at else ""
    return "t:" + hashlib.blake2b(f"{_bare_name(draft)}|{day}".encode(), digest_size=16).hexdigest()
