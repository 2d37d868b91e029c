"""What Prometheus reads, through its own parser."""

from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families

from monitor.errors import DatabaseError
from monitor.health.metrics import Metrics
from monitor.models.health import Vitals
from monitor.models.outbox import DeliveryState
from tests.factories import HOUR, NOW
from tests.factories.health import chat_vitals, evidence_vitals, vitals
from tests.harness.clock import Clock

SECOND = timedelta(seconds=1)


def samples(metrics: Metrics) -> dict[str, float]:
    """`name{label}` → value."""
    return {
        sample.name + "".join(f"{{{value}}}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(metrics.page().decode())
        for sample in family.samples
    }


def test_the_state_of_the_work() -> None:
    seen = vitals(
        feeds={"working": 30, "failing": 2},
        deliveries={DeliveryState.SENT: 7, DeliveryState.PENDING: 3},
        due_since=NOW - 40 * SECOND,
        chats=(chat_vitals(waiting_since=NOW - HOUR), chat_vitals(chat="-1005", closed="нет прав", waiting_since=NOW)),
    )

    read = samples(Metrics(lambda: seen, clock=Clock()))

    assert read["monitor_database_up"] == 1
    assert read["monitor_feeds{failing}"] == 2
    assert read["monitor_deliveries{pending}"] == 3
    assert read["monitor_oldest_pending_seconds"] == 3600
    assert read["monitor_poll_overdue_seconds"] == 40
    assert read["monitor_chat_closed{@channel}"] == 0
    assert read["monitor_chat_closed{-1005}"] == 1
    assert read["process_resident_memory_bytes"] > 10**6


def test_nothing_waits_nothing_is_late() -> None:
    read = samples(Metrics(vitals, clock=Clock()))

    assert read["monitor_oldest_pending_seconds"] == read["monitor_poll_overdue_seconds"] == 0


def test_the_copies_of_pages() -> None:
    seen = evidence_vitals(due_since=NOW - HOUR, due_url="https://news.example/hush", unstamped=4)

    metrics = Metrics(vitals, clock=Clock(), evidence=lambda: seen)

    read = {name: value for name, value in samples(metrics).items() if name.startswith("monitor_evidence")}
    assert read == {
        "monitor_evidence_pages": 3,
        "monitor_evidence_captures": 40,
        "monitor_evidence_bytes": 1_200_000,
        "monitor_evidence_due_seconds": 3600,
        "monitor_evidence_unstamped_links": 4,
    }
    assert b"hush" not in metrics.page()


def test_where_nobody_stamps_nothing_waits_for_a_stamp() -> None:
    read = samples(Metrics(vitals, clock=Clock(), evidence=evidence_vitals))

    assert read["monitor_evidence_due_seconds"] == 0
    assert "monitor_evidence_unstamped_links" not in read


def test_a_database_that_is_away_is_a_number() -> None:
    def away() -> Vitals:
        raise DatabaseError("postgresql://monitor:hush@127.0.0.1")

    metrics = Metrics(away, clock=Clock())

    assert samples(metrics)["monitor_database_up"] == 0
    assert b"hush" not in metrics.page()
    assert "process_resident_memory_bytes" in samples(metrics)


def test_how_long_readers_waited() -> None:
    metrics = Metrics(vitals, clock=Clock())

    metrics.record_post(NOW - 100 * SECOND, NOW - 20 * SECOND)
    metrics.record_post(None, NOW - 4 * SECOND)

    read = samples(metrics)
    assert read["monitor_feed_to_post_seconds_count"] == 2
    assert read["monitor_feed_to_post_seconds_sum"] == 104
    assert read["monitor_feed_to_post_seconds_bucket{60.0}"] == 1
    assert read["monitor_feed_to_post_seconds_bucket{120.0}"] == 2
    assert read["monitor_seen_to_post_seconds_sum"] == 24


def test_a_date_in_the_future_is_no_negative_wait() -> None:
    metrics = Metrics(vitals, clock=Clock())

    metrics.record_post(NOW + HOUR, NOW)

    assert samples(metrics)["monitor_feed_to_post_seconds_sum"] == 0


def test_late_and_missed_ticks() -> None:
    clock = Clock()
    metrics = Metrics(vitals, clock=clock)
    for seconds in (0.0, 1.0, 1.2, 7.5):
        clock.now += timedelta(seconds=seconds)
        late = metrics.record_tick("poll", every=SECOND)

    assert late == timedelta(seconds=6.5)
    read = samples(metrics)
    assert read["monitor_tick_lag_seconds{poll}"] == 6.5
    assert read["monitor_ticks_missed_total{poll}"] == 6


def test_a_clock_set_back_is_not_a_late_tick() -> None:
    clock = Clock()
    metrics = Metrics(vitals, clock=clock)
    metrics.record_tick("poll", every=SECOND)
    clock.wrong = -HOUR

    assert metrics.record_tick("poll", every=SECOND) == timedelta(0)
