"""What one feed may ask for itself, and what a site says of its pages: routes, robots.txt, redirects, rests."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import FetchError, FetchFailure
from monitor.models.feeds import FeedKind, Fetched, NotModified
from monitor.sources.http.client import Fetcher, Limits
from tests.factories import feed as a_feed
from tests.harness.clock import Clock
from tests.harness.loops import finish, pass_seconds, wait_out
from tests.servers import faults
from tests.servers.certificates import Chain, chain
from tests.servers.resolver import Resolver
from tests.servers.tunnel import Tunnel
from tests.servers.web import Item, WebServer, page, rss

BODY = rss([Item(title="Суд в Актау отложил выдачу", link="https://news.example/1")])
PAGE = page("Суд отложил выдачу", ["Суд в Актау отложил выдачу россиянина до декабря."] * 5)
LIMITS = Limits(body=100_000, host_gap=0, connect=1e6, read=1e6, total=1e6)
pytestmark = pytest.mark.manual_time  # no answer is late because the machine is busy
HTML = "text/html; charset=utf-8"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def fetcher(clock: Clock) -> AsyncIterator[Fetcher]:
    async with Fetcher(user_agent="monitor/0 (+c)", clock=clock, allow_private=True, limits=LIMITS) as made:
        yield made


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    return chain(tmp_path_factory.mktemp("certificates"), "news.example")


@pytest.fixture
def secure(certificates: Chain) -> Iterator[WebServer]:
    server = WebServer()
    server.tls = certificates.server
    with server:
        yield server


async def failure(fetcher: Fetcher, url: str, **options: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fetcher.fetch(url, **options)
    return caught.value


async def fetched(fetcher: Fetcher, url: str, **options: Any) -> Fetched:
    answer = await fetcher.fetch(url, **options)
    assert isinstance(answer, Fetched)
    return answer


def put_robots(web: WebServer, text: str) -> None:
    web.serve("/robots.txt", text, content_type="text/plain")


# --- a feed's own route -------------------------------------------------------------------------------------


async def test_a_feed_may_name_its_reader_and_its_proxy(web: WebServer, fetcher: Fetcher) -> None:
    web.serve("http://news.example/rss", BODY)
    feed = a_feed(proxy=web.url, user_agent="FeedReader/1.0")
    assert (await fetched(fetcher, "http://news.example/rss", feed=feed)).body == BODY
    assert web.requests[0].headers["user-agent"] == "FeedReader/1.0"
    assert (await failure(fetcher, "http://news.invalid/rss")).kind is FetchFailure.CONNECTION
    assert len(web.requests) == 1, "other feeds go their own way"


async def test_a_cyrillic_contact_goes_out_as_utf_8(web: WebServer, fetcher: Fetcher) -> None:
    await fetcher.fetch(web.serve("/rss", BODY), feed=a_feed(user_agent="Чтец/1"))
    assert web.requests[0].headers["user-agent"].encode("latin-1").decode() == "Чтец/1"


async def test_a_proxy_that_speaks_something_else_is_a_named_failure(web: WebServer, fetcher: Fetcher) -> None:
    feed = a_feed(proxy=web.url.replace("http://", "socks5://"))
    web.fail("/", wait_out(faults.hang, seconds=1e6))
    kind = (await failure(fetcher, "http://news.example/rss", feed=feed)).kind
    assert kind in (FetchFailure.CONNECTION, FetchFailure.TIMEOUT)


async def test_a_proxy_of_an_unknown_kind_is_a_bad_address(fetcher: Fetcher) -> None:
    error = await failure(fetcher, "http://news.example/rss", feed=a_feed(proxy="ftp://127.0.0.1:1"))
    assert error.kind is FetchFailure.CONNECTION
    assert "ftp" in str(error)


def through(secure: WebServer) -> Fetcher:
    return Fetcher(user_agent="m", clock=Clock(), allow_private=True, limits=LIMITS, lookup=Resolver("127.0.0.1"))


async def test_a_missing_link_of_certificates_is_named_and_can_be_given(secure: WebServer, certificates: Chain) -> None:
    secure.serve("/rss", BODY)
    url = f"https://news.example:{secure.url.rpartition(':')[2]}/rss"
    async with through(secure) as fetcher:
        error = await failure(fetcher, url, feed=a_feed())
        assert error.kind is FetchFailure.TLS
        assert "ca_file" in str(error)
        trusting = a_feed(ca_file=str(certificates.authorities))
        assert (await fetched(fetcher, url, feed=trusting)).body == BODY
        assert secure.requests[0].headers["host"] == url.split("/")[2]
        assert (await failure(fetcher, url, feed=a_feed())).kind is FetchFailure.TLS, "trusted for that feed alone"


@pytest.mark.parametrize(
    ("scheme", "asked"),
    [
        ("socks5", "SOCKS news.example"),
        ("http", "CONNECT news.example:443 HTTP/1.1"),
        ("https", "CONNECT news.example:443 HTTP/1.1"),
    ],
)
async def test_every_kind_of_proxy_tunnels_to_a_site_with_tls(
    secure: WebServer, certificates: Chain, scheme: str, asked: str
) -> None:
    """The proxy learns the name and nothing else; the certificate is checked behind it."""
    secure.serve("/rss", BODY * 200)
    tls = certificates.server if scheme == "https" else None
    async with Tunnel(int(secure.url.rpartition(":")[2]), tls) as tunnel, through(secure) as fetcher:
        proxy = f"{scheme}://news.example:{tunnel.port}"
        feed = a_feed(proxy=proxy, ca_file=str(certificates.authorities))
        assert (await fetched(fetcher, "https://news.example/rss", feed=feed)).body == BODY * 200
        assert tunnel.asked == [asked]
        assert secure.requests[0].headers["host"] == "news.example"
        error = await failure(fetcher, "https://other.example/rss", feed=feed)
        assert error.kind is FetchFailure.TLS


async def test_a_certificate_of_another_site_is_named(secure: WebServer, certificates: Chain) -> None:
    url = f"https://other.example:{secure.url.rpartition(':')[2]}/rss"
    async with through(secure) as fetcher:
        error = await failure(fetcher, url, feed=a_feed(ca_file=str(certificates.authorities)))
    assert error.kind is FetchFailure.TLS
    assert "другому сайту" in str(error)


@pytest.mark.parametrize("content", [None, "это не сертификат"])
async def test_a_ca_file_that_cannot_be_used_is_named(
    fetcher: Fetcher, web: WebServer, tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "link.pem"
    if content:
        path.write_text(content, encoding="utf-8")
    error = await failure(fetcher, web.url, feed=a_feed(ca_file=str(path)))
    assert error.kind is FetchFailure.TLS
    assert "link.pem" in str(error)
    assert not web.requests


# --- what the answer says of itself -------------------------------------------------------------------------


async def test_permanent_moves_and_freshness_are_told(web: WebServer, fetcher: Fetcher) -> None:
    new = web.serve("/new", BODY, headers={"cache-control": "public, max-age=900"})
    web.redirect("/old", "/middle", status=301)
    web.redirect("/middle", "/new", status=308)
    answer = await fetched(fetcher, web.url + "/old")
    assert (answer.moved_to, answer.url, answer.status) == (new, new, 200)
    assert answer.max_age == timedelta(minutes=15)
    web.redirect("/middle", "/new", status=302)
    assert (await fetched(fetcher, web.url + "/old")).moved_to == "", "one hop is only for now"
    assert (await fetched(fetcher, new)).moved_to == ""


async def test_304_renews_what_it_names(web: WebServer, fetcher: Fetcher) -> None:
    web.fail("/rss", faults.status(304, {"etag": '"2"', "cache-control": "max-age=60"}))
    answer = await fetcher.fetch_if_modified(web.url + "/rss", etag='"1"')
    assert answer == NotModified(etag='"2"', max_age=timedelta(minutes=1))


@pytest.mark.parametrize(
    ("to", "kind"), [("/", FetchFailure.DETOUR), ("/ru/", FetchFailure.DETOUR), ("/login", FetchFailure.FORBIDDEN)]
)
async def test_a_page_where_the_feed_was_is_a_dead_feed(
    web: WebServer, fetcher: Fetcher, to: str, kind: FetchFailure
) -> None:
    web.serve(to, PAGE, content_type=HTML)
    web.redirect("/old/rss", to)
    error = await failure(fetcher, web.url + "/old/rss", feed=a_feed())
    assert error.kind is kind
    assert web.url + to in str(error)
    assert (await failure(fetcher, web.url + "/old/rss", accept="page")).kind is kind, "an article, too"
    assert isinstance(await fetcher.fetch(web.url + to, accept="page"), Fetched), "asked for itself it is a page"


async def test_another_site_instead_of_a_feed(web: WebServer) -> None:
    """A feed may move anywhere; a page of another site is no feed, but may be the article an aggregator points to."""
    port = web.url.rpartition(":")[2]
    async with Fetcher(
        user_agent="m", clock=Clock(), allow_private=True, limits=LIMITS, lookup=Resolver("127.0.0.1")
    ) as fetcher:
        web.redirect("/rss", f"http://other.example:{port}/ads")
        web.serve("/ads", PAGE, content_type=HTML)
        url = f"http://news.example:{port}/rss"
        assert (await failure(fetcher, url, feed=a_feed())).kind is FetchFailure.DETOUR
        assert isinstance(await fetcher.fetch(url, accept="page"), Fetched)
        web.serve("/ads", BODY)
        assert isinstance(await fetcher.fetch(url, feed=a_feed()), Fetched)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('<html><title>Вход</title><form><input name=p type="password"></form>', FetchFailure.FORBIDDEN),
        ("<!doctype html><title>Технические работы</title><p>Скоро вернёмся", FetchFailure.SERVER),
        (
            "<html><script>document.cookie='a=1; path=/';window.location.reload();</script></html>",
            FetchFailure.CHALLENGE,
        ),
    ],
)
async def test_pages_that_stand_in_for_the_feed_are_named(
    web: WebServer, fetcher: Fetcher, body: str, kind: FetchFailure
) -> None:
    url = web.serve("/rss", body, content_type=HTML)
    assert (await failure(fetcher, url, feed=a_feed())).kind is kind
    assert (await failure(fetcher, url, accept="page")).kind is kind


# --- robots.txt ---------------------------------------------------------------------------------------------


async def test_robots_txt_speaks_of_pages_and_not_of_feeds(web: WebServer, fetcher: Fetcher) -> None:
    put_robots(web, "User-agent: *\nDisallow: /private\nDisallow: /rss")
    url = web.serve("/private/1", PAGE, content_type=HTML)
    error = await failure(fetcher, url, accept="page", feed=a_feed(name="Вести"))
    assert error.kind is FetchFailure.ROBOTS
    assert str(error).startswith("Вести: ")
    assert isinstance(await fetcher.fetch(web.serve("/open/1", PAGE, content_type=HTML), accept="page"), Fetched)
    assert isinstance(await fetcher.fetch(web.serve("/rss", BODY), feed=a_feed()), Fetched)
    assert (await failure(fetcher, url, feed=a_feed(kind=FeedKind.HTML))).kind is FetchFailure.ROBOTS
    assert [request.path for request in web.requests] == ["/robots.txt", "/open/1", "/rss"]


async def test_validators_of_a_page_are_not_those_of_its_robots_txt(web: WebServer, fetcher: Fetcher) -> None:
    web.serve("/robots.txt", "User-agent: *\nDisallow: /private", etag='"1"')
    url = web.serve("/list", PAGE, content_type=HTML, etag='"1"')
    answer = await fetcher.fetch_if_modified(url, etag='"1"', feed=a_feed(kind=FeedKind.HTML))
    assert isinstance(answer, NotModified)
    assert "if-none-match" not in web.requests[0].headers


async def test_a_redirect_does_not_lead_past_robots_txt(web: WebServer, fetcher: Fetcher) -> None:
    put_robots(web, "User-agent: monitor\nDisallow: /private")
    web.serve("/private/1", PAGE, content_type=HTML)
    web.redirect("/open", "/private/1")
    assert (await failure(fetcher, web.url + "/open", accept="page")).kind is FetchFailure.ROBOTS
    assert web.count("/private/1") == 0


async def test_robots_txt_is_asked_once_a_day_and_once_at_a_time(
    web: WebServer, fetcher: Fetcher, clock: Clock
) -> None:
    put_robots(web, "User-agent: *\nDisallow: /private")
    url = web.serve("/open", PAGE, content_type=HTML)
    await asyncio.gather(*(fetcher.fetch(url, accept="page") for _ in range(5)))
    assert web.count("/robots.txt") == 1
    clock.now += timedelta(hours=25)
    await fetcher.fetch(url, accept="page")
    assert web.count("/robots.txt") == 2


@pytest.mark.parametrize(
    "fault",
    [
        faults.status(404),
        faults.status(401),
        faults.status(403),
        faults.status(200),
        faults.huge(600_000),
        faults.endless_redirect,
        faults.status(200, {"content-type": HTML}, "<html><script src='/__qrator/qauth_utm_v2.js'></script>"),
    ],
)
async def test_a_site_without_rules_allows_everything(web: WebServer, fetcher: Fetcher, fault: faults.Fault) -> None:
    web.fail("/robots.txt", fault)
    url = web.serve("/open", PAGE, content_type=HTML)
    for _ in range(2):
        assert isinstance(await fetcher.fetch(url, accept="page"), Fetched)


async def test_a_site_whose_rules_are_unreachable_is_closed_for_a_day(
    web: WebServer, fetcher: Fetcher, clock: Clock
) -> None:
    web.fail("/robots.txt", faults.status(500))
    url = web.serve("/open", PAGE, content_type=HTML)
    for _ in range(3):
        error = await failure(fetcher, url, accept="page")
        assert error.kind is FetchFailure.SERVER
        assert "robots.txt" in str(error)
    assert web.count("/robots.txt") == 1, "it is not asked for every page"
    clock.now += timedelta(hours=23)
    assert (await failure(fetcher, url, accept="page")).kind is FetchFailure.SERVER
    clock.now += timedelta(hours=2)
    assert isinstance(await fetcher.fetch(url, accept="page"), Fetched)


async def test_known_rules_outlive_an_outage(web: WebServer, fetcher: Fetcher, clock: Clock) -> None:
    put_robots(web, "User-agent: *\nDisallow: /private")
    url = web.serve("/open", PAGE, content_type=HTML)
    await fetcher.fetch(url, accept="page")
    web.fail("/robots.txt", faults.reset)
    clock.now += timedelta(hours=30)
    assert isinstance(await fetcher.fetch(url, accept="page"), Fetched)
    assert (await failure(fetcher, web.url + "/private", accept="page")).kind is FetchFailure.ROBOTS


async def test_crawl_delay_holds_between_pages_and_not_before_a_feed(web: WebServer, fetcher: Fetcher) -> None:
    put_robots(web, "User-agent: *\nCrawl-delay: 5")
    first, second = (web.serve(path, PAGE, content_type=HTML) for path in ("/1", "/2"))
    feed = web.serve("/rss", BODY)
    await finish(fetcher.fetch(first, accept="page"), every=5)
    await fetcher.fetch(feed, feed=a_feed())
    waiting = asyncio.create_task(fetcher.fetch(second, accept="page"))
    await pass_seconds(4.9)
    await fetcher.fetch(web.url.replace("127.0.0.1", "localhost") + "/rss")  # another host: time enough for the other
    assert web.count("/2") == 0
    assert isinstance(await finish(waiting, every=0.1), Fetched)


# --- rests --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 503])
async def test_a_host_that_asks_for_a_rest_gets_it(web: WebServer, fetcher: Fetcher, clock: Clock, status: int) -> None:
    url = web.serve("/rss", BODY)
    web.fail("/busy", faults.status(status, {"retry-after": "60"}))
    await failure(fetcher, web.url + "/busy")
    waits = [(await failure(fetcher, f"{url}?{n}", feed=a_feed())).retry_after for n in range(5)]
    assert web.count("/rss") == 0, "the whole host rests, not only the address that was refused"
    assert len(set(waits)) == 5, "those kept out do not all come back at once"
    assert all(wait and timedelta(seconds=60) <= wait <= timedelta(seconds=72) for wait in waits)
    clock.now += timedelta(seconds=61)
    assert isinstance(await fetcher.fetch(url), Fetched)


async def test_a_rest_is_short_whatever_the_clock_is_set_to(web: WebServer, fetcher: Fetcher, clock: Clock) -> None:
    url = web.serve("/rss", BODY)
    web.fail("/busy", faults.status(429, {"retry-after": "86400"}))
    await failure(fetcher, web.url + "/busy")
    clock.now += timedelta(minutes=5)
    assert isinstance(await fetcher.fetch(url), Fetched)
    await failure(fetcher, web.url + "/busy")
    clock.wrong = timedelta(days=-1)
    clock.now += timedelta(minutes=5)
    assert isinstance(await fetcher.fetch(url), Fetched)
