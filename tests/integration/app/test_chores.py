"""What the daemon does between polls: it tidies the archive, and works with the feeds and rules of the last edition."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.app import startup, wiring
from monitor.app.config_files import read_channels, read_feeds, read_rules
from monitor.app.daemon import Daemon
from monitor.app.environment import clock
from monitor.app.startup import Config
from monitor.app.wiring import Components
from monitor.health.watchdog import Watchdog
from monitor.models.articles import Outcome
from monitor.models.feeds import FeedState
from monitor.models.outbox import DeliveryState
from monitor.models.stories import EntryOutcome
from monitor.polling.poll import LEASE
from tests.factories import article, entry, matched, poll_outcome
from tests.harness.command_line import FEEDS, RULES, write_files
from tests.harness.databases import sqlite_database

DAY = timedelta(days=1)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    write_files(tmp_path)
    sqlite_database(tmp_path / "data" / "monitor.db")
    monkeypatch.chdir(tmp_path)
    return startup.load()


CHANNELS = "channels: [{name: Казахша, chat: '@kk_channel'}, {name: Тишина, chat: '@quiet', sound: none}]"


@pytest.fixture
async def components(config: Config) -> AsyncIterator[Components]:
    async with wiring.open_components(config) as opened:
        yield opened


async def test_old_texts_are_forgotten(config: Config, components: Components) -> None:
    keep = config.settings.keep_days
    for number, days_ago in enumerate((keep + 1, keep - 1), start=1):
        at = clock() - days_ago * DAY
        (state,) = components.store.feeds.claim(at, limit=1, lease=LEASE, names=["Лента"])
        read = EntryOutcome(entry=entry(number), outcome=Outcome.UNMATCHED, reason="", article=article(number))
        outcome = poll_outcome(lease_no=state.lease_no, polled_at=at, settled=(read,))
        assert components.poller.recorder.record_all([outcome])

    await Daemon(components, config, Watchdog(()))._tidy()

    assert [kept.url for kept in components.store.archive.iter_articles(clock() - 200 * DAY)] == [entry(2).url]


async def test_an_edition_replaces_what_the_next_poll_works_with(config: Config, components: Components) -> None:
    daemon = Daemon(components, config, Watchdog(()))
    begun = daemon._components.poller
    rules = read_rules("keywords.yaml", RULES.replace("граница", "маяк").encode())
    feeds = read_feeds("feeds.yaml", FEEDS.replace("Лента", "Другая").encode())

    daemon._adopt_rules(rules)
    await daemon._adopt_feeds(feeds)

    assert begun.judge.matcher is config.rules_edition.matcher, "a poll under way goes on as it began"
    assert daemon._components.poller.judge.matcher is rules.matcher
    assert list(daemon._components.feeds) == ["Другая"]
    (due,) = components.store.feeds.claim(clock(), limit=9, lease=LEASE)
    assert due.name == "Другая"
    await daemon._poll(FeedState(name="Лента"))  # claimed a moment before it was taken out of the file


@pytest.mark.parametrize(
    ("edit", "is_asked"),
    [("user_agent: Reader/1.0", True), ("proxy: http://127.0.0.1:9", True), ("group: Край", False)],
)
async def test_an_edit_of_how_a_feed_is_asked_acts_at_once(
    components: Components, config: Config, edit: str, *, is_asked: bool
) -> None:
    daemon = Daemon(components, config, Watchdog(()))
    (state,) = components.store.feeds.claim(clock(), limit=1, lease=LEASE)
    later = poll_outcome(lease_no=state.lease_no, polled_at=clock(), next_poll_at=clock() + DAY)
    assert components.poller.recorder.record_all([later])

    await daemon._adopt_feeds(read_feeds("feeds.yaml", FEEDS.replace("lang: ru", f"lang: ru, {edit}").encode()))

    assert len(components.store.feeds.claim(clock(), limit=9, lease=LEASE)) == is_asked


async def test_an_edit_of_channels_says_where_whatever_comes_goes(config: Config, components: Components) -> None:
    daemon, before = Daemon(components, config, Watchdog(())), components.dispatcher.chats

    await daemon._adopt_channels(read_channels(config.settings, CHANNELS.encode(), config.rules_edition.topics))
    (state,) = components.store.feeds.claim(clock(), limit=1, lease=LEASE)
    found = poll_outcome(lease_no=state.lease_no, polled_at=clock(), matched=(matched(),))
    assert await components.poller.recorder.record(found)

    chats = ("terminal", "terminal/Казахша", "terminal/Тишина")
    assert before == ("terminal",)
    assert components.dispatcher.chats == components.watch.served == chats
    assert [row.chat for row in components.store.outbox.rows([DeliveryState.PENDING])] == [*chats]
    assert [to.chat for to in components.daily_digest.destinations] == [*chats]
    assert [to.chat for to in components.store.reviews.chats.destinations] == [*chats]

    await daemon._adopt_channels(config.channels_edition)
    assert [*components.dispatcher.chats] == [*before]
    assert [row.chat for row in components.store.outbox.rows([DeliveryState.PENDING])] == [*before]
    assert await components.dispatcher.drain("terminal/Тишина") is None


async def test_an_edit_of_channels_says_where_earlier_news_goes(config: Config, components: Components) -> None:
    daemon, denial = Daemon(components, config, Watchdog(())), article(1, text="Максим Пробников на связи: он дома.")
    read = EntryOutcome(entry=entry(1, published_at=clock()), outcome=Outcome.UNMATCHED, reason="", article=denial)
    claim = matched(2, text="Казахстан выдал России пекаря Максима Пробникова.", feed="Другая лента")

    await components.look_back.round(clock())
    await daemon._adopt_channels(read_channels(config.settings, CHANNELS.encode(), config.rules_edition.topics))
    (state,) = components.store.feeds.claim(clock(), limit=1, lease=LEASE)
    found = poll_outcome(lease_no=state.lease_no, polled_at=clock(), settled=(read,), matched=(claim,))
    assert await components.poller.recorder.record(found)
    await daemon._tick_watch()
    await asyncio.wait([daemon._jobs["look_back"]])

    posts = [row.chat for row in components.store.outbox.rows([DeliveryState.PENDING])]
    assert posts == [*components.dispatcher.chats, *components.dispatcher.chats], "the claim, and its denial"
