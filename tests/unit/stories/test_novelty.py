from datetime import timedelta

import pytest

from monitor.models.stories import Telling
from monitor.stories.novelty import are_other_steps, news
from tests.factories import HOUR, NOW, article, report, telling

FIRST = report(
    "Россиянина задержали в Актобе",
    "В Актобе задержали Ивана Пробникова. Его ищут по запросу Москвы. Адвокат ждёт суда.",
    "запросу",
)
CLAIM = report("Россиянина Пробникова экстрадировали из Актобе", "Пробникова передали по запросу Москвы.", "запросу")


def test_a_retelling_brings_no_news() -> None:
    again = report("В Актобе задержан россиянин", "Пробников задержан по запросу Москвы, говорит адвокат.", "запросу")

    assert news(again, [FIRST]) == ""


@pytest.mark.parametrize(
    "said",
    [
        "Его жену задержали по запросу Москвы, сообщил адвокат Денис Лобанов.",
        "Вслед за Пробниковым россиянина задержали по запросу Москвы, сообщил адвокат Денис Лобанов.",
        "По словам адвоката Дениса Лобанова, как и Пробникова, россиянина задержали по запросу Москвы.",
    ],
)
def test_the_lawyer_who_speaks_may_be_all_that_tells_a_second_case_from_the_first(said: str) -> None:
    assert "имя: Лобанов" in news(report("В Актобе задержали россиянина", said, "запросу"), [FIRST])


@pytest.mark.parametrize(
    ("headline", "denial"),
    [
        ("МВД опровергло экстрадицию россиянина Пробникова", "опровергло"),
        ("Опровержение: Пробникова не выслали", "Опровержение"),
        ("Пробникова не экстрадировали, он в Актобе", "не экстрадировали"),
        ("ІІМ Пробниковтің экстрадициясын жоққа шығарды", "жоққа шығарды"),
        ("Пробников Ресейге берілген жоқ", "берілген жоқ"),
    ],
)
def test_who_denies_a_claim_is_no_other_telling_of_it(headline: str, denial: str) -> None:
    denied = report(headline, "Пробников не передан по запросу Москвы.", "запросу")

    assert f"опровержение: {denial}" in news(denied, [CLAIM])
    assert "опровержение" not in news(denied, [CLAIM, denied])


def test_who_does_not_bear_out_a_claim_is_news() -> None:
    doubtful = report("МВД не подтверждает выдачу Пробникова", "По запросу Москвы ответа нет.", "запросу")

    assert "сомнение: не подтверждает" in news(doubtful, [CLAIM])
    assert "сомнение" not in news(doubtful, [CLAIM, doubtful])


@pytest.mark.parametrize(("hours", "news_of_step"), [(3, ""), (20, "событие: продление")])
def test_a_step_of_a_later_day_is_news_though_one_like_it_is_known(hours: int, news_of_step: str) -> None:
    text = "Пробников ждёт суда в Актобе. Его держат в изоляторе. Весной суд продлил ему арест по запросу Москвы."
    earlier = Telling(article=article(title="Что с Пробниковым", text=text), verdict=FIRST.verdict)
    title = "Пробникову продлили арест"
    later = article(2, title=title, text=text, published_at=NOW - HOUR + timedelta(hours=hours))

    assert news(Telling(article=later, verdict=FIRST.verdict), [earlier]) == news_of_step


def test_a_person_of_an_older_case_is_not_news_though_his_sentence_matched() -> None:
    older = report(
        "Задержан", "По запросу Москвы задержан. Напомним, по запросу Москвы выдали Глеба Выдумкина.", "запросу"
    )
    initial = report("Задержан", "Задержан Иван П. Всех отпустили по запросу Москвы.", "запросу")

    assert news(older, [FIRST]) == ""
    assert "Всех" not in news(initial, [FIRST])


def test_a_step_that_the_other_language_tells_is_no_news() -> None:
    kazakh = report("Пробников Ресейге берілді", "Пробников запросу бойынша Ресейге берілді.", "запросу")
    russian = report("Пробникова экстрадировали в Россию", "Пробникова экстрадировали по запросу Москвы.", "запросу")

    assert news(russian, [kazakh]) == ""


def test_he_is_no_ten_in_russian() -> None:
    """«Он» is ten in Kazakh."""
    him = report("Пробникова не выдали: он вышел на связь", "По запросу Москвы ответа нет.", "запросу")

    assert "число" not in news(him, [FIRST])


def test_another_person_in_a_sentence_that_matched_is_news() -> None:
    another = report("Задержаны двое", "По запросу Москвы задержан и Глеб Выдумкин.", "запросу")

    assert news(another, [FIRST]) == "имя: Выдумкин"


def test_a_person_of_the_background_is_not_news() -> None:
    background = report("Задержан", "Он задержан по запросу Москвы. Раньше выслали Глеба Выдумкина.", "запросу")

    assert news(background, [FIRST]) == ""


def test_a_case_ending_does_not_make_a_new_person() -> None:
    ended = report("Задержан", "По запросу Москвы ищут Ивана Пробникова, с Пробниковым говорил суд.", "запросу")

    assert news(ended, [FIRST]) == ""


@pytest.mark.parametrize(
    ("headline", "step"),
    [
        ("Россиянина выдали Москве", "выдача"),
        ("Суд арестовал россиянина", "арест"),
        ("Его отпустили", "освобождение"),
        ("Казахстан отказал в экстрадиции россиянина", "отказ в выдаче"),
        ("Суд разрешил выдать россиянина", "решение о выдаче"),
        ("Ресейлік босатылды", "освобождение"),
        ("Белсенді Ресейге жөнелтілді", "выдача"),
        ("У журналиста прошёл обыск", "обыск"),
    ],
)
def test_a_new_step_in_the_headline_is_news(headline: str, step: str) -> None:
    follow_up = report(headline, "Россиянин из Актобе, которого ищут по запросу Москвы.", "запросу")

    assert step in news(follow_up, [FIRST])


def test_a_new_topic_is_news() -> None:
    summoned = report("Задержан", "Его ищут по запросу Москвы, спрашивали в КНБ.", "КНБ", topic="knb")

    assert news(summoned, [FIRST]) == "тема: Выдача"


def test_a_topic_by_words_that_readers_had_is_none() -> None:
    again = report("Задержан", "Его ищут по запросу Москвы.", "запросу", topic="knb")

    assert news(again, [FIRST]) == ""


def test_a_decision_that_was_told_is_denied_by_who_says_that_there_was_none() -> None:
    decided = report("Прокуратура одобрила выдачу Пробникова", "Пробникова выдадут по запросу.", "запросу")
    undecided = report("Прокуратура: решения по Пробникову не было", "Решение по запросу не принято.", "запросу")

    assert "опровержение" in news(undecided, [decided])
    assert "опровержение" not in news(undecided, [FIRST])


def test_a_second_denial_in_other_words_is_no_news() -> None:
    denied = report("Пробникова не задерживали", "Адвокат: Пробников дома, запрос есть.", "запрос")
    again = report("Пробников: меня никто не задерживал", "Пробников дома, запрос есть.", "запрос")

    assert "опровержение" in news(denied, [FIRST])
    assert news(again, [FIRST, denied]) == ""


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("МВД ответило о Пробникове", "Пробников в Россию не передавался, есть запрос."),
        ("Пробников остаётся в Актобе", "Пробников в изоляторе, есть запрос."),
        ("О Пробникове", "Сообщения о выдаче Пробникова преждевременны, запрос рассматривают."),
    ],
)
def test_who_stays_was_not_handed_over(title: str, text: str) -> None:
    handed_over = report("Пробникова выдали России", "Пробникова передали по запросу.", "запросу")

    assert "опровержение" in news(report(title, text, "запрос"), [handed_over])


def test_a_second_arrest_is_news() -> None:
    again = report("Пробникова повторно задержали", "Пробников снова в Актобе, есть запрос.", "запрос")

    assert "событие: задержание" in news(again, [FIRST])


def test_the_first_words_deny_what_was_told() -> None:
    well = report("Пробников на связи", "Пробников написал нам. Его не задерживали, говорят по запросу.", "запросу")
    before = report("Пробников на связи", "Он нашёлся. Раньше его не задерживали, есть запрос.", "запрос")

    assert "опровержение" in news(well, [FIRST])
    assert "опровержение" not in news(before, [FIRST])


def test_who_was_abducted_has_disappeared() -> None:
    taken = report("Пробникова похитили", "Пробникова увезли, есть запрос.", "запрос")
    gone = report("Пропал Пробников", "Пробникова увезли, есть запрос.", "запрос")

    assert news(gone, [taken]) == ""


def test_of_what_somebody_is_accused_is_no_step() -> None:
    again = report("Задержан пекарь, которого обвиняют в фейках", "Пробникова ищут по запросу.", "запросу")

    assert news(again, [FIRST]) == ""


def test_nothing_told_makes_everything_new() -> None:
    assert news(telling(1), []) == "тема: Extradition"


@pytest.mark.parametrize(
    "headline", ["Задержанного в Актобе пекаря ждут дома", "Арестованный пекарь молчит", "Ұсталған наубайшы үнсіз"]
)
def test_who_somebody_is_is_no_step_that_parts_stories_but_may_be_news(headline: str) -> None:
    """A doubt joins here, because what joins and may be news is posted all the same."""
    before, after = report("Новость", "Пекарь из Сызрани.", "Пекарь"), report(headline, "Пекарь из Сызрани.", "Пекарь")

    assert not are_other_steps(after.article, [before.article])
    assert "событие" in news(after, [before])


@pytest.mark.parametrize(
    ("headline", "is_step"),
    [
        ("Правозащитники осудили обыск у журналиста", False),
        ("Осудили арест пекаря", False),
        ("Пекарь, осуждавший войну, молчит", False),
        ("Осудили арестованного пекаря", True),
    ],
)
def test_to_condemn_what_was_done_is_not_to_sentence(headline: str, is_step: bool) -> None:
    sentenced = news(
        report(headline, "Пекарь из Сызрани.", "Пекарь"), [report("Новость", "Пекарь из Сызрани.", "Пекарь")]
    )

    assert ("обвинение" in sentenced) is is_step


@pytest.mark.parametrize(
    ("headline", "step"),
    [
        ("Суд осудил пекаря", "обвинение"),
        ("Суд отклонил жалобу пекаря", "отказ суда"),
        ("Суд отложил экстрадицию пекаря", "отсрочка"),
        ("Сот наубайшыны экстрадициялауды кейінге қалдырды", "отсрочка"),
        ("Пекарю продлили статус просителя убежища", "продление"),
        ("Казахстан депортирует пекаря", "выдача"),
        ("Наубайшының пәтері тінтілді", "обыск"),
    ],
)
def test_steps_are_known_in_their_forms(headline: str, step: str) -> None:
    assert step in news(
        report(headline, "Пекарь из Сызрани.", "Пекарь"), [report("Новость", "Пекарь из Сызрани.", "Пекарь")]
    )


def test_other_steps_are_those_that_one_of_both_does_not_speak_of() -> None:
    freed = article(title="Пекаря отпустили", text="Задержали его во вторник.")
    detained = article(title="Пекаря задержали", text="Во вторник в Актобе.")
    both = article(title="Пекаря задержали и отпустили", text="Во вторник в Актобе.")

    assert are_other_steps(freed, [detained])
    assert are_other_steps(detained, [freed]), "whichever came first"
    assert not are_other_steps(freed, [both])
    assert not are_other_steps(detained, [article(title="Пекарь на вокзале", text="Его задержали.")])


@pytest.mark.parametrize(
    "denied",
    [
        "Суд отказался освободить россиянина",
        "Россиянина не стали освобождать",
        "Суд отказал в освобождении россиянина",
        "Ресейлік босатылмады",
        "Сот ресейлікті босатудан бас тартты",
    ],
)
def test_what_did_not_happen_is_no_step_and_is_not_known_afterwards(denied: str) -> None:
    refused = report(denied, "Россиянин из Актобе, которого ищут по запросу Москвы.", "запросу")
    released = report("Россиянина освободили", "Россиянин из Актобе, которого ищут по запросу Москвы.", "запросу")

    assert "событие: освобождение" not in news(refused, [FIRST])
    assert "освобождение" in news(released, [FIRST, refused])


def test_a_brother_is_news() -> None:
    assert news(report("", "По запросу Москвы ищут Глеба Пробникова.", "запросу"), [FIRST]) == "имя: Пробникова"


@pytest.mark.parametrize(
    ("text", "is_new"),
    [
        ("Соседи видели, как Пробникова увели из дома.", True),
        ("Пробникова задержали, сообщили в КНБ.", False),
        ("В КНБ накануне подтвердили задержание Пробникова.", False),
    ],
)
def test_an_official_comment_is_news_where_officials_were_silent(text: str, is_new: bool) -> None:
    earlier = report("Пробникова задержали в Актобе", text)

    assert (
        "ответ ведомства" in news(report("В КНБ прокомментировали дело Пробникова", "Всё по закону."), [earlier])
    ) is is_new
