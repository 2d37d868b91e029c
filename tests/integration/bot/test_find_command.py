"""`/find` in the maintainers' chat, against a Bot API over HTTP and both databases."""

from monitor.models.articles import Tier
from monitor.storage.search.index import SearchIndex
from monitor.text.telegram_html import MOST_UNITS
from monitor.text.unicode import utf16_length
from tests.harness.review_chat import OWNER, REVIEWERS, ReviewChatHarness


async def asked(harness: ReviewChatHarness, said: str, chat: str = REVIEWERS) -> str:
    harness.api.say(chat, said)
    await harness.handle_updates()
    return harness.api.posted(chat)[-1].text


async def test_what_was_read_is_found_by_any_form(harness: ReviewChatHarness) -> None:
    harness.record_article(tier=Tier.POST)
    sum(iter(SearchIndex(harness.engine).catch_up, 0))

    rows = (await asked(harness, "/find экстрадировать прокуратуру")).splitlines()

    assert rows == [
        "Новость 1",
        "Лента, 22.11.2026 14:00: начало новой истории: пост в канал",
        "«Прокуратура Казахстана одобрила экстрадицию россиянина, который просил убежища в Астане.»",
    ]


async def test_many_fit_into_one_message(harness: ReviewChatHarness) -> None:
    for number in range(1, 12):
        harness.record_article(number, name=f"Лента {number} " + "<&" * 60)
    sum(iter(SearchIndex(harness.engine).catch_up, 0))

    answer = await asked(harness, "/find экстрадиция")

    assert utf16_length(answer) <= MOST_UNITS
    assert 1 < answer.count("«Прокуратура") <= 8
    assert answer.endswith("больше покажет monitor find.")


async def test_an_empty_answer_says_what_was_searched(harness: ReviewChatHarness) -> None:
    harness.record_article()

    assert (await asked(harness, "/find маяк")).splitlines() == [
        "Ничего не нашлось.",
        "",
        "Поиск знает текстов: 0. Ещё не в поиске: 1, они появятся в нём сами.",
    ]


async def test_a_name_that_lost_its_other_words_is_told(harness: ReviewChatHarness) -> None:
    harness.record_article(name="Степной вестник")

    answer = await asked(harness, "/find лента:Степной вестник маяк")

    assert "Имя ленты из нескольких слов пишут в кавычках: лента:«Степной вестник»" in answer


async def test_what_cannot_be_understood_is_told(harness: ReviewChatHarness) -> None:
    assert (await asked(harness, "/find")).startswith("Пишите так: /find экстрадиция")
    assert await asked(harness, "/find <b> итог:<чушь>") == (
        "«<чушь>»: такого итога нет. Есть: пост, изложение, редактору, отклонено, мимо, запрет, первое, старое, повтор"
    )
    assert "хотя бы одно слово" in await asked(harness, "/find 😀")


async def test_the_operators_chat_may_not_ask(harness: ReviewChatHarness) -> None:
    assert (await asked(harness, "/find маяк", OWNER)).startswith("Что я понимаю:")
