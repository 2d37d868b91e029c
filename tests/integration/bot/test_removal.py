"""`/undo` of what the channel shows, against a Bot API over HTTP and both databases: offered, done, refused."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from monitor.config.hours import Day
from monitor.models.articles import Tier
from monitor.models.outbox import DeliveryState
from monitor.models.stories import Decision
from monitor.storage.tables import deliveries
from tests.factories import NOW
from tests.harness.review_chat import CHANNEL, FREE, OWNER, REVIEWERS, ReviewChatHarness
from tests.harness.visibility import hidden
from tests.servers import faults
from tests.servers.bot_api import EDITOR, PostedMessage, http

GONE = "Bad Request: message to delete not found"
STAYS = "Bad Request: message can't be deleted"


async def offered(harness: ReviewChatHarness) -> PostedMessage:
    """Publish the first story and ask for it back; the offer in the review chat."""
    harness.press_button(await harness.first_question(), "p")
    await harness.handle_updates()
    harness.api.say(REVIEWERS, "/undo")
    await harness.handle_updates()
    return harness.api.posted(REVIEWERS)[-1]


async def remove(harness: ReviewChatHarness) -> None:
    """The same, and then the button."""
    offer = await offered(harness)
    harness.api.callback(REVIEWERS, offer.message_id, "d:1:1")
    await harness.handle_updates()


def press(harness: ReviewChatHarness, data: str, *, chat: str) -> None:
    """Somebody's client says that a button was pressed, whether there is one or not; "" names no chat."""
    message = {"message_id": 1, "date": 1, "chat": {"id": int(chat), "type": "supergroup"}} if chat else None
    query = {"id": "77", "from": EDITOR, "chat_instance": "1", "data": data}
    harness.api.push_update({"callback_query": query | ({"message": message} if message else {})})


def state(harness: ReviewChatHarness) -> tuple[str, str]:
    """Of the story's row in the channel: its state, and what it should show."""
    with harness.engine.connect() as db:
        row = db.execute(select(deliveries.c.state, deliveries.c.html).filter_by(chat=CHANNEL)).one()
    return row.state, row.html


async def test_undo_offers_to_delete_what_the_channel_shows(harness: ReviewChatHarness) -> None:
    offer = await offered(harness)

    assert "«Новость 1» уже в канале. Удалить пост?" in offer.text
    assert len(harness.api.posted(CHANNEL)) == 1, "nothing is deleted before somebody says so"
    assert [outcome for outcome, _ in harness.outcomes()] == ["posted"]


async def test_the_button_deletes_the_post_and_the_story_is_rejected(harness: ReviewChatHarness) -> None:
    await remove(harness)

    assert harness.api.posted(CHANNEL) == []
    assert state(harness) == ("cancelled", "")
    question, _, notice = harness.api.posted(REVIEWERS)
    assert "Отклонено" in question.text
    assert notice.text == "Поста в канале больше нет.\n«Новость 1»"
    ((outcome, reason),) = harness.outcomes()
    assert outcome == "rejected"
    assert reason.endswith("решение: пост удалён из канала (Р.)")
    assert reason.count("решение") == 1, "of a letter that is to be forgotten one place is enough"
    with harness.engine.connect() as db:
        assert hidden(db) == []


@pytest.mark.parametrize("tier", [Tier.REVIEW, Tier.POST])
async def test_a_later_telling_neither_edits_nor_posts_it_again(harness: ReviewChatHarness, tier: Tier) -> None:
    await remove(harness)

    harness.record_article(2, name="Вторая", tier=tier)
    await harness.deliver()

    assert harness.api.posted(CHANNEL) == []
    assert [outcome for outcome, _ in harness.outcomes()] == ["rejected", "rejected"]
    assert harness.reviews.waiting().open == 0


async def test_what_was_deleted_is_not_in_the_digest_of_the_day(harness: ReviewChatHarness) -> None:
    await remove(harness)

    day = Day(date=NOW.date(), since=NOW - timedelta(days=1), until=NOW + timedelta(days=1))
    assert not harness.store.digests.put_day(CHANNEL, day, NOW)


async def test_an_edit_that_waits_is_never_made(harness: ReviewChatHarness) -> None:
    offer = await offered(harness)
    harness.record_article(2, name="Вторая")
    harness.api.callback(REVIEWERS, offer.message_id, "d:1:1")

    await harness.handle_updates()

    assert harness.api.posted(CHANNEL) == []
    assert not any(call.params.text("chat_id") == CHANNEL for call in harness.api.calls if "edit" in call.method)


async def test_a_post_that_is_gone_already_is_deleted(harness: ReviewChatHarness) -> None:
    """So is one whose deletion was done by a process that died before it wrote that down."""
    harness.api.script(http(400, GONE), "deleteMessage")

    await remove(harness)

    assert state(harness) == ("cancelled", "")
    assert harness.api.posted(REVIEWERS)[-1].text.startswith("Поста в канале больше нет.")


async def test_a_deletion_that_died_midway_is_made_again(harness: ReviewChatHarness) -> None:
    harness.api.script(faults.reset, "deleteMessage")
    await remove(harness)
    assert state(harness) == ("pending", "")

    harness.clock.forward(minutes=1)
    await harness.deliver()

    assert harness.api.posted(CHANNEL) == []
    assert state(harness) == ("cancelled", "")


async def test_a_killed_process_leaves_a_deletion_and_no_doubt(harness: ReviewChatHarness) -> None:
    offer = await offered(harness)
    harness.api.callback(REVIEWERS, offer.message_id, "d:1:1")
    await harness.review_chat.round()
    assert harness.outbox.claim(CHANNEL, harness.clock(), lease=timedelta(minutes=3), pace=FREE)

    assert harness.outbox.recover(harness.clock(), everything=True) == 0
    await harness.deliver()

    assert harness.api.posted(CHANNEL) == []


async def test_a_refusal_is_told_with_what_to_do_by_hand_and_holds_up_no_post(harness: ReviewChatHarness) -> None:
    harness.api.script(http(400, STAYS), "deleteMessage")

    await remove(harness)

    assert state(harness) == ("rejected", "")
    notice = harness.api.posted(REVIEWERS)[-1]
    assert notice.text.startswith("Telegram не даёт боту удалить пост")
    assert "Удалите его сами" in notice.text
    link = next(entity["url"] for entity in notice.entities if entity["type"] == "text_link")
    assert link == f"https://t.me/test_channel/{harness.api.posted(CHANNEL)[0].message_id}"
    assert [outcome for outcome, _ in harness.outcomes()] == ["rejected"]


async def test_two_presses_delete_once_and_the_second_does_nothing(harness: ReviewChatHarness) -> None:
    offer = await offered(harness)
    harness.api.callback(REVIEWERS, offer.message_id, "d:1:1")
    harness.api.callback(REVIEWERS, offer.message_id, "d:1:1")

    await harness.handle_updates()

    assert harness.api.count("deleteMessage") == 1
    assert harness.answers_to_presses()[1:] == ["Пост удаляется из канала.", "Эта кнопка больше не действует."]


@pytest.mark.parametrize("data", ["d:1:2", "d:7:1", "d:x", "d:1", "d:", "d:1:1:1", "d:99999999999999999999:1"])
async def test_a_button_of_no_published_post_deletes_nothing(harness: ReviewChatHarness, data: str) -> None:
    await offered(harness)
    press(harness, data, chat=REVIEWERS)

    await harness.handle_updates()

    assert harness.answers_to_presses()[-1] == "Эта кнопка больше не действует."
    assert len(harness.api.posted(CHANNEL)) == 1


@pytest.mark.parametrize("chat", [OWNER, "-1005555555555", ""])
async def test_only_the_maintainers_chat_deletes(harness: ReviewChatHarness, chat: str) -> None:
    await offered(harness)
    press(harness, "d:1:1", chat=chat)

    await harness.handle_updates()

    assert len(harness.api.posted(CHANNEL)) == 1
    assert harness.api.count("deleteMessage") == 0


async def test_a_publication_on_its_way_is_not_deleted_blindly(harness: ReviewChatHarness) -> None:
    harness.press_button(await harness.first_question(), "p")
    harness.api.script(faults.reset)
    await harness.handle_updates()
    assert harness.outbox.rows((DeliveryState.UNCERTAIN,))
    harness.api.say(REVIEWERS, "/undo")

    await harness.handle_updates()

    answer = harness.api.posted(REVIEWERS)[-1]
    assert "неясно, дошёл ли" in answer.text
    assert "reply_markup" not in answer.raw
    assert harness.reviews.remove_post(1, 1, chat=REVIEWERS, initial="Р", now=NOW).startswith("«Новость 1»: пост на")


async def test_a_publication_that_the_rules_want_too_and_that_has_not_left_never_leaves(
    harness: ReviewChatHarness,
) -> None:
    harness.press_button(await harness.first_question(), "p")
    await harness.review_chat.round()
    harness.record_article(2, name="Вторая", tier=Tier.POST)

    answer = harness.reviews.remove_post(1, 1, chat=REVIEWERS, initial="Р", now=NOW)
    await harness.deliver()

    assert answer == "Пост удаляется из канала."
    assert harness.api.posted(CHANNEL) == []
    assert state(harness) == ("cancelled", "")


async def test_a_deletion_is_not_undone_and_the_decision_before_it_is(harness: ReviewChatHarness) -> None:
    await remove(harness)

    harness.api.say(REVIEWERS, "/undo")
    await harness.handle_updates()

    assert "отменять нечего" in harness.api.posted(REVIEWERS)[-1].text
    assert harness.reviews.decide(1, 1, Decision.PUBLISHED, initial="Р", now=NOW).startswith("Уже решено. Отклонено")
