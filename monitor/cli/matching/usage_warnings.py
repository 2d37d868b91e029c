"""What the news kept say against the rules: for `check`, which draws nothing and asks the storage for no more."""

from collections.abc import Sequence
from datetime import timedelta
from time import monotonic

from monitor.app.environment import clock
from monitor.config.keyword_rules import Keywords
from monitor.errors import ConfigError, MonitorError
from monitor.matching.lint import Usage
from monitor.matching.matcher import Matcher
from monitor.storage.archive import Archive
from monitor.storage.database import open_existing

PERIOD = timedelta(days=30)
PATIENCE = 5.0  # seconds: the newest news are read first, and what fits says enough


def usage_warnings(loaded: Keywords, matcher: Matcher, database_url: str) -> Sequence[ConfigError]:
    """What the kept articles say against the rules; that the database cannot be asked is a warning itself."""
    usage = Usage(loaded, matcher)
    now, until = clock(), monotonic() + PATIENCE
    oldest = now
    try:
        for article in Archive(open_existing(database_url)).iter_articles(now - PERIOD):
            usage.add(article)
            oldest = min(oldest, article.seen_at)
            if monotonic() > until:
                break
    except MonitorError as error:
        return (ConfigError(f"правила не примерены к прочитанным новостям: {error}", file=loaded.file),)
    return usage.doubts(days=max(round((now - oldest) / timedelta(days=1)), 1))
