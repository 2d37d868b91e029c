"""What Prometheus may know of the monitor: numbers, and no name of a feed, a story or a reader.

What the database knows is read at each scrape, so it is the same from every worker: take `max` over them. What
passes in this process (ticks, delays of its posts) is counted here: take `sum`.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from monitor.errors import DatabaseError
from monitor.models.clock import Clock
from monitor.models.health import EvidenceVitals, Vitals

MINUTE = 60.0
DELAYS = (5.0, 15.0, 30.0, *(minutes * MINUTE for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 360, 1440)))


class Metrics:
    """The numbers of one process. `vitals` and `evidence` read those of the database; they may raise DatabaseError."""

    def __init__(
        self, vitals: Callable[[], Vitals], *, clock: Clock, evidence: Callable[[], EvidenceVitals] | None = None
    ) -> None:
        self._clock = clock
        self._ticked_at: dict[str, datetime] = {}
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._registry.register(_Database(vitals, evidence, clock))
        self._feed_to_post = self._delays(
            "monitor_feed_to_post_seconds", "From an article's date in its feed to its post."
        )
        self._seen_to_post = self._delays("monitor_seen_to_post_seconds", "From the poll that found it to its post.")
        lag, missed = "How late the last tick of a job came.", "Ticks of a job that never came."
        self._lag = Gauge("monitor_tick_lag_seconds", lag, ["job"], registry=self._registry)
        self._missed = Counter("monitor_ticks_missed", missed, ["job"], registry=self._registry)

    def record_tick(self, job: str, *, every: timedelta) -> timedelta:
        """A tick of the job begins; one is expected `every` so often. Returns how late it is."""
        now = self._clock.steady()
        before = self._ticked_at.get(job, now - every)
        self._ticked_at[job] = now
        late = max(now - before - every, timedelta(0))
        self._lag.labels(job).set(late.total_seconds())
        self._missed.labels(job).inc(late // every)
        return late

    def record_post(self, published_at: datetime | None, seen_at: datetime) -> None:
        """A post was accepted just now; an undated article counts from when it was seen."""
        now = self._clock()
        self._feed_to_post.observe(max((now - (published_at or seen_at)).total_seconds(), 0.0))
        self._seen_to_post.observe(max((now - seen_at).total_seconds(), 0.0))

    def _delays(self, name: str, about: str) -> Histogram:
        return Histogram(name, about, buckets=DELAYS, registry=self._registry)

    def page(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)


class _Database(Collector):
    """What the vitals tell, read when asked; a database that is away is a number too."""

    def __init__(
        self,
        vitals: Callable[[], Vitals],
        evidence: Callable[[], EvidenceVitals] | None,
        clock: Callable[[], datetime],
    ) -> None:
        self._vitals, self._evidence, self._clock = vitals, evidence, clock

    def describe(self) -> Iterator[Metric]:
        """Nothing beforehand: registering must not read the database."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The gauges, or only that the database is away."""
        up = GaugeMetricFamily("monitor_database_up", "Whether the database could be read.")
        try:
            vitals, evidence = self._vitals(), self._evidence() if self._evidence else None
        except DatabaseError:
            up.add_metric((), 0)
            yield up
            return
        up.add_metric((), 1)
        yield from (up, *_gauges(vitals, self._clock()))
        if evidence:
            yield from _of_evidence(evidence, self._clock())


def _gauges(vitals: Vitals, now: datetime) -> Iterator[Metric]:
    waiting = [chat.waiting_since for chat in vitals.chats if chat.waiting_since]
    yield _by("monitor_feeds", "Feeds by state.", "state", vitals.feeds)
    yield _by("monitor_deliveries", "Outbox rows by state.", "state", {str(k): n for k, n in vitals.deliveries.items()})
    yield _by(
        "monitor_chat_closed", "1: the chat takes nothing.", "chat", {c.chat: int(bool(c.closed)) for c in vitals.chats}
    )
    for name, about, since in (
        ("monitor_oldest_pending_seconds", "How long the oldest delivery has waited.", min(waiting, default=now)),
        ("monitor_poll_overdue_seconds", "How long the most overdue feed has waited.", vitals.due_since or now),
    ):
        yield GaugeMetricFamily(name, about, max((now - since).total_seconds(), 0.0))


def _of_evidence(evidence: EvidenceVitals, now: datetime) -> Iterator[Metric]:
    late = max((now - (evidence.due_since or now)).total_seconds(), 0.0)
    for name, about, value in (
        ("monitor_evidence_pages", "Pages under watch.", evidence.pages),
        ("monitor_evidence_captures", "Copies of pages.", evidence.captures),
        ("monitor_evidence_bytes", "Bytes of their records.", evidence.size),
        ("monitor_evidence_due_seconds", "How long the most overdue page has waited to be looked at.", late),
    ):
        yield GaugeMetricFamily(name, about, value)
    if evidence.unstamped is not None:
        about = "Links of the chains of copies that no time stamp covers."
        yield GaugeMetricFamily("monitor_evidence_unstamped_links", about, evidence.unstamped)


def _by(name: str, about: str, label: str, counts: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, about, labels=(label,))
    for value, count in counts.items():
        family.add_metric((value,), count)
    return family
