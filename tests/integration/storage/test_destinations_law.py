"""Several destinations as a state machine: each shows every story once, and none shows what was told before it came."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import insert, select

from monitor.models.outbox import Delivery, DeliveryState, Pace, Settlement, WantedPost
from monitor.storage.database import write_transaction
from monitor.storage.outbox.deliveries import Outbox, want
from monitor.storage.outbox.destinations import DestinationStore
from monitor.storage.tables import chats, deliveries, destinations, sends, stories
from tests.factories import NOW
from tests.harness.databases import open_test_engine, postgres_database, sqlite_database
from tests.servers.postgres import PostgresServer

MAIN, FURTHER = "@main", ("@kazakh", "@brief", "-1001/7")
LEASE = timedelta(minutes=3)
FREE = Pace(per_minute=100_000, spacing=timedelta(0))


class Destinations(RuleBasedStateMachine):
    """Polls, edits of channels.yaml, the dispatcher and crashes, over a real database."""

    url: str

    def __init__(self) -> None:
        super().__init__()
        self.engine = open_test_engine(self.url)
        with write_transaction(self.engine) as db:
            for table in (deliveries, stories, chats, sends, destinations):
                db.execute(table.delete())
        self.outbox, self.store, self.now = Outbox(self.engine), DestinationStore(self.engine), NOW
        self.served = [MAIN]
        self.store.settle(self.served, self.now)
        self.since = {MAIN: self.now}  # when each that is served was added
        self.told_at: dict[int, datetime] = {}  # when a story was told first
        self.text: dict[int, str] = {}
        self.channel: dict[str, dict[int, str]] = {chat: {} for chat in (MAIN, *FURTHER)}
        self.lost: set[tuple[str, int]] = set()  # whether Telegram took them is in doubt

    def teardown(self) -> None:
        self.engine.dispose()

    @rule(story=st.integers(1, 4), text=st.sampled_from(["раз", "два", "три"]))
    def a_poll_tells_a_story(self, story: int, text: str) -> None:
        self.now += timedelta(seconds=1)
        self.text[story] = f"{story}: {text}"
        self.told_at.setdefault(story, self.now)
        with write_transaction(self.engine) as db:
            if db.execute(select(stories.c.id).where(stories.c.id == story)).first() is None:
                db.execute(insert(stories).values(id=story, created_at=self.now, updated_at=self.now))
            for chat in self.served:
                want(db, story, WantedPost(chat=chat, html=self.text[story]), self.now)

    @rule(chats=st.sets(st.sampled_from(FURTHER)))
    def channels_yaml_is_edited(self, chats: set[str]) -> None:
        self.now += timedelta(seconds=1)
        served = [MAIN, *sorted(chats)]
        self.since = {chat: self.since.get(chat, self.now) for chat in served}
        self.served = served
        self.store.settle(served, self.now)

    @rule(chat=st.sampled_from((MAIN, *FURTHER)), answer=st.sampled_from(["taken", "taken", "refused", "lost"]))
    def the_dispatcher_sends_one(self, chat: str, answer: str) -> None:
        if chat not in self.served:
            return
        self.now += timedelta(seconds=1)
        claimed = self.outbox.claim(chat, self.now, lease=LEASE, pace=FREE)
        if not isinstance(claimed, Delivery):
            return
        assert claimed.story_id
        if answer == "refused":
            self.outbox.settle(claimed, Settlement(state=DeliveryState.PENDING), self.now)
            return
        assert claimed.message_id is not None or claimed.story_id not in self.channel[chat], "told twice"
        if answer == "lost" and claimed.message_id is None:
            self.lost.add((chat, claimed.story_id))
            self.outbox.settle(claimed, Settlement(state=DeliveryState.UNCERTAIN), self.now)
            return
        self.channel[chat][claimed.story_id] = claimed.html
        sent = Settlement(state=DeliveryState.SENT, message_id=claimed.message_id or claimed.id)
        self.outbox.settle(claimed, sent, self.now)

    @rule()
    def the_process_is_killed_and_starts_again(self) -> None:
        self.outbox.recover(self.now, everything=True)
        self.store.settle(self.served, self.now)

    @invariant()
    def a_destination_is_told_nothing_old(self) -> None:
        with self.engine.connect() as db:
            rows = db.execute(select(deliveries).where(deliveries.c.message_id.is_(None))).all()
        for row in rows:
            is_waiting = row.state in ("pending", "sending")
            assert not is_waiting or row.chat in self.served, "a removed one has something waiting"
            assert not is_waiting or row.created_at >= self.since[row.chat]
            assert not is_waiting or self.told_at[row.story_id] >= self.since[row.chat]

    @invariant()
    def whoever_was_served_is_told_or_waits(self) -> None:
        with self.engine.connect() as db:
            rows = {(row.chat, row.story_id): row for row in db.execute(select(deliveries))}
        for chat, story in self._owed():
            row = rows[chat, story]
            shown = self.channel[chat].get(story)
            if row.state == "sent":
                assert shown == row.html == self.text[story]
            elif (chat, story) not in self.lost:
                assert row.state in ("pending", "cancelled")
                assert row.state == "pending" or row.updated_at < self.since[chat], "cancelled while it was served"

    def _owed(self) -> Iterator[tuple[str, int]]:
        for chat in self.served:
            yield from ((chat, story) for story, at in self.told_at.items() if at >= self.since[chat])


MANY = pytest.param(500, marks=[pytest.mark.long, pytest.mark.timeout(3600)])


def run(machine: type[Destinations], examples: int) -> None:
    quiet = [HealthCheck.too_slow]
    wanted = settings(max_examples=examples, stateful_step_count=30, deadline=None, suppress_health_check=quiet)
    run_state_machine_as_test(machine, settings=wanted)


@pytest.mark.parametrize("examples", [20, MANY])
def test_every_destination_is_told_once_on_sqlite(examples: int, tmp_path: Path) -> None:
    class OnSqlite(Destinations):
        url = sqlite_database(tmp_path / "monitor.db")

    run(OnSqlite, examples)


@pytest.mark.postgres
@pytest.mark.parametrize("examples", [8, MANY])
def test_every_destination_is_told_once_on_postgresql(examples: int, postgres: PostgresServer) -> None:
    class OnPostgres(Destinations):
        url = postgres_database(postgres)

    run(OnPostgres, examples)
