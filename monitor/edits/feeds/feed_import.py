"""A list of feeds from elsewhere against feeds.yaml: what can be added, what stands there already, what cannot."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from monitor.config import feed_writer
from monitor.config.feeds import problems
from monitor.models.feeds import LONGEST_LINE, Feed, FeedKind
from monitor.sources.discovery import channel_address, name_key, usual_zone, with_own_name
from monitor.sources.http.address_guard import BlockedAddress, refuse_private_literal
from monitor.text import urls
from monitor.text.unicode import cut


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedList:
    """The feeds of a list, each in one of the three; beside those that are not added the reason, in Russian.

    `renamed` says by the name of a new feed why it is not the one that the list gives.
    """

    new: tuple[Feed, ...]
    known: tuple[tuple[Feed, str], ...]
    refused: tuple[tuple[Feed, str], ...]
    renamed: Mapping[str, str] = field(default_factory=dict)


def compare(listed: Iterable[Feed], ours: Sequence[Feed], *, allow_private: bool) -> ComparedList:
    """Sort a list's feeds. Those with an address that ours have, or one before them in the list, are known; another
    feed with a name that is taken gets a name of its own.

    An address counts as the same in any spelling (`urls.canonical`), a name in any Unicode form and case.
    """
    new: list[Feed] = []
    known: list[tuple[Feed, str]] = []
    refused: list[tuple[Feed, str]] = []
    renamed: dict[str, str] = {}
    readers = {urls.canonical(address): one.name for one in ours for address in (one.url, one.fallback) if address}
    names = {name_key(one.name) for one in ours}
    for feed in listed:
        wanted = _proposed(feed)
        proposed = with_own_name(wanted, names)
        address = urls.canonical(proposed.url)
        if address in readers:
            known.append((wanted, f"этот адрес уже читает «{readers[address]}»"))
        elif why := _refusal(proposed, allow_private=allow_private):
            refused.append((proposed, why))
        else:
            new.append(proposed)
            readers[address] = proposed.name
            names.add(name_key(proposed.name))
            if proposed.name != wanted.name:
                renamed[proposed.name] = f"имя «{wanted.name}» занято лентой с другим адресом"
    return ComparedList(new=tuple(new), known=tuple(known), refused=tuple(refused), renamed=renamed)


def _proposed(feed: Feed) -> Feed:
    """The feed as its stanza should say it; one without a title is called by its host."""
    channel = channel_address(feed.url)
    kind, url = (FeedKind.TELEGRAM, channel) if channel else (feed.kind, feed.url)
    name = cut(feed.name, LONGEST_LINE) or urls.host_key(url) or cut(url, LONGEST_LINE)
    tz = feed.tz or usual_zone(url, kind)
    return replace(feed, kind=kind, url=url, name=name, tz=tz, group=cut(feed.group, LONGEST_LINE))


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
