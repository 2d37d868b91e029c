"""A doubtful story through the whole product: asked about in the chat, published by a press, across a restart."""

from tests.harness.monitor_process import Monitor, eventually
from tests.samples.news import feed_of, relevant
from tests.servers.bot_api import EDITOR, REVIEW, BotApi, html502
from tests.servers.web import WebServer

CHANNEL = "@test_channel"
RULES = """topics:
  extradition:
    title: Экстрадиция
    any_of:
      - name: выдача
        tier: review
        all:
          - {ru: "экстрадировать"}
          - {ru: "россиянин"}
        within: sentence
"""


def test_a_press_publishes_a_doubtful_story(live: Monitor, web: WebServer, bot_api: BotApi) -> None:
    (title, text), *_ = relevant(1)
    live.keywords.write_text(RULES, encoding="utf-8")
    live.environment["MONITOR_REVIEW_CHAT"] = str(REVIEW.id)
    live.write_feeds(Проба=feed_of(web, "/rss", [(title, text)]))

    live.start()
    eventually(lambda: bot_api.posted(REVIEW.id), what="a question")
    assert live.stop() == 0
    assert bot_api.posted(CHANNEL) == []
    (question,) = bot_api.posted(REVIEW.id)
    bot_api.callback(REVIEW.id, question.message_id, "r:1:1:p")  # while nobody listens
    live.start()
    eventually(lambda: bot_api.posted(CHANNEL), what="a post")
    eventually(lambda: "Опубликовано" in bot_api.posted(REVIEW.id)[0].text, what="a decided question")
    bot_api.say(REVIEW.id, "/status")
    eventually(lambda: len(bot_api.posted(REVIEW.id)) == 2, what="an answer")
    assert live.stop() == 0

    (post,) = bot_api.posted(CHANNEL)
    assert title in post.text
    assert live.sql("SELECT outcome FROM entries WHERE story_id = 1") == [("posted",)]
    assert "Редактор" not in live.everything_printed()
    assert str(EDITOR["id"]) not in live.everything_printed()


def test_a_muted_rule_holds_what_it_finds_over_a_restart(live: Monitor, web: WebServer, bot_api: BotApi) -> None:
    (first, about_first), (second, about_second), (third, about_third), *_ = relevant(3)
    live.keywords.write_text(RULES.replace("        tier: review\n", ""), encoding="utf-8")
    live.environment["MONITOR_REVIEW_CHAT"] = str(REVIEW.id)
    live.write_feeds(Проба=feed_of(web, "/rss", [(first, about_first)]))
    live.start()
    eventually(lambda: bot_api.posted(CHANNEL), what="a post before the mute")
    bot_api.say(REVIEW.id, "/mute выдача 24")
    eventually(lambda: len(bot_api.posted(REVIEW.id)) == 1, what="an answer")
    assert live.stop() == 0

    feed_of(web, "/rss", [(second, about_second), (first, about_first)])
    live.call("poll")
    assert live.sql("SELECT outcome FROM entries ORDER BY id") == [("posted",), ("review",)]
    assert "На паузе: «Экстрадиция: выдача» до " in live.call("status").stdout

    live.start()
    bot_api.say(REVIEW.id, "/unmute выдача")
    eventually(lambda: len(bot_api.posted(REVIEW.id)) == 3, what="an answer and what was held")
    assert live.stop() == 0
    feed_of(web, "/rss", [(third, about_third), (second, about_second)])
    live.call("poll")

    answer, held = bot_api.posted(REVIEW.id)[1:]
    assert "Придержано новостей: 1" in answer.text
    assert second in held.text
    assert [post.text.count(title) for post, title in zip(bot_api.posted(CHANNEL), (first, third), strict=True)] == [
        1,
        1,
    ]


def test_a_published_story_is_taken_back_over_a_restart(live: Monitor, web: WebServer, bot_api: BotApi) -> None:
    (title, text), *_ = relevant(1)
    live.keywords.write_text(RULES, encoding="utf-8")
    live.environment["MONITOR_REVIEW_CHAT"] = str(REVIEW.id)
    live.write_feeds(Проба=feed_of(web, "/rss", [(title, text)]))
    live.start()
    eventually(lambda: bot_api.posted(REVIEW.id), what="a question")
    bot_api.callback(REVIEW.id, bot_api.posted(REVIEW.id)[0].message_id, "r:1:1:p")
    post = "SELECT state FROM deliveries WHERE kind = 'story'"
    eventually(lambda: live.sql(post) == [("sent",)], what="a post")  # one on its way is not taken back yet
    bot_api.say(REVIEW.id, "/undo")
    eventually(lambda: "Удалить пост?" in bot_api.posted(REVIEW.id)[-1].text, what="the offer")

    bot_api.script(html502, "deleteMessage")
    bot_api.callback(REVIEW.id, bot_api.posted(REVIEW.id)[-1].message_id, "d:1:1")
    eventually(lambda: bot_api.count("deleteMessage") >= 1, what="a deletion that nobody answers")
    notice = "SELECT state FROM deliveries WHERE key LIKE 'delete:%'"
    eventually(
        lambda: live.sql(notice) == [("sent",)], what="the notice that it is under way"
    )  # else in doubt for ever
    live.kill()
    assert len(bot_api.posted(CHANNEL)) == 1
    live.open_chats()
    live.start()
    eventually(lambda: not bot_api.posted(CHANNEL), what="the deletion")
    eventually(lambda: "больше нет" in bot_api.posted(REVIEW.id)[-1].text, what="the word of it")
    assert live.stop() == 0

    assert live.delivery_states()["cancelled"] == 1
    assert "удалено из канала: так решил редактор" in live.call("outbox", "list", "--all").stdout
    assert live.sql("SELECT outcome FROM entries WHERE story_id = 1") == [("rejected",)]
