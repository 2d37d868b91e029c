"""SIGKILL: nothing found is lost, nothing is posted twice. Moments are held from outside; the product has no hooks."""

import random  # noqa: TID251 - the test chooses moments; a seed makes them the same every time
import time
from collections import Counter
from collections.abc import Callable

import pytest

from monitor.storage.database import open_engine
from tests.harness.monitor_process import Monitor, eventually
from tests.harness.seeded_outbox import SeededOutbox
from tests.samples.news import feed_of, relevant
from tests.servers import faults
from tests.servers.bot_api import (
    BotApi,
    deliver_then_502,
    deliver_then_hang,
    deliver_then_reset,
    html502,
    http,
    too_many_requests,
)
from tests.servers.web import WebServer

CHANNEL = "@test_channel"
KILLS = 20
FOUL = (
    too_many_requests(1),
    http(500, "Internal Server Error"),
    html502,
    faults.reset,
    faults.hang,
    deliver_then_hang,
    deliver_then_reset,
    deliver_then_502,
)


def states(monitor: Monitor) -> Counter[str]:
    return Counter(state for (state,) in monitor.sql("SELECT state FROM deliveries"))


def shown(bot_api: BotApi, told: list[tuple[str, str]]) -> list[int]:
    """How many messages of the channel tell each story."""
    posts = [message.text for message in bot_api.posted(CHANNEL)]
    return [sum(title in post for post in posts) for title, _ in told]


def test_killed_while_the_feeds_answer_is_on_its_way(live: Monitor, web: WebServer, bot_api: BotApi) -> None:
    told = relevant(2)
    live.write_feeds(Проба=feed_of(web, "/rss", told))
    hold = live.start_and_ask(web, "/rss")

    live.kill()
    hold.release()
    live.start()

    eventually(lambda: shown(bot_api, told) == [1, 1], what="both posts")
    assert live.stop() == 0


def test_killed_while_the_database_is_written(live: Monitor, web: WebServer, bot_api: BotApi) -> None:
    told = relevant(2)
    live.write_feeds(Проба=feed_of(web, "/rss", told))
    hold = live.start_and_ask(web, "/rss")
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


MANY = pytest.param(200, 500, marks=[pytest.mark.long, pytest.mark.timeout(3600)])


@pytest.mark.parametrize(("rounds", "stories"), [(6, 12), MANY])
def test_killed_at_random_moments_with_a_channel_that_anybody_can_read(
    live: Monitor, web: WebServer, bot_api: BotApi, rounds: int, stories: int
) -> None:
    """Nobody has to decide anything: what is in doubt is looked for, and every story is told exactly once."""
    told = _killed_again_and_again(live, web, bot_api, rounds=rounds, stories=stories, until={"sent", "digested"})

    assert "found in the channel" in live.everything_printed()
    assert "sent again" in live.everything_printed()
    assert told == [1] * stories
    assert states(live).keys() <= {"sent", "digested"}


@pytest.mark.parametrize(("rounds", "stories"), [(3, 6), MANY])
def test_killed_at_random_moments_with_a_channel_that_nobody_can_read(
    live: Monitor, web: WebServer, bot_api: BotApi, rounds: int, stories: int
) -> None:
    """What is in doubt stays so; everything else is told exactly once."""
    bot_api.hide_preview()

    rest = {"sent", "digested", "uncertain"}
    told = _killed_again_and_again(live, web, bot_api, rounds=rounds, stories=stories, until=rest)

    doubtful = "state = 'uncertain'"
    in_doubt = live.sql(
        f"SELECT count(*) FROM deliveries WHERE {doubtful} AND kind = 'story' "
        f"OR digest_id IN (SELECT id FROM deliveries WHERE {doubtful})"
    )[0][0]
    assert max(told) == 1
    assert stories - sum(told) <= in_doubt, "nothing is lost"
    assert states(live).keys() <= rest
    assert states(live)["uncertain"] <= rounds + stories // 10, "a kill leaves one doubt, and so does a silence"


def _killed_again_and_again(
    live: Monitor, web: WebServer, bot_api: BotApi, *, rounds: int, stories: int, until: set[str]
) -> list[int]:
    """Stories come while the process is killed round after round; returns in how many messages each is told."""
    moments = random.Random(20261123)
    live.write_feeds(Проба=feed_of(web, "/rss", [("Погода", "Завтра в Актау тепло и ветрено.")]))
    live.call("migrate")
    engine = open_engine(f"sqlite:///{live.database}")
    seeded = SeededOutbox(engine)
    for turn in range(rounds):
        for number in range(turn * stories // rounds, (turn + 1) * stories // rounds):
            seeded.add_story(1000 + number)
        _kill_at_some_moment(live, bot_api, moments, moment=turn % 3)
        live.let_minutes_pass()
    # A look for one doubt reads the channel's pages one after the other: the more was posted since, the longer.
    _come_to_rest(live, bot_api, until, patience=2 if rounds < 10 else 180)
    engine.dispose()
    posts = [message.text for message in bot_api.posted(CHANNEL)]
    return [sum(f"Новость {1000 + number}" in post for post in posts) for number in range(stories)]


def _come_to_rest(live: Monitor, bot_api: BotApi, until: set[str], *, patience: float) -> None:
    """Telegram is well again, and nobody is killed any more."""
    bot_api.mend()
    live.start()
    eventually(lambda: states(live)["sending"] == 0, what="doubts instead of claims")
    live.kill()
    for _ in range(10):
        live.let_minutes_pass()
        live.start()
        eventually(lambda: "running" in live.output, timeout=120, what="the start")
        _wait(lambda: states(live).keys() <= until, seconds=patience)
        assert live.stop() == 0
        if states(live).keys() <= until:
            break


def _wait(until: Callable[[], bool], *, seconds: float) -> None:
    """Two seconds at least, and no longer than this."""
    began = time.monotonic()
    time.sleep(2)
    while not until() and time.monotonic() - began < seconds:
        time.sleep(0.5)


def _kill_at_some_moment(monitor: Monitor, bot_api: BotApi, moments: random.Random, *, moment: int) -> None:
    """0: Telegram has accepted and not answered; 1: the request is on its way; 2: nobody knows, in foul weather."""
    hold = bot_api.hold("sendMessage", accepted=moment == 0)
    if moment == 2:
        hold.release()
        bot_api.script(moments.choice(FOUL))
    monitor.start()
    eventually(lambda: "running" in monitor.output, timeout=120, what="the start")
    if moment == 2:
        time.sleep(moments.uniform(0.0, 2.0))
    else:
        hold.wait_arrived(120)
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
