"""The maintainers' files as they stand: read whole, valid, ready to use; and noticed when they are edited.

An edition is one content of a file. Whoever holds one may use it as long as they like: it never changes.
"""

import stat
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

from monitor.app.environment import as_text, read_bytes
from monitor.app.rules.cache import NO_CACHE, Compiled, RulesCache
from monitor.app.rules.first_rules import compile_content
from monitor.config.channels import as_posted, load_channels, main_only, problems
from monitor.config.feeds import load_feeds
from monitor.config.keyword_rules import Keywords
from monitor.config.settings import Settings
from monitor.errors import ConfigError
from monitor.matching.matcher import Matcher
from monitor.models.channels import Destination
from monitor.models.feeds import Feed

STILL = 1.0  # seconds for which an edited file must not change: whoever writes it has finished
AWAY = 10.0  # seconds without it after which nobody is merely putting another in its place

_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsEdition:
    """One content of feeds.yaml: its feeds; `digest` is the SHA-256 of the bytes they were read from."""

    file: str
    digest: bytes
    feeds: tuple[Feed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesEdition:
    """One content of keywords.yaml: the rules as written, and ready to judge; `failing` as in Compiled."""

    file: str
    digest: bytes
    keywords: Keywords
    matcher: Matcher
    failing: tuple[ConfigError, ...] = ()

    @property
    def topics(self) -> frozenset[str]:
        """The ids of its topics."""
        return frozenset(topic.id for topic in self.keywords.topics)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelsEdition:
    """One content of channels.yaml: where posts go, the main channel first. No file is as an empty content."""

    file: str
    digest: bytes
    destinations: tuple[Destination, ...]


def read_feeds(file: str, content: bytes | None = None) -> FeedsEdition:
    """The feeds of a file, or of this content of it. Raises ConfigError."""
    content = read_bytes(file) if content is None else content
    return FeedsEdition(file=file, digest=_digest(content), feeds=load_feeds(as_text(content, file), file=file))


def read_rules(
    file: str,
    content: bytes | None = None,
    *,
    cache: RulesCache = NO_CACHE,
    compile_: Callable[[bytes, str], Compiled] = compile_content,
) -> RulesEdition:
    """The rules of a file, or of this content of it. Raises ConfigError.

    Takes about half a second, a tenth when they are those that `cache` has kept.
    """
    content = read_bytes(file) if content is None else content
    return rules_edition(file, content, cache.get_or_compile(content, file, partial(compile_, content, file)))


def rules_edition(file: str, content: bytes, made: Compiled) -> RulesEdition:
    """The rules made of this content."""
    return RulesEdition(
        file=file,
        digest=_digest(content),
        keywords=made.keywords,
        matcher=Matcher(made.rules),
        failing=made.failing,
    )


def channels_content(settings: Settings, file: str | None = None) -> bytes | None:
    """What stands in channels.yaml, or in another file in its stead; None: there is none, and nobody named one.

    Raises ConfigError.
    """
    if file is None and not settings.wants_channels and not Path(settings.channels).exists():
        return None
    return read_bytes(file or settings.channels)


def channel_problems(settings: Settings, topics: Collection[str]) -> tuple[ConfigError, ...]:
    """What is wrong with channels.yaml beside rules with these topics. Raises ConfigError when nobody can read it."""
    content = channels_content(settings)
    if content is None:
        return ()
    path = settings.channels
    return tuple(problems(as_text(content, path), file=path, settings=settings, topics=topics))


def read_channels(settings: Settings, content: bytes | None, topics: Collection[str] | None) -> ChannelsEdition:
    """Where posts go by this content of the file, or with none. Raises ConfigError; `topics` are those of the rules.

    None: of whatever rules.
    """
    path = settings.channels
    if content is None:
        destinations = main_only(settings)
    else:
        destinations = load_channels(as_text(content, path), file=path, settings=settings, topics=topics)
    return ChannelsEdition(file=path, digest=_digest(content or b""), destinations=as_posted(destinations, settings))


def load_matcher(file: str) -> Matcher:
    """The rules of a file, ready to judge. Raises ConfigError."""
    return read_rules(file).matcher


class EditedFile:
    """One file, looked at now and then: tells of every finished edit once. `digest` is of the content in use."""

    def __init__(self, file: str, digest: bytes) -> None:
        self.file = file
        self._digest = digest
        self._read: _Stamp | None = None  # the file as it was when its content was last read
        self._moving: _Stamp | None = None
        self._since = 0.0
        self._is_told = digest == _digest(b"")  # that it is away; of a file that never was there nobody need be told
        self._seen_at: float | None = None

    def is_lost(self, now: float) -> bool:
        """Whether it has been away for long: said once each time. `now` is as in `content`."""
        if self._stamp() is not None:
            self._seen_at, self._is_told = now, False
            return False
        self._seen_at = now if self._seen_at is None else self._seen_at
        is_new = not self._is_told and now - self._seen_at >= AWAY
        self._is_told |= is_new
        return is_new

    def content(self, now: float) -> bytes | None:
        """The new content, when there is one and nobody is still writing it. `now` counts seconds, from anywhere.

        Raises ConfigError when nobody can read it, once until somebody can.
        """
        stamp = self._stamp()
        if stamp is None or stamp == self._read:
            return None
        if stamp != self._moving:
            self._moving, self._since = stamp, now
            return None
        if now - self._since < STILL:
            return None
        return self._new_content(stamp)

    def _new_content(self, stamp: _Stamp) -> bytes | None:
        try:
            content = read_bytes(self.file)
        except ConfigError:
            if self._stamp() != stamp or not self._digest:
                return None
            self._digest = b""  # what is read next is new, whatever it says
            raise
        if self._stamp() != stamp:
            return None  # it was written again while we read
        self._read = stamp
        digest = _digest(content)
        if digest == self._digest:
            return None
        self._digest = digest
        return content

    def _stamp(self) -> _Stamp | None:
        """None while the file is away: editors put a new one in its place."""
        try:
            status = Path(self.file).stat()
        except OSError:
            return None
        if not stat.S_ISREG(status.st_mode):  # a pipe would hold whoever reads it
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino


def _digest(content: bytes) -> bytes:
    return sha256(content).digest()
