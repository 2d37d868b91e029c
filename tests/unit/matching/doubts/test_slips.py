"""One slip in a file that is right otherwise: told once, where it stands, with what to write instead."""

import pytest

from monitor.config.keywords import load_keywords
from monitor.matching.compiler import compile_checked
from monitor.matching.lint import lint

LISTS = """lists:
  свои: {ru: "вахтёр, сторож"}
  рейсы: {ru: "рейс, поезд", kk: рейс}
  где: {ru: Омск}
  чужие: {ru: "чужие люди, гость"}
"""
TOPICS = """topics:
  t:
    title: т
    any_of:
      - all: [["побег", $рейсы, $где, $свои, $чужие, $people]]
"""


def told(rule: str = "", *, lists: str = LISTS, people: str = "Мовлаев") -> list[tuple[int, str, str]]:
    file = f"{lists}people:\n  - {people}\n{TOPICS}{rule}"
    keywords = load_keywords(file, file="k.yaml")
    return [(doubt.line, doubt.key, doubt.message) for doubt in lint(keywords, compile_checked(keywords)[0])]


def test_a_file_without_slips_is_not_doubted() -> None:
    assert told() == []


def in_list(russian: str, kazakh: str = "ұшақ") -> list[str]:
    words = f'рейсы: {{ru: "рейс, {russian}", kk: "{kazakh}"}}'
    return [message for _, _, message in told(lists=LISTS.replace('рейсы: {ru: "рейс, поезд", kk: рейс}', words))]


def test_a_comma_lost_in_a_list_is_told_where_the_list_is_written_only() -> None:
    lists = LISTS.replace("ru: Омск", 'ru: "Омск Томск"')
    rules = ["снять с $где, {где: $где}", "сесть в $где, беглец"]
    rule = "".join(f"      - all: [{lines}]\n" for lines in rules) + "counters: [{all: [жить в $где]}]\n"

    ((line, key, message),) = told(rule, lists=lists)

    assert (line, key) == (4, "где")
    assert message.endswith("поставьте запятую: Омск, Томск")


@pytest.mark.parametrize(
    ("rule", "line", "key"),
    [
        ("        none: [беглец, свои]\n", 13, "none"),
        ("        none: {кого: {ru: свои}}\n", 13, "none"),
        ("    doubt: [свои]\n", 13, "doubt"),
        ("never: свои\n", 13, "never"),
        ("elsewhere: {there: Грузия, here: свои}\n", 13, "here"),
        ("counters: [{all: [свои]}]\n", 13, "all"),
    ],
)
def test_a_list_named_without_its_sign_is_asked_about(rule: str, line: int, key: str) -> None:
    ((where, place, message),) = told(rule)

    assert (where, place) == (line, key)
    assert "есть список с таким именем — вы хотели $свои?" in message


@pytest.mark.parametrize("word", ["$свои", "чужие", "«свои»", "посторонний"])
def test_a_word_that_names_no_list_or_stands_in_it_is_a_word(word: str) -> None:
    assert told(f"        none: [{word}, беглец]\n") == []


@pytest.mark.parametrize(
    ("words", "apart"),
    [
        ("задержать арестовать", "задержать, арестовать"),
        ("выдворить депортировать, поезд", "выдворить, депортировать"),
        ("журналист блогер", "журналист, блогер"),
        ("солдат сержант", "солдат, сержант"),
        ("снять поезд или самолёт", "вместо него запятую; если нет, возьмите его в кавычки: «или»"),
        ("сойти и сесть", "вместо него запятую; если нет, возьмите его в кавычки: «и»"),
    ],
)
def test_words_that_lost_their_comma_are_told_apart(words: str, apart: str) -> None:
    assert [apart in message for message in in_list(words)] == [True]


@pytest.mark.parametrize(
    "words",
    [
        *(
            "облава полиции, обход квартира",
            "отказаться воевать, приказать покинуть, разрешить оставить",
            "не дать снять",
        ),
        *("военный врач, журналист агентства", "купля «и» продажа", "задержать, арестовать"),
    ],
)
def test_a_phrase_is_none(words: str) -> None:
    assert in_list(words) == []


@pytest.mark.parametrize(
    ("words", "few"),
    [
        (("Ceрым", "ұшақ"), "«Ceрым» буквы двух алфавитов, латинские: C, e — "),
        (("снять дeпортaцию", "ұшақ"), "«дeпортaцию» буквы двух алфавитов, латинские: e, a — "),
        (("экстpади*", "ұшақ"), "«экстpади» буквы двух алфавитов, латинские: p — "),
        (("«Tеlеgrаm»", "ұшақ"), "«Tеlеgrаm» буквы двух алфавитов, русские: е, а — "),
        (("поезд", "бiрлестік"), "«бiрлестік» буквы двух алфавитов, латинские: i — "),
    ],
)
def test_letters_of_another_alphabet_are_named(words: tuple[str, str], few: str) -> None:
    assert [few in message for message in in_list(*words)] == [True]


@pytest.mark.parametrize("word", ["IT-специалист", "поезд Talgo", "«поезд Talgo»", "Telegram-канал", "а4b"])
def test_words_of_two_alphabets_side_by_side_are_not(word: str) -> None:
    assert in_list(word) == []


@pytest.mark.parametrize(
    "words",
    [
        *(("и", "ұшақ"), ("В", "ұшақ"), ("год", "ұшақ"), ("да", "ұшақ"), ("ещё", "ұшақ"), ("«или»", "ұшақ")),
        *(("поезд", "мен"), ("поезд", "және"), ("поезд", "жыл")),
    ],
)
def test_a_word_of_any_news_is_doubted_for_that_alone(words: tuple[str, str]) -> None:
    assert ["есть почти в любой новости и ничего не отбирает" in said for said in in_list(*words)] == [True]


@pytest.mark.parametrize("words", [("новый год, Россия, суд", "ұшақ"), ("поезд", "он бір мың, адам, Ресей")])
def test_an_everyday_word_of_a_subject_or_a_phrase_is_not(words: tuple[str, str]) -> None:
    assert in_list(*words) == []


def test_kazakh_joins_words_otherwise() -> None:
    assert ["«немесе»" in message for message in in_list("поезд", "ұшақ немесе пойыз")] == [True]
    assert in_list("поезд", "келу және болу") == []


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ("Зимородков Пуговкин", "фамилии, ищутся только подряд; если это разные люди, напишите каждого отдельно"),
        ("Зарецкая Зимородкова", "фамилии, ищутся только подряд"),
        ("Зимородков и Пуговкин", "вместо него запятую"),
        ("«Зимородкова»", "имя «Зимородкова» в кавычках ищется только в этой форме — уберите кавычки"),
    ],
)
def test_people_who_are_not_found_as_written_are_doubted(people: str, said: str) -> None:
    ((line, key, message),) = told(people=people)

    assert (line, key) == (7, "people")
    assert said in message


@pytest.mark.parametrize("name", ["Зимородков", "Евгений Зимородков", "Ясин Зимородков", "Яков Зимородков", "О’Коннор"])
def test_a_person_is_one(name: str) -> None:
    assert told(people=name) == []


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("tazalau", "«tazalau» под kk латиницей найдётся только так — напишите кириллицей"),
        ("сұраққа şaqyru", "«şaqyru» под kk латиницей"),
        ("задержать", "«задержать» под kk — слово русское"),
        ("российский суд", "«российский» под kk — слово русское"),
        *((word, f"«{word}» под kk — слово русское") for word in ("гражданство", "россиянин", "убежище", "личность")),
    ],
)
def test_what_is_no_kazakh_under_kk_is_doubted(word: str, said: str) -> None:
    assert [said in message for message in in_list("поезд", word)] == [True]


@pytest.mark.parametrize("word", ["тергеу", "жаттыктырушы", "сурау салу"])
def test_what_is_no_russian_under_ru_is_doubted(word: str) -> None:
    assert ["под ru — слово казахское" in message for message in in_list(word)] == [True]


@pytest.mark.parametrize("word", ["кенгуру", "паблик", "Медеу", "«тергеу»", "визаран", "рассказать релоканту"])
def test_what_is_new_in_russian_is_not(word: str) -> None:
    assert in_list(word) == []


@pytest.mark.parametrize(
    "word", ["тазалау", "депортация", "UQK", "Telegram", "«channel»", "талап ету", "той", "ведомство", "компания"]
)
def test_what_kazakh_borrows_and_abbreviates_is_not(word: str) -> None:
    assert in_list("поезд", word) == []


@pytest.mark.parametrize(
    ("word", "first"),
    [
        *(("Елабуги", "Елабуга"), ("Омска", "Омск"), ("Чебоксар", "Чебоксары")),
        *(("иноагенты", "иноагент"), ("релокантки", "релокантка")),
    ],
)
def test_a_form_that_brings_no_other_is_told_its_first(word: str, first: str) -> None:
    assert [f"напишите «{first}»" in message for message in in_list(word)] == [True]


@pytest.mark.parametrize(
    "word", ["Елабуга, Текели, Кульсары, Убе, Сочи, Семей", "пошагово, тенге", "бежать из Елабуги"]
)
def test_a_word_of_one_form_is_not(word: str) -> None:
    assert in_list(word) == []
