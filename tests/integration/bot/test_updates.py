"""What comes to the bot and must neither stop nor fool it; and that it says so when nothing comes. Both databases."""

import pytest
from structlog.testing import capture_logs

from monitor.bot.review_chat import SILENCE
from monitor.models.outbox import DeliveryState
from monitor.storage.stats import Stats
from tests.harness.review_chat import CHANNEL, REVIEWERS, ReviewChatHarness
from tests.servers.bot_api import EDITOR, REVIEW, http
from tests.servers.faults import Fault

PRESS = {"id": "77", "from": EDITOR, "chat_instance": "1", "data": "r:1:1:p"}
SECRET = "Тайноимённая"


def deaf(harness: ReviewChatHarness) -> str:
    return Stats(harness.engine).vitals(harness.clock()).deaf


async def test_a_press_that_names_no_chat_decides_nothing(harness: ReviewChatHarness) -> None:
    await harness.first_question()
    harness.api.push_update({"callback_query": PRESS | {"inline_message_id": "x"}})

    await harness.handle_updates()

    assert harness.api.posted(CHANNEL) == []
    assert harness.reviews.waiting().open == 1
    assert harness.answers_to_presses() == [""], "their client stops waiting, and learns nothing"


async def test_a_command_to_another_bot_is_not_ours(harness: ReviewChatHarness) -> None:
    harness.api.say(REVIEWERS, "/status@other_bot")
    harness.api.say(REVIEWERS, "/undo@other_bot")

    await harness.handle_updates()

    assert harness.api.posted(REVIEWERS) == []


@pytest.mark.parametrize(
    "unreadable",
    [
        {"message": {"message_id": 1, "chat": {"id": REVIEW.id, "type": "supergroup"}, "from": {"first_name": SECRET}}},
        {"callback_query": {"id": "5", "from": {"first_name": SECRET}}},
        {"message": SECRET},
        {"callback_query": PRESS | {"message": {"message_id": 1, "date": 1, "chat": {"id": SECRET, "type": "x"}}}},
        {"callback_query": PRESS | {"data": f"r:{10**18 - 1}:1:p"}},
    ],
)
async def test_an_update_that_nobody_can_read_holds_up_no_other(
    harness: ReviewChatHarness, unreadable: dict[str, object]
) -> None:
    question = await harness.first_question()
    message = {"message_id": question.message_id, "date": 1, "chat": {"id": REVIEW.id, "type": "supergroup"}}
    press = unreadable.get("callback_query")
    if isinstance(press, dict) and "data" in press:
        press.setdefault("message", message)
    harness.api.say(REVIEWERS, "/feeds")
    harness.api.push_update(unreadable)
    harness.api.say(REVIEWERS, "/status")

    with capture_logs() as log:
        await harness.handle_updates()

    assert [SECRET in str(line) for line in log] == [False] * len(log)
    assert any("Ждут решения" in post.text for post in harness.api.posted(REVIEWERS))
    assert harness.outbox.rows((DeliveryState.PENDING,)) == ()


DEAF = {
    "another reader": (http(409, "Conflict: terminated by other getUpdates request"), "другая программа"),
    "webhook": (http(409, "Conflict: can't use getUpdates method while webhook is active"), "deleteWebhook"),
    "revoked": (http(401, "Unauthorized"), "MONITOR_BOT_TOKEN"),
}


@pytest.mark.parametrize(("fault", "remedy"), DEAF.values(), ids=DEAF)
async def test_a_chat_that_is_not_heard_is_known_until_it_is(
    harness: ReviewChatHarness, fault: Fault, remedy: str
) -> None:
    harness.api.script(fault, "getUpdates")

    await harness.handle_updates()
    assert remedy in deaf(harness)
    harness.clock.forward(seconds=11)
    harness.api.say(REVIEWERS, "/status")
    await harness.handle_updates()

    assert deaf(harness) == ""


async def test_a_telegram_that_is_away_is_told_when_it_lasts(harness: ReviewChatHarness) -> None:
    harness.api.script(http(502, "Bad Gateway"), "getUpdates", times=2)

    await harness.handle_updates()
    assert deaf(harness) == ""
    harness.clock.now += SILENCE
    await harness.handle_updates()

    assert "502" in deaf(harness)
    harness.clock.forward(hours=1)
    assert deaf(harness) == "", "nobody listens any more: no chat is left in the settings"
