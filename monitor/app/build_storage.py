"""The database, opened for work: locked, brought to this version, and what a dead process left taken up."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog

from monitor.app.build_polling import story_chats
from monitor.app.environment import clock
from monitor.app.startup import Config, data_folder
from monitor.config.settings import Settings
from monitor.edits.child_process import ask_once
from monitor.errors import SchemaError
from monitor.storage.database import (
    instance_lock,
    migrate_at,
    open_engine,
    open_usable,
    require_same_place,
    sqlite_file,
)
from monitor.storage.evidence.notices import Announcements
from monitor.storage.store import Store

_LONGEST_MIGRATION = 24 * 3600.0  # seconds: a large database takes minutes, and half a migration is none

log = structlog.get_logger()


@contextmanager
def open_store(config: Config) -> Iterator[Store]:
    """The repositories, until the block ends. Raises DatabaseError, InstanceRunning."""
    settings = config.settings
    require_same_place(settings.database_url)
    with instance_lock(settings.database_url):
        _migrate_apart(settings.database_url)
        engine = open_engine(settings.database_url)
        try:
            store = Store(
                engine,
                chats=story_chats(settings, config.destinations),
                zone=settings.timezone,
                folder=data_folder(settings),
                to=announcements(settings),
            )
            _take_up(store, config)
            yield store
        finally:
            engine.dispose()


def _migrate_apart(url: str) -> None:
    """In a child, when there is anything to do: what migrates is 17 MB, which would stay for as long as we live."""
    with suppress(SchemaError):
        open_usable(url).dispose()
        return
    ask_once(migrate_at, url, longest=_LONGEST_MIGRATION)


def announcements(settings: Settings) -> Announcements:
    """Who hears of pages that changed or went: maintainers, and in preview mode the terminal."""
    return Announcements(
        review=settings.review_chat if settings.live else settings.chat,
        channel=settings.chat,
        zone=settings.timezone,
        announces=settings.announce_changes,
    )


def _take_up(store: Store, config: Config) -> None:
    """Follow feeds.yaml, and settle what a killed process left behind."""
    now = clock()
    alone = sqlite_file(config.settings.database_url) is not None  # we hold the lock: every other process is dead
    store.feeds.sync(config.feeds, now)
    if alone:
        store.feeds.release_all()
        store.evidence.release_all()
        store.updates.release()
    store.destinations.settle([to.chat for to in config.destinations], now)
    uncertain = store.outbox.recover(now, everything=alone)
    if uncertain:
        log.warning("posts in doubt after a crash; see: monitor outbox list", action="recover", count=uncertain)
