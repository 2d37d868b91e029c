"""Whom articles are about."""

import pytest

from monitor.stories.novelty import news
from monitor.stories.people.subjects import are_of_others, common_persons, common_subjects, persons
from tests.factories import article, report


def test_a_relative_of_the_same_surname_tells_of_the_same_man() -> None:
    husband = article(title="Пробникова выдали", text="Виктора Пробникова передали на посту.")
    wife = article(2, title="Жена рассказала о выдаче", text="Ольга Пробникова узнала, что её мужа Виктора увезли.")
    namesake = article(3, title="Выдали ещё одного", text="Аркадия Пробникова передали на посту.")

    assert not are_of_others(wife, [husband])
    assert not are_of_others(husband, [wife])
    assert are_of_others(namesake, [husband])


@pytest.mark.parametrize(
    ("title", "text", "is_other"),
    [
        ("Под арестом оренбуржец", "Иван П. проведёт сорок суток в изоляторе. Его ищут.", False),
        ("Сарбаз қамалды", "Пробниковты сот қырық тәулікке қамады.", False),
        ("Задержан пекарь", "Пекаря держат в Актобе. Ранее там держали Глеба Выдумкина." + " Он ждёт." * 30, True),
        ("Задержан пекарь", "Пекаря держат в Актобе." + " Он ждёт." * 30 + " Ранее держали Глеба Выдумкина.", False),
    ],
)
def test_others_are_named_where_an_article_says_whom_it_is_about(title: str, text: str, *, is_other: bool) -> None:
    """Under another form of his name, or with an older case in the background, it is the same man."""
    earlier = article(title="Задержан россиянин", text="В Актобе задержали Ивана Пробникова. Его ищет Москва.")

    assert are_of_others(article(2, title=title, text=text), [earlier]) is is_other


@pytest.mark.parametrize(
    ("text", "surnames"),
    [
        ("Суд выдал Мадину Ахриеву России.", {"Ахриеву"}),
        ("Адвокат И. Кузин обжалует.", {"Кузин"}),
        ("Журналист Айбек Серікұлы шақырылды.", {"Серікұлы"}),
        ("Ясинский Пётр живёт в Астане.", set()),  # the other way round is not read
        ("В Верховный суд Казахстана подана жалоба.", set()),
        ("Президент Касым-Жомарт Токаев подписал закон.", set()),
        ("Из Саратова приехали родные Пробникова.", {"Пробникова"}),
    ],
)
def test_persons_are_surnames_after_a_first_name_or_by_their_ending(text: str, surnames: set[str]) -> None:
    assert {person.surname for person in persons(report("", text, text[:5]))} == surnames


def test_articles_that_name_different_people_are_of_different_cases() -> None:
    one = article(text="В Астане задержали Ивана Пробникова.")
    other = article(text="В Астане задержали Глеба Выдумкина.")
    nobody = article(text="В Астане задержали россиянина.")

    assert are_of_others(one, [other])
    assert not are_of_others(one, [other, one])
    assert not are_of_others(one, [nobody])
    assert common_persons(one, [article(text="Пробникова Ивана отпустили, сказал Иван Пробников.")])
    assert not common_persons(nobody, [nobody])


def test_a_second_deserter_in_the_words_of_the_first_is_another_case_though_the_first_is_named() -> None:
    first = report("Россиянина арестовали в Астане", "Суд арестовал Дениса Шульгина. Он ушёл из части.")
    second = report(
        "Россиянина арестовали в Астане",
        f"Суд арестовал Евгения Коростылёва. {'Он ждёт. ' * 30}На прошлой неделе арестовали Дениса Шульгина.",
    )

    assert are_of_others(second.article, [first.article])
    assert news(second, [first]) == "имя: Коростылёва"


def test_the_same_surname_is_the_same_person_only_with_the_same_first_name() -> None:
    one = article(text="В Астане задержали Ивана Пробникова.")
    brother = article(text="В Астане задержали Глеба Пробникова.")
    initial = article(text="В Астане задержали И. Пробникова.")
    bare = article(text="В Астане задержали, сообщил он, Пробникова.")

    assert are_of_others(one, [brother])
    assert common_persons(one, [initial])
    assert common_persons(one, [bare])


def test_they_tell_of_whom_they_name_first() -> None:
    of_him = article(title="Ивана Пробникова задержали", text="В Актобе.")
    in_passing = article(title="Обзор", text="Россияне уезжают. " * 20 + "Раньше выслали Ивана Пробникова.")

    assert common_subjects(of_him, [article(title="Суд", text="Судят Ивана Пробникова.")])
    assert common_persons(of_him, [in_passing])
    assert not common_subjects(of_him, [in_passing])
