"""The sign of life to an outside watch (a dead man's switch such as healthchecks.io, or one's own).

One GET while the work goes on, silence when it does not; that silence is what raises the alarm out there. The address
is a secret: it stands in no log.
"""

from types import TracebackType
from typing import Self

import httpx
import structlog

from monitor.sources.http.client_settings import client_settings

SECONDS = 5.0  # less than a stopping daemon waits for its jobs

log = structlog.get_logger()


class Heartbeat:
    """Beats at one address. An async context manager; `proxy` is as the Fetcher takes it, or None."""

    def __init__(self, url: str, *, proxy: str | None = None) -> None:
        self._url = url
        self._client = httpx.AsyncClient(
            follow_redirects=True, **client_settings(connect=SECONDS, read=SECONDS, proxy=proxy)
        )
        self._failure = ""  # of the last beat

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def beat(self) -> None:
        """One sign of life. A watch that is away is named in the log, once each way."""
        failure = await self._try()
        if failure and not self._failure:
            log.warning("the heartbeat does not arrive", action="heartbeat", error=failure)
        elif self._failure and not failure:
            log.info("the heartbeat arrives again", action="heartbeat")
        self._failure = failure

    async def _try(self) -> str:
        try:
            async with self._client.stream("GET", self._url) as answer:
                return "" if answer.is_success else f"HTTP {answer.status_code}"
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return type(error).__name__
