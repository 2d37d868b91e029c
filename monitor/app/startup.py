"""What every start reads: the settings and the maintainers' files; and GETs as those settings want them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from monitor import __version__
from monitor.app.config_files import (
    ChannelsEdition,
    FeedsEdition,
    RulesEdition,
    channels_content,
    read_channels,
    read_feeds,
    read_rules,
)
from monitor.app.environment import clock, environment
from monitor.app.rules.cache import Compiled, RulesCache
from monitor.app.rules.first_rules import compile_content
from monitor.config.settings import Settings, load_settings, unknown_names
from monitor.matching.compiler import collector_paused
from monitor.matching.matcher import Matcher
from monitor.models.articles import Extracted
from monitor.models.channels import Destination
from monitor.models.feeds import Feed
from monitor.sources.http.client import Fetcher
from monitor.sources.sandbox import Sandbox
from monitor.storage.database import sqlite_file
from monitor.text import urls


@dataclass(slots=True, kw_only=True)
class Config:
    """The operator's settings and the maintainers' files, read and valid.

    Of a daemon, what is in force: an edit that is taken up is put in its edition's place.
    """

    settings: Settings
    unknown_settings: tuple[str, ...]  # MONITOR_… variables that are none
    feeds_edition: FeedsEdition
    rules_edition: RulesEdition
    channels_edition: ChannelsEdition

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """The feeds of feeds.yaml."""
        return self.feeds_edition.feeds

    @property
    def feeds_file(self) -> str:
        """The path of feeds.yaml as it was given."""
        return self.feeds_edition.file

    @property
    def destinations(self) -> tuple[Destination, ...]:
        """Where posts go, the main channel first; in preview mode parts of the terminal."""
        return self.channels_edition.destinations

    @property
    def matcher(self) -> Matcher:
        """The rules of keywords.yaml, ready to judge."""
        return self.rules_edition.matcher


@collector_paused(stays=True)
def load(
    *,
    feeds: str | None = None,
    keywords: str | None = None,
    channels: str | None = None,
    compile_: Callable[[bytes, str], Compiled] = compile_content,
) -> Config:
    """Read settings and the files; the arguments win over the settings. `compile_` makes rules that nobody has kept.

    Raises ConfigError.
    """
    environ = environment()
    settings = load_settings(environ)
    settings = replace(
        settings,
        feeds=feeds or settings.feeds,
        keywords=keywords or settings.keywords,
        channels=channels or settings.channels,
    )
    rules = read_rules(settings.keywords, cache=RulesCache(data_folder(settings)), compile_=compile_)
    content = channels_content(settings, channels)
    return Config(
        settings=settings,
        unknown_settings=unknown_names(environ),
        feeds_edition=read_feeds(settings.feeds),
        rules_edition=rules,
        channels_edition=read_channels(settings, content, rules.topics),
    )


async def read_page(settings: Settings, url: str, feeds: Iterable[Feed]) -> Extracted:
    """The article at an address, fetched and extracted as a poll of the feed of its site does it. Raises FetchError."""
    site = urls.host_key(url)
    feed = next((feed for feed in feeds if urls.host_key(feed.url) == site), None)
    of_feed = {"tz": feed.tz, "selector": feed.article} if feed else {}
    async with open_fetcher(settings) as fetcher, Sandbox() as reader:
        answer = await fetcher.fetch(url, accept="page", feed=feed)
        return await reader.extract(answer, now=clock(), **of_feed)


def open_fetcher(settings: Settings) -> Fetcher:
    """GETs as the settings want them; an async context manager."""
    return Fetcher(
        user_agent=user_agent(settings),
        proxy=settings.proxy or None,
        allow_private=settings.allow_private_addresses,
        clock=clock,
    )


def user_agent(settings: Settings) -> str:
    """What we call ourselves to servers."""
    return f"monitor/{__version__} (+{settings.contact or 'news monitor'})"


def data_folder(settings: Settings) -> Path | None:
    """Where the database file lies; None for a server."""
    path = sqlite_file(settings.database_url)
    return path.parent if path else None
