"""The running monitor as its operator watches it: pages, metrics, heartbeat, delays. Real processes and servers."""

import socket
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.harness.monitor_process import Monitor, eventually
from tests.samples.news import feed_of, relevant
from tests.servers.bot_api import BotApi
from tests.servers.web import WebServer


@pytest.fixture
def port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def pages(live: Monitor, port: int) -> Iterator[httpx.Client]:
    """The monitor's own two pages."""
    live.environment["MONITOR_HTTP_PORT"] = str(port)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=5, verify=False) as client:
        yield client


def status(pages: httpx.Client) -> int:
    try:
        return pages.get("/health").status_code
    except httpx.TransportError:
        return 0


def sample(pages: httpx.Client, name: str, **labels: str) -> float:
    found = [
        sample.value
        for family in text_string_to_metric_families(pages.get("/metrics").text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    return found[0]


def test_the_pages_tell_of_a_post_and_of_a_stopped_database(
    live: Monitor, pages: httpx.Client, web: WebServer, bot_api: BotApi
) -> None:
    live.write_feeds(Проба=feed_of(web, "/rss", relevant(1)))
    live.start()
    eventually(lambda: status(pages) == 200, what="health")
    eventually(lambda: len(bot_api.posted("@test_channel")) == 1, what="the post")
    eventually(lambda: sample(pages, "monitor_feed_to_post_seconds_count") == 1, what="the delay counted")

    assert pages.get("/health").json() == {"status": "ok", "problems": []}
    assert live.call("health").returncode == 0
    assert sample(pages, "monitor_feeds", state="working") == 1
    assert sample(pages, "monitor_deliveries", state="sent") == 1
    assert 3600 <= sample(pages, "monitor_feed_to_post_seconds_sum") < 3700
    assert sample(pages, "monitor_seen_to_post_seconds_sum") < 60
    assert sample(pages, "process_resident_memory_bytes") > 10**7

    live.sql("UPDATE heartbeats SET at = '2000-01-01 00:00:00.000000'")
    with live.locked_database():
        assert status(pages) == 503
    assert live.stop() == 0
    assert live.call("health").returncode == 1


def test_by_default_nothing_listens(live: Monitor, port: int, web: WebServer) -> None:
    live.write_feeds(Проба=feed_of(web, "/rss", []))
    live.start()
    eventually(lambda: web.count("/rss") > 0, what="the first poll")

    assert "listening" not in live.output
    assert live.stop() == 0


def test_a_taken_port_is_named_at_the_start(live: Monitor, port: int, web: WebServer) -> None:
    live.write_feeds(Проба=feed_of(web, "/rss", []))
    with closing(socket.create_server(("127.0.0.1", port))):
        live.environment["MONITOR_HTTP_PORT"] = str(port)
        ended = live.call("run")

    assert ended.returncode == 2
    assert "MONITOR_HTTP_PORT" in ended.stderr


def test_the_heartbeat_is_sent_and_its_address_is_not_logged(live: Monitor, web: WebServer) -> None:
    live.write_feeds(Проба=feed_of(web, "/rss", []))
    live.environment["MONITOR_HEARTBEAT_URL"] = web.serve("/ping/5d1f-made-up", "OK")
    live.start()

    eventually(lambda: web.count("/ping/5d1f-made-up") > 0, what="the heartbeat")

    assert live.stop() == 0
    assert "5d1f" not in live.everything_printed()
