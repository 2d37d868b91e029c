"""The maintainers edit their files while the monitor works: no restart, no mixture, nothing lost, edits answered."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.harness.command_line import RULES
from tests.harness.monitor_process import Monitor, eventually
from tests.harness.polled_history import FILLER
from tests.servers.bot_api import OPERATOR, REVIEW, TOKEN, BotApi
from tests.servers.web import Item, WebServer, rss

REVIEW_CHAT = str(REVIEW.id)


@pytest.fixture
def edited(tmp_path: Path, bot_api: BotApi) -> Iterator[Monitor]:
    """A monitor with rules of its own, a channel and a review chat."""
    monitor = Monitor(
        tmp_path,
        MONITOR_BOT_TOKEN=TOKEN,
        MONITOR_CHANNEL="@test_channel",
        MONITOR_REVIEW_CHAT=REVIEW_CHAT,
        MONITOR_BOT_API_URL=bot_api.url,
    )
    monitor.keywords.write_text(RULES, encoding="utf-8")
    yield monitor
    if monitor.running:
        monitor.kill()


def item(number: int, text: str) -> Item:
    rest = " ".join(FILLER[(7 * number + place) % len(FILLER)] for place in range(7))
    published = datetime.now(UTC) - timedelta(minutes=5)  # noqa: TID251 - the world outside the product has a clock
    link = f"https://port.example/{number}"
    return Item(title=f"Вести, выпуск {number}", link=link, guid=link, content=f"{text} {rest}", published=published)


def replace_file(path: Path, content: str) -> None:
    """As editors do: a new file in the old one's place."""
    new = path.with_suffix(".tmp")
    new.write_text(content, encoding="utf-8")
    new.replace(path)


def text_of(bot_api: BotApi, chat: str) -> str:
    return "\n".join(message.text for message in bot_api.posted(chat))


def write_feeds(monitor: Monitor, **urls: str) -> None:
    monitor.write_feeds(**urls)
    often = monitor.feeds.read_text(encoding="utf-8").replace("interval: 1m", "interval: 1s")
    replace_file(monitor.feeds, often)


def in_force(monitor: Monitor, edits: int) -> bool:
    return monitor.output.count("an edit is in force") == edits


def test_an_edit_works_without_a_restart_and_a_broken_one_changes_nothing(
    edited: Monitor, web: WebServer, bot_api: BotApi
) -> None:
    rules = edited.keywords
    write_feeds(edited, Порт=web.serve("/port", rss([item(1, "Беглеца видели у маяка.")])))
    edited.start()
    eventually(lambda: "polled" in edited.output, what="the first poll")

    replace_file(rules, RULES.replace("граница, таможня", "граница, таможня, маяк"))
    eventually(lambda: "Правила обновлены" in text_of(bot_api, REVIEW_CHAT), what="the notice")
    assert "правило «побег у границы»: + маяк" in text_of(bot_api, REVIEW_CHAT)
    assert "прибавилось бы 1, пропало бы 0" in text_of(bot_api, REVIEW_CHAT)

    replace_file(rules, RULES.replace("граница, таможня", "граница, $таможня"))
    eventually(lambda: "Правка не принята" in text_of(bot_api, REVIEW_CHAT), what="the refusal")
    assert "keywords.yaml:9: all: нет списка «$таможня»" in text_of(bot_api, REVIEW_CHAT)

    web.serve("/port", rss([item(2, "Беглец спрятался на маяке.")]))
    eventually(lambda: "выпуск 2" in text_of(bot_api, "@test_channel"), what="a post by the last good rules")

    write_feeds(edited, Порт=f"{web.url}/port", Река=web.serve("/river", rss([item(3, "Беглец у границы.")])))
    eventually(lambda: "новая лента «Река»" in text_of(bot_api, REVIEW_CHAT), what="the new feed")
    eventually(lambda: edited.sql("SELECT 1 FROM entries WHERE feed = 'Река'"), what="its first poll")
    assert text_of(bot_api, REVIEW_CHAT).count("Правка не принята") == 1, "once for each content"

    replace_file(edited.folder / "channels.yaml", f"channels: [{{name: Соседи, chat: {OPERATOR.id}, sound: none}}]")
    eventually(lambda: "новый канал" in text_of(bot_api, REVIEW_CHAT), what="the new channel")
    web.serve("/port", rss([item(4, "Беглец опять у границы.")]))
    eventually(lambda: "выпуск 4" in text_of(bot_api, str(OPERATOR.id)), what="a post there too")
    eventually(lambda: "выпуск 4" in text_of(bot_api, "@test_channel"), what="and here")
    assert "выпуск 2" not in text_of(bot_api, str(OPERATOR.id)), "nothing of before"
    assert edited.stop() == 0


def test_without_a_review_chat_the_operator_hears_of_broken_and_cut_files(
    tmp_path: Path, bot_api: BotApi, web: WebServer
) -> None:
    operator = str(OPERATOR.id)
    monitor = Monitor(
        tmp_path,
        MONITOR_BOT_TOKEN=TOKEN,
        MONITOR_CHANNEL="@test_channel",
        MONITOR_OPERATOR_CHAT=operator,
        MONITOR_BOT_API_URL=bot_api.url,
    )
    write_feeds(monitor, **{f"Лента{feed}": web.serve(f"/{feed}", rss([])) for feed in range(8)})
    monitor.start_and_wait()
    try:
        replace_file(monitor.keywords, "")
        eventually(lambda: "Правка не принята" in text_of(bot_api, operator), what="the refusal")
        write_feeds(monitor, **{f"Лента{feed}": f"{web.url}/{feed}" for feed in range(3)})
        eventually(lambda: "Пропали ленты: 5 из 8" in text_of(bot_api, operator), what="the loss")
    finally:
        monitor.kill()
    assert text_of(bot_api, operator).count("Пропали ленты") == 1


def test_under_load_every_poll_is_of_one_edition_and_no_entry_is_skipped(edited: Monitor, web: WebServer) -> None:
    rules = edited.keywords
    editions = [RULES, RULES.replace("побег у границы", "вторая редакция"), RULES.replace("роман", "повесть")]
    served = [item(number, "Беглец у границы.") for number in range(40)]
    write_feeds(edited, **{f"Лента{feed}": web.serve(f"/{feed}", rss(served[:8])) for feed in range(3)})
    edited.start()
    eventually(lambda: edited.output.count("polled") >= 3, what="the first polls")

    for step, content in enumerate([*editions[1:], editions[0]], start=1):
        for half in (content[: len(content) // 2], content):  # written in two strokes, in place
            rules.write_text(half, encoding="utf-8")
        for feed in range(3):
            web.serve(f"/{feed}", rss(served[: 8 + 8 * step]))
        eventually(partial(in_force, edited, step), what="the edit")

    eventually(lambda: edited.sql("SELECT count(*) FROM entries") == [(3 * 32,)], what="every entry")
    assert edited.stop() == 0
    polls: dict[tuple[str, str], set[str]] = {}
    for feed, seen_at, verdict in edited.sql(
        "SELECT e.feed, e.seen_at, a.verdict FROM entries e JOIN articles a ON a.entry_id = e.id"
    ):
        rules_fired = {topic["rule"] for topic in json.loads(verdict)["topics"]}
        polls.setdefault((feed, seen_at), set()).update(rules_fired)
    assert all(len(fired) == 1 for fired in polls.values())
    assert "refused" not in edited.output
