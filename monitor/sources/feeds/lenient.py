"""The lenient reader of feeds (feedparser): whatever was ever called one, however broken. Asked when fast_xml.py is not
sure.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import feedparser

from monitor.errors import ParseError, ParseFailure

MOST_TAGS = 100_000  # it takes seconds and gigabytes for millions of them


def read(document: bytes, *, url: str, name: str) -> Sequence[Mapping[str, Any]]:
    """The raw entries of a UTF-8 document in feedparser's names; relative addresses are resolved against `url`.

    `name` is the feed's, for the message. Raises ParseError NOT_A_FEED.
    """
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    bounded = b"<".join(document.split(b"<", MOST_TAGS)[:MOST_TAGS])
    try:
        result = feedparser.parse(
            io.BytesIO(bounded), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:
        raise ParseError(
            f"ленту не удалось прочесть ({type(error).__name__}): она испорчена на сайте",
            feed=name,
            kind=ParseFailure.NOT_A_FEED,
        ) from error
    return [dict(entry) for entry in result.get("entries", ())]  # its own dictionary answers for absent keys
