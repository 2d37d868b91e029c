"""The outbox as a state machine: whatever happens in whatever order, the law drawn in monitor/storage/tables.py holds.

Hypothesis drives a real SQLite file and the same rules on PostgreSQL; `channel` is what the subscribers really see.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Row, and_, insert, select

from monitor.bot.reconcile import PATIENCE
from monitor.models.outbox import Delivery, DeliveryState, Pace, Settlement, WantedPost
from monitor.storage.database import write_transaction
from monitor.storage.outbox.deliveries import Outbox, remove, want
from monitor.storage.outbox.digests import FLOOD
from monitor.storage.outbox.uncertain import UncertainPosts
from monitor.storage.tables import chats, deliveries, sends, stories
from tests.factories import NOW
from tests.harness.databases import open_test_engine, postgres_database, sqlite_database
from tests.servers.postgres import PostgresServer

CHAT = "@channel"
TOPIC = "@channel/17"  # the same chat of Telegram's
LEASE = timedelta(minutes=3)
PACE = Pace(per_minute=5, spacing=timedelta(seconds=1))

LAW = {
    ("pending", "sending"),
    ("sending", "sent"),
    ("sending", "pending"),
    ("sending", "uncertain"),
    ("sending", "rejected"),
    ("sending", "cancelled"),
    ("sent", "pending"),
    ("sent", "cancelled"),
    ("pending", "digested"),
    ("uncertain", "sent"),
    ("uncertain", "pending"),
    ("uncertain", "cancelled"),
    ("rejected", "pending"),
    ("rejected", "cancelled"),
    ("pending", "cancelled"),
}


class Law(RuleBasedStateMachine):
    """Everybody who touches the outbox: polls, the dispatcher, Telegram, crashes, the operator, the clock."""

    url: str

    def __init__(self) -> None:
        super().__init__()
        self.engine = open_test_engine(self.url)
        with write_transaction(self.engine) as db:
            for table in (deliveries, stories, chats, sends):
                db.execute(table.delete())
        self.outbox, self.uncertain = Outbox(self.engine), UncertainPosts(self.engine)
        self.now = NOW
        self.in_hand: Delivery | None = None
        self.accepted = False  # Telegram has taken what is in hand
        self.channel: dict[int, int] = {}  # story → how many messages tell it
        self.messages: dict[int, int] = {}  # message → the delivery that it shows
        self.floods = 0
        self.moves = 0
        self.shown: dict[int, str] = {}  # story → the text the channel shows
        self.wanted: dict[int, str] = {}
        self.removed: set[int] = set()  # stories that maintainers took back
        self.before: dict[int, str] = {}
        self.sends = [self.now - timedelta(days=1)]  # into the chat and its topic
        self.quiet_until = self.now  # what Telegram asked for
        self.in_topic = 0  # messages

    def teardown(self) -> None:
        self.engine.dispose()

    @precondition(lambda self: self.floods < 2)  # each costs as much as twenty other steps
    @rule()
    def a_rule_gone_wild_floods_the_channel(self) -> None:
        self.floods += 1
        first = 100 * self.floods
        for story in range(first, first + FLOOD + 1):
            self.a_poll_wants_a_story_shown(story, "раз")

    @rule(story=st.integers(1, 4), text=st.sampled_from(["раз", "два", "три"]))
    def a_poll_wants_a_story_shown(self, story: int, text: str, chat: str = CHAT) -> None:
        if story in self.removed:
            return  # stories/grouping.py wants nothing of it any more
        with write_transaction(self.engine) as db:
            if db.execute(select(stories.c.id).where(stories.c.id == story)).first() is None:
                db.execute(insert(stories).values(id=story, created_at=self.now, updated_at=self.now))
            want(db, story, WantedPost(chat=chat, html=f"{story}: {text}"), self.now)
        self.wanted[story] = f"{story}: {text}"

    @rule(story=st.integers(1, 4))
    def maintainers_take_a_post_back(self, story: int) -> None:
        with write_transaction(self.engine) as db:
            if remove(db, and_(deliveries.c.story_id == story, deliveries.c.chat == CHAT), self.now):
                self.removed.add(story)

    @rule(seconds=st.integers(0, 90))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.in_hand is None)
    @rule()
    def the_dispatcher_claims(self) -> None:
        claimed = self.outbox.claim(CHAT, self.now, lease=LEASE, pace=PACE)
        if isinstance(claimed, Delivery):
            self.in_hand, self.accepted = claimed, False
            self.note_send()

    @rule(story=st.integers(51, 52), text=st.sampled_from(["раз", "два"]), hold=st.sampled_from([0, 0, 30]))
    def news_come_to_a_topic_of_the_same_chat(self, story: int, text: str, hold: int) -> None:
        """Its own queue, claimed and answered while a message to the chat itself may be on its way."""
        self.a_poll_wants_a_story_shown(story, text, TOPIC)
        claimed = self.outbox.claim(TOPIC, self.now, lease=LEASE, pace=PACE)
        if not isinstance(claimed, Delivery):
            return
        self.note_send()
        self.before[claimed.id] = "sending"
        if hold:
            self.quiet_until = self.now + timedelta(seconds=hold)
            answer = Settlement(state=DeliveryState.PENDING, chat_not_before_at=self.quiet_until)
        else:
            self.in_topic += 1
            answer = Settlement(state=DeliveryState.SENT, message_id=claimed.message_id or self.in_topic)
            self.channel[claimed.story_id or 0] = 1
            self.shown[claimed.story_id or 0] = claimed.html
        assert self.outbox.settle(claimed, answer, self.now)

    def note_send(self) -> None:
        assert self.now >= self.quiet_until, "Telegram asked for a pause"
        self.sends.append(self.now)

    @precondition(lambda self: self.in_hand is not None and not self.accepted)
    @rule()
    def telegram_accepts(self) -> None:
        assert self.in_hand
        if self.in_hand.message_id is None:
            self.messages[len(self.messages) + 1] = self.in_hand.id
            for story in self.told_by(self.in_hand):
                self.channel[story] = self.channel.get(story, 0) + 1
        if self.in_hand.story_id:
            self.shown[self.in_hand.story_id] = self.in_hand.html
        if not self.in_hand.html:
            self.channel.pop(self.in_hand.story_id or 0, None)
        self.accepted = True

    def told_by(self, delivery: Delivery) -> list[int]:
        """The stories that a message tells."""
        if delivery.story_id:
            return [delivery.story_id]
        with self.engine.connect() as db:
            told = select(deliveries.c.story_id).where(deliveries.c.digest_id == delivery.id)
            return list(db.scalars(told))

    @precondition(lambda self: self.in_hand is not None)
    @rule(answer=st.sampled_from(["clear", "lost"]), hold=st.integers(0, 60))
    def the_dispatcher_settles(self, answer: str, hold: int) -> None:
        assert self.in_hand
        until = self.now + timedelta(seconds=hold)
        first_post = self.in_hand.message_id is None
        if answer == "lost":
            state = DeliveryState.UNCERTAIN if first_post else DeliveryState.PENDING
            settlement = Settlement(state=state, chat_not_before_at=until)
        elif self.accepted and not self.in_hand.html:
            settlement = Settlement(state=DeliveryState.CANCELLED)
        elif self.accepted:
            message_id = self.in_hand.message_id or len(self.messages)
            settlement = Settlement(state=DeliveryState.SENT, message_id=message_id)
        else:
            settlement = Settlement(state=DeliveryState.PENDING, chat_not_before_at=until)
        if self.outbox.settle(self.in_hand, settlement, self.now) and settlement.chat_not_before_at:
            self.quiet_until = max(self.quiet_until, until)
        self.in_hand = None

    @precondition(lambda self: self.in_hand is not None and not self.accepted and self.moves < 2)
    @rule()
    def the_group_has_become_a_supergroup(self) -> None:
        assert self.in_hand
        self.moves += 1
        moved = Settlement(state=DeliveryState.PENDING, error="переехала", chat_moved_to=f"-100{self.moves}")
        ours = self.outbox.settle(self.in_hand, moved, self.now)
        self.in_hand = None
        if ours:
            self.messages = dict.fromkeys(self.messages, 0)  # they stay in the old group

    @precondition(lambda self: self.moves == 0)  # a channel, which has a preview, never moves
    @rule()
    def a_doubt_is_looked_for(self) -> None:
        doubt = self.uncertain.take(CHAT, self.now)
        if doubt is None:
            return
        found = [number for number, delivery in self.messages.items() if delivery == doubt.id]
        assert all(number > doubt.after for number in found), "it would not be looked for so far back"
        assert doubt.known.isdisjoint(found)
        if found:
            assert doubt.later is None or found[0] < doubt.later
            assert self.uncertain.confirm(doubt, found[0], self.now)
        elif self.now - doubt.doubted_at >= PATIENCE:
            assert self.uncertain.resend(doubt, "нет в канале", self.now)

    @rule()
    def the_process_is_killed_and_starts_again(self) -> None:
        self.outbox.recover(self.now, everything=True)
        self.in_hand = None

    @rule(story=st.integers(1, 4))
    def the_operator_looks_and_decides(self, story: int) -> None:
        """As the documents ask: what is in the channel is cancelled, what is not is sent again."""
        with self.engine.connect() as db:
            found = select(deliveries).where(deliveries.c.story_id == story, deliveries.c.state == "uncertain")
            row = db.execute(found).first()
        if row:
            to = DeliveryState.CANCELLED if self.channel.get(story) else DeliveryState.PENDING
            assert self.outbox.decide(row.id, allowed=[DeliveryState.UNCERTAIN], to=to, now=self.now)

    @invariant()
    def the_law_holds(self) -> None:
        """All invariants of the table, over one look at it."""
        with self.engine.connect() as db:
            rows = db.execute(select(deliveries)).all()
        self._every_change_of_state_is_in_the_law(rows)
        self._every_folded_story_has_its_digest(rows)
        self._what_is_sent_is_what_is_wanted(rows)
        self._what_was_taken_back_is_gone_or_will_be(rows)
        assert [row.state for row in rows].count("sending") <= 1, "one send in flight"

    def _every_change_of_state_is_in_the_law(self, rows: Sequence[Row[Any]]) -> None:
        after = {row.id: row.state for row in rows}
        for number, state in after.items():
            before = self.before.get(number, "pending")
            # One rule may make two steps (a lost claim is doubted, and the next row is claimed).
            assert before == state or (before, state) in LAW, f"{before} → {state}"
        assert self.before.keys() <= after.keys(), "a row was lost"
        self.before = after

    @invariant()
    def nothing_is_shown_twice(self) -> None:
        assert all(count == 1 for count in self.channel.values())

    def _every_folded_story_has_its_digest(self, rows: Sequence[Row[Any]]) -> None:
        folded = {row.digest_id for row in rows if row.state == "digested"}
        assert folded == {row.id for row in rows if row.kind == "digest"}

    def _what_was_taken_back_is_gone_or_will_be(self, rows: Sequence[Row[Any]]) -> None:
        for row in rows:
            if row.story_id in self.removed and self.moves == 0:
                assert row.html == ""
                assert row.state in ("pending", "sending", "cancelled")
                assert row.state != "cancelled" or not self.channel.get(row.story_id)

    def _what_is_sent_is_what_is_wanted(self, rows: Sequence[Row[Any]]) -> None:
        for row in rows:
            if row.state == "sent" and row.kind == "story":
                assert self.shown[row.story_id] == self.wanted[row.story_id] == row.html

    @invariant()
    def the_pace_is_kept(self) -> None:
        window = [at for at in self.sends if at > self.sends[-1] - timedelta(seconds=60)]
        assert len(window) <= PACE.per_minute
        assert len(self.sends) < 2 or self.sends[-1] - self.sends[-2] >= PACE.spacing


MANY = pytest.param(1_000, marks=[pytest.mark.long, pytest.mark.timeout(3600)])


def run(machine: type[Law], examples: int) -> None:
    quiet = [HealthCheck.too_slow]
    wanted = settings(max_examples=examples, stateful_step_count=40, deadline=None, suppress_health_check=quiet)
    run_state_machine_as_test(machine, settings=wanted)


@pytest.mark.parametrize("examples", [25, MANY])
def test_the_law_holds_on_a_sqlite_file(examples: int, tmp_path: Path) -> None:
    class OnSqlite(Law):
        url = sqlite_database(tmp_path / "monitor.db")

    run(OnSqlite, examples)


@pytest.mark.postgres
@pytest.mark.parametrize("examples", [10, MANY])
def test_the_law_holds_on_postgresql(examples: int, postgres: PostgresServer) -> None:
    class OnPostgres(Law):
        url = postgres_database(postgres)

    run(OnPostgres, examples)
