"""Addresses: recognising two spellings of one address. Nothing about what is found there.

Every function accepts any text and returns a text. A canonical address is an identity, never a link to show:
subscribers always open the address that the feed gave.
"""

import re
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import SplitResult, quote_from_bytes, unquote_to_bytes, urljoin, urlsplit

_REMEMBERED = 1_024  # addresses: each is asked for several times while its entry is decided
_LONGEST_REMEMBERED = 512
_LONGEST_HOST = 253
_LONGEST_AUTHORITY = 512  # host, port, name and password
_LONGEST = 4_096  # longer than any address a browser opens
_PLAIN = re.compile(  # most addresses are so simple that the standard library is not needed
    r"(https?)://((?:[a-z0-9-]+\.)+[a-z0-9-]+)((?:/[A-Za-z0-9/._~-]*)?)(?:\?([A-Za-z0-9=&._~-]+))?"
)
_BARE = re.compile(  # a host with a dot or a port, and a path: as a browser's address bar shows it
    r"[^\s/?#@:%]*[^\s/?#@:%.](?:\.[^\s/?#@:%.]+(?::\d{1,5})?|:\d{1,5})(?:[/?#].*)?", re.DOTALL
)
_NOISE = "".join(map(chr, (*range(0x21), 0x7F, 0xA0, 0x200B, 0xFEFF)))  # stripped around an address
_BROKEN = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")  # removed within one; browsers also ignore line breaks
_CREDENTIALS = re.compile(r"(?<=://)[^/?#@]*@(?:[^/?#@]*@)*")
_SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_SAFE_PATH = "/:@!$&'()*+,;=~-._"
_FRONT_LABELS = ("www.", "m.", "amp.", "mobile.")

# Parameters that say where the reader came from, or number a visit. Any other may identify the article and is kept.
_TRACKING = frozenset(
    {"_ga", "_openstat", "amp", "at_campaign", "at_medium", "erid", "etext", "fbclid", "from", "gbraid", "gclid"}
    | {"igsh", "igshid", "maca", "mc_cid", "mc_eid", "msclkid", "outputtype", "rb_clickid", "ref", "twclid", "wbraid"}
    | {"jsessionid", "phpsessid", "yclid", "ymclid", "ysclid"}
)
_TRACKING_OF_HOST = {
    "kommersant.ru": frozenset({"query", "sids"}),
    "t.me": frozenset({"comment", "embed", "mode", "single", "thread"}),
}
# changed whenever one is blocked
_TWIN_HOSTS = dict.fromkeys(("fergana.media", "fergana.news", "fergana.ru"), "fergana.agency")

_TELEGRAM_HOSTS = frozenset({"t.me", "telegram.me", "telegram.dog"})
_RFERL_HOSTS = frozenset(
    {"rferl.org", "azattyq.org", "azattyqasia.org", "azattyk.org", "azatliq.org", "azathabar.com", "ozodi.org"}
    | {"ozodlik.org", "svoboda.org", "radiosvoboda.org", "sibreal.org", "severreal.org", "idelreal.org"}
    | {"kavkazr.com", "krymr.com", "ekhokavkaza.com", "currenttime.tv"}
)
_RFERL_ARTICLE = re.compile(r"/a/(?:[^/]+/)?(\d{5,})\.html?$")


def canonical(url: str) -> str:
    """Return the address as an identity, equal for every spelling of one article's address. Idempotent.

    Ignored are scheme, `www.`/`m.`/`amp.`, tracking parameters, session numbers, fragment and trailing slash. An
    article of RFE/RL is identified by its number, because its host and slug change; a Telegram post by `t.me/name/id`;
    the hosts that one site moves between are one. What is not an http(s) address is returned trimmed.
    """
    trimmed = clean(url)
    if len(trimmed) > _LONGEST:
        return trimmed
    return _canonical(trimmed) if len(trimmed) <= _LONGEST_REMEMBERED else _canonical.__wrapped__(trimmed)


def clean(url: str) -> str:
    """Return the address as a browser would open it: trimmed, without line breaks, blanks encoded."""
    return _BROKEN.sub("", url.strip(_NOISE)).replace(" ", "%20")


def as_typed(written: str) -> str:
    """Return the address that somebody typed or copied, with a scheme if a browser's bar leaves it out («сайт.kz/1»).

    "" if it is no http(s) address: a word, an address of another kind.
    """
    trimmed = clean(written)
    if "://" not in trimmed and _BARE.fullmatch(trimmed):
        trimmed = f"https://{trimmed}"
    return trimmed if _split(trimmed) else ""


def only_address(written: str) -> str:
    """Return `as_typed` if the text is one word; else ""."""
    words = written.split()
    return as_typed(words[0]) if len(words) == 1 else ""


def without_credentials(url: str) -> str:
    """Return the address without user name and password."""
    return _CREDENTIALS.sub("", url)


@lru_cache(_REMEMBERED)
def _canonical(trimmed: str) -> str:
    parts = _split(trimmed)
    if parts is None:
        return trimmed
    host, path = _host(parts.netloc), _path(parts.path)
    host = _TWIN_HOSTS.get(host, host)
    if host in _TELEGRAM_HOSTS:
        host, path = "t.me", _telegram_path(path)
    if article := _is_rferl(host) and _RFERL_ARTICLE.search(path):
        return f"https://rferl.org/a/{article[1]}.html"
    query = _query(parts.query, host)
    return f"https://{host}{path}" + (f"?{query}" if query else "")


def address_number(canonical_url: str) -> int:
    """Return a canonical address as a signed 64-bit number, for a small index; equal numbers must be verified."""
    digest = blake2b(canonical_url.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def host_key(url: str) -> str:
    """Return the host of an address, without `www.` and the like; "" if it is not an http(s) address."""
    parts = _split(clean(url))
    return _host(parts.netloc) if parts else ""


def public_name(chat: str, reported: str) -> str:
    """Return the "@name" of a chat: as Telegram reported it, else as settings name it; "" if it has none."""
    return reported or (chat if chat.startswith("@") else "")


def message_link(chat: str, message_id: int | None) -> str:
    """Return the link to a message of a channel (`@name` or `-100…`, also `…/17`); "" if it has no address."""
    if message_id is None:
        return ""
    if chat.startswith("@"):
        return f"https://t.me/{chat[1:]}/{message_id}"
    return f"https://t.me/c/{chat[4:]}/{message_id}" if chat.startswith("-100") else ""


def absolute(base: str, url: str) -> str:
    """Make `url`, found on the page `base`, absolute; "" if the result is no http(s) address."""
    trimmed = clean(url)
    if not trimmed:
        return ""
    try:
        joined = trimmed if _PLAIN.fullmatch(trimmed) else urljoin(base, trimmed)
    except ValueError:
        return ""
    return joined if _split(joined) else ""


def _split(url: str) -> SplitResult | None:
    if len(url) > _LONGEST:
        return None
    try:
        plain = _PLAIN.fullmatch(url)
        parts = SplitResult(plain[1], plain[2], plain[3], plain[4] or "", "") if plain else urlsplit(url)
    except ValueError:
        return None
    is_web = parts.scheme in ("http", "https") and len(parts.netloc) <= _LONGEST_AUTHORITY
    return parts if is_web and _host(parts.netloc) else None


@lru_cache(_REMEMBERED)
def _host(netloc: str) -> str:
    """Return the host with a non-default port; "" if there is none or it is malformed."""
    parts = SplitResult("", netloc, "", "", "")
    try:
        port = parts.port  # reading it validates it
    except ValueError:
        return ""
    host = _ascii((parts.hostname or "").strip(".").lower())
    while (front := _front_label(host)) and "." in host.removeprefix(front).strip("."):
        host = host.removeprefix(front).strip(".")
    if ":" in host:
        host = f"[{host}]"
    return f"{host}:{port}" if host and port not in (None, 80, 443) else host


def _ascii(host: str) -> str:
    """Return the host in ASCII (IDNA): `новости.рф` and `xn--b1amarcd.xn--p1ai` are one."""
    if host.isascii() or len(host) > _LONGEST_HOST:
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _front_label(host: str) -> str:
    return next((label for label in _FRONT_LABELS if host.startswith(label)), "")


def _path(path: str) -> str:
    normal = _SESSION.sub("", quote_from_bytes(unquote_to_bytes(path), safe=_SAFE_PATH))
    while normal.endswith(("/", "/amp")):
        normal = normal.removesuffix("/amp").rstrip("/")
    return normal


def _telegram_path(path: str) -> str:
    """Return the path in lower case, as channel names ignore case, without `/s/`, the preview of the same post."""
    lowered = path.lower()
    return lowered.removeprefix("/s") if lowered.startswith("/s/") else lowered


def _is_rferl(host: str) -> bool:
    return ".".join(host.split(".")[-2:]) in _RFERL_HOSTS


def _query(query: str, host: str) -> str:
    dropped = _TRACKING | _TRACKING_OF_HOST.get(host, frozenset())
    pieces = (piece for piece in query.split("&") if piece)
    return "&".join(piece for piece in pieces if not _is_tracking(piece.split("=", 1)[0].lower(), dropped))


def _is_tracking(name: str, dropped: frozenset[str]) -> bool:
    return name in dropped or name.startswith("utm_")
