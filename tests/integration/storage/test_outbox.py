"""The outbox law (monitor/storage/tables.py), on a SQLite file and on PostgreSQL alike."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert, select

from monitor.models.channels import Destination
from monitor.models.outbox import Delivery, DeliveryState, Pace, Settlement, Wait, WantedPost
from monitor.storage.database import write_transaction
from monitor.storage.outbox.deliveries import Outbox, remove, want
from monitor.storage.tables import chats, deliveries, stories
from monitor.stories.post import STORY_NUMBER, render
from tests.factories import NOW, story

CHAT = "@channel"
LEASE = timedelta(minutes=3)
SECOND = timedelta(seconds=1)
FREE = Pace(per_minute=1000, spacing=timedelta(0))
SENT = DeliveryState.SENT


def wish(engine: Engine, story_id: int = 1, html: str = "текст", chat: str = CHAT, part: int = 1) -> None:
    with write_transaction(engine) as db:
        if db.execute(select(stories.c.id).where(stories.c.id == story_id)).first() is None:
            db.execute(insert(stories).values(id=story_id, created_at=NOW, updated_at=NOW))
        want(db, story_id, WantedPost(chat=chat, html=html, part=part), NOW)


def take(outbox: Outbox, *, after: timedelta = timedelta(0), pace: Pace = FREE) -> Delivery:
    taken = outbox.claim(CHAT, NOW + after, lease=LEASE, pace=pace)
    assert isinstance(taken, Delivery)
    return taken


def state(engine: Engine, delivery_id: int = 1) -> str:
    with engine.connect() as db:
        return str(db.scalar(select(deliveries.c.state).where(deliveries.c.id == delivery_id)))


def test_an_empty_outbox_gives_nothing(outbox: Outbox) -> None:
    assert outbox.claim(CHAT, NOW, lease=LEASE, pace=FREE) is None


def test_the_post_of_a_new_story_gets_the_number_it_is_recorded_under(outbox: Outbox, engine: Engine) -> None:
    new = replace(story(), id=None)
    html = render(new, 1, to=Destination(chat=CHAT, archive="https://archive.example/"), now=NOW)

    wish(engine, 42, html)

    assert take(outbox).html == html.replace(STORY_NUMBER, "42")
    assert "https://archive.example/story/42.html" in html.replace(STORY_NUMBER, "42")


def test_a_claim_is_sending_and_nobody_else_gets_it(outbox: Outbox, engine: Engine) -> None:
    wish(engine)

    claimed = take(outbox)

    assert (claimed.html, claimed.revision, claimed.message_id, claimed.attempts) == ("текст", 1, None, 1)
    assert state(engine) == "sending"
    assert outbox.claim(CHAT, NOW, lease=LEASE, pace=FREE) is None


def test_one_send_in_flight_a_chat(outbox: Outbox, engine: Engine) -> None:
    wish(engine, 1)
    wish(engine, 2)
    first = take(outbox)

    assert outbox.claim(CHAT, NOW, lease=LEASE, pace=FREE) == Wait(until=NOW + LEASE)

    outbox.settle(first, Settlement(state=SENT, message_id=7), NOW)
    assert take(outbox).story_id == 2


def test_sent_is_the_end_until_another_telling_joins(outbox: Outbox, engine: Engine) -> None:
    wish(engine)
    outbox.settle(take(outbox), Settlement(state=SENT, message_id=7), NOW)
    assert state(engine) == "sent"
    wish(engine, html="текст")
    assert state(engine) == "sent", "the same text is no reason to edit"

    wish(engine, html="текст и ещё")

    edit = take(outbox)
    assert (edit.message_id, edit.revision, edit.html) == (7, 2, "текст и ещё")


def test_edits_coalesce_while_a_send_is_in_flight(outbox: Outbox, engine: Engine) -> None:
    wish(engine)
    sending = take(outbox)
    wish(engine, html="второй")
    wish(engine, html="третий")
    assert state(engine) == "sending"

    outbox.settle(sending, Settlement(state=SENT, message_id=7), NOW)

    edit = take(outbox)
    assert (edit.message_id, edit.revision, edit.html) == (7, 3, "третий")
    outbox.settle(edit, Settlement(state=SENT, message_id=7), NOW)
    assert state(engine) == "sent"


def test_new_posts_go_before_edits(outbox: Outbox, engine: Engine) -> None:
    wish(engine, 1)
    outbox.settle(take(outbox), Settlement(state=SENT, message_id=7), NOW)
    wish(engine, 1, html="правка")
    wish(engine, 2)

    assert take(outbox).story_id == 2


def test_a_process_that_died_while_sending_leaves_a_doubt(outbox: Outbox, engine: Engine) -> None:
    wish(engine)
    take(outbox)

    assert outbox.recover(NOW, everything=True) == 1

    assert state(engine) == "uncertain"
    assert outbox.claim(CHAT, NOW + timedelta(days=30), lease=LEASE, pace=FREE) is None, "never blindly re-sent"


def test_a_doubt_about_an_edit_is_harmless(outbox: Outbox, engine: Engine) -> None:
    wish(engine)
    outbox.settle(take(outbox), Settlement(state=SENT, message_id=7), NOW)
    wish(engine, html="правка")
    take(outbox)

    assert outbox.recover(NOW, everything=True) == 0

    assert take(outbox).message_id == 7


def test_recover_spares_the_living(outbox: Outbox, engine: Engine) -> None:
    wish(engine)
    claimed = take(outbox)

    assert outbox.recover(NOW + SECOND, everything=False) == 0
    assert outbox.settle(claimed, Settlement(state=SENT, message_id=7), NOW)


def test_an_expired_claim_is_a_doubt_and_its_fence_holds(outbox: Outbox, engine: Engine) -> None:
    wish(engine, 1)
    wish(engine, 2)
    late = take(outbox)

    assert take(outbox, after=LEASE).story_id == 2

    assert state(engine, late.id) == "uncertain"
    assert not outbox.settle(late, Settlement(state=SENT, message_id=7), NOW + LEASE)
    assert state(engine, late.id) == "uncertain"


def test_retry_after_holds_the_whole_chat_and_outlives_the_process(outbox: Outbox, engine: Engine) -> None:
    wish(engine, 1)
    wish(engine, 2)
    until = NOW + timedelta(seconds=40)
    outbox.settle(take(outbox), Settlement(state=DeliveryState.PENDING, chat_not_before_at=until), NOW)

    reborn = Outbox(engine)

    assert reborn.claim(CHAT, NOW + 39 * SECOND, lease=LEASE, pace=FREE) == Wait(until=until)
    assert take(reborn, after=40 * SECOND).attempts == 2


def test_one_chat_waits_alone(outbox: Outbox, engine: Engine) -> None:
    wish(engine, 1)
    wish(engine, 1, chat="@other")
    until = NOW + timedelta(hours=1)
    outbox.settle(take(outbox), Settlement(state=DeliveryState.PENDING, chat_not_before_at=until), NOW)

    assert isinstance(outbox.claim("@other", NOW, lease=LEASE, pace=FREE), Delivery)


def test_the_governor_spaces_and_counts_a_minute(outbox: Outbox, engine: Engine) -> None:
    pace = Pace(per_minute=3, spacing=SECOND)
    for story_id in range(1, 6):
        wish(engine, story_id)
    for number in range(3):
        outbox.settle(take(outbox, after=number * SECOND, pace=pace), Settlement(state=SENT, message_id=1), NOW)
        soon = outbox.claim(CHAT, NOW + number * SECOND, lease=LEASE, pace=pace)
        assert isinstance(soon, Wait)

    crowded = outbox.claim(CHAT, NOW + 30 * SECOND, lease=LEASE, pace=pace)

    assert crowded == Wait(until=NOW + 60 * SECOND)
    assert take(outbox, after=60 * SECOND, pace=pace).story_id == 4


def test_a_closed_chat_says_why_until_it_opens(outbox: Outbox, engine: Engine) -> None:
    wish(engine)
    closed = Settlement(state=DeliveryState.PENDING, chat_closed="нет прав", chat_not_before_at=NOW + SECOND)
    outbox.settle(take(outbox), closed, NOW)
    with engine.connect() as db:
        assert db.scalar(select(chats.c.closed)) == "нет прав"

    outbox.settle(take(outbox, after=2 * SECOND), Settlement(state=SENT, message_id=7), NOW)

    with engine.connect() as db:
        assert db.scalar(select(chats.c.closed)) == ""


@pytest.mark.parametrize(
    ("ended", "to", "allowed"),
    [
        (DeliveryState.UNCERTAIN, DeliveryState.PENDING, True),
        (DeliveryState.UNCERTAIN, DeliveryState.CANCELLED, True),
        (DeliveryState.SENT, DeliveryState.PENDING, False),
    ],
)
def test_an_operator_decides_only_where_the_law_allows(
    outbox: Outbox, engine: Engine, ended: DeliveryState, to: DeliveryState, *, allowed: bool
) -> None:
    wish(engine)
    outbox.settle(take(outbox), Settlement(state=ended, message_id=7), NOW)

    moved = outbox.decide(1, allowed=[DeliveryState.UNCERTAIN, DeliveryState.REJECTED], to=to, now=NOW)

    assert moved is allowed
    assert state(engine) == (to if allowed else ended)


# -- threads --------------------------------------------------------------------------------------------


def test_a_follow_up_answers_the_storys_first_post(outbox: Outbox, engine: Engine) -> None:
    wish(engine, 1)
    outbox.settle(take(outbox), Settlement(state=SENT, message_id=7), NOW)
    wish(engine, 1, html="новое", part=2)

    assert take(outbox).reply_to == 7


def test_a_story_answers_the_story_whose_case_it_goes_on(outbox: Outbox, engine: Engine) -> None:
    wish(engine, 1)
    outbox.settle(take(outbox), Settlement(state=SENT, message_id=7), NOW)
    with write_transaction(engine) as db:
        db.execute(insert(stories).values(id=2, created_at=NOW, updated_at=NOW, follows=1))
    wish(engine, 2)

    assert take(outbox).reply_to == 7


def test_a_first_post_and_an_edit_answer_nothing(outbox: Outbox, engine: Engine) -> None:
    wish(engine, 1)
    first = take(outbox)
    outbox.settle(first, Settlement(state=SENT, message_id=7), NOW)
    wish(engine, 1, html="иначе")

    assert (first.reply_to, take(outbox).reply_to) == (None, None)


def test_a_follow_up_of_a_story_that_this_chat_never_showed_stands_alone(outbox: Outbox, engine: Engine) -> None:
    wish(engine, 1, chat="@elsewhere")
    elsewhere = outbox.claim("@elsewhere", NOW, lease=LEASE, pace=FREE)
    assert isinstance(elsewhere, Delivery)
    outbox.settle(elsewhere, Settlement(state=SENT, message_id=7), NOW)
    wish(engine, 1, html="новое", part=2)

    assert take(outbox).reply_to is None


@pytest.mark.parametrize("answer", [SENT, DeliveryState.CANCELLED, DeliveryState.REJECTED, DeliveryState.PENDING])
def test_what_is_taken_back_during_an_edit_is_deleted_whatever_became_of_the_edit(
    outbox: Outbox, engine: Engine, answer: DeliveryState
) -> None:
    wish(engine)
    outbox.settle(take(outbox), Settlement(state=SENT, message_id=7), NOW)
    wish(engine, html="текст. Также пишут: Вторая")
    edit = take(outbox)
    with write_transaction(engine) as db:
        assert remove(db, deliveries.c.story_id == 1, NOW)

    outbox.settle(edit, Settlement(state=answer, message_id=7), NOW)

    deletion = take(outbox)
    assert (deletion.html, deletion.message_id) == ("", 7)
    outbox.settle(deletion, Settlement(state=DeliveryState.CANCELLED), NOW)
    assert outbox.claim(CHAT, NOW, lease=LEASE, pace=FREE) is None


def test_a_deletion_goes_before_posts_that_wait(outbox: Outbox, engine: Engine) -> None:
    wish(engine, 1)
    outbox.settle(take(outbox), Settlement(state=SENT, message_id=7), NOW)
    wish(engine, 2)
    with write_transaction(engine) as db:
        remove(db, deliveries.c.story_id == 1, NOW)

    assert take(outbox).html == ""


@pytest.mark.parametrize("state_of_a_first_post", [DeliveryState.SENDING, DeliveryState.UNCERTAIN])
def test_a_post_of_which_nobody_knows_is_not_taken_back(
    outbox: Outbox, engine: Engine, state_of_a_first_post: DeliveryState
) -> None:
    wish(engine)
    taken = take(outbox)
    if state_of_a_first_post is DeliveryState.UNCERTAIN:
        outbox.settle(taken, Settlement(state=DeliveryState.UNCERTAIN), NOW)

    with write_transaction(engine) as db:
        assert remove(db, deliveries.c.story_id == 1, NOW) is None
    assert state(engine) == state_of_a_first_post
