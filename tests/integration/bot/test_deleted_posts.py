"""Posts that administrators deleted by hand are noticed before a digest names them, by the preview and by Telegram."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import time, timedelta

import pytest
from sqlalchemy import Engine

from monitor.bot.client import BotClient
from monitor.bot.daily_digest import DailyDigest
from monitor.bot.deleted_posts import DeletedPosts
from monitor.bot.dispatcher import Dispatcher
from monitor.bot.failures import NO_POST
from monitor.config.hours import Hours
from monitor.models.channels import Destination
from monitor.models.outbox import DeliveryState, Pace
from monitor.sources.http.client import Fetcher, Limits
from monitor.storage.chats import ChatStore
from monitor.storage.outbox.deliveries import Outbox
from tests.harness.clock import Clock
from tests.harness.seeded_outbox import CHAT, SeededChats, SeededOutbox
from tests.servers.bot_api import TOKEN, BotApi, http
from tests.servers.web import WebServer

FREE = Pace(per_minute=1000, spacing=timedelta(0))
MAIN = Destination(chat=CHAT, digest_at=time(14, 30))  # half an hour after NOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Harness(SeededChats):
    """A channel that anybody can read, of which stories 1, 2, … are messages 1, 2, …"""

    dispatcher: Dispatcher
    fetcher: Fetcher

    async def digest(self, preview_url: str = "") -> str:
        """The digest of the day, as the channel shows it; "" for none."""
        posts = DeletedPosts(
            self.store.shown_posts,
            self.store.chats,
            pages=self.fetcher,
            exists=self.channel.exists,
            clock=self.clock,
            preview_url=preview_url or self.bot_api.url,
        )
        hours = Hours(zone="Asia/Almaty")
        self.clock.forward(minutes=30)
        daily = DailyDigest(
            self.store.digests,
            [MAIN],
            hours=hours,
            clock=self.clock,
            undecided=self.store.reviews.undecided,
            held=self.store.mutes.held_in,
            look=posts.look,
        )
        await daily.put_if_due()
        await self.dispatcher.drain(CHAT)
        shown = self.bot_api.posted(CHAT)
        return shown[-1].text if shown and shown[-1].text.startswith("За сутки") else ""


@pytest.fixture
async def harness(engine: Engine, outbox: Outbox, bot_api: BotApi) -> AsyncIterator[Harness]:
    clock, seeded = Clock(), SeededOutbox(engine)
    fetching = Fetcher(user_agent="test", clock=clock, allow_private=True, limits=Limits(host_gap=0.0))
    async with BotClient(TOKEN, base_url=bot_api.url) as channel, fetching as fetcher:
        yield Harness(
            seeded=seeded,
            outbox=outbox,
            bot_api=bot_api,
            channel=channel,
            clock=clock,
            dispatcher=Dispatcher(outbox, ChatStore(engine), {CHAT: channel}, clock=clock, pace=FREE),
            fetcher=fetcher,
        )


async def shown(harness: Harness, *numbers: int) -> None:
    for number in numbers:
        harness.seeded.add_story(number)
        await harness.dispatcher.drain(CHAT)


async def test_a_digest_does_not_name_what_was_deleted_by_hand(harness: Harness) -> None:
    await shown(harness, 1, 2, 3)
    for number in (1, 3):
        harness.bot_api.delete(CHAT, number)

    digest = await harness.digest()

    assert digest.startswith("За сутки: 1 ")
    assert "Новость 2" in digest
    assert [harness.seeded.states()[number] for number in (1, 2, 3)] == ["cancelled", "sent", "cancelled"]
    assert {row.error for row in harness.outbox.rows([DeliveryState.CANCELLED])} == {
        NO_POST
    }  # nobody of ours ordered it
    assert harness.bot_api.count("editMessageReplyMarkup") == 2


async def test_a_day_that_was_all_deleted_has_no_digest(harness: Harness) -> None:
    await shown(harness, 1)
    harness.bot_api.delete(CHAT, 1)

    assert not await harness.digest()


async def test_posts_of_many_pages_are_looked_at(harness: Harness) -> None:
    await shown(harness, *range(1, 46))
    for number in (2, 25, 44):
        harness.bot_api.delete(CHAT, number)

    digest = await harness.digest()

    assert digest.startswith("За сутки: 42 ")
    assert not any(f"Новость {number}\n" in f"{digest}\n" for number in (2, 25, 44))


@pytest.mark.parametrize("hidden", [True, False])
async def test_what_nobody_says_is_not_guessed(harness: Harness, hidden: bool) -> None:
    await shown(harness, 1, 2)
    harness.bot_api.delete(CHAT, 1)
    if hidden:
        harness.bot_api.hide_preview()
    else:
        harness.bot_api.script(http(500, "Internal Server Error"), "editMessageReplyMarkup", times=None)

    assert (await harness.digest()).startswith("За сутки: 2 ")
    assert set(harness.seeded.states().values()) == {"sent"}


async def test_nothing_is_asked_of_a_channel_that_shows_all(harness: Harness) -> None:
    await shown(harness, 1, 2)

    assert (await harness.digest()).startswith("За сутки: 2 ")
    assert harness.bot_api.count("editMessageReplyMarkup") == 0


async def test_an_old_page_makes_nothing_deleted(harness: Harness, web: WebServer) -> None:
    await shown(harness, 1)
    async with Fetcher(user_agent="test", clock=harness.clock, allow_private=True) as other:
        old = await other.fetch(f"{harness.bot_api.url}/s/test_channel", accept="page")
    web.serve("/s/test_channel", old.body)
    await shown(harness, 2)

    assert (await harness.digest(web.url)).startswith("За сутки: 2 ")
    assert harness.bot_api.count("editMessageReplyMarkup") == 1
