"""A post in doubt is looked for in the channel's preview over HTTP: found, surely absent, or nobody knows."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from monitor.bot.client import BotClient
from monitor.bot.dispatcher import Dispatcher
from monitor.bot.reconcile import PATIENCE, Reconciler
from monitor.models.outbox import DeliveryState, Pace
from monitor.sources.http.client import Fetcher, Limits
from monitor.storage.chats import ChatStore
from monitor.storage.outbox.deliveries import Outbox
from tests.factories import NOW
from tests.harness.clock import Clock
from tests.harness.seeded_outbox import CHAT, SeededChats, SeededOutbox
from tests.servers import faults
from tests.servers.bot_api import CHANNEL, REVIEW, TOKEN, BotApi, deliver_then_reset, http
from tests.servers.web import WebServer

FREE = Pace(per_minute=1000, spacing=timedelta(0))
DAYS = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Harness(SeededChats):
    """The channel is one that anybody can read."""

    fetcher: Fetcher
    dispatcher: Dispatcher

    def reconciler_at(self, preview_url: str, *, resend_after: timedelta | None = None) -> Reconciler:
        return Reconciler(
            self.store.uncertain,
            self.store.chats,
            pages=self.fetcher,
            exists=self.channel.exists,
            clock=self.clock,
            preview_url=preview_url,
            resend_after=resend_after,
        )

    @property
    def reconciler(self) -> Reconciler:
        return self.reconciler_at(self.bot_api.url)


@pytest.fixture
async def harness(engine: Engine, outbox: Outbox, bot_api: BotApi) -> AsyncIterator[Harness]:
    clock = Clock()
    fetching = Fetcher(user_agent="test", clock=clock, allow_private=True, limits=Limits(host_gap=0.0))
    async with BotClient(TOKEN, base_url=bot_api.url) as channel, fetching as fetcher:
        yield Harness(
            seeded=SeededOutbox(engine),
            outbox=outbox,
            bot_api=bot_api,
            channel=channel,
            fetcher=fetcher,
            clock=clock,
            dispatcher=Dispatcher(
                outbox, ChatStore(engine), dict.fromkeys((CHAT, str(REVIEW.id)), channel), clock=clock, pace=FREE
            ),
        )


async def doubtful(harness: Harness, fault: faults.Fault, number: int = 2) -> None:
    """One story sent, the next one in doubt."""
    harness.seeded.add_story(1)
    await harness.dispatcher.drain(CHAT)
    harness.seeded.add_story(number)
    harness.bot_api.script(fault)
    await harness.dispatcher.drain(CHAT)
    assert harness.seeded.states()[2] == "uncertain"
    harness.clock.forward(seconds=60)


async def test_the_post_is_found(harness: Harness) -> None:
    await doubtful(harness, deliver_then_reset)

    await harness.reconciler.reconcile(CHAT)

    assert harness.seeded.states() == {1: "sent", 2: "sent"}
    assert harness.seeded.row(2)["message_id"] == 2
    assert harness.seeded.row(2)["error"] == ""
    assert harness.bot_api.count("sendMessage") == 2


async def test_a_found_post_whose_story_went_on_is_edited(harness: Harness) -> None:
    await doubtful(harness, deliver_then_reset)
    harness.seeded.add_story(2, "Вторая", html='<a href="https://news.example/2">Новость 2</a> Также пишут: Вторая')

    await harness.reconciler.reconcile(CHAT)
    await harness.dispatcher.drain(CHAT)

    assert harness.seeded.states() == {1: "sent", 2: "sent"}
    assert [post.text for post in harness.bot_api.posted(CHAT)] == ["Новость 1", "Новость 2 Также пишут: Вторая"]


async def test_a_post_that_is_surely_absent_goes_out_again(harness: Harness) -> None:
    await doubtful(harness, faults.reset)

    await harness.reconciler.reconcile(CHAT)
    assert harness.seeded.states()[2] == "uncertain", "it may still arrive"
    harness.clock.forward(seconds=90)
    await harness.reconciler.reconcile(CHAT)

    assert harness.seeded.states()[2] == "pending"
    assert "в канале этого сообщения нет" in str(harness.seeded.row(2)["error"])
    await harness.dispatcher.drain(CHAT)
    assert [post.text for post in harness.bot_api.posted(CHAT)] == ["Новость 1", "Новость 2"]


async def test_it_is_not_looked_for_at_once_and_not_all_the_time(harness: Harness) -> None:
    harness.bot_api.hide_preview()
    await doubtful(harness, faults.reset)
    harness.clock.forward(seconds=-41)
    assert harness.store.uncertain.take(CHAT, harness.clock()) is None, "a message needs a moment to appear"

    harness.clock.forward(seconds=1)
    assert harness.store.uncertain.take(CHAT, harness.clock())
    assert harness.store.uncertain.take(CHAT, harness.clock()) is None, "another worker is looking"
    looks = 0
    for _ in range(480):
        harness.clock.forward(minutes=3)
        looks += harness.store.uncertain.take(CHAT, harness.clock()) is not None

    assert 90 <= looks <= 120


@pytest.mark.parametrize("fault", [deliver_then_reset, faults.reset])
async def test_who_cannot_look_does_not_guess(harness: Harness, fault: faults.Fault) -> None:
    harness.bot_api.hide_preview()
    await doubtful(harness, fault)
    harness.clock.now += DAYS

    await harness.reconciler.reconcile(CHAT)

    assert harness.seeded.states()[2] == "uncertain"


async def test_a_throttled_preview_is_no_answer(harness: Harness, web: WebServer) -> None:
    await doubtful(harness, faults.reset)
    reconciler = harness.reconciler_at(web.url)
    harness.clock.now += DAYS

    await reconciler.reconcile(CHAT)

    assert harness.seeded.states()[2] == "uncertain"


async def test_a_page_that_lies_makes_no_duplicate(harness: Harness, web: WebServer) -> None:
    """The cache in front of the preview still shows the channel as it was before the doubtful send."""
    harness.seeded.add_story(1)
    await harness.dispatcher.drain(CHAT)
    async with Fetcher(user_agent="test", clock=harness.clock, allow_private=True) as other:
        old = await other.fetch(f"{harness.bot_api.url}/s/test_channel", accept="page")
    web.serve("/s/test_channel", old.body)
    await doubtful(harness, deliver_then_reset)
    reconciler = harness.reconciler_at(web.url)
    harness.clock.now += DAYS

    await reconciler.reconcile(CHAT)

    assert harness.seeded.states()[2] == "uncertain", "Telegram knows a message that the page does not show"
    harness.seeded.add_story(3)
    await harness.dispatcher.drain(CHAT)
    harness.clock.now += DAYS
    await reconciler.reconcile(CHAT)
    assert harness.seeded.states()[2] == "uncertain", "also when a later post is known"
    assert len(harness.bot_api.posted(CHAT)) == 3


@pytest.mark.parametrize("shown", ['<div class="message_media_not_supported">', '<div class="text-of-another-day">'])
async def test_messages_shown_without_their_text_may_be_any(harness: Harness, web: WebServer, shown: str) -> None:
    await doubtful(harness, deliver_then_reset)
    harness.seeded.add_story(3)
    await harness.dispatcher.drain(CHAT)
    async with Fetcher(user_agent="test", clock=harness.clock, allow_private=True) as other:
        page = await other.fetch(f"{harness.bot_api.url}/s/test_channel", accept="page")
    text = b'<div class="tgme_widget_message_text js-message_text" dir="auto">'
    assert page.body.count(text) == 3
    web.serve("/s/test_channel", page.body.replace(text, shown.encode()))
    harness.clock.now += DAYS

    await harness.reconciler_at(web.url).reconcile(CHAT)

    assert harness.seeded.states()[2] == "uncertain"


async def test_a_bot_that_cannot_ask_does_not_guess(harness: Harness) -> None:
    await doubtful(harness, faults.reset)
    harness.bot_api.script(http(500, "Internal Server Error"), "editMessageReplyMarkup", times=None)
    harness.clock.now += DAYS

    await harness.reconciler.reconcile(CHAT)

    assert harness.seeded.states()[2] == "uncertain"


async def test_other_posts_go_on_and_are_not_taken_for_it(harness: Harness) -> None:
    await doubtful(harness, faults.reset)
    harness.seeded.add_story(3, html='<a href="https://news.example/2">та же ссылка</a>')
    await harness.dispatcher.drain(CHAT)
    harness.clock.forward(minutes=3)

    await harness.reconciler.reconcile(CHAT)

    assert harness.seeded.states() == {1: "sent", 2: "pending", 3: "sent"}


async def test_it_is_found_on_an_older_page(harness: Harness) -> None:
    await doubtful(harness, deliver_then_reset)
    for number in range(10, 55):
        harness.seeded.add_story(number)
        await harness.dispatcher.drain(CHAT)

    await harness.reconciler.reconcile(CHAT)

    assert harness.seeded.row(2)["message_id"] == 2


async def test_the_very_first_post_of_a_channel(harness: Harness) -> None:
    harness.seeded.add_story(1)
    harness.bot_api.script(faults.reset)
    await harness.dispatcher.drain(CHAT)
    harness.clock.forward(minutes=3)

    await harness.reconciler.reconcile(CHAT)
    await harness.dispatcher.drain(CHAT)

    assert harness.seeded.states() == {1: "sent"}
    assert len(harness.bot_api.posted(CHAT)) == 1


async def test_a_message_of_somebody_else_is_not_in_the_way(harness: Harness) -> None:
    harness.seeded.add_story(1)
    await harness.dispatcher.drain(CHAT)
    harness.bot_api.say(CHAT, "объявление администратора")
    await doubtful(harness, faults.reset)
    harness.bot_api.say(CHAT, "и ещё одно")
    harness.clock.forward(minutes=3)

    await harness.reconciler.reconcile(CHAT)

    assert harness.seeded.states()[2] == "pending"


async def test_a_private_chat_is_not_looked_into(harness: Harness) -> None:
    review = str(REVIEW.id)
    harness.seeded.add_story(1, chat=review)
    harness.bot_api.script(deliver_then_reset)
    await harness.dispatcher.drain(review)
    harness.clock.now += DAYS

    await harness.reconciler.reconcile(review)

    doubt = harness.store.uncertain.take(review, harness.clock() + DAYS)
    assert doubt is not None
    assert (doubt.name, doubt.doubted_at) == ("", NOW)
    unsure, cancelled = DeliveryState.UNCERTAIN, DeliveryState.CANCELLED
    assert harness.outbox.decide(doubt.id, allowed=[unsure], to=cancelled, now=harness.clock())


async def test_a_channel_set_by_its_number_is_looked_into_by_its_name(harness: Harness) -> None:
    number = str(CHANNEL.id)
    dispatcher = Dispatcher(
        harness.outbox, harness.store.chats, {number: harness.channel}, clock=harness.clock, pace=FREE
    )
    harness.seeded.add_story(1, chat=number)
    harness.bot_api.script(deliver_then_reset)
    await dispatcher.drain(number)
    harness.clock.forward(seconds=30)

    await harness.reconciler.reconcile(number)

    assert harness.seeded.states() == {1: "sent"}


async def test_after_the_operators_time_it_goes_out_once_more_and_says_so(harness: Harness) -> None:
    harness.bot_api.hide_preview()
    reconciler = harness.reconciler_at(harness.bot_api.url, resend_after=timedelta(hours=2))
    await doubtful(harness, faults.reset)
    harness.clock.forward(minutes=100)
    await reconciler.reconcile(CHAT)
    assert harness.seeded.states()[2] == "uncertain"

    harness.clock.forward(minutes=20)
    await reconciler.reconcile(CHAT)

    assert harness.seeded.states()[2] == "pending"
    assert "время ожидания вышло" in str(harness.seeded.row(2)["error"])


async def test_who_decided_meanwhile_is_right(harness: Harness) -> None:
    await doubtful(harness, faults.reset)
    doubt = harness.store.uncertain.take(CHAT, harness.clock())
    assert doubt
    harness.outbox.decide(doubt.id, allowed=[DeliveryState.UNCERTAIN], to=DeliveryState.CANCELLED, now=harness.clock())

    assert not harness.store.uncertain.confirm(doubt, 2, harness.clock())
    assert not harness.store.uncertain.resend(doubt, "нет", harness.clock())
    assert harness.seeded.states()[2] == "cancelled"


def test_patience_outlives_a_call() -> None:
    assert timedelta(seconds=90) < PATIENCE, "a call of the channel takes at most 90 seconds"
