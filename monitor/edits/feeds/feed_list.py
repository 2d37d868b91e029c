"""feeds.yaml as it is shown and edited: opened with what it is known by, saved by the same `Saving` as any file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.config.feeds import load_checked, problems
from monitor.edits.file_history import FileHistory
from monitor.edits.files import FileContent, FileTrouble, is_writable, read_file, trouble_of
from monitor.edits.saving import Saved, Saving
from monitor.errors import ConfigError, EditConflict
from monitor.models.feeds import Feed, FeedHealth, Habit
from monitor.storage.edits.versions import FileVersions


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedList:
    """One content of feeds.yaml. `feeds` are () while there are `problems`, all that is wrong with the file."""

    file: str
    digest: str
    text: str
    feeds: tuple[Feed, ...]
    problems: tuple[ConfigError, ...]
    is_writable: bool

    @property
    def trouble(self) -> str:
        """What is wrong with the file, a line each; "" when nothing is."""
        return "\n".join(map(str, self.problems))

    def feed(self, name: str) -> Feed | None:
        """The feed of that name, if there is one."""
        return next((feed for feed in self.feeds if feed.name == name), None)

    def health(self, known: Sequence[FeedHealth], now: datetime) -> tuple[FeedHealth, ...]:
        """How its feeds do, by name, with what is `known` of them and the pauses that it says itself.

        A save shows at once: the monitor takes it up seconds later. While there is a trouble, just what is known.
        """
        if self.problems:
            return tuple(known)
        by_name = {one.name: one for one in known}
        listed = sorted(self.feeds, key=lambda feed: feed.name)
        return tuple(_with_pause(by_name.get(feed.name) or _unknown(feed, now), feed) for feed in listed)


class FeedList:
    """The feeds.yaml at a path."""

    def __init__(self, file: str, *, saving: Saving, versions: FileVersions, zone: str = "UTC") -> None:
        self.file, self._saving = file, saving
        self.history = FileHistory(file, saving=saving, versions=versions, check=_wrong_with, zone=zone)
        self._last: OpenedList | None = None  # what an unchanged file says need not be read again

    def open(self) -> OpenedList:
        """The file as it lies on the disk, in order or not. Raises ConfigError when it cannot be read at all."""
        file = read_file(self.file)
        writable = is_writable(self.file)
        if self._last and self._last.digest == file.digest:
            return replace(self._last, is_writable=writable)
        feeds, wrong = load_checked(file.text, file=self.file)
        self._last = OpenedList(
            file=self.file,
            digest=file.digest,
            text=file.text,
            feeds=() if wrong else feeds,
            problems=wrong,
            is_writable=writable,
        )
        return self._last

    def trouble(self) -> FileTrouble | None:
        """Why the monitor does not take up what lies there, and works by what it had before; None: it does."""
        return trouble_of(self.file, lambda: self.open().problems)

    def edit(self, digest: str, change: Callable[[str], str], *, initial: str, summary: str) -> Saved:
        """Save what `change` makes of the file's text, if it is still the one that was opened.

        Raises EditConflict, ConfigError (of `change` too), DatabaseError; the file is then as it was.
        """
        file = read_file(self.file)
        if file.digest != digest:
            raise EditConflict(file=self.file, found=file.content)
        content = file.with_text(change(file.text))
        return self._saving.save(self.file, digest, content, initial=initial, summary=summary)


def _unknown(feed: Feed, now: datetime) -> FeedHealth:
    """Of a feed that the monitor has not taken up yet."""
    return FeedHealth(name=feed.name, next_poll_at=now, habit=Habit(), looked_at=now)


def _with_pause(seen: FeedHealth, feed: Feed) -> FeedHealth:
    return replace(seen, paused_until=feed.paused_until, paused_because=feed.paused_because)


def _wrong_with(file: str, content: bytes) -> Sequence[ConfigError]:
    return problems(FileContent(file=file, content=content).text, file=file)
