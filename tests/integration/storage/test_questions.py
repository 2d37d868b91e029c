"""Questions as those who look at them see them, taking one decision back, the rules in figures; on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, select

from monitor.models.articles import Outcome, Tier
from monitor.models.outbox import DeliveryState
from monitor.models.stories import Decision
from monitor.storage.database import write_transaction
from monitor.storage.desk.questions import Questions
from monitor.storage.desk.rule_figures import RuleFigures
from monitor.storage.reviews import Reviews
from monitor.storage.store import Store
from monitor.storage.tables import deliveries
from monitor.stories.grouping import group
from tests.factories import HOUR, NOW, feed, matched, poll_outcome
from tests.factories.channels import to_channel
from tests.factories.polling import matcher

REVIEW = "-100"
PLACE = partial(group, chats=to_channel("@channel", review=REVIEW))
DAY = timedelta(days=1)
EXTRADITED = "Казахстан: экстрадиция, россиянин в суде номер"

Ask = Callable[..., None]


@pytest.fixture
def ask(store: Store) -> Ask:
    """Have the monitor read articles of so many stories and ask about each."""
    numbers = iter(range(1, 1_000))

    def read(count: int = 1, *, days_ago: int = 0, text: str = EXTRADITED, tier: Tier = Tier.REVIEW) -> None:
        at = NOW - days_ago * DAY
        for number in (next(numbers) for _ in range(count)):
            store.feeds.sync([feed()], at)
            (state,) = store.feeds.claim(at, limit=1, lease=timedelta(), names=["Лента"])
            told = f"{text} {number * 1_000_003} " + " ".join(f"слово{number}{place}" for place in range(40))
            about = matched(number, tier=tier, title=f"Новость {number}", text=told)
            outcome = poll_outcome(lease_no=state.lease_no, polled_at=at, next_poll_at=at, matched=(about,))
            assert store.polls.record_all([outcome], PLACE, window=HOUR)

    return read


@pytest.fixture
def reviews(engine: Engine) -> Reviews:
    return Reviews(engine, chats=to_channel("@channel", review=REVIEW), zone="Asia/Almaty")


def _decision(engine: Engine) -> Decision | None:
    asked = Questions(engine).for_part(1, 1)
    assert asked
    return asked.decision


def test_what_waits_is_shown_with_its_articles_the_newest_first(engine: Engine, ask: Ask, reviews: Reviews) -> None:
    ask(4)
    reviews.expire(NOW, NOW, chat="")
    ask()
    reviews.decide(2, 1, Decision.REJECTED, initial="А", now=NOW)
    questions = Questions(engine)

    first = questions.list_waiting(limit=3)
    rest = questions.list_waiting(limit=3, before=first[-1].story_id)

    assert [(one.story_id, one.decision) for one in (*first, *rest)] == [
        (5, None),
        (4, Decision.EXPIRED),
        (3, Decision.EXPIRED),
        (1, Decision.EXPIRED),
    ]
    assert first[0].lead
    assert (first[0].lead.title, first[0].lead.story_id, first[0].is_open) == ("Новость 5", 5, True)
    decided = questions.for_part(2, 1)
    assert decided
    assert (decided.decision, decided.initial, decided.is_open) == (Decision.REJECTED, "А", False)


def test_one_decision_is_taken_back_and_no_other(engine: Engine, ask: Ask, reviews: Reviews, store: Store) -> None:
    ask(2)
    for number in (1, 2):
        reviews.decide(number, 1, Decision.REJECTED, initial="А", now=NOW)

    undone = reviews.take_back(1, 1, was=Decision.REJECTED, now=NOW + HOUR)

    assert "вопрос снова открыт: «" in undone.said
    assert [one.story_id for one in Questions(engine).list_waiting(limit=9)] == [1]
    entry = store.history.entry(1)
    assert entry
    assert (entry.outcome, "решение" in entry.reason) == (Outcome.REVIEW, False)
    with engine.connect() as db:
        question = select(deliveries.c.html).filter_by(story_id=1, chat=REVIEW)
        assert "Отклонено" not in db.scalars(question).one()
    rejected = Decision.REJECTED
    for story, was, at in ((1, rejected, NOW), (2, rejected, NOW + DAY + HOUR), (2, Decision.PUBLISHED, NOW)):
        assert reviews.take_back(story, 1, was=was, now=at).said.startswith("Отменять нечего"), story
    assert [one.story_id for one in Questions(engine).list_decided(NOW, limit=9)] == [2]


def test_what_the_channel_shows_is_offered_to_be_deleted(engine: Engine, ask: Ask, reviews: Reviews) -> None:
    ask()
    reviews.decide(1, 1, Decision.PUBLISHED, initial="А", now=NOW)
    with write_transaction(engine) as db:
        posted = deliveries.update().where(deliveries.c.chat == "@channel")
        db.execute(posted.values(state=DeliveryState.SENT, message_id=5, sent_revision=deliveries.c.wanted_revision))

    undone = reviews.take_back(1, 1, was=Decision.PUBLISHED, now=NOW)

    assert undone.is_offered
    assert "уже в канале. Удалить пост?" in undone.said
    assert Questions(engine).for_part(1, 1).decision is Decision.PUBLISHED  # type: ignore[union-attr] # it was asked


def test_of_two_who_decide_at_once_one_is_told_that_the_other_did(engine: Engine, ask: Ask, reviews: Reviews) -> None:
    ask()
    wishes = (Decision.PUBLISHED, Decision.REJECTED)
    with ThreadPoolExecutor() as both:
        said = list(both.map(lambda wish: reviews.decide(1, 1, wish, initial="", now=NOW), wishes))

    first = _decision(engine)
    assert [one.startswith("Уже решено") for one in said] == [first is not wish for wish in wishes]
    with engine.connect() as db:
        posts = db.scalars(select(deliveries.c.id).filter_by(chat="@channel")).all()
    assert len(posts) == (first is Decision.PUBLISHED)


def test_what_a_rule_costs_and_gives(engine: Engine, ask: Ask, reviews: Reviews) -> None:
    ask(2, days_ago=8)
    ask(3)
    ask(1, days_ago=100)
    for number, decision in ((1, Decision.REJECTED), (2, Decision.PUBLISHED), (6, Decision.REJECTED)):
        reviews.decide(number, 1, decision, initial="", now=NOW)
    ask(1, text="Погода")
    figures = RuleFigures(engine)

    nothing_yet = figures.figures(matcher(), now=NOW, is_over=lambda: True)
    said = figures.figures(matcher(), now=NOW, is_over=lambda: False)
    again = figures.figures(matcher(), now=NOW, is_over=lambda: True)

    assert (nothing_yet.found, nothing_yet.left) == (0, 7)
    (rule,) = said.rules
    assert rule.weeks == (0, 0, 0, 0, 0, 0, 2, 3)
    assert (rule.score.fired, rule.score.alone, rule.score.published, rule.score.rejected) == (5, 5, 1, 2)
    assert (said.found, said.decisions, said.left, rule.score.loss) == (5, 3, 0, 0), "three decisions say little"
    assert again == said, "what is known is not judged again"


def test_what_is_known_of_articles_that_count_no_more_is_forgotten(engine: Engine, ask: Ask) -> None:
    ask(3)
    figures = RuleFigures(engine)
    figures.figures(matcher(), now=NOW, is_over=lambda: False)
    figures.figures(matcher(), now=NOW + 100 * DAY, is_over=lambda: False)

    assert figures.figures(matcher(), now=NOW, is_over=lambda: True).left == 3
