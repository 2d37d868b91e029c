"""An imported list of feeds compared with feeds.yaml: which are new, already known, or refused."""

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
    """The feeds of a list, each in one of three groups; known and refused ones with the reason, in Russian.

    `renamed` gives, by a new feed's name, the reason why its name differs from that in the list.
    """

    new: tuple[Feed, ...]
    known: tuple[tuple[Feed, str], ...]
    refused: tuple[tuple[Feed, str], ...]
    renamed: Mapping[str, str] = field(default_factory=dict)


def compare(listed: Iterable[Feed], ours: Sequence[Feed], *, allow_private: bool) -> ComparedList:
    """Sort the feeds of a list into new, known and refused.

    A feed is known if its address is in `ours` or earlier in the list. A feed whose name is taken by another address
    gets a name of its own. Addresses are compared in canonical spelling (`urls.canonical`), names without regard to
    Unicode form and case.
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
    """Return the feed as its stanza should have it; one without a title is named after its host."""
    channel = channel_address(feed.url)
    kind, url = (FeedKind.TELEGRAM, channel) if channel else (feed.kind, feed.url)
    name = cut(feed.name, LONGEST_LINE) or urls.host_key(url) or cut(url, LONGEST_LINE)
    tz = feed.tz or usual_zone(url, kind)
    return replace(feed, kind=kind, url=url, name=name, tz=tz, group=cut(feed.group, LONGEST_LINE))


def _refusal(feed: Feed, *, allow_private: bool) -> str:
    """Return why feeds.yaml cannot hold the feed, in Russian; "" when it can."""
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
