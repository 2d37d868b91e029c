"""What breaks around a running process, for as long as it really takes: minutes each, so `pytest -m long`.

The same and more in no time, with a clock in hand: tests/integration/health/test_faults.py.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.health.conditions import TITLES
from monitor.health.database_outage import TITLE
from monitor.models.health import ConditionKind
from tests.harness.monitor_process import Monitor, eventually
from tests.samples.news import feed_of, relevant
from tests.servers.bot_api import OPERATOR, BotApi
from tests.servers.web import WebServer

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]
CHANNEL = "@test_channel"
DISK = TITLES[ConditionKind.DISK]


def shown(bot_api: BotApi, stories: list[tuple[str, str]]) -> list[int]:
    posts = [message.text for message in bot_api.posted(CHANNEL)]
    return [sum(title in post for post in posts) for title, _ in stories]


def operator_headings(bot_api: BotApi) -> list[str]:
    """The first lines in the operator's chat, with their marks."""
    return [message.text.splitlines()[0] for message in bot_api.posted(OPERATOR.id)]


@pytest.fixture
def live_with_operator(live: Monitor) -> Monitor:
    """An installation that knows its operator's chat."""
    live.environment["MONITOR_OPERATOR_CHAT"] = str(OPERATOR.id)
    return live


def test_the_database_is_locked_for_a_minute(live_with_operator: Monitor, web: WebServer, bot_api: BotApi) -> None:
    stories = relevant(3)
    live_with_operator.write_feeds(Проба=feed_of(web, "/rss", stories[:1]))
    live_with_operator.start()
    eventually(lambda: shown(bot_api, stories) == [1, 0, 0], what="the first post")
    with live_with_operator.locked_database():
        feed_of(web, "/rss", stories)
        time.sleep(60)
        assert live_with_operator.running
        assert operator_headings(bot_api) == [f"⚠️ {TITLE}"]

    eventually(lambda: shown(bot_api, stories) == [1, 1, 1], timeout=420, what="the other posts")
    eventually(lambda: len(operator_headings(bot_api)) > 1, timeout=120, what="the end")
    assert live_with_operator.stop() == 0
    assert operator_headings(bot_api) == [f"⚠️ {TITLE}", f"✅ Прошло: {TITLE}"]
    assert "Traceback" not in live_with_operator.output


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """A disk of its own at this folder."""
    folder.mkdir()
    if os.system(f"mount -t tmpfs -o size={megabytes}m tmpfs {folder} 2>/dev/null"):
        pytest.skip("SKIPPED small disk: this machine does not let us mount")
    try:
        yield
    finally:
        os.system(f"umount -l {folder}")


def fill(folder: Path) -> Path:
    """Until nothing more fits."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for block in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(bytes(block))
            except OSError:
                continue
    return filler


@pytest.mark.skipif(os.getuid() != 0, reason="only root may mount")
def test_the_disk_is_full(live_with_operator: Monitor, web: WebServer, bot_api: BotApi, tmp_path: Path) -> None:
    stories = relevant(4)
    with small_disk(tmp_path / "data", 400):
        live_with_operator.write_feeds(Проба=feed_of(web, "/rss", stories[:1]))
        live_with_operator.start()
        eventually(lambda: shown(bot_api, stories) == [1, 0, 0, 0], what="the first post")
        filler = fill(tmp_path / "data")
        feed_of(web, "/rss", [(title, text + " Подробности следуют." * 30_000) for title, text in stories])
        eventually(lambda: bool(operator_headings(bot_api)), timeout=420, what="the alarm")
        assert live_with_operator.running

        filler.unlink()
        eventually(lambda: shown(bot_api, stories) == [1] * 4, timeout=420, what="the other posts")
        eventually(lambda: len(operator_headings(bot_api)) % 2 == 0, timeout=240, what="the end")
        assert live_with_operator.stop() == 0

    alarms = [heading.removeprefix("⚠️ ") for heading in operator_headings(bot_api) if heading.startswith("⚠️")]
    ends = [heading.removeprefix("✅ Прошло: ") for heading in operator_headings(bot_api) if heading.startswith("✅")]
    assert sorted(alarms) == sorted(ends)
    assert len(set(alarms)) == len(alarms), "each once"
    assert set(alarms) <= {TITLE, DISK}
