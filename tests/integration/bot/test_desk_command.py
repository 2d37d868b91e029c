"""`/desk` in the maintainers' chat: a link for one, and the way to put everybody out."""

from tests.harness.review_chat import OWNER, REVIEWERS, ReviewChatHarness


async def test_the_answer_is_a_link_that_lets_one_in(harness: ReviewChatHarness) -> None:
    harness.api.say(REVIEWERS, "/desk")
    await harness.handle_updates()
    (answer,) = harness.api.posted(REVIEWERS)
    assert [entity.get("url") for entity in answer.entities] == ["https://desk.example/in/secret-1"]
    keys, now = harness.store.desk_keys, harness.clock()
    assert keys.enter("secret-1", "session", now)
    assert keys.initial_of("session", now) == "Р"


async def test_out_closes_the_desk_for_all(harness: ReviewChatHarness) -> None:
    keys, now = harness.store.desk_keys, harness.clock()
    keys.add_link("link", initial="", now=now)
    keys.enter("link", "session", now)
    harness.api.say(REVIEWERS, "/desk out")
    await harness.handle_updates()
    assert "сессий было 1" in harness.api.posted(REVIEWERS)[0].text
    assert keys.initial_of("session", now) is None


async def test_another_word_lets_nobody_in_and_nobody_out(harness: ReviewChatHarness) -> None:
    keys, now = harness.store.desk_keys, harness.clock()
    keys.add_link("link", initial="", now=now)
    harness.api.say(REVIEWERS, "/desk outt")
    await harness.handle_updates()
    (answer,) = harness.api.posted(REVIEWERS)
    assert "/desk out — закрыть стол для всех" in answer.text
    assert "secret" not in answer.html
    assert keys.enter("link", "session", now)


async def test_only_the_review_chat_may_ask(harness: ReviewChatHarness) -> None:
    harness.api.say(OWNER, "/desk")
    await harness.handle_updates()
    assert "secret" not in harness.api.posted(OWNER)[0].text
