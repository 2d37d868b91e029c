import asyncio
import gc
import gzip
import re
import zlib
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from itertools import pairwise

import brotli
import httpx
import pytest
import zstandard

from monitor.errors import FetchError, FetchFailure
from monitor.models.feeds import Fetched, NotModified
from monitor.sources.http.client import Fetcher, Limits
from tests.factories import feed as a_feed
from tests.harness.clock import Clock
from tests.harness.living import living
from tests.harness.loops import pass_seconds, wait_out
from tests.servers import faults
from tests.servers.web import Item, WebServer, rss

BODY = rss([Item(title="Суд в Актау отложил выдачу", link="https://news.example/1")])
QUICK = Limits(body=100_000, connect=2, read=1, total=2, host_gap=0)
pytestmark = pytest.mark.manual_time  # no answer is late because the machine is busy
VESTI = a_feed(name="Вести")
AGENT = "monitor/0 (+https://contact.example)"


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(user_agent=AGENT, clock=Clock(), allow_private=True, limits=QUICK) as opened:
        yield opened


async def failure_of(fetcher: Fetcher, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fetcher.fetch(url, feed=VESTI)
    assert str(caught.value).startswith("Вести: ")
    return caught.value


async def test_fetches_the_body_with_what_describes_it(web: WebServer, fetcher: Fetcher) -> None:
    url = web.serve("/rss", BODY, etag='W/"a b"', last_modified="Mon, 16 Nov 2026 10:00:00 GMT")
    assert await fetcher.fetch(url) == Fetched(
        url=url,
        body=BODY,
        content_type="application/rss+xml; charset=utf-8",
        etag='W/"a b"',
        last_modified="Mon, 16 Nov 2026 10:00:00 GMT",
    )


async def test_says_who_asks_and_for_what(web: WebServer, fetcher: Fetcher) -> None:
    url = web.serve("/rss", BODY)
    await fetcher.fetch(url)
    await fetcher.fetch(url, accept="page")
    feed, page = (request for request in web.requests if request.path != "/robots.txt")
    assert feed.headers["user-agent"] == AGENT
    assert feed.headers["accept"].startswith("application/rss+xml")
    assert page.headers["accept"].startswith("text/html")
    assert "cookie" not in feed.headers
    assert "if-none-match" not in feed.headers


async def test_validators_go_back_verbatim_and_304_is_a_value(web: WebServer, fetcher: Fetcher) -> None:
    url = web.serve("/rss", BODY, etag='W/"é-gzip"', last_modified="вчера".encode().decode("latin-1"))
    first = await fetcher.fetch(url)
    assert isinstance(
        await fetcher.fetch_if_modified(url, etag=first.etag, last_modified=first.last_modified), NotModified
    )
    assert web.requests[1].headers["if-none-match"] == web.requests[1].headers["if-none-match"].strip()
    assert first.etag == 'W/"é-gzip"'


async def test_empty_validators_are_not_sent(web: WebServer, fetcher: Fetcher) -> None:
    url = web.serve("/rss", BODY)
    await fetcher.fetch_if_modified(url, etag="", last_modified="")
    assert not web.requests[0].headers.keys() & {"if-none-match", "if-modified-since"}


async def test_304_that_nobody_asked_for_is_a_failure(web: WebServer, fetcher: Fetcher) -> None:
    web.fail("/rss", faults.status(304))
    assert (await failure_of(fetcher, web.url + "/rss")).kind is FetchFailure.REDIRECTS


async def test_cookies_do_not_return(web: WebServer, fetcher: Fetcher) -> None:
    url = web.serve("/rss", BODY, headers={"set-cookie": "seen=1; Path=/"})
    await fetcher.fetch(url)
    await fetcher.fetch(url)
    assert "cookie" not in web.requests[1].headers


@pytest.mark.parametrize(
    ("coding", "wire"),
    [
        ("gzip", gzip.compress(BODY)),
        ("gzip", gzip.compress(BODY[:50]) + gzip.compress(BODY[50:])),
        ("deflate", zlib.compress(BODY)),
        ("deflate", zlib.compress(BODY)[2:-4]),
        ("br", brotli.compress(BODY)),
        ("zstd", zstandard.compress(BODY)),
        ("gzip, br", brotli.compress(gzip.compress(BODY))),
        ("identity", BODY),
    ],
)
async def test_content_encodings_are_undone(web: WebServer, fetcher: Fetcher, coding: str, wire: bytes) -> None:
    web.fail("/rss", faults.encoded(coding, wire))
    fetched = await fetcher.fetch(web.url + "/rss")
    assert fetched.body == BODY


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (wait_out(faults.hang), FetchFailure.TIMEOUT),
        (wait_out(faults.slow_drip(10)), FetchFailure.TIMEOUT),
        (faults.reset, FetchFailure.CONNECTION),
        (faults.no_answer, FetchFailure.CONNECTION),
        (faults.garbage, FetchFailure.CONNECTION),
        (faults.drop_mid_body, FetchFailure.CONNECTION),
        (faults.truncate, FetchFailure.CONNECTION),
        (faults.huge(200_000), FetchFailure.TOO_LARGE),
        (faults.gzip_bomb(64 << 20), FetchFailure.TOO_LARGE),
        (faults.encoded("br", brotli.compress(bytes(64 << 20), quality=1)), FetchFailure.TOO_LARGE),
        (faults.encoded("zstd", zstandard.compress(bytes(64 << 20))), FetchFailure.TOO_LARGE),
        (faults.bad_gzip, FetchFailure.ENCODING),
        (faults.encoded("gzip", gzip.compress(BODY)[:-20]), FetchFailure.ENCODING),
        (faults.encoded("zstd", zstandard.compress(BODY)[:-20]), FetchFailure.ENCODING),
        (faults.encoded("br", brotli.compress(BODY)[:-20]), FetchFailure.ENCODING),
        (faults.encoded("snappy", bytes(100)), FetchFailure.ENCODING),
        (faults.encoded("gzip, gzip, gzip", BODY), FetchFailure.ENCODING),
        (faults.endless_redirect, FetchFailure.REDIRECTS),
        (faults.empty, FetchFailure.EMPTY),
        (faults.status(200, body=" \r\n "), FetchFailure.EMPTY),
        (faults.status(204), FetchFailure.EMPTY),
        (faults.status(404), FetchFailure.NOT_FOUND),
        (faults.status(410), FetchFailure.NOT_FOUND),
        (faults.status(401), FetchFailure.FORBIDDEN),
        (faults.status(403), FetchFailure.FORBIDDEN),
        (faults.status(451), FetchFailure.FORBIDDEN),
        (faults.status(429), FetchFailure.THROTTLED),
        (faults.status(418), FetchFailure.CLIENT),
        (faults.status(502, {"content-encoding": "gzip"}, "not gzip"), FetchFailure.SERVER),
        (faults.status(302), FetchFailure.REDIRECTS),
        (faults.status(302, {"location": "file:///etc/passwd"}), FetchFailure.REDIRECTS),
        (faults.status(302, {"location": "http://[::1"}), FetchFailure.REDIRECTS),
        (faults.status(302, {"location": "mailto:editor@news.example"}), FetchFailure.REDIRECTS),
        (faults.status(302, {"location": "http://me:secret@127.0.0.1/"}), FetchFailure.BAD_URL),
        (faults.status(300), FetchFailure.REDIRECTS),
    ],
)
async def test_every_fault_has_its_name(
    web: WebServer, fetcher: Fetcher, fault: faults.Fault, kind: FetchFailure
) -> None:
    url = web.serve("/rss", BODY)
    web.fail("/rss", fault)
    assert (await failure_of(fetcher, url)).kind is kind
    web.mend("/rss")
    assert isinstance(await fetcher.fetch(url), Fetched), "one failure does not spoil the next request"


@pytest.mark.parametrize(
    "url", ["", "nonsense", "ftp://a.kz/", "http://", "http://[::1", "http://me:pw@a.kz/", "http://a.kz:99999/"]
)
async def test_what_is_no_address_is_named(fetcher: Fetcher, url: str) -> None:
    assert (await failure_of(fetcher, url)).kind is FetchFailure.BAD_URL


@pytest.mark.parametrize("who", ["me:secret", "me", ":secret"])
async def test_a_name_and_password_in_an_address_are_told_and_not_repeated(fetcher: Fetcher, who: str) -> None:
    said = str(await failure_of(fetcher, f"http://{who}@a.kz/"))
    assert "в адресе имя или пароль" in said
    assert "secret" not in said


async def test_a_host_that_is_not_there(fetcher: Fetcher) -> None:
    for url, said in (
        ("http://127.0.0.1:1/", "не принимает соединений"),
        ("http://no-such-host.invalid/", "сайта"),
    ):
        error = await failure_of(fetcher, url)
        assert error.kind is FetchFailure.CONNECTION
        assert said in error.message
        assert not re.search("[A-Za-z]{4}", error.message), "a maintainer reads Russian"


async def test_plain_http_behind_https_is_a_tls_failure(web: WebServer, fetcher: Fetcher) -> None:
    kind = (await failure_of(fetcher, web.url.replace("http://", "https://"))).kind
    assert kind in (FetchFailure.TLS, FetchFailure.CONNECTION)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed_and_the_final_address_is_told(
    web: WebServer, fetcher: Fetcher, status: int
) -> None:
    final = web.serve("/новый/rss", BODY)
    web.redirect("/rss", "/moved?a=1", status=status)
    web.redirect("/moved", final.encode().decode("latin-1"), status=status)  # as many servers send it
    fetched = await fetcher.fetch_if_modified(web.url + "/rss", etag='"1"')
    assert isinstance(fetched, Fetched)
    assert fetched.url == final
    assert [request.headers.get("if-none-match") for request in web.requests] == ['"1"'] * 3


@pytest.mark.parametrize(
    ("asked", "understood"),
    [
        ("120", timedelta(minutes=2)),
        ("0", timedelta(0)),
        ("99999999999999999999", timedelta(hours=24)),
        ("Sun, 22 Nov 2026 09:10:00 GMT", timedelta(minutes=10)),
        ("Sun, 22 Nov 2026 08:00:00 GMT", timedelta(0)),
        ("Sun, 22 Nov 2099 08:00:00 GMT", timedelta(hours=24)),
        ("-5", None),
        ("скоро".encode().decode("latin-1"), None),
        ("", None),
    ],
)
async def test_retry_after_is_understood_and_capped(
    web: WebServer, fetcher: Fetcher, asked: str, understood: timedelta | None
) -> None:
    web.fail("/rss", faults.status(429, {"retry-after": asked}))
    assert (await failure_of(fetcher, web.url + "/rss")).retry_after == understood


@pytest.mark.parametrize("status", [200, 403, 503])
@pytest.mark.parametrize(
    ("page", "wall"),
    [
        ("<!DOCTYPE html><title>Just a moment...</title>", "Cloudflare"),
        ("<html><script>window._cf_chl_opt={}</script>", "Cloudflare"),
        ("<!doctype html><html><head><title>DDoS-Guard</title>", "DDoS-Guard"),
        ('<html><script src="/__qrator/qauth_utm_v2.js"></script>', "Qrator"),
    ],
)
async def test_bot_walls_are_named(web: WebServer, fetcher: Fetcher, page: str, wall: str, status: int) -> None:
    url = web.serve("/rss", page, content_type="text/html", status=status)
    error = await failure_of(fetcher, url)
    assert error.kind is FetchFailure.CHALLENGE
    assert wall in str(error)


async def test_a_compressed_wall_behind_an_error_is_named(web: WebServer, fetcher: Fetcher) -> None:
    packed = gzip.compress(b"<!doctype html><title>Just a moment...</title>")
    web.fail("/rss", faults.status(403, {"content-encoding": "gzip"}, packed))
    assert (await failure_of(fetcher, web.url + "/rss")).kind is FetchFailure.CHALLENGE


async def test_a_feed_that_speaks_of_walls_is_a_feed(web: WebServer, fetcher: Fetcher) -> None:
    body = rss([Item(title="Что такое _cf_chl_opt и /__qrator/", link="https://news.example/1")])
    assert isinstance(await fetcher.fetch(web.serve("/rss", body)), Fetched)


@pytest.mark.parametrize("hops", [2, 3])
async def test_redirects_and_bodies_draw_on_one_deadline(web: WebServer, fetcher: Fetcher, hops: int) -> None:
    paths = ["/a", "/b", "/c"][:hops]
    holds = [web.hold(path) for path in paths]
    for path, target in pairwise(paths):
        web.redirect(path, target)
    web.serve(paths[-1], BODY)
    get = asyncio.create_task(fetcher.fetch(f"{web.url}/a", feed=VESTI))
    for hold in holds:
        await hold.arrived()
        await pass_seconds(0.4 * QUICK.total)
        hold.release()
    if hops == 2:
        assert isinstance(await get, Fetched)
    else:
        with pytest.raises(FetchError) as caught:
            await get
        assert caught.value.kind is FetchFailure.TIMEOUT


async def test_a_get_leaves_nothing_to_the_garbage_collector(web: WebServer, fetcher: Fetcher) -> None:
    def responses() -> int:
        return len(living(httpx.Response))

    url = web.serve("/rss", "x")
    gc.collect()
    gc.disable()
    try:
        before = responses()
        await fetcher.fetch(url)
        assert responses() == before
    finally:
        gc.enable()


async def test_a_visit_that_waited_for_room_brings_only_what_came_then(web: WebServer) -> None:
    web.redirect("/a", "/b", status=302)
    large = web.serve("/b", "x" * 700_000)
    limits = Limits(host_gap=0, in_flight=700_000)
    async with Fetcher(user_agent=AGENT, clock=Clock(), allow_private=True, limits=limits) as fetcher:

        async def statuses(url: str) -> list[int]:
            async with fetcher.visit(url, feed=VESTI) as visit:
                return [exchange.status for exchange in visit.exchanges]

        async with fetcher.visit(large, feed=VESTI):
            waiting = asyncio.create_task(statuses(web.url + "/a"))
            while not fetcher._budget._line:
                await pass_seconds(0.01)
        assert await waiting == [302, 200]
    assert web.count("/b") == 3, "it was turned away and began anew"


async def test_a_visit_brings_a_refusal_as_it_came(web: WebServer, fetcher: Fetcher) -> None:
    web.fail("/a", faults.status(410))
    async with fetcher.visit(web.url + "/a", feed=VESTI) as visit:
        assert isinstance(visit.answer, FetchError)
        assert visit.answer.kind is FetchFailure.NOT_FOUND
        assert [exchange.status for exchange in visit.exchanges] == [410]


async def test_cancelling_is_not_a_failure(web: WebServer, fetcher: Fetcher) -> None:
    with web.hold("/rss") as hold:
        task = asyncio.create_task(fetcher.fetch(web.serve("/rss", BODY)))
        await hold.arrived()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_one_request_at_a_time_per_host_with_a_gap(web: WebServer) -> None:
    url, elsewhere = web.serve("/rss", BODY), web.serve("/", BODY).replace("127.0.0.1", "localhost")
    async with Fetcher(user_agent=AGENT, clock=Clock(), allow_private=True, limits=Limits(host_gap=2)) as fetcher:
        gets = [asyncio.create_task(fetcher.fetch(url)) for _ in range(3)]
        for number, get in enumerate(gets, start=1):
            await get
            await pass_seconds(1.9)
            await fetcher.fetch(elsewhere)  # another host; meanwhile the next turn at the first would have been had
            assert web.count("/rss") == number
            await pass_seconds(0.1)


async def test_a_hanging_host_does_not_hold_up_another(web: WebServer) -> None:
    limits = Limits(host_gap=0)
    with WebServer() as other:
        url = other.serve("/rss", BODY)
        web.fail("/rss", faults.hang)
        async with Fetcher(user_agent=AGENT, clock=Clock(), allow_private=True, limits=limits) as fetcher:
            stuck = asyncio.create_task(fetcher.fetch(web.url + "/rss"))
            assert isinstance(await fetcher.fetch(url), Fetched)
            assert not stuck.done()
            stuck.cancel()
            with pytest.raises(asyncio.CancelledError):
                await stuck


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "[::1]"])
async def test_the_private_network_is_out_of_reach(web: WebServer, host: str) -> None:
    port = web.url.rpartition(":")[2]
    web.serve("/rss", BODY)
    async with Fetcher(user_agent=AGENT, clock=Clock(), limits=QUICK) as fetcher:
        error = await failure_of(fetcher, f"http://{host}:{port}/rss")
    assert error.kind is FetchFailure.BLOCKED_ADDRESS
    assert "MONITOR_ALLOW_PRIVATE_ADDRESSES" in str(error)
    assert not web.requests


async def test_through_a_proxy_private_literals_are_refused_and_names_are_the_proxys(web: WebServer) -> None:
    web.serve("http://news.example/rss", BODY)
    async with Fetcher(user_agent=AGENT, clock=Clock(), proxy=web.url, limits=QUICK) as fetcher:
        assert isinstance(await fetcher.fetch("http://news.example/rss"), Fetched)
        for host in ("10.0.0.1", "169.254.169.254", "2130706433", "[fd00::1]"):
            assert (await failure_of(fetcher, f"http://{host}/")).kind is FetchFailure.BLOCKED_ADDRESS
    assert len(web.requests) == 1
