"""An installation in a scratch folder, in preview mode and live; a browser to look at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.harness.chromium import open_browser
from tests.harness.monitor_process import Monitor, live_monitor
from tests.servers.bot_api import TOKEN, BotApi


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Monitor]:
    """Without token and channel."""
    monitor = Monitor(tmp_path)
    yield monitor
    if monitor.running:
        monitor.kill()


@pytest.fixture
def live(tmp_path: Path, bot_api: BotApi) -> Iterator[Monitor]:
    """With a token and a channel at the Bot API stand-in."""
    monitor = live_monitor(tmp_path, bot_api)
    yield monitor
    if monitor.running:
        monitor.kill()
    assert TOKEN.partition(":")[2] not in monitor.everything_printed()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for a file of tests; each test has a context of its own, or a page that is only read."""
    with open_browser() as opened:
        yield opened
