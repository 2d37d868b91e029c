"""A real HTTP/1.1 server on 127.0.0.1 in a thread of its own, whose answers may be as broken as a test needs.

Here live the thread, the reading of requests, the raw means to answer, and the holding of a request at a
named moment. What is answered belongs to `web.py` and `bot_api.py`; how it goes wrong belongs to `faults.py`.
"""

import asyncio
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Self
from urllib.parse import parse_qs, unquote

import h11

_PATIENCE = 60.0  # seconds until a test that hangs is ended
_RST_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it came. Header names are lower-case; `at` is `time.monotonic()` seconds."""

    method: str
    path: str  # decoded, without the query
    query: str  # as sent, without the question mark
    headers: Mapping[str, str]
    body: bytes
    at: float

    def parameter(self, name: str) -> str:
        """The first value of a query parameter; "" when absent."""
        return parse_qs(self.query).get(name, [""])[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A whole answer; content-length is added unless the headers name one."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def head(self, **promised: str) -> bytes:
        """The bytes before the body. `promised` replaces headers (`content_length="7"` lies about the size)."""
        headers = {"content-length": str(len(self.body))} if self.has_body else {}
        headers |= {name.lower(): value for name, value in self.headers.items()}
        headers |= {name.replace("_", "-"): value for name, value in promised.items()}
        lines = [f"HTTP/1.1 {self.status} {_phrase(self.status)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    @property
    def has_body(self) -> bool:
        return self.status not in (204, 304)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


class Exchange:
    """One request and the raw means to answer it, well or badly."""

    def __init__(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.request = request
        self._reader, self._writer = reader, writer
        self.closed = False

    async def send(self, response: Response) -> None:
        """Answer as HTTP wants it; the connection stays open for the next request."""
        body = response.body if response.has_body and self.request.method != "HEAD" else b""
        await self.write(response.head() + body)

    async def write(self, data: bytes) -> None:
        """Put bytes on the wire as they are."""
        self._writer.write(data)
        await self._writer.drain()

    def close(self) -> None:
        """No further request on this connection; what is written is flushed first."""
        self.closed = True

    def reset(self) -> None:
        """Break the connection with an RST instead of a FIN."""
        self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST_ON_CLOSE)
        self._writer.transport.abort()
        self.closed = True

    async def hang(self) -> None:
        """Say nothing more until the client gives up."""
        while await self._reader.read(65536):
            pass
        self.closed = True

    @property
    def gone(self) -> bool:
        """Whether the client has hung up (or died)."""
        return self._reader.at_eof() or self._reader.exception() is not None


class Hold:
    """Requests kept waiting at a named moment. As a context manager it releases them at the end.

    A client that hung up (or was killed) while it waited gets nothing done: its request is dropped.
    """

    def __init__(self, run_on_loop: Callable[[Callable[[], object]], None]) -> None:
        self._run_on_loop = run_on_loop
        self._arrived = threading.Event()
        self._released = asyncio.Event()

    def wait_arrived(self, timeout: float = _PATIENCE) -> None:
        """Block until a request waits here; TimeoutError if none comes within `timeout` seconds."""
        if not self._arrived.wait(timeout):
            raise TimeoutError(f"no request arrived within {timeout} s")

    async def arrived(self, timeout: float = _PATIENCE) -> None:  # noqa: ASYNC109  # the twin of wait_arrived
        """`wait_arrived` for a test whose own event loop must go on."""
        await asyncio.to_thread(self.wait_arrived, timeout)

    def release(self) -> None:
        """Let the waiting requests, and all later ones, go on."""
        self._run_on_loop(self._released.set)

    async def wait(self, exchange: Exchange) -> None:
        """Called by the server: stop here until released. ConnectionError if the client is gone by then."""
        self._arrived.set()
        await self._released.wait()
        if exchange.gone:
            raise ConnectionAbortedError("the client hung up while its request was held")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class LoopbackServer:
    """The thread, the loop and the connections; a subclass says what to `answer`.

    `stop()` refuses connections and breaks the open ones; `start()` comes back on the same port with the same
    memory. An exception inside `answer` is a bug of the stand-in: `stop()` raises it.
    """

    bound_to = "127.0.0.1"

    def __init__(self, *, port: int = 0) -> None:
        self.tls: ssl.SSLContext | None = None  # set before `start` to speak HTTPS
        self.changed = threading.Condition()  # guards every subclass's memory; notified by `notice`
        self._port = port
        self._bugs: list[Exception] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopping = asyncio.Event()

    async def answer(self, exchange: Exchange) -> None:
        """Answer one request."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        """The root, without a slash at the end; known once started."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen; the address accepts connections when this returns."""
        listener = socket.create_server((self.bound_to, self._port), backlog=256)
        self._port = listener.getsockname()[1]
        self._stopping = asyncio.Event()
        started: Future[asyncio.AbstractEventLoop] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(listener, started)), daemon=True)
        self._thread.start()
        self._loop = started.result(timeout=10)

    def stop(self) -> None:
        """Break every connection and refuse new ones. Raises what went wrong inside the stand-in."""
        self._run_on_loop(self._stopping.set)
        if self._thread:
            self._thread.join()
        self._loop = self._thread = None
        bugs, self._bugs = self._bugs, []
        if bugs:
            raise ExceptionGroup("the stand-in server failed", bugs)

    def wait_until(self, predicate: Callable[[], object], timeout: float = _PATIENCE) -> None:
        """Block until `predicate()` holds (asked after every change); TimeoutError if it never does."""
        with self.changed:
            if not self.changed.wait_for(predicate, timeout):
                raise TimeoutError(f"not reached within {timeout} s")

    def notice(self) -> None:
        """Tell those who `wait_until` that something changed."""
        with self.changed:
            self.changed.notify_all()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _hold(self) -> Hold:
        return Hold(self._run_on_loop)

    def _run_on_loop(self, callback: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # a hold may be released after the server stopped
            if self._loop:
                self._loop.call_soon_threadsafe(callback)

    async def _serve(self, listener: socket.socket, started: Future[asyncio.AbstractEventLoop]) -> None:
        conversations: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

        # a plain function: a coroutine's cancelled task would be logged as a crash by Python 3.11
        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if self._stopping.is_set():  # nobody would cancel it any more
                writer.transport.abort()
                return
            task = asyncio.create_task(self._converse(reader, writer))
            conversations[task] = writer
            task.add_done_callback(conversations.pop)

        server = await asyncio.start_server(accept, sock=listener, ssl=self.tls)
        started.set_result(asyncio.get_running_loop())
        await self._stopping.wait()
        server.close()  # asyncio.run cancels the conversations
        for writer in conversations.values():  # those too that have not begun, and never will
            writer.transport.abort()
        for _ in range(
            3
        ):  # turns of the loop: what is just being accepted is sent away, and what was aborted is closed
            await asyncio.sleep(0)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer_all(reader, writer)
            writer.close()
            await writer.wait_closed()
        except (ConnectionError, ssl.SSLError, h11.RemoteProtocolError):
            pass  # the client hung up: its right
        except Exception as bug:  # noqa: BLE001  # kept for stop(), which raises it in the test's thread
            self._bugs.append(bug)
        finally:
            writer.transport.abort()

    async def _answer_all(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request, rest = await _read_request(reader, b"")
        while request:
            exchange = Exchange(request, reader, writer)
            await self.answer(exchange)
            self.notice()
            if exchange.closed or request.headers.get("connection", "").lower() == "close":
                return
            request, rest = await _read_request(reader, rest)


async def _read_request(reader: asyncio.StreamReader, rest: bytes) -> tuple[Request | None, bytes]:
    """The next request and what came behind it; no request when the client closed.

    A new parser for each request: the answer is written raw, so h11 cannot follow the conversation.
    """
    parser = h11.Connection(h11.SERVER)
    if rest:
        parser.receive_data(rest)
    head: h11.Request | None = None
    body = bytearray()
    while True:
        event = parser.next_event()
        if event is h11.NEED_DATA:
            parser.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage) and head:
            return _request(head, bytes(body)), parser.trailing_data[0]
        else:
            return None, b""


def _request(head: h11.Request, body: bytes) -> Request:
    path, _, query = head.target.decode("latin-1").partition("?")
    return Request(
        method=head.method.decode("ascii"),
        path=unquote(path),
        query=query,
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in head.headers},
        body=body,
        at=time.monotonic(),
    )
