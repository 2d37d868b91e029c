"""«Состояние»: what `monitor status` says, with charts. Read only."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.desk.charts import bars, columns
from monitor.desk.feeds import Health, kinds
from monitor.desk.pages import page
from monitor.desk.template_globals import globals_for
from monitor.edits.files import FileTrouble
from monitor.health.conditions import TITLES
from monitor.matching.mutes import Mute, mute_label
from monitor.models.clock import Clock
from monitor.models.health import Alarm, Disk, EvidenceVitals, Vitals
from monitor.models.labels import STATES, ago, copies, delays, sentence, size, span
from monitor.models.outbox import DeliveryState, OutboxSummary
from monitor.storage.desk.feed_activity import FeedFigures
from monitor.storage.reviews import Waiting

LATELY: Final = timedelta(hours=24)
_HOUR: Final = timedelta(hours=1)
_UNDONE: Final = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNCERTAIN, DeliveryState.REJECTED)
_STATES: Final = {
    "working": "в порядке",
    "failing": "не отвечают",
    "new": "не опрошены",
    "paused": "на паузе",
}


class WorkStats(Protocol):
    """How the work goes (storage/stats.py)."""

    def vitals(self, now: datetime) -> Vitals:
        """One moment of the work."""

    def summary(self, since: datetime) -> OutboxSummary:
        """The outbox and its delays."""

    def disk(self) -> Disk | None:
        """The disk under the database; None when that is not ours to see."""


class Status:
    """One page. `copies` gives what is known of copies of pages, and the bytes of their folder; `files` what is wrong
    with the files of maintainers.
    """

    def __init__(
        self,
        *,
        stats: WorkStats,
        health: Health,
        figures: FeedFigures,
        alarms: Callable[[], Sequence[Alarm]],
        waiting: Callable[[], Waiting],
        mutes: Callable[[datetime], Sequence[Mute]],
        copies: Callable[[], tuple[EvidenceVitals, int]],
        files: Iterable[Callable[[], FileTrouble | None]],
        zone: str,
        clock: Clock,
    ) -> None:
        self._stats, self._health, self._figures = stats, health, figures
        self._alarms, self._waiting, self._mutes, self._copies = alarms, waiting, mutes, copies
        self._files = tuple(files)
        self._zone, self._clock, self._shown = zone, clock, globals_for(zone)
        self.routes = [Route("/status", self._show)]

    async def _show(self, request: Request) -> Response:
        return page(request, "status.html", **await asyncio.to_thread(self._known), **self._shown)

    def _known(self) -> Mapping[str, Any]:
        now = self._clock()
        vitals, outbox, disk = self._stats.vitals(now), self._stats.summary(now - LATELY), self._stats.disk()
        evidence, folder_bytes = self._copies()
        return {
            "alarms": [(TITLES[alarm.kind], alarm) for alarm in self._alarms() if alarm.told_at and not alarm.gone_at],
            "files": [trouble for trouble_in in self._files if (trouble := trouble_in())],
            "polled": ago(vitals.polled_at, now),
            "feeds": _feeds(vitals),
            "wrong": sum("wrong" in kinds(one) for one in self._health(now)),
            "queue": _queue(outbox),
            "sent": outbox.counts.get(DeliveryState.SENT, 0),
            "sentence": sentence,
            "oldest": span(now - outbox.oldest_pending_at) if outbox.oldest_pending_at else "",
            "closed": [chat for chat in vitals.chats if chat.closed],
            "delays": list(delays(outbox)),
            "by_hour": self._by_hour(now),
            "disk": disk,
            "free": _free(disk) if disk else "",
            "copies": copies(evidence, folder_bytes, now),
            "waiting": self._waiting(),
            "mutes": [mute_label(mute, zone=self._zone) for mute in self._mutes(now)],
        }

    def _by_hour(self, now: datetime) -> Markup:
        last = now.replace(minute=0, second=0, microsecond=0)
        hours = [last - _HOUR * back for back in reversed(range(24))]
        taken = self._figures.delays_by_hour(hours)
        minutes = [delay / timedelta(minutes=1) if delay else 0.0 for delay in taken]
        first, end = (f"{at.astimezone(ZoneInfo(self._zone)):%H:00}" for at in (hours[0], hours[-1]))
        longest = span(max((delay for delay in taken if delay), default=timedelta(0)))
        listed_minutes = ", ".join(f"{value:.0f}" for value in minutes)
        said = f"Через сколько минут после публикации новости обычно видны, по часам с {first}: {listed_minutes}"
        return columns(minutes, first=first, last=end, highest=longest, said=said)


def _feeds(vitals: Vitals) -> Markup:
    rows = [(said, float(vitals.feeds[name]), str(vitals.feeds[name])) for name, said in _STATES.items()]
    return bars(rows, said="Ленты по состоянию")


def _queue(outbox: OutboxSummary) -> Markup | None:
    """What is not done yet; what was sent once would only grow."""
    rows = [(STATES[name], float(count), str(count)) for name in _UNDONE if (count := outbox.counts.get(name, 0))]
    return bars(rows, said="Очередь отправки по состоянию") if rows else None


def _free(disk: Disk) -> Markup:
    used = disk.total - disk.free
    rows = [("занято", float(used), size(used)), ("свободно", float(disk.free), size(disk.free))]
    return bars(rows, said="Диск под базой")
