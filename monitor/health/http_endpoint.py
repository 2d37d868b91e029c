"""Health and metrics over HTTP, for whoever runs the container. Two pages, GET only; it knows nothing of what they say.

The server stands on threads of its own: while the event loop is stuck it must still be able to say so.
"""

import errno
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET, AF_INET6, SHUT_RDWR, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, socket
from typing import Any, ClassVar

import structlog

from monitor.errors import ConfigError, DatabaseError, PortTaken

SECONDS = 5.0  # in which a client has to say what it wants; one that is slower, byte by byte or silent, is hung up on
CLIENTS = 8  # at once; for one more the oldest is hung up on, so that no slow visitor keeps the others out
ROOM = 1.0  # seconds in which it is gone

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthPages:
    """What is served. `problems` is empty when all is well; it may raise DatabaseError."""

    problems: Callable[[], Sequence[str]]
    metrics: Callable[[], bytes]


@contextmanager
def serve(host: str, port: int, pages: HealthPages, *, timeout: float = SECONDS) -> Iterator[int]:
    """Answer until the block ends; gives the port (a free one when asked for 0). Raises PortTaken."""
    listening = listen(host, port, key="MONITOR_HTTP_HOST, MONITOR_HTTP_PORT")
    server = _Server(listening, type("Request", (_Request,), {"pages": pages, "timeout": timeout}), timeout)
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="endpoint", daemon=True)
    thread.start()
    port = listening.getsockname()[1]
    log.info("listening", action="endpoint", host=host, port=port)
    try:
        yield port
    finally:
        server.shutdown()
        server.server_close()


def listen(host: str, port: int, *, key: str) -> socket:
    """A socket to serve on; port 0 is any free one. `key` names the settings that say where.

    Raises PortTaken, ConfigError when there is no such address.
    """
    listening = socket(AF_INET6 if ":" in host else AF_INET, SOCK_STREAM)
    try:
        listening.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen()
    except OSError as error:
        listening.close()
        message = f"адрес {host}:{port} занят или недоступен ({error.strerror or error}); укажите другой"
        kind = PortTaken if error.errno == errno.EADDRINUSE else ConfigError
        raise kind(message, file="переменные окружения", key=key) from error
    return listening


class _Server(ThreadingHTTPServer):
    """Threads, but not more than `CLIENTS`; a client's trouble is its own."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, listening: socket, handler: type[BaseHTTPRequestHandler], patience: float) -> None:
        self._free = threading.BoundedSemaphore(CLIENTS)
        self._patience = patience
        self._open: dict[socket, float] = {}  # until when each may say what it wants, by the steady clock; oldest first
        super().__init__(listening.getsockname(), handler, bind_and_activate=False)
        self.socket.close()  # its own; ours listens already
        self.socket = listening

    def service_actions(self) -> None:
        """Ten times a second: the time of a whole head has an end, however often a byte of it comes."""
        for request, until in list(self._open.items()):
            if time.monotonic() > until:
                self._hang_up(request)

    def lift_deadline(self, request: socket) -> None:
        """It has said what it wants: the answer takes the time that it takes."""
        self._open[request] = float("inf")

    def _hang_up(self, request: socket) -> None:
        self._open.pop(request, None)
        with suppress(OSError):
            request.shutdown(SHUT_RDWR)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._free.acquire(blocking=False) or self._make_room():
            self._open[request] = time.monotonic() + self._patience
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def _make_room(self) -> bool:
        if oldest := next(iter(list(self._open)), None):
            self._hang_up(oldest)
        return self._free.acquire(timeout=ROOM)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._open.pop(request, None)
            self._free.release()

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:  # noqa: ARG002 - the base class's signature
        log.warning("a visitor was not answered", action="endpoint", error=repr(sys.exception()))


class _Request(BaseHTTPRequestHandler):
    """One connection, perhaps with several requests."""

    pages: ClassVar[HealthPages]
    server: _Server
    server_version, sys_version = "monitor", ""

    def parse_request(self) -> bool:
        is_whole = super().parse_request()
        self.server.lift_deadline(self.connection)
        return is_whole

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/health":
            self._health()
        elif path == "/metrics":
            self._answer(200, "text/plain; version=0.0.4; charset=utf-8", self.pages.metrics())
        else:
            self._answer(404, "text/plain; charset=utf-8", b"/health /metrics\n")

    def _health(self) -> None:
        try:
            problems = list(self.pages.problems())
        except DatabaseError:
            problems = ["база данных недоступна"]  # its words name the database; a page for machines must not
        body = json.dumps({"status": "stuck" if problems else "ok", "problems": problems}, ensure_ascii=False)
        self._answer(503 if problems else 200, "application/json; charset=utf-8", body.encode())

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the base class's signature
        """A scrape every few seconds is no news."""
