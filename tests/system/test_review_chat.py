"""A doubtful story through the whole product: asked about in the chat, published by a press, across a restart."""

from tests.monitor_process import Monitor, eventually
from tests.newsroom import feed_of, relevant
from tests.servers.bot_api import EDITOR, REVIEW, BotApi
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
    rules = live.folder / "rules.yaml"
    rules.write_text(RULES, encoding="utf-8")
    live.environment |= {"MONITOR_KEYWORDS": str(rules), "MONITOR_REVIEW_CHAT": str(REVIEW.id)}
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
