"""Three workers on one PostgreSQL, killed in turn: nothing is lost, nothing is posted twice, no feed is forgotten."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import psycopg
import pytest

from monitor.polling import LEASE
from tests.monitor_process import Monitor, eventually
from tests.newsroom import item, relevant
from tests.servers.bot_api import TOKEN, BotApi
from tests.servers.postgres import PostgresServer
from tests.servers.web import WebServer, rss

FEEDS = int(os.environ.get("WORKERS_FEEDS", "300"))  # 3,000 before a release
STORIES = 12
KILLS = 6
CHANNEL = "@test_channel"


class Press(WebServer):
    """Answers at every address of the loopback network, so that each feed has a host of its own."""

    bound_to = "0.0.0.0"

    def address(self, number: int) -> str:
        """Where feed `number` stands."""
        port = self.url.rpartition(":")[2]
        return f"http://127.1.{number // 250}.{1 + number % 250}:{port}/{number}"


@pytest.fixture
def press() -> Iterator[Press]:
    with Press() as server:
        yield server


class Team:
    """Three installations with one database and one feeds.yaml."""

    def __init__(self, folder: Path, database_url: str, bot_api: BotApi) -> None:
        self._database_url = database_url
        self.workers = [self._worker(folder / str(number), bot_api) for number in range(3)]

    def _worker(self, folder: Path, bot_api: BotApi) -> Monitor:
        folder.mkdir()
        live = {"MONITOR_BOT_TOKEN": TOKEN, "MONITOR_CHANNEL": CHANNEL, "MONITOR_BOT_API_URL": bot_api.url}
        return Monitor(folder, MONITOR_DATABASE_URL=self._database_url, **live)

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """One statement, committed; the rows of a SELECT."""
        with psycopg.connect(self._database_url.replace("+psycopg", "")) as database:
            cursor = database.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def states(self) -> Counter[str]:
        return Counter(state for (state,) in self.sql("SELECT state FROM deliveries"))


@pytest.fixture
def team(tmp_path: Path, postgres: PostgresServer, bot_api: BotApi) -> Iterator[Team]:
    made = Team(tmp_path, postgres.new_database(), bot_api)
    yield made
    for worker in made.workers:
        if worker.running:
            worker.kill()


@pytest.mark.postgres
@pytest.mark.timeout(300)  # nine starts, and the channel's pace
def test_workers_killed_in_turn(team: Team, press: Press, bot_api: BotApi) -> None:
    told = relevant(STORIES)
    for number in range(FEEDS):
        title, text = told[number] if number < STORIES else (f"Выставка {number}", "В городе дождь. " * 200)
        press.serve(f"/{number}", rss([item(press, f"/{number}", title, text)]), etag="auto")
    for worker in team.workers:
        worker.write_feeds(**{f"feed{number}": press.address(number) for number in range(FEEDS)})
        worker.start()
    for worker in team.workers:
        eventually(lambda worker=worker: "running" in worker.output, timeout=60, what="the start")  # type: ignore[misc]  # bound now

    for worker in islice(cycle(team.workers), KILLS):
        time.sleep(2.0)
        worker.kill()
        worker.start()
    (longest,) = team.sql("SELECT max(lease_until) - now() FROM feeds")
    assert longest[0] is None or longest[0] <= LEASE, "a dead worker's leases end"
    team.sql("UPDATE feeds SET lease_until = now()")  # as if that time had passed
    eventually(
        lambda: team.states().total() == STORIES and team.states().keys() <= {"sent", "uncertain", "sending"},
        timeout=120,
        what="every story",
    )
    eventually(
        lambda: team.sql("SELECT count(*) FROM feeds WHERE succeeded_at IS NULL") == [(0,)],
        timeout=60,
        what="a poll of every feed",
    )
    assert [worker.stop() for worker in team.workers] == [0, 0, 0]

    posts = [message.text for message in bot_api.posted(CHANNEL)]
    shown = [sum(title in post for post in posts) for title, _ in told]
    in_doubt = team.states()["uncertain"] + team.states()["sending"]
    assert max(shown) == 1, "nothing is posted twice"
    assert in_doubt <= KILLS
    assert sum(shown) >= STORIES - in_doubt, "nothing is lost"
    assert team.sql("SELECT count(*) FROM feeds WHERE lease_until > now()") == [(0,)], (
        "who stops leaves no lease behind"
    )
