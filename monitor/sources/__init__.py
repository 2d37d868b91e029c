"""What stands at a feed's address, read: bytes → ParsedFeed. Members of the family have one shape, `parse`."""

from datetime import datetime

from monitor.models import Feed, FeedKind, Fetched, ParsedFeed
from monitor.sources import feed as _feed
from monitor.sources import telegram as _telegram

__all__ = ["parse"]


def parse(feed: Feed, fetched: Fetched, *, now: datetime) -> ParsedFeed:
    """The entries of a fetched body, read as the kind its stanza names.

    Raises ParseError, naming the feed, when the body is not what it should be. A feed with no entries is a
    value: whether that is a failure depends on what the feed had before.
    """
    if feed.kind is FeedKind.TELEGRAM:
        return _telegram.parse(fetched.body, url=fetched.url, now=now, name=feed.name)
    return _feed.parse(
        fetched.body, content_type=fetched.content_type, url=fetched.url, tz=feed.tz, now=now, name=feed.name
    )
