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


class ManyHosts(WebServer):
    """Answers at every address of the loopback network, so that each feed has a host of its own."""

    bound_to = "0.0.0.0"

    def address(self, number: int) -> str:
        """Where feed `number` stands."""
        port = self.url.rpartition(":")[2]
        return f"http://127.1.{number // 250}.{1 + number % 250}:{port}/{number}"


@pytest.fixture
def web() -> Iterator[ManyHosts]:
    with ManyHosts() as server:
        yield server


class Installations:
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
def installations(tmp_path: Path, postgres: PostgresServer, bot_api: BotApi) -> Iterator[Installations]:
    made = Installations(tmp_path, postgres.new_database(), bot_api)
    yield made
    for worker in made.workers:
        if worker.running:
            worker.kill()


@pytest.mark.postgres
def test_workers_killed_in_turn(installations: Installations, web: ManyHosts, bot_api: BotApi) -> None:
    stories = relevant(6)
    _start(installations, web, feeds=60)
    _kill_in_turn(installations, web, stories, kills=3, every=1.5)
    (longest,) = installations.sql("SELECT max(lease_until) - now() FROM feeds")
    assert longest[0] is None or longest[0] <= LEASE, "a dead worker's leases end"
    installations.sql("UPDATE feeds SET lease_until = now(), next_poll_at = now()")  # as if that time had passed

    _wait_until_done(installations, len(stories))

    _check(installations, bot_api, stories, kills=3)


@pytest.mark.postgres
@pytest.mark.long
@pytest.mark.timeout(1800)
def test_three_thousand_feeds_and_a_kill_every_ten_seconds(
    installations: Installations, web: ManyHosts, bot_api: BotApi
) -> None:
    """For five minutes; nothing is done to the database by hand."""
    stories = relevant(30)
    _start(installations, web, feeds=3_000)
    worst = _kill_in_turn(installations, web, stories, kills=30, every=10.0)

    worst = max(worst, _wait_until_done(installations, len(stories)))

    print(f"overdue at most {worst}; {dict(installations.states())}")
    assert worst <= LEASE + INTERVAL
    _check(installations, bot_api, stories, kills=30)


def _start(installations: Installations, web: ManyHosts, *, feeds: int) -> None:
    """All feeds show something that no rule looks for; returns when the workers work."""
    for number in range(feeds):
        _publish(web, number, f"Выставка {number}", "В городе дождь. " * 200)
    for worker in installations.workers:
        worker.write_feeds(**{f"feed{number}": web.address(number) for number in range(feeds)})
        worker.start()
    for worker in installations.workers:
        eventually(lambda worker=worker: "running" in worker.output, what="the start")  # type: ignore[misc]  # bound now


def _publish(web: ManyHosts, number: int, title: str, text: str) -> None:
    path = f"/{number}"
    web.serve(path, rss([item(web, path, title, text)]), etag="auto")


def _kill_in_turn(
    installations: Installations, web: ManyHosts, stories: list[tuple[str, str]], *, kills: int, every: float
) -> timedelta:
    """Publish the stories meanwhile; returns by how much a feed was overdue at most."""
    worst = timedelta(0)
    for number, worker in enumerate(islice(cycle(installations.workers), kills)):
        for story in range(number * len(stories) // kills, (number + 1) * len(stories) // kills):
            _publish(web, story, *stories[story])
        time.sleep(every)
        worker.kill()
        worker.start()
        worst = max(worst, _overdue(installations))
    return worst


def _overdue(installations: Installations) -> timedelta:
    (row,) = installations.sql("SELECT max(now() - next_poll_at) FROM feeds WHERE active")
    overdue: timedelta = row[0]
    return overdue


def _wait_until_done(installations: Installations, stories: int) -> timedelta:
    """Every story is posted or in doubt and every feed was polled; then all stop. Returns the worst overdue."""
    worst = timedelta(0)

    def is_done() -> bool:
        nonlocal worst
        worst = max(worst, _overdue(installations))
        states = installations.states()
        missed = installations.sql("SELECT count(*) FROM feeds WHERE succeeded_at IS NULL") != [(0,)]
        return not missed and states.total() == stories and states.keys() <= {"sent", "uncertain", "sending"}

    eventually(is_done, timeout=LEASE.total_seconds() + 120, what="every story and a poll of every feed")
    assert [worker.stop() for worker in installations.workers] == [0, 0, 0]
    return worst


def _check(installations: Installations, bot_api: BotApi, stories: list[tuple[str, str]], *, kills: int) -> None:
    posts = [message.text for message in bot_api.posted(CHANNEL)]
    shown = [sum(title in post for post in posts) for title, _ in stories]
    in_doubt = installations.states()["uncertain"] + installations.states()["sending"]
    assert max(shown) == 1, "nothing is posted twice"
    assert in_doubt <= kills
    assert sum(shown) >= len(stories) - in_doubt, "nothing is lost"
    assert installations.sql("SELECT count(*) FROM feeds WHERE lease_until > now()") == [(0,)], (
        "who stops leaves no lease behind"
    )
