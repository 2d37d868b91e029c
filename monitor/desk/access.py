"""Getting in: a link from the maintainers' chat works once and becomes a session; without one there is no page.

A link is opened by a press of a button on its page, not by the visit: messengers visit what they preview.
"""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.desk.pages import back, form_of, page
from monitor.models.clock import Clock
from monitor.storage.desk.keys import SESSION_LIVES, DeskKeys

_OPEN: Final = ("/in/", "/static/")  # what needs no session


class Access:
    """Who is in. `new_secret` makes what nobody can guess; `secure`: cookies go over TLS only."""

    def __init__(self, keys: DeskKeys, *, new_secret: Callable[[], str], secure: bool, clock: Clock) -> None:
        self._keys, self._new_secret, self._clock, self._secure = keys, new_secret, clock, secure
        self.cookie = "__Host-desk" if secure else "desk"
        self.routes = [
            Route("/in/{link}", self._show_door),
            Route("/in/{link}", self._let_in, methods=["POST"]),
            Route("/out", self._let_out, methods=["POST"]),
        ]

    def only_who_is_in(self, app: ASGIApp) -> ASGIApp:
        """An app around another: whoever has no session sees how to get one, whatever the address."""

        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            secret = HTTPConnection(scope).cookies.get(self.cookie, "")
            initial = await asyncio.to_thread(self._keys.initial_of, secret, self._clock()) if secret else None
            scope.setdefault("state", {}).update({"initial": initial, "secret": secret if initial is not None else ""})
            if initial is None and not scope["path"].startswith(_OPEN):
                request = Request(scope, receive)
                answer = page(request, "outside.html", status=HTTPStatus.UNAUTHORIZED, again=_again(request))
                await answer(scope, receive, send)
            else:
                await app(scope, receive, send)

        return guarded

    async def _show_door(self, request: Request) -> Response:
        link = request.path_params["link"]
        if not await asyncio.to_thread(self._keys.is_link, link, self._clock()):
            return page(request, "used_link.html", status=HTTPStatus.GONE)
        return page(request, "door.html")

    async def _let_in(self, request: Request) -> Response:
        secret = self._new_secret()
        if not await asyncio.to_thread(self._keys.enter, request.path_params["link"], secret, self._clock()):
            return page(request, "used_link.html", status=HTTPStatus.GONE)
        response = back(request, "/")
        age = int(SESSION_LIVES.total_seconds())
        response.set_cookie(self.cookie, secret, max_age=age, httponly=True, samesite="strict", secure=self._secure)
        return response

    async def _let_out(self, request: Request) -> Response:
        await form_of(request)
        await asyncio.to_thread(self._keys.leave, request.cookies.get(self.cookie, ""))
        response = back(request, "/")
        response.delete_cookie(self.cookie, httponly=True, samesite="strict", secure=self._secure)
        return response


def _again(request: Request) -> str:
    """The page that was asked for: who comes from a link in a messenger is in only by a second step of their own."""
    path = request.url.path
    if request.method != "GET" or path[1:2] in ("/", "\\"):  # «//evil.example» would lead to another site
        return "/"
    return f"{path}?{request.url.query}" if request.url.query else path
