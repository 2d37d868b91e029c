"""The invented press of the demo: newsroom.yaml served on loopback, one news site an outlet.

It knows what it tells (which articles are one story) and nothing of how the monitor finds out.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import yaml

from tests.servers.web import PAGE_TYPE, Item, WebServer, atom, page, rss

CONTENT = Path(__file__).with_name("newsroom.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsArticle:
    """One article at an outlet. `story` names the event it tells, "" when it must not reach the channel."""

    path: str
    title: str
    paragraphs: tuple[str, ...]
    age: timedelta
    story: str
    later: bool  # comes out after the first sweep


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """An outlet: what it calls itself, how its feed is made, and what it wrote."""

    name: str
    feed: str  # rss | atom
    lang: str
    gives: str  # text | summary
    articles: tuple[NewsArticle, ...]


class Newsroom:
    """All outlets on their own loopback servers; a context manager. Silent until something is published."""

    def __init__(self) -> None:
        self._sites = {outlet: WebServer() for outlet in read_outlets()}
        self._open = ExitStack()
        self._later = False

    def __enter__(self) -> Self:
        for site in self._sites.values():
            self._open.enter_context(site)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def publish(self, now: datetime, *, later: bool) -> None:
        """Put out feeds and pages as of `now`; `later` adds what comes out after the first sweep."""
        self._later = later
        for outlet, site in self._sites.items():
            out = [article for article in outlet.articles if later or not article.later]
            items = [_item(outlet, article, site, now) for article in out]
            site.serve("/feed", rss(items) if outlet.feed == "rss" else atom(items), etag="auto")
            for article in out:
                text = page(article.title, article.paragraphs, now - article.age)
                site.serve(article.path, text, content_type=PAGE_TYPE)

    @property
    def outlets(self) -> int:
        """How many there are."""
        return len(self._sites)

    @property
    def articles(self) -> int:
        """How many are out now."""
        return sum(1 for _ in self._published())

    @property
    def stories(self) -> Mapping[str, frozenset[str]]:
        """The events worth a post, and the addresses of the published articles that tell each."""
        told: defaultdict[str, set[str]] = defaultdict(set)
        for site, article in self._published():
            if article.story:
                told[article.story].add(site.url + article.path)
        return {story: frozenset(addresses) for story, addresses in told.items()}

    @property
    def text(self) -> str:
        """Everything the published articles say."""
        return " ".join(paragraph for _, article in self._published() for paragraph in article.paragraphs)

    @property
    def feeds_file(self) -> str:
        """The feeds.yaml that reads these outlets."""
        stanzas = (
            f'  - {{name: "{outlet.name}", kind: {outlet.feed}, url: "{site.url}/feed", lang: {outlet.lang}}}\n'
            for outlet, site in self._sites.items()
        )
        return "feeds:\n" + "".join(stanzas)

    def _published(self) -> Iterator[tuple[WebServer, NewsArticle]]:
        for outlet, site in self._sites.items():
            for article in outlet.articles:
                if self._later or not article.later:
                    yield site, article


def read_outlets() -> tuple[Outlet, ...]:
    """newsroom.yaml as values."""
    content = yaml.safe_load(CONTENT.read_text(encoding="utf-8"))
    return tuple(_outlet(given) for given in content["outlets"])


def _outlet(given: Mapping[str, Any]) -> Outlet:
    articles = tuple(_article(number, one) for number, one in enumerate(given["articles"], start=1))
    return Outlet(**{**given, "articles": articles})


def _article(number: int, given: Mapping[str, Any]) -> NewsArticle:
    return NewsArticle(
        path=f"/news/{number}",
        title=given["title"],
        paragraphs=tuple(given["text"].strip().splitlines()),
        age=timedelta(minutes=given["minutes"]),
        story=given.get("story", ""),
        later=given.get("later", False),
    )


def _item(outlet: Outlet, article: NewsArticle, site: WebServer, now: datetime) -> Item:
    address = site.url + article.path
    return Item(
        title=article.title,
        link=address,
        guid=address,
        description=article.paragraphs[0],
        content="".join(f"<p>{one}</p>" for one in article.paragraphs) if outlet.gives == "text" else "",
        published=now - article.age,
    )
