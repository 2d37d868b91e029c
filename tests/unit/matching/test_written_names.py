import pytest

from monitor.config.keyword_rules import TermWordKind
from monitor.config.keywords import load_keywords
from monitor.config.term_reader import read_terms
from monitor.matching.compiler import compile_checked
from monitor.matching.lint import lint
from monitor.matching.written_names import as_news_write


def better(name: str) -> tuple[str, ...]:
    (term,) = read_terms(name, kind=TermWordKind.NAME)
    return as_news_write(term)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Сапаргалиевой", "Сапаргалиева"),
        ("Зимородковым", "Зимородков"),
        ("Заречного", "Заречный"),
        ("Сапаргалиева Асем", "Асем Сапаргалиева"),
        ("Зимородков Евгений", "Евгений Зимородков"),
        ("Зарецкая Вера", "Вера Зарецкая"),
        ("Сапаргалиева Асем Кайратовна", "Асем Сапаргалиева"),
        ("Асем Кайратовна Сапаргалиева", "Асем Сапаргалиева"),
        ("Абрамович Лев Давидович", "Лев Абрамович"),
        ("Асели Сапаргалиевой", "Асель Сапаргалиева"),
        ("Асель Сапаргалиеву", "Асель Сапаргалиева"),
        ("Юлии Зимородковой", "Юлия Зимородкова"),
        ("Ивана Зимородкова", "Иван Зимородков"),
        ("Зимородкова-Заречина Ивана", "Иван Зимородков-Заречин"),
        ("Сапаргалиевой Асели Кайратовны", "Асель Сапаргалиева"),
        ("Зиминой", "Зимина"),
        ("Юлии Зиминой", "Юлия Зимина"),
        ("Сосновскую", "Сосновская"),
        ("Сосновскому", "Сосновский"),
        ("Иван Зимородкова", "Иван Зимородков"),
        ("Ивана Калина", "Иван Калин"),
    ],
)
def test_a_person_is_named_as_the_news_do(name: str, written: str) -> None:
    assert better(name) == (written,)
    assert better(written) == ()


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Сапаргалиеву", ("Сапаргалиев", "Сапаргалиева")),
        ("Евгению Зимородкову", ("Евгений Зимородков", "Евгения Зимородкова")),
    ],
)
def test_where_it_may_be_a_man_or_a_woman_both_are_named(name: str, written: tuple[str, ...]) -> None:
    assert better(name) == written


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Зимородков",
            "Сапаргалиева",
            "Полевой",
            "Толстой",
            "Лозовой",
            "Черных",
            "Коваленко",
            "Ли",
            "Назым",
            "Марину",
        ),
        *("Калина", "Иван Калина", "Луговской", "Гранин", "Никита Зимин"),
        *("Вера Полынина", "Евгения Зимородкова", "Асем Сапаргалиева", "Лев Абрамович", "Лев Давидович", "Анна Рид"),
        *("Мартин Лев", "Роман Тимур", "Дуйсебай Асем", "Жанболат Мамай", "Анна Мария Петрович", "Отто фон Рид"),
        *("О’Коннор", "Ибрагим Сұлтан оглы", "Анна-Мария Зимородкова", "Әсел Тұрғынбаева", "анна зимородковой"),
    ],
)
def test_of_other_names_nobody_knows_better(name: str) -> None:
    assert better(name) == ()


def test_check_says_how_to_write_a_person() -> None:
    topics = "topics: {t: {title: т, any_of: [{name: а, all: [$people]}]}}\n"
    keywords = load_keywords(f"people:\n  - Заречный\n  - Сапаргалиеву\n{topics}", file="k.yaml")
    (doubt,) = lint(keywords, compile_checked(keywords)[0])

    assert (doubt.line, doubt.key) == (3, "people")
    assert doubt.message.endswith("«Сапаргалиеву» ищется только так — напишите «Сапаргалиев» или «Сапаргалиева»")
