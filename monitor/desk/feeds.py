"""«Ленты»: how all of them do, by what is wrong with them; and the list as other readers take it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.desk.charts import sparkline
from monitor.desk.pages import page
from monitor.desk.template_globals import globals_for
from monitor.edits.feeds.feed_list import FeedList
from monitor.errors import ConfigError
from monitor.models.clock import Clock
from monitor.models.feeds import FeedHealth, Trouble
from monitor.models.labels import TROUBLES, ago, pause, span
from monitor.sources.feeds import opml
from monitor.storage.desk.feed_activity import FeedActivity, FeedFigures

DAYS: Final = 14
LATELY: Final = timedelta(days=1)  # of delays

Health = Callable[[datetime], tuple[FeedHealth, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """One feed of the table. It can be chosen by its `kinds`; `delay` is None when nothing of it was dated lately."""

    health: FeedHealth
    kinds: frozenset[str]
    activity: FeedActivity
    delay: timedelta | None


CHOICES: Final[Mapping[str, str]] = {
    "": "все",
    "wrong": "с замечаниями",
    **{str(trouble): said for trouble, said in TROUBLES.items()},
    "failed": "последний опрос не удался",
    "paused": "на паузе",
    "new": "ещё не опрошены",
}


class Feeds:
    """The table. `zone` is the maintainers' clock."""

    def __init__(self, *, feed_list: FeedList, health: Health, figures: FeedFigures, zone: str, clock: Clock) -> None:
        self._list, self._health, self._figures = feed_list, health, figures
        self._zone, self._clock = ZoneInfo(zone), clock
        self._shown = globals_for(zone)
        self.routes = [Route("/feeds", self._table), Route("/feeds/opml", self._exported)]

    async def _table(self, request: Request) -> Response:
        only, is_removed = request.query_params.get("only", ""), "removed" in request.query_params
        known = await asyncio.to_thread(self._known, only)
        return page(request, "feeds.html", **known, removed=is_removed, **self._shown)

    def _known(self, only: str) -> Mapping[str, Any]:
        now = self._clock()
        rows, trouble = self._rows(now)
        chosen = only if only in CHOICES else ""
        counts = {name: sum(not name or name in row.kinds for row in rows) for name in CHOICES}
        return {
            "rows": [row for row in rows if not chosen or chosen in row.kinds],
            "chosen": chosen,
            "choices": [(name, said, counts[name]) for name, said in CHOICES.items() if counts[name] or not name],
            "ago": partial(ago, now=now),
            "state": lambda health: state(health, self._zone),
            "span": span,
            "sparkline": sparkline,
            "trouble": trouble,
        }

    def _rows(self, now: datetime) -> tuple[list[FeedRow], str]:
        """The feeds of the file, those that are in trouble first; what is wrong with the file itself."""
        listed = self._health(now)
        try:
            opened = self._list.open()
            listed, trouble = opened.health(listed, now), opened.trouble
        except ConfigError as error:
            trouble = str(error)
        activity = self._figures.activity(mornings(now, self._zone))
        delays = self._figures.delays(now - LATELY)
        nothing = FeedActivity(by_day=(0,) * DAYS)
        rows = [
            FeedRow(
                health=one,
                kinds=kinds(one),
                activity=activity.get(one.name, nothing),
                delay=delays.get(one.name),
            )
            for one in listed
        ]
        return sorted(rows, key=lambda row: "wrong" not in row.kinds), trouble

    async def _exported(self, _request: Request) -> Response:
        opened = await asyncio.to_thread(self._list.open)
        if opened.trouble:
            raise ConfigError(opened.trouble, file="")
        headers = {"Content-Disposition": 'attachment; filename="feeds.opml"'}
        return Response(opml.write(opened.feeds), media_type="text/x-opml; charset=utf-8", headers=headers)


def kinds(health: FeedHealth) -> frozenset[str]:
    """Which of `CHOICES` a feed is among."""
    if health.is_paused:
        return frozenset({"paused"})
    wrong = {str(trouble) for trouble in health.troubles} | ({"failed"} if health.failure else set())
    return frozenset(wrong | ({"wrong"} if wrong else set()) | ({"new"} if health.polled_at is None else set()))


def mornings(now: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The first moments of the last days by the maintainers' clock, today's the last."""
    today = now.astimezone(zone).date()
    days = (today - timedelta(days=back) for back in reversed(range(DAYS)))
    return tuple(datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC) for day in days)


def state(health: FeedHealth, zone: ZoneInfo) -> str:
    """How a feed does, in a few words."""
    if said := pause(health, health.looked_at, zone):
        return said
    wrong = [TROUBLES[trouble] for trouble in health.troubles]
    if health.failure and Trouble.FAILING not in health.troubles:
        wrong.append("последний опрос не удался")
    if not wrong and health.polled_at is None:
        return "ещё не опрошена"
    return "; ".join(wrong) or "в порядке"
