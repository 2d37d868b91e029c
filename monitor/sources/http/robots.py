"""robots.txt: may a page be read, and how slowly (RFC 9309). Fetches nothing itself; feeds are not its subject.

The rules of other robots are dropped before the parser sees them: a file of half a megabyte can name so many robots and
rules that their product fills the memory.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from protego import Protego

from monitor.errors import FetchError, FetchFailure
from monitor.models.clock import Clock

AGENT = "monitor"  # the product token, whatever the User-Agent of a feed says
LARGEST = 512_000  # bytes; RFC 9309, 2.5: at least 500 KiB

_FRESH = timedelta(hours=24)  # RFC 9309, 2.4
_RETRY = timedelta(minutes=1)
_PATIENCE = timedelta(hours=24)  # of unanswered requests, after which the rules count as absent
_MOST_HOSTS = 256
_MOST_LETTERS = 1_000_000  # of the files remembered; read, they take some thirty times as many bytes
_MOST_RULES = 2_000  # lines that concern us
_UNREACHABLE = frozenset(
    {FetchFailure.SERVER, FetchFailure.THROTTLED, FetchFailure.TIMEOUT, FetchFailure.CONNECTION, FetchFailure.TLS}
)
_AGENT_LINE = re.compile(r"\s*user[\s-]?\s*agent\s*[:\s]\s*([^#]*)", re.IGNORECASE)
_NO_RULE = re.compile(r"\s*(?:#|$|sitemaps?\b|site-map\b|host\b|clean-param\b)", re.IGNORECASE)
_TOKEN = re.compile(r"[a-z_-]*", re.IGNORECASE)

Fetch = Callable[[str], Awaitable[str]]


@dataclass(slots=True, kw_only=True)
class _Site:
    """What is known of one origin's robots.txt; instants of the steady clock. Without rules everything is allowed."""

    asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    rules: Protego | None = None
    length: int = 0  # of the file they stand in
    ask_at: datetime | None = None  # None: never asked
    silent_since: datetime | None = None
    failure: FetchError | None = None  # why it is unknown what is allowed


class Robots:
    """The rules of the sites met lately."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._sites: dict[str, _Site] = {}

    async def delay(self, origin: str, url: str, fetch: Fetch, *, feed: str) -> float:
        """Seconds that the site wants between two pages. `fetch` gets the text of an address or raises FetchError.

        Raises FetchError: of kind ROBOTS when the rules refuse `url`, or the failure that keeps them from being known
        (RFC 9309, 2.3.1.4: a site whose rules cannot be asked for counts as closed; after a day as one without rules).
        """
        site = self._sites.pop(origin, None) or _Site()
        self._sites[origin] = site  # the latest used stands last
        async with site.asking:
            if site.ask_at is None or site.ask_at <= self._clock.steady():
                await self._ask(site, origin, fetch)
        self._forget_oldest()
        if site.failure:
            message = f"robots.txt не получен, а без него страницы не читаем: {site.failure.message}"
            raise FetchError(message, feed=feed, kind=site.failure.kind, retry_after=site.failure.retry_after)
        if site.rules and not site.rules.can_fetch(url, AGENT):
            raise FetchError("robots.txt сайта не пускает к этой странице", feed=feed, kind=FetchFailure.ROBOTS)
        return (site.rules.crawl_delay(AGENT) if site.rules else None) or 0.0

    async def _ask(self, site: _Site, origin: str, fetch: Fetch) -> None:
        try:
            text = await fetch(f"{origin}/robots.txt")
            site.rules, site.length = await asyncio.to_thread(parse, text), len(text)
        except FetchError as error:
            self._settle_failure(site, error)
            return
        site.failure, site.silent_since = None, None
        site.ask_at = self._clock.steady() + _FRESH

    def _forget_oldest(self) -> None:
        """Sites come from outside and have no end; nor has what they say."""
        while len(self._sites) > _MOST_HOSTS or sum(site.length for site in self._sites.values()) > _MOST_LETTERS:
            del self._sites[next(iter(self._sites))]

    def _settle_failure(self, site: _Site, error: FetchError) -> None:
        """Refused or absent (4xx and the like): no rules. Unreachable: the last rules known, else closed for a day."""
        now = self._clock.steady()
        if error.kind not in _UNREACHABLE:
            site.rules, site.length, site.failure, site.silent_since, site.ask_at = None, 0, None, None, now + _FRESH
            return
        site.silent_since = site.silent_since or now
        site.ask_at = now + max(_RETRY, min(error.retry_after or _RETRY, _FRESH))
        is_patient = now - site.silent_since < _PATIENCE
        site.failure = error if is_patient and site.rules is None else None


def parse(text: str) -> Protego:
    """The rules that concern us: those of our token and those for all."""
    return Protego.parse("\n".join(_ours(text)))


def _ours(text: str) -> Iterator[str]:
    """The lines of our groups; agents named one after another share the rules that follow."""
    named: set[str] = set()
    rules = _MOST_RULES
    in_rules = True
    for line in text.removeprefix("\ufeff").splitlines():
        if agent_line := _AGENT_LINE.match(line):
            named = _agent(agent_line[1]) if in_rules else named | _agent(agent_line[1])
            in_rules = False
            continue
        if _NO_RULE.match(line):
            continue
        if not in_rules:
            in_rules = True
            yield from (f"User-agent: {agent}" for agent in sorted(named))
        if named and rules:
            rules -= 1
            yield line


def _agent(written: str) -> set[str]:
    value = written.strip()
    token = _TOKEN.match(value)
    if value == "*":
        return {"*"}
    return {AGENT} if token and token[0].lower() == AGENT else set()
