"""Whatever is muted, unmuted and found, in any order: what was held is shown once, and not while its rules are mute."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from monitor.matching.mutes import Mute, RuleName
from monitor.models.articles import Outcome, Verdict
from monitor.models.stories import EntryOutcome
from monitor.storage.mutes import MuteStore
from monitor.storage.store import Store
from monitor.storage.tables import deliveries
from monitor.stories.grouping import group
from monitor.stories.placement import SAME_CASE
from tests.factories import entry, feed, poll_outcome, telling, verdict
from tests.factories.channels import to_channel
from tests.harness.clock import Clock
from tests.harness.databases import open_test_engine, sqlite_database

CHAT = "-100"
RULES = tuple(RuleName(topic="t", title="Тема", rule=name) for name in ("первое", "второе"))
KEYS = [rule.key for rule in RULES]
STEPS = st.one_of(
    st.tuples(st.just("mute"), st.sampled_from(RULES), st.integers(1, 4)),
    st.tuples(st.just("unmute"), st.sampled_from(RULES), st.just(0)),
    st.tuples(st.just("poll"), st.sampled_from(RULES), st.integers(1, 2)),
    st.tuples(st.just("wait"), st.sampled_from(RULES), st.integers(1, 3)),
)


class Days:
    """A database in which steps are taken, and what must come of them."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.store, self.book, self.clock = engine, Store(engine), MuteStore(engine), Clock()
        self.store.feeds.sync([feed()], self.clock())
        self.held: dict[str, frozenset[RuleName]] = {}
        self.steps = 0

    def take(self, kind: str, rule: RuleName, number: int) -> None:
        self.steps += 1
        key, now = f"reply:{self.steps}", self.clock()
        if kind == "mute":
            self.book.begin(Mute(name=rule, until=now + timedelta(hours=number)), CHAT, key, now)
        elif kind == "unmute":
            self.book.end(rule, CHAT, key, now)
        elif kind == "poll":
            self.poll([rule] if number == 1 else [*RULES])
        else:
            self.clock.forward(hours=number)
            self.book.release(KEYS, CHAT, self.clock())

    def poll(self, finding: list[RuleName]) -> None:
        """An article that these rules find, if every one of them is muted."""
        if not self.muted() >= set(finding):
            return
        (state,) = self.store.feeds.claim(self.clock(), limit=1, lease=timedelta(minutes=5), names=["Лента"])
        (topic,) = verdict("t").topics
        muted = Verdict(muted=tuple(replace(topic, rule=rule.rule) for rule in finding))
        told = replace(telling(self.steps), verdict=muted)
        one = EntryOutcome(entry=entry(self.steps), outcome=Outcome.REVIEW, reason="на паузе", telling=told)
        polled = poll_outcome(lease_no=state.lease_no, polled_at=self.clock(), settled=(one,))
        assert self.store.polls.record_all(
            [polled],
            lambda *found, **given: group(*found, chats=to_channel("@c"), **given),
            window=SAME_CASE,
        )
        self.held[told.article.url] = frozenset(finding)

    def muted(self) -> set[RuleName]:
        return {mute.name for mute in self.book.active(self.clock())}

    def shown(self) -> list[str]:
        with self.engine.connect() as db:
            return [
                url for html in db.scalars(select(deliveries.c.html)) for url in re.findall(r'href="([^"]+)"', html)
            ]


@settings(max_examples=40)  # each takes 30 ms; every run has others
@given(lengths=st.permutations([1, 6]), steps=st.lists(STEPS, min_size=2, max_size=10))
def test_what_is_held_is_shown_once_and_not_before_its_time(
    lengths: list[int], steps: list[tuple[str, RuleName, int]]
) -> None:
    with TemporaryDirectory() as folder:
        engine = open_test_engine(sqlite_database(Path(folder) / "monitor.db"))
        days = Days(engine)
        begun = [("mute", rule, hours) for rule, hours in zip(RULES, lengths, strict=True)]
        for step in [*begun, ("poll", RULES[0], 2), *steps]:
            shown = set(days.shown())
            before = days.muted()
            days.take(*step)
            for url in set(days.shown()) - shown:
                assert not days.held[url] <= before & days.muted()
        days.take("wait", RULES[0], 9)

        assert sorted(days.shown()) == sorted(days.held)
        engine.dispose()


def test_what_another_worker_mutes_is_known_within_two_seconds_and_our_own_at_once(engine: Engine) -> None:
    ours, theirs, clock = MuteStore(engine), MuteStore(engine), Clock()
    assert ours.lately(clock()) == ()

    theirs.begin(Mute(name=RULES[0], until=clock() + timedelta(hours=1)), CHAT, "reply:1", clock())
    clock.forward(seconds=2)
    assert [mute.name for mute in ours.lately(clock())] == [RULES[0]]

    ours.begin(Mute(name=RULES[1], until=clock() + timedelta(seconds=1)), CHAT, "reply:2", clock())
    assert {mute.name for mute in ours.lately(clock())} == set(RULES)
    clock.forward(seconds=1)
    assert [mute.name for mute in ours.lately(clock())] == [RULES[0]]
    clock.forward(hours=-24)
    assert {mute.name for mute in ours.lately(clock())} == set(RULES)
