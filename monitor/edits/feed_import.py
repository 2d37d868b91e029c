"""A list of feeds from elsewhere against feeds.yaml: what can be added, what stands there already, what cannot."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from monitor.config import feed_writer
from monitor.config.feeds import problems
from monitor.models.feeds import Feed, FeedKind
from monitor.sources.discovery import channel_address, usual_zone, with_own_name
from monitor.sources.http.address_guard import BlockedAddress, refuse_private_literal
from monitor.text import urls
from monitor.text.unicode import cut

_LONGEST_NAME = 100  # in feeds.yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedList:
    """The feeds of a list, each in one of the three; beside those that are not added the reason, in Russian."""

    new: tuple[Feed, ...]
    known: tuple[tuple[Feed, str], ...]
    refused: tuple[tuple[Feed, str], ...]


def compare(listed: Iterable[Feed], ours: Sequence[Feed], *, allow_private: bool) -> ComparedList:
    """Sort a list's feeds. Those with an address or a name that ours have, or one before them in the list, are known.

    An address counts as the same in any spelling (`urls.canonical`), a name in any Unicode form and case.
    """
    new: list[Feed] = []
    known: list[tuple[Feed, str]] = []
    refused: list[tuple[Feed, str]] = []
    readers = {urls.canonical(address): one.name for one in ours for address in (one.url, one.fallback) if address}
    names = {_name_key(one.name): one.name for one in ours}
    for feed in listed:
        proposed = _proposed(feed, (*ours, *new))
        address, name = urls.canonical(proposed.url), _name_key(proposed.name)
        if address in readers:
            known.append((proposed, f"этот адрес уже читает «{readers[address]}»"))
        elif name in names:
            known.append((proposed, f"лента с таким именем уже есть: «{names[name]}»"))
        elif why := _refusal(proposed, allow_private=allow_private):
            refused.append((proposed, why))
        else:
            new.append(proposed)
            readers[address], names[name] = proposed.name, proposed.name
    return ComparedList(new=tuple(new), known=tuple(known), refused=tuple(refused))


def _name_key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _proposed(feed: Feed, others: Iterable[Feed]) -> Feed:
    """The feed as its stanza should say it; one without a title is called by its host."""
    channel = channel_address(feed.url)
    kind, url = (FeedKind.TELEGRAM, channel) if channel else (feed.kind, feed.url)
    name = cut(feed.name, _LONGEST_NAME)
    made = replace(feed, kind=kind, url=url, name=name, tz=usual_zone(url, kind), group=cut(feed.group, _LONGEST_NAME))
    return made if name else with_own_name(replace(made, name=urls.host_key(url) or cut(url, _LONGEST_NAME)), others)


def _refusal(feed: Feed, *, allow_private: bool) -> str:
    """Why the feed cannot stand in feeds.yaml, as its reader says it; "" when it can."""
    if not feed.url:
        return "в списке нет адреса ленты (xmlUrl); найдите её: monitor feeds add САЙТ"
    if feed.url != urls.without_credentials(feed.url):
        return "в адресе имя и пароль: таким адресам в списке не место"
    wrong = problems(f"feeds:\n{feed_writer.stanza(feed)}", file="")
    if wrong:
        return f"{wrong[0].key}: {wrong[0].message}"
    try:
        if not allow_private:
            refuse_private_literal(urlsplit(feed.url).hostname or "")
    except BlockedAddress:
        return "это адрес внутренней сети, он недоступен (MONITOR_ALLOW_PRIVATE_ADDRESSES)"
    return ""
