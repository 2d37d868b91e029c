"""The desk's own HTTP server: uvicorn on a thread and a loop of its own, so that no page holds up a poll.

What uvicorn leaves open is closed here: a head that comes byte by byte has an end, and signals stay the daemon's.
"""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from socket import socket
from typing import Final, cast

import structlog
from starlette.types import ASGIApp
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

HEAD_SECONDS: Final = 5.0  # in which a client says what it wants
VISITORS: Final = 40  # connections at once; one more is told that the server is busy
LONGEST_HEAD: Final = 16_384  # bytes
THREADS: Final = 4  # of work for pages; more would only wait for the database's one writer
STOP_SECONDS: Final = 2  # an answer in hand may take to be finished

log = structlog.get_logger()


class _Protocol(H11Protocol):
    """Hangs up on who does not say, in time, what it wants; uvicorn itself would wait for ever."""

    _hang_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        cycle = cast("RequestResponseCycle | None", self.cycle)  # None until the first head is whole
        if cycle and not cycle.response_complete:
            self._stop_waiting()
        elif self._hang_up is None:
            self._wait_for_head()  # of the next request on the same connection

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait_for_head(self) -> None:
        self._hang_up = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._hang_up:
            self._hang_up.cancel()
            self._hang_up = None


@contextmanager
def serve(app: ASGIApp, listening: socket) -> Iterator[None]:
    """Answer on a listening socket until the block ends."""
    config = Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,  # addresses of visitors are nobody's business, and a link is a secret
        server_header=False,
        proxy_headers=False,
        limit_concurrency=VISITORS,
        h11_max_incomplete_event_size=LONGEST_HEAD,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    server = Server(config)
    thread = threading.Thread(target=_run, args=(server, listening), name="desk", daemon=True)
    thread.start()
    log.info("listening", action="desk", host=listening.getsockname()[0], port=listening.getsockname()[1])
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(STOP_SECONDS * 2)


def _run(server: Server, listening: socket) -> None:
    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="desk"))
        await server.serve([listening])

    asyncio.run(main())
