"""`desk`: the maintainers' web page on this machine, or a link to the one that already runs."""

import logging
import signal
import sys
import threading
from typing import Annotated

import typer

from monitor.app import startup
from monitor.app.build_desk import serve_desk
from monitor.app.build_polling import story_chats
from monitor.app.environment import clock, new_secret
from monitor.app.logs import configure
from monitor.bot.desk_command import closed_message, invitation
from monitor.cli.console.options import ChannelsFile, FeedsFile, KeywordsFile
from monitor.cli.console.output import say
from monitor.errors import PortTaken
from monitor.storage.database import open_usable
from monitor.storage.store import Store


def desk(
    *,
    feeds: FeedsFile = None,
    keywords: KeywordsFile = None,
    channels: ChannelsFile = None,
    out: Annotated[bool, typer.Option("--out", help="закрыть стол для всех и ничего не открывать")] = False,
) -> None:
    """Открыть стол редактора в браузере: слова, ленты, новости. Работает, пока не остановят (Ctrl+C).

    Если стол уже открыт работающим монитором (MONITOR_DESK_PORT), даёт ссылку туда и заканчивает.
    """
    config = startup.load(feeds=feeds, keywords=keywords, channels=channels)
    settings = config.settings
    configure(form=settings.log_format, secrets=settings.secrets)
    if sys.stdin.isatty():  # who sits before it looks for the link
        logging.getLogger().setLevel(logging.WARNING)
    store = Store(
        open_usable(settings.database_url),
        chats=story_chats(settings, config.destinations),
        zone=settings.timezone,
        folder=startup.data_folder(settings),
    )
    if out:
        say(closed_message(store.desk_keys.close(clock())))
        return
    try:
        with serve_desk(settings, store, rules=lambda: config.rules_edition, port=settings.desk_port) as address:
            _invite(store, address)
            _wait()
    except PortTaken:
        say("Порт занят: похоже, стол уже открыт работающим монитором.")
        _invite(store, settings.desk_address)


def _invite(store: Store, address: str) -> None:
    say(f"Войти (один раз, 10 минут): {invitation(store.desk_keys, address, '', new_secret(), clock())}")


def _wait() -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    say("Остановить: Ctrl+C")
    stop.wait()
