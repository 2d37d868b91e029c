"""The envelopes of the Bot API, and the faults that only it knows (the others are in `faults.py`)."""

import json
from collections.abc import Mapping
from typing import Any

from tests.servers.bot_params import Refusal
from tests.servers.faults import Answer, Fault, deliver_then, hang, reset, status
from tests.servers.loopback import Exchange, Response


def reply(code: int, content: object, headers: Mapping[str, str] | None = None) -> Response:
    """JSON as the Bot API sends it."""
    body = json.dumps(content, ensure_ascii=False).encode()
    return Response(status=code, headers={"content-type": "application/json", **(headers or {})}, body=body)


def refused(refusal: Refusal) -> Response:
    """The error envelope; 429 also carries a Retry-After header."""
    content: dict[str, Any] = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.parameters:
        content["parameters"] = refusal.parameters
    wait = refusal.parameters.get("retry_after")
    return reply(refusal.code, content, {} if wait is None else {"retry-after": str(wait)})


def http(code: int, description: str, parameters: Mapping[str, int] | None = None) -> Fault:
    """A Bot API error answer; the message is not kept."""

    async def fault(exchange: Exchange, _answer: Answer) -> None:
        await exchange.send(refused(Refusal(code, description, **(parameters or {}))))

    return fault


def too_many_requests(retry_after: int) -> Fault:
    """429 as Telegram says it."""
    return http(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


html502 = status(502, {"content-type": "text/html"}, "<html><h1>502 Bad Gateway</h1><hr>nginx</html>")
badjson = status(200, {"content-type": "application/json"}, '{"ok":true,"result":{"message_id":')
empty200 = status(200, {"content-type": "application/json"})
deliver_then_hang = deliver_then(hang)
deliver_then_reset = deliver_then(reset)
deliver_then_502 = deliver_then(html502)
