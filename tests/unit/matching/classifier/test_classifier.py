"""What a classifier makes of a text; the numbers are of one taught here, or of the one that the project brings."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.matching.classifier.classifier import TOPICS, Classifier, Leaning, Likeness, dumps, loads, trained
from monitor.matching.classifier.features import Vocabulary, features, words
from monitor.matching.classifier.training import LabelledText, train

EXAMPLE = Classifier(
    weights={"ресей": 1.0, "ресей~ге": 2.0, "берді": 1.5, "матч": -4.0, "ұқк": 3.0},
    leanings={"ұқк": Leaning("knb", 3.0), "ресей~ге": Leaning("extradition", 2.0)},
    bias=-1.0,
    least=0.5,
    sure=0.5,
    most=-2.0,
)
LATIN = " ".join(f"q{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
FILLER = " ".join(f"с{letter}" for letter in "абвгдежзийклмнопрстуфхцчшщэюя")


def taught(texts: list[LabelledText]) -> Classifier:
    return train(texts, least=0.5, sure=0.7, most=-2.0, shuffle=lambda order: order.reverse())


def test_words_are_weighed_by_their_beginnings_endings_and_neighbours() -> None:
    assert features(words("Ресейге Ёлка")) == {"ресей", "ресей~ге", "елка", "ресей елка"}


@given(*(st.text("абв -Ё\u00ad\u2028", max_size=60) for _ in range(2)))
def test_only_what_is_weighed_is_put_together_and_nothing_of_it_is_left_out(text: str, other: str) -> None:
    weighed = features(words(other))
    vocabulary = Vocabulary(weighed)

    for _ in ("at first sight", "remembered"):
        assert vocabulary.known_features(text) == features(words(text)) & weighed


def test_the_topic_is_that_of_the_words_that_speak_for_one() -> None:
    assert EXAMPLE.likeness("Ресейге берді", TOPICS) == Likeness("extradition", is_sure=True)
    assert EXAMPLE.likeness("Ресейге берді", ("rvp",)) is None
    assert EXAMPLE.likeness("ҰҚК Ресейге берді", TOPICS) == Likeness("knb", is_sure=True)
    assert EXAMPLE.likeness("Матч: Ресей", TOPICS) is None
    assert EXAMPLE.likeness("", TOPICS) is None
    assert EXAMPLE.likeness("ҰҚК Ресейге берді", ()) is None


def test_a_text_of_few_words_is_asked_about_only_if_it_surely_reads_like_ours() -> None:
    doubting = replace(EXAMPLE, sure=9.0)
    long = "Ресейге берді" + " 1" * 40

    assert doubting.likeness("Ресейге берді", TOPICS) is None
    assert doubting.likeness(long, TOPICS) == Likeness("extradition", is_sure=False)
    assert EXAMPLE.likeness(long, TOPICS) == Likeness("extradition", is_sure=True)


def test_only_a_text_of_many_cyrillic_words_is_unlike() -> None:
    known = "матч ресей ресейге берді матч ұқк"
    unlike = replace(EXAMPLE, weights=dict.fromkeys(EXAMPLE.weights, -4.0), leanings={})

    assert unlike.is_unlike(f"{known} {FILLER}")
    assert not unlike.is_unlike(known), "a headline"
    assert not unlike.is_unlike(f"{known} {LATIN}"), "mostly in Latin letters"
    assert not EXAMPLE.is_unlike(f"{known} {FILLER}"), "it reads like ours"


def test_what_tells_most_is_shown_where_it_stands_each_word_once() -> None:
    text = "Мат\u00adч емес. ҰҚ\u00adК Ресейге берді, ҰҚК берді"

    assert [text[start:end] for start, end in EXAMPLE.telling(text)] == ["ҰҚ\u00adК", "Ресейге", "берді"]


def test_a_table_is_read_as_it_was_written() -> None:
    assert loads(dumps(EXAMPLE)) == EXAMPLE


def test_it_learns_what_only_some_stories_share() -> None:
    ours = [LabelledText(f"Дезертира {place}", "", ("extradition",)) for place in ("увезли", "выдали", "вернули")] * 5
    others = [LabelledText(f"Концерт {place}", "", ()) for place in ("увезли", "выдали", "вернули")] * 5
    classifier = taught(ours + others)

    assert classifier.likeness("Дезертира отпустили", TOPICS) == Likeness("extradition", is_sure=True)
    assert classifier.likeness("Концерт отпустили", TOPICS) is None
    assert abs(classifier.weights["увезл"]) < abs(classifier.weights["дезер"])
    assert classifier == taught(ours + others), "the same texts teach the same"


def test_a_headline_of_what_is_not_ours_teaches_without_its_text() -> None:
    ours = LabelledText("Астана", "выдала дезертира", ("extradition",))
    others = LabelledText("Астана", "выиграла матч", ())
    classifier = taught([ours, others] * 6)

    assert classifier.weights["астан"] < 0 < classifier.weights["дезер"]


def test_the_projects_own_is_whole_and_small() -> None:
    classifier = trained()

    assert {leaning.topic for leaning in classifier.leanings.values()} == set(TOPICS)
    assert classifier.leanings.keys() <= classifier.weights.keys()
    assert len(classifier.weights) == 5_000
    assert loads(dumps(classifier)) == classifier


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "ё" * 100_000,
        " ".join(["Ресейге"] * 50_000),
        " ".join(f"Ресей,{number}" for number in range(40_000)),
        "\ud800 берді",
        "1 2 3",
    ],
)
def test_any_text_is_weighed(text: str) -> None:
    assert set(trained().scores(text)) == set(TOPICS)
    assert all(0 <= start < end <= len(text) for start, end in trained().telling(text))
