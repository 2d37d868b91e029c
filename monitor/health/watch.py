"""Watching over the monitor itself, once a minute: look → beat to the outside → tell the operator → tidy up.

Nothing is decided here: what is wrong, and what of it is told, stands in liveness.py, conditions.py and alarms.py.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog

from monitor.errors import DatabaseError
from monitor.health import liveness
from monitor.health.alarms import alarm_message, follow
from monitor.health.conditions import Facts, conditions, may_be_over
from monitor.health.heartbeat import Heartbeat
from monitor.health.metrics import Metrics
from monitor.health.rule_rates import WINDOW, RuleRate, RuleRates
from monitor.models.feeds import FeedHealth
from monitor.models.health import EvidenceVitals, Vitals
from monitor.models.outbox import Notifier
from monitor.storage.maintenance import AlarmStore, Housekeeping
from monitor.storage.stats import Stats

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Watch:
    """Everything a look needs. `served` are the chats we write to, `rules` names the rules in force ("topic/name").

    Without `notify` the alarms stand in the log only; `operator` is the chat it tells them in; `redact` takes secrets
    out of what is told; `is_down` says whether polling finds our own network gone. `evidence`, `copy_trouble` and
    `chain_breaks` give what Facts says of the copies of pages.
    """

    worker: str
    served: Collection[str]
    stats: Stats
    feeds: Callable[[datetime], tuple[FeedHealth, ...]]
    metrics: Metrics
    alarm_store: AlarmStore
    housekeeping: Housekeeping
    rules: Callable[[], Collection[str]]
    clock: Callable[[], datetime]
    heartbeat: Heartbeat | None = None
    notify: Notifier | None = None
    operator: str = ""
    redact: Callable[[str], str] = str
    is_down: Callable[[], bool] = bool
    evidence: Callable[[], EvidenceVitals] | None = None
    copy_trouble: Callable[[], str] = str
    chain_breaks: Callable[[], tuple[str, ...] | None] = tuple
    site_trouble: Callable[[], str] = str
    _rule_rates: RuleRates = field(default_factory=RuleRates)
    _counted: int = 0  # the number of the last article in them

    async def round(self) -> None:
        """One look and what follows from it. Raises DatabaseError."""
        vitals = await asyncio.to_thread(self.stats.vitals, self.clock())
        if self.heartbeat and not self._problems(vitals):
            await self.heartbeat.beat()
        await asyncio.to_thread(self._alarm, vitals)
        forgotten = await asyncio.to_thread(self.housekeeping.tidy, self.clock())
        if forgotten:
            log.info("tidied", action="tidy", **forgotten)

    def problems(self) -> tuple[str, ...]:
        """Why this worker cannot be called healthy, now; empty: it can. Raises DatabaseError."""
        return self._problems(self.stats.vitals(self.clock()))

    def record_post(self, delivery_id: int) -> None:
        """A post was accepted this moment: count how long its readers waited."""
        try:
            times = self.stats.times(delivery_id)
        except DatabaseError as error:
            log.warning("a delay was not counted", action="metrics", error=str(error))
            return
        if times:
            self.metrics.record_post(*times)

    def _problems(self, vitals: Vitals) -> tuple[str, ...]:
        return liveness.problems(vitals, self.clock(), worker=self.worker, chats=self.served)

    def _alarm(self, vitals: Vitals) -> None:
        """Told before it is remembered: after a crash between the two the same message has the same key."""
        now = self.clock()
        facts = self._facts(vitals, now)
        known, seen = self.alarm_store.alarms(), conditions(facts)
        changes = follow(known, seen, now, may_be_over=partial(may_be_over, facts=facts))
        if message := alarm_message(changes):
            began, ended = ([alarm.key for alarm in alarms] for alarms in (changes.began, changes.ended))
            log.warning("alarm", action="alarm", began=began, ended=ended)
            if self.notify:
                self.notify(message.key, self.redact(message.html))
        self.alarm_store.keep(changes.alarms)

    def _facts(self, vitals: Vitals, now: datetime) -> Facts:
        return Facts(
            now=now,
            feeds=self.feeds(now),
            vitals=vitals,
            served=self.served,
            standstill=liveness.standstill(vitals, now, chats=self.served),
            rules=self._rates(now),
            disk=self.stats.disk(),
            is_down=self.is_down(),
            operator=self.operator,
            worker=self.worker,
            evidence=self.evidence() if self.evidence else None,
            copy_trouble=self.copy_trouble(),
            chain_breaks=self.chain_breaks(),
            site_trouble=self.site_trouble(),
        )

    def _rates(self, now: datetime) -> tuple[RuleRate, ...]:
        for number, seen_at, rules in self.stats.list_fired(after=self._counted, since=now - WINDOW):
            self._rule_rates.add(rules, seen_at)
            self._counted = number
        return self._rule_rates.rates(frozenset(self.rules()), now)
