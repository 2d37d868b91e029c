"""What a GET must not reach and must not cost: the private network, memory, time."""

import asyncio
import gzip
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard

from monitor.errors import FetchError, FetchFailure
from monitor.models.feeds import Fetched
from monitor.sources.http.client import Fetcher, Limits
from tests.harness.clock import Clock
from tests.harness.cpu import cpu_at_most
from tests.harness.loops import finish
from tests.servers import faults
from tests.servers.loopback import Exchange
from tests.servers.resolver import Resolver
from tests.servers.web import Item, WebServer, rss

ROOT = Path(__file__).resolve().parents[4]
BODY = rss([Item(title="Суд в Актау отложил выдачу", link="https://news.example/1")])
QUICK = Limits(body=100_000, connect=2, read=1, total=2, host_gap=0)
INNER = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.5.5",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "::1",
    "::",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
]
SPELT = ["2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "127.1", "017700000001", "localhost"]
pytestmark = pytest.mark.manual_time  # no answer is late because the machine is busy
REFUSED = {FetchFailure.BLOCKED_ADDRESS, FetchFailure.BAD_URL}  # httpx takes an octal quad for a misspelt address


def fetcher(resolver: Resolver | None = None, **given: Any) -> Fetcher:
    lookup = resolver or socket.getaddrinfo
    return Fetcher(user_agent="test", clock=Clock(), lookup=lookup, **{"limits": QUICK} | given)


async def failure(made: Fetcher, url: str) -> FetchFailure:
    with pytest.raises(FetchError) as caught:
        await made.fetch(url)
    return caught.value.kind


def port_of(web: WebServer) -> str:
    return web.url.rpartition(":")[2]


@pytest.mark.parametrize("address", INNER)
async def test_literals_are_refused(web: WebServer, address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    async with fetcher() as made:
        assert await failure(made, f"http://{host}:{port_of(web)}/") is FetchFailure.BLOCKED_ADDRESS
    assert not web.requests


@pytest.mark.parametrize("host", SPELT)
async def test_other_spellings_are_refused(web: WebServer, host: str) -> None:
    async with fetcher() as made:
        assert await failure(made, f"http://{host}:{port_of(web)}/") in REFUSED
    assert not web.requests


@pytest.mark.parametrize("address", INNER)
async def test_names_that_lead_inside_are_refused(web: WebServer, address: str) -> None:
    async with fetcher(Resolver(address)) as made:
        assert await failure(made, f"http://news.example:{port_of(web)}/") is FetchFailure.BLOCKED_ADDRESS
    assert not web.requests


@pytest.mark.parametrize("address", [*INNER, *SPELT])
async def test_redirects_that_lead_inside_are_refused(web: WebServer, address: str) -> None:
    """The first hop is to an inner address let through by name, as a public site's would be."""
    host = f"[{address}]" if ":" in address else address
    web.redirect("http://news.example/rss", f"http://{host}:{port_of(web)}/inner")
    async with fetcher(proxy=web.url) as made:
        kind = await failure(made, "http://news.example/rss")
    assert kind in REFUSED
    assert [request.path for request in web.requests] == ["http://news.example/rss"]


async def test_a_name_is_asked_once_and_the_connection_goes_to_that_answer(web: WebServer) -> None:
    resolver = Resolver("127.0.0.1", "10.0.0.1")
    web.serve("/rss", BODY)
    async with fetcher(resolver, allow_private=True) as made:
        for _ in range(3):
            await made.fetch(f"http://news.example:{port_of(web)}/rss")
    assert resolver.asked == ["news.example"]
    assert {request.headers["host"] for request in web.requests} == {f"news.example:{port_of(web)}"}


async def test_a_name_that_turns_inward_is_refused(web: WebServer) -> None:
    """After addresses that do not answer, the name server is asked again, and its new answer is judged."""
    resolver = Resolver("192.0.2.1", "127.0.0.1")  # both refused
    async with fetcher(resolver) as made:
        for _ in range(2):
            assert await failure(made, f"http://news.example:{port_of(web)}/") is FetchFailure.BLOCKED_ADDRESS
    assert not web.requests


async def test_an_address_that_does_not_answer_is_forgotten(web: WebServer) -> None:
    resolver = Resolver("127.0.0.9", "127.0.0.1")  # nobody listens at the first
    web.serve("/rss", BODY)
    url = f"http://news.example:{port_of(web)}/rss"
    async with fetcher(resolver, allow_private=True) as made:
        assert await failure(made, url) is FetchFailure.CONNECTION
        assert isinstance(await made.fetch(url), Fetched)


async def test_a_silent_name_server_takes_no_more_than_the_time_to_connect() -> None:
    answered = threading.Event()

    def silent(*_: Any, **__: Any) -> list[Any]:
        answered.wait()
        return []

    limits = Limits(connect=10, total=1_000, host_gap=0)
    async with Fetcher(user_agent="t", clock=Clock(), limits=limits, lookup=silent) as made:
        failures = asyncio.gather(*(failure(made, f"http://{n}.example/") for n in range(20)))
        assert set(await finish(failures, every=10)) == {FetchFailure.TIMEOUT}
        assert await asyncio.to_thread(lambda: True), "the threads of others are free"
        answered.set()


@pytest.mark.parametrize(
    ("coding", "wire"),
    [
        ("gzip", gzip.compress(b"") * 200_000),
        ("gzip, gzip", gzip.compress(gzip.compress(bytes(64 << 20)))),
        ("br, gzip", gzip.compress(brotli.compress(bytes(64 << 20), quality=1))),
        ("zstd", zstandard.compress(b"") * 100_000),
        ("deflate", b"\x78\x9c" + bytes(90_000)),
    ],
    ids=["gzip members", "gzip in gzip", "brotli in gzip", "zstd frames", "stored blocks"],
)
async def test_bombs_are_refused_at_once(web: WebServer, coding: str, wire: bytes) -> None:
    web.fail("/rss", faults.encoded(coding, wire))
    limits = Limits(host_gap=0)
    async with fetcher(allow_private=True, limits=limits) as made:
        with cpu_at_most(3):
            await failure(made, web.url + "/rss")


async def endless_head(exchange: Exchange, _answer: faults.Answer) -> None:
    await exchange.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(3_000):
        await exchange.write(b"x-%d: %s\r\n" % (number, b"y" * 64))
    await exchange.write(b"content-length: 1\r\n\r\nx")


async def interim_answers(exchange: Exchange, _answer: faults.Answer) -> None:
    for _ in range(200_000):
        await exchange.write(b"HTTP/1.1 102 Processing\r\n\r\n")


async def dust(exchange: Exchange, _answer: faults.Answer) -> None:
    await exchange.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    for _ in range(100):
        await exchange.write(b"1\r\nx\r\n" * 1_000)
    await exchange.write(b"0\r\n\r\n")


@pytest.mark.parametrize(
    ("fault", "kinds"),
    [
        (endless_head, {FetchFailure.TOO_LARGE, FetchFailure.CONNECTION}),
        (interim_answers, {FetchFailure.TOO_LARGE}),
        (dust, {FetchFailure.TOO_LARGE}),
    ],
)
async def test_heads_and_frames_are_bounded_too(web: WebServer, fault: faults.Fault, kinds: set[FetchFailure]) -> None:
    web.fail("/rss", fault)
    async with fetcher(allow_private=True, limits=Limits(body=200_000, host_gap=0, total=20)) as made:
        assert await failure(made, web.url + "/rss") in kinds


async def test_a_head_of_66_kilobytes_is_too_large_and_one_of_60_is_not(web: WebServer) -> None:
    web.serve("/small", BODY, headers={"x": "y" * 60_000})
    web.serve("/large", BODY, headers={"x": "y" * 66_000})
    async with fetcher(allow_private=True) as made:
        assert isinstance(await made.fetch(web.url + "/small"), Fetched)
        assert await failure(made, web.url + "/large") is FetchFailure.TOO_LARGE


async def test_the_slowest_are_freed_and_hold_up_nobody(web: WebServer) -> None:
    """A byte a second, fifty at once; a healthy site is read meanwhile as quickly as ever."""
    limits = Limits(total=30, host_gap=0, host_concurrency=50)
    web.fail("/slow", faults.slow_drip(1))
    web.serve("/slow", BODY)
    with WebServer() as healthy:
        url = healthy.serve("/rss", BODY)
        async with fetcher(allow_private=True, limits=limits) as made:
            stuck = [asyncio.create_task(failure(made, web.url + "/slow")) for _ in range(50)]
            await asyncio.to_thread(web.wait_until, lambda: web.count("/slow") == 50)
            assert isinstance(await made.fetch(url), Fetched)
            assert not any(get.done() for get in stuck)
            assert set(await finish(asyncio.gather(*stuck), every=30)) == {FetchFailure.TIMEOUT}


async def test_nobody_waits_for_a_turn_for_ever(web: WebServer) -> None:
    url = web.serve("/rss", BODY)
    hold = web.hold("/rss")
    limits = Limits(read=1e9, total=1e9, queue=3, host_gap=0)
    async with fetcher(allow_private=True, limits=limits) as made:
        first = asyncio.create_task(made.fetch(url))
        await hold.arrived()
        assert await finish(failure(made, url), every=3) is FetchFailure.TIMEOUT
        assert not first.done()
        hold.release()
        assert isinstance(await first, Fetched)


PROGRAM = """
import asyncio, resource, sys
from monitor.app.environment import clock
from monitor.errors import FetchError
from monitor.sources.http.client import Fetcher

async def run(url):
    async with Fetcher(user_agent="t", clock=clock, allow_private=True) as made:
        await made.fetch(sys.argv[1] + "/rss")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(3):
            try:
                await made.fetch(sys.argv[1] + "/bomb")
            except FetchError as error:
                print(error.kind, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)

asyncio.run(run(sys.argv[1]))
"""


def test_a_gigabyte_in_a_megabyte_costs_no_memory(web: WebServer) -> None:
    """Naive reading costs two gigabytes; the bar is 64 MB above an idle process."""
    web.serve("/rss", BODY)
    web.fail("/bomb", faults.gzip_bomb(1 << 30))
    command = [sys.executable, "-c", PROGRAM, web.url]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    growth = [line.split() for line in ended.stdout.splitlines()]
    assert [kind for kind, _ in growth] == ["too_large"] * 3
    assert max(int(kibibytes) for _, kibibytes in growth) < 64 * 1024
