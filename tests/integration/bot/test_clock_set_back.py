"""A clock that was days ahead, and is right again: what was told and decided by it counts from now on."""

from datetime import time, timedelta

from sqlalchemy import insert

from monitor.bot.daily_digest import DailyDigest
from monitor.bot.deleted_posts import no_look
from monitor.config.hours import Day, Hours
from monitor.models.channels import Destination
from monitor.models.outbox import DeliveryKind
from monitor.models.stories import Decision
from monitor.storage.tables import reviews
from tests.factories import NOW
from tests.harness.review_chat import CHANNEL, REVIEWERS, ReviewChatHarness
from tests.harness.seeded_outbox import SeededOutbox

TODAY = Day(date=NOW.date(), since=NOW - timedelta(hours=1), until=NOW + timedelta(hours=1))
AHEAD = timedelta(days=3)


def set_clock(harness: ReviewChatHarness, wrong: timedelta) -> None:
    harness.clock.wrong = wrong
    harness.store.heartbeats.beat("dispatch@here", harness.clock())


async def test_what_nobody_was_given_the_time_to_decide_stands_in_the_next_digest(harness: ReviewChatHarness) -> None:
    await harness.first_question()
    set_clock(harness, AHEAD)
    await harness.review_chat.expire()

    set_clock(harness, timedelta(0))

    assert [item.title for item in harness.reviews.undecided(TODAY)] == ["Новость 1"]


async def test_the_last_decision_is_the_one_taken_back(harness: ReviewChatHarness) -> None:
    harness.record_article()
    SeededOutbox(harness.engine).add_story(2, kind=DeliveryKind.REVIEW, chat=REVIEWERS)
    with harness.engine.begin() as db:
        db.execute(insert(reviews).values(story_id=2, part=1, html="", asked_at=NOW))
    set_clock(harness, AHEAD)
    harness.reviews.decide(1, 1, Decision.REJECTED, initial="Р", now=harness.clock())
    set_clock(harness, timedelta(0))
    harness.clock.forward(minutes=5)
    harness.reviews.decide(2, 1, Decision.REJECTED, initial="Р", now=harness.clock())

    harness.api.say(REVIEWERS, "/undo")
    await harness.handle_updates()

    assert harness.outcomes()[0][0] == "rejected"
    assert harness.reviews.waiting().open == 1, "the second one"


async def test_a_day_told_too_early_is_told_when_it_comes(harness: ReviewChatHarness) -> None:
    seeded, main = SeededOutbox(harness.engine), Destination(chat=CHANNEL, digest_at=time(9))
    daily = DailyDigest(
        harness.store.digests,
        [main],
        hours=Hours(zone="UTC"),
        clock=harness.clock,
        undecided=harness.reviews.undecided,
        held=harness.mutes.held_in,
        look=no_look,
    )
    set_clock(harness, AHEAD)
    seeded.add_story(1)
    await harness.deliver()
    harness.clock.forward(days=1)
    await daily.put_if_due()
    await harness.deliver()
    harness.clock.forward(days=-1)
    set_clock(harness, timedelta(0))
    for number in range(2, 7):
        await daily.put_if_due()
        seeded.add_story(number)
        await harness.deliver()
        harness.clock.forward(days=1)

    heads = [post.text.partition("\n")[0] for post in harness.api.posted(CHANNEL)]
    assert [head for head in heads if head.startswith("За сутки")] == [
        f"За сутки: {count} · {day}.11.2026" for count, day in ((1, 26), (2, 23), (1, 24), (1, 25), (1, 26))
    ]
