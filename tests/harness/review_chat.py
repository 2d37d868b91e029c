"""A newsroom with a review chat: real database, Bot API over HTTP; what maintainers do there, and what is shown."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, select

from monitor.bot.client import BotClient
from monitor.bot.commands import (
    IN_DOUBT,
    MuteCommands,
    ReadCommands,
    operator_commands_of,
    read_commands_of,
    write_commands_of,
)
from monitor.bot.dispatcher import Dispatcher
from monitor.bot.review_chat import ReviewChat
from monitor.bot.updates import Updates
from monitor.matching.matcher import Matcher
from monitor.models.articles import Tier
from monitor.models.outbox import Pace
from monitor.storage.history import History
from monitor.storage.mutes import MuteStore
from monitor.storage.outbox import Outbox
from monitor.storage.polls import Store
from monitor.storage.reviews import Reviews
from monitor.storage.stats import Stats
from monitor.storage.tables import entries
from monitor.storage.update_cursor import UpdateCursor
from monitor.stories.grouping import Chats, group
from monitor.stories.placement import SAME_CASE
from tests.factories import feed, matched, poll_outcome
from tests.harness.clock import Clock
from tests.servers.bot_api import EDITOR, OPERATOR, REVIEW, TOKEN, BotApi, PostedMessage

KEYWORDS = Path(__file__).resolve().parents[2] / "keywords.yaml"
CHANNEL = "@test_channel"
ZONE = "Asia/Almaty"
REVIEWERS = str(REVIEW.id)
OWNER = str(OPERATOR.id)
FREE = Pace(per_minute=1000, spacing=timedelta(0))
OTHER = {**EDITOR, "id": 1000000003, "first_name": "Вторая"}


@dataclass(kw_only=True)
class Scene:
    """A newsroom with its chats."""

    api: BotApi
    engine: Engine
    store: Store
    outbox: Outbox
    reviews: Reviews
    reviewing: ReviewChat
    updates: Updates
    mutes: MuteStore
    answering: ReadCommands
    dispatcher: Dispatcher
    clock: Clock

    def tell(self, number: int = 1, *, name: str = "Лента", tier: Tier = Tier.REVIEW) -> None:
        """An article of this tier comes by a poll of its own; all of them tell the same event."""
        self.store.sync_feeds([feed(name=name, url=f"http://127.0.0.1/{name}")], self.clock())
        (state,) = self.store.claim_due_feeds(self.clock(), limit=1, lease=timedelta(minutes=5), names=[name])
        told = matched(number, tier=tier, feed=name)
        outcome = poll_outcome(feed=name, lease_no=state.lease_no, polled_at=self.clock(), matched=(told,))
        place = partial(group, chats=Chats(post=CHANNEL, review=REVIEWERS))
        assert self.store.record(outcome, place, window=SAME_CASE)

    async def show(self) -> None:
        """Bring every chat up to date."""
        for chat in self.dispatcher.chats:
            await self.dispatcher.drain(chat)

    async def hear(self) -> None:
        """Act on what was said, and show what came of it."""
        await self.reviewing.round()
        await self.show()

    async def asked(self) -> PostedMessage:
        """The question about the first story, shown."""
        self.tell()
        await self.show()
        return self.api.posted(REVIEWERS)[0]

    def press(self, question: PostedMessage, letter: str, **by: dict[str, object]) -> None:
        self.api.callback(REVIEWERS, question.message_id, f"r:1:1:{letter}", by.get("user"))

    def outcomes(self) -> list[tuple[str, str]]:
        with self.engine.connect() as db:
            asked = db.execute(select(entries.c.outcome, entries.c.reason).order_by(entries.c.id))
            return [(row.outcome, row.reason) for row in asked]

    def answers_to_presses(self) -> list[str]:
        return [call.params.text("text") for call in self.api.calls if call.method == "answerCallbackQuery"]


@asynccontextmanager
async def open_scene(
    bot_api: BotApi, engine: Engine, store: Store, outbox: Outbox, matcher: Matcher
) -> AsyncIterator[Scene]:
    """The newsroom, everyone at work; the clock stands at NOW."""
    clock = Clock()
    reviews = Reviews(engine, channel=CHANNEL, zone=ZONE)
    history = History(engine)
    mutes, lookout = MuteStore(engine, zone=ZONE), Stats(engine)
    answering = ReadCommands(
        store=store,
        outbox=outbox,
        lookout=lookout,
        history=history,
        reviews=reviews,
        mutes=mutes,
        matcher=matcher,
        zone=ZONE,
        clock=clock,
    )
    muting = MuteCommands(mutes, lookout, matcher=lambda: answering.matcher, zone=ZONE, clock=clock)
    async with BotClient(TOKEN, base_url=bot_api.url) as channel, Updates(TOKEN, base_url=bot_api.url) as updates:
        yield Scene(
            api=bot_api,
            engine=engine,
            store=store,
            outbox=outbox,
            reviews=reviews,
            updates=updates,
            mutes=mutes,
            answering=answering,
            reviewing=ReviewChat(
                updates,
                UpdateCursor(engine),
                reviews,
                outbox,
                worker="one",
                review=REVIEWERS,
                operator=OWNER,
                expires_after=timedelta(hours=24),
                answers={OWNER: operator_commands_of(answering), REVIEWERS: read_commands_of(answering)},
                deeds=write_commands_of(reviews, muting, clock),
                presses={OWNER: {IN_DOUBT: answering.settle_doubt}},
                doubts=answering.doubts,
                release=muting.release,
                clock=clock,
            ),
            dispatcher=Dispatcher(outbox, dict.fromkeys((CHANNEL, REVIEWERS, OWNER), channel), clock=clock, pace=FREE),
            clock=clock,
        )
