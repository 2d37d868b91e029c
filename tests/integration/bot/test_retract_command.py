"""`/retract` and `/unretract` in the maintainers' chat, through the Bot API stand-in, on both databases."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from monitor.config.hours import Day
from monitor.models.articles import Tier
from monitor.storage.corrections.schema import retractions
from monitor.storage.tables import deliveries
from monitor.text.telegram_html import visible_text
from tests.factories import NOW
from tests.harness.review_chat import CHANNEL, FREE, REVIEWERS, ReviewChatHarness
from tests.servers import faults
from tests.servers.bot_api import PostedMessage, http

STRUCK = "Новость 1\nОпровергнуто 22.11.2026: суд ещё не состоялся\nЛента"


async def say(harness: ReviewChatHarness, said: str) -> str:
    """What the bot answers."""
    harness.api.say(REVIEWERS, said)
    await harness.handle_updates()
    return visible_text(harness.api.posted(REVIEWERS)[-1].html)


async def published(harness: ReviewChatHarness, *, tier: Tier = Tier.POST) -> PostedMessage:
    """The first story's post."""
    harness.record_article(tier=tier)
    await harness.deliver()
    return harness.api.posted(CHANNEL)[0]


def in_channel(harness: ReviewChatHarness) -> list[str]:
    return [post.text for post in harness.api.posted(CHANNEL)]


async def test_a_retracted_post_is_struck_and_says_why_and_comes_back(harness: ReviewChatHarness) -> None:
    before = await published(harness)

    answer = await say(harness, "/retract 1 суд <b>ещё</b> не\u202e состоялся")

    (struck,) = harness.api.posted(CHANNEL)
    assert struck.message_id == before.message_id
    assert struck.text == "Новость 1\nОпровергнуто 22.11.2026: суд <b>ещё</b> не состоялся\nЛента"
    assert {"strikethrough", "text_link"} <= {entity["type"] for entity in struck.entities}
    assert answer.splitlines() == [
        "История 1 опровергнута: «Новость 1».",
        "Постов зачёркивается: 1.",
        "Вернуть: /unretract 1",
    ]
    assert "Постов возвращается: 1." in await say(harness, "/unretract 1")
    assert in_channel(harness) == [before.text]
    assert "возвращать нечего" in await say(harness, "/unretract 1")


@pytest.mark.parametrize(
    "named", ["https://t.me/test_channel/1", "t.me/Test_Channel/1?single", "https://a.example/x/kk/story/1.html"]
)
async def test_a_story_is_named_by_a_link_too(harness: ReviewChatHarness, named: str) -> None:
    await published(harness)

    await say(harness, f"/retract {named} суд ещё не состоялся")

    assert in_channel(harness) == [STRUCK]


async def test_another_reason_takes_the_place_of_the_first(harness: ReviewChatHarness) -> None:
    await published(harness)
    await say(harness, "/retract 1 суд ещё не состоялся")
    harness.clock.forward(hours=48)

    await say(harness, "/retract 1 " + "издание ошиблось " * 40)
    assert "длиннее 300 знаков" in harness.api.posted(REVIEWERS)[-1].text
    await say(harness, "/retract 1 издание ошиблось")

    (post,) = in_channel(harness)
    assert post.startswith("Новость 1\nОпровергнуто 22.11.2026: издание ошиблось")


async def test_the_button_under_a_publication_tells_what_to_send(harness: ReviewChatHarness) -> None:
    question = await harness.first_question()
    harness.press_button(question, "p")
    await harness.handle_updates()

    harness.api.callback(REVIEWERS, question.message_id, "x:1")
    await harness.handle_updates()

    assert "/retract 1 почему" in harness.api.posted(REVIEWERS)[-1].text
    assert harness.answers_to_presses()[-1].startswith("Пошлите команду")
    assert "Постов зачёркивается: 1" in await say(harness, "/retract 1 суд ещё не состоялся")
    assert in_channel(harness) == [STRUCK]


async def test_an_update_read_twice_is_done_once(harness: ReviewChatHarness) -> None:
    await published(harness)
    update = harness.api.say(REVIEWERS, "/retract 1 суд ещё не состоялся")
    await harness.handle_updates()
    await say(harness, "/unretract 1")
    back, answers = in_channel(harness), [post.text for post in harness.api.posted(REVIEWERS)]

    with harness.engine.begin() as db:  # as after a restore from a copy
        db.exec_driver_sql("UPDATE listeners SET next_update_id = 0")
    harness.api.push_update(update)
    await harness.handle_updates()

    assert in_channel(harness) == back
    assert [post.text for post in harness.api.posted(REVIEWERS)] == answers


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("/retract", "/retract ИСТОРИЯ почему"),
        ("/retract 1", "Напишите, почему"),
        ("/retract 1 \u202e\u200b", "Напишите, почему"),
        ("/retract 1 удалить:", "Напишите, почему"),
        ("/retract 99 ошибка", "Ни один канал не показывал такой истории: 99"),
        ("/retract 99999999999999999999 ошибка", "Ни один канал"),
        ("/retract https://t.me/other/1 ошибка", "Ни один канал"),
        ("/unretract", "Вернуть: /unretract ИСТОРИЯ"),
        ("/unretract 1", "возвращать нечего"),
        ("/unretract 1 ошиблись", "Ничего не сделано: пошлите /unretract 1"),
    ],
)
async def test_a_mistake_is_answered_with_what_to_write(harness: ReviewChatHarness, said: str, answer: str) -> None:
    before = await published(harness)

    assert answer in await say(harness, said)
    assert in_channel(harness) == [before.text]


async def test_what_was_not_sent_never_is_unless_the_story_is_right_after_all(harness: ReviewChatHarness) -> None:
    harness.record_article(tier=Tier.POST)

    assert "Не успели уйти и не уйдут: 1." in await say(harness, "/retract 1 суд ещё не состоялся")
    assert in_channel(harness) == []
    assert "уйдут теперь: 1." in await say(harness, "/unretract 1")
    assert len(in_channel(harness)) == 1


@pytest.mark.parametrize("arrives", [True, False])
async def test_a_post_in_flight_is_struck_if_it_arrives_and_not_sent_if_it_does_not(
    harness: ReviewChatHarness, *, arrives: bool
) -> None:
    harness.record_article(tier=Tier.POST)
    if not arrives:
        harness.api.script(http(429, "Too Many Requests", {"retry_after": 1}))
    with harness.api.hold() as hold:
        sending = asyncio.create_task(harness.dispatcher.drain(CHANNEL))
        await hold.arrived()
        harness.api.say(REVIEWERS, "/retract 1 суд ещё не состоялся")
        await harness.review_chat.round()
    await sending

    harness.clock.forward(minutes=5)
    await harness.deliver()

    assert in_channel(harness) == ([STRUCK] if arrives else [])


async def test_a_story_told_again_is_asked_and_the_post_stays_struck(harness: ReviewChatHarness) -> None:
    await published(harness)
    await say(harness, "/retract 1 суд ещё не состоялся")
    for number, name in enumerate(("Вторая", "Третья"), start=2):
        harness.record_article(number, name=name, tier=Tier.POST)
    await harness.deliver()

    assert in_channel(harness) == [STRUCK]
    question = harness.api.posted(REVIEWERS)[-1]
    assert question.text.startswith(
        "На проверку · об опровергнутом пишут снова. Опровергнуто 22.11.2026: суд ещё не состоялся"
    )
    assert "Ещё пишут: Третья" in question.text
    assert [outcome for outcome, _ in harness.outcomes()] == ["posted", "review", "joined"]
    assert "история опровергнута" in harness.outcomes()[1][1]

    harness.api.callback(REVIEWERS, question.message_id, "r:1:2:p")
    await harness.handle_updates()
    first, second = harness.api.posted(CHANNEL)
    assert first.text == STRUCK
    assert second.text.startswith("● Новое: Extradition\nНовость 2")
    assert second.raw["reply_to_message"]["message_id"] == first.message_id


async def test_what_maintainers_reject_then_is_not_asked_again(harness: ReviewChatHarness) -> None:
    await published(harness)
    await say(harness, "/retract 1 суд ещё не состоялся")
    harness.record_article(2, name="Вторая", tier=Tier.POST)
    await harness.deliver()
    harness.api.callback(REVIEWERS, harness.api.posted(REVIEWERS)[-1].message_id, "r:1:2:r")
    await harness.handle_updates()

    harness.record_article(3, name="Третья", tier=Tier.POST)
    await harness.deliver()

    assert in_channel(harness) == [STRUCK]
    assert [outcome for outcome, _ in harness.outcomes()] == ["posted", "rejected", "rejected"]


async def test_a_maintainer_may_have_it_deleted_instead(harness: ReviewChatHarness) -> None:
    await published(harness)

    await say(harness, "/retract 1 удалить: имя ребёнка")

    assert in_channel(harness) == []
    assert harness.api.posted(REVIEWERS)[-2].text == "Поста в канале больше нет.\n«Новость 1»"


async def test_what_was_deleted_does_not_come_back_and_that_is_said(harness: ReviewChatHarness) -> None:
    await published(harness)
    await say(harness, "/retract 1 удалить: имя ребёнка")
    assert "Удалены раньше: 1." in await say(harness, "/retract 1 удалить: имя ребёнка, и не одного")

    assert (await say(harness, "/unretract 1")).splitlines() == [
        "Опровержение истории 1 снято: «Новость 1».",
        "Удалены, и бот не покажет ни их, ни новых пересказов: 1. Если новость верна, напишите о ней в канале сами.",
    ]
    harness.record_article(2, name="Вторая", tier=Tier.POST)
    await harness.deliver()
    assert in_channel(harness) == []


async def test_a_refused_deletion_is_told(harness: ReviewChatHarness) -> None:
    await published(harness)
    harness.api.script(http(400, "Bad Request: message can't be deleted"), "deleteMessage")

    await say(harness, "/retract 1 удалить: имя ребёнка")

    assert harness.api.posted(REVIEWERS)[-2].text.startswith(
        "Telegram не даёт боту удалить пост: ему больше двух суток"
    )


async def test_an_edit_in_doubt_is_made_again(harness: ReviewChatHarness) -> None:
    await published(harness)
    harness.api.script(faults.reset, "editMessageText")

    await say(harness, "/retract 1 суд ещё не состоялся")
    harness.clock.forward(minutes=1)
    await harness.deliver()

    assert in_channel(harness) == [STRUCK]


async def test_the_day_is_told_of_it_and_of_one_letter(harness: ReviewChatHarness) -> None:
    await published(harness)
    await say(harness, "/retract 1 суд ещё не состоялся")

    day = Day(date=NOW.date(), since=NOW - timedelta(days=1), until=NOW + timedelta(days=1))
    assert harness.store.digests.put_day(CHANNEL, day, NOW)
    await harness.deliver()

    digest = in_channel(harness)[-1]
    assert digest.splitlines()[0] == "За сутки: 0 · 22.11.2026"
    assert digest.endswith("Опровергнуто · 1\n• Новость 1 — суд ещё не состоялся")
    with harness.engine.connect() as db:
        assert db.scalar(select(retractions.c.initial)) == "Р"
    assert "Опровергнуто 22.11.2026: суд ещё не состоялся" in await say(harness, "/why https://news.example/1")


async def test_no_digest_names_a_deleted_post(harness: ReviewChatHarness) -> None:
    """Else it would tell once more what nobody was to read, with a link that leads nowhere."""
    await published(harness)
    await say(harness, "/retract 1 удалить: имя ребёнка")

    day = Day(date=NOW.date(), since=NOW - timedelta(days=1), until=NOW + timedelta(days=1))
    assert not harness.store.digests.put_day(CHANNEL, day, NOW)


@pytest.mark.parametrize("said", ["", "/retract 1 суд ещё не состоялся"])
async def test_nor_one_that_was_deleted_by_hand_once_an_edit_tells(harness: ReviewChatHarness, said: str) -> None:
    await published(harness)
    harness.api.script(http(400, "Bad Request: message to edit not found"), "editMessageText")
    if said:
        await say(harness, said)
    else:
        harness.record_article(2, name="Вторая", tier=Tier.POST)
        await harness.deliver()

    day = Day(date=NOW.date(), since=NOW - timedelta(days=1), until=NOW + timedelta(days=1))
    assert not harness.store.digests.put_day(CHANNEL, day, NOW)


async def test_all_that_is_told_stands_in_every_chat(harness: ReviewChatHarness) -> None:
    """A story has a post in each of its chats: here a second one under another name."""
    await published(harness)
    with harness.engine.begin() as db:
        row = db.execute(select(deliveries).where(deliveries.c.chat == CHANNEL)).mappings().one()
        db.execute(deliveries.insert().values({**row, "id": 77, "chat": "@other", "message_id": 5}))

    assert "Постов зачёркивается: 2." in await say(harness, "/retract 1 суд ещё не состоялся")

    claimed = harness.outbox.claim("@other", NOW + timedelta(hours=1), lease=timedelta(minutes=3), pace=FREE)
    assert getattr(claimed, "message_id", None) == 5
    assert visible_text(getattr(claimed, "html", "")) == STRUCK
