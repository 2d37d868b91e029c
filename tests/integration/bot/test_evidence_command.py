"""`/evidence` in the maintainers' chat, against a Bot API over HTTP and both databases."""

import pytest

from monitor.models.articles import Tier
from monitor.models.evidence import Sight
from monitor.text.telegram_html import MOST_UNITS
from monitor.text.unicode import utf16_length
from tests.factories import NOW
from tests.harness.review_chat import OWNER, REVIEWERS, ReviewChatHarness
from tests.harness.watched_pages import WatchedPages

LINK = "https://news.example/1"
CHANGE = "Заголовок: было «Суд выдал», стало «Суд не выдал»\nубрано «в Россию»"


@pytest.fixture
def pages(harness: ReviewChatHarness) -> WatchedPages:
    harness.record_article(tier=Tier.POST)
    return WatchedPages(engine=harness.engine, at=NOW)


async def asked(harness: ReviewChatHarness, said: str, chat: str = REVIEWERS) -> str:
    harness.api.say(chat, said)
    await harness.handle_updates()
    return harness.api.posted(chat)[-1].text


async def test_a_page_that_changed_and_went(harness: ReviewChatHarness, pages: WatchedPages) -> None:
    pages.look(Sight.UNCHANGED, keeps=True)
    pages.look(Sight.CHANGED, CHANGE, keeps=True)
    pages.look(Sight.MISSING, "сервер отвечает 404", keeps=True, status=404)
    pages.look(Sight.GONE, "сервер отвечает 404")

    rows = (await asked(harness, f"/evidence {LINK}?utm_source=x")).splitlines()

    first, second, third = (link.digest[:16] for link in pages.links)
    assert rows == [
        "Новость 1",
        "Лента. Последний взгляд 22.11.2026 17:00: исчезла с адреса; страницы нет с 22.11.2026 16:00",
        "сервер отвечает 404",
        "Следующий взгляд 22.11.2026 18:00. Следим с 22.11.2026 14:00.",
        "Последнее изменение (22.11.2026 15:00):",
        *CHANGE.splitlines(),
        "",
        "Копий: 3; начало SHA-256:",
        f"22.11.2026 16:00: страницы нет (проверено один раз), ответ 404 {third}",
        f"22.11.2026 15:00: изменилась, ответ 200 {second}",
        f"22.11.2026 14:00: впервые увидена, ответ 200 {first}",
        "",
        f"Хеши целиком, цепочка, выгрузка с доказательством: monitor evidence show {LINK}",
    ]


async def test_a_look_that_saw_nothing_hides_nothing(harness: ReviewChatHarness, pages: WatchedPages) -> None:
    pages.look(Sight.UNCHANGED, keeps=True)
    pages.look(Sight.UNSEEN, "проверка на робота")

    answer = await asked(harness, f"/evidence {LINK}")

    assert "22.11.2026 15:00: не удалось увидеть; до того, 22.11.2026 14:00: впервые увидена" in answer
    assert "проверка на робота" in answer
    assert "Последнее изменение" not in answer


async def test_a_page_is_found_where_it_moved_to(harness: ReviewChatHarness, pages: WatchedPages) -> None:
    pages.look(Sight.UNCHANGED, keeps=True, moved_to="https://news.example/moved")

    assert "Открывается по адресу https://news.example/moved" in await asked(
        harness, "/evidence https://news.example/moved"
    )


async def test_before_the_first_look(harness: ReviewChatHarness, pages: WatchedPages) -> None:
    answer = await asked(harness, f"/evidence {LINK}")

    assert "Лента. Ещё не смотрели" in answer
    assert "Копий ещё нет." in answer


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("/evidence", "Пишите так: /evidence"),
        ("/evidence https://news.example/other", "бот не следит"),
        ("/evidence <script>alert(1)</script>", "Пишите так: /evidence"),
        ("/evidence \x00\u202e1", "Пишите так: /evidence"),
        ("/evidence " + "https://" + "я" * 3_900, "Пишите так: /evidence"),
        ("/evidence https://news.example/other что там?", "Пишите так: /evidence"),
        ("/help", "/evidence ссылка: копии страницы"),
    ],
)
async def test_whatever_is_asked_is_answered(
    harness: ReviewChatHarness, pages: WatchedPages, said: str, expected: str
) -> None:
    assert expected in await asked(harness, said)


async def test_the_operators_chat_does_not_hear_of_it(harness: ReviewChatHarness, pages: WatchedPages) -> None:
    pages.look(Sight.UNCHANGED, keeps=True)

    assert "Что я понимаю:" in await asked(harness, f"/evidence {LINK}", OWNER)


async def test_the_answer_is_one_message(harness: ReviewChatHarness, pages: WatchedPages) -> None:
    long = "\n".join(f"было «{'🚪' * 260}», стало «{'&<b>' * 65}»" for _ in range(9))
    for _ in range(30):
        pages.look(Sight.CHANGED, long, keeps=True, moved_to="https://news.example/" + "m" * 1_900)

    answer = await asked(harness, f"/evidence {LINK}")

    assert utf16_length(answer) <= MOST_UNITS
    assert "Копий: 30; начало SHA-256:" in answer
    assert pages.links[-1].digest[:16] in answer
    assert "и ещё 18, раньше" in answer
    assert "… и ещё строк: " in answer
