"""The walk of a story through the whole product, as a process among real servers (docs/architecture.md)."""

import time
from datetime import timedelta

from monitor.storage.database import BUSY_SECONDS
from tests.harness.monitor_process import PATIENCE, PROJECT_RULES, Monitor, eventually
from tests.samples.news import feed_of, item, relevant
from tests.servers.bot_api import BotApi
from tests.servers.web import Item, WebServer, page, rss

CHANNEL = "@test_channel"
ORDINARY = ("Курс тенге вырос", "Нацбанк опубликовал официальный курс на понедельник. Доллар подешевел на тенге.")


def outcomes(monitor: Monitor) -> dict[str, str]:
    return dict(monitor.sql("SELECT title, outcome FROM entries"))


def test_preview_shows_each_story_once_and_none_again_after_a_restart(preview: Monitor, web: WebServer) -> None:
    stories = relevant(2)
    preview.write_feeds(Проба=feed_of(web, "/rss", [*stories, ORDINARY]))

    preview.start()
    eventually(lambda: "пост 2" in preview.output, what="two posts")
    assert preview.stop() == 0
    first = preview.output
    assert all(first.count(title) == 1 for title, _ in stories)
    assert ORDINARY[0] not in first
    assert "MONITOR_BOT_TOKEN" in first
    assert "MONITOR_CHANNEL" in first

    preview.make_all_due()
    asked = web.count("/rss")
    preview.start()
    eventually(lambda: web.count("/rss") > asked, what="a second poll")
    assert preview.stop() == 0
    assert not any(title in preview.output for title, _ in stories)


def test_live_posts_each_story_exactly_once(live: Monitor, web: WebServer, bot_api: BotApi) -> None:
    live.new_interpreter = True
    stories = relevant(3)
    live.environment["MONITOR_KEYWORDS"] = PROJECT_RULES
    live.write_feeds(Проба=feed_of(web, "/rss", [*stories, ORDINARY]))

    live.start()
    eventually(lambda: len(bot_api.posted(CHANNEL)) == 3, what="three posts")
    assert live.stop() == 0
    live.make_all_due()
    live.start()
    eventually(lambda: web.count("/rss") == 2, what="a second poll")
    assert live.stop() == 0

    posts = [message.text for message in bot_api.posted(CHANNEL)]
    assert [sum(title in post for post in posts) for title, _ in stories] == [1, 1, 1]
    assert all("#экстрадиция" in post for post in posts)
    assert outcomes(live)[ORDINARY[0]] == "unmatched"


def test_the_same_story_in_another_feed_is_an_edit(live: Monitor, web: WebServer, bot_api: BotApi) -> None:
    (title, text), *_ = relevant(1)
    live.write_feeds(Первая=feed_of(web, "/a", [(title, text)]), Вторая=feed_of(web, "/b", []))
    live.call("poll")
    feed_of(web, "/b", [(title, text + " Это сообщает корреспондент второй редакции.")])

    live.call("poll")

    (post,) = bot_api.posted(CHANNEL)
    assert post.edits == 1
    assert "Ещё пишут: Вторая" in post.text


def test_old_entries_of_a_new_feed_are_a_baseline(live: Monitor, web: WebServer, bot_api: BotApi) -> None:
    (fresh, fresh_text), (old, old_text), (undated, undated_text) = relevant(3)
    items = [
        item(web, "/rss", fresh, fresh_text, age=timedelta(hours=23)),
        item(web, "/rss", old, old_text, age=timedelta(hours=25)),
        Item(title=undated, link=f"{web.url}/undated", content=undated_text),
    ]
    live.write_feeds(Проба=web.serve("/rss", rss(items)))

    live.call("poll")

    assert [message.text.count(fresh) for message in bot_api.posted(CHANNEL)] == [1]
    assert outcomes(live) == {fresh: "posted", old: "baseline", undated: "baseline"}


def test_the_page_is_read_when_the_feed_gives_a_summary(live: Monitor, web: WebServer, bot_api: BotApi) -> None:
    (title, text), *_ = relevant(1)
    entry = item(web, "/rss", "Решение суда", "")
    web.serve(entry.link.removeprefix(web.url), page(title, text.split(". ")), content_type="text/html; charset=utf-8")
    summary = Item(title=entry.title, link=entry.link, guid="1", description="Подробности.", published=entry.published)
    live.write_feeds(Проба=web.serve("/rss", rss([summary])))

    live.call("poll")

    (post,) = bot_api.posted(CHANNEL)
    assert "Казахстан экстрадирует россиянина" in post.text


def test_validators_are_sent_back_and_nothing_changed_costs_nothing(live: Monitor, web: WebServer) -> None:
    live.write_feeds(Проба=feed_of(web, "/rss", [ORDINARY]))
    live.call("poll")

    shown = live.call("poll")

    first, second = (request for request in web.requests if request.path == "/rss")
    assert "if-none-match" not in first.headers
    assert second.headers["if-none-match"]
    assert shown.returncode == 0
    assert outcomes(live) == {ORDINARY[0]: "unmatched"}


def test_sigterm_finishes_the_send_in_hand(live: Monitor, web: WebServer, bot_api: BotApi) -> None:
    live.write_feeds(Проба=feed_of(web, "/rss", relevant(1)))
    hold = bot_api.hold("sendMessage")
    live.start()
    hold.wait_arrived()

    assert live._process
    live._process.terminate()
    hold.release()

    assert live._process.wait(timeout=PATIENCE) == 0
    assert len(bot_api.posted(CHANNEL)) == 1
    assert "Очередь пуста" in live.call("outbox", "list").stdout


def test_sigterm_does_not_wait_for_a_locked_database(live: Monitor, web: WebServer, bot_api: BotApi) -> None:
    stories = relevant(1)
    live.write_feeds(Проба=feed_of(web, "/rss", stories))
    hold = live.start_and_ask(web, "/rss")
    with live.locked_database():
        hold.release()
        time.sleep(0.5)

        assert live.stop(within=0.8 * BUSY_SECONDS) == 0, "it waits for the lock"

    live.call("poll")
    assert [message.text.count(stories[0][0]) for message in bot_api.posted(CHANNEL)] == [1]


def test_a_flood_is_shown_as_a_digest(preview: Monitor, web: WebServer) -> None:
    stories = relevant(21)
    preview.write_feeds(Проба=feed_of(web, "/rss", stories))

    shown = preview.call("poll").stdout

    assert "Накопилось новостей: 21" in shown
    assert [shown.count(title) for title, _ in stories] == [1] * 21
    assert preview.sql("SELECT DISTINCT kind, state FROM deliveries ORDER BY kind") == [
        ("digest", "sent"),
        ("story", "digested"),
    ]
