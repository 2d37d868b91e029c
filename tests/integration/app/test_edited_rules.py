"""An edit of the rules compiled and tried in a child: what it says, and that nothing is lost when it ends."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Timer

import pytest
from sqlalchemy import Engine

from monitor.app.config_files import read_rules
from monitor.app.rules.edited_rules import EditedRules
from monitor.edits.checking import check_rules
from monitor.errors import ConfigError, DatabaseError
from monitor.models.articles import Outcome
from monitor.models.stories import EntryOutcome
from monitor.storage.store import Store
from monitor.stories.grouping import group
from monitor.stories.placement import SAME_CASE
from tests.factories import HOUR, NOW, article, entry, feed, poll_outcome
from tests.factories.channels import to_channel
from tests.harness.command_line import RULES

FILE = "keywords.yaml"
EDIT = RULES.replace("граница, таможня", "граница, таможня, ветер").encode()
forked = pytest.mark.usefixtures("forked_children")
NEWS = ["Беглеца остановила таможня", "Беглеца остановил ветер", "Снег"]


@pytest.fixture
def edit(engine: Engine) -> Iterator[EditedRules]:
    with closing(EditedRules(engine.url.render_as_string(hide_password=False))) as opened:
        yield opened


def _read(store: Store) -> None:
    """The monitor has read some news."""
    store.feeds.sync([feed()], NOW)
    (state,) = store.feeds.claim(NOW, limit=1, lease=HOUR, names=["Лента"])
    settled = tuple(
        EntryOutcome(entry=entry(number, title=text), outcome=Outcome.UNMATCHED, reason="—", article=told)
        for number, text in enumerate(NEWS, 1)
        for told in [article(number, title=text, text=text)]
    )
    outcome = poll_outcome(lease_no=state.lease_no, polled_at=NOW, settled=settled)
    assert store.polls.record_all([outcome], partial(group, chats=to_channel("@channel", review="")), window=SAME_CASE)


@forked
def test_an_edit_is_compiled_and_tried_on_what_was_read(edit: EditedRules, store: Store) -> None:
    _read(store)
    before = read_rules(FILE, RULES.encode()).matcher.compiled

    keywords, after, _ = edit.compile(EDIT, FILE)
    told = edit.try_edit(before, after, now=NOW, days=1)

    assert [topic.id for topic in keywords.topics] == ["flight"]
    assert told[0].startswith("Новости за 1 дн. (все 3)")
    assert [line for line in told if "ветер" in line]
    assert not [line for line in told if "Снег" in line]


@forked
def test_an_edit_whose_examples_fail_is_no_good_edit(edit: EditedRules) -> None:
    broken = RULES.replace("Беглеца остановила таможня", "Снег").encode()

    assert read_rules(FILE, broken).keywords.topics
    with pytest.raises(ConfigError, match=r"keywords.yaml:15: flight: пример «Снег» должен подходить"):
        edit.compile(broken, FILE)


@forked
def test_an_edit_is_asked_all_that_check_asks(edit: EditedRules) -> None:
    """Of counters, too, which no article is judged by."""
    everyday = f"counters:\n  россия: {{ru: россия}}\n{RULES}".encode()

    assert check_rules(everyday.decode(), file=FILE).errors
    with pytest.raises(ConfigError):
        edit.compile(everyday, FILE)


def test_where_no_child_can_answer_the_edit_is_compiled_all_the_same(
    edit: EditedRules, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "no-python"))

    keywords = edit.compile(EDIT, FILE).keywords

    assert [topic.id for topic in keywords.topics] == ["flight"]


def test_a_trial_is_given_up_when_the_monitor_stops(edit: EditedRules, store: Store) -> None:
    _read(store)
    before, after = (read_rules(FILE, content).matcher.compiled for content in (RULES.encode(), EDIT))
    Timer(0.2, edit.stop).start()  # in the middle of the child's start

    told = edit.try_edit(before, after, now=NOW, days=1)

    assert told == ("К прочитанным новостям не примерено: не хватило времени или памяти.",)


@forked
def test_a_database_that_is_away_is_told_as_such(tmp_path: Path) -> None:
    rules = read_rules(FILE, RULES.encode()).matcher.compiled
    (tmp_path / "folder.db").mkdir()

    with closing(EditedRules(f"sqlite:///{tmp_path}/folder.db")) as edit, pytest.raises(DatabaseError):
        edit.try_edit(rules, rules, now=NOW, days=1)
