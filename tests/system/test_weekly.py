"""The picture of the week through real restarts: killed while Telegram holds it, it stands in the channel once."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.storage.database import open_engine
from tests.harness.monitor_process import Monitor, eventually
from tests.harness.seeded_outbox import CHAT, SeededOutbox
from tests.samples.news import feed_of
from tests.servers.bot_api import BotApi
from tests.servers.web import WebServer

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.fixture
def due(live: Monitor, web: WebServer) -> Monitor:
    """A story was posted two days ago, and the week ended a minute ago."""
    live.write_feeds(Проба=feed_of(web, "/rss", [("Погода", "Завтра в Актау тепло и ветрено.")]))
    live.call("migrate")
    engine = open_engine(f"sqlite:///{live.database}")
    SeededOutbox(engine).add_story(1001, "Медиазона", "Медуза")
    engine.dispose()
    live.start_and_wait()
    eventually(lambda: live.delivery_states() == {"sent": 1}, what="the story's post")
    assert live.stop() == 0
    live.sql("UPDATE deliveries SET sent_at = datetime('now', '-2 days')")
    moment = datetime.now(ZoneInfo("Asia/Almaty")) - timedelta(minutes=1)  # noqa: TID251 - the process has a real clock
    live.environment["MONITOR_WEEKLY_AT"] = f"{DAYS[moment.weekday()]} {moment:%H:%M}"
    return live


def pictures(bot_api: BotApi) -> list[str]:
    return [post.text for post in bot_api.posted(CHAT) if "photo" in post.raw]


def test_once_however_often_it_is_started(due: Monitor, bot_api: BotApi) -> None:
    for _ in range(3):
        due.start_and_wait()
        eventually(lambda: pictures(bot_api), what="the picture")
        assert due.stop() == 0

    (text,) = pictures(bot_api)
    assert text.startswith("Неделя: 1")
    assert "Медиазона, Медуза" in text
    assert bot_api.count("sendPhoto") == 1


@pytest.mark.parametrize("accepted", [True, False])
def test_killed_while_telegram_holds_the_picture(due: Monitor, bot_api: BotApi, *, accepted: bool) -> None:
    hold = bot_api.hold("sendPhoto", accepted=accepted)
    due.start()
    hold.wait_arrived()
    due.kill()
    hold.release()
    due.start()
    eventually(lambda: due.delivery_states()["sending"] == 0, what="a doubt instead of a claim")
    due.kill()
    assert due.delivery_states()["uncertain"] == 1
    due.age_doubts()
    due.start()

    eventually(lambda: due.delivery_states() == {"sent": 2}, what="the end of the doubt")
    assert due.stop() == 0
    assert len(pictures(bot_api)) == 1
    assert bot_api.count("sendPhoto") <= 2
