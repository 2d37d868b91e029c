"""Three workers on one PostgreSQL, killed in turn: nothing is lost, nothing is posted twice, no feed is forgotten."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import psycopg
import pytest

from monitor.polling.poll import LEASE
from tests.harness.monitor_process import Monitor, eventually
from tests.samples.news import item, relevant
from tests.servers.bot_api import TOKEN, BotApi
from tests.servers.postgres import PostgresServer
from tests.servers.web import WebServer, rss

INTERVAL = timedelta(minutes=1)
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
    told = relevant(12)
    _start(team, press, feeds=300)
    _kill_in_turn(team, press, told, kills=6, every=2.0)
    (longest,) = team.sql("SELECT max(lease_until) - now() FROM feeds")
    assert longest[0] is None or longest[0] <= LEASE, "a dead worker's leases end"
    team.sql("UPDATE feeds SET lease_until = now(), next_poll_at = now()")  # as if that time had passed

    _come_to_rest(team, len(told))

    _check(team, bot_api, told, kills=6)


@pytest.mark.postgres
@pytest.mark.long
@pytest.mark.timeout(1800)
def test_three_thousand_feeds_and_a_kill_every_ten_seconds(team: Team, press: Press, bot_api: BotApi) -> None:
    """For five minutes; nothing is done to the database by hand."""
    told = relevant(30)
    _start(team, press, feeds=3_000)
    worst = _kill_in_turn(team, press, told, kills=30, every=10.0)

    worst = max(worst, _come_to_rest(team, len(told)))

    print(f"overdue at most {worst}; {dict(team.states())}")
    assert worst <= LEASE + INTERVAL
    _check(team, bot_api, told, kills=30)


def _start(team: Team, press: Press, *, feeds: int) -> None:
    """All feeds tell something that no rule looks for; the workers are at work."""
    for number in range(feeds):
        _publish(press, number, f"Выставка {number}", "В городе дождь. " * 200)
    for worker in team.workers:
        worker.write_feeds(**{f"feed{number}": press.address(number) for number in range(feeds)})
        worker.start()
    for worker in team.workers:
        eventually(lambda worker=worker: "running" in worker.output, timeout=60, what="the start")  # type: ignore[misc]  # bound now


def _publish(press: Press, number: int, title: str, text: str) -> None:
    path = f"/{number}"
    press.serve(path, rss([item(press, path, title, text)]), etag="auto")


def _kill_in_turn(team: Team, press: Press, told: list[tuple[str, str]], *, kills: int, every: float) -> timedelta:
    """Stories come one by one meanwhile; returns by how much a feed was overdue at most."""
    worst = timedelta(0)
    for number, worker in enumerate(islice(cycle(team.workers), kills)):
        for story in range(number * len(told) // kills, (number + 1) * len(told) // kills):
            _publish(press, story, *told[story])
        time.sleep(every)
        worker.kill()
        worker.start()
        worst = max(worst, _overdue(team))
    return worst


def _overdue(team: Team) -> timedelta:
    (row,) = team.sql("SELECT max(now() - next_poll_at) FROM feeds WHERE active")
    overdue: timedelta = row[0]
    return overdue


def _come_to_rest(team: Team, stories: int) -> timedelta:
    """Until every story is told or in doubt and every feed was polled; then all stop. Returns the worst overdue."""
    worst = timedelta(0)

    def at_rest() -> bool:
        nonlocal worst
        worst = max(worst, _overdue(team))
        states = team.states()
        missed = team.sql("SELECT count(*) FROM feeds WHERE succeeded_at IS NULL") != [(0,)]
        return not missed and states.total() == stories and states.keys() <= {"sent", "uncertain", "sending"}

    eventually(at_rest, timeout=LEASE.total_seconds() + 120, what="every story and a poll of every feed")
    assert [worker.stop() for worker in team.workers] == [0, 0, 0]
    return worst


def _check(team: Team, bot_api: BotApi, told: list[tuple[str, str]], *, kills: int) -> None:
    posts = [message.text for message in bot_api.posted(CHANNEL)]
    shown = [sum(title in post for post in posts) for title, _ in told]
    in_doubt = team.states()["uncertain"] + team.states()["sending"]
    assert max(shown) == 1, "nothing is posted twice"
    assert in_doubt <= kills
    assert sum(shown) >= len(told) - in_doubt, "nothing is lost"
    assert team.sql("SELECT count(*) FROM feeds WHERE lease_until > now()") == [(0,)], (
        "who stops leaves no lease behind"
    )
