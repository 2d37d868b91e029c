"""The two pages over real HTTP."""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress

import httpx
import pytest

from monitor.errors import DatabaseError, PortTaken
from monitor.health.http_endpoint import CLIENTS, HealthPages, serve

LOOPBACK = "127.0.0.1"


@pytest.fixture
def serving() -> Iterator[Callable[[HealthPages], str]]:
    """Serve pages until the test ends; the address."""
    with ExitStack() as stack:
        yield lambda pages: f"http://{LOOPBACK}:{stack.enter_context(serve(LOOPBACK, 0, pages))}"


def pages(
    problems: Callable[[], Sequence[str]] = tuple, metrics: Callable[[], bytes] = lambda: b"up 1\n"
) -> HealthPages:
    return HealthPages(problems=problems, metrics=metrics)


def test_all_is_well(serving: Callable[[HealthPages], str], client: httpx.Client) -> None:
    answer = client.get(serving(pages()) + "/health")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "problems": []}
    assert answer.headers["cache-control"] == "no-store"


def test_stuck_is_503_and_says_why(serving: Callable[[HealthPages], str], client: httpx.Client) -> None:
    answer = client.get(serving(pages(lambda: ["опросы стоят"])) + "/health")

    assert answer.status_code == 503
    assert json.loads(answer.content) == {"status": "stuck", "problems": ["опросы стоят"]}


def test_a_database_that_is_away_is_503_without_its_address(
    serving: Callable[[HealthPages], str], client: httpx.Client
) -> None:
    def away() -> Sequence[str]:
        raise DatabaseError("postgresql+psycopg://monitor:hush@10.0.0.1/monitor")

    answer = client.get(serving(pages(away)) + "/health")

    assert answer.status_code == 503
    assert "база данных недоступна" in answer.text
    assert "10.0.0.1" not in answer.text


def test_metrics_as_prometheus_wants_them(serving: Callable[[HealthPages], str], client: httpx.Client) -> None:
    answer = client.get(serving(pages()) + "/metrics?name=up")

    assert (answer.status_code, answer.content) == (200, b"up 1\n")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/", 404), ("POST", "/health", 501)])
def test_nothing_else_is_there(
    serving: Callable[[HealthPages], str], client: httpx.Client, method: str, path: str, status: int
) -> None:
    answer = client.request(method, serving(pages()) + path)

    assert answer.status_code == status
    assert "python" not in answer.headers["server"].lower()


def test_clients_who_say_nothing_are_few_and_not_for_ever(client: httpx.Client) -> None:
    with ExitStack() as stack:
        port = stack.enter_context(serve(LOOPBACK, 0, pages(), timeout=0.5))
        before = threading.active_count()
        address = (LOOPBACK, port)
        silent = [stack.enter_context(closing(socket.create_connection(address))) for _ in range(CLIENTS * 3)]
        assert threading.active_count() <= before + CLIENTS
        assert {visitor.recv(1) for visitor in silent} == {b""}, "turned away, or freed in time"
        assert client.get(f"http://{LOOPBACK}:{port}/health").status_code == 200


HEADS = {"the first line": b"", "the fields": b"GET /health HTTP/1.1\r\n"}


@contextmanager
def dripping(port: int, count: int, head: bytes = b"") -> Iterator[list[socket.socket]]:
    """Clients that say `head` and then a byte every moment, for ever or until they are hung up on."""
    stop = threading.Event()

    def drip(visitor: socket.socket) -> None:
        with suppress(OSError):
            visitor.sendall(head)
            while not stop.wait(0.05):
                visitor.sendall(b"G")

    with ExitStack() as stack:
        visitors = [
            stack.enter_context(closing(socket.create_connection((LOOPBACK, port), timeout=60))) for _ in range(count)
        ]
        drips = [threading.Thread(target=drip, args=(visitor,), daemon=True) for visitor in visitors]
        for one in drips:
            one.start()
        try:
            yield visitors
        finally:
            stop.set()
            for one in drips:
                one.join()


def is_hung_up_on(visitor: socket.socket) -> bool:
    with suppress(ConnectionError):
        return visitor.recv(1) == b""
    return True


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_clients_who_drip_keep_nobody_out(client: httpx.Client, head: bytes) -> None:
    with serve(LOOPBACK, 0, pages()) as port, dripping(port, CLIENTS, head):
        answers = [client.get(f"http://{LOOPBACK}:{port}/health").status_code for _ in range(3)]

    assert answers == [200] * 3


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_a_head_that_never_ends_is_hung_up_on_though_a_byte_comes_every_moment(head: bytes) -> None:
    with serve(LOOPBACK, 0, pages(), timeout=0.5) as port, dripping(port, CLIENTS, head) as visitors:
        assert all(map(is_hung_up_on, visitors)), "else they would stay for ever: `timeout` ends only silence"


def test_an_answer_may_take_longer_than_a_head(client: httpx.Client) -> None:
    waiting = threading.Event()

    def slow() -> Sequence[str]:
        waiting.wait(1.0)
        return []

    with serve(LOOPBACK, 0, pages(slow), timeout=0.2) as port:
        assert client.get(f"http://{LOOPBACK}:{port}/health").status_code == 200


def test_a_taken_port_is_explained() -> None:
    with closing(socket.create_server((LOOPBACK, 0))) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(PortTaken, match="MONITOR_HTTP_PORT: адрес") as caught,
            serve(LOOPBACK, port, pages()),
        ):
            pass

    assert caught.value.exit_code == 2


def test_the_end_frees_the_port() -> None:
    with serve(LOOPBACK, 0, pages()) as port:
        pass
    with serve(LOOPBACK, port, pages()) as again:
        assert again == port
