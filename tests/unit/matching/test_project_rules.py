"""The project's own keywords.yaml put to stories that its examples do not contain, written as editors write them."""

import csv
from pathlib import Path
from typing import Any

import pytest

from monitor.matching.explanation import check_examples
from monitor.models.articles import Tier
from monitor.stories.fact_line import fact_line
from tests.harness.project_rules import project_keywords, project_matcher

TESTS = Path(__file__).parents[2]
with (TESTS / "samples/stories.tsv").open(encoding="utf-8", newline="") as file:
    STORIES = list(csv.DictReader(file, delimiter="\t", restval=""))


def tiers(title: str, text: str = "") -> dict[str, Tier]:
    return {topic.id: topic.tier for topic in project_matcher().judge(title=title, text=text).topics}


MISSED = ("БҰҰ Қазақстанға ресейлік босқынды",)  # known, and seen as soon as they are found


def told_as(story: dict[str, str]) -> Any:
    marks = pytest.mark.xfail(strict=True) if story["title"].startswith(MISSED) else ()
    return pytest.param(story, marks=marks, id=story["title"])


@pytest.mark.parametrize("story", [told_as(story) for story in STORIES if story["tier"] != "none"])
def test_what_concerns_the_channel_is_found(story: dict[str, str]) -> None:
    assert tiers(story["title"], story["text"]).get(story["topic"]) == story["tier"]


@pytest.mark.parametrize("story", [story for story in STORIES if story["tier"] == "none"], ids=lambda it: it["title"])
def test_other_news_of_the_same_words_is_left_alone(story: dict[str, str]) -> None:
    assert tiers(story["title"], story["text"]) == {}


def test_a_background_does_not_hide_a_story() -> None:
    """Words that speak against a rule stand in sentences of their own."""
    given = tiers(
        "Из Астаны в Россию депортировали антивоенного активиста",
        "Суд в Астане постановил депортировать россиянина, бежавшего от мобилизации. Раньше он жил в Бишкеке. Помнят "
        "и депортацию 1937 года. В тот же день Казахстан выдал Узбекистану подозреваемого в краже.",
    )

    assert given["extradition"] is Tier.POST


def test_its_examples_hold() -> None:
    assert check_examples(project_keywords(), project_matcher()) == ()


def test_every_topic_shows_both_tiers_and_misses() -> None:
    shown = {topic.id: {example.expects for example in topic.examples} for topic in project_keywords().topics}

    assert set(shown) == {"extradition", "rvp", "knb"}
    assert all(expects >= {"post", "review", "miss"} for expects in shown.values())


@pytest.mark.parametrize(
    ("title", "line"),
    [
        (
            "Дағыстандық белсендіні Атырауда ұстап, Махачқалаға ұшырып жіберді",
            "Что: высылка · Куда: в Россию · Кто: из России · Где: Атырау",
        ),
        (
            "Ресейлік сарбазды шекарада әскери полицияға тапсырды",
            "Что: передача · Кто: военный · Ведомство: военная полиция",
        ),
        ("Ресей азаматы ҰҚК-ге куәгер ретінде шақырылды", "Что: вызов · Ведомство: КНБ"),
        ("Қазақстан ресейлік белсендіні Мәскеуге ұстап беруден бас тартты", ""),
    ],
)
def test_a_kazakh_story_has_a_line_in_russian(title: str, line: str) -> None:
    verdict = project_matcher().judge(title=title, text="")
    assert verdict.topics
    assert fact_line(verdict, "ru") == line
