"""Servers that answer oddly and are read all the same."""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Iterator

import pytest
import zstandard

from monitor.errors import FetchError, FetchFailure
from monitor.models.feeds import FeedKind, Fetched
from monitor.sources.http.client import Fetcher, Limits
from tests.factories import feed as a_feed
from tests.harness.clock import Clock
from tests.servers.loopback import Exchange, Response
from tests.servers.web import Item, WebServer, rss

BODY = rss([Item(title="Суд в Актау отложил выдачу", link="https://news.example/1")])
LIMITS = Limits(host_gap=0)


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(user_agent="monitor/0", clock=Clock(), allow_private=True, limits=LIMITS) as made:
        yield made


async def body_of(fetcher: Fetcher, url: str, **options: str) -> bytes:
    fetched = await fetcher.fetch_if_modified(url, **options)  # type: ignore[arg-type]  # validators are texts
    assert isinstance(fetched, Fetched)
    return fetched.body


@pytest.mark.parametrize("kind", [None, *FeedKind])
async def test_a_feed_of_every_kind_takes_what_the_server_calls_it(
    web: WebServer, fetcher: Fetcher, kind: FeedKind | None
) -> None:
    url = web.serve("/feed", BODY)
    await fetcher.fetch(url, feed=a_feed(kind=kind) if kind else None)
    assert "*/*" in web.requests[-1].headers["accept"]
    await fetcher.fetch(url, feed=a_feed(kind=FeedKind.RSS))
    assert "text/xml" in web.requests[-1].headers["accept"]


async def test_412_is_asked_again_once_without_validators(web: WebServer, fetcher: Fetcher) -> None:
    async def refuse(exchange: Exchange, answer: object) -> None:
        is_conditional = "if-none-match" in exchange.request.headers
        await exchange.send(Response(status=412) if is_conditional else Response(status=200, body=BODY))

    url = web.serve("/rss", BODY)
    web.fail("/rss", refuse)
    assert await body_of(fetcher, url, etag='"a"', last_modified="x") == BODY
    assert [sorted({"if-none-match", "if-modified-since"} & set(request.headers)) for request in web.requests] == [
        ["if-modified-since", "if-none-match"],
        [],
    ]


async def test_412_without_validators_is_a_failure(web: WebServer, fetcher: Fetcher) -> None:
    url = web.serve("/rss", BODY, status=412)
    with pytest.raises(FetchError):
        await fetcher.fetch(url)
    assert web.count("/rss") == 1


async def test_a_cookie_goes_back_within_the_chain_and_to_its_host_only(web: WebServer, fetcher: Fetcher) -> None:
    with WebServer() as other:
        web.serve("/rss", BODY, headers={"set-cookie": "x=1"})
        web.redirect("/start", "/rss")
        web.fail("/rss", _setting("SID=7; path=/", "/again"), times=1)
        web.redirect("/again", other.url + "/elsewhere")
        other.redirect("/elsewhere", web.url + "/rss")
        assert await body_of(fetcher, web.url + "/start") == BODY
        assert "cookie" not in other.requests[-1].headers
    assert web.requests[-1].headers["cookie"] == "SID=7"
    await fetcher.fetch(web.url + "/rss")
    assert "cookie" not in web.requests[-1].headers


def _setting(cookie: str, location: str):  # type: ignore[no-untyped-def]  # a Fault
    async def fault(exchange: Exchange, answer: object) -> None:
        await exchange.send(Response(status=302, headers={"location": location, "set-cookie": cookie}))

    return fault


@pytest.mark.parametrize(
    "coding", ["aws-chunked", "utf-8", "none", "gzip", "br", "zstd", "deflate", "gzip, br", "8bit"]
)
async def test_a_plain_body_is_read_whatever_coding_is_named(web: WebServer, fetcher: Fetcher, coding: str) -> None:
    url = web.serve("/rss", BODY, headers={"content-encoding": coding})
    assert await body_of(fetcher, url) == BODY


@pytest.mark.parametrize("body", [gzip.compress(BODY), zstandard.compress(BODY)])
async def test_a_body_compressed_without_saying_so_is_read(web: WebServer, fetcher: Fetcher, body: bytes) -> None:
    assert await body_of(fetcher, web.serve("/rss", body)) == BODY


async def test_a_body_of_blanks_is_empty_and_stops_nothing(web: WebServer, fetcher: Fetcher) -> None:
    url = web.serve("/rss", b" \n" * 4_000_000)
    began = time.process_time()
    with pytest.raises(FetchError) as caught:
        await asyncio.wait_for(fetcher.fetch(url), 60)
    assert caught.value.kind is FetchFailure.EMPTY
    assert time.process_time() - began < 10
