"""Getting in: a link from the maintainers' chat works once and becomes a session; without one there is no page.

A link is opened by a press of a button on its page, not by the visit: messengers visit what they preview.
"""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.desk.pages import back, form_of, page
from monitor.models.clock import Clock
from monitor.storage.desk.keys import SESSION_LIVES, DeskKeys

_OPEN: Final = ("/in/", "/static/")  # what needs no session


class Access:
    """Who is in. `new_secret` makes what nobody can guess; `secure`: cookies go over TLS only; `undecided`
    counts the questions that wait, for the menu of every page: it must be quick.
    """

    def __init__(
        self,
        keys: DeskKeys,
        *,
        new_secret: Callable[[], str],
        secure: bool,
        clock: Clock,
        undecided: Callable[[], int],
    ) -> None:
        self._keys, self._new_secret, self._clock = keys, new_secret, clock
        self._undecided, self.secure = undecided, secure
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
            is_asked = secret and not scope["path"].startswith("/static/")
            state = await asyncio.to_thread(self._state, secret) if is_asked else {}
            scope.setdefault("state", {}).update(state)
            if state or scope["path"].startswith(_OPEN):
                await app(scope, receive, send)
            else:
                request = Request(scope, receive)
                answer = page(request, "outside.html", status=HTTPStatus.UNAUTHORIZED, **_asked(request))
                await answer(scope, receive, send)

        return guarded

    def _state(self, secret: str) -> dict[str, Any]:
        """What pages know of whoever brings this secret; nothing of who is not in. Raises DatabaseError."""
        initial = self._keys.initial_of(secret, self._clock())
        return {} if initial is None else {"initial": initial, "secret": secret, "undecided": self._undecided()}

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
        response.set_cookie(self.cookie, secret, max_age=age, httponly=True, samesite="strict", secure=self.secure)
        return response

    async def _let_out(self, request: Request) -> Response:
        await form_of(request)
        await asyncio.to_thread(self._keys.leave, request.cookies.get(self.cookie, ""))
        response = back(request, "/")
        response.delete_cookie(self.cookie, httponly=True, samesite="strict", secure=self.secure)
        return response


def _asked(request: Request) -> dict[str, Any]:
    """The page that was asked for: who comes from a link in a messenger is in only by a second step of their own.

    Or that a form was sent: then it is said that nothing was saved.
    """
    was_sent, path = request.method == "POST", request.url.path
    if was_sent or path[1:2] in ("/", "\\"):  # «//evil.example» would lead to another site
        return {"again": "/", "was_sent": was_sent}
    return {"again": f"{path}?{request.url.query}" if request.url.query else path, "was_sent": False}
