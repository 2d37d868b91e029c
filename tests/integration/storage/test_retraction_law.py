"""Whatever order a story is told, retracted, restored and sent in, the chats end up with what stands.

Hypothesis drives a real SQLite file and the same rules on PostgreSQL; `seen` is what the subscribers really see.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from monitor.bot.reconcile import PATIENCE
from monitor.models.channels import Destination
from monitor.models.outbox import Delivery, DeliveryKind, DeliveryState, Pace, Settlement
from monitor.storage.corrections.retractions import Retractions
from monitor.storage.database import open_engine, read_transaction, write_transaction
from monitor.storage.store import Store
from monitor.storage.stories import read_stories
from monitor.storage.tables import deliveries, metadata
from monitor.stories.grouping import Chats, group, render_part
from monitor.stories.placement import SAME_CASE
from tests.factories import NOW, feed, matched, poll_outcome
from tests.harness.databases import postgres_database, sqlite_database
from tests.servers.postgres import PostgresServer

CHATS = ("@channel", "@other")
DESTINATIONS = tuple(Destination(chat=chat) for chat in CHATS)
GROUP = partial(group, chats=Chats(destinations=DESTINATIONS, review="@maintainers"))
FREE = Pace(per_minute=1_000, spacing=timedelta(0))
LEASE = timedelta(minutes=3)


class World:
    """Outlets, maintainers, the dispatcher, Telegram, crashes: everybody who touches one story."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with write_transaction(self.engine) as db:
            for table in reversed(metadata.sorted_tables):
                db.execute(table.delete())
        self.store = Store(self.engine)
        self.retractions = Retractions(self.engine, destinations=DESTINATIONS)
        self.now = NOW
        self.in_hand: dict[str, tuple[Delivery, bool]] = {}  # and whether Telegram has taken it
        self.seen: dict[str, dict[int, str]] = {chat: {} for chat in CHATS}  # message → text
        self.messages: defaultdict[int, list[int]] = defaultdict(list)  # delivery → its messages
        self.retracted = False

    def an_outlet_tells_it(self, outlet: int, title: str) -> None:
        name = f"Издание {outlet}"
        self.store.feeds.sync([feed(name=name)], self.now)
        (state,) = self.store.feeds.claim(self.now, limit=1, lease=LEASE, names=[name])
        entry = matched(outlet, feed=name, title=title)
        outcome = poll_outcome(feed=name, lease_no=state.lease_no, polled_at=self.now, matched=(entry,))
        assert self.store.polls.record_all([outcome], GROUP, window=SAME_CASE)

    def maintainers_retract_it(self, why: str) -> None:
        self.retracted |= self.retractions.retract(self.story, why, now=self.now) is not None

    def maintainers_restore_it(self) -> None:
        assert (self.retractions.restore(self.story, now=self.now) is not None) == self.retracted
        self.retracted = False

    @property
    def story(self) -> int:
        with read_transaction(self.engine) as db:
            return next((story.id or 0 for story in read_stories(db, range(1, 1_000))), 0)

    def the_dispatcher_claims(self, chat: str) -> None:
        if chat not in self.in_hand:
            claimed = self.store.outbox.claim(chat, self.now, lease=LEASE, pace=FREE)
            if isinstance(claimed, Delivery):
                self.in_hand[chat] = claimed, False

    def telegram_accepts(self, chat: str) -> None:
        delivery, accepted = self.in_hand.get(chat, (None, True))
        if delivery is None or accepted:
            return
        message = delivery.message_id
        if message is None:
            message = max(self.seen[chat], default=0) + 1
            self.messages[delivery.id].append(message)
        self.seen[chat][message] = delivery.html
        self.in_hand[chat] = delivery, True

    def the_dispatcher_settles(self, chat: str, *, is_lost: bool) -> None:
        if chat not in self.in_hand:
            return
        delivery, accepted = self.in_hand.pop(chat)
        settlement = Settlement(state=DeliveryState.PENDING)
        if is_lost and delivery.message_id is None:
            settlement = Settlement(state=DeliveryState.UNCERTAIN)
        elif accepted and not is_lost:
            message = delivery.message_id or self.messages[delivery.id][-1]
            settlement = Settlement(state=DeliveryState.SENT, message_id=message)
        self.store.outbox.settle(delivery, settlement, self.now)

    def a_doubt_is_looked_for(self, chat: str) -> None:
        self.now += PATIENCE
        while doubt := self.store.uncertain.take(chat, self.now):
            if found := self.messages[doubt.id]:
                self.store.uncertain.confirm(doubt, found[-1], self.now)
            else:
                self.store.uncertain.resend(doubt, "нет в канале", self.now)

    def the_process_is_killed_and_starts_again(self) -> None:
        self.store.outbox.recover(self.now, everything=True)
        self.in_hand.clear()

    def all_is_quiet(self) -> None:
        """When all is quiet, each chat shows what stands, and of the retracted only what it was told before."""
        self.the_process_is_killed_and_starts_again()
        for chat in CHATS:
            self.now += timedelta(hours=1)
            self.a_doubt_is_looked_for(chat)
            self.the_dispatcher_claims(chat)
            while chat in self.in_hand:
                self.telegram_accepts(chat)
                self.the_dispatcher_settles(chat, is_lost=False)
                self.the_dispatcher_claims(chat)
            self._shows_what_stands(chat)

    def _shows_what_stands(self, chat: str) -> None:
        with read_transaction(self.engine) as db:
            mine = (deliveries.c.chat == chat, deliveries.c.kind == DeliveryKind.STORY)
            rows = db.execute(select(deliveries.c.id, deliveries.c.story_id, deliveries.c.part).where(*mine)).all()
            stories = {story.id: story for story in read_stories(db, {row.story_id for row in rows})}
        to = Destination(chat=chat)
        stands = [row for row in rows if row.part not in stories[row.story_id].struck or self.messages[row.id]]
        wanted = [render_part(stories[row.story_id], row.part, to=to, now=self.now) for row in stands]
        assert sorted(self.seen[chat].values()) == sorted(wanted)
        assert not (self.retracted and any("<s>" not in text for text in wanted)), "told again by nobody's decision"


def steps_of(chat: str) -> list[Callable[[World], None]]:
    """What may happen to the posts of a chat, each once or twice."""
    ways = [partial(World.the_dispatcher_claims, chat=chat), partial(World.telegram_accepts, chat=chat)]
    ends = [partial(World.the_dispatcher_settles, chat=chat, is_lost=is_lost) for is_lost in (False, True)]
    return [*ways * 2, *ends, partial(World.a_doubt_is_looked_for, chat=chat)]


STEPS: list[Callable[[World], None]] = [
    *(partial(World.an_outlet_tells_it, outlet=outlet, title="Новость") for outlet in (2, 3)),
    partial(World.an_outlet_tells_it, outlet=1, title="Новость снова"),
    partial(World.maintainers_retract_it, why="ошибка"),
    partial(World.maintainers_retract_it, why="суда не было"),
    World.maintainers_restore_it,
    *steps_of(CHATS[0]),
    *steps_of(CHATS[1]),
    World.the_process_is_killed_and_starts_again,
]


def run(url: str, examples: int) -> None:
    engine = open_engine(url)

    @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=st.permutations(STEPS))
    def law(steps: list[Callable[[World], None]]) -> None:
        world = World(engine)
        world.an_outlet_tells_it(outlet=1, title="Новость")
        for step in steps:
            step(world)
            assert all(len(messages) <= 1 for messages in world.messages.values()), "posted twice"
        world.all_is_quiet()

    try:
        law()
    finally:
        engine.dispose()


MANY = pytest.param(1_000, marks=[pytest.mark.long, pytest.mark.timeout(3600)])


@pytest.mark.parametrize("examples", [15, MANY])
def test_the_chats_end_up_with_what_stands_on_a_sqlite_file(examples: int, tmp_path: Path) -> None:
    run(sqlite_database(tmp_path / "monitor.db"), examples)


@pytest.mark.postgres
@pytest.mark.parametrize("examples", [5, MANY])
def test_the_chats_end_up_with_what_stands_on_postgresql(examples: int, postgres: PostgresServer) -> None:
    run(postgres_database(postgres), examples)
