"""Every way to a host, and what of a connection is left afterwards: nothing."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest

from monitor.sources.http.client_settings import client_settings
from monitor.sources.http.transport import Route, Transport
from tests.servers import faults
from tests.servers.certificates import Chain, chain
from tests.servers.loopback import Exchange
from tests.servers.resolver import Resolver
from tests.servers.tunnel import Tunnel
from tests.servers.web import WebServer

MOST = 300_000
ODD_HEAD = b"\r\nHTTP/1.1 200\r\nX-Powered-By : PHP\r\n" + "Имя: 1".encode() + b"\r\nContent-Length : 4\r\n\r\n"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    return chain(tmp_path_factory.mktemp("certificates"), "news.example")


@pytest.fixture
def plain() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


@pytest.fixture
def secure(certificates: Chain) -> Iterator[WebServer]:
    server = WebServer()
    server.tls = certificates.server
    with server:
        yield server


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = Transport(allow_private=True, lookup=Resolver("127.0.0.1"), most=MOST)
    async with httpx.AsyncClient(transport=transport, **client_settings(connect=2, read=1)) as opened:
        yield opened


async def get(client: httpx.AsyncClient, url: str, **route: str) -> httpx.Response:
    return await client.get(url, extensions={"route": Route(**route)})


def port_of(server: WebServer) -> int:
    return int(server.url.rpartition(":")[2])


async def odd(exchange: Exchange, _answer: faults.Answer) -> None:
    await exchange.write(ODD_HEAD + b"body")


def is_read(response: httpx.Response) -> bool:
    fields = [(name.lower(), value) for name, value in response.headers.raw]
    return fields == [(b"x-powered-by", b"PHP"), (b"content-length", b"4")] and response.content == b"body"


async def test_odd_heads_are_read_directly(
    plain: WebServer, secure: WebServer, client: httpx.AsyncClient, certificates: Chain
) -> None:
    for web in (plain, secure):
        web.fail("/rss", odd)
        url = web.url.replace("127.0.0.1", "news.example") + "/rss"
        assert is_read(await get(client, url, ca_file=str(certificates.authorities)))


@pytest.mark.parametrize("scheme", ["socks5", "http", "https"])
async def test_odd_heads_are_read_through_a_tunnel(
    secure: WebServer, client: httpx.AsyncClient, certificates: Chain, scheme: str
) -> None:
    secure.fail("/rss", odd)
    async with Tunnel(port_of(secure), certificates.server if scheme == "https" else None) as tunnel:
        proxy = f"{scheme}://news.example:{tunnel.port}"
        ca_file = str(certificates.authorities)
        assert is_read(await get(client, "https://news.example/rss", proxy=proxy, ca_file=ca_file))


async def test_odd_heads_are_read_through_socks_without_tls(plain: WebServer, client: httpx.AsyncClient) -> None:
    plain.fail("/rss", odd)
    async with Tunnel(port_of(plain)) as tunnel:
        proxy = f"socks5://127.0.0.1:{tunnel.port}"
        assert is_read(await get(client, "http://news.example/rss", proxy=proxy))


async def test_odd_heads_are_read_from_a_proxy_that_forwards(
    plain: WebServer, secure: WebServer, client: httpx.AsyncClient, certificates: Chain
) -> None:
    for web in (plain, secure):
        web.fail("http://news.example/rss", odd)
        proxy = web.url.replace("127.0.0.1", "news.example")
        ca_file = str(certificates.authorities)
        assert is_read(await get(client, "http://news.example/rss", proxy=proxy, ca_file=ca_file))


async def test_the_environment_names_no_proxy(plain: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with httpx.AsyncClient(**client_settings(connect=2, read=1)) as client:
        assert (await client.get(plain.url)).status_code == 404


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.hang, httpx.ReadTimeout),
        (faults.reset, httpx.ReadError),
        (faults.no_answer, httpx.RemoteProtocolError),
        (faults.garbage, httpx.RemoteProtocolError),
        (faults.truncate, httpx.RemoteProtocolError),
    ],
)
async def test_failures_are_httpxs(
    plain: WebServer, client: httpx.AsyncClient, fault: faults.Fault, error: type[Exception]
) -> None:
    plain.serve("/rss", "x")
    plain.fail("/rss", fault)
    with pytest.raises(error):
        await get(client, plain.url + "/rss")


async def test_where_nobody_listens_and_where_tls_is_not_spoken(plain: WebServer, client: httpx.AsyncClient) -> None:
    with pytest.raises(httpx.ConnectError):
        await get(client, "http://127.0.0.1:1/")
    with pytest.raises(httpx.ConnectError):
        await get(client, f"https://127.0.0.1:{port_of(plain)}/")


async def test_a_proxy_that_refuses_says_why(plain: WebServer, client: httpx.AsyncClient) -> None:
    async def refuse(exchange: Exchange, _answer: faults.Answer) -> None:
        await exchange.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length : 0\r\n\r\n")

    plain.fail("news.example:443", refuse)
    with pytest.raises(httpx.ProxyError, match="407 Proxy Authentication Required"):
        await get(client, "https://news.example/rss", proxy=plain.url)


async def test_a_proxy_that_speaks_something_else(client: httpx.AsyncClient) -> None:
    async with answering(b"\x04\x00\x00") as (port, closed):
        with pytest.raises(httpx.ProxyError):
            await get(client, "http://news.example/rss", proxy=f"socks5://127.0.0.1:{port}")
        await asyncio.wait_for(closed.wait(), 1)


@asynccontextmanager
async def answering(data: bytes) -> AsyncIterator[tuple[int, asyncio.Event]]:
    """A server that says `data` to whatever comes; the event tells that the client closed the connection."""
    closed = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        try:
            while await reader.read(65_536):
                pass
        except ConnectionError:
            pass
        finally:
            writer.transport.abort()
        closed.set()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1], closed


@pytest.mark.parametrize(
    ("scheme", "data"), [("http", b""), ("http", b"HTTP/1.1 200 OK\r\n"), ("socks5", b""), ("socks5", b"\x05\x00")]
)
async def test_a_handshake_given_up_leaves_no_connection(client: httpx.AsyncClient, scheme: str, data: bytes) -> None:
    async with answering(data) as (port, closed):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await get(client, "https://news.example/rss", proxy=f"{scheme}://127.0.0.1:{port}")
        await asyncio.wait_for(closed.wait(), 1)


@pytest.mark.parametrize("data", [b"", b"\x15\x03\x01\x00\x02\x02\x28"])
async def test_tls_that_fails_leaves_no_connection(client: httpx.AsyncClient, data: bytes) -> None:
    async with answering(data) as (port, closed):
        with pytest.raises((TimeoutError, httpx.ConnectError)):
            async with asyncio.timeout(0.3):
                await get(client, f"https://127.0.0.1:{port}/")
        await asyncio.wait_for(closed.wait(), 1)


async def test_http_2_is_not_offered(client: httpx.AsyncClient, certificates: Chain) -> None:
    agreed: list[str | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        agreed.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    certificates.server.set_alpn_protocols(["h2", "http/1.1"])
    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=certificates.server) as server:
        port = server.sockets[0].getsockname()[1]
        await get(client, f"https://news.example:{port}/", ca_file=str(certificates.authorities))
    assert agreed == ["http/1.1"]


async def test_a_response_that_is_read_leaves_no_connection(client: httpx.AsyncClient) -> None:
    async with answering(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbody") as (port, closed):
        assert (await get(client, f"http://127.0.0.1:{port}/")).content == b"body"
        await asyncio.wait_for(closed.wait(), 1)
