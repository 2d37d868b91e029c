"""Decisions as others read them: `monitor export --decisions` is a corpus for `evaluate`."""

import json
from functools import partial
from pathlib import Path

import pytest

from monitor.models.articles import Tier
from monitor.models.stories import Decision
from monitor.storage.reviews import Reviews
from monitor.storage.store import Store
from monitor.stories.grouping import group
from tests.factories import HOUR, NOW, feed, matched, poll_outcome
from tests.factories.channels import to_channel
from tests.factories.polling import RULES
from tests.harness.command_line import call
from tests.harness.databases import open_test_engine, sqlite_database

NOBODY = partial(group, chats=to_channel("@channel"))  # no review chat


@pytest.fixture
def reviews(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reviews:
    address = sqlite_database(tmp_path / "monitor.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MONITOR_DATABASE_URL", address)
    (tmp_path / "keywords.yaml").write_text(RULES, encoding="utf-8")
    engine = open_test_engine(address)
    store = Store(engine)
    store.feeds.sync([feed()], NOW)
    (state,) = store.feeds.claim(NOW, limit=1, lease=HOUR)
    store.polls.record_all(
        [poll_outcome(lease_no=state.lease_no, matched=(matched(tier=Tier.REVIEW),))], NOBODY, window=HOUR
    )
    return Reviews(engine, chats=to_channel("@channel"), zone="Asia/Almaty")


def test_without_a_review_chat_the_questions_are_counted(reviews: Reviews) -> None:
    reviews.expire(NOW, NOW, chat="")

    assert "не проверено вовремя: 1" in call("status").stdout
    assert json.loads(call("status", "--json").stdout)["reviews"] == {"open": 0, "expired": 1}


@pytest.mark.parametrize(
    ("decision", "topics"),
    [(Decision.PUBLISHED, ["extradition"]), (Decision.REJECTED, []), (Decision.OFF_TOPIC, ["maybe"])],
)
def test_decisions_are_a_corpus_that_can_be_scored(reviews: Reviews, decision: Decision, topics: list[str]) -> None:
    reviews.decide(1, 1, decision, initial="А", now=NOW)

    exported = call("export", "--decisions").stdout

    assert json.loads(exported)["topics"] == topics
    Path("decisions.jsonl").write_text(exported, encoding="utf-8")
    assert call("evaluate", "decisions.jsonl", "--json").code == 0
