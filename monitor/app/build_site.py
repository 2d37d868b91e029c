"""The public archive, wired: what stands behind it is read from the settings and the maintainers' two files."""

from collections.abc import Iterable, Mapping
from functools import partial
from urllib.parse import urlsplit

from monitor.app.environment import as_text, read_bytes
from monitor.config.feeds import load_feeds
from monitor.config.keyword_rules import Keywords, Topic
from monitor.config.keywords import load_keywords
from monitor.config.settings import Settings
from monitor.matching.compiler import compile_rules
from monitor.matching.matcher import Matcher
from monitor.models.feeds import Feed, FeedKind
from monitor.models.site import Outlet, Precision, SiteAbout, SiteCounter, TopicRules
from monitor.site.build import SiteBuilder
from monitor.storage.site.cases import CaseStore, TakedownStore
from monitor.storage.site.published import PublishedStories


def build_site(
    settings: Settings, *, published: PublishedStories, cases: CaseStore, takedowns: TakedownStore
) -> SiteBuilder:
    """What builds the archive of a database. Raises ConfigError."""
    keywords = load_keywords(as_text(read_bytes(settings.keywords), settings.keywords), file=settings.keywords)
    feeds = load_feeds(as_text(read_bytes(settings.feeds), settings.feeds), file=settings.feeds)
    return SiteBuilder(
        published=published,
        cases=cases,
        takedowns=takedowns,
        about=partial(_about, settings, keywords, feeds, published),
        counters=_counters(keywords),
        zone=settings.timezone,
    )


def _counters(keywords: Keywords) -> Matcher | None:
    return Matcher(compile_rules(keywords.counting)) if keywords.counters else None


def _about(settings: Settings, keywords: Keywords, feeds: Iterable[Feed], published: PublishedStories) -> SiteAbout:
    precision = published.precision()
    return SiteAbout(
        outlets=tuple(Outlet(name=feed.name, url=_home(feed), language=feed.lang) for feed in feeds),
        topics=tuple(_topic(topic, precision) for topic in keywords.topics),
        counters=tuple(SiteCounter(id=rule.name, title=rule.name) for rule in keywords.counters),
        channel=f"https://t.me/{settings.channel[1:]}" if settings.channel.startswith("@") else "",
        address=settings.site_url,
    )


def _topic(topic: Topic, precision: Mapping[str, Precision]) -> TopicRules:
    return TopicRules(
        id=topic.id,
        title=topic.title,
        hashtag=topic.hashtag,
        rules=tuple(rule.name for rule in topic.rules),
        precision=precision.get(topic.id, Precision()),
    )


def _home(feed: Feed) -> str:
    """The outlet's front page: a feed's own address may hold a key."""
    parts = urlsplit(feed.url)
    if feed.kind is FeedKind.TELEGRAM:
        return f"https://t.me/{parts.path.rpartition('/')[2]}"
    return f"https://{parts.hostname}/" if parts.hostname else ""
