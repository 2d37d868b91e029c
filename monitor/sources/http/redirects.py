"""Where redirects may lead. A feed or an article that now shows the home page is gone, and its news is not news."""

import re
from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import urlsplit

import httpx

from monitor.text import urls

_HOME = re.compile(r"/?(?:(?:ru|kz|kk|kaz|rus|en)/?)?(?:(?:index|main|home|default)(?:\.\w{2,5})?/?)?", re.IGNORECASE)
_LOGIN = re.compile(r"/(?:wp-)?(?:log-?in|sign-?in|auth(?:orization)?|oauth2?|sso)(?:\.\w{2,5})?(?:/|$)", re.IGNORECASE)
_SHARED = frozenset({"co", "com", "edu", "gov", "mil", "net", "org"})  # second levels that many sites share
_MOST_COOKIES = 20  # of one answer
_LONGEST_COOKIE = 4_096  # with its attributes


class ChainCookies:
    """The cookies of one chain of redirects: some sites answer only those who bring back what they were just given."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, str]] = {}

    def keep(self, url: str, headers: httpx.Headers) -> None:
        """Remember what the answer of `url` sets, within bounds."""
        for line in headers.get_list("set-cookie")[:_MOST_COOKIES]:
            name, _, value = line.partition(";")[0].strip().partition("=")
            if name and len(line) <= _LONGEST_COOKIE and line.isprintable() and line.isascii():
                self._values.setdefault(urls.host_key(url), {})[name] = value

    def header(self, url: str) -> Mapping[bytes, bytes]:
        """What goes back to the host of `url`, and to no other."""
        values = self._values.get(urls.host_key(url), {}) if self._values else {}
        written = "; ".join(f"{name}={value}" for name, value in values.items())
        return {b"cookie": written.encode("ascii")} if written else {}


class Detour(StrEnum):
    """What stands at the end of redirects instead of what was asked for."""

    HOME = "home"  # the home page
    LOGIN = "login"  # a page that asks for a password
    SITE = "site"  # another page of another site


def detour(asked: str, final: str) -> Detour | None:
    """Whether `final` is something else than `asked`, moved; None for an honest move (scheme, www, host, path)."""
    if urls.canonical(asked) == urls.canonical(final):
        return None
    before, after = urlsplit(asked), urlsplit(final)
    if _LOGIN.search(after.path) and not _LOGIN.search(before.path):
        return Detour.LOGIN
    if _is_home(after.path, after.query) and not _is_home(before.path, before.query):
        return Detour.HOME
    moved_whole = before.path.rstrip("/") == after.path.rstrip("/")
    return None if moved_whole or _site(asked) == _site(final) else Detour.SITE


def _is_home(path: str, query: str) -> bool:
    return not query and _HOME.fullmatch(path) is not None


def _site(url: str) -> str:
    """The part of a host that one owner has: `vesti.kz`, `vesti.com.kz`."""
    labels = urls.host_key(url).partition(":")[0].split(".")
    wide = len(labels) > 2 and labels[-2] in _SHARED
    return ".".join(labels[-3 if wide else -2 :])
