"""The parameters of one Bot API call, whichever of the three ways the client wrote them in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qsl

from tests.servers.loopback import Request


class Refusal(Exception):
    """A Bot API error answer; `parameters` are retry_after or migrate_to_chat_id."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        self.code, self.description, self.parameters = code, description, parameters
        super().__init__(description)


def bad_request(reason: str) -> Refusal:
    """400 with Telegram's prefix."""
    return Refusal(400, f"Bad Request: {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file sent along."""

    name: str
    content: bytes


class Params(dict[str, Any]):
    """Field → text, Upload, or (from a JSON body) any JSON value."""

    def text(self, name: str) -> str:
        """A text; "" when absent."""
        value = self.get(name, "")
        return value if isinstance(value, str) else json.dumps(value)

    def number(self, name: str, default: int = 0) -> int:
        """An integer; the default when absent or not a number, as the real server does."""
        try:
            return int(self.get(name, default))
        except (TypeError, ValueError):
            return default

    def flag(self, name: str) -> bool:
        """A boolean as any client writes it."""
        return str(self.get(name, "")).lower() in ("true", "1", "yes")

    def structure(self, name: str) -> Any:
        """A JSON value; None when absent. Forms carry it as a string."""
        value = self.get(name)
        if not isinstance(value, str) or not value:
            return value or None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def mapping(self, name: str) -> dict[str, Any]:
        """A JSON object; empty when absent."""
        value = self.structure(name)
        if value is not None and not isinstance(value, dict):
            raise bad_request(f"object expected as {name}")
        return value or {}


def read_params(request: Request) -> Params:
    """Query and body together, as the Bot API takes them."""
    params = Params(parse_qsl(request.query, keep_blank_values=True))
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        params.update(json.loads(request.body or b"{}"))
    elif kind == "multipart/form-data":
        params.update(_multipart(request.headers, request.body))
    else:
        params.update(parse_qsl(request.body.decode(), keep_blank_values=True))
    return params


def _multipart(headers: Mapping[str, str], body: bytes) -> dict[str, str | Upload]:
    head = f"Content-Type: {headers['content-type']}\r\n\r\n".encode("latin-1")
    fields: dict[str, str | Upload] = {}
    for part in BytesParser(policy=policy.HTTP).parsebytes(head + body).iter_parts():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        name, filename = part.get_param("name", header="content-disposition"), part.get_filename()
        fields[str(name)] = content.decode() if filename is None else Upload(name=filename, content=content)
    return fields
