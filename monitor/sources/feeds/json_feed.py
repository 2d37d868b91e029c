"""JSON Feed 1 and 1.1 → raw entries in the names the other readers answer in (those of feedparser)."""

import html
import json
from collections.abc import Mapping, Sequence
from typing import Any

_FIELDS = {"id": "id", "title": "title", "summary": "summary"} | {
    "date_published": "published",
    "date_modified": "updated",
}


def read(text: str) -> Sequence[Mapping[str, Any]] | None:
    """The raw entries of a JSON document, or None when it is no JSON Feed (https://www.jsonfeed.org/version/1.1/).

    A document is one when it says so, or has a list of `items`, as some generators forget the version.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        return None
    return [_entry(item) for item in document["items"] if isinstance(item, dict)]


def _entry(item: Mapping[str, Any]) -> Mapping[str, Any]:
    entry: dict[str, Any] = {name: _text(item.get(field)) for field, name in _FIELDS.items()}
    content = _text(item.get("content_html")) or html.escape(_text(item.get("content_text")), quote=False)
    link = _text(item.get("url")) or _text(item.get("external_url"))
    return entry | {"link": link, "content": [{"value": content}] if content else []}


def _text(value: object) -> str:
    """Ids may be numbers, says the standard; anything else that is no text is nothing."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if isinstance(value, str) else str(value) if number else ""
