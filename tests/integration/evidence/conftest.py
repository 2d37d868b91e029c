"""A posted article whose page is watched; an authority for time stamps, played by openssl on loopback."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor.sources.http.client import Fetcher
from monitor.sources.http.exchange import Limits
from monitor.sources.sandbox import Sandbox
from monitor.storage.evidence.notices import Announcements
from monitor.storage.store import Store
from tests.factories.channels import to_channel
from tests.factories.evidence import capturer_of
from tests.factories.polling import poller_of
from tests.harness.clock import Clock
from tests.harness.posted_page import BODY, CHANNEL, FEED, REVIEW, Room
from tests.servers.timestamp_authority import TimestampAuthority
from tests.servers.web import WebServer, page


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimestampAuthority]:
    """One for a file of tests: its keys take a moment to make."""
    with TimestampAuthority(tmp_path_factory.mktemp("authority")) as server:
        yield server


@pytest.fixture
async def room(web: WebServer, engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Room]:
    wish = getattr(request, "param", "")  # "announces", "brief", "short": what of the usual is otherwise
    clock, to = Clock(), Announcements(review=REVIEW, channel=CHANNEL, announces=wish == "announces")
    store = Store(engine, chats=to_channel(CHANNEL), to=to)
    limits = Limits(host_gap=0)
    async with (
        Fetcher(user_agent="test", clock=clock, allow_private=True, limits=limits) as fetcher,
        Sandbox() as reader,
    ):
        folder = tmp_path / "evidence"
        capturer = capturer_of(store, fetcher, reader, clock, folder=folder, feed=FEED)
        poller = poller_of(store, fetcher, reader, clock, chat=CHANNEL, recent=capturer.recent)
        room = Room(
            web, store, engine, capturer, clock, folder, poller, is_brief=wish == "brief", is_short=wish == "short"
        )
        web.serve("/", page("Главная", ["Новости дня"] * 40), content_type="text/html; charset=utf-8")
        room.show(*BODY)
        await room.poll(*BODY)
        yield room
