"""The question to the maintainers: valid and short enough whatever the news say, and its buttons read back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.models.articles import Tier
from monitor.models.stories import Decision
from monitor.stories.question import ask, buttons, decided, initial_of, pressed
from monitor.text.telegram_html import fits, seen
from monitor.text.unicode import utf16_length
from tests.factories import NOW, story, telling


@given(
    title=st.text(max_size=2_000),
    text=st.text(min_size=1, max_size=3_000),
    initial=st.sampled_from(["", "Я"]),
    decision=st.sampled_from(Decision),
)
def test_a_question_fits_and_shows_no_markup_from_outside(
    title: str, text: str, initial: str, decision: Decision
) -> None:
    asked = ask(story(1, telling(1, tier=Tier.REVIEW, title=title, text=text)))

    html = decided(asked, decision, initial=initial, at=NOW, zone="Asia/Almaty")

    assert fits(html)
    assert "<script" not in html


def test_a_question_without_room_for_its_reasons_is_still_asked() -> None:
    tellings = [telling(number, tier=Tier.REVIEW, feed="Л" * 300 + str(number)) for number in range(1, 9)]

    assert "На проверку" in seen(ask(story(1, *tellings)))


@given(story_id=st.integers(1, 10**18 - 1), part=st.integers(1, 999_999))
def test_buttons_are_read_back(story_id: int, part: int) -> None:
    data = [data for row in buttons(story_id, part) for _, data in row]

    assert all(len(one.encode()) <= 64 for one in data)
    assert [pressed(one) for one in data] == [
        (story_id, part, Decision.PUBLISHED),
        (story_id, part, Decision.REJECTED),
        (story_id, part, Decision.OFF_TOPIC),
    ]


@pytest.mark.parametrize("data", ["", "r:1:1", "r:1:1:x", "r:-1:1:p", "r:١:1:p", "r:1:1:p\n", "u:1:sent"])
def test_other_data_is_no_decision(data: str) -> None:
    assert pressed(data) is None


@given(st.text())
def test_of_a_name_at_most_one_letter_is_kept(name: str) -> None:
    assert utf16_length(initial_of(name)) <= 2
    assert len(initial_of(name)) <= 1


@pytest.mark.parametrize(("name", "initial"), [("анна", "А"), (" Ерлан", "Е"), ("☂ зонт", ""), ("7", ""), ("", "")])
def test_the_letter_of_a_name(name: str, initial: str) -> None:
    assert initial_of(name) == initial


def test_the_question_says_what_kept_the_story_from_the_channel() -> None:
    doubtful = telling(1, tier=Tier.REVIEW)
    verdict = replace(doubtful.verdict, lack="правилу «из тюрьмы» не хватило слова из строки «<суд>»")

    lines = seen(ask(story(1, replace(doubtful, verdict=verdict)))).split("\n")

    assert lines[-1] == "Сразу в канал не пошло: правилу «из тюрьмы» не хватило слова из строки «<суд>»"
    assert "Сразу в канал" not in seen(ask(story(1, doubtful)))
