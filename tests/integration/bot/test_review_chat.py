"""The maintainers' chat against a Bot API over HTTP and both databases: buttons, decisions, commands, strangers."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from monitor.bot.review_chat import LEASE
from monitor.config.hours import Day
from monitor.models.articles import Tier
from monitor.models.outbox import Delivery, DeliveryState, Settlement
from monitor.models.stories import Decision
from monitor.storage.chats import UpdateCursor
from monitor.storage.maintenance import PEOPLE_KEPT, TIDY_EVERY, Housekeeping
from monitor.storage.tables import deliveries, entries, metadata
from monitor.storage.tables import reviews as reviews_table
from tests.factories import NOW
from tests.harness.review_chat import CHANNEL, FREE, OTHER, REVIEWERS, ReviewChatHarness
from tests.harness.seeded_outbox import SeededOutbox
from tests.servers import faults
from tests.servers.bot_api import EDITOR, http


async def test_a_doubtful_story_is_asked_about_with_its_words(harness: ReviewChatHarness) -> None:
    question = await harness.first_question()

    assert "правило «правило»" in question.text
    assert "«экстрадицию» (экстрадиция)" in question.text
    assert harness.api.posted(CHANNEL) == []


async def test_a_published_story_goes_to_the_channel_and_the_question_says_so(harness: ReviewChatHarness) -> None:
    question = await harness.first_question()

    harness.press_button(question, "p")
    await harness.handle_updates()

    (post,) = harness.api.posted(CHANNEL)
    assert "Новость 1" in post.text
    assert "На проверку" not in post.text
    (decided,) = harness.api.posted(REVIEWERS)
    assert "Опубликовано" in decided.text
    assert decided.text.endswith("Р.")
    assert decided.raw["reply_markup"]["inline_keyboard"] == [[{"text": "Опровергнуть", "callback_data": "x:1"}]]
    ((outcome, reason),) = harness.outcomes()
    assert outcome == "posted"
    assert reason.endswith("решение: опубликовано (Р.)")
    assert harness.answers_to_presses()[0].startswith("Опубликовано")


async def test_what_joins_a_published_story_is_an_edit_in_the_channel(harness: ReviewChatHarness) -> None:
    harness.press_button(await harness.first_question(), "p")
    await harness.handle_updates()

    harness.record_article(2, name="Вторая")
    await harness.deliver()

    (post,) = harness.api.posted(CHANNEL)
    assert "Ещё пишут: Вторая" in post.text
    assert len(harness.api.posted(REVIEWERS)) == 1


@pytest.mark.parametrize(("letter", "decision"), [("r", "Отклонено"), ("o", "Не та тема")])
async def test_a_rejected_story_stays_out_of_the_channel(
    harness: ReviewChatHarness, letter: str, decision: str
) -> None:
    harness.press_button(await harness.first_question(), letter)
    await harness.handle_updates()
    harness.record_article(2, name="Вторая")
    await harness.deliver()

    assert harness.api.posted(CHANNEL) == []
    (question,) = harness.api.posted(REVIEWERS)
    assert decision in question.text
    assert [outcome for outcome, _ in harness.outcomes()] == ["rejected", "rejected"]


async def test_the_rules_overrule_a_rejection(harness: ReviewChatHarness) -> None:
    """To miss a story the rules are sure of is worse than to show one that a maintainer did not want."""
    harness.press_button(await harness.first_question(), "r")
    await harness.handle_updates()

    harness.record_article(2, name="Вторая", tier=Tier.POST)
    await harness.deliver()

    assert len(harness.api.posted(CHANNEL)) == 1


async def test_a_question_is_closed_when_the_rules_post_the_story(harness: ReviewChatHarness) -> None:
    question = await harness.first_question()

    harness.record_article(2, name="Вторая", tier=Tier.POST)
    await harness.deliver()

    assert len(harness.api.posted(CHANNEL)) == 1
    (closed,) = harness.api.posted(REVIEWERS)
    assert "Ушло в канал само" in closed.text
    assert closed.raw["reply_markup"]["inline_keyboard"] == [[{"text": "Опровергнуть", "callback_data": "x:1"}]]
    assert harness.reviews.decide(1, 1, Decision.REJECTED, initial="Р", now=NOW).startswith("Уже решено")
    assert question.message_id == closed.message_id


async def test_the_first_of_two_presses_stands_and_the_second_learns_it(harness: ReviewChatHarness) -> None:
    question = await harness.first_question()

    harness.press_button(question, "r")
    harness.press_button(question, "p", user=OTHER)
    await harness.handle_updates()

    assert harness.api.posted(CHANNEL) == []
    first, second = harness.answers_to_presses()
    assert first.startswith("Отклонено")
    assert second.startswith("Уже решено. Отклонено")
    assert second.endswith("Р.")


async def test_a_press_is_dealt_with_once_though_the_process_died_after_the_decision(
    harness: ReviewChatHarness,
) -> None:
    """The decision is committed, the place in the updates is not: Telegram shows the press again."""
    harness.press_button(await harness.first_question(), "p")
    harness.reviews.decide(1, 1, Decision.PUBLISHED, initial="Р", now=NOW)

    await harness.handle_updates()

    assert len(harness.api.posted(CHANNEL)) == 1
    (answer,) = harness.answers_to_presses()
    assert answer.startswith("Уже решено. Опубликовано")


async def test_an_unsent_publication_can_be_taken_back(harness: ReviewChatHarness) -> None:
    harness.press_button(await harness.first_question(), "p")
    harness.api.say(REVIEWERS, "/undo")

    await harness.handle_updates()

    assert harness.api.posted(CHANNEL) == []
    question, reply = harness.api.posted(REVIEWERS)
    assert "Опубликовано" not in question.text
    assert "reply_markup" in question.raw
    assert "Решение отменено" in reply.text
    assert [outcome for outcome, _ in harness.outcomes()] == ["review"]
    assert "решение" not in harness.outcomes()[0][1]
    harness.press_button(question, "p")
    await harness.handle_updates()
    assert len(harness.api.posted(CHANNEL)) == 1


async def test_what_the_channel_shows_is_not_taken_back(harness: ReviewChatHarness) -> None:
    harness.press_button(await harness.first_question(), "p")
    await harness.handle_updates()

    harness.api.say(REVIEWERS, "/undo")
    await harness.handle_updates()

    assert "уже в канале" in harness.api.posted(REVIEWERS)[-1].text
    assert [outcome for outcome, _ in harness.outcomes()] == ["posted"]


async def test_one_undo_read_twice_takes_back_one_decision(harness: ReviewChatHarness) -> None:
    await harness.first_question()
    harness.reviews.decide(1, 1, Decision.REJECTED, initial="Р", now=NOW)

    harness.reviews.undo(REVIEWERS, "reply:1", NOW)
    harness.reviews.decide(1, 1, Decision.REJECTED, initial="Р", now=NOW)
    harness.reviews.undo(REVIEWERS, "reply:1", NOW)

    assert [outcome for outcome, _ in harness.outcomes()] == ["rejected"]


async def test_what_a_digest_has_not_told_yet_is_taken_back(harness: ReviewChatHarness) -> None:
    await harness.first_question()
    harness.reviews.decide(1, 1, Decision.PUBLISHED, initial="Р", now=NOW)
    SeededOutbox(harness.engine).add_stories(range(101, 122))
    digest = harness.outbox.claim(CHANNEL, NOW, lease=timedelta(minutes=3), pace=FREE)
    assert isinstance(digest, Delivery)
    assert "Новость 1<" in digest.html
    harness.outbox.settle(digest, Settlement(state=DeliveryState.PENDING, error="нет связи"), NOW)

    harness.api.say(REVIEWERS, "/undo")
    await harness.handle_updates()

    assert "вопрос снова открыт: «Новость 1»" in harness.api.posted(REVIEWERS)[-1].text
    assert not any("Новость 1<" in post.html for post in harness.api.posted(CHANNEL))


async def test_what_nobody_decides_expires_aloud_and_can_still_be_published(harness: ReviewChatHarness) -> None:
    question = await harness.first_question()
    harness.clock.forward(hours=25)

    await harness.review_chat.expire()
    await harness.review_chat.expire()
    await harness.deliver()

    expired, reminder = harness.api.posted(REVIEWERS)
    assert "Никто не решил вовремя" in expired.text
    assert f'<a href="https://t.me/c/9876543210/{expired.message_id}">Новость 1</a>' in reminder.html
    day = Day(date=NOW.date(), since=NOW, until=NOW + timedelta(days=2))
    assert [item.title for item in harness.reviews.undecided(day)] == ["Новость 1"]
    harness.press_button(question, "p")
    await harness.handle_updates()
    assert len(harness.api.posted(CHANNEL)) == 1
    assert harness.reviews.undecided(day) == ()


@pytest.mark.parametrize(("asks", "tells"), [(REVIEWERS, "-4001"), ("-4001", "-4001")])
async def test_a_question_without_an_address_there_is_told_by_its_article(
    harness: ReviewChatHarness, asks: str, tells: str
) -> None:
    """Only a supergroup's messages have links."""
    await harness.first_question()
    with harness.engine.begin() as db:
        db.execute(update(deliveries).values(chat=asks))

    harness.reviews.expire(NOW, NOW, chat=tells)

    with harness.engine.connect() as db:
        reminder = db.scalar(select(deliveries.c.html).where(deliveries.c.key.startswith("expired:")))
    assert 'href="https://news.example/1"' in str(reminder)


async def test_a_mistake_of_ours_is_answered_and_the_next_command_is_heard(harness: ReviewChatHarness) -> None:
    harness.read_commands.matcher = None  # type: ignore[assignment]  # the mistake
    harness.api.say(REVIEWERS, "/check Казахстан выдал пекаря")
    harness.api.say(REVIEWERS, "/help")

    await harness.handle_updates()

    broken, helped = (post.text for post in harness.api.posted(REVIEWERS))
    assert broken == "Не получилось: ошибка внутри бота, она в журнале. Проверьте, сделано ли это, и повторите."
    assert helped.startswith("Что я понимаю")


async def test_only_one_worker_listens_and_another_takes_over(engine: Engine) -> None:
    cursor = UpdateCursor(engine)

    assert cursor.lease("one", NOW, length=LEASE) == 0
    cursor.advance(41)
    assert cursor.lease("two", NOW, length=LEASE) is None
    assert cursor.lease("two", NOW + LEASE, length=LEASE) == 42


async def test_updates_taken_by_another_process_are_asked_for_again(harness: ReviewChatHarness) -> None:
    harness.api.script(http(409, "Conflict: terminated by other getUpdates request"), "getUpdates")
    harness.press_button(await harness.first_question(), "p")

    await harness.handle_updates()
    await harness.handle_updates()  # still pausing
    assert harness.api.count("getUpdates") == 1
    harness.clock.forward(seconds=11)
    await harness.handle_updates()

    assert len(harness.api.posted(CHANNEL)) == 1


async def test_decisions_are_lines_of_a_corpus(harness: ReviewChatHarness) -> None:
    await harness.first_question()
    assert list(harness.reviews.decisions()) == []
    harness.reviews.decide(1, 1, Decision.OFF_TOPIC, initial="Р", now=NOW)

    (line,) = harness.reviews.decisions()

    assert {name: line[name] for name in ("title", "lang", "topics")} == {
        "title": "Новость 1",
        "lang": "ru",
        "topics": ["maybe"],
    }


async def test_nothing_of_the_person_is_kept_but_one_letter(harness: ReviewChatHarness) -> None:
    harness.press_button(
        await harness.first_question(),
        "r",
        user={**EDITOR, "first_name": "Аноним Анонимович", "username": "secret_name"},
    )

    await harness.handle_updates()

    with harness.engine.connect() as db:
        (row,) = db.execute(select(reviews_table)).all()
        kept = str([*db.execute(select(deliveries)).all(), *db.execute(select(entries)).all(), row])
    assert row.initial == "А"
    assert "Аноним" not in kept
    assert "secret_name" not in kept
    assert str(EDITOR["id"]) not in kept


@pytest.mark.parametrize("orders", [["r:1:1:r"], ["r:1:1:o"], ["r:1:1:p"], ["r:1:1:p", "/undo", "d:1:1"]])
async def test_ninety_days_later_the_letter_and_the_answers_are_nowhere(
    harness: ReviewChatHarness, orders: list[str]
) -> None:
    await harness.first_question()
    reviewer = {**EDITOR, "first_name": "Ждан"}
    for order in [*orders, "/status", "/mute правило 24"]:
        if order.startswith("/"):
            harness.api.say(REVIEWERS, order, reviewer)
        else:
            harness.api.callback(REVIEWERS, (harness.api.posted(REVIEWERS)[-1]).message_id, order, reviewer)
        await harness.handle_updates()
    assert "Ж" in everything(harness)

    harness.clock.now += PEOPLE_KEPT + TIDY_EVERY + timedelta(days=2)
    Housekeeping(harness.engine).tidy(harness.clock())

    assert "Ж" not in everything(harness)
    with harness.engine.connect() as db:
        assert not [row for row in db.execute(select(deliveries)) if (row.key or "").startswith("reply:")]


def everything(harness: ReviewChatHarness) -> str:
    """Whatever the database holds."""
    with harness.engine.connect() as db:
        return str([db.execute(select(table)).all() for table in metadata.sorted_tables])


async def test_an_uncertain_question_is_not_lost(harness: ReviewChatHarness) -> None:
    """The review message itself may be in doubt; the question still stands in the book."""
    harness.record_article()
    harness.api.script(faults.reset)
    await harness.dispatcher.drain(REVIEWERS)

    assert harness.outbox.rows((DeliveryState.UNCERTAIN,))
    assert harness.reviews.waiting().open == 1
