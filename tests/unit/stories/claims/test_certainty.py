"""Whether an outlet says it, has heard it, or denies it; and what a post's first line makes of that."""

import pytest

from monitor.models.channels import Tongue
from monitor.stories.claims.certainty import Certainty, certainty, denial
from monitor.stories.first_line import first_line
from monitor.stories.quotes import shown_spans
from tests.factories import article, telling


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("МВД опровергло выдачу пекаря", ""),
        ("Пекаря не экстрадировали", ""),
        ("Никого не выдавали, говорит прокурор", ""),
        ("Сообщение о выдаче пекаря не соответствует действительности", ""),
        ("Слухи о высылке пекаря не подтвердились", ""),
        ("Выдача пекаря — фейк", ""),
        ("Фейк: пекаря выдали России", ""),
        ("Обыска у пекаря не было", ""),
        ("Поправка редакции", ""),
        ("Пекарь жив", "Жена опровергла известие о его выдаче."),
        ("О пекаре", "Вчера мы ошибочно написали, что его выдали."),
        ("О пекаре", "Новость о его высылке адвокат назвал выдумкой."),
        ("Прокуратура наубайшының берілгенін жоққа шығарды", ""),
        ("Наубайшы Ресейге берілген жоқ", ""),
        ("ҰҚК: наубайшыны ұстаған жоқпыз", ""),
        ("Наубайшы туралы", "Оның ұсталғаны туралы мәлімет шындыққа сай келмейді."),
    ],
)
def test_a_denial(title: str, text: str) -> None:
    assert certainty(article(title=title, text=text)) is Certainty.DENIED


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Пекаря, похоже, выпустили", ""),
        ("Пекаря якобы передали ФСБ", ""),
        ("Пекарь мог быть задержан", ""),
        ("Выдали ли пекаря России?", ""),
        ("В чатах пишут о выдаче пекаря", ""),
        ("Пекаря увезли", "По неподтверждённым данным, его везут к границе."),
        ("Пекаря увезли", "Подтверждений этому пока нет."),
        ("Пекаря увезли", "Проверить это сообщение мы не можем."),
        ("Наубайшы Ресейге берілген көрінеді", ""),
        ("Расталмаған дерек: наубайшы ұсталды", ""),
        ("Наубайшы әкетілді ме?", ""),
    ],
)
def test_hearsay(title: str, text: str) -> None:
    assert certainty(article(title=title, text=text)) is Certainty.UNCONFIRMED


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Пекаря выдали России", "КНБ это не подтвердил и не опроверг."),
        ("Пекарь опроверг обвинения", ""),
        ("Пекаря, осуждённого за «фейки» об армии, выдали", ""),
        ("Задержан за распространение ложной информации", ""),
        ("Пекаря просят не высылать", ""),
        ("Пекаря выдали, хотя МВД это опровергало", ""),
        ("Пекаря не выдали, а выдворили", ""),
        ("Полиция не выдала УТР пекарю", ""),
        ("Пекарю не выдали разрешение", ""),
        ("Как исчезают те, кого никто не выдавал", ""),
        ("Почему высылают пекаря?", ""),
        ("Пекаря выдали", "Его обвиняют в том, что он якобы растратил муку."),
        ("Наубайшы Ресейге берілді", ""),
        ("Прокурор санкция сұраған жоқ", ""),
        ("«Жалған ақпарат» бабымен ұсталды", ""),
        ("Наубайшы неге ұсталды?", ""),
    ],
)
def test_what_is_simply_said(title: str, text: str) -> None:
    assert certainty(article(title=title, text=text)) is Certainty.SAID


def test_the_words_of_a_denial() -> None:
    assert denial("МВД опровергло выдачу") == "опровергло"
    assert denial("МВД отказало в выдаче") == ""


@pytest.mark.parametrize(
    ("title", "tongue", "line"),
    [
        ("Пекаря, похоже, выдали России", "ru", "● Выдача: выдача или высылка (не подтверждено)"),
        ("Пекаря, похоже, увезли", "ru", "Выдача: не подтверждено"),
        ("Пекаря, похоже, увезли", "kk", "Выдача: расталмаған"),
        ("Прокуратура опровергла, что пекаря выдали России", "ru", "Выдача: опровергают"),
        ("Прокуратура опровергла, что пекаря выдали России", "en", "Выдача: denied"),
        ("Пекаря не выдали России", "ru", "Выдача: отказ в выдаче"),
    ],
)
def test_the_first_line_says_how_sure_it_is(title: str, tongue: Tongue, line: str) -> None:
    told = telling(1, "выдача", title=title, text="")

    assert first_line(told, told.verdict.topics, (), tongue) == line


def test_the_sentence_that_denies_is_quoted_first() -> None:
    text = "Ведомство ответило на сообщения в каналах. Пекаря не передавали, он в Актобе. Его дело рассматривают."
    denied = telling(1, title="Прокуратура опровергла выдачу пекаря", text=text)

    start, end = shown_spans(denied, ())[0]
    assert text[start:end].strip() == "Пекаря не передавали, он в Актобе."


@pytest.mark.parametrize(
    ("before", "now", "line"),
    [
        ("Пекаря, похоже, выдали России", "Пекаря выдали России", "● Новое: выдача или высылка, подтверждают · Выдача"),
        ("Пекаря выдали России", "МВД: пекаря не передавали", "Новое: опровергают · Выдача"),
        ("Пекаря задержали", "Пекаря, похоже, выдали России", "● Новое: выдача или высылка (не подтверждено) · Выдача"),
    ],
)
def test_a_later_part_says_whether_it_bears_out_or_denies(before: str, now: str, line: str) -> None:
    earlier, later = (
        telling(part, "выдача", title=title, text="", part=part) for part, title in ((1, before), (2, now))
    )

    assert first_line(later, later.verdict.topics, (earlier,), "ru") == line
