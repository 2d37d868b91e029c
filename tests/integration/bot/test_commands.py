"""The maintainers' chat against a Bot API over HTTP and both databases: commands, strangers, posts in doubt."""

import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from monitor.app.config_files import load_matcher
from monitor.bot.review_chat import ALONE
from monitor.models.articles import Tier
from monitor.storage.tables import deliveries
from monitor.text.telegram_html import fits
from tests.factories import NOW
from tests.harness.review_chat import CHANNEL, OWNER, REVIEWERS, ReviewChatHarness
from tests.servers import faults
from tests.servers.bot_api import EDITOR, BotApi


async def test_strangers_hear_nothing(harness: ReviewChatHarness, bot_api: BotApi) -> None:
    stranger = {"id": 55, "type": "private", "first_name": "Кто-то"}
    message = {"message_id": 1, "date": 1, "chat": stranger, "from": {**EDITOR, "id": 55}}
    bot_api.push_update({"message": message | {"text": "/status"}})
    query = {"id": "77", "from": {**EDITOR, "id": 55}, "chat_instance": "1", "data": "r:1:1:p"}
    await harness.first_question()
    bot_api.push_update({"callback_query": query | {"message": message}})

    await harness.handle_updates()

    assert harness.api.posted(CHANNEL) == []
    assert harness.answers_to_presses() == [""]
    with harness.engine.connect() as db:
        assert db.scalar(select(func.count()).select_from(deliveries)) == 1


async def test_the_operators_chat_decides_nothing(harness: ReviewChatHarness) -> None:
    await harness.first_question()
    harness.outbox.tell(OWNER, "x", "кнопка", now=NOW, buttons=((("да", "r:1:1:p"),),))
    await harness.deliver()

    harness.api.callback(OWNER, harness.api.posted(OWNER)[0].message_id, "r:1:1:p")
    await harness.handle_updates()

    assert harness.api.posted(CHANNEL) == []
    assert harness.reviews.waiting().open == 1


SAID = (
    ("/status", "Ждут решения редактора: 1"),
    ("/status@Test_Monitor_Bot", "Ленты: 1"),
    ("/why https://news.example/1?utm_source=x", "отдано редактору"),
    ("/why news.example/1", "отдано редактору"),
    ("/why\nnews.example/1", "отдано редактору"),
    ("/why", "Пишите так"),
    ("/why 5", "Пишите так: /why https://"),
    ("/why https://news.example/1 что это?", "Пишите так: /why https://"),
    ("/why https://news.example/nothing", "не видел"),
    ("/check Казахстан экстрадировал россиянина в Россию", "— правило"),
    ("/check Казахстан экстрадировал россиянина в Россию", ", строка "),
    ("/check\nКазахстан экстрадировал россиянина в Россию", "— правило"),
    ("/check <b>&amp;</i> \u202e<a href='x'>", "— нет"),
    ("/why <script>alert(1)</script>", "Пишите так"),
    ("/why " + "https://" + "я" * 3_900, "Пишите так"),
    ("/check " + "выдача " * 500, "—"),
    ("/feeds", "с замечаниями"),
    ("/nonsense <b>", "/undo"),
    *((f"/{name} <b>5</b>", f"а там «<b>5</b>». Ничего не сделано: пошлите одно /{name}.") for name in ALONE),
)


async def test_commands_are_answered_whatever_they_say(harness: ReviewChatHarness) -> None:
    await harness.first_question()
    for said, expected in SAID:
        before = len(harness.api.posted(REVIEWERS))
        harness.api.say(REVIEWERS, said)

        await harness.handle_updates()

        (answer,) = harness.api.posted(REVIEWERS)[before:]
        assert expected in answer.text, said[:60]


async def ask(harness: ReviewChatHarness, chat: str, said: str) -> str:
    harness.api.say(chat, said)
    await harness.handle_updates()
    return harness.api.posted(chat)[-1].text


@pytest.mark.parametrize("chat", [OWNER, REVIEWERS])
async def test_help_lists_just_what_works_in_that_chat(harness: ReviewChatHarness, chat: str) -> None:
    every = re.findall(r"^/(\w+)", await ask(harness, REVIEWERS, "/help"), re.MULTILINE)
    told = await ask(harness, chat, "/help")
    listed = re.findall(r"^/(\w+)", told, re.MULTILINE)

    refused = [name for name in every if await ask(harness, chat, f"/{name}") == told]

    assert ("retract" in every, set(harness.read_commands.review_commands()) - set(every)) == (True, {"start"})
    assert set(refused) == (set(every) - set(listed)) | {"help"}


@pytest.mark.parametrize("length", [13, 16, 19])
async def test_why_of_many_topics_is_one_message(harness: ReviewChatHarness, tmp_path: Path, length: int) -> None:
    rules, words = tmp_path / "many.yaml", ", ".join(f"{vowel}{sound}рка" for vowel in "аеиоу" for sound in "бвгд")
    topic = f'title: {"тема " * 40}, any_of: [{{name: {"п" * length}, all: [{{ru: новость}}, {{ru: "{words}"}}]}}]'
    rules.write_text("topics:\n" + "".join(f"  t{number}: {{{topic}}}\n" for number in range(12)), encoding="utf-8")
    harness.record_article()
    harness.read_commands.matcher = load_matcher(str(rules))

    answer = harness.read_commands.why("https://news.example/1")

    assert fits(answer)
    assert "отдано редактору" in answer
    assert answer.count("не хватает") > 8


async def test_undo_takes_no_number(harness: ReviewChatHarness) -> None:
    harness.press_button(await harness.first_question(), "r")
    harness.api.say(REVIEWERS, "/undo 5")

    await harness.handle_updates()

    assert [outcome for outcome, _ in harness.outcomes()] == ["rejected"]


async def test_small_talk_is_not_answered(harness: ReviewChatHarness) -> None:
    await harness.first_question()
    harness.api.say(REVIEWERS, "Публикуем?")

    await harness.handle_updates()

    assert len(harness.api.posted(REVIEWERS)) == 1


async def test_a_post_in_doubt_is_decided_by_the_operator(harness: ReviewChatHarness) -> None:
    harness.record_article(tier=Tier.POST)
    harness.api.script(faults.reset)
    await harness.dispatcher.drain(CHANNEL)
    harness.clock.forward(minutes=11)
    await harness.review_chat.ask_about_uncertain_posts()
    await harness.deliver()
    (asked,) = harness.api.posted(OWNER)

    harness.api.callback(OWNER, asked.message_id, "u:1:again")
    harness.api.callback(OWNER, asked.message_id, "u:1:sent")
    await harness.handle_updates()

    assert len(harness.api.posted(CHANNEL)) == 1
    assert harness.answers_to_presses() == ["Сообщение будет отправлено снова.", "Уже решено."]
