"""Pages that were read a moment ago, for whoever would ask for them again: a site is not asked twice for one answer."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.models.articles import Extracted
from monitor.models.clock import Clock
from monitor.models.evidence import Exchange
from monitor.models.feeds import Fetched

FRESH = timedelta(minutes=5)
MOST = 16  # pages
LARGEST = 1024 * 1024  # bytes; larger ones are asked for again


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """A page as it came, and what was read on it."""

    fetched: Fetched
    exchanges: tuple[Exchange, ...]
    article: Extracted


class RecentPages:
    """The last few pages of matched articles, by the address that was asked for."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pages: OrderedDict[str, tuple[datetime, ReadPage]] = OrderedDict()

    def put(self, url: str, page: ReadPage) -> None:
        """Keep a page until it is taken, or no longer fresh."""
        if sum(len(exchange.body) for exchange in page.exchanges) > LARGEST:
            return
        self._pages[url] = self._clock.steady(), page
        while len(self._pages) > MOST:
            self._pages.popitem(last=False)

    def take(self, url: str) -> ReadPage | None:
        """The page, once; None when it was not read lately."""
        read_at, page = self._pages.pop(url, (None, None))
        return page if read_at and self._clock.steady() - read_at <= FRESH else None
