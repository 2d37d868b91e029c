"""A post in doubt is looked for in the channel's preview over HTTP: found, surely absent, or nobody knows."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from monitor.bot.client import BotClient
from monitor.bot.dispatcher import Dispatcher
from monitor.bot.reconcile import PATIENCE, Reconciler
from monitor.models.feeds import Fetched
from monitor.models.outbox import DeliveryState, Pace
from monitor.sources.http.client import Fetcher, Limits
from monitor.storage.outbox import Outbox
from tests.factories import NOW
from tests.harness.clock import Clock
from tests.harness.seeded_outbox import CHAT, Chatroom, Newsdesk
from tests.servers import faults
from tests.servers.bot_api import CHANNEL, REVIEW, TOKEN, BotApi, deliver_then_reset, http
from tests.servers.web import WebServer

FREE = Pace(per_minute=1000, spacing=timedelta(0))
DAYS = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene(Chatroom):
    """The channel is one that anybody can read."""

    fetcher: Fetcher
    dispatcher: Dispatcher

    def looker_at(self, preview_url: str, *, resend_after: timedelta | None = None) -> Reconciler:
        return Reconciler(
            self.outbox,
            pages=self.fetcher,
            exists=self.channel.exists,
            clock=self.clock,
            preview_url=preview_url,
            resend_after=resend_after,
        )

    @property
    def looker(self) -> Reconciler:
        return self.looker_at(self.bot_api.url)


@pytest.fixture
async def scene(engine: Engine, outbox: Outbox, bot_api: BotApi) -> AsyncIterator[Scene]:
    clock = Clock()
    fetching = Fetcher(user_agent="test", now=clock, allow_private=True, limits=Limits(host_gap=0.0))
    async with BotClient(TOKEN, base_url=bot_api.url) as channel, fetching as fetcher:
        yield Scene(
            desk=Newsdesk(engine),
            outbox=outbox,
            bot_api=bot_api,
            channel=channel,
            fetcher=fetcher,
            clock=clock,
            dispatcher=Dispatcher(outbox, dict.fromkeys((CHAT, str(REVIEW.id)), channel), clock=clock, pace=FREE),
        )


async def doubtful(scene: Scene, fault: faults.Fault, number: int = 2) -> None:
    """One story sent, the next one in doubt."""
    scene.desk.tell(1)
    await scene.dispatcher.drain(CHAT)
    scene.desk.tell(number)
    scene.bot_api.script(fault)
    await scene.dispatcher.drain(CHAT)
    assert scene.desk.states()[2] == "uncertain"
    scene.clock.forward(seconds=60)


async def test_the_post_is_found(scene: Scene) -> None:
    await doubtful(scene, deliver_then_reset)

    await scene.looker.look(CHAT)

    assert scene.desk.states() == {1: "sent", 2: "sent"}
    assert scene.desk.row(2)["message_id"] == 2
    assert scene.desk.row(2)["error"] == ""
    assert scene.bot_api.count("sendMessage") == 2


async def test_a_found_post_whose_story_went_on_is_edited(scene: Scene) -> None:
    await doubtful(scene, deliver_then_reset)
    scene.desk.tell(2, "Вторая", html='<a href="https://news.example/2">Новость 2</a> Также пишут: Вторая')

    await scene.looker.look(CHAT)
    await scene.dispatcher.drain(CHAT)

    assert scene.desk.states() == {1: "sent", 2: "sent"}
    assert [post.text for post in scene.bot_api.posted(CHAT)] == ["Новость 1", "Новость 2 Также пишут: Вторая"]


async def test_a_post_that_is_surely_absent_goes_out_again(scene: Scene) -> None:
    await doubtful(scene, faults.reset)

    await scene.looker.look(CHAT)
    assert scene.desk.states()[2] == "uncertain", "it may still arrive"
    scene.clock.forward(seconds=90)
    await scene.looker.look(CHAT)

    assert scene.desk.states()[2] == "pending"
    assert "в канале этого сообщения нет" in str(scene.desk.row(2)["error"])
    await scene.dispatcher.drain(CHAT)
    assert [post.text for post in scene.bot_api.posted(CHAT)] == ["Новость 1", "Новость 2"]


async def test_it_is_not_looked_for_at_once_and_not_all_the_time(scene: Scene) -> None:
    scene.bot_api.hide_preview()
    await doubtful(scene, faults.reset)
    scene.clock.forward(seconds=-41)
    assert scene.outbox.take_doubt(CHAT, scene.clock()) is None, "a message needs a moment to appear"

    scene.clock.forward(seconds=1)
    assert scene.outbox.take_doubt(CHAT, scene.clock())
    assert scene.outbox.take_doubt(CHAT, scene.clock()) is None, "another worker is looking"
    looks = 0
    for _ in range(1440):
        scene.clock.forward(seconds=60)
        looks += scene.outbox.take_doubt(CHAT, scene.clock()) is not None

    assert 90 <= looks <= 120


@pytest.mark.parametrize("fault", [deliver_then_reset, faults.reset])
async def test_who_cannot_look_does_not_guess(scene: Scene, fault: faults.Fault) -> None:
    scene.bot_api.hide_preview()
    await doubtful(scene, fault)
    scene.clock.now += DAYS

    await scene.looker.look(CHAT)

    assert scene.desk.states()[2] == "uncertain"


async def test_a_throttled_preview_is_no_answer(scene: Scene, web: WebServer) -> None:
    await doubtful(scene, faults.reset)
    looker = scene.looker_at(web.url)
    scene.clock.now += DAYS

    await looker.look(CHAT)

    assert scene.desk.states()[2] == "uncertain"


async def test_a_page_that_lies_makes_no_duplicate(scene: Scene, web: WebServer) -> None:
    """The cache in front of the preview still shows the channel as it was before the doubtful send."""
    scene.desk.tell(1)
    await scene.dispatcher.drain(CHAT)
    async with Fetcher(user_agent="test", now=scene.clock, allow_private=True) as other:
        old = await other.get(f"{scene.bot_api.url}/s/test_channel", accept="page")
    assert isinstance(old, Fetched)
    web.serve("/s/test_channel", old.body)
    await doubtful(scene, deliver_then_reset)
    looker = scene.looker_at(web.url)
    scene.clock.now += DAYS

    await looker.look(CHAT)

    assert scene.desk.states()[2] == "uncertain", "Telegram knows a message that the page does not show"
    scene.desk.tell(3)
    await scene.dispatcher.drain(CHAT)
    scene.clock.now += DAYS
    await looker.look(CHAT)
    assert scene.desk.states()[2] == "uncertain", "also when a later post is known"
    assert len(scene.bot_api.posted(CHAT)) == 3


async def test_a_bot_that_cannot_ask_does_not_guess(scene: Scene) -> None:
    await doubtful(scene, faults.reset)
    scene.bot_api.script(http(500, "Internal Server Error"), "editMessageReplyMarkup", times=None)
    scene.clock.now += DAYS

    await scene.looker.look(CHAT)

    assert scene.desk.states()[2] == "uncertain"


async def test_other_posts_go_on_and_are_not_taken_for_it(scene: Scene) -> None:
    await doubtful(scene, faults.reset)
    scene.desk.tell(3, html='<a href="https://news.example/2">та же ссылка</a>')
    await scene.dispatcher.drain(CHAT)
    scene.clock.forward(minutes=3)

    await scene.looker.look(CHAT)

    assert scene.desk.states() == {1: "sent", 2: "pending", 3: "sent"}


async def test_it_is_found_on_an_older_page(scene: Scene) -> None:
    await doubtful(scene, deliver_then_reset)
    for number in range(10, 55):
        scene.desk.tell(number)
        await scene.dispatcher.drain(CHAT)

    await scene.looker.look(CHAT)

    assert scene.desk.row(2)["message_id"] == 2


async def test_the_very_first_post_of_a_channel(scene: Scene) -> None:
    scene.desk.tell(1)
    scene.bot_api.script(faults.reset)
    await scene.dispatcher.drain(CHAT)
    scene.clock.forward(minutes=3)

    await scene.looker.look(CHAT)
    await scene.dispatcher.drain(CHAT)

    assert scene.desk.states() == {1: "sent"}
    assert len(scene.bot_api.posted(CHAT)) == 1


async def test_a_message_of_somebody_else_is_not_in_the_way(scene: Scene) -> None:
    scene.desk.tell(1)
    await scene.dispatcher.drain(CHAT)
    scene.bot_api.say(CHAT, "объявление администратора")
    await doubtful(scene, faults.reset)
    scene.bot_api.say(CHAT, "и ещё одно")
    scene.clock.forward(minutes=3)

    await scene.looker.look(CHAT)

    assert scene.desk.states()[2] == "pending"


async def test_a_private_chat_is_not_looked_into(scene: Scene) -> None:
    review = str(REVIEW.id)
    scene.desk.tell(1, chat=review)
    scene.bot_api.script(deliver_then_reset)
    await scene.dispatcher.drain(review)
    scene.clock.now += DAYS

    await scene.looker.look(review)

    (doubt,) = scene.outbox.uncertain(review)
    assert (doubt.name, doubt.doubted_at) == ("", NOW)
    unsure, cancelled = DeliveryState.UNCERTAIN, DeliveryState.CANCELLED
    assert scene.outbox.decide(doubt.id, allowed=[unsure], to=cancelled, now=scene.clock())


async def test_a_channel_set_by_its_number_is_looked_into_by_its_name(scene: Scene) -> None:
    number = str(CHANNEL.id)
    dispatcher = Dispatcher(scene.outbox, {number: scene.channel}, clock=scene.clock, pace=FREE)
    scene.desk.tell(1, chat=number)
    scene.bot_api.script(deliver_then_reset)
    await dispatcher.drain(number)
    scene.clock.forward(seconds=30)

    await scene.looker.look(number)

    assert scene.desk.states() == {1: "sent"}


async def test_after_the_operators_time_it_goes_out_once_more_and_says_so(scene: Scene) -> None:
    scene.bot_api.hide_preview()
    looker = scene.looker_at(scene.bot_api.url, resend_after=timedelta(hours=2))
    await doubtful(scene, faults.reset)
    scene.clock.forward(minutes=100)
    await looker.look(CHAT)
    assert scene.desk.states()[2] == "uncertain"

    scene.clock.forward(minutes=20)
    await looker.look(CHAT)

    assert scene.desk.states()[2] == "pending"
    assert "время ожидания вышло" in str(scene.desk.row(2)["error"])


async def test_who_decided_meanwhile_is_right(scene: Scene) -> None:
    await doubtful(scene, faults.reset)
    doubt = scene.outbox.take_doubt(CHAT, scene.clock())
    assert doubt
    scene.outbox.decide(doubt.id, allowed=[DeliveryState.UNCERTAIN], to=DeliveryState.CANCELLED, now=scene.clock())

    assert not scene.outbox.confirm(doubt, 2, scene.clock())
    assert not scene.outbox.resend(doubt, "нет", scene.clock())
    assert scene.desk.states()[2] == "cancelled"


def test_patience_outlives_a_call() -> None:
    assert timedelta(seconds=90) < PATIENCE, "a call of the channel takes at most 90 seconds"
