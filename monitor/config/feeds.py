"""feeds.yaml: text → `Feed` values. Whether a feed's address answers is checked by `monitor check --online`."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import cast, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from monitor.config.hours import read_zone
from monitor.config.stanzas import name_of, one_line, place_of, unique
from monitor.config.yaml_reader import Mapping, Node, YamlReader, in_order, load, nearest, raise_first
from monitor.errors import ConfigError
from monitor.models.feeds import Feed, FeedKind, FeedLanguage, Listing
from monitor.text import markup
from monitor.text.urls import canonical, host_key, without_credentials

KEYS = (
    *("name", "kind", "url", "lang", "tz", "interval", "group", "fallback"),
    *("listing", "article", "proxy", "user_agent", "ca_file", "paused_until", "paused_because", "note"),
)
LISTING_KEYS = ("item", "link", "title", "date")
SHORTEST, LONGEST = timedelta(seconds=1), timedelta(hours=24)

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}
_INTERVAL = re.compile(r"(\d{1,6}) ?([smh])", re.ASCII)
_MIXED = re.compile("[a-z][а-яё]|[а-яё][a-z]", re.IGNORECASE)
_CHANNELS = ("t.me", "telegram.me")
_MAX_HEADER = 300
_PROXIES = ("http", "https", "socks5", "socks5h")


def load_feeds(text: str, *, file: str) -> tuple[Feed, ...]:
    """Return the feeds in the file's order. Raises ConfigError for the first mistake, with the number of others."""
    feeds, reader = _read(text, file)
    raise_first(reader.problems)
    return feeds


def load_checked(
    text: str, *, file: str, is_file: Callable[[str], bool] | None = None
) -> tuple[tuple[Feed, ...], tuple[ConfigError, ...]]:
    """Return the valid feeds, and everything wrong with the file, sorted by line; nothing if `load_feeds` would
    succeed.

    If `is_file` (whether a file exists at a path) is given, a file that a feed names and that is missing is wrong too.
    """
    try:
        feeds, reader = _read(text, file, is_file)
    except ConfigError as error:  # not even YAML
        return (), (error,)
    return feeds, in_order(reader.problems)


def problems(text: str, *, file: str) -> tuple[ConfigError, ...]:
    """Return what is wrong, as `load_checked` does."""
    return load_checked(text, file=file)[1]


def _read(text: str, file: str, is_file: Callable[[str], bool] | None = None) -> tuple[tuple[Feed, ...], YamlReader]:
    reader = YamlReader(file)
    root = load(text, file=file)
    reader.mapping(root, key="", at=root, known=("feeds",))
    stanzas = reader.items(root.get("feeds"), key="feeds", at=root)
    feeds = [read for stanza in stanzas if (read := _feed(reader, stanza))]
    unique(reader, [(stanza, feed.name) for stanza, feed in feeds], key="name", identity=str.casefold)
    unique(reader, [(stanza, feed.url) for stanza, feed in feeds], key="url", identity=_address_key)
    _no_fallback_read_twice(reader, feeds)
    if is_file:
        _files_there(reader, feeds, is_file)
    return tuple(feed for _, feed in feeds), reader


def _feed(reader: YamlReader, node: Node) -> tuple[Mapping, Feed] | None:
    """Read one stanza and its feed; None if it has a problem."""
    before = len(reader.problems)
    stanza = reader.mapping(node, key="feeds", at=node, known=KEYS)
    if stanza is None:
        return None
    kind, url, tz = _kind(reader, stanza), _url(reader, stanza), _tz(reader, stanza)
    _channel_as_channel(reader, stanza, kind, url)
    reader.note(stanza)
    feed = Feed(
        name=name_of(reader, stanza),
        kind=kind or FeedKind.RSS,
        url=url,
        lang=_lang(reader, stanza),
        tz=tz,
        interval=_interval(reader, stanza),
        group=one_line(reader, stanza, "group"),
        fallback=_fallback(reader, stanza, url),
        listing=_listing(reader, stanza, kind),
        article=_selector(reader, stanza, "article"),
        proxy=_proxy(reader, stanza),
        user_agent=_user_agent(reader, stanza),
        ca_file=_ca_file(reader, stanza),
        paused_until=_paused_until(reader, stanza, tz),
        paused_because=one_line(reader, stanza, "paused_because"),
    )
    return None if len(reader.problems) > before else (stanza, feed)


def _kind(reader: YamlReader, stanza: Mapping) -> FeedKind | None:
    kind = reader.text(stanza.get("kind"), key="kind", at=stanza, example=FeedKind.RSS)
    if kind is None or kind in list(FeedKind):
        return FeedKind(kind) if kind else None
    advice = nearest(kind, list(FeedKind))
    reader.problem(f"неизвестный вид «{kind}»{advice}", at=place_of(stanza, "kind"), key="kind")
    return None


def _url(reader: YamlReader, stanza: Mapping) -> str:
    url = reader.text(stanza.get("url"), key="url", at=stanza, example="https://сайт/rss") or ""
    return _address(reader, stanza, "url", url)


def _address(reader: YamlReader, stanza: Mapping, key: str, url: str) -> str:
    if url and (advice := _wrong_address(url)):
        reader.problem(advice, at=place_of(stanza, key), key=key)
    return url


def _wrong_address(url: str) -> str:
    """Return advice for an address that cannot be meant; "" for any other."""
    if _MIXED.search(url.partition("://")[0]):
        return "в начале адреса русские и латинские буквы вперемешку — скопируйте адрес из браузера"
    if not _is_web_address(url):
        return "нужен полный адрес: https://сайт/путь"
    if url != without_credentials(url):
        return "имени и пароля в адресе быть не должно — уберите всё между «//» и «@» вместе с «@»"
    if _MIXED.search(urlsplit(url).netloc):
        return "в имени сайта русские и латинские буквы вперемешку — скопируйте адрес из браузера"
    return f"в конце адреса лишний знак «{url[-1]}» — уберите его" if url.endswith((",", ";", "»")) else ""


def _channel_as_channel(reader: YamlReader, stanza: Mapping, kind: FeedKind | None, url: str) -> None:
    """Note a Telegram channel of another kind, or its page without `/s/`: only the preview shows posts."""
    if host_key(url) not in _CHANNELS:
        return
    if kind not in (None, FeedKind.TELEGRAM):
        reader.problem("это канал Telegram — напишите kind: telegram", at=place_of(stanza, "kind"), key="kind")
    else:
        _as_preview(reader, stanza, "url", url)


def _as_preview(reader: YamlReader, stanza: Mapping, key: str, url: str) -> None:
    if host_key(url) in _CHANNELS and not urlsplit(url).path.startswith("/s/"):
        reader.problem("адрес просмотра канала пишут так: https://t.me/s/ИМЯ", at=place_of(stanza, key), key=key)


def _fallback(reader: YamlReader, stanza: Mapping, url: str) -> str:
    written = reader.text(stanza.get("fallback"), key="fallback", at=stanza, default="") or ""
    if written and written == url:
        at = place_of(stanza, "fallback")
        reader.problem("запасной адрес тот же, что url — нужен другой или никакого", at=at, key="fallback")
    _as_preview(reader, stanza, "fallback", written)
    return _address(reader, stanza, "fallback", written)


def _listing(reader: YamlReader, stanza: Mapping, kind: FeedKind | None) -> Listing | None:
    node = stanza.get("listing")
    if node is None:
        return None
    if kind not in (None, FeedKind.HTML):
        reader.problem(
            "listing бывает только у kind: html — уберите его", at=place_of(stanza, "listing"), key="listing"
        )
    selectors = reader.mapping(node, key="listing", at=stanza, known=LISTING_KEYS)
    if selectors is None:
        return None
    if selectors.get("item") is None:
        reader.problem("нужен item — селектор одной новости на странице", at=selectors, key="item")
    item, link, title, date = (_selector(reader, selectors, key) for key in LISTING_KEYS)
    return Listing(item=item, link=link, title=title, date=date)


def _selector(reader: YamlReader, mapping: Mapping, key: str) -> str:
    css = reader.text(mapping.get(key), key=key, at=mapping, default="") or ""
    if css and not markup.is_selector(css):
        reader.problem(
            "селектор не читается — пишут как в CSS: div.news a; вместо b, i, em, strong — span или класс",
            at=place_of(mapping, key),
            key=key,
        )
    return css


def _proxy(reader: YamlReader, stanza: Mapping) -> str:
    proxy = reader.text(stanza.get("proxy"), key="proxy", at=stanza, default="") or ""
    if proxy and not _is_web_address(proxy, schemes=_PROXIES):
        advice = "прокси пишут так: http://хост:порт или socks5://хост:порт"
        reader.problem(advice, at=place_of(stanza, "proxy"), key="proxy")
    return proxy


def _user_agent(reader: YamlReader, stanza: Mapping) -> str:
    name = reader.text(stanza.get("user_agent"), key="user_agent", at=stanza, default="") or ""
    if len(name) > _MAX_HEADER or not (name.isascii() and name.isprintable()):
        advice = f"здесь только латиница, цифры и знаки, до {_MAX_HEADER} — например: NewsReader/1.0"
        reader.problem(advice, at=place_of(stanza, "user_agent"), key="user_agent")
    return name


def _ca_file(reader: YamlReader, stanza: Mapping) -> str:
    path = reader.text(stanza.get("ca_file"), key="ca_file", at=stanza, default="") or ""
    if "://" in path or not path.isprintable() or (path and not path.lower().endswith((".pem", ".crt", ".cer"))):
        advice = "нужен путь к файлу сертификатов на этом компьютере: certs/сайт.pem"
        reader.problem(advice, at=place_of(stanza, "ca_file"), key="ca_file")
    return path


def _is_web_address(url: str, *, schemes: tuple[str, ...] = ("http", "https")) -> bool:
    try:
        parts = urlsplit(url)
        sound = parts.port is None or parts.port > 0
    except ValueError:  # a broken port or IPv6 literal
        return False
    blank = any(character.isspace() or not character.isprintable() for character in url)
    return sound and parts.scheme in schemes and bool(parts.hostname) and not blank


def _lang(reader: YamlReader, stanza: Mapping) -> FeedLanguage:
    lang = reader.text(stanza.get("lang"), key="lang", at=stanza, default="both")
    if lang is not None and lang not in get_args(FeedLanguage):
        reader.problem("язык ленты — ru, kk или both", at=place_of(stanza, "lang"), key="lang")
    return cast("FeedLanguage", lang or "both")


def _tz(reader: YamlReader, stanza: Mapping) -> str:
    tz = reader.text(stanza.get("tz"), key="tz", at=stanza, default="UTC") or "UTC"
    try:
        return read_zone(tz)
    except ValueError:
        reader.problem(f"нет часового пояса «{tz}» — пишут так: Asia/Almaty", at=place_of(stanza, "tz"), key="tz")
        return "UTC"


def _interval(reader: YamlReader, stanza: Mapping) -> timedelta | None:
    text = reader.text(stanza.get("interval"), key="interval", at=stanza, default="")
    if not text:
        return None
    parts = _INTERVAL.fullmatch(text)
    interval = timedelta(**{_UNITS[parts[2]]: int(parts[1])}) if parts else None
    if interval is None or not SHORTEST <= interval <= LONGEST:
        reader.problem("пишут так: 10m, 1h или 90s; от 1s до 24h", at=place_of(stanza, "interval"), key="interval")
        return None
    return interval


def _paused_until(reader: YamlReader, stanza: Mapping, tz: str) -> datetime | None:
    """Return the beginning of the day on which the feed is read again, in the feed's time zone, as UTC."""
    text = reader.text(stanza.get("paused_until"), key="paused_until", at=stanza, default="")
    for key, other in (("paused_until", "paused_because"), ("paused_because", "paused_until")):
        if stanza.get(key) and not stanza.get(other):
            reader.problem("у паузы есть и конец, paused_until, и причина, paused_because", at=stanza, key=other)
    if not text:
        return None
    try:
        midnight = datetime.combine(date.fromisoformat(text), time.min, tzinfo=ZoneInfo(tz))
        return midnight.astimezone(UTC)
    except (ValueError, OverflowError):
        advice = "день, с которого читать снова, пишут так: 2026-12-10"
        reader.problem(advice, at=place_of(stanza, "paused_until"), key="paused_until")
        return None


def _files_there(reader: YamlReader, feeds: list[tuple[Mapping, Feed]], is_file: Callable[[str], bool]) -> None:
    for stanza, feed in feeds:
        if feed.ca_file and not is_file(feed.ca_file):
            message = "такого файла нет — положите его сюда, исправьте путь или уберите ca_file"
            reader.problem(message, at=place_of(stanza, "ca_file"), key="ca_file")


def _no_fallback_read_twice(reader: YamlReader, feeds: list[tuple[Mapping, Feed]]) -> None:
    """Note a fallback that is another feed's address, because its news would come under two names. A feed's own address
    in another spelling is allowed: http if TLS fails, another host of the site.
    """
    readers = {_address_key(feed.url): feed.name for _, feed in feeds}
    for stanza, feed in feeds:
        other = readers.get(_address_key(feed.fallback), feed.name) if feed.fallback else feed.name
        if other != feed.name:
            message = f"этот адрес уже читает «{other}» — уберите его отсюда"
            reader.problem(message, at=place_of(stanza, "fallback"), key="fallback")


def _address_key(url: str) -> str:
    """Return a key equal for spellings of one feed's address: scheme, «www.», final slash. The query counts as written:
    a parameter that only tracks visits in an article's address may select the feed here.
    """
    return f"{canonical(url)} {urlsplit(url).query}"
