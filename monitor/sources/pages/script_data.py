"""The data that a page's own scripts draw it from (Next.js, Nuxt and the like) → the text among them, if there is one.

Asked only where the page itself shows next to nothing. A page carries texts of other articles, too: the longest string
that speaks of what the title says is taken, and none if no string does.
"""

import json
import re
from collections.abc import Iterator

from monitor.text import markup

_OPENING = re.compile(r"<script\b[^<>]{0,500}\btype=[\"']?application/json\b[^<>]{0,500}>", re.IGNORECASE)
_MOST_SCRIPTS = 20
_MOST_VALUES = 50_000
_LEAST = 400  # characters; shorter strings are leads of other articles, messages, settings
_WORD = re.compile(r"\w{4,}")
_STEM = 5
_AGREED = 0.5  # share of the title's words


def text(html: str, title: str) -> str:
    """The readable text of the longest string that is about the title; "" without one."""
    stems = {word[:_STEM] for word in _WORD.findall(title.lower())}
    longest = ""
    for written in _strings(html):
        if len(written) > max(_LEAST, len(longest)):
            lowered = written.lower()
            if sum(stem in lowered for stem in stems) > len(stems) * _AGREED:
                longest = written
    return markup.plain(longest)


def _strings(html: str) -> Iterator[str]:
    for opening in [*_OPENING.finditer(html)][:_MOST_SCRIPTS]:
        closing = html.find("</script", opening.end())
        try:
            values = [json.loads(html[opening.end() : closing], strict=False)]
        except (ValueError, RecursionError):
            continue
        for _ in range(_MOST_VALUES):
            if not values:
                break
            value = values.pop()
            if isinstance(value, str):
                yield value
            elif isinstance(value, dict | list):
                values.extend(value.values() if isinstance(value, dict) else value)
