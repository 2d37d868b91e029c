"""A feed → its lines in feeds.yaml, appended to the file's text. feeds.py reads them back; no file is opened."""

import re
from datetime import date, timedelta

from monitor.config.feeds import load_feeds
from monitor.errors import ConfigError
from monitor.models.feeds import Feed

_ITEM_INDENT = re.compile(r"^( *)- ", re.MULTILINE)
_PLAIN = re.compile(r"[^\W\d_][\w .«»()/+-]*")  # needs no quotes in YAML


def stanza(feed: Feed, *, indent: str = "  ") -> str:
    """Return the lines of feeds.yaml for a feed with only the keys that `monitor feeds add` or `import` writes."""
    pairs = {"name": _quoted(feed.name), "kind": str(feed.kind), "url": _quoted(feed.url), "lang": feed.lang}
    if feed.tz != "UTC":
        pairs["tz"] = feed.tz
    if feed.group:
        pairs["group"] = _quoted(feed.group)
    if feed.interval:
        pairs["interval"] = f"{feed.interval // timedelta(minutes=1)}m"
    lines = [f"{key}: {value}" for key, value in pairs.items()]
    return f"{indent}- " + f"\n{indent}  ".join(lines) + "\n"


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value) or (value.startswith("http") and not re.search(r"[#'\"{}\[\],\\]|: ", value)):
        return value
    return quote_single(value)


def quote_single(value: str) -> str:
    """Quote one line for any place in YAML, without escapes."""
    return "'" + value.replace("'", "''") + "'"


def append_feeds(text: str, *feeds: Feed, file: str, today: date, by: str = "командой monitor feeds add") -> str:
    """Return the file's text with the feeds' stanzas at its end; every comment and line stays. Raises ConfigError.

    A comment says `by` what they came. The result is read back: unless it gives the same feeds and the new ones, the
    file is refused.
    """
    before = load_feeds(text, file=file)
    indents = _ITEM_INDENT.findall(text)
    indent = indents[-1] if indents else "  "
    note = f"{indent}# Добавлено {by} {today:%d.%m.%Y}.\n"
    made = f"{text.rstrip()}\n\n{note}{''.join(stanza(feed, indent=indent) for feed in feeds)}"
    if load_feeds(made, file=file) != (*before, *feeds):
        advice = "файл написан непривычно — впишите записи сами:\n"
        raise ConfigError(advice + "".join(map(stanza, feeds)), file=file)
    return made
