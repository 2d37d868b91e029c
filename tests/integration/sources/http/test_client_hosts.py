"""Feeds link to ever new hosts: what is remembered of each does not add up."""

import pytest

from monitor.errors import FetchError
from monitor.sources.http.client import Fetcher, Limits
from tests.harness.clock import Clock
from tests.harness.loops import pass_seconds
from tests.servers import faults
from tests.servers.resolver import Resolver
from tests.servers.web import WebServer, page

pytestmark = pytest.mark.manual_time
HTML = "text/html; charset=utf-8"
HOSTS = 200  # more than any bound below, in ten minutes


async def test_ever_new_hosts_leave_little_behind(web: WebServer) -> None:
    clock = Clock()
    limits = Limits(host_gap=0, connect=1e6, read=1e6, total=1e6)
    rules = "User-agent: *\n" + "\n".join(f"Disallow: /{number}/{'x' * 150}" for number in range(150))
    web.serve("/robots.txt", rules, content_type="text/plain")
    web.serve("/article", page("Новость", ["Текст новости. " * 30]), content_type=HTML)
    web.fail("/busy", faults.status(503, headers={"retry-after": "300"}), times=HOSTS)
    lookup, port = Resolver("127.0.0.1"), web.url.rpartition(":")[2]

    async with Fetcher(user_agent="t", clock=clock, allow_private=True, limits=limits, lookup=lookup) as fetcher:
        for number in range(HOSTS):
            site = f"http://n{number}.example:{port}"
            await fetcher.fetch(f"{site}/article", accept="page")
            with pytest.raises(FetchError):
                await fetcher.fetch(f"{site}/busy")
            await pass_seconds(1)
            clock.forward(seconds=3)

        assert len(fetcher._throttle._hosts) < 150, "those of the last seconds, and as many not yet cleared"
        assert len(fetcher._backoff._until) <= 101, "those that asked for a pause of five minutes lately"
        assert sum(site.length for site in fetcher._robots._sites.values()) <= 1_000_000
        assert len(fetcher._robots._sites) < 60, "letters of rules count, not sites alone"
