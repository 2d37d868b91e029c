"""What is decided at the desk shows in the maintainers' chat, against a Bot API over HTTP and both databases."""

import asyncio

from monitor.app.desk.build_news import build_news
from monitor.config.settings import load_settings
from tests.factories.channels import to_channel
from tests.factories.polling import matcher
from tests.harness.desk import open_desk
from tests.harness.review_chat import CHANNEL, REVIEWERS, ReviewChatHarness


async def test_the_message_that_asked_says_what_was_decided_and_by_whom(harness: ReviewChatHarness) -> None:
    question = await harness.first_question()
    store = harness.store
    store.reviews.chats = to_channel(CHANNEL, review=REVIEWERS)
    parts = build_news(load_settings({}), store, matcher, harness.clock)

    with open_desk(store.desk_keys, parts, harness.clock) as desk:
        decision = {"story": "1", "part": "1", "decision": "published"}
        shown = await asyncio.to_thread(desk.post, "/news/decide", decision, form_on="/news")
    harness.press_button(question, "r")  # by somebody who sees the question still
    await harness.handle_updates()

    assert "Опубликовано" in shown.text
    (asked,) = harness.api.posted(REVIEWERS)
    assert "Опубликовано" in asked.text
    assert asked.text.endswith("А.")
    assert len(harness.api.posted(CHANNEL)) == 1
    assert harness.answers_to_presses()[0].startswith("Уже решено. Опубликовано")
