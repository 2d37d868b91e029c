"""OPML 1.0 and 2.0, in which feed readers exchange their lists: a document → the feeds it names, and back."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from xml.sax.saxutils import quoteattr

from monitor.models.feeds import Feed, FeedKind, FeedLanguage
from monitor.sources.feeds import fast_xml
from monitor.sources.feeds.repair import is_feed_list, sound
from monitor.text import charsets, markup, urls

LARGEST = 4 * 1024 * 1024  # bytes: more than any list that people keep
MOST_FEEDS = 5_000

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_DOCTYPE = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_FEED_SCHEME = re.compile(r"\Afeed:(?://)?(https?://)?", re.IGNORECASE)  # of browsers that knew feeds
_SYNDICATED = (FeedKind.RSS, FeedKind.ATOM)  # which of them it is, every reader sees for itself


def read(document: bytes | str) -> tuple[Feed, ...]:
    """The feeds in the list's order, as it calls them: `name` and `url` may be "", `tz` is; nothing is checked.

    `group` is the title of the outline that a feed stands in. Raises ValueError that says in Russian what is wrong.
    """
    if len(document) > LARGEST:
        raise ValueError(f"список больше {LARGEST // 1024 // 1024} МБ — разделите его")
    text = document if isinstance(document, str) else charsets.decode(document)
    if _DOCTYPE.search(text):
        raise ValueError("в списке есть DOCTYPE или ENTITY, а OPML они не нужны — уберите эти строки")
    if not is_feed_list(text):
        raise ValueError("это не OPML: нужен файл, который начинается с <opml>")
    root = fast_xml.tree(sound(_DECLARATION.sub("", text)))
    if root is None:
        raise ValueError("файл OPML испорчен или вложен слишком глубоко — сохраните список заново")
    feeds = tuple(_feeds(root))
    if len(feeds) > MOST_FEEDS:
        raise ValueError(f"в списке больше {MOST_FEEDS} лент — разделите его")
    return feeds


def write(feeds: Iterable[Feed]) -> str:
    """An OPML 2.0 document of these feeds, groups as outlines. Passwords and what OPML has no word for are left out."""
    groups: dict[str, list[str]] = {}
    for feed in feeds:
        groups.setdefault(feed.group, []).append(_outline(feed))
    lines = groups.pop("", [])
    for group, members in groups.items():
        lines += [f"<outline text={quoteattr(group)}>", *(f"  {member}" for member in members), "</outline>"]
    body = "".join(f"    {line}\n" for line in lines)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n'
        f"  <head>\n    <title>Ленты</title>\n  </head>\n  <body>\n{body}  </body>\n</opml>\n"
    )


def _outline(feed: Feed) -> str:
    kind = FeedKind.RSS if feed.kind in _SYNDICATED else feed.kind
    address = urls.without_credentials(feed.url)
    attributes = {"type": kind, "text": feed.name, "title": feed.name, "xmlUrl": address}
    if feed.lang != "both":
        attributes["language"] = feed.lang
    return f"<outline {' '.join(f'{name}={quoteattr(value)}' for name, value in attributes.items())}/>"


def _feeds(root: Any) -> Iterator[Feed]:
    for element in root.iter():
        words = _words(element)
        if _is_outline(element) and ("xmlurl" in words or "url" in words or "htmlurl" in words):
            yield Feed(
                name=_name(words),
                kind=_kind(words.get("type", "")),
                url=_FEED_SCHEME.sub(lambda scheme: scheme[1] or "http://", urls.clean(words.get("xmlurl", ""))),
                lang=_language(words.get("language", "")),
                tz="",
                group=_group(element),
            )


def _is_outline(element: Any) -> bool:
    return isinstance(element.tag, str) and element.tag.rpartition("}")[2].lower() == "outline"


def _words(element: Any) -> dict[str, str]:
    """Attributes by their names in small letters: writers spell them as they like."""
    return {str(name).lower(): str(value) for name, value in element.attrib.items()}


def _name(words: dict[str, str]) -> str:
    return next((name for key in ("title", "text") if (name := markup.headline(words.get(key, "")))), "")


def _kind(written: str) -> FeedKind:
    kind = written.strip().lower()
    return FeedKind(kind) if kind in list(FeedKind) else FeedKind.RSS


def _language(written: str) -> FeedLanguage:
    code = written.strip().lower()[:2]
    return "ru" if code == "ru" else "kk" if code == "kk" else "both"


def _group(element: Any) -> str:
    """The title of the nearest outline around it."""
    around = element.getparent()
    return _name(_words(around)) if around is not None and _is_outline(around) else ""
