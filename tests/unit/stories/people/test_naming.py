"""Who is named in a text: surnames by their endings, and by the first names before them."""

import tracemalloc

import pytest

from monitor.stories.people.naming import Person, people
from monitor.text.languages.first_names import is_first_name


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Программиста Бородкина могут выдать.", {Person("Бородкина")}),
        ("Накануне Пробников просил убежища.", {Person("Пробников")}),
        ("Адвокат Галина сказала, что ждёт.", set()),
        ("Задержали Екатерину Пустячную из Рязани.", {Person("Пустячную", "Екатерину")}),
        ("Юрий Пробников и Дмитрий Лялюк.", {Person("Пробников", "Юрий"), Person("Лялюк", "Дмитрий")}),
        ("Иван Петрович Пробников молчал.", {Person("Пробников", "Иван")}),
        ("Суд отказал Ольге Петровне Невской.", {Person("Невской", "Ольге")}),
        ("Доставлен Пробников Иван Юрьевич.", {Person("Пробников", "Иван")}),
        ("Иван Юрьевич промолчал.", set()),
        ("Лев Гуревичті сот қамады.", {Person("Гуревичті", "Лев")}),
        ("Задержали Дениса и Оксану Лаптевых.", {Person("Лаптевых", "Дениса"), Person("Лаптевых", "Оксану")}),
        ("Арестован Матвей С., студент.", {Person("С.", "Матвей")}),
        ("ДУИС: Пробников в больнице", {Person("Пробников")}),
        ("Вспоминает Kirill Zaborsky.", {Person("Заборский", "Кирилл")}),
        ("Суд выслушал А. Лугового.", {Person("Лугового", "А.")}),
        ("Журналист Айгерім Жолдаспен сөйлесті.", {Person("Жолдаспен", "Айгерім")}),
        ("Оралда Динара Балғабайдың үйі тінтілді.", {Person("Балғабайдың", "Динара")}),
        ("Астанада Марина Пробниковаға хат келді.", {Person("Пробниковаға", "Марина")}),
        ("Полиция Алматинской области молчит.", set()),
    ],
)
def test_people_are_found_whatever_stands_before_them(text: str, named: set[Person]) -> None:
    assert people(text) == named


def test_a_role_before_a_surname_does_not_make_two_people_of_one() -> None:
    (by_role,), (by_name,) = people("Художника Бородкина судят."), people("Судят Глеба Бородкина.")

    assert by_role.may_be(by_name)


def test_a_surname_of_which_an_initial_is_given_may_be_that_of_the_same_first_name() -> None:
    (short,), (whole,), (other,) = (
        people("Судят Матвея С."),
        people("Судят Матвея Сорина."),
        people("Судят Льва Сорина."),
    )

    assert short.may_be(whole)
    assert whole.may_be(short)
    assert not short.may_be(other)


def test_lev_is_the_same_in_every_case() -> None:
    (oblique,), (upright,) = people("Судят Льва Сорина."), people("Лев Сорин молчит.")

    assert oblique.may_be(upright)


def test_kazakh_letters_make_no_other_person() -> None:
    (kazakh,), (russian,) = people("Полиция Аян Мұхтаровты ұстады."), people("Задержан Аян Мухтаров.")

    assert kazakh.may_be(russian)


def test_a_kazakh_ending_does_not_make_another_person() -> None:
    (russian,), (kazakh,) = people("Судят Марину Пробникову."), people("Сот Марина Пробникованы тыңдады.")

    assert russian.may_be(kazakh)


@pytest.mark.parametrize(
    "word", ["Иван", "Ивана", "Юлии", "Юлией", "Игорем", "Айнұрдың", "Серікке", "Фёдору", "Наталью", "Маринаның"]
)
def test_first_names_are_known_in_every_case(word: str) -> None:
    assert is_first_name(word)


@pytest.mark.parametrize("word", ["Юрист", "Ахметов", "Маркет", "Динамо", "Романтика", "Суд", "Полиция", "Данные"])
def test_words_that_begin_like_a_first_name_are_none(word: str) -> None:
    assert not is_first_name(word)


def test_what_is_remembered_of_texts_is_small_however_long_they_are() -> None:
    """A story's tellings together may have megabytes, and a list of names any number of them."""
    filling = "Накануне в городе прошёл дождь, сообщили в полиции. " * 400
    names = " ".join(f"Задержали Ивана Про{'бе' * number}никова." for number in range(1, 60))
    people("")
    tracemalloc.start()
    for number in range(100):
        people(f"{filling} Судят Марину Пробникову, {number}.")
        people(f"{names} {number}")
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 200 * 1_000, "kB of 200 texts, which have 4,000"
