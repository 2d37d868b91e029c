"""The sign of life, to a real server."""

import pytest
from structlog.testing import capture_logs

from monitor.health.heartbeat import Heartbeat
from tests.servers import faults
from tests.servers.web import WebServer

SECRET = "/ping/5d1f-made-up"


async def test_it_arrives(web: WebServer) -> None:
    async with Heartbeat(web.serve(SECRET, "OK")) as heartbeat:
        await heartbeat.beat()
        await heartbeat.beat()

    assert web.count(SECRET) == 2


async def test_a_watch_that_is_away_is_told_of_once_each_way_and_never_by_its_address(web: WebServer) -> None:
    with capture_logs() as log:
        async with Heartbeat(web.serve(SECRET, "OK")) as heartbeat:
            web.fail(SECRET, faults.status(500), times=2)
            for _ in range(4):
                await heartbeat.beat()

    assert [line["event"] for line in log] == ["the heartbeat does not arrive", "the heartbeat arrives again"]
    assert log[0]["error"] == "HTTP 500"
    assert "5d1f" not in str(log)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/ping", "http://[nonsense/"])
async def test_nobody_there_is_no_error(url: str) -> None:
    with capture_logs() as log:
        async with Heartbeat(url) as heartbeat:
            await heartbeat.beat()

    assert [line["event"] for line in log] == ["the heartbeat does not arrive"]
