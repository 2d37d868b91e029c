"""A page that is seen for the first time, beside the article as it was posted."""

import pytest

from monitor.evidence.comparison import compare_with_posted, describe
from monitor.models.evidence import Version

TITLE = "Казахстан выдаст россиянина Мовлаева"
QUOTED = "Прокуратура Казахстана одобрила экстрадицию россиянина Айдара Мовлаева, который просил убежища в Астане."
REST = "Адвокат обжалует решение в городском суде 5 ноября. По его словам, в России ему грозит до 20 лет колонии."
POSTED = Version(title=TITLE, text=f"{QUOTED} {REST}")


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (TITLE, QUOTED.replace("одобрила экстрадицию", "отказала в экстрадиции")),
        (TITLE, QUOTED.replace("одобрила", "не одобрила")),
        (TITLE, QUOTED.replace("Мовлаева", "Бабушкина")),
        ("Казахстан не выдаст россиянина Мовлаева", ""),
    ],
    ids=["refused", "negated", "somebody else", "headline"],
)
def test_what_was_posted_and_is_turned_is_told(title: str, text: str) -> None:
    difference = compare_with_posted(POSTED, Version(title=title, text=f"{text} {REST}"), quoted=[QUOTED])
    assert difference
    assert difference.matters
    assert difference.headline is (title != TITLE)
    assert "стало" in describe(difference)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (TITLE, f"{QUOTED} {REST}"),
        ("Айдара Мовлаева отправят в Россию: что об этом известно", f"{QUOTED} {REST}"),
        ("Казахстан выдаст россиянина Мовлаева 5 декабря", f"{QUOTED} {REST}"),
        (TITLE, f"АСТАНА, 3 ноября. КазТАГ — {QUOTED} {REST}"),
        (TITLE, f"Главная\nНовости\n{QUOTED}\n\nФото: пресс-служба\n\n{REST}\n\nВ Актау не открыли порт\nКурс: 512"),
        (TITLE, f"{QUOTED} {REST} Ранее прокуратура Казахстана не одобрила экстрадицию россиянки, убежища ей не дали."),
        (TITLE, REST),
        (TITLE, f"{QUOTED.replace('который просил', 'просившего')} {REST}"),
        (TITLE, f"{QUOTED} {REST.replace('5 ноября', '6 ноября')}"),
        (TITLE, "Эта статья только для подписчиков. Войдите, чтобы читать её целиком."),
        ("", QUOTED),
    ],
    ids=["same", "title", "date", "dateline", "aside", "other", "lead", "wording", "unquoted", "wall", "short"],
)
def test_what_only_one_of_the_two_has_is_not_told(title: str, text: str) -> None:
    assert compare_with_posted(POSTED, Version(title=title, text=text), quoted=[QUOTED]) is None


def test_a_sentence_that_stands_twice_is_told_once() -> None:
    page = Version(title=TITLE, text=f"{QUOTED} {REST}\n\n{QUOTED}".replace("одобрила", "не одобрила"))
    difference = compare_with_posted(Version(title=TITLE, text=f"{POSTED.text}\n\n{QUOTED}"), page, quoted=[QUOTED])
    assert difference
    assert len(difference.words) == 1
