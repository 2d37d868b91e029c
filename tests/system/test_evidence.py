"""SIGKILL beside a site that edits, deletes, walls off and moves its pages: every posted article keeps its proof."""

import random  # noqa: TID251 - the test chooses moments; a seed makes them the same every time
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness.monitor_process import Monitor, eventually
from tests.samples.news import item, relevant
from tests.servers import faults
from tests.servers.bot_api import BotApi
from tests.servers.web import WebServer, page, rss

CHANNEL = "@test_channel"
PAGE = "text/html; charset=utf-8"


class Site:
    """A feed of articles with their pages, and what may happen to a page."""

    def __init__(self, web: WebServer, stories: list[tuple[str, str]], moments: random.Random) -> None:
        self.web, self.stories, self._moments = web, stories, moments
        web.serve("/", page("Главная", ["Новости этого дня."] * 40), content_type=PAGE)
        for number in range(len(stories)):
            self._show(number)
        items = [
            replace(item(web, "/rss", title, text), link=f"{web.url}/page/{number}")
            for number, (title, text) in enumerate(stories)
        ]
        self.feed = web.serve("/rss", rss(items), etag="auto")

    def change_something(self) -> None:
        number = self._moments.randrange(len(self.stories))
        path = f"/page/{number}"
        what = self._moments.choice(["edit", "delete", "wall", "move", "back"])
        self.web.mend(path)
        if what == "edit":
            self._show(number, f"Уточнение: заседание номер {self._moments.randrange(999)} отложили до весны.")
        elif what == "delete":
            self.web.remove(path)
        elif what == "wall":
            self.web.fail(path, faults.status(403))
        elif what == "move":
            self.web.serve(f"/moved/{number}", self._html(number), content_type=PAGE)
            self.web.redirect(path, f"{self.web.url}/moved/{number}", 301)
        else:
            self._show(number)

    def _show(self, number: int, more: str = "") -> None:
        self.web.serve(f"/page/{number}", self._html(number, more), content_type=PAGE)

    def _html(self, number: int, more: str = "") -> str:
        title, text = self.stories[number]
        return page(title, [*text.split(". "), more])


@pytest.mark.parametrize("kills", [6, pytest.param(100, marks=[pytest.mark.long, pytest.mark.timeout(3600)])])
def test_killed_at_random_moments_of_looking_at_pages(
    live: Monitor, web: WebServer, bot_api: BotApi, tmp_path: Path, kills: int
) -> None:
    moments = random.Random(20261128)
    site = Site(web, relevant(6), moments)
    live.write_feeds(Проба=site.feed)
    for _ in range(kills):
        live.start_and_wait()
        time.sleep(moments.uniform(0.0, 1.5))
        live.kill()
        site.change_something()
        _look_again(live)
    live.start_and_wait()
    eventually(lambda: _all_captured(live, len(site.stories)), what="a capture of every article")
    assert live.stop() == 0

    posts = [message.text for message in bot_api.posted(CHANNEL)]
    assert [sum(title in post for post in posts if title in post.split("\n")[1]) for title, _ in site.stories] == [
        1
    ] * 6
    for (number,) in live.sql("SELECT DISTINCT story_id FROM articles WHERE story_id IS NOT NULL"):
        bundle = tmp_path / f"bundle-{number}"
        exported = live.call("evidence", "export", str(number), str(bundle))
        assert exported.returncode == 0, exported.stderr
        verified = live.call("evidence", "verify", str(bundle))
        assert verified.returncode == 0, verified.stdout + verified.stderr


def _look_again(live: Monitor) -> None:
    """Whatever is watched is due; only while the process is down. There is no table before the first start ends."""
    if live.database.exists():
        live.sql("UPDATE pages SET due_at = '2000-01-01 00:00:00.000000'")
        live.open_chats()


def _all_captured(live: Monitor, stories: int) -> bool:
    ((captured,),) = live.sql("SELECT count(DISTINCT page_id) FROM captures")
    ((waiting,),) = live.sql("SELECT count(*) FROM pages WHERE due_at <= datetime('now')")
    sent = live.delivery_states()
    return captured == stories and waiting == 0 and sent["pending"] == sent["sending"] == 0
