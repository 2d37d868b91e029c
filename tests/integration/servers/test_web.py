"""The news site of the other tests, seen through a real client."""

import gzip
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import feedparser
import httpx
import pytest

from tests.servers import faults
from tests.servers.faults import Fault
from tests.servers.loopback import Exchange, LoopbackServer
from tests.servers.web import Item, WebServer, atom, page, rss

PUBLISHED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ITEM = Item(
    title="Суд & «экстрадиция»",
    link="https://news.example/1?a=1&b=2",
    guid="news-1",
    description="Коротко <о деле>",
    content="<p>Полный текст</p>",
    published=PUBLISHED,
)
FEED = rss([ITEM])


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer() as server:
        server.serve("/feed", FEED)
        yield server


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=60, verify=False) as opened:
        yield opened


def test_a_document_is_served_until_replaced_or_removed(web: WebServer, client: httpx.Client) -> None:
    address = web.serve("/feed", "новый", content_type="text/plain; charset=utf-8", headers={"X-Own": "1"})
    replaced = client.get(address)
    web.remove("/feed")

    assert (replaced.text, replaced.headers["x-own"]) == ("новый", "1")
    assert client.get(address).status_code == 404


def test_a_path_with_a_query_wins_over_the_bare_path(web: WebServer, client: httpx.Client) -> None:
    web.serve("/feed?page=2", "вторая")

    assert client.get(f"{web.url}/feed?page=2").text == "вторая"
    assert client.get(f"{web.url}/feed?page=3").content == FEED
    assert web.count("/feed") == 2


def test_requests_are_remembered_in_order(web: WebServer, client: httpx.Client) -> None:
    client.head(f"{web.url}/feed?x=%D1%8F", headers={"User-Agent": "reader"})
    client.get(f"{web.url}/статья")

    first, second = web.requests
    assert (first.method, first.path, first.parameter("x"), first.headers["user-agent"]) == (
        "HEAD",
        "/feed",
        "я",
        "reader",
    )
    assert second.path == "/статья"
    assert second.at >= first.at


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 200),
        ({"if-none-match": '"v1"'}, 304),
        ({"if-none-match": 'W/"v1"'}, 304),
        ({"if-none-match": '"v0", "v1"'}, 304),
        ({"if-none-match": "*"}, 304),
        ({"if-none-match": '"v0"'}, 200),
        ({"if-none-match": '"v0"', "if-modified-since": "Sun, 01 Mar 2026 09:30:00 GMT"}, 200),
        ({"if-modified-since": "Sun, 01 Mar 2026 09:30:00 GMT"}, 304),
        ({"if-modified-since": "Sun, 01 Mar 2026 09:29:59 GMT"}, 200),
        ({"if-modified-since": "вчера".encode()}, 200),
    ],
)
def test_validators_are_honoured(web: WebServer, client: httpx.Client, sent: dict[str, Any], status: int) -> None:
    web.serve("/feed", FEED, etag='W/"v1"', last_modified=PUBLISHED)

    answer = client.get(f"{web.url}/feed", headers=sent)

    assert answer.status_code == status
    assert answer.headers["etag"] == 'W/"v1"'
    assert answer.headers["last-modified"] == "Sun, 01 Mar 2026 09:30:00 GMT"
    assert bool(answer.content) == (status == 200)


def test_an_automatic_etag_follows_the_body(web: WebServer, client: httpx.Client) -> None:
    tags = []
    for body in ("раз", "два", "раз"):
        web.serve("/feed", body, etag="auto")
        tags.append(client.get(f"{web.url}/feed").headers["etag"])

    assert tags[0] == tags[2] != tags[1]


def test_a_redirect_leads_on(web: WebServer, client: httpx.Client) -> None:
    web.redirect("/old", "/feed", status=301)

    answer = client.get(f"{web.url}/old", follow_redirects=True)

    assert [hop.status_code for hop in answer.history] == [301]
    assert answer.content == FEED


def test_a_compressed_document_goes_out_as_given(web: WebServer, client: httpx.Client) -> None:
    web.serve("/feed", gzip.compress(FEED), headers={"Content-Encoding": "gzip"})

    assert client.get(f"{web.url}/feed").content == FEED


BROKEN = {
    "reset": (faults.reset, httpx.ReadError),
    "no answer": (faults.no_answer, httpx.RemoteProtocolError),
    "garbage": (faults.garbage, httpx.RemoteProtocolError),
    "drop mid body": (faults.drop_mid_body, httpx.RemoteProtocolError),
    "truncate": (faults.truncate, httpx.RemoteProtocolError),
    "bad gzip": (faults.bad_gzip, httpx.DecodingError),
    "hang": (faults.hang, httpx.ReadTimeout),
    "slow": (faults.slow(5), httpx.ReadTimeout),
}


@pytest.mark.parametrize(("fault", "error"), BROKEN.values(), ids=BROKEN)
def test_a_broken_answer_breaks_the_client_once(
    web: WebServer, client: httpx.Client, fault: Fault, error: type[Exception]
) -> None:
    web.fail("/feed", fault, times=1)

    with pytest.raises(error):
        client.get(f"{web.url}/feed", timeout=0.2 if error is httpx.ReadTimeout else 60)
    assert client.get(f"{web.url}/feed").content == FEED


def test_a_reset_is_an_rst_and_a_missing_answer_is_not(web: WebServer, client: httpx.Client) -> None:
    web.fail("/feed", faults.reset)

    with pytest.raises(httpx.ReadError, match="Connection reset"):
        client.get(f"{web.url}/feed")


def test_statuses_and_empty_bodies(web: WebServer, client: httpx.Client) -> None:
    web.fail("/feed", faults.status(503, {"Retry-After": "7"}, "занято"), times=1)
    web.fail("/feed", faults.status(799), times=1)
    web.fail("/feed", faults.empty, times=1)

    busy, odd, empty = (client.get(f"{web.url}/feed") for _ in range(3))

    assert (busy.status_code, busy.headers["retry-after"], busy.text) == (503, "7", "занято")
    assert odd.status_code == 799
    assert (empty.status_code, empty.content) == (200, b"")


def test_a_lying_length_cuts_the_body(web: WebServer, client: httpx.Client) -> None:
    web.fail("/feed", faults.lying_content_length, times=1)

    assert client.get(f"{web.url}/feed").content == FEED[: len(FEED) // 2]
    assert client.get(f"{web.url}/feed").content == FEED


def test_a_drip_comes_in_pieces(web: WebServer, client: httpx.Client) -> None:
    web.serve("/feed", "x" * 50)
    web.fail("/feed", faults.slow_drip(200))

    with client.stream("GET", f"{web.url}/feed") as answer:
        pieces = list(answer.iter_raw())

    assert b"".join(pieces) == b"x" * 50
    assert len(pieces) > 1


def test_a_huge_body_streams_without_a_length(web: WebServer, client: httpx.Client) -> None:
    web.fail("/feed", faults.huge(3_000_000))

    with client.stream("GET", f"{web.url}/feed") as answer:
        assert "content-length" not in answer.headers
        assert sum(len(piece) for piece in answer.iter_raw()) > 3_000_000


def test_a_client_may_leave_a_huge_body(web: WebServer, client: httpx.Client) -> None:
    web.fail("/feed", faults.huge(1 << 40))

    with client.stream("GET", f"{web.url}/feed") as answer:
        next(answer.iter_raw())


def test_a_gzip_bomb_is_small_and_valid(web: WebServer, client: httpx.Client) -> None:
    size = 16 << 20
    web.fail("/feed", faults.gzip_bomb(size))

    with client.stream("GET", f"{web.url}/feed") as answer:
        wire = b"".join(answer.iter_raw())

    assert len(wire) < size // 500
    assert gzip.decompress(wire) == bytes(size)


def test_an_endless_redirect_never_visits_an_address_twice(web: WebServer, client: httpx.Client) -> None:
    web.fail("/feed", faults.endless_redirect)

    with pytest.raises(httpx.TooManyRedirects):
        client.get(f"{web.url}/feed?id=7", follow_redirects=True)
    queries = [request.query for request in web.requests]
    assert len(set(queries)) == len(queries) > 5


def test_faults_wait_in_a_queue_and_can_be_mended(web: WebServer, client: httpx.Client) -> None:
    web.fail("/feed", faults.status(500), times=2)
    web.fail("/feed", faults.status(502))
    web.serve("/other", "цела")

    spoiled = [client.get(f"{web.url}/feed").status_code for _ in range(4)]
    web.mend("/feed")

    assert spoiled == [500, 500, 502, 502]
    assert client.get(f"{web.url}/other").text == "цела"
    assert client.get(f"{web.url}/feed").content == FEED


def test_a_held_request_waits_for_its_release(web: WebServer, client: httpx.Client) -> None:
    with ThreadPoolExecutor() as pool, web.hold("/feed") as hold:
        answer = pool.submit(client.get, f"{web.url}/feed")
        hold.wait_arrived()
        assert not answer.done()
        web.serve("/feed", "новое")
        hold.release()

        assert answer.result().text == "новое"
    assert client.get(f"{web.url}/feed").text == "новое"


def test_a_hold_nobody_reaches_says_so(web: WebServer) -> None:
    with web.hold("/feed") as hold, pytest.raises(TimeoutError):
        hold.wait_arrived(timeout=0.01)


def test_a_test_can_wait_for_the_nth_request(web: WebServer, client: httpx.Client) -> None:
    with ThreadPoolExecutor() as pool:
        pool.submit(client.get, f"{web.url}/feed")
        web.wait_until(lambda: web.count("/feed") == 1)

    with pytest.raises(TimeoutError):
        web.wait_until(lambda: web.count("/feed") == 2, timeout=0.01)


def test_a_stopped_server_refuses_and_comes_back_as_it_was(web: WebServer, client: httpx.Client) -> None:
    address = f"{web.url}/feed"
    client.get(address)

    web.stop()
    with pytest.raises(httpx.ConnectError):
        client.get(address)
    web.start()

    assert client.get(address).content == FEED
    assert web.count("/feed") == 2


def test_a_bug_of_a_stand_in_fails_the_test() -> None:
    class Faulty(LoopbackServer):
        async def answer(self, exchange: Exchange) -> None:
            raise LookupError(exchange.request.path)

    server = Faulty()
    server.start()
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{server.url}/any")

    with pytest.raises(ExceptionGroup) as caught:
        server.stop()
    assert caught.group_contains(LookupError, match="/any")


@pytest.mark.parametrize("document", [FEED, atom([ITEM])], ids=["rss", "atom"])
def test_built_feeds_are_feeds(document: bytes) -> None:
    parsed = feedparser.parse(document)

    (entry,) = parsed.entries
    assert not parsed.bozo
    assert parsed.feed.title == "Лента новостей"
    assert (entry.title, entry.link, entry.id) == ("Суд & «экстрадиция»", "https://news.example/1?a=1&b=2", "news-1")
    assert entry.content[0].value == "<p>Полный текст</p>"
    assert entry.published_parsed[:5] == (2026, 3, 1, 9, 30)


def test_a_feed_in_another_encoding_keeps_kazakh_letters() -> None:
    document = rss([Item(title="Сот «Ғ. Ә.» ісін қарады", link="https://news.example/2")], encoding="windows-1251")

    assert "Сот".encode("windows-1251") in document
    assert feedparser.parse(document).entries[0].title == "Сот «Ғ. Ә.» ісін қарады"


def test_a_built_page_holds_the_article_among_noise() -> None:
    html = page("Суд & дело", ["Первый <абзац>.", "Второй."], PUBLISHED)

    assert "<h1>Суд &amp; дело</h1>" in html
    assert "<p>Первый &lt;абзац&gt;.</p><p>Второй.</p>" in html
    assert 'content="2026-03-01T09:30:00+00:00"' in html
