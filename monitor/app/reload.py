"""Edits of the maintainers' files taken up while the monitor runs: noticed, read whole, tried, announced.

An edition is swapped between polls, never within one: whoever polls keeps the edition they began with. A broken edit
changes nothing: the last good edition works on, and the maintainers are told what to mend, once for each content.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import closing
from datetime import datetime
from functools import partial
from hashlib import sha256
from time import monotonic

import structlog

from monitor.app.config_diff import (
    channel_changes,
    edit_message,
    editors,
    feed_changes,
    lost_feeds,
    notice_key,
    refusal,
    rule_changes,
)
from monitor.app.config_files import (
    ChannelsEdition,
    EditedFile,
    FeedsEdition,
    RulesEdition,
    read_channels,
    read_feeds,
    rules_edition,
)
from monitor.app.rules.edited_rules import EditedRules
from monitor.app.startup import Config
from monitor.config.channels import require_topics
from monitor.errors import ConfigError, DatabaseError
from monitor.models.outbox import Notifier
from monitor.storage.edits.versions import FileVersions
from monitor.text.telegram_html import Html

DAYS = 7  # of news that an edit of the rules is tried on

_Edition = FeedsEdition | RulesEdition | ChannelsEdition

log = structlog.get_logger()


class Reloader:
    """Looks after the files. `adopt_…` make the monitor work with an edition, `notify` tells maintainers,
    `tell_operator` what looks like damage.

    `open_edit` opens what an edit of the rules is compiled and tried in. What is in force stands in `config`: nobody
    else may keep an edition that was replaced, tens of megabytes.
    """

    def __init__(
        self,
        config: Config,
        *,
        adopt_feeds: Callable[[FeedsEdition], Coroutine[None, None, None]],
        adopt_rules: Callable[[RulesEdition], None],
        adopt_channels: Callable[[ChannelsEdition], Coroutine[None, None, None]],
        open_edit: Callable[[], EditedRules],
        versions: FileVersions,
        notify: Notifier,
        tell_operator: Notifier,
        clock: Callable[[], datetime],
    ) -> None:
        self._config = config
        self._feeds_file, self._rules_file = _file_of(config.feeds_edition), _file_of(config.rules_edition)
        self._channels_file = _file_of(config.channels_edition)
        self._adopt_feeds, self._adopt_rules, self._adopt_channels = adopt_feeds, adopt_rules, adopt_channels
        self._open_edit, self._versions, self._clock = open_edit, versions, clock
        self._notify, self._tell_operator = notify, tell_operator
        self._edit_in_hand: EditedRules | None = None
        self._untold: deque[Callable[[], None]] = deque()

    def stop(self) -> None:
        """Wait for no trial any more."""
        if self._edit_in_hand:
            self._edit_in_hand.stop()

    async def look(self) -> None:
        """Take up what was edited since the last look, if its writer has finished, and tell of it.

        Raises DatabaseError: what could not be told is told by a later look.
        """
        if (content := await self._edit(self._feeds_file, self._config.feeds_edition)) is not None:
            await self._take_feeds(content)
        if (content := await self._edit(self._rules_file, self._config.rules_edition)) is not None:
            await self._take_rules(content)
        if (content := await self._edit(self._channels_file, self._config.channels_edition)) is not None:
            await self._take_channels(content)
        while self._untold:
            await asyncio.to_thread(self._untold[0])
            self._untold.popleft()

    async def _edit(self, file: EditedFile, in_force: _Edition) -> bytes | None:
        """What is to be taken up; of a file that was refused and says again what is in force it is told."""
        try:
            is_lost, content = await asyncio.to_thread(_looked_at, file)
        except ConfigError as error:
            self._refuse(error, str(error).encode())
            return None
        if is_lost:
            self._tell_lost(in_force)
        if content is None or sha256(content).digest() != in_force.digest:
            return content
        log.info("the file is in order again", action="reload", file=in_force.file)
        said = "В нём снова то, по чему монитор и работает."
        self._put(partial(edit_message, f"Файл снова в порядке: {in_force.file}", (said,)), content)
        return None

    def _tell_lost(self, in_force: _Edition) -> None:
        log.warning("the file is gone; what was read of it works on", action="reload", file=in_force.file)
        said = "Монитор работает по тому, что прочёл раньше. Верните файл: без него следующий запуск не удастся."
        self._put(partial(edit_message, f"Файл пропал: {in_force.file}", (said,)), in_force.digest)

    async def _take_feeds(self, content: bytes) -> None:
        try:
            feeds = await asyncio.to_thread(read_feeds, self._config.feeds_edition.file, content)
        except ConfigError as error:
            self._refuse(error, content)
            return
        try:
            await self._adopt_feeds(feeds)
        except DatabaseError:
            self._feeds_file = _file_of(self._config.feeds_edition)  # the next look finds the edit again
            raise
        before, self._config.feeds_edition = self._config.feeds_edition, feeds
        lost, changes = lost_feeds(before.feeds, feeds.feeds), feed_changes(before.feeds, feeds.feeds)
        self._announce("Ленты обновлены", before, (*lost, *changes), content, is_doubtful=bool(lost))

    async def _take_rules(self, content: bytes) -> None:
        with closing(self._open_edit()) as edit:
            self._edit_in_hand = edit
            await self._take_edited_rules(edit, content)

    async def _take_edited_rules(self, edit: EditedRules, content: bytes) -> None:
        file = self._config.rules_edition.file
        try:
            made = await asyncio.to_thread(edit.compile, content, file)
            rules = await asyncio.to_thread(rules_edition, file, content, made)
            asked_for, by = self._config.channels_edition.destinations, self._config.channels_edition.file
            require_topics(rules.topics, asked_for, rules=rules.file, file=by)
        except ConfigError as error:
            self._refuse(error, content)
            return
        before, self._config.rules_edition = self._config.rules_edition, rules
        self._adopt_rules(rules)
        self._channels_file = _file_of(self._config.channels_edition)  # it may have waited for a topic
        compiled = before.matcher.compiled, rules.matcher.compiled
        try:
            tried = await asyncio.to_thread(edit.try_edit, *compiled, now=self._clock(), days=DAYS)
        except DatabaseError as error:
            tried = (f"К прочитанным новостям не примерено: {error}",)
        changes = rule_changes(before.keywords, rules.keywords)
        self._announce("Правила обновлены", before, (*changes, *tried), content)

    async def _take_channels(self, content: bytes) -> None:
        """An edit of the rules that waited until nobody asks for a topic any more is then looked at again."""
        try:
            channels = await asyncio.to_thread(
                read_channels, self._config.settings, content, self._config.rules_edition.topics
            )
        except ConfigError as error:
            self._refuse(error, content)
            return
        try:
            await self._adopt_channels(channels)
        except DatabaseError:
            self._channels_file = _file_of(self._config.channels_edition)
            raise
        before, self._config.channels_edition = self._config.channels_edition, channels
        self._rules_file = _file_of(self._config.rules_edition)
        changes = channel_changes(before.destinations, channels.destinations)
        self._announce("Каналы обновлены", before, changes, content)

    def _announce(
        self, title: str, before: _Edition, changes: tuple[str, ...], content: bytes, *, is_doubtful: bool = False
    ) -> None:
        """Who edited is asked of all versions after the one before: several saves may have been taken up as one."""
        log.info("an edit is in force", action="reload", file=before.file, changes=list(changes))
        file, *digests = before.file, before.digest.hex(), sha256(content).hexdigest()

        def html() -> Html:  # it may wait, and must not hold an edition meanwhile
            who = editors(self._versions.saved_since(file, *digests))
            heading = f"{title}: {file}{f' ({who})' if who else ''}"
            return edit_message(heading, changes or ("По сути ничего не изменилось.",))

        self._put(html, content)
        if is_doubtful:
            self._put(html, content, tell=self._tell_operator)

    def _refuse(self, error: ConfigError, content: bytes) -> None:
        log.warning("an edit is refused; the last good file works on", action="reload", error=str(error))
        self._put(partial(edit_message, f"Правка не принята: {error.file}", refusal(error)), content)

    def _put(self, html: Callable[[], Html], content: bytes, *, tell: Notifier | None = None) -> None:
        """Workers see one edit within seconds of each other: it is told once. Made again later, it is told again."""
        key = notice_key("reload", sha256(content).digest(), self._clock())
        self._untold.append(lambda: (tell or self._notify)(key, html()))


def _looked_at(file: EditedFile) -> tuple[bool, bytes | None]:
    """Whether it is lost, and its new content: the disk is asked in one thread at one time."""
    now = monotonic()
    return file.is_lost(now), file.content(now)


def _file_of(edition: _Edition) -> EditedFile:
    """The file, in which this edition is nothing new."""
    return EditedFile(edition.file, edition.digest)
