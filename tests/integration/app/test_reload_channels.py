"""Edits of channels.yaml while the monitor runs: taken up, refused, told; and what they mean for the rules."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from monitor.app import config_files
from monitor.app.config_files import (
    ChannelsEdition,
    FeedsEdition,
    RulesEdition,
    channels_content,
    read_channels,
    read_feeds,
    read_rules,
)
from monitor.app.reload import Reloader
from monitor.app.rules.edited_rules import EditedRules
from monitor.app.startup import Config
from monitor.config.settings import load_settings
from monitor.errors import ConfigError, DatabaseError
from monitor.storage.archive import Archive
from monitor.storage.database import open_engine
from monitor.storage.edits.versions import FileVersions
from tests.harness.clock import Clock
from tests.harness.command_line import RULES, write_files
from tests.harness.databases import sqlite_database

SETTINGS = load_settings({"MONITOR_BOT_TOKEN": "1:test", "MONITOR_CHANNEL": "@main_channel"})
CHANNELS = """\
channels:
  - {name: Казахша, chat: "@kk_channel", news: [kk]}
  - {name: Побеги, chat: "@flights", topics: [flight]}
"""
RENAMED = RULES.replace("flight:", "escape:")


def write(file: str, content: str) -> None:
    Path(file).write_text(content, encoding="utf-8")


class Working:
    """A monitor that does no more than look after its files; `told` is what maintainers read."""

    def __init__(self, archive: Archive) -> None:
        self.told: list[str] = []
        self.trouble: DatabaseError | None = None  # of the next adoption
        self.rules = read_rules("keywords.yaml")
        self.channels = read_channels(SETTINGS, channels_content(SETTINGS), self.rules.topics)
        config = Config(
            settings=SETTINGS,
            unknown_settings=(),
            feeds_edition=read_feeds("feeds.yaml"),
            rules_edition=self.rules,
            channels_edition=self.channels,
        )
        self._reloader = Reloader(
            config,
            adopt_feeds=self._adopt_feeds,
            adopt_rules=self._adopt_rules,
            adopt_channels=self._adopt_channels,
            open_edit=partial(EditedRules, archive._engine.url.render_as_string(hide_password=False)),
            versions=FileVersions(archive._engine),
            notify=lambda _key, html: self.told.append(html),
            tell_operator=lambda _key, _html: None,
            clock=Clock(),
        )

    async def edit(self, file: str, content: str) -> None:
        write(file, content)
        await self.look()

    async def look(self) -> None:
        """An edit is taken up by the look after the one that finds it."""
        await self._reloader.look()
        await self._reloader.look()

    @property
    def chats(self) -> list[str]:
        return [to.chat for to in self.channels.destinations]

    async def _adopt_feeds(self, _edition: FeedsEdition) -> None:
        raise AssertionError("nobody edits the feeds here")

    def _adopt_rules(self, edition: RulesEdition) -> None:
        self.rules = edition

    async def _adopt_channels(self, edition: ChannelsEdition) -> None:
        trouble, self.trouble = self.trouble, None
        if trouble:
            raise trouble
        self.channels = edition


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    """An empty one, in a folder with the three files; nobody waits for an editor to finish."""
    write_files(tmp_path)
    (tmp_path / "channels.yaml").write_text(CHANNELS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config_files, "STILL", 0.0)
    engine = open_engine(sqlite_database(tmp_path / "monitor.db"))
    yield Archive(engine)
    engine.dispose()


async def test_channels_come_go_and_change(archive: Archive) -> None:
    working = Working(archive)
    assert working.chats == ["@main_channel", "@kk_channel", "@flights"]

    await working.edit("channels.yaml", CHANNELS.replace("@flights", "@lawyers").replace("news: [kk]", "sound: none"))

    assert working.chats == ["@main_channel", "@kk_channel", "@lawyers"]
    (message,) = working.told
    assert message.splitlines()[1:] == [
        "новый канал @lawyers «Побеги»: новости на всех языках, темы flight, наши слова по-русски, со звуком — срочное",
        "больше не пишем в @flights «Побеги»",
        "@kk_channel «Казахша» теперь получает: новости на всех языках, все темы, наши слова по-русски, всё без звука",
    ]


async def test_a_broken_edit_changes_nothing_and_is_explained(archive: Archive) -> None:
    working = Working(archive)
    before = working.channels

    await working.edit("channels.yaml", CHANNELS.replace("[flight]", "[flght]"))
    await working.look()

    assert working.channels is before
    (message,) = working.told
    assert "channels.yaml:3: topics: нет темы «flght» — может быть, «flight»?" in message
    assert "Работает прежний файл" in message


async def test_a_topic_that_a_channel_asks_for_stays_until_none_does(archive: Archive) -> None:
    working = Working(archive)

    await working.edit("keywords.yaml", RENAMED)
    assert working.rules.topics == {"flight"}
    assert "нет больше темы flight, а её получает «Побеги» (channels.yaml)" in working.told[-1]

    await working.edit("channels.yaml", CHANNELS.replace(", topics: [flight]", ""))
    await working.look()
    assert working.rules.topics == {"escape"}, "the edit that was refused is taken up by itself"


async def test_a_channel_may_wait_for_its_topic(archive: Archive) -> None:
    working = Working(archive)

    await working.edit("channels.yaml", CHANNELS + '  - {name: Ещё, chat: "@escapes", topics: [escape]}\n')
    assert "нет темы «escape»" in working.told[-1]

    both = RULES.partition("topics:\n")[2]
    await working.edit("keywords.yaml", RULES + both.replace("flight:", "escape:"))
    await working.look()
    assert working.chats[-1] == "@escapes"


async def test_a_database_that_is_away_does_not_cost_the_edit(archive: Archive) -> None:
    working = Working(archive)
    working.trouble = DatabaseError("нет места")

    with pytest.raises(DatabaseError):
        await working.edit("channels.yaml", CHANNELS.replace("@flights", "@lawyers"))
    await working.look()

    assert working.chats[-1] == "@lawyers"


async def test_a_file_that_was_not_there_is_taken_up(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "channels.yaml").unlink()
    working = Working(archive)
    assert working.chats == ["@main_channel"]

    await working.edit("channels.yaml", CHANNELS)

    assert len(working.chats) == 3


def test_a_file_that_was_named_must_be_there(archive: Archive) -> None:
    Path("channels.yaml").unlink()

    assert channels_content(SETTINGS) is None
    with pytest.raises(ConfigError, match=r"channels.yaml: такого файла нет"):
        channels_content(SETTINGS, "channels.yaml")
    with pytest.raises(ConfigError, match=r"elsewhere.yaml: такого файла нет"):
        channels_content(load_settings({"MONITOR_CHANNELS": "elsewhere.yaml"}))
