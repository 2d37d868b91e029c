"""`/case` in the maintainers' chat, through the Bot API stand-in, on both databases."""

import pytest

from monitor.storage.site.cases import CaseStore, TakedownStore
from monitor.text.telegram_html import visible_text
from tests.factories import NOW
from tests.harness.review_chat import REVIEWERS, ReviewChatHarness
from tests.harness.seeded_outbox import SeededOutbox


async def say(harness: ReviewChatHarness, said: str) -> str:
    """What the bot answers."""
    harness.api.say(REVIEWERS, said)
    await harness.handle_updates()
    return visible_text(harness.api.posted(REVIEWERS)[-1].html)


async def test_a_case_is_opened_told_and_closed(harness: ReviewChatHarness) -> None:
    await harness.first_question()

    opened = await say(harness, "/case 1 Дело  <b>Петрова</b> &\u202e")
    assert opened == "Дело 1 «Дело <b>Петрова</b> &» открыто, историй: 1. Страница будет после сборки сайта."
    assert "1. Дело <b>Петрова</b> & · историй: 1" in await say(harness, "/case")
    assert "исчезнет со следующей сборкой" in await say(harness, "/case закрыть 1")
    assert "Открытого дела 1 нет" in await say(harness, "/case close 1")
    assert CaseStore(harness.engine).open_cases() == ()


async def test_a_story_that_goes_to_another_case_says_so(harness: ReviewChatHarness) -> None:
    await harness.first_question()
    await say(harness, "/case 1 Дело Иванова")

    assert await say(harness, "/case 1 Дело Петрова") == (
        "Дело 2 «Дело Петрова» открыто, историй: 1. Страница будет после сборки сайта. "
        "История 1 с её нитью перешла из дела 1 «Дело Иванова»; в нём теперь историй: 0. "
        "Закрыть его: /case закрыть 1 или monitor case close 1"
    )


async def test_a_hidden_story_opens_no_case(harness: ReviewChatHarness) -> None:
    await harness.first_question()
    TakedownStore(harness.engine).hide(1, "просьба семьи", NOW)

    assert await say(harness, "/case 1 Дело Иванова") == (
        "История 1 скрыта с сайта (почему: просьба семьи): дело с ней не открыто. Вернуть её: monitor site show 1"
    )


async def test_a_story_leaves_its_case(harness: ReviewChatHarness) -> None:
    await harness.first_question()
    await say(harness, "/case 1 Дело")

    assert await say(harness, "/case убрать 1") == "История 1 больше не в деле."
    assert await say(harness, "/case убрать 1") == "История 1 не стоит ни в одном деле."


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("/case", "Открытых дел нет."),
        ("/case 99 Дело", "Истории 99 нет."),
        ("/case 1", "Как назвать дело? После номера истории пишут его название.\nОткрыть дело: /case"),
        ("/case 1", "Открыть дело: /case НОМЕР_ИСТОРИИ Название дела\nЗакрыть: /case закрыть НОМЕР_ДЕЛА\n"),
        ("/case дело", "«дело» — не номер истории, не «закрыть» и не «убрать».\nОткрыть дело"),
        ("/case 2026-03-01 Дело", "«2026-03-01» — не номер истории"),
        ("/case закрыть дело", "Которое дело закрыть?"),
        ("/case убрать", "Которую историю убрать?"),
        ("/case 99999999999999999999999 Дело", "Истории"),
        ("/case закрыть 99999999999999999999999", "нет"),
        ("/case ² Дело", "Открыть дело"),
        ("/case 1 \u202e\u200b", "Открыть дело"),
    ],
)
async def test_a_mistake_is_answered_with_what_to_write(harness: ReviewChatHarness, said: str, answer: str) -> None:
    assert answer in await say(harness, said)


async def test_a_long_list_is_one_message(harness: ReviewChatHarness) -> None:
    seeded, cases = SeededOutbox(harness.engine), CaseStore(harness.engine)
    for number in range(1, 41):
        seeded.add_story(number)
        assert cases.open(number, f"{number} {'Д' * 117}", NOW)

    answer = await say(harness, "/case")

    shown = answer.count("историй: 1")
    assert 20 < shown < 30
    assert f"… и ещё {40 - shown}\nОткрыть дело" in answer


async def test_a_title_has_an_end(harness: ReviewChatHarness) -> None:
    await harness.first_question()
    await say(harness, f"/case 1 {'Дело ' * 400}")

    (case,) = CaseStore(harness.engine).open_cases()
    assert len(case.title) <= 120
    assert case.title.startswith("Дело Дело")
