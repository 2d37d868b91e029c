"""What every page of the desk is made with: the template, the session, a form that is known to be ours."""

from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest
from http import HTTPStatus
from importlib.resources import files
from typing import Any, Final
from urllib.parse import quote, unquote

import jinja2
from markupsafe import Markup
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.desk.guard import LONGEST_BODY
from monitor.text.unicode import visible

SAID: Final = "said"  # the cookie of a message that the next page shows once
_LONGEST_SAID: Final = 600  # characters
_FIELDS: Final = 400  # of one form
ROOMS: Final = (
    ("/words", "Слова"),
    ("/feeds", "Ленты"),
    ("/news", "Новости"),
    ("/rules", "Правила в цифрах"),
    ("/status", "Состояние"),
)


def templates() -> jinja2.Environment:
    """Everything is escaped, an unknown name is an error."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("monitor.desk"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {"rooms": ROOMS, "static": static_address}
    return environment


def static_files() -> Mapping[str, bytes]:
    """What pages load beside their HTML, by name: the site's stylesheet, and what is the desk's own."""
    ours = {one.name: one.read_bytes() for one in (files("monitor.desk") / "static").iterdir()}
    shared = files("monitor.site") / "static"
    return {**ours, **{name: (shared / name).read_bytes() for name in ("style.css", "favicon.svg")}}


STATIC: Final = static_files()
_VERSIONS: Final = {name: sha256(content).hexdigest()[:12] for name, content in STATIC.items()}


def static_address(name: str) -> str:
    """Where a static file is; another address whenever its content is another."""
    return f"/static/{name}?v={_VERSIONS[name]}"


def page(request: Request, template: str, /, *, status: int = HTTPStatus.OK, **context: Any) -> Response:
    """A page made of a template. The message that the page before left is shown, once."""
    said = visible(unquote(request.cookies.get(SAID, ""))[:_LONGEST_SAID])
    token = csrf_token(request)
    field = Markup('<input type="hidden" name="token" value="{}">').format(token)
    known = {
        "said": said,
        "initial": initial_of(request),
        "is_in": bool(token),
        "csrf": field,
        "path": request.url.path,
        "undecided": getattr(request.state, "undecided", 0),
    }
    environment: jinja2.Environment = request.app.state.templates
    response = HTMLResponse(environment.get_template(template).render(known | context), status)
    if said:
        response.delete_cookie(SAID, httponly=True, samesite="strict")
    return response


def back(request: Request, to: str, *, said: str = "") -> Response:
    """Send the browser to one of our own addresses, where a message is shown."""
    response = RedirectResponse(to, HTTPStatus.SEE_OTHER)
    if said:
        secure = request.app.state.secure
        text = quote(said[:_LONGEST_SAID], safe="")
        response.set_cookie(SAID, text, max_age=60, httponly=True, samesite="strict", secure=secure)
    return response


async def form_of(request: Request) -> Mapping[str, str]:
    """The last value of each field of a form that this desk made for this session; a file's as its text.

    Anything else is answered by a page that says why, and nothing is done.
    """
    async with request.form(max_files=2, max_fields=_FIELDS, max_part_size=LONGEST_BODY) as fields:
        sent = {name: await _text(value) for name, value in fields.multi_items()}
    if not compare_digest(sent.pop("token", "").encode(), csrf_token(request).encode()):
        raise HTTPException(
            HTTPStatus.FORBIDDEN,
            "Форма устарела или сделана не здесь. Ничего не сделано: вернитесь на страницу, обновите её и повторите.",
        )
    return sent


async def _text(value: UploadFile | str) -> str:
    if isinstance(value, str):
        return value.replace("\r\n", "\n")
    return (await value.read()).decode("utf-8-sig", "replace")


def initial_of(request: Request) -> str:
    """The one letter of who is in; "" when there is none to tell."""
    return getattr(request.state, "initial", None) or ""


def csrf_token(request: Request) -> str:
    """What the forms of this session carry: no other site can know it. "" for who is not in."""
    secret = getattr(request.state, "secret", "")
    return sha256(f"form:{secret}".encode()).hexdigest() if secret else ""
