"""The desk as one ASGI app: its pages, behind the guard and the door; and what it says when something goes wrong."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from mimetypes import guess_type
from typing import Protocol
from urllib.parse import urlsplit

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from monitor.desk.access import Access
from monitor.desk.guard import Guard
from monitor.desk.pages import STATIC, page, templates
from monitor.errors import ConfigError, DatabaseError, EditUnanswered
from monitor.models.clock import Clock

_SAID = {
    HTTPStatus.NOT_FOUND: "Такой страницы нет.",
    HTTPStatus.METHOD_NOT_ALLOWED: "Эта страница только для чтения. Ничего не сделано.",
    HTTPStatus.BAD_REQUEST: "Форма не прочитана: в ней не то, что здесь ждут. Ничего не сделано.",
}

log = structlog.get_logger()


class Part(Protocol):
    """A part of the desk: words, feeds, news …"""

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """Its pages."""


def build_app(
    parts: Iterable[Part],
    access: Access,
    *,
    address: str,
    hosts: Iterable[str],
    clock: Clock,
) -> ASGIApp:
    """The whole desk. `address` is what maintainers type, `hosts` are further Host headers it answers to."""
    routes: list[BaseRoute] = [Route("/", _home), Route("/static/{name}", _static), *access.routes]
    routes += [route for part in parts for route in part.routes]
    starlette = Starlette(
        routes=routes,
        middleware=[  # what the door asks may fail as a page may, and stands outside what minds the pages
            Middleware(ExceptionMiddleware, handlers={DatabaseError: _database_away}),
            Middleware(access.only_who_is_in),
        ],
        exception_handlers={
            HTTPException: _refused,
            ConfigError: _to_be_mended,
            DatabaseError: _database_away,
            EditUnanswered: _no_answer,
            Exception: _broken,
        },
    )
    starlette.state.templates, starlette.state.secure = templates(), access.secure
    return Guard(starlette, hosts={urlsplit(address).netloc, *hosts}, secure=access.secure, clock=clock)


async def _home(_request: Request) -> Response:
    return RedirectResponse("/news/waiting", HTTPStatus.SEE_OTHER)


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in STATIC:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return Response(STATIC[name], media_type=guess_type(name)[0])


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    # What the library says of itself is English.
    said = _SAID.get(HTTPStatus(error.status_code), "") if error.detail.isascii() else error.detail
    return _trouble(request, said or "Так сюда не обращаются. Ничего не сделано.", error.status_code)


async def _to_be_mended(request: Request, error: Exception) -> Response:
    return _trouble(request, str(error), HTTPStatus.CONFLICT)


async def _database_away(request: Request, error: Exception) -> Response:
    log.warning("a page was not made: the database is away", action="desk", error=str(error))
    return _trouble(request, "База данных сейчас недоступна. Ничего не сделано: повторите через минуту.", 503)


async def _no_answer(request: Request, error: Exception) -> Response:
    log.warning("the process that tries edits ended", action="desk", error=repr(error.__cause__))
    return _trouble(request, str(error), 503)


async def _broken(request: Request, error: Exception) -> Response:
    log.error("a page broke", action="desk", path=request.url.path, exc_info=error)
    said = "Страница сломалась, и это ошибка программы: её текст — в журнале монитора. Файлы и база целы."
    return _trouble(request, said, HTTPStatus.INTERNAL_SERVER_ERROR)


def _trouble(request: Request, said: str, status: int) -> Response:
    return page(request, "trouble.html", status=status, trouble=said)
