"""A feed → its lines in feeds.yaml, and the file with them at its end. feeds.py reads them back; no file is opened."""

import re
from datetime import date, timedelta

from monitor.config.feeds import load_feeds
from monitor.errors import ConfigError
from monitor.models.feeds import Feed

_ITEM_INDENT = re.compile(r"^( *)- ", re.MULTILINE)
_PLAIN = re.compile(r"[^\W\d_][\w .«»()/+-]*")  # needs no quotes in YAML


def stanza(feed: Feed, *, indent: str = "  ") -> str:
    """The lines of feeds.yaml for a feed that has nothing beyond what `monitor feeds add` proposes."""
    pairs = {"name": _quoted(feed.name), "kind": str(feed.kind), "url": _quoted(feed.url), "lang": feed.lang}
    if feed.tz != "UTC":
        pairs["tz"] = feed.tz
    if feed.interval:
        pairs["interval"] = f"{feed.interval // timedelta(minutes=1)}m"
    lines = [f"{key}: {value}" for key, value in pairs.items()]
    return f"{indent}- " + f"\n{indent}  ".join(lines) + "\n"


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value) or (value.startswith("http") and not re.search(r"[#'\"{}\[\],\\]|: ", value)):
        return value
    return "'" + value.replace("'", "''") + "'"


def appended(text: str, feed: Feed, *, file: str, today: date) -> str:
    """The file with the feed's stanza at its end; every comment and line of it stays. Raises ConfigError.

    What comes out is read back: it is the same feeds and this one, or nothing is changed.
    """
    before = load_feeds(text, file=file)
    indents = _ITEM_INDENT.findall(text)
    indent = indents[-1] if indents else "  "
    note = f"{indent}# Добавлена командой monitor feeds add {today:%d.%m.%Y}.\n"
    made = f"{text.rstrip()}\n\n{note}{stanza(feed, indent=indent)}"
    if load_feeds(made, file=file) != (*before, feed):
        raise ConfigError("файл написан непривычно — впишите запись сами:\n" + stanza(feed), file=file)
    return made
