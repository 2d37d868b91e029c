"""The pinned index through the Bot API stand-in, on both databases: edited in place, pinned once, posted anew."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from monitor.bot.client import BotClient
from monitor.bot.dispatcher import Dispatcher
from monitor.bot.pinned_index import PinnedIndex
from monitor.models.channels import Destination
from monitor.models.outbox import Pace
from monitor.storage.store import Store
from tests.factories import NOW
from tests.harness.clock import Clock
from tests.harness.seeded_outbox import CHAT, SeededOutbox
from tests.servers import faults
from tests.servers.bot_api import OPERATOR, TOKEN, BotApi, PostedMessage

OWNER = str(OPERATOR.id)
DAY = timedelta(days=1)


@dataclass(kw_only=True)
class Room:
    """A channel with an index."""

    api: BotApi
    store: Store
    seeded: SeededOutbox
    index: PinnedIndex
    dispatcher: Dispatcher
    clock: Clock

    async def round(self, *, hours: float = 0) -> None:
        """Later, the index is looked at, sent, and looked at again."""
        self.clock.forward(minutes=60 * hours)
        for _ in range(2):
            await self.index.round()
            for chat in (CHAT, OWNER):
                await self.dispatcher.drain(chat)

    async def story(self, number: int) -> None:
        self.seeded.add_story(number, at=self.clock(), published=self.clock())
        await self.dispatcher.drain(CHAT)

    @property
    def shown(self) -> PostedMessage:
        (index,) = [post for post in self.api.posted(CHAT) if "За последние" in post.text]
        return index


@pytest.fixture
async def room(bot_api: BotApi, engine: Engine) -> AsyncIterator[Room]:
    clock, store = Clock(), Store(engine)
    async with BotClient(TOKEN, base_url=bot_api.url) as client:
        chats = dict.fromkeys((CHAT, OWNER), client)
        index = PinnedIndex(
            store.pinned_index,
            store.chats,
            chats,
            destinations=[Destination(chat=CHAT, index=True, archive="https://a.example/"), Destination(chat="@none")],
            page_of=lambda case: f"case/{case}.html",
            tell_operator=lambda key, html: store.outbox.tell(OWNER, key, html, now=clock()),
            zone="Asia/Almaty",
            clock=clock,
        )
        pace = Pace(per_minute=1000, spacing=timedelta(0))
        dispatcher = Dispatcher(store.outbox, store.chats, chats, clock=clock, pace=pace)
        yield Room(
            api=bot_api,
            store=store,
            seeded=SeededOutbox(engine),
            index=index,
            dispatcher=dispatcher,
            clock=clock,
        )


async def test_one_message_is_edited_and_pinned_once_without_a_sound(room: Room) -> None:
    await room.story(1)
    await room.round(hours=0.02)
    first = room.shown
    assert first.text.splitlines() == ["За последние семь дней", "22.11 Новость 1"]
    assert room.store.cases.open(1, "Дело Петрова", NOW)
    await room.story(2)
    await room.round()
    assert room.shown.text == first.text, "not before ten minutes are over"

    await room.round(hours=0.2)

    assert room.shown.message_id == first.message_id
    assert room.shown.text.splitlines() == [
        *("Открытые дела", "• Дело Петрова · 1 · последняя новость 22.11.2026", ""),
        *("За последние семь дней", "22.11 Новость 2", "22.11 Новость 1"),
    ]
    assert "https://t.me/test_channel/1" in room.shown.html
    assert "https://a.example/case/1.html" in room.shown.html
    assert room.api.pinned(CHAT) == [(first.message_id, False)]
    sent = [
        call for call in room.api.calls if call.method == "sendMessage" and "За последние" in call.params.text("text")
    ]
    assert [call.params.flag("disable_notification") for call in sent] == [True]


async def test_what_was_retracted_or_taken_off_or_is_old_is_not_in_it(room: Room) -> None:
    await room.story(1)
    await room.round(hours=24 * 7)
    for number in (2, 3, 4):
        await room.story(number)
    assert room.store.cases.open(2, "Дело", NOW)
    assert room.store.retractions.retract(2, "ошибка", now=room.clock())
    assert room.store.takedowns.hide(3, "просьба", room.clock())

    await room.round(hours=1)

    assert room.shown.text.splitlines() == ["За последние семь дней", "29.11 Новость 4"]


async def test_a_missing_right_is_told_once_and_looked_for_again_after_a_day(room: Room) -> None:
    room.api.let_pin(CHAT, allowed=False)
    for _ in range(5):
        await room.round(hours=0.2)
    assert room.api.count("pinChatMessage") == 1
    (notice,) = room.api.posted(OWNER)
    assert notice.text.startswith("Оглавление в @test_channel опубликовано, но закрепить его бот не может")

    await room.round(hours=24)
    room.api.let_pin(CHAT, allowed=True)
    assert room.api.count("pinChatMessage") == 2
    await room.round(hours=24)
    assert room.api.pinned(CHAT) == [(room.shown.message_id, False)]
    assert len(room.api.posted(OWNER)) == 1


async def test_a_lost_answer_is_asked_again(room: Room) -> None:
    room.api.script(faults.reset, "pinChatMessage")
    await room.round()
    await room.round()

    assert room.api.pinned(CHAT) == [(room.shown.message_id, False)]


async def test_a_message_deleted_by_hand_is_posted_anew_after_a_day_and_pinned(room: Room) -> None:
    await room.round()
    first = room.shown.message_id
    room.api.delete(CHAT, first)
    await room.story(1)
    for _ in range(3):
        await room.round(hours=1)
    assert not [post for post in room.api.posted(CHAT) if "За последние" in post.text]

    await room.round(hours=24)

    assert room.shown.message_id > first
    assert "Новость 1" in room.shown.text
    assert [message for message, _ in room.api.pinned(CHAT)] == [first, room.shown.message_id]
