"""The maintainers' chat against a Bot API over HTTP and both databases: commands, strangers, posts in doubt."""

import pytest
from sqlalchemy import func, select

from monitor.models.articles import Tier
from monitor.storage.tables import deliveries
from tests.factories import NOW
from tests.harness.review_chat import CHANNEL, OWNER, REVIEWERS, Scene
from tests.servers import faults
from tests.servers.bot_api import EDITOR, BotApi


async def test_strangers_hear_nothing(scene: Scene, bot_api: BotApi) -> None:
    stranger = {"id": 55, "type": "private", "first_name": "Кто-то"}
    message = {"message_id": 1, "date": 1, "chat": stranger, "from": {**EDITOR, "id": 55}}
    bot_api.push_update({"message": message | {"text": "/status"}})
    query = {"id": "77", "from": {**EDITOR, "id": 55}, "chat_instance": "1", "data": "r:1:1:p"}
    await scene.asked()
    bot_api.push_update({"callback_query": query | {"message": message}})

    await scene.hear()

    assert scene.api.posted(CHANNEL) == []
    assert scene.answers_to_presses() == [""]
    with scene.engine.connect() as db:
        assert db.scalar(select(func.count()).select_from(deliveries)) == 1


async def test_the_operators_chat_decides_nothing(scene: Scene) -> None:
    await scene.asked()
    scene.outbox.tell(OWNER, "x", "кнопка", now=NOW, buttons=((("да", "r:1:1:p"),),))
    await scene.show()

    scene.api.callback(OWNER, scene.api.posted(OWNER)[0].message_id, "r:1:1:p")
    await scene.hear()

    assert scene.api.posted(CHANNEL) == []
    assert scene.reviews.waiting().open == 1


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("/status", "Ждут решения редактора: 1"),
        ("/status@our_bot", "Ленты: 1"),
        ("/why https://news.example/1?utm_source=x", "отдано редактору"),
        ("/why", "Пишите так"),
        ("/why https://news.example/nothing", "не видел"),
        ("/check Казахстан экстрадировал россиянина в Россию", "— правило"),
        ("/check <b>&amp;</i> \u202e<a href='x'>", "— нет"),
        ("/why <script>alert(1)</script>", "не видел"),
        ("/why " + "https://" + "я" * 3_900, "не видел"),
        ("/check " + "выдача " * 500, "—"),
        ("/feeds", "с замечаниями"),
        ("/nonsense <b>", "/undo"),
    ],
)
async def test_commands_are_answered_whatever_they_say(scene: Scene, said: str, expected: str) -> None:
    await scene.asked()
    scene.api.say(REVIEWERS, said)

    await scene.hear()

    assert expected in scene.api.posted(REVIEWERS)[-1].text


async def test_small_talk_is_not_answered(scene: Scene) -> None:
    await scene.asked()
    scene.api.say(REVIEWERS, "Публикуем?")

    await scene.hear()

    assert len(scene.api.posted(REVIEWERS)) == 1


async def test_a_post_in_doubt_is_decided_by_the_operator(scene: Scene) -> None:
    scene.tell(tier=Tier.POST)
    scene.api.script(faults.reset)
    await scene.dispatcher.drain(CHANNEL)
    scene.clock.forward(minutes=11)
    await scene.reviewing.ask_about_doubts()
    await scene.show()
    (asked,) = scene.api.posted(OWNER)

    scene.api.callback(OWNER, asked.message_id, "u:1:again")
    scene.api.callback(OWNER, asked.message_id, "u:1:sent")
    await scene.hear()

    assert len(scene.api.posted(CHANNEL)) == 1
    assert scene.answers_to_presses() == ["Сообщение будет отправлено снова.", "Уже решено."]
