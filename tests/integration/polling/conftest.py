"""What most tests of polling need; some have a room of their own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.harness.poll_room import Room, open_room
from tests.servers.web import WebServer


@pytest.fixture
async def room(web: WebServer, tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(web, tmp_path) as opened:
        yield opened
