"""SIGKILL: nothing found is lost, nothing is posted twice. Moments are held from outside; the product has no hooks."""

import random  # noqa: TID251 - the test chooses moments; a seed makes them the same every time
import time
from collections import Counter

import pytest

from monitor.database import open_engine
from tests.monitor_process import Monitor, eventually
from tests.newsdesk import Newsdesk
from tests.newsroom import feed_of, relevant
from tests.servers.bot_api import BotApi
from tests.servers.web import WebServer

CHANNEL = "@test_channel"
KILLS = 20


def states(monitor: Monitor) -> Counter[str]:
    return Counter(state for (state,) in monitor.sql("SELECT state FROM deliveries"))


def shown(bot_api: BotApi, told: list[tuple[str, str]]) -> list[int]:
    """How many messages of the channel tell each story."""
    posts = [message.text for message in bot_api.posted(CHANNEL)]
    return [sum(title in post for post in posts) for title, _ in told]


def test_killed_while_the_feeds_answer_is_on_its_way(live: Monitor, web: WebServer, bot_api: BotApi) -> None:
    told = relevant(2)
    live.write_feeds(Проба=feed_of(web, "/rss", told))
    hold = web.hold("/rss")
    live.start()
    hold.wait_arrived(30)

    live.kill()
    hold.release()
    live.start()

    eventually(lambda: shown(bot_api, told) == [1, 1], what="both posts")
    assert live.stop() == 0


def test_killed_while_the_database_is_written(live: Monitor, web: WebServer, bot_api: BotApi) -> None:
    told = relevant(2)
    live.write_feeds(Проба=feed_of(web, "/rss", told))
    hold = web.hold("/rss")
    live.start()
    hold.wait_arrived(30)
    with live.locked_database():
        hold.release()
        time.sleep(1.0)
        live.kill()
    assert states(live) == {}
    live.start()

    eventually(lambda: shown(bot_api, told) == [1, 1], what="both posts")
    assert live.stop() == 0


def test_killed_when_telegram_has_accepted_and_not_answered(live: Monitor, web: WebServer, bot_api: BotApi) -> None:
    told = relevant(2)
    live.write_feeds(Проба=feed_of(web, "/rss", told))
    hold = bot_api.hold("sendMessage", accepted=True)
    live.start()
    hold.wait_arrived(30)
    eventually(lambda: sum(shown(bot_api, told)) == 1, what="the accepted post")

    live.kill()
    hold.release()
    live.start()
    eventually(lambda: shown(bot_api, told) == [1, 1], what="the other post")
    assert live.stop() == 0

    assert states(live) == {"uncertain": 1, "sent": 1}
    listed = live.call("outbox", "list").stdout
    assert "неясно, ушло ли" in listed
    assert bot_api.count("sendMessage") == 2, "the one in doubt was never sent again"


@pytest.mark.timeout(300)  # twenty-one starts, and the channel's pace
def test_killed_at_random_moments(live: Monitor, web: WebServer, bot_api: BotApi) -> None:
    moments = random.Random(20261122)
    bot_api.hide_preview()
    told = relevant(12)
    parts = {"А": told[:4], "Б": told[4:8], "В": told[8:]}
    live.write_feeds(**{name: feed_of(web, f"/{number}", part) for number, (name, part) in enumerate(parts.items())})

    for _ in range(KILLS):
        live.start()
        eventually(lambda: "running" in live.output, what="the start")
        time.sleep(moments.uniform(0.0, 1.2))
        live.kill()
    live.start()
    eventually(lambda: states(live).keys() <= {"sent", "uncertain"} and states(live).total() == 12, timeout=90)
    assert live.stop() == 0

    assert max(shown(bot_api, told)) == 1, "nothing is posted twice"
    in_doubt = states(live)["uncertain"]
    assert in_doubt <= KILLS
    assert sum(shown(bot_api, told)) >= 12 - in_doubt, "nothing is lost"
    _settle_doubts(live, bot_api)
    assert shown(bot_api, told) == [1] * 12


@pytest.mark.parametrize(
    ("rounds", "stories"), [(6, 2), pytest.param(100, 2, marks=[pytest.mark.long, pytest.mark.timeout(3600)])]
)
def test_killed_at_random_moments_with_a_channel_that_anybody_can_read(
    live: Monitor, web: WebServer, bot_api: BotApi, rounds: int, stories: int
) -> None:
    """Nobody has to decide anything: what is in doubt is looked for, and every story is told exactly once."""
    moments = random.Random(20261123)
    live.write_feeds(Проба=feed_of(web, "/rss", [("Погода", "Завтра в Актау тепло и ветрено.")]))
    live.call("migrate")
    engine = open_engine(f"sqlite:///{live.database}")
    desk, numbers = Newsdesk(engine), range(1, rounds * stories + 1)
    for start in range(0, len(numbers), stories):
        for number in numbers[start : start + stories]:
            desk.tell(1000 + number)
        _kill_at_some_moment(live, bot_api, moments, moment=start // stories % 3)
        live.let_minutes_pass()
    live.start()
    eventually(lambda: states(live)["sending"] == 0, what="doubts instead of claims")
    live.kill()
    for _ in range(10):
        live.let_minutes_pass()
        live.start()
        eventually(lambda: "running" in live.output, what="the start")
        time.sleep(2)
        assert live.stop() == 0
        if states(live).keys() <= {"sent", "digested"}:
            break
    engine.dispose()

    posts = [message.text for message in bot_api.posted(CHANNEL)]
    told = [sum(f"Новость {1000 + number}" in post for post in posts) for number in numbers]
    assert "found in the channel" in live.everything_printed()
    assert "sent again" in live.everything_printed()
    assert told == [1] * len(numbers)
    assert states(live).keys() <= {"sent", "digested"}


def _kill_at_some_moment(monitor: Monitor, bot_api: BotApi, moments: random.Random, *, moment: int) -> None:
    """0: Telegram has accepted and not answered; 1: the request is on its way; 2: nobody knows."""
    hold = bot_api.hold("sendMessage", accepted=moment == 0)
    if moment == 2:
        hold.release()
    monitor.start()
    eventually(lambda: "running" in monitor.output, what="the start")
    if moment == 2:
        time.sleep(moments.uniform(0.0, 2.0))
    else:
        hold.wait_arrived(30)
    monitor.kill()
    hold.release()


def _settle_doubts(monitor: Monitor, bot_api: BotApi) -> None:
    """What an operator does: look into the channel, then cancel what is there and retry what is not."""
    doubtful = monitor.sql(
        "SELECT d.id, a.title FROM deliveries d JOIN articles a USING (story_id) WHERE d.state = 'uncertain'"
    )
    posts = " ".join(message.text for message in bot_api.posted(CHANNEL))
    for number, title in doubtful:
        assert monitor.call("outbox", "cancel" if title in posts else "retry", str(number)).returncode == 0
    monitor.call("poll", timeout=120)
