"""`status`: how the feeds, the outbox and the delays stand, at a glance."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from monitor.app.environment import clock, environment
from monitor.cli.check_files import wrong_files
from monitor.cli.console.output import print_json, say
from monitor.cli.console.screen import Screen
from monitor.config.settings import Settings, load_settings
from monitor.evidence import retention
from monitor.matching.mutes import Mute, mute_label
from monitor.models.feeds import FeedHealth
from monitor.models.health import EvidenceVitals
from monitor.models.labels import UNASKED, ago, ahead, copies, delays, pause, queue, span, troubles
from monitor.models.outbox import OutboxSummary
from monitor.storage.database import open_usable
from monitor.storage.feeds import FeedStore
from monitor.storage.mutes import MuteStore
from monitor.storage.reviews import Reviews, Waiting
from monitor.storage.stats import Stats

LATELY = timedelta(hours=24)


def status(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="для программ")] = False,
) -> None:
    """Показать, как дела: файлы с ошибками, ленты, очередь отправки, задержки."""
    settings = load_settings(environment())
    engine = open_usable(settings.database_url)
    now = clock()
    stats = Stats(engine)
    health, outbox = FeedStore(engine).health(now), stats.summary(now - LATELY)
    evidence = stats.evidence.vitals(now, authorities=settings.timestamp_authorities)
    folder_bytes = retention.size(Path(settings.evidence_dir))
    waiting, mutes = Reviews(engine).waiting(), MuteStore(engine).active(now)
    wrong = wrong_files(settings)
    if as_json:
        of_copies = {"evidence": _evidence_data(evidence, folder_bytes)}
        of_files = {"files": {"errors": [str(error) for error in wrong]}}
        print_json({**_as_data(health, outbox, waiting, mutes), **of_copies, **of_files})
    else:
        for error in wrong:
            say(f"Ошибка в файле, с нею правки не принимаются: {error}")
        _show(health, outbox, now)
        for feed in health:
            if said := pause(feed, now, ZoneInfo(settings.timezone)):
                say(f"«{feed.name}» {said}")
        for chat in stats.chats():
            if chat.closed and chat.pending:
                say(f"{chat.chat} не принимает посты, ждут {chat.pending}: {chat.closed}")
        _show_waiting(waiting, settings)
        say(copies(evidence, folder_bytes, now))
        for mute in mutes:
            say(f"На паузе: {mute_label(mute, zone=settings.timezone)}")


def _show(health: Sequence[FeedHealth], outbox: OutboxSummary, now: datetime) -> None:
    screen = Screen()
    awake = [one for one in health if not one.is_paused]
    troubled = [one for one in awake if one.troubles or one.failure]
    never = sum(one.polled_at is None for one in awake)
    well = len(awake) - len(troubled) - sum(one.polled_at is None and one not in troubled for one in awake)
    paused = f", на паузе {len(health) - len(awake)}" if len(health) > len(awake) else ""
    counts = f"в порядке {well}, с замечаниями {len(troubled)}, ещё не опрошены {never}{paused}"
    screen.print(f"Ленты: {len(health)}, {counts}")
    if troubled:
        table = Table("Лента", "Что с ней", "Неудач", "Опрос", "Новое", "Следующий")
        for one in sorted(troubled, key=lambda one: -one.failures):
            instants = (ago(one.polled_at, now), ago(one.habit.news_at, now), ahead(one.due_at, now))
            table.add_row(one.name, troubles(one), str(one.failures or ""), *instants)
        screen.print(table)
    screen.print(f"Очередь: {queue(outbox.counts)}")
    if outbox.oldest_pending_at:
        screen.print(f"Дольше всех ждёт отправки: {span(now - outbox.oldest_pending_at)}")
    for said in delays(outbox):
        screen.print(f"За сутки {said}")


def _show_waiting(waiting: Waiting, settings: Settings) -> None:
    if waiting.open or waiting.expired:
        unasked = f"; {UNASKED}" if settings.live and not settings.review_chat else ""
        say(f"Ждут решения редактора: {waiting.open}, не проверено вовремя: {waiting.expired}{unasked}")


def _evidence_data(evidence: EvidenceVitals, folder_bytes: int) -> Mapping[str, Any]:
    return {
        "pages": evidence.pages,
        "captures": evidence.captures,
        "folder_bytes": folder_bytes,
        "due_since": _stamp(evidence.due_since),
        "unstamped_links": evidence.unstamped,
    }


def _as_data(
    health: Sequence[FeedHealth], outbox: OutboxSummary, waiting: Waiting, mutes: Sequence[Mute]
) -> Mapping[str, Any]:
    """The shape is written down in docs/operating.md."""
    return {
        "feeds": [
            {
                "name": one.name,
                "troubles": list(one.troubles),
                "failure": one.failure,
                "failure_kind": one.failure_kind,
                "failures": one.failures,
                "polled_at": _stamp(one.polled_at),
                "succeeded_at": _stamp(one.succeeded_at),
                "news_at": _stamp(one.habit.news_at),
                "next_poll_at": _stamp(one.due_at),
                "paused_until": _stamp(one.paused_until) if one.is_paused else None,
                "paused_because": one.paused_because if one.is_paused else "",
                "notices": list(one.habit.notices),
            }
            for one in health
        ],
        "outbox": {str(state): count for state, count in outbox.counts.items()},
        "reviews": {"open": waiting.open, "expired": waiting.expired},
        "mutes": [{"topic": mute.name.topic, "rule": mute.name.rule, "until": _stamp(mute.until)} for mute in mutes],
        "oldest_pending_at": _stamp(outbox.oldest_pending_at),
        "delays": {
            "found_after_seconds": [round(delay.total_seconds()) for delay in outbox.found_after],
            "sent_after_seconds": [round(delay.total_seconds()) for delay in outbox.sent_after],
        },
    }


def _stamp(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
