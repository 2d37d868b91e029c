"""One request and its response, read within bounds of bytes and time. What the response means is not known here."""

import asyncio
import io
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from monitor.models.evidence import Exchange
from monitor.sources.http.address_guard import Lookup
from monitor.sources.http.byte_budget import LIGHT, Allowance
from monitor.sources.http.client_settings import client_settings
from monitor.sources.http.decompression import ACCEPTED, TooLarge, decompress
from monitor.sources.http.transport import Route, Transport

ERROR_PAGE = 65_536  # bytes; the page of an error or of a bot wall is smaller
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_HEADERS = 65_536  # bytes
_MOST_PIECES = 32_768  # of one body: a chunk for each byte would cost more to read than the bytes
_MIDDLING = 2 * 1024 * 1024  # bytes; few bodies become larger
_LARGE = 65_536  # bytes; decompressing more would hold up the event loop


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of one GET. Times are seconds; the body's bound holds on the wire and after decompression."""

    body: int = 8 * 1024 * 1024
    redirects: int = 5
    connect: float = 10
    read: float = 15
    total: float = 30  # of the exchange itself: waiting for the host does not count
    queue: float = 60  # of waiting until the host may be asked
    host_gap: float = 0.4
    host_concurrency: int = 1
    in_flight: int = 16 * 1024 * 1024  # bytes of large bodies at once, of all GETs but those of polls


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One response before anything is made of it; `location` is as the server wrote it, "" without one.

    The body is without its codings, and empty of a redirect or 304.
    """

    status: int
    headers: httpx.Headers
    location: str
    body: bytes


class HttpClient:
    """An httpx client over our transport. Nothing of one exchange is left for another: connections, cookies."""

    def __init__(self, *, user_agent: str, allow_private: bool, limits: Limits, lookup: Lookup) -> None:
        self._limits = limits
        self._headers = {b"user-agent": user_agent.encode(), b"accept-encoding": ACCEPTED, b"connection": b"close"}
        self._client = _Client(
            transport=Transport(allow_private=allow_private, lookup=lookup, most=2 * limits.body + _MOST_HEADERS),
            event_hooks={"response": [_keep_location]},
            **client_settings(connect=limits.connect, read=limits.read),
        )

    async def close(self) -> None:
        """No connection outlives its exchange; only name lookups under way are left to end."""
        await self._client.aclose()

    async def get(self, url: httpx.URL, headers: Mapping[bytes, bytes], route: Route, allowance: Allowance) -> Answer:
        """GET `url`, no redirects followed, and no deadline for the whole. A large body draws on the allowance.

        Raises httpx's TransportError, TooLarge, Undecodable, UnreadableCertificates, BlockedAddress, OSError,
        ValueError, NoRoom.
        """
        request = httpx.Request("GET", url, headers={**self._headers, **headers}, extensions={"route": route})
        response = await self._client.send(request, stream=True)  # which merges nothing into it
        try:
            if sum(len(name) + len(value) for name, value in response.headers.raw) > _MOST_HEADERS:
                raise TooLarge
            body = await self._body(response, allowance)
        finally:
            await response.aclose()
            del response.stream  # it refers to the response: a ring of 60 objects for the garbage collector to find
        location = response.extensions.get("location", "")
        return Answer(status=response.status_code, headers=response.headers, location=location, body=body)

    def exchange(self, url: httpx.URL, headers: Mapping[bytes, bytes], answer: Answer, asked_at: datetime) -> Exchange:
        """A GET and its answer as values."""
        asked = {b"host": url.netloc, **self._headers, **headers}
        return Exchange(
            url=str(url),
            asked_at=asked_at,
            request=tuple(asked.items()),
            status=answer.status,
            headers=_written(answer),
            body=answer.body,
        )

    async def _body(self, response: httpx.Response, allowance: Allowance) -> bytes:
        """Of an error only the beginning, as much as tells who refused."""
        if response.status_code in REDIRECTS or response.status_code == 304:
            return b""
        if response.status_code >= 400:
            return await _beginning(response, allowance)
        limit = self._limits.body
        if _announced(response) > limit:
            raise TooLarge
        kept = allowance.used
        try:
            wire = await _read(response, limit, allowance)
            if len(wire) > limit:
                raise TooLarge
            body = await _decoded(wire, response, limit, allowance)
            kept += len(body) if len(body) > LIGHT else 0
            return body
        finally:
            allowance.shrink(kept)


def _written(answer: Answer) -> tuple[tuple[bytes, bytes], ...]:
    """The headers as the server wrote them: what was taken out of them is put back."""
    location = answer.location.encode("latin-1", "replace")
    return (*answer.headers.raw, *([(b"location", location)] if location else []))


class _NoCookies(httpx.Cookies):
    def extract_cookies(self, response: httpx.Response) -> None:
        """Nothing is remembered: who sets cookies may set any number of them."""


class _Client(httpx.AsyncClient):
    cookies: Any = _NoCookies()


async def _keep_location(response: httpx.Response) -> None:
    """The client would parse it, and fail for addresses that are mended later."""
    if response.status_code in REDIRECTS and (locations := response.headers.get_list("location")):
        response.extensions["location"] = locations[0]
        del response.headers["location"]


async def _read(response: httpx.Response, limit: int, allowance: Allowance) -> bytes:
    """The body as it stands on the wire; reading stops once it is longer than `limit`.

    Raises TooLarge for dust, NoRoom.
    """
    wire, size, pieces, covered = io.BytesIO(), 0, 0, LIGHT
    announced = _announced(response)
    async for piece in response.aiter_raw():
        size += wire.write(piece)
        pieces += 1
        if size > covered:
            covered = announced if size <= announced <= limit else limit
            allowance.take(covered)
        if size > limit:
            break
        if pieces > _MOST_PIECES:
            raise TooLarge
    return wire.getvalue()


def _announced(response: httpx.Response) -> int:
    """The length of the body as its header has it, which may be wrong; 0 without one."""
    length = response.headers.get("content-length", "")
    return int(length[:12]) if length.isdecimal() else 0


async def _decoded(wire: bytes, response: httpx.Response, limit: int, allowance: Allowance) -> bytes:
    """The body without its codings; how large it becomes shows only then, so it is tried within little, then more."""
    before = allowance.used
    for more in (0, _MIDDLING, max(limit - _MIDDLING, 0)):
        allowance.take(more)
        with suppress(TooLarge):
            return await _decompressed(wire, response, min(max(allowance.used - before, LIGHT), limit))
    raise TooLarge


async def _decompressed(wire: bytes, response: httpx.Response, limit: int) -> bytes:
    codings = response.headers.get("content-encoding", "")
    if len(wire) > _LARGE:
        return await asyncio.to_thread(decompress, wire, codings, limit=limit)
    return decompress(wire, codings, limit=limit)


async def _beginning(response: httpx.Response, allowance: Allowance) -> bytes:
    try:
        return await _decompressed(await _read(response, ERROR_PAGE, allowance), response, ERROR_PAGE)
    except (httpx.TransportError, ValueError):
        return b""  # the status says enough
