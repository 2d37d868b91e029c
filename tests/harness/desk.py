"""The desk over a socket: the real server, the real database, and somebody who is in."""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from monitor.desk import server
from monitor.desk.access import Access
from monitor.desk.app import Part, build_app
from monitor.health.http_endpoint import listen
from monitor.storage.desk.keys import DeskKeys
from tests.harness.clock import Clock

_TOKEN = re.compile(r'name="token" value="([0-9a-f]{64})"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A served desk. `client` is a browser without script: it keeps cookies and follows redirects."""

    address: str
    keys: DeskKeys
    clock: Clock
    client: httpx.Client

    def link(self, initial: str = "А") -> str:
        """A door that opens once."""
        secret = secrets.token_urlsafe(32)
        self.keys.add_link(secret, initial=initial, now=self.clock())
        return f"{self.address}/in/{secret}"

    def enter(self, initial: str = "А") -> None:
        """Come in by a new link."""
        assert self.client.post(self.link(initial)).status_code < 500

    def get(self, path: str, **query: str | int) -> httpx.Response:
        """A page."""
        return self.client.get(path, params=query or None)

    def post(self, path: str, fields: Mapping[str, str] | None = None, *, form_on: str = "/-") -> httpx.Response:
        """Send a form with the token of this session's forms (they are alike on every page, a missing one too)."""
        found = _TOKEN.search(self.client.get(form_on).text)
        return self.client.post(path, data={**(fields or {}), "token": found[1] if found else ""})


@contextmanager
def open_desk(
    keys: DeskKeys,
    parts: Sequence[Part],
    clock: Clock,
    *,
    is_in: bool = True,
    public: str = "",
    undecided: Callable[[], int] = lambda: 0,
) -> Iterator[Desk]:
    """The desk with these parts until the block ends; by default somebody is in, and no question waits.

    `public` is its address outside.
    """
    secure = public.startswith("https:")
    access = Access(keys, new_secret=lambda: secrets.token_urlsafe(32), secure=secure, undecided=undecided, clock=clock)
    listening = listen("127.0.0.1", 0, key="")
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    own = address.removeprefix("http://")
    app = build_app(parts, access, address=public or address, hosts=(own,), clock=clock)
    with server.serve(app, listening), httpx.Client(base_url=address, follow_redirects=True, trust_env=False) as client:
        desk = Desk(address=address, keys=keys, clock=clock, client=client)
        if is_in:
            desk.enter()
        yield desk
