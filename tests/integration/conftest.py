"""Two ways to speak to the Bot API stand-in: as python-telegram-bot does, and as raw HTTP."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from telegram import Bot

from tests.servers.bot_api import BotApi


@pytest.fixture
def api(bot_api: BotApi) -> BotApi:
    """The stand-in, in the tests that are about it."""
    return bot_api


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    """Raw HTTP; no TLS on loopback, so no certificates are loaded."""
    with httpx.Client(timeout=5, verify=False) as opened:
        yield opened


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[Bot]:
    """The library that the product uses."""
    async with Bot(api.token, base_url=f"{api.url}/bot") as opened:
        yield opened
