"""The review chat in operation: real database, Bot API over HTTP; articles come, reviewers press, chats are shown."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, select

from monitor.bot.case_command import CaseCommand
from monitor.bot.client import BotClient
from monitor.bot.commands import UNCERTAIN_BUTTON, ReadCommands, review_presses, write_commands
from monitor.bot.desk_command import DeskCommand
from monitor.bot.dispatcher import Dispatcher
from monitor.bot.evidence_command import EvidenceCommand
from monitor.bot.find_command import FindCommand
from monitor.bot.mute_commands import MuteCommands
from monitor.bot.retract_command import RetractCommand
from monitor.bot.review_chat import ReviewChat
from monitor.bot.updates import Updates
from monitor.matching.matcher import Matcher
from monitor.models.articles import Tier
from monitor.models.outbox import Pace
from monitor.storage.chats import UpdateCursor
from monitor.storage.corrections.retractions import Retractions
from monitor.storage.evidence.history import EvidenceHistory
from monitor.storage.evidence.notices import Announcements, PageNotices
from monitor.storage.history import History
from monitor.storage.mutes import MuteStore
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.reviews import Reviews
from monitor.storage.search.finder import Finder
from monitor.storage.site.cases import CaseStore
from monitor.storage.stats import Stats
from monitor.storage.store import Store
from monitor.storage.tables import entries
from monitor.stories.grouping import group
from monitor.stories.placement import SAME_CASE
from tests.factories import feed, matched, poll_outcome
from tests.factories.channels import to_channel
from tests.harness.clock import Clock
from tests.servers.bot_api import EDITOR, OPERATOR, REVIEW, TOKEN, BotApi, PostedMessage

KEYWORDS = Path(__file__).resolve().parents[2] / "keywords.yaml"
CHANNEL = "@test_channel"
ZONE = "Asia/Almaty"
DESK = "https://desk.example"
REVIEWERS = str(REVIEW.id)
OWNER = str(OPERATOR.id)
FREE = Pace(per_minute=1000, spacing=timedelta(0))
OTHER = {**EDITOR, "id": 1000000003, "first_name": "Вторая"}


@dataclass(kw_only=True)
class ReviewChatHarness:
    """All that serves the channel, the review chat and the operator's chat. `clock` is the only time there is."""

    api: BotApi
    engine: Engine
    store: Store
    outbox: Outbox
    reviews: Reviews
    review_chat: ReviewChat
    mutes: MuteStore
    read_commands: ReadCommands
    dispatcher: Dispatcher
    clock: Clock

    def record_article(self, number: int = 1, *, name: str = "Лента", tier: Tier = Tier.REVIEW) -> None:
        """Record an article of this tier by a poll of its own; all articles tell the same event."""
        self.store.feeds.sync([feed(name=name, url=f"http://127.0.0.1/{name}")], self.clock())
        (state,) = self.store.feeds.claim(self.clock(), limit=1, lease=timedelta(minutes=5), names=[name])
        entry = matched(number, tier=tier, feed=name)
        outcome = poll_outcome(feed=name, lease_no=state.lease_no, polled_at=self.clock(), matched=(entry,))
        place = partial(group, chats=to_channel(CHANNEL, review=REVIEWERS))
        assert self.store.polls.record_all([outcome], place, window=SAME_CASE)

    async def deliver(self) -> None:
        """Send all that waits to every chat."""
        for chat in self.dispatcher.chats:
            await self.dispatcher.drain(chat)

    async def handle_updates(self) -> None:
        """Act on the messages and button presses that came, and deliver the answers."""
        await self.review_chat.round()
        await self.deliver()

    async def first_question(self) -> PostedMessage:
        """Record an article for review; returns the question in the review chat."""
        self.record_article()
        await self.deliver()
        return self.api.posted(REVIEWERS)[0]

    def press_button(self, question: PostedMessage, letter: str, **by: dict[str, object]) -> None:
        """A reviewer (EDITOR, or `user=`) presses a button of the first story: p publishes, other letters reject."""
        self.api.callback(REVIEWERS, question.message_id, f"r:1:1:{letter}", by.get("user"))

    def outcomes(self) -> list[tuple[str, str]]:
        with self.engine.connect() as db:
            rows = db.execute(select(entries.c.outcome, entries.c.reason).order_by(entries.c.id))
            return [(row.outcome, row.reason) for row in rows]

    def answers_to_presses(self) -> list[str]:
        return [call.params.text("text") for call in self.api.calls if call.method == "answerCallbackQuery"]


def desk_command(store: Store, clock: Clock) -> DeskCommand:
    """`/desk`, whose secrets are secret-1, secret-2 …"""
    secrets = (f"secret-{number}" for number in count(1))
    return DeskCommand(store.desk_keys, store.outbox, address=DESK, new_secret=secrets.__next__, clock=clock)


@asynccontextmanager
async def open_review_chat(
    bot_api: BotApi, engine: Engine, store: Store, outbox: Outbox, matcher: Matcher
) -> AsyncIterator[ReviewChatHarness]:
    """The parts on this database and this Bot API stand-in; the clock stands at NOW."""
    clock = Clock()
    reviews = Reviews(engine, chats=to_channel(CHANNEL), zone=ZONE)
    mutes, stats = MuteStore(engine, zone=ZONE), Stats(engine)
    read_commands = ReadCommands(
        feeds=store.feeds,
        outbox=outbox,
        stats=stats,
        history=History(engine),
        reviews=reviews,
        mutes=mutes,
        evidence=EvidenceCommand(EvidenceHistory(engine), zone=ZONE),
        find=FindCommand(Finder(engine, zone=ZONE).find, zone=ZONE),
        matcher=matcher,
        zone=ZONE,
        clock=clock,
    )
    mute_commands = MuteCommands(mutes, stats, matcher=lambda: read_commands.matcher, zone=ZONE, clock=clock)
    destinations = to_channel(CHANNEL).destinations
    retract = RetractCommand(Retractions(engine, destinations=destinations), outbox, clock)
    desk = desk_command(store, clock)
    page_notices = PageNotices(engine, Announcements(review=REVIEWERS, channel=CHANNEL, zone=ZONE))
    async with BotClient(TOKEN, base_url=bot_api.url) as channel, BotClient(TOKEN, base_url=bot_api.url) as client:
        yield ReviewChatHarness(
            api=bot_api,
            engine=engine,
            store=store,
            outbox=outbox,
            reviews=reviews,
            mutes=mutes,
            read_commands=read_commands,
            review_chat=ReviewChat(
                Updates(client),
                UpdateCursor(engine),
                reviews,
                outbox,
                worker="one",
                review=REVIEWERS,
                operator=OWNER,
                expires_after=timedelta(hours=24),
                read_commands={OWNER: read_commands.operator_commands(), REVIEWERS: read_commands.review_commands()},
                write_commands=write_commands(
                    reviews, mute_commands, CaseCommand(CaseStore(engine), outbox, clock), retract, desk, clock=clock
                ),
                presses={
                    OWNER: {UNCERTAIN_BUTTON: read_commands.settle_uncertain},
                    REVIEWERS: review_presses(reviews, page_notices, retract, clock),
                },
                uncertain_posts=read_commands.uncertain_posts,
                release=mute_commands.release,
                clock=clock,
            ),
            dispatcher=Dispatcher(
                outbox, store.chats, dict.fromkeys((CHANNEL, REVIEWERS, OWNER), channel), clock=clock, pace=FREE
            ),
            clock=clock,
        )
