"""The daemon, and what it tells the operator at its start.

Nothing here reads arguments or, as a rule, draws: what does takes five megabytes.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

import structlog
import uvloop

from monitor.app import daemon, memory, startup, wiring
from monitor.app.config_diff import edit_message, failing_examples, notice_key
from monitor.app.environment import clock
from monitor.app.logs import configure
from monitor.app.rules.cache import Compiled
from monitor.app.rules.first_rules import compile_and_check, compile_in_child
from monitor.cli.console.output import say
from monitor.config.keyword_rules import Keywords
from monitor.config.settings import Settings
from monitor.models.articles import Tier
from monitor.models.labels import UNASKED
from monitor.text.languages import dictionary

OUTAGE_SHOWS_WITHIN = 120.0  # seconds after the start; a later outage is an alarm
FAILING = "Примеры не сходятся"
ROUND = 2.0  # seconds in which the other polls of that moment are recorded, so that the next one is known

log = structlog.get_logger()


def run_daemon(feeds: str | None = None, keywords: str | None = None, channels: str | None = None) -> None:
    """Work until stopped; the files are those of the settings unless others are named. Raises MonitorError."""
    with dictionary.opened_by(_in_files):
        uvloop.run(_run(start(feeds, keywords, channels, compile_=compile_in_child)))


def _in_files(path: str) -> Any:
    from monitor.app.rules.dictionary_files import open_in_files  # noqa: PLC0415 - 0.1 s, and seldom asked

    return open_in_files(path)


async def _run(config: startup.Config) -> None:
    finished = await daemon.run(config, ready=lambda components: _greet(config, components))
    if not finished:
        # A thread hangs in a call that nothing can interrupt (a locked database), and the event loop would wait
        # for it. What it was doing stands in the database, or does not: the next start goes on from there.
        logging.shutdown()
        sys.stdout.flush()
        os._exit(0)


async def _greet(config: startup.Config, components: wiring.Components) -> None:
    """What the daemon is about to do; and, when there is no network, that once."""
    say(await _schedule(config, components), err=True)
    await show_mode(config, components)
    await _tell_maintainers(config, components)
    with suppress(TimeoutError):
        async with asyncio.timeout(OUTAGE_SHOWS_WITHIN):
            while not components.outage.is_down:  # noqa: ASYNC110 - a value of the pure core, that cannot be waited for
                await asyncio.sleep(0.5)
            await asyncio.sleep(ROUND)
            _show_framed(await _outage(config, components), title="Сети нет", colour="red")


async def _tell_maintainers(config: startup.Config, components: wiring.Components) -> None:
    """Of rules that contradict their own examples, at each start until they are mended."""
    rules = config.rules_edition
    if rules.failing:
        log.warning("examples do not hold", action="run", file=rules.file, errors=list(map(str, rules.failing)))
        message = edit_message(f"{FAILING}: {rules.file}", failing_examples(rules.failing))
        await asyncio.to_thread(components.notify, notice_key("start", rules.digest, clock()), message)


async def _outage(config: startup.Config, components: wiring.Components) -> str:
    lost, total = len(components.outage.unreachable()), len(components.feeds)
    return (
        f"Не отвечают {lost} из {total} лент: похоже, сеть пропала у нас. Проверьте сеть, DNS и MONITOR_PROXY.\n"
        "Каждая лента опрашивается снова раз в минуту, лентам это не в счёт. Работа продолжится сама,\n"
        "до тех пор журнал молчит о неудачах.\n" + await _schedule(config, components)
    )


async def _schedule(config: startup.Config, components: wiring.Components) -> str:
    """How many feeds are due, and when the next one will be, by the operator's clock."""
    now = clock()
    feeds = await asyncio.to_thread(components.store.feeds.health, now)
    later = [feed for feed in feeds if feed.due_at > now]
    due = [f"сейчас пора опросить {len(feeds) - len(later)}"] if len(later) < len(feeds) else []
    if first := min(later, key=attrgetter("due_at"), default=None):
        at = first.due_at.astimezone(ZoneInfo(config.settings.timezone))
        due.append(f"следующий опрос в {at:%H:%M} ({first.name})")
    return ", ".join([f"Лент {len(feeds)}", *due])


async def show_mode(config: startup.Config, components: wiring.Components) -> None:
    """Say in which mode the monitor works, and what is missing to go live."""
    settings = config.settings
    for name in config.unknown_settings:
        say(f"Внимание: настройки {name} не существует, она ничего не меняет (список: docs/operating.md)", err=True)
    if failing := config.rules_edition.failing:
        _show_framed("\n".join(failing_examples(failing)), title=FAILING, colour="red")
    if not settings.live:
        _show_framed(_preview_advice(settings), title="Режим просмотра", colour="yellow")
        return
    if not settings.review_chat and _asks(config.rules_edition.keywords):
        say(f"Внимание: {UNASKED}", err=True)
    closed = await components.check_chats()
    if closed:
        title = "Канал пока недоступен" if settings.channel in closed else "Чат пока недоступен"
        _show_framed("\n".join(_cut_off(config, closed)), title=title, colour="red")


def _asks(keywords: Keywords) -> bool:
    return any(rule.tier is Tier.REVIEW for topic in keywords.topics for rule in topic.rules)


def _cut_off(config: startup.Config, closed: Mapping[str, str]) -> Iterator[str]:
    """Each reason, and below it which setting names the chat and what does not come there for now."""
    yield from dict.fromkeys(closed.values())
    for name, chat, lost in _written_to(config):
        if chat in closed:
            yield f"{name} ({chat}): {lost}"
    yield "Как только это будет исправлено, всё накопленное уйдёт само."


def _written_to(config: startup.Config) -> Iterator[tuple[str, str, str]]:
    """What names a chat, the chat, what goes there."""
    settings = config.settings
    yield "MONITOR_CHANNEL", settings.channel, "новости в канал не уходят, но собираются."
    yield "MONITOR_REVIEW_CHAT", settings.review_chat, "вопросы редакторам и сообщения о правках не доходят."
    yield "MONITOR_OPERATOR_CHAT", settings.operator_chat, "сообщения о неполадках не доходят."
    for to in config.destinations[1:]:
        yield f"{settings.channels}, «{to.name}»", to.chat, "новости туда не уходят, но собираются."


def _show_framed(text: str, *, title: str, colour: str) -> None:
    from monitor.cli.console.screen import show_framed  # noqa: PLC0415 - the usual daemon has nothing to frame

    show_framed(text, title=title, colour=colour)


def _preview_advice(settings: Settings) -> str:
    missing = " и ".join(settings.missing)
    return (
        f"Не задано: {missing}. Новости показываются здесь, в Telegram ничего не уходит.\n"
        "Чтобы начать отправку:\n"
        "  1. Создайте бота у @BotFather и сделайте его администратором канала с правом писать.\n"
        "  2. Впишите в файл .env: MONITOR_BOT_TOKEN=… и MONITOR_CHANNEL=@имя_канала\n"
        "  3. Запустите снова."
    )


def start(
    feeds: str | None,
    keywords: str | None,
    channels: str | None,
    *,
    level: int = logging.INFO,
    compile_: Callable[[bytes, str], Compiled] = compile_and_check,
) -> startup.Config:
    """The settings and the files, and a log of that level; no thread was there before. Raises ConfigError."""
    memory.bound_allocator()
    config = startup.load(feeds=feeds, keywords=keywords, channels=channels, compile_=compile_)
    configure(form=config.settings.log_format, secrets=config.settings.secrets)
    logging.getLogger().setLevel(level)
    return config
