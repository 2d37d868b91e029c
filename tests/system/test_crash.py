"""SIGKILL: nothing found is lost, nothing is posted twice. Moments are held from outside; the product has no hooks."""

import random  # noqa: TID251 - the test chooses moments; a seed makes them the same every time
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from monitor.models.outbox import WantedPost
from monitor.storage.database import open_engine, write_transaction
from monitor.storage.outbox.deliveries import want
from monitor.storage.tables import deliveries
from tests.factories import NOW
from tests.harness.monitor_process import Monitor, eventually, live_monitor
from tests.harness.seeded_outbox import SeededOutbox
from tests.samples.news import feed_of, relevant
from tests.servers import faults
from tests.servers.bot_api import CHANNEL as STAND_IN
from tests.servers.bot_api import (
    BotApi,
    Chat,
    deliver_then_502,
    deliver_then_hang,
    deliver_then_reset,
    html502,
    http,
    too_many_requests,
)
from tests.servers.web import WebServer

CHANNEL, SECOND = "@test_channel", "@test_second"
LATER = NOW + timedelta(days=3650)  # than any start of a process: nothing told before is told to a new channel
FURTHER = Chat(id=-1001234567892, type="channel", title="Вторая", username="test_second")
FAULTS = (
    too_many_requests(1),
    http(500, "Internal Server Error"),
    html502,
    faults.reset,
    faults.hang,
    deliver_then_hang,
    deliver_then_reset,
    deliver_then_502,
)


def shown(bot_api: BotApi, stories: list[tuple[str, str]]) -> list[int]:
    """How many messages of the channel tell each story."""
    posts = [message.text for message in bot_api.posted(CHANNEL)]
    return [sum(title in post for post in posts) for title, _ in stories]


def test_killed_while_the_feeds_answer_is_on_its_way(live: Monitor, web: WebServer, bot_api: BotApi) -> None:
    stories = relevant(2)
    live.write_feeds(Проба=feed_of(web, "/rss", stories))
    hold = live.start_and_ask(web, "/rss")

    live.kill()
    hold.release()
    live.start()

    eventually(lambda: shown(bot_api, stories) == [1, 1], what="both posts")
    assert live.stop() == 0


def test_killed_while_the_database_is_written(live: Monitor, web: WebServer, bot_api: BotApi) -> None:
    stories = relevant(2)
    live.write_feeds(Проба=feed_of(web, "/rss", stories))
    hold = live.start_and_ask(web, "/rss")
    with live.locked_database():
        hold.release()
        time.sleep(1.0)
        live.kill()
    assert live.delivery_states() == {}
    live.start()

    eventually(lambda: shown(bot_api, stories) == [1, 1], what="both posts")
    assert live.stop() == 0


def test_killed_when_telegram_has_accepted_and_not_answered(live: Monitor, web: WebServer, bot_api: BotApi) -> None:
    stories = relevant(2)
    live.write_feeds(Проба=feed_of(web, "/rss", stories))
    hold = bot_api.hold("sendMessage", accepted=True)
    live.start()
    hold.wait_arrived()
    eventually(lambda: sum(shown(bot_api, stories)) == 1, what="the accepted post")

    live.kill()
    hold.release()
    live.start()
    eventually(lambda: shown(bot_api, stories) == [1, 1], what="the other post")
    assert live.stop() == 0

    assert live.delivery_states() == {"uncertain": 1, "sent": 1}
    listed = live.call("outbox", "list").stdout
    assert "неясно, ушло ли" in listed
    assert bot_api.count("sendMessage") == 2, "the one in doubt was never sent again"


@pytest.mark.parametrize("kills", [7, pytest.param(40, marks=[pytest.mark.long, pytest.mark.timeout(1200)])])
def test_killed_at_random_moments(live: Monitor, web: WebServer, bot_api: BotApi, kills: int) -> None:
    moments = random.Random(20261122)
    bot_api.hide_preview()
    stories = relevant(9)
    parts = {"А": stories[:3], "Б": stories[3:6], "В": stories[6:]}
    live.write_feeds(**{name: feed_of(web, f"/{number}", part) for number, (name, part) in enumerate(parts.items())})

    for _ in range(kills):
        live.start_and_wait()
        time.sleep(moments.uniform(0.0, 1.2))
        live.kill()
    live.start_and_wait()
    eventually(lambda: _is_settled(live.delivery_states(), len(stories)), what="the end of every delivery")
    assert live.stop() == 0

    assert max(shown(bot_api, stories)) == 1, "nothing is posted twice"
    in_doubt = live.delivery_states()["uncertain"]
    assert in_doubt <= kills
    assert sum(shown(bot_api, stories)) >= len(stories) - in_doubt, "nothing is lost"
    _settle_doubts(live, bot_api)
    assert shown(bot_api, stories) == [1] * len(stories)


def _is_settled(states: Counter[str], deliveries: int) -> bool:
    return states.keys() <= {"sent", "uncertain"} and states.total() == deliveries


MANY = pytest.param(200, 500, marks=[pytest.mark.long, pytest.mark.timeout(3600)])


@pytest.mark.parametrize(("rounds", "stories"), [(6, 12), MANY])
def test_killed_at_random_moments_with_a_channel_that_anybody_can_read(
    live: Monitor, web: WebServer, bot_api: BotApi, rounds: int, stories: int
) -> None:
    """Nobody has to decide anything: what is in doubt is looked for, and every story is told exactly once."""
    counts = _kill_again_and_again(live, web, bot_api, rounds=rounds, stories=stories, until={"sent", "digested"})

    assert "found in the channel" in live.everything_printed()
    assert "sent again" in live.everything_printed()
    assert counts == [1] * stories
    assert live.delivery_states().keys() <= {"sent", "digested"}


@pytest.mark.parametrize(("rounds", "stories"), [(4, 8), MANY])
def test_killed_at_random_moments_with_two_channels(tmp_path: Path, web: WebServer, rounds: int, stories: int) -> None:
    """Each of them is told every story exactly once."""
    with BotApi(chats=(STAND_IN, FURTHER)) as bot_api:
        live = live_monitor(tmp_path, bot_api)
        (live.folder / "channels.yaml").write_text(f"channels: [{{name: Вторая, chat: '{SECOND}'}}]", encoding="utf-8")
        try:
            told = {"sent", "digested"}
            counts = _kill_again_and_again(
                live, web, bot_api, rounds=rounds, stories=stories, until=told, chats=(CHANNEL, SECOND)
            )
        finally:
            if live.running:
                live.kill()
    assert counts == [1] * stories * 2
    assert live.delivery_states().keys() <= told


@pytest.mark.parametrize(("rounds", "stories"), [(3, 6), MANY])
def test_killed_at_random_moments_with_a_channel_that_nobody_can_read(
    live: Monitor, web: WebServer, bot_api: BotApi, rounds: int, stories: int
) -> None:
    """What is in doubt stays so; everything else is told exactly once."""
    bot_api.hide_preview()

    rest = {"sent", "digested", "uncertain"}
    counts = _kill_again_and_again(live, web, bot_api, rounds=rounds, stories=stories, until=rest)

    doubtful = "state = 'uncertain'"
    in_doubt = live.sql(
        f"SELECT count(*) FROM deliveries WHERE {doubtful} AND kind = 'story' "
        f"OR digest_id IN (SELECT id FROM deliveries WHERE {doubtful})"
    )[0][0]
    assert max(counts) == 1
    assert stories - sum(counts) <= in_doubt, "nothing is lost"
    assert live.delivery_states().keys() <= rest
    assert live.delivery_states()["uncertain"] <= rounds + stories // 10, (
        "a kill leaves one doubt, and so does a call without answer"
    )


def _kill_again_and_again(
    live: Monitor,
    web: WebServer,
    bot_api: BotApi,
    *,
    rounds: int,
    stories: int,
    until: set[str],
    chats: tuple[str, ...] = (CHANNEL,),
) -> list[int]:
    """Add stories while the process is killed round after round; returns how many messages of each chat tell each."""
    moments = random.Random(20261123)
    live.write_feeds(Проба=feed_of(web, "/rss", [("Погода", "Завтра в Актау тепло и ветрено.")]))
    live.call("migrate")
    engine = open_engine(f"sqlite:///{live.database}")
    seeded = SeededOutbox(engine)
    for turn in range(rounds):
        for number in range(turn * stories // rounds, (turn + 1) * stories // rounds):
            _tell_all(seeded, 1000 + number, chats)
        _kill_at_some_moment(live, bot_api, moments, moment=turn % 3)
        live.age_doubts()
    # A look for one doubt reads the channel's pages one after the other: the more was posted since, the longer.
    _settle_all(live, bot_api, until, patience=2 if rounds < 10 else 180)
    engine.dispose()
    posts = [[message.text for message in bot_api.posted(chat)] for chat in chats]
    return [sum(f"Новость {1000 + number}" in post for post in told) for told in posts for number in range(stories)]


def _tell_all(seeded: SeededOutbox, number: int, chats: tuple[str, ...]) -> None:
    """A story that all these chats should show."""
    seeded.add_story(number, chat=chats[0], at=LATER)
    with write_transaction(seeded.engine) as db:
        for chat in chats[1:]:
            html = db.scalars(select(deliveries.c.html).where(deliveries.c.story_id == number)).first() or ""
            want(db, number, WantedPost(chat=chat, html=html), LATER)


def _settle_all(live: Monitor, bot_api: BotApi, until: set[str], *, patience: float) -> None:
    """Telegram works again and nobody is killed: start and stop until every delivery is in one of these states."""
    bot_api.mend()
    live.start()
    eventually(lambda: live.delivery_states()["sending"] == 0, what="doubts instead of claims")
    live.kill()
    while not live.delivery_states().keys() <= until:  # what never ends is ended by pytest-timeout
        live.age_doubts()
        live.start_and_wait()
        for _ in range(round(patience / 0.1)):
            time.sleep(0.1)
            if live.delivery_states().keys() <= until:
                break
        assert live.stop() == 0


def _kill_at_some_moment(monitor: Monitor, bot_api: BotApi, moments: random.Random, *, moment: int) -> None:
    """0: Telegram has accepted and not answered; 1: the request is on its way; 2: at any time, Telegram faulty."""
    hold = bot_api.hold("sendMessage", accepted=moment == 0)
    if moment == 2:
        hold.release()
        bot_api.script(moments.choice(FAULTS))
    monitor.start_and_wait()
    if moment == 2:
        time.sleep(moments.uniform(0.0, 2.0))
    else:
        hold.wait_arrived()
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
    monitor.call("poll")
