"""feeds.yaml: text → `Feed` values. What a feed's address answers is not known here (`check --online` asks it)."""

import re
from datetime import timedelta
from typing import cast, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from monitor.config.yamlfile import Mapping, Node, Reader, load, nearest, raise_first, sorted_problems
from monitor.errors import ConfigError
from monitor.models import Feed, FeedKind, FeedLanguage

KEYS = ("name", "kind", "url", "lang", "tz", "interval", "note")
SHORTEST, LONGEST = timedelta(seconds=1), timedelta(hours=24)

_PLANNED_KINDS = ("html", "sitemap", "json")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}
_INTERVAL = re.compile(r"(\d{1,6}) ?([smh])", re.ASCII)
_MAX_NAME = 100


def load_feeds(text: str, *, file: str) -> tuple[Feed, ...]:
    """The feeds in the file's order. Raises ConfigError: the first mistake, and how many others there are."""
    feeds, reader = _read(text, file)
    raise_first(reader.problems)
    return feeds


def problems(text: str, *, file: str) -> tuple[ConfigError, ...]:
    """Everything that is wrong with the file, in its order; () when `load_feeds` would succeed."""
    return sorted_problems(lambda: _read(text, file)[1].problems)


def _read(text: str, file: str) -> tuple[tuple[Feed, ...], Reader]:
    reader = Reader(file)
    root = load(text, file=file)
    reader.mapping(root, key="", at=root, known=("feeds",))
    stanzas = reader.items(root.get("feeds"), key="feeds", at=root)
    found = [(stanza, _feed(reader, stanza)) for stanza in stanzas]
    feeds = [(stanza, feed) for stanza, feed in found if feed]
    _unique(reader, [(stanza, feed.name) for stanza, feed in feeds], key="name")
    _unique(reader, [(stanza, feed.url) for stanza, feed in feeds], key="url")
    return tuple(feed for _, feed in feeds), reader


def _feed(reader: Reader, node: Node) -> Feed | None:
    """One stanza; None when it has a problem."""
    before = len(reader.problems)
    stanza = reader.mapping(node, key="feeds", at=node, known=KEYS)
    if stanza is None:
        return None
    name, kind, url = _name(reader, stanza), _kind(reader, stanza), _url(reader, stanza)
    lang, tz, interval = _lang(reader, stanza), _tz(reader, stanza), _interval(reader, stanza)
    if len(reader.problems) > before or kind is None:
        return None
    return Feed(name=name, kind=kind, url=url, lang=lang, tz=tz, interval=interval)


def _place(stanza: Mapping, key: str) -> Node:
    return stanza.get(key) or stanza


def _name(reader: Reader, stanza: Mapping) -> str:
    name = reader.text(stanza.get("name"), key="name", at=stanza) or ""
    if len(name) > _MAX_NAME or not name.isprintable():
        reader.problem(f"имя — одна строка до {_MAX_NAME} знаков", at=_place(stanza, "name"), key="name")
    return name


def _kind(reader: Reader, stanza: Mapping) -> FeedKind | None:
    kind = reader.text(stanza.get("kind"), key="kind", at=stanza)
    if kind is None or (kind in list(FeedKind) and kind not in _PLANNED_KINDS):
        return FeedKind(kind) if kind else None
    place = _place(stanza, "kind")
    if kind in _PLANNED_KINDS:
        reader.problem(
            f"вид «{kind}» пока не поддерживается — найдите у сайта RSS или канал Telegram", at=place, key="kind"
        )
    else:
        reader.problem(f"неизвестный вид «{kind}»{nearest(kind, list(FeedKind))}", at=place, key="kind")
    return None


def _url(reader: Reader, stanza: Mapping) -> str:
    url = reader.text(stanza.get("url"), key="url", at=stanza) or ""
    if url and not _is_web_address(url):
        reader.problem("нужен полный адрес: https://сайт/путь", at=_place(stanza, "url"), key="url")
    return url


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        sound = parts.port is None or parts.port > 0
    except ValueError:  # a broken port or IPv6 literal
        return False
    blank = any(character.isspace() or not character.isprintable() for character in url)
    return sound and parts.scheme in ("http", "https") and bool(parts.hostname) and not blank


def _lang(reader: Reader, stanza: Mapping) -> FeedLanguage:
    lang = reader.text(stanza.get("lang"), key="lang", at=stanza, default="both")
    if lang is not None and lang not in get_args(FeedLanguage):
        reader.problem("язык ленты — ru, kk или both", at=_place(stanza, "lang"), key="lang")
    return cast("FeedLanguage", lang or "both")


def _tz(reader: Reader, stanza: Mapping) -> str:
    tz = reader.text(stanza.get("tz"), key="tz", at=stanza, default="UTC") or "UTC"
    try:
        ZoneInfo(tz)
    except (KeyError, ValueError, OSError):  # unknown, malformed, a folder of the zone database
        reader.problem(f"нет часового пояса «{tz}» — пишут так: Asia/Almaty", at=_place(stanza, "tz"), key="tz")
    return tz


def _interval(reader: Reader, stanza: Mapping) -> timedelta | None:
    text = reader.text(stanza.get("interval"), key="interval", at=stanza, default="")
    if not text:
        return None
    found = _INTERVAL.fullmatch(text)
    interval = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None
    if interval is None or not SHORTEST <= interval <= LONGEST:
        reader.problem("пишут так: 10m, 1h или 90s; от 1s до 24h", at=_place(stanza, "interval"), key="interval")
        return None
    return interval


def _unique(reader: Reader, named: list[tuple[Node, str]], *, key: str) -> None:
    seen: dict[str, int] = {}
    for stanza, value in named:
        assert isinstance(stanza, Mapping)
        line = _place(stanza, key).line
        if value in seen:
            reader.problem(f"«{value}» уже есть в строке {seen[value]} — нужно разное", at=_place(stanza, key), key=key)
        seen.setdefault(value, line)
