"""`monitor status`, on a database with a past."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.cli.main import cli
from monitor.matching.mutes import Mute, RuleName
from monitor.models.feeds import CUT_OFF, Habit
from monitor.models.outbox import DeliveryState, Pace, Settlement
from monitor.storage.database import open_engine
from monitor.storage.mutes import MuteStore
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.store import Store
from monitor.stories.grouping import group
from tests.factories import feed, matched, poll_outcome
from tests.factories.channels import to_channel
from tests.harness.databases import sqlite_database
from tests.harness.kept_pages import KeptPages

NOW = datetime.now(UTC)  # noqa: TID251 - the command looks at the clock, so the past must be real
polled = partial(poll_outcome, next_poll_at=NOW + timedelta(minutes=10))
LEASE = timedelta(minutes=5)


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    address = sqlite_database(tmp_path / "monitor.db")
    monkeypatch.setenv("MONITOR_DATABASE_URL", address)
    monkeypatch.setenv("COLUMNS", "160")
    return address


def shown(*arguments: str) -> str:
    ended = CliRunner().invoke(cli, ["status", *arguments])
    assert ended.exit_code == 0, ended.output
    return ended.output


@pytest.fixture
def past(url: str) -> None:
    """Three feeds: one well, one failing and lying, one never asked; a post sent and one waiting."""
    engine = open_engine(url)
    store, outbox = Store(engine), Outbox(engine)
    store.feeds.sync([feed(name=name, url=f"http://{name}/") for name in ("Первая", "Вторая", "Третья")], NOW)
    place = partial(group, chats=to_channel("@channel"))
    states = {s.name: s for s in store.feeds.claim(NOW, limit=9, lease=LEASE, names=["Первая", "Вторая"])}
    at = NOW - timedelta(minutes=40)
    first = polled(feed="Первая", lease_no=1, polled_at=at - LEASE, had_entries=True)
    store.polls.record_all([first], place, window=timedelta(hours=48))
    store.feeds.claim(NOW, limit=1, lease=LEASE, names=["Первая"])
    good = polled(feed="Первая", lease_no=2, polled_at=at, matched=(matched(1, published_at=at - LEASE),))
    failed = polled(
        feed="Вторая", lease_no=1, polled_at=at, failure="страницы нет (404)", failure_kind="not_found", failures=5,
        habit=Habit(lies=True),
    )  # fmt: skip
    assert len(states) == 2
    store.polls.record_all([good, failed], place, window=timedelta(hours=48))
    delivery = outbox.claim("@channel", at + timedelta(seconds=2), lease=LEASE, pace=Pace())
    assert delivery is not None
    outbox.settle(delivery, Settlement(state=DeliveryState.SENT, message_id=7), at + timedelta(seconds=3))  # type: ignore[arg-type]  # a Delivery: nothing else is there to wait for
    engine.dispose()


@pytest.mark.usefixtures("past")
def test_a_glance_tells_which_feeds_need_a_look() -> None:
    output = shown()

    assert "Ленты: 3, в порядке 1, с замечаниями 1, ещё не опрошены 1" in output
    assert "Вторая" in output
    assert "не отвечает; врёт, что не менялась; страницы нет (404)" in output
    assert "Первая" not in output
    assert "Очередь: отправлено 1" in output
    assert "от публикации до находки: обычно 5 мин" in output
    assert "от находки до канала: обычно 3 с" in output


def test_an_empty_feed_and_one_that_breaks_off_are_remarks(url: str) -> None:
    engine = open_engine(url)
    store, place = Store(engine), partial(group, chats=to_channel("@channel"))
    store.feeds.sync([feed(name=name, url=f"http://{name}/") for name in ("Пустая", "Рваная", "Целая")], NOW)
    store.feeds.claim(NOW, limit=9, lease=LEASE)
    torn = Habit(notices=(f"{CUT_OFF}: записи после обрыва не дошли",))
    polls = [
        polled(feed="Пустая", polled_at=NOW),
        polled(feed="Рваная", polled_at=NOW, had_entries=True, habit=torn),
        polled(feed="Целая", polled_at=NOW, had_entries=True),
    ]
    store.polls.record_all(polls, place, window=timedelta(hours=48))
    engine.dispose()

    told = shown()
    assert "Ленты: 3, в порядке 1, с замечаниями 2, ещё не опрошены 0" in told
    assert "пустая: ни одной записи" in told
    assert "обрывается на середине" in told
    assert [one["troubles"] for one in json.loads(shown("--json"))["feeds"]] == [["empty"], ["damaged"], []]


@pytest.mark.usefixtures("past")
def test_programs_get_the_whole() -> None:
    status = json.loads(shown("--json"))

    assert [one["name"] for one in status["feeds"]] == ["Вторая", "Первая", "Третья"]
    assert status["feeds"][0] | {"polled_at": "", "next_poll_at": ""} == {
        "name": "Вторая",
        "troubles": ["failing", "lying"],
        "failure": "страницы нет (404)",
        "failure_kind": "not_found",
        "failures": 5,
        "polled_at": "",
        "succeeded_at": None,
        "news_at": None,
        "next_poll_at": "",
        "paused_until": None,
        "paused_because": "",
        "notices": [],
    }
    assert status["outbox"] == {"sent": 1}
    assert status["delays"] == {"found_after_seconds": [300], "sent_after_seconds": [3]}


def test_muted_rules_are_named(url: str) -> None:
    engine = open_engine(url)
    name = RuleName(topic="flight", title="Побеги", rule="побег в пути")
    for number, until in enumerate((NOW + timedelta(hours=5), NOW - timedelta(hours=5))):
        mute = Mute(name=replace(name, rule=f"{name.rule} {number}"), until=until, initial="А")
        MuteStore(engine).begin(mute, "-100", f"reply:{number}", NOW)
    engine.dispose()

    assert shown().count("На паузе") == 1
    assert "На паузе: «Побеги: побег в пути 0» до " in shown()
    end = (NOW + timedelta(hours=5)).isoformat()
    assert json.loads(shown("--json"))["mutes"] == [{"topic": "flight", "rule": "побег в пути 0", "until": end}]


@pytest.mark.usefixtures("url")
def test_an_empty_installation_has_a_status_too() -> None:
    assert "Ленты: 0" in shown()
    assert "Очередь: пуста" in shown()
    assert "Копии: страниц под наблюдением 0, копий 0, на диске 0 кБ\n" in shown()


def keep_pages(url: str, folder: Path) -> None:
    """Two pages, one of them forgotten, and a file of a megabyte beside their copies."""
    engine = open_engine(url)
    kept = KeptPages(engine=engine, folder=folder)
    kept.keep(1, NOW - timedelta(days=2), due_at=NOW - timedelta(hours=3))
    kept.keep(2, NOW - timedelta(days=1), due_at=NOW - timedelta(minutes=1))
    (folder / "20200101-one.warc.gz").write_bytes(b"0" * 1_200_000)
    engine.dispose()


def test_a_page_that_is_late_and_links_without_a_stamp_are_told(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_pages(url, tmp_path / "copies")
    monkeypatch.setenv("MONITOR_EVIDENCE_DIR", str(tmp_path / "copies"))
    late = "; дольше всех ждёт взгляда (3 ч): https://news.example/1"
    assert f"Копии: страниц под наблюдением 2, копий 2, на диске 1,2 МБ{late}" in shown()
    assert json.loads(shown("--json"))["evidence"]["unstamped_links"] is None

    monkeypatch.setenv("MONITOR_TIMESTAMP_URL", "https://tsa.example/tsr")

    assert "звеньев без метки времени 2" in shown()
    seen = json.loads(shown("--json"))["evidence"]
    assert (seen["pages"], seen["captures"], seen["unstamped_links"]) == (2, 2, 2)
    assert seen["due_since"] == (NOW - timedelta(hours=3)).isoformat()
    assert 1_200_000 < seen["folder_bytes"] < 1_210_000


def test_a_paused_feed_is_named_with_its_end_and_reason(url: str) -> None:
    engine = open_engine(url)
    end = datetime(2999, 12, 10, tzinfo=UTC)
    Store(engine).feeds.sync([feed(paused_until=end, paused_because="сайт взломан")], NOW)
    engine.dispose()

    told = shown()
    assert "Ленты: 1, в порядке 0, с замечаниями 0, ещё не опрошены 0, на паузе 1" in told
    assert "«Лента» на паузе до 10.12.2999" in told
    assert "сайт взломан" in told
