"""The review chat in operation; two clients of the Bot API stand-in: python-telegram-bot's, and raw HTTP; children
that begin in a moment.
"""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from sqlalchemy import Engine
from telegram import Bot

from monitor.edits import child_process
from monitor.matching.matcher import Matcher
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.store import Store
from tests.harness.forked_child import ForkedChild
from tests.harness.project_rules import project_matcher
from tests.harness.review_chat import ReviewChatHarness, open_review_chat
from tests.servers.bot_api import BotApi


@pytest.fixture
def api(bot_api: BotApi) -> BotApi:
    """The stand-in, in the tests that are about it."""
    return bot_api


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    """Raw HTTP; no TLS on loopback, so no certificates are loaded."""
    with httpx.Client(timeout=60, verify=False) as opened:
        yield opened


@pytest.fixture
def forked_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """How a child that tries edits begins and ends is tested in tests/integration/edits/test_child_process.py."""
    monkeypatch.setattr(child_process, "_started", ForkedChild)


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[Bot]:
    """The library that the product uses."""
    async with Bot(api.token, base_url=f"{api.url}/bot") as opened:
        yield opened


@pytest.fixture(scope="session")
def matcher() -> Matcher:
    """The project's rules."""
    return project_matcher()


@pytest.fixture
async def harness(
    bot_api: BotApi, engine: Engine, store: Store, outbox: Outbox, matcher: Matcher
) -> AsyncIterator[ReviewChatHarness]:
    """The review chat on either database, the clock at NOW."""
    async with open_review_chat(bot_api, engine, store, outbox, matcher) as opened:
        yield opened
