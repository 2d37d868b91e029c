"""Messages about edits: rows of the outbox, told once for all workers, and still there after a restart."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from monitor.app import config_files, environment
from monitor.app.config_diff import editors
from monitor.app.config_files import (
    ChannelsEdition,
    FeedsEdition,
    RulesEdition,
    read_channels,
    read_feeds,
    read_rules,
)
from monitor.app.reload import Reloader
from monitor.app.rules.edited_rules import EditedRules
from monitor.app.startup import Config
from monitor.bot.client import BotClient
from monitor.bot.dispatcher import Dispatcher
from monitor.config.settings import load_settings
from monitor.edits.saving import Saving
from monitor.errors import DatabaseError
from monitor.models.outbox import DeliveryState, Pace
from monitor.storage.chats import ChatStore
from monitor.storage.database import open_engine, write_transaction
from monitor.storage.edits.versions import FileVersions, digest_of
from monitor.storage.outbox.deliveries import Outbox
from tests.harness.clock import Clock
from tests.harness.command_line import RULES
from tests.harness.databases import sqlite_database
from tests.servers.bot_api import OPERATOR, REVIEW, TOKEN, BotApi

pytestmark = pytest.mark.usefixtures("forked_children")
CHAT = str(REVIEW.id)
FEEDS = "feeds:\n  - {name: Порт, kind: rss, url: 'https://port.example/rss', lang: ru}\n"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for an editor to finish: that is tested in tests/unit/app/test_config_files.py."""
    monkeypatch.setattr(config_files, "STILL", 0.0)


class Worker:
    """A process with its own look at the files."""

    def __init__(self, engine: Engine, folder: Path, clock: Clock) -> None:
        settings = load_settings({})
        self.rules: RulesEdition = read_rules(str(folder / "keywords.yaml"))
        config = Config(
            settings=settings,
            unknown_settings=(),
            feeds_edition=read_feeds(str(folder / "feeds.yaml")),
            rules_edition=self.rules,
            channels_edition=read_channels(settings, None, self.rules.topics),
        )
        self.reloader = Reloader(
            config,
            adopt_feeds=self._adopt_feeds,
            adopt_rules=self._adopt_rules,
            adopt_channels=self._adopt_channels,
            open_edit=partial(EditedRules, engine.url.render_as_string(hide_password=False)),
            versions=FileVersions(engine),
            notify=partial(Outbox(engine).tell, CHAT, now=clock()),
            tell_operator=partial(Outbox(engine).tell, str(OPERATOR.id), now=clock()),
            clock=clock,
        )

    async def _adopt_feeds(self, _edition: FeedsEdition) -> None:
        raise AssertionError("nobody edits the feeds here")

    async def _adopt_channels(self, _edition: ChannelsEdition) -> None:
        raise AssertionError("nor the channels")

    def _adopt_rules(self, edition: RulesEdition) -> None:
        self.rules = edition


async def edit(folder: Path, content: str, *workers: Worker) -> None:
    """The file changes, and every worker sees it."""
    (folder / "keywords.yaml").write_text(content, encoding="utf-8")
    for worker in workers:
        await worker.reloader.look()
    for worker in workers:
        await worker.reloader.look()


async def test_an_edit_is_told_once_for_all_workers_and_outlives_a_restart(
    engine: Engine, tmp_path: Path, bot_api: BotApi
) -> None:
    (tmp_path / "feeds.yaml").write_text(FEEDS, encoding="utf-8")
    (tmp_path / "keywords.yaml").write_text(RULES, encoding="utf-8")
    clock = Clock()
    workers = [Worker(engine, tmp_path, clock), Worker(engine, tmp_path, clock)]

    await edit(tmp_path, RULES.replace("граница, таможня", "граница, таможня, маяк"), *workers)
    await edit(tmp_path, RULES.replace("граница, таможня", "граница, $таможня"), *workers)

    waiting = Outbox(engine).rows([DeliveryState.PENDING])
    assert [row.title.partition(":")[0] for row in waiting] == ["Правила обновлены", "Правка не принята"]
    assert workers[0].rules.digest == workers[1].rules.digest

    async with BotClient(TOKEN, base_url=bot_api.url) as channel:  # the next process
        after = Dispatcher(Outbox(engine), ChatStore(engine), {CHAT: channel}, clock=clock, pace=Pace(per_minute=99))
        await after.drain(CHAT)
        clock.forward(seconds=2)
        await after.drain(CHAT)
    shown = [message.text for message in bot_api.posted(CHAT)]
    assert len(shown) == 2
    assert "правило «побег у границы»: + маяк" in shown[0]


async def test_an_edit_made_again_later_is_told_again(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text(FEEDS, encoding="utf-8")
    (tmp_path / "keywords.yaml").write_text(RULES, encoding="utf-8")
    clock = Clock()
    worker = Worker(engine, tmp_path, clock)
    edited = RULES.replace("граница, таможня", "граница, таможня, маяк")

    for content in (edited, RULES, edited):
        await edit(tmp_path, content, worker)
        clock.forward(minutes=1)

    assert len(Outbox(engine).rows([DeliveryState.PENDING])) == 3


async def test_an_edit_made_at_the_desk_names_who(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text(FEEDS, encoding="utf-8")
    file = tmp_path / "keywords.yaml"
    file.write_text(RULES, encoding="utf-8")
    clock = Clock()
    worker, saving = Worker(engine, tmp_path, clock), Saving(FileVersions(engine), clock=clock)
    edited = RULES.replace("граница, таможня", "граница, таможня, маяк")

    saving.save(str(file), digest_of(RULES.encode()), edited.encode(), initial="А", summary="+ маяк")
    await edit(tmp_path, edited, worker)
    await edit(tmp_path, RULES, worker)

    by_desk, by_hand = (row.title for row in Outbox(engine).rows([DeliveryState.PENDING]))
    assert by_desk == f"Правила обновлены: {file} (правка за столом, А.)"
    assert by_hand == f"Правила обновлены: {file}"


def test_everybody_is_named_whose_save_was_taken_up(engine: Engine, tmp_path: Path) -> None:
    """Saves that follow each other within a second are one edit; another may come while one is being tried."""
    file, versions = tmp_path / "keywords.yaml", FileVersions(engine)
    file.write_text(RULES, encoding="utf-8")
    saving, before = Saving(versions, clock=Clock()), RULES.encode()
    contents = [before + f"# {letter}\n".encode() for letter in "АБВ"]
    for letter, content in zip("АБВ", contents, strict=True):
        saving.save(str(file), digest_of(file.read_bytes()), content, initial=letter, summary="+")
    file.write_bytes(contents[0] + b"#\n")
    saving.save(str(file), digest_of(file.read_bytes()), contents[0] + b"##\n", initial="", summary="+")

    def named(first: bytes, last: bytes) -> str:
        return editors(versions.saved_since(str(file), digest_of(first), digest_of(last)))

    assert named(before, contents[1]) == "правка за столом, А., Б."
    assert named(contents[0], contents[1]) == "правка за столом, Б."
    assert named(contents[1], contents[0] + b"#\n") == ""
    assert named(contents[1], contents[0] + b"##\n").endswith("и правка в самом файле")


async def test_a_file_that_is_gone_is_told_once_for_all_workers(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config_files, "AWAY", 0.0)
    (tmp_path / "feeds.yaml").write_text(FEEDS, encoding="utf-8")
    (tmp_path / "keywords.yaml").write_text(RULES, encoding="utf-8")
    clock = Clock()
    workers = [Worker(engine, tmp_path, clock), Worker(engine, tmp_path, clock)]

    (tmp_path / "keywords.yaml").unlink()
    for worker in workers * 2:
        await worker.reloader.look()

    (told,) = Outbox(engine).rows([DeliveryState.PENDING])
    assert told.title.startswith("Файл пропал: ")
    assert told.title.endswith("keywords.yaml")


async def test_a_refused_file_that_is_mended_is_told(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text(FEEDS, encoding="utf-8")
    (tmp_path / "keywords.yaml").write_text(RULES, encoding="utf-8")
    worker = Worker(engine, tmp_path, Clock())

    for content in (RULES + "  [", RULES):
        await edit(tmp_path, content, worker)

    titles = [row.title.partition(":")[0] for row in Outbox(engine).rows([DeliveryState.PENDING])]
    assert titles == ["Правка не принята", "Файл снова в порядке"]


@contextmanager
def without(table: str, engine: Engine) -> Iterator[None]:
    """Whoever asks the table gets a DatabaseError."""
    with write_transaction(engine) as db:
        db.execute(text(f"ALTER TABLE {table} RENAME TO away"))
    yield
    with write_transaction(engine) as db:
        db.execute(text(f"ALTER TABLE away RENAME TO {table}"))


@pytest.mark.parametrize("table", ["deliveries", "file_versions"])
async def test_what_the_database_did_not_take_is_told_later(tmp_path: Path, table: str) -> None:
    engine = open_engine(sqlite_database(tmp_path / "monitor.db"))  # which one is away is all the same
    (tmp_path / "feeds.yaml").write_text(FEEDS, encoding="utf-8")
    (tmp_path / "keywords.yaml").write_text(RULES, encoding="utf-8")
    worker = Worker(engine, tmp_path, Clock())

    with without(table, engine), pytest.raises(DatabaseError):
        await edit(tmp_path, RULES.replace("граница, таможня", "граница, таможня, маяк"), worker)
    await edit(tmp_path, RULES + "  [", worker)

    titles = [row.title.partition(":")[0] for row in Outbox(engine).rows([DeliveryState.PENDING])]
    assert titles == ["Правила обновлены", "Правка не принята"]
    engine.dispose()


async def test_a_file_that_nobody_can_read_is_told_once(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "feeds.yaml").write_text(FEEDS, encoding="utf-8")
    (tmp_path / "keywords.yaml").write_text(RULES, encoding="utf-8")
    clock = Clock()
    worker = Worker(engine, tmp_path, clock)
    with monkeypatch.context() as patch:
        patch.setattr(environment, "LARGEST", len(RULES))
        for content in (RULES * 2, RULES * 3):
            await edit(tmp_path, content, worker)
            clock.forward(minutes=1)

    await edit(tmp_path, RULES, worker)

    titles = [row.title.partition(":")[0] for row in Outbox(engine).rows([DeliveryState.PENDING])]
    assert titles == ["Правка не принята", "Файл снова в порядке"]
