"""What somebody types → a Query, or a sentence that says how to type it."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import QueryError
from monitor.matching.search.query import LONGEST, MOST_WORDS, Query, read_query
from monitor.models.articles import Outcome


@pytest.mark.parametrize(
    ("written", "phrases"),
    [
        ("суд", [("суд",)]),
        ("  суд,  Алматы! ", [("суд",), ("Алматы",)]),
        ("«суд Алматы» приговор", [("суд", "Алматы"), ("приговор",)]),
        ('"суд Алматы"', [("суд", "Алматы")]),
        ("“суд Алматы”", [("суд", "Алматы")]),
        ("«суд Алматы", [("суд",), ("Алматы",)]),
        ("бизнес-омбудсмен", [("бизнес", "омбудсмен")]),
        ("ҰҚК-нің", [("ҰҚК",)]),
        ("КНБ-ның қызметкері", [("КНБ",), ("қызметкері",)]),
        ("РВП2", [("РВП", "2")]),
        ("NOT OR AND", [("NOT",), ("OR",), ("AND",)]),
        ("суд* ^(приговор) 😀", [("суд*",), ("приговор",)]),
        ("* суд *дело 20*", [("суд",), ("дело",), ("20",)]),
        ("с Москвой по делу", [("с",), ("Москвой",), ("по",), ("делу",)]),
        ("суд\0дело", [("суддело",)]),
    ],
)
def test_words_and_phrases(written: str, phrases: list[tuple[str, ...]]) -> None:
    assert read_query(written) == Query(phrases=tuple(phrases))


def test_all_that_may_stand_beside_them() -> None:
    feeds, days, outcomes = (
        "лента:«Радио Азаттык» Лента: Ulysmedia",
        "с:2026-03-01 по:2026-04-01",
        "ИТОГ:мимо итог:posted",
    )
    written = f"суд -спорт —«кубок мира» {feeds} {days} {outcomes}"

    assert read_query(written) == Query(
        phrases=(("суд",),),
        without=(("спорт",), ("кубок", "мира")),
        feeds=("радио азаттык", "ulysmedia"),
        since=date(2026, 3, 1),
        until=date(2026, 4, 1),
        outcomes=frozenset({Outcome.UNMATCHED, Outcome.POSTED}),
    )


@pytest.mark.parametrize("written", ["2026-12-01", "01.12.2026", "1.12.2026"])
def test_a_day_is_written_as_people_or_programs_write_it(written: str) -> None:
    assert read_query(f"с:{written}") == Query(phrases=(), since=date(2026, 12, 1))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "хотя бы одно слово"),
        ("😀 — …", "хотя бы одно слово"),
        ("-спорт", "хотя бы одно слово"),
        ("-спорт итог:пост", "хотя бы одно слово"),
        ("суд с:вчера", "«вчера»: такого дня нет. Пишут так: 2026-03-01 или 01.03.2026"),
        ("суд по:2026-02-30", "«2026-02-30»: такого дня нет"),
        ("суд лента:", "«лента:»: пишут так: лента:Название"),
        ("суд -итог:пост", "«-итог:пост»: пишут так"),
        ("суд итог:чушь", "Есть: пост, изложение, редактору, отклонено, мимо, запрет, первое, старое, повтор"),
        ("слово " * (MOST_WORDS + 1), f"больше {MOST_WORDS} слов"),
        ("ы" * (LONGEST + 1), f"длиннее {LONGEST} знаков"),
    ],
)
def test_what_cannot_be_understood(written: str, said: str) -> None:
    with pytest.raises(QueryError) as refused:
        read_query(written)

    assert said in str(refused.value)


@given(
    st.text(max_size=80) | st.from_regex(r"(лента:|с:|по:|итог:|[-«»\"“”„ '()*\\\x00а-яA-Z0-9]){0,40}", fullmatch=True)
)
def test_anything_is_a_question_or_refused(written: str) -> None:
    with suppress(QueryError):
        query = read_query(written)
        assert query != Query(phrases=())
        assert all(word.removesuffix("*").isalnum() for phrase in query.phrases + query.without for word in phrase)
