"""What maintainers decide goes to every place that wants it, and is taken back from all of them."""

from functools import partial

import pytest
from sqlalchemy import Engine, select

from monitor.models.articles import Tier
from monitor.models.channels import Destination
from monitor.models.outbox import DeliveryKind
from monitor.models.stories import Decision
from monitor.storage.corrections.retractions import Retractions
from monitor.storage.reviews import Reviews
from monitor.storage.store import Store
from monitor.storage.tables import deliveries
from monitor.stories.grouping import Chats, group
from monitor.stories.placement import SAME_CASE
from tests.factories import NOW, matched, poll_outcome
from tests.factories import feed as made_feed

CHATS = Chats(
    destinations=(
        Destination(chat="@main"),
        Destination(chat="@rvp", topics=frozenset({"rvp"})),
        Destination(chat="@kazakh", languages=frozenset({"kk"})),
        Destination(chat="-1001/7", topics=frozenset({"extradition"}), languages=frozenset({"ru"})),
    ),
    review="-100",
)


@pytest.fixture
def reviews(engine: Engine) -> Reviews:
    return Reviews(engine, chats=CHATS)


def poll(engine: Engine, tier: Tier) -> None:
    store = Store(engine)
    store.feeds.sync([made_feed()], NOW)
    (state,) = store.feeds.claim(NOW, limit=1, lease=SAME_CASE)
    outcome = poll_outcome(feed="Лента", lease_no=state.lease_no, matched=(matched(1, "extradition", tier=tier),))
    assert store.polls.record_all([outcome], partial(group, chats=CHATS), window=SAME_CASE)


def posts(engine: Engine) -> dict[str, str]:
    """By chat, the posts of stories: their state, or that they are to go."""
    with engine.connect() as db:
        rows = db.execute(select(deliveries).where(deliveries.c.kind == DeliveryKind.STORY)).all()
    return {row.chat: row.state if row.html else f"{row.state}, gone" for row in rows}


def test_a_story_goes_to_those_who_want_its_topic_and_language(engine: Engine) -> None:
    poll(engine, Tier.POST)
    assert posts(engine) == {"@main": "pending", "-1001/7": "pending"}


def test_what_is_published_goes_to_them_and_is_taken_back_from_them(engine: Engine, reviews: Reviews) -> None:
    poll(engine, Tier.REVIEW)
    assert posts(engine) == {}
    reviews.decide(1, 1, Decision.PUBLISHED, initial="А", now=NOW)
    assert posts(engine) == {"@main": "pending", "-1001/7": "pending"}

    assert "удаляется" in reviews.remove_post(1, 1, chat="-100", initial="А", now=NOW)
    assert posts(engine) == {"@main": "cancelled, gone", "-1001/7": "cancelled, gone"}


def test_a_decision_is_taken_back_only_while_nobody_was_told(engine: Engine, reviews: Reviews) -> None:
    poll(engine, Tier.REVIEW)
    reviews.decide(1, 1, Decision.PUBLISHED, initial="А", now=NOW)
    with engine.begin() as db:
        sent = deliveries.update().where(deliveries.c.chat == "-1001/7").values(state="sent", message_id=5)
        db.execute(sent)
    reviews.undo("-100", "undo:1", NOW)
    assert posts(engine) == {"@main": "pending", "-1001/7": "sent"}


def test_a_retraction_counts_what_it_cannot_reach_and_reaches_it_later(engine: Engine) -> None:
    store = Store(engine)
    store.destinations.settle(["@main", "-1001/7"], NOW)
    poll(engine, Tier.POST)
    with engine.begin() as db:
        db.execute(deliveries.update().values(state="sent", message_id=5, sent_revision=1))
    store.destinations.settle(["@main"], NOW)

    corrected = Retractions(engine, destinations=CHATS.destinations).retract(1, "ошибка", now=NOW)
    assert corrected
    assert (corrected.changed, corrected.out_of_reach) == (1, 1)
    assert posts(engine) == {"@main": "pending", "-1001/7": "cancelled"}

    store.destinations.settle(["@main", "-1001/7"], NOW)
    assert posts(engine) == {"@main": "pending", "-1001/7": "pending"}, "and is struck when somebody is served there"
