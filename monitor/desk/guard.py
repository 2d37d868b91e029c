"""What stands before every page: whose host it is, how much may come and how fast, which headers go out.

Plain ASGI, before a route is looked for: what is refused here has cost nothing yet.
"""

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.models.clock import Clock
from monitor.text.numbers import whole

LONGEST_BODY: Final = 1_200_000  # bytes: a list of feeds of 1 MB, as a form sends it
REQUEST_SECONDS: Final = 60.0  # for all of a request: a slow reader is hung up on
BODY_SECONDS: Final = 20.0  # for all of a form to arrive
BURST: Final = 120  # requests at once from one visitor
REFILL: Final = timedelta(milliseconds=200)  # until one more is free: five a second while somebody types
VISITORS: Final = 1_000  # remembered; the longest unseen is forgotten
TOO_LARGE: Final = "Слишком много сразу: ничего не сделано."
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with none, Chromium sends our own forms as from nowhere ("Origin: null")
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_LONGEST_ADDRESS: Final = 100  # characters
_METHODS: Final = frozenset({"GET", "HEAD", "POST"})


class Guard:
    """An ASGI app around another. `hosts` are the Host headers it answers to; `secure`: the outside speaks TLS."""

    def __init__(self, app: ASGIApp, *, hosts: Collection[str], secure: bool, clock: Clock) -> None:
        self._app, self._hosts, self._secure = app, frozenset(hosts), secure
        self._visits = Visits(clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or let the app answer within bounds."""
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        refused = self._refusal(scope, headers)
        answer = self._with_headers(send, kept=scope["path"].startswith("/static/"))
        if refused:
            status, words = refused
            await PlainTextResponse(words, status)(scope, receive, answer)
            return
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                await self._app(scope, _Body(receive).receive, answer)
        except TimeoutError:
            return  # too slow to be told so: uvicorn closes what was begun and not ended

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[HTTPStatus, str] | None:
        if headers.get("host", "").lower() not in self._hosts:
            return HTTPStatus.MISDIRECTED_REQUEST, "Этого адреса здесь нет (MONITOR_DESK_URL).\n"
        if scope["method"] not in _METHODS:
            return HTTPStatus.METHOD_NOT_ALLOWED, "Так сюда не обращаются.\n"
        if scope["method"] == "POST" and _is_foreign(headers):
            return HTTPStatus.FORBIDDEN, "Форма пришла с чужого сайта: ничего не сделано.\n"
        length = whole(headers.get("content-length", "0"))
        if length is None or length > LONGEST_BODY:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE
        if not self._visits.allow(self._visitor(scope, headers)):
            return HTTPStatus.TOO_MANY_REQUESTS, "Слишком часто. Подождите немного и обновите страницу.\n"
        return None

    def _visitor(self, scope: Scope, headers: Headers) -> str:
        """The address it comes from; behind the proxy that speaks TLS for us, as the proxy tells it last."""
        client = scope.get("client")
        address = headers.get("x-forwarded-for", "").rpartition(",")[2].strip() if self._secure else ""
        return address[:_LONGEST_ADDRESS] or (client[0] if client else "")

    def _with_headers(self, send: Send, *, kept: bool) -> Send:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                headers.setdefault("Cache-Control", "private, max-age=86400" if kept else "no-store")
                if self._secure:
                    headers["Strict-Transport-Security"] = "max-age=31536000"
            await send(message)

        return answer


def _is_foreign(headers: Headers) -> bool:
    """Whether a browser says that another site sends the form; one that says neither is checked by the form's token.

    Whoever keeps referrers to themselves sends "null" as the origin of a form of ours, too.
    """
    site, origin = headers.get("sec-fetch-site", ""), headers.get("origin", "")
    if site and site != "same-origin":
        return True
    if site and origin == "null":
        return False
    return bool(origin) and origin.partition("://")[2].lower() != headers.get("host", "").lower()


class _Body:
    """What comes in, bounded in bytes and time, whatever the head promised."""

    def __init__(self, receive: Receive) -> None:
        self._receive, self._count = receive, 0
        self._until = asyncio.get_running_loop().time() + BODY_SECONDS
        self._whole = False

    async def receive(self) -> Message:
        if self._whole:
            return await self._receive()  # waits for the visitor to go
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError as error:
            raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, "Форма шла слишком долго: ничего не сделано.") from error
        self._count += len(message.get("body", b""))
        if self._count > LONGEST_BODY:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)
        self._whole = not message.get("more_body", False)
        return message


class Visits:
    """How often each visitor may come: a burst, then one for each `REFILL` that passes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._paid: dict[str, datetime] = {}  # until when what a visitor took is paid back; the longest unseen first

    def allow(self, visitor: str) -> bool:
        """Count one more request of a visitor; False: too many."""
        now = self._clock.steady()
        paid = max(self._paid.pop(visitor, now), now) + REFILL
        allowed = paid - now <= REFILL * BURST
        self._paid[visitor] = paid if allowed else paid - REFILL
        if len(self._paid) > VISITORS:
            del self._paid[next(iter(self._paid))]
        return allowed
