"""feeds.yaml as it is shown and edited: opened with its digest, and saved by the same `Saving` as any file."""

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
    """One content of feeds.yaml. `feeds` is () while there are `problems`, which are all errors of the file."""

    file: str
    digest: str
    text: str
    feeds: tuple[Feed, ...]
    problems: tuple[ConfigError, ...]
    is_writable: bool

    @property
    def trouble(self) -> str:
        """The errors of the file, one per line; "" when there are none."""
        return "\n".join(map(str, self.problems))

    def feed(self, name: str) -> Feed | None:
        """Return the feed of that name, or None."""
        return next((feed for feed in self.feeds if feed.name == name), None)

    def health(self, known: Sequence[FeedHealth], now: datetime) -> tuple[FeedHealth, ...]:
        """Return the state of the file's feeds by name: what is `known` of them, with the pauses in the file.

        The monitor takes up a save seconds later; a pause shows at once. While the file has errors, `known` is returned
        as is.
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
        self._last: OpenedList | None = None  # kept, so that an unchanged file is not parsed again

    def open(self) -> OpenedList:
        """Return the file as it is now, with or without errors. Raises ConfigError when it cannot be read."""
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
        """Return why the monitor does not take up the file and keeps its previous content; None when it does."""
        return trouble_of(self.file, lambda: self.open().problems)

    def edit(self, digest: str, change: Callable[[str], str], *, initial: str, summary: str) -> Saved:
        """Save `change` of the file's text, if the file still has this digest.

        Raises EditConflict, ConfigError (also from `change`) and DatabaseError; the file is then unchanged.
        """
        file = read_file(self.file)
        if file.digest != digest:
            raise EditConflict(file=self.file, found=file.content)
        content = file.with_text(change(file.text))
        return self._saving.save(self.file, digest, content, initial=initial, summary=summary)


def _unknown(feed: Feed, now: datetime) -> FeedHealth:
    """Return the state of a feed that the monitor has not taken up yet."""
    return FeedHealth(name=feed.name, next_poll_at=now, habit=Habit(), looked_at=now)


def _with_pause(seen: FeedHealth, feed: Feed) -> FeedHealth:
    return replace(seen, paused_until=feed.paused_until, paused_because=feed.paused_because)


def _wrong_with(file: str, content: bytes) -> Sequence[ConfigError]:
    return problems(FileContent(file=file, content=content).text, file=file)
