"""The question to the maintainers: valid and short enough whatever the news say, and its buttons read back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.models.articles import Match, Outcome, Tier
from monitor.models.channels import Destination
from monitor.models.labels import OUTCOMES
from monitor.models.stories import Decision, Story
from monitor.stories.post import render
from monitor.stories.question import DECISION, append_decision, ask, buttons, initial_of, outcome_label, parse_press
from monitor.text.telegram_html import fits, visible_text
from monitor.text.unicode import utf16_length
from tests.factories import NOW, story, telling


def asked_of(told: Story) -> str:
    """The question about its first part."""
    return ask(told, 1, now=NOW)


def rendered(told: Story) -> str:
    """Its first part as the channel shows it."""
    return render(told, 1, to=Destination(chat="@channel"), now=NOW)


@given(
    title=st.text(max_size=2_000),
    text=st.text(min_size=1, max_size=3_000),
    initial=st.sampled_from(["", "Я"]),
    decision=st.sampled_from(Decision),
)
def test_a_question_fits_and_shows_no_markup_from_outside(
    title: str, text: str, initial: str, decision: Decision
) -> None:
    asked = asked_of(story(1, telling(1, tier=Tier.REVIEW, title=title, text=text)))

    html = append_decision(asked, decision, initial=initial, at=NOW, zone="Asia/Almaty")

    assert fits(html)
    assert "<script" not in html


def test_a_question_begins_with_the_rules_to_judge_and_shows_the_post_as_it_would_look() -> None:
    lines = visible_text(asked_of(story(1, telling(1, tier=Tier.REVIEW)))).split("\n")

    assert lines[:2] == ["На проверку · правило «правило»", "● Extradition: решение о выдаче или высылке"]
    assert "#extradition" in lines


def test_a_question_without_room_for_its_reasons_is_still_asked() -> None:
    tellings = [telling(number, tier=Tier.REVIEW, feed="Л" * 300 + str(number)) for number in range(1, 9)]

    assert "На проверку" in visible_text(asked_of(story(1, *tellings)))


@given(story_id=st.integers(1, 10**18 - 1), part=st.integers(1, 999_999))
def test_buttons_are_read_back(story_id: int, part: int) -> None:
    data = [data for row in buttons(story_id, part) for _, data in row]

    assert all(len(one.encode()) <= 64 for one in data)
    assert [parse_press(one) for one in data] == [
        (story_id, part, Decision.PUBLISHED),
        (story_id, part, Decision.REJECTED),
        (story_id, part, Decision.OFF_TOPIC),
    ]


@pytest.mark.parametrize("data", ["", "r:1:1", "r:1:1:x", "r:-1:1:p", "r:١:1:p", "r:1:1:p\n", "u:1:sent"])
def test_other_data_is_no_decision(data: str) -> None:
    assert parse_press(data) is None


@given(st.text())
def test_of_a_name_at_most_one_letter_is_kept(name: str) -> None:
    assert utf16_length(initial_of(name)) <= 2
    assert len(initial_of(name)) <= 1


@pytest.mark.parametrize(("name", "initial"), [("анна", "А"), (" Ерлан", "Е"), ("☂ зонт", ""), ("7", ""), ("", "")])
def test_the_letter_of_a_name(name: str, initial: str) -> None:
    assert initial_of(name) == initial


@pytest.mark.parametrize(
    ("evidence", "label"),
    [
        ("похожих новостей нет (ближайшая: 0.14 при пороге 0.20)", "начало новой истории: пост в канал"),
        ("сходство 0.43; новое: место: Актау", "продолжение истории: пост в канал"),
        ("тот же адрес; новое: ещё одна статья этой редакции", "продолжение истории: пост в канал"),
        ("тот же заголовок в тот же день; новое: число: 9", "продолжение истории: пост в канал"),
        ("сходство 0.43", "ещё одно изложение истории: пост в канал"),
    ],
)
def test_a_post_that_goes_on_with_a_story_is_not_called_its_beginning(evidence: str, label: str) -> None:
    reason = f"flight: побег у границы; {evidence}"
    assert outcome_label(Outcome.POSTED, reason) == label
    assert outcome_label(Outcome.POSTED, f"{reason}{DECISION}опубликовано") == label
    assert outcome_label(Outcome.JOINED, reason) == OUTCOMES[Outcome.JOINED]


def test_the_question_says_what_kept_the_story_from_the_channel() -> None:
    doubtful = telling(1, tier=Tier.REVIEW)
    verdict = replace(doubtful.verdict, lack="правилу «из тюрьмы» не хватило слова из строки «<суд>»")

    lines = visible_text(asked_of(story(1, replace(doubtful, verdict=verdict)))).split("\n")

    assert lines[-1] == "Сразу в канал не пошло: правилу «из тюрьмы» не хватило слова из строки «<суд>»"
    assert "Сразу в канал" not in visible_text(asked_of(story(1, doubtful)))


def test_the_words_that_met_the_rules_are_underlined_in_the_sentence_and_named_beneath() -> None:
    article_text = "Дождь. Суд выдал <Россию> & Ко, выдал снова."
    doubtful = telling(1, tier=Tier.REVIEW, title="Выдал ли суд?", text=article_text)
    at = article_text.index("выдал")
    matches = (
        Match(term="выдать", form="выдал", where="text", start=at, end=at + 5),
        Match(term="суд", form="суд", where="title", start=9, end=12),
    )
    topic = replace(doubtful.verdict.topics[0], matches=matches)
    grounds = ("действие: выдал (выдать, $выдача, строка 80) · суд (строка 9)",)
    verdict = replace(doubtful.verdict, topics=(topic,), grounds=grounds)

    asked = asked_of(story(1, replace(doubtful, verdict=verdict)))

    assert "Выдал ли <u>суд</u>?" in asked
    assert "Суд <u>выдал</u> &lt;Россию&gt; &amp; Ко, выдал снова." in asked
    assert visible_text(asked).split("\n")[-1].endswith(f"правило «{topic.rule}»: {grounds[0]}")
    assert "<u>" not in rendered(story(1, replace(doubtful, verdict=verdict)))


def test_of_reasons_without_room_the_last_are_left_out() -> None:
    doubtful = telling(1, tier=Tier.REVIEW, title="Щ" * 300, text=f"{'Ы' * 398}. " * 9)
    places = (0, 400, 800)  # a sentence each
    matches = tuple(Match(term=f"{at}", form="Ы", where="text", start=at, end=at + 1) for at in places)
    topic = replace(doubtful.verdict.topics[0], matches=matches)
    topics = tuple(replace(topic, id=f"t{number}", title=f"Тема {number}") for number in range(4))
    grounds = tuple(f"действие {number} {'слово ' * 100}" for number in range(4))
    verdict = replace(doubtful.verdict, topics=topics, grounds=grounds, lack="мало")
    others = [telling(number, tier=Tier.REVIEW, feed="Л" * 78 + str(number)) for number in range(2, 9)]

    asked = asked_of(story(1, replace(doubtful, verdict=verdict), *others))

    assert fits(asked)
    assert "Тема 0, правило" in visible_text(asked)
    assert "Сразу в канал не пошло" not in visible_text(asked)


def test_a_question_about_what_was_judged_before_there_were_grounds_names_the_words() -> None:
    assert "«экстрадицию» (экстрадиция)" in visible_text(asked_of(story(1, telling(1, tier=Tier.REVIEW))))
