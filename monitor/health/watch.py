"""Watching over the monitor itself, once a minute: look → beat to the outside → tell the operator → tidy up.

It orchestrates, never decides: what is wrong stands in alarms.py and liveness.py; storage/maintenance.py forgets.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from monitor.errors import DatabaseError
from monitor.health import liveness
from monitor.health.alarms import alarm_message, follow
from monitor.health.conditions import Facts, conditions
from monitor.health.heartbeat import Heartbeat
from monitor.health.metrics import Metrics
from monitor.health.rule_rates import WINDOW, RuleRate, RuleRates
from monitor.models.feeds import FeedHealth
from monitor.models.health import Vitals
from monitor.models.outbox import Notifier
from monitor.storage.alarms import AlarmStore
from monitor.storage.maintenance import Housekeeping
from monitor.storage.stats import Stats

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Watch:
    """Everything a look needs. `served` are the chats we write to, `rules` names the rules in force ("topic/name").

    Without `tell` the alarms stand in the log only; `told_in` is the chat it tells them in; `redact` takes secrets out
    of what is told; `is_down` says whether polling finds our own network gone.
    """

    worker: str
    served: Collection[str]
    lookout: Stats
    feeds: Callable[[datetime], tuple[FeedHealth, ...]]
    metrics: Metrics
    book: AlarmStore
    housekeeping: Housekeeping
    rules: Callable[[], Collection[str]]
    clock: Callable[[], datetime]
    heartbeat: Heartbeat | None = None
    tell: Notifier | None = None
    told_in: str = ""
    redact: Callable[[str], str] = str
    is_down: Callable[[], bool] = bool
    _firings: RuleRates = field(default_factory=RuleRates)
    _counted: int = 0  # the last article among the firings

    async def round(self) -> None:
        """One look and what follows from it. Raises DatabaseError."""
        vitals = await asyncio.to_thread(self.lookout.vitals, self.clock())
        if self.heartbeat and not self._problems(vitals):
            await self.heartbeat.beat()
        await asyncio.to_thread(self._alarm, vitals)
        forgotten = await asyncio.to_thread(self.housekeeping.tidy, self.clock())
        if forgotten:
            log.info("tidied", action="tidy", **forgotten)

    def problems(self) -> tuple[str, ...]:
        """Why this worker cannot be called healthy, now; empty: it can. Raises DatabaseError."""
        return self._problems(self.lookout.vitals(self.clock()))

    def posted(self, delivery_id: int) -> None:
        """A post was accepted this moment: count how long its readers waited."""
        try:
            times = self.lookout.times(delivery_id)
        except DatabaseError as error:
            log.warning("a delay was not counted", action="metrics", error=str(error))
            return
        if times:
            self.metrics.posted(*times)

    def _problems(self, vitals: Vitals) -> tuple[str, ...]:
        return liveness.problems(vitals, self.clock(), worker=self.worker, chats=self.served)

    def _alarm(self, vitals: Vitals) -> None:
        """Told before it is remembered: after a crash between the two the same notice has the same key."""
        now = self.clock()
        course = follow(self.book.alarms(), conditions(self._facts(vitals, now)), now)
        told = alarm_message(course)
        if told:
            log.warning(
                "alarm", action="alarm", began=[a.key for a in course.began], ended=[a.key for a in course.ended]
            )
            if self.tell:
                self.tell(told.key, self.redact(told.html))
        self.book.keep(course.alarms)

    def _facts(self, vitals: Vitals, now: datetime) -> Facts:
        return Facts(
            now=now,
            feeds=self.feeds(now),
            vitals=vitals,
            served=self.served,
            standstill=liveness.standstill(vitals, now, chats=self.served),
            rules=self._habits(now),
            disk=self.lookout.disk(),
            is_down=self.is_down(),
            told_in=self.told_in,
        )

    def _habits(self, now: datetime) -> tuple[RuleRate, ...]:
        for number, seen_at, rules in self.lookout.fired(after=self._counted, since=now - WINDOW):
            self._firings.add(rules, seen_at)
            self._counted = number
        return self._firings.habits(frozenset(self.rules()), now)
