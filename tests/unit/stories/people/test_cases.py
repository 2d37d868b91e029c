"""Whoever denies what the channel told of somebody is published at once, under the claim."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.models.articles import Outcome, Tier
from monitor.models.stories import Retraction, Story
from monitor.stories.grouping import group
from monitor.stories.similarity import SimilarityIndex
from tests.factories import HOUR, NOW, TEXT, matched, story, telling
from tests.factories.channels import to_channel

CLAIM = telling(
    1, title="Қазақстан Антон Рыковты Ресейге берді", text="Белсенді Антон Рыков Ресейге берілді.", language="kk"
)
TOLD = story(1, CLAIM)


def outcome(told: Story, title: str, text: str, **given: datetime | None) -> tuple[Outcome, int, int | None]:
    """What becomes of an article; the part that it tells, and of which recorded story."""
    entry = matched(2, tier=Tier.REVIEW, title=title, text=text, **given)
    (change,) = group([entry], [told], chats=to_channel("@c", "-100"), index=SimilarityIndex(), now=NOW)
    (added,) = change.added
    assert added.telling is not None
    return added.outcome, added.telling.part, change.story.id


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Прокуратура: Рыкова не выдавали", "Антона Рыкова никто не передавал России, он остаётся в изоляторе."),
        ("О деле Рыкова", "Антон Рыков жив и находится дома, сказала нам его жена."),
    ],
)
def test_a_denial_that_rules_only_ask_about_is_published_under_the_claim_in_another_language(
    title: str, text: str
) -> None:
    assert outcome(TOLD, title, text) == (Outcome.POSTED, 2, 1)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("О деле Рыкова", "Антон Рыков ждёт адвоката."),
        ("Пекаря не выдавали", "Его никто не передавал России. " + "Хлеб дорожает. " * 9 + "Как и Антона Рыкова."),
    ],
    ids=["he denies nothing", "he is named in passing"],
)
def test_else_maintainers_are_asked(title: str, text: str) -> None:
    assert outcome(TOLD, title, text)[0] is Outcome.REVIEW


def test_a_claim_that_the_channel_does_not_show_is_denied_by_nobody() -> None:
    asked = story(1, telling(1, tier=Tier.REVIEW, title=CLAIM.article.title, text=CLAIM.article.text))
    retracted = replace(TOLD, retracted=Retraction(why="Ошибка", parts=frozenset({1}), at=NOW))
    deleted = replace(TOLD, rejected=frozenset({1}), deleted=frozenset({1}))

    for hidden in (asked, retracted, deleted):
        assert outcome(hidden, "О деле Рыкова", "Антон Рыков жив и находится дома.")[0] is Outcome.REVIEW


def test_only_the_first_denial_is_published_unasked() -> None:
    denied = story(1, CLAIM, telling(3, part=2, title="Рыков жив и находится дома", text="Антон Рыков жив."))

    assert outcome(denied, "О деле Рыкова", "Антон Рыков жив и находится дома.")[0] is not Outcome.POSTED


def test_to_deny_another_step_denies_nothing_that_was_told() -> None:
    detained = story(1, telling(1, title="Антона Рыкова задержали", text="Антона Рыкова задержали в Актобе."))
    title, text = "Рыкова не депортировали", "Антон Рыков ждёт суда в изоляторе."

    assert outcome(detained, title, text)[0] is not Outcome.POSTED
    assert outcome(TOLD, title, text)[0] is Outcome.POSTED


@pytest.mark.parametrize(
    ("before", "decided"), [(timedelta(hours=2), Outcome.POSTED), (timedelta(hours=4), Outcome.REVIEW)]
)
def test_who_was_at_home_long_before_the_claim_may_have_been_taken_since(before: timedelta, decided: Outcome) -> None:
    title, text = "О деле Рыкова", "Антон Рыков жив и находится дома."

    assert outcome(TOLD, title, text, published_at=NOW - HOUR - before)[0] is decided
    assert outcome(TOLD, title, text, published_at=None)[0] is Outcome.POSTED


@pytest.mark.parametrize(("is_likeness", "decided"), [(True, (Outcome.REVIEW, 2)), (False, (Outcome.JOINED, 1))])
def test_what_only_the_classifier_knows_of_him_is_a_question_of_its_own(
    is_likeness: bool, decided: tuple[Outcome, int]
) -> None:
    """Rules know the words of a retelling; what they do not know may be a denial."""
    told = story(1, telling(1, title="Суд решает о выдаче Антона Рыкова", text=TEXT))
    entry = matched(2, tier=Tier.REVIEW, title="О деле Антона Рыкова", text=TEXT, feed="Газета")
    assert entry.telling
    verdict = replace(entry.telling.verdict, is_likeness=is_likeness)
    entry = replace(entry, telling=replace(entry.telling, verdict=verdict))

    (change,) = group([entry], [told], chats=to_channel("@c", "-100"), index=SimilarityIndex(), now=NOW)

    (added,) = change.added
    assert added.telling is not None
    assert (added.outcome, added.telling.part) == decided
