"""Edits of the maintainers' files taken up while the monitor runs: noticed, read whole, tried, announced.

An edition is swapped between polls, never within one: whoever polls keeps the edition they began with. A broken edit
changes nothing: the last good edition works on, and the maintainers are told what to mend, once for each content.
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from hashlib import sha256
from time import monotonic

import structlog

from monitor.app.config_diff import channel_changes, edit_message, feed_changes, refusal, rule_changes, saved_by, trial
from monitor.app.config_files import (
    ChannelsEdition,
    EditedFile,
    FeedsEdition,
    RulesEdition,
    read_channels,
    read_edited_rules,
    read_feeds,
)
from monitor.config.channels import require_topics
from monitor.config.settings import Settings
from monitor.errors import ConfigError, DatabaseError
from monitor.matching.backtest import Comparison, by
from monitor.models.outbox import Notifier
from monitor.storage.archive import Archive
from monitor.storage.edits.versions import FileVersions

DAYS = 7  # of news that an edit of the rules is tried on
PATIENCE = 20.0  # seconds for the trial; the newest news come first

_Edition = FeedsEdition | RulesEdition | ChannelsEdition

log = structlog.get_logger()


class Reloader:
    """Looks after the files. `adopt_…` make the monitor work with an edition, `notify` tells maintainers."""

    def __init__(
        self,
        feeds: FeedsEdition,
        rules: RulesEdition,
        channels: ChannelsEdition,
        *,
        settings: Settings,
        adopt_feeds: Callable[[FeedsEdition], Coroutine[None, None, None]],
        adopt_rules: Callable[[RulesEdition], None],
        adopt_channels: Callable[[ChannelsEdition], Coroutine[None, None, None]],
        archive: Archive,
        versions: FileVersions,
        notify: Notifier,
        clock: Callable[[], datetime],
    ) -> None:
        self._feeds, self.rules, self._channels, self._settings = feeds, rules, channels, settings
        self._feeds_file = EditedFile(feeds.file, feeds.digest)
        self._rules_file = EditedFile(rules.file, rules.digest)
        self._channels_file = EditedFile(channels.file, channels.digest)
        self._adopt_feeds, self._adopt_rules, self._adopt_channels = adopt_feeds, adopt_rules, adopt_channels
        self._archive, self._versions, self._notify, self._clock = archive, versions, notify, clock
        self.stopping = False

    async def look(self) -> None:
        """Take up what was edited since the last look, if its writer has finished. Raises DatabaseError."""
        if (content := await self._edit(self._feeds_file, self._feeds)) is not None:
            await self._take_feeds(content)
        if (content := await self._edit(self._rules_file, self.rules)) is not None:
            await self._take_rules(content)
        if (content := await self._edit(self._channels_file, self._channels)) is not None:
            await self._take_channels(content)

    async def _edit(self, file: EditedFile, in_force: _Edition) -> bytes | None:
        """What is to be taken up; of a file that was refused and says again what is in force it is told."""
        content = await asyncio.to_thread(file.content, monotonic())
        if content is None or sha256(content).digest() != in_force.digest:
            return content
        log.info("the file is in order again", action="reload", file=in_force.file)
        said = "В нём снова то, по чему монитор и работает."
        await self._put(edit_message(f"Файл снова в порядке: {in_force.file}", (said,)), content)
        return None

    async def _take_feeds(self, content: bytes) -> None:
        try:
            feeds = await asyncio.to_thread(read_feeds, self._feeds.file, content)
        except ConfigError as error:
            await self._refuse(error, content)
            return
        try:
            await self._adopt_feeds(feeds)
        except DatabaseError:
            self._feeds_file = EditedFile(self._feeds.file, self._feeds.digest)  # the next look finds the edit again
            raise
        before, self._feeds = self._feeds, feeds
        await self._announce("Ленты обновлены", before, feed_changes(before.feeds, feeds.feeds), content)

    async def _take_rules(self, content: bytes) -> None:
        try:
            rules = await asyncio.to_thread(read_edited_rules, self.rules.file, content)
            asked_for, by = self._channels.destinations, self._channels.file
            require_topics(rules.topics, asked_for, rules=rules.file, file=by)
        except ConfigError as error:
            await self._refuse(error, content)
            return
        before, self.rules = self.rules, rules
        self._adopt_rules(rules)
        self._channels_file = EditedFile(self._channels.file, self._channels.digest)  # it may have waited for a topic
        try:
            tried = await asyncio.to_thread(self._tried, before, rules)
        except DatabaseError as error:
            tried = (f"К прочитанным новостям не примерено: {error}",)
        changes = rule_changes(before.keywords, rules.keywords)
        await self._announce("Правила обновлены", before, (*changes, *tried), content)

    async def _take_channels(self, content: bytes) -> None:
        """An edit of the rules that waited until nobody asks for a topic any more is then looked at again."""
        try:
            channels = await asyncio.to_thread(read_channels, self._settings, content, self.rules.topics)
        except ConfigError as error:
            await self._refuse(error, content)
            return
        try:
            await self._adopt_channels(channels)
        except DatabaseError:
            self._channels_file = EditedFile(self._channels.file, self._channels.digest)
            raise
        before, self._channels = self._channels, channels
        self._rules_file = EditedFile(self.rules.file, self.rules.digest)
        changes = channel_changes(before.destinations, channels.destinations)
        await self._announce("Каналы обновлены", before, changes, content)

    def _tried(self, before: RulesEdition, after: RulesEdition) -> tuple[str, ...]:
        """What the edit changes for the news of the last days, as far as there is time."""
        compared = Comparison(by(before.matcher), by(after.matcher))
        until = monotonic() + PATIENCE
        for article in self._archive.kept(self._clock() - timedelta(days=DAYS)):
            if self.stopping or monotonic() > until:
                return trial(compared, days=DAYS, everything=False)
            compared.add(article)
        return trial(compared, days=DAYS, everything=True)

    async def _announce(self, title: str, before: _Edition, changes: tuple[str, ...], content: bytes) -> None:
        """Who edited is asked of all versions after the one before: several saves may have been taken up as one."""
        log.info("an edit is in force", action="reload", file=before.file, changes=list(changes))
        digests = before.digest.hex(), sha256(content).hexdigest()
        who = saved_by(await asyncio.to_thread(self._versions.saved_since, before.file, *digests))
        heading = f"{title}: {before.file}{f' ({who})' if who else ''}"
        await self._put(edit_message(heading, changes or ("По сути ничего не изменилось.",)), content)

    async def _refuse(self, error: ConfigError, content: bytes) -> None:
        log.warning("an edit is refused; the last good file works on", action="reload", error=str(error))
        await self._put(edit_message(f"Правка не принята: {error.file}", refusal(error)), content)

    async def _put(self, html: str, content: bytes) -> None:
        """Workers see one edit within seconds of each other: it is told once. Made again later, it is told again."""
        key = f"reload:{sha256(content).hexdigest()[:16]}:{self._clock():%Y%m%d%H%M}"
        await asyncio.to_thread(self._notify, key, html)
