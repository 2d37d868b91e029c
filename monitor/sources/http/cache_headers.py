"""When a server says to come again: Retry-After, Cache-Control, Expires. Header values in, durations out."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(hours=24)  # what a server may ask for

_MAX_AGE = re.compile(r'(?:^|[,\s])max-age\s*=\s*"?(\d{1,9})', re.IGNORECASE | re.ASCII)
_UNCACHED = re.compile(r"(?:^|[,\s])no-(?:store|cache)(?![\w-])", re.IGNORECASE)


def retry_after(written: str, now: datetime) -> timedelta | None:
    """What a Retry-After header asks for: seconds or an HTTP date (RFC 9110, 10.2.3); at most a day, None if unread."""
    if written.isascii() and written.isdigit():
        return min(timedelta(seconds=int(written[:9])), LONGEST)
    at = _instant(written)
    return _bounded(at - now) if at else None


def max_age(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """For how long the answer is fresh, less its Age (RFC 9111, 4.2); 0 to a day, None when nothing is said.

    `headers` look up without minding case. `s-maxage` speaks to shared caches, not to us.
    """
    control = headers.get("cache-control", "")
    if _UNCACHED.search(control):
        return timedelta(0)
    if seconds := _MAX_AGE.search(control):
        age = headers.get("age", "").strip()
        spent = int(age[:9]) if age.isascii() and age.isdigit() else 0
        return _bounded(timedelta(seconds=int(seconds[1]) - spent))
    if "expires" not in headers:
        return None
    expires = _instant(headers["expires"])
    sent = _instant(headers.get("date", "")) or now  # the server's own clock, if it tells it
    return _bounded(expires - sent) if expires else timedelta(0)  # an invalid date, above all "0", means "already"


def _instant(written: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(written)
    except (ValueError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _bounded(wait: timedelta) -> timedelta:
    return max(timedelta(0), min(wait, LONGEST))
