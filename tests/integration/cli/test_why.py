"""`why`, `story` and `backtest` over a database that real polls have filled."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from monitor.app.environment import environment
from monitor.config.feeds import load_feeds
from monitor.config.settings import load_settings
from monitor.matching.mutes import Mute, RuleName
from monitor.models.stories import Decision
from monitor.storage.database import open_engine, write_transaction
from monitor.storage.feeds import FeedStore
from monitor.storage.mutes import MuteStore
from monitor.storage.reviews import Reviews
from monitor.storage.tables import chats, deliveries
from tests.harness.command_line import RULES, CommandResult, call, write_files
from tests.harness.polled_history import PolledHistory, feed_article
from tests.servers.web import WebServer

NOW = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - the commands count back from the real clock
DAY = timedelta(days=1)
ALMATY = timedelta(hours=5)
NOVEL, TRAIN, CUSTOMS, AGAIN, SNOW = (
    feed_article(1, "Новая книга о реке", "Роман рассказывает, как беглец обманул таможню."),
    feed_article(2, "Ночной переход", "Беглеца заметили в поезде, рассказал проводник."),
    feed_article(3, "Задержан у моста", "Беглец Артём Пробников вышел к границе, сообщила охрана моста. Его ждали."),
    feed_article(
        4,
        "Пробникова взяли у моста",
        "Беглец Артём Пробников вышел к границе, сообщила охрана моста. Его ждали.",
        like=3,
    ),
    feed_article(5, "Снег на перевале", "Беглец зимы, снег выпал в горах, дорога открыта."),
)


@pytest.fixture(scope="module")
def web() -> Iterator[WebServer]:
    """Of the past and of what each test adds to it."""
    with WebServer() as server:
        yield server


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory, web: WebServer) -> PolledHistory:
    folder = tmp_path_factory.mktemp("past")
    write_files(folder)
    history = PolledHistory(folder, web)
    history.poll([NOVEL, CUSTOMS], NOW - 3 * DAY)
    history.poll([AGAIN], NOW - 2 * DAY, name="Вести реки")
    history.poll([TRAIN, SNOW], NOW - DAY)
    history.post(NOW)
    return history


@pytest.fixture
def history(past: PolledHistory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PolledHistory:
    write_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    return past.copied_to(tmp_path)


def edited(old: str, new: str) -> str:
    """The name of a file with edited rules."""
    assert old in RULES
    Path("edited.yaml").write_text(RULES.replace(old, new), encoding="utf-8")
    return "edited.yaml"


def answer(result: CommandResult) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


# ── why ────────────────────────────────────────────────────────────────────────────────────────


def test_why_a_story_was_posted(history: PolledHistory) -> None:
    result = call("why", "https://www.port.example/news/3/?utm_source=feed")

    assert result.code == 0
    assert f"Лента:     Портовый вестник, увидена {NOW - 3 * DAY + ALMATY:%d.%m.%Y %H:%M} (Asia/Almaty)" in result.rows
    assert "Решение:   начало новой истории: пост в канал" in result.rows
    assert any(row.startswith("Причина:   flight: побег у границы") for row in result.rows)
    assert "История 1, изложений: 2. Подробно: monitor story 1" in result.rows
    assert "  @port_news, пост 1: отправлено; https://t.me/port_news/101" in result.rows
    assert "    «[Беглец] Артём Пробников вышел к [границе], сообщила охрана моста.»" in result.rows


def test_why_a_reply_was_posted(history: PolledHistory) -> None:
    title, text = "Пробникова взяли у моста в Актау", "Беглец Артём Пробников вышел к границе в Актау. Его ждали."
    history.poll([feed_article(6, title, text, like=3)], NOW - 2 * DAY, name="Газета моста")

    result = call("why", "https://port.example/news/6")

    assert "Решение:   продолжение истории: пост в канал" in result.rows
    assert any(row.startswith("Причина:") and "; новое: место: " in row for row in result.rows)


def test_why_a_story_was_not_posted(history: PolledHistory) -> None:
    vetoed, unmatched = call("why", NOVEL.url), call("why", SNOW.url)

    assert "Причина:   flight/побег у границы: «Роман»" in vetoed.rows
    assert "  Правилу «побег у границы» запретило слово Роман (строка 10):" in vetoed.rows
    assert "Решение:   не подошло ни одной теме" in unmatched.rows
    assert "Не сработало правило «побег у границы» (сразу в канал): не хватает отмеченного «−»." in unmatched.stdout
    assert "    − граница, таможня (строка 9)" in unmatched.rows
    assert unmatched.rows[-1] == "Итог: не подходит"


def test_why_says_when_todays_rules_are_others(history: PolledHistory) -> None:
    result = call("why", SNOW.url, "--keywords", edited("граница, таможня", "граница, таможня, дорога"))

    assert "Решение:   не подошло ни одной теме" in result.rows
    assert result.rows[-1] == "Итог: сразу в канал"


def test_why_asks_the_rules_under_the_mutes_of_now(history: PolledHistory) -> None:
    engine = open_engine(load_settings(environment()).database_url)
    name = RuleName(topic="flight", title="Побеги", rule="побег у границы")
    now = datetime.now(UTC)  # noqa: TID251 - the command looks at the clock
    MuteStore(engine).begin(Mute(name=name, until=now + DAY), "-100", "reply:1", now)
    engine.dispose()

    result = call("why", AGAIN.url)

    assert "Нашло правило «побег у границы», но оно на паузе (/mute)." in [row.strip() for row in result.rows]
    assert result.rows[-1] == "Итог: не подходит"
    lacking = answer(call("why", AGAIN.url, "--json"))["entries"][0]["today"]["lacking"]
    assert lacking["flight"] == "правило «побег у границы» нашло, но оно на паузе (/mute)"


def test_why_of_what_was_never_seen(history: PolledHistory, web: WebServer) -> None:
    result, stranger = call("why", f"{web.url}/news/77/"), call("why", "https://other.example/1")

    assert result.code == stranger.code == 1
    assert result.rows[0] == f"Такого адреса бот не видел: {web.url}/news/77/"
    assert f"  Вести реки: последний удачный опрос {NOW - 2 * DAY + ALMATY:%d.%m.%Y %H:%M} (Asia/Almaty)" in result.rows
    assert "Ни одна лента не читает этот сайт" in stranger.stdout
    assert answer(call("why", "https://other.example/1", "--json"))["entries"] == []


def test_an_address_is_taken_as_a_browsers_bar_shows_it(history: PolledHistory, web: WebServer) -> None:
    bare = web.url.removeprefix("http://")

    assert "Лента:     Вести реки" in call("why", AGAIN.url.removeprefix("https://")).stdout
    unseen = call("why", f"{bare}/news/77")
    assert unseen.code == 1
    assert "  Вести реки: последний удачный опрос" in unseen.stdout


@pytest.mark.parametrize("word", ["блабла", "ftp://port.example/1", "", "два слова.тут"])
def test_why_of_what_is_no_address(history: PolledHistory, word: str) -> None:
    result = call("why", word)

    assert (result.code, result.stdout) == (2, "")
    assert f"«{word}» — не адрес" in result.stderr


def test_a_paused_feed_is_why_nothing_was_seen(history: PolledHistory, web: WebServer) -> None:
    paused = {"paused_until": "2999-12-10", "paused_because": "сайт взломан"}
    stanza = {"name": "Порт", "kind": "rss", "url": f"{web.url}/rss"} | paused
    Path("feeds.yaml").write_text(json.dumps({"feeds": [stanza]}, ensure_ascii=False), encoding="utf-8")
    engine = open_engine(history.url)
    FeedStore(engine).sync(load_feeds(Path("feeds.yaml").read_text(encoding="utf-8"), file="f"), NOW)
    engine.dispose()

    said = "на паузе до 10.12.2999: сайт взломан"
    assert f"удачных опросов не было; {said}" in call("why", f"{web.url}/news/77/").stdout
    assert f"«Порт» {said}" in call("check", "--no-archive").stdout
    assert "Порт" not in call("poll").stdout, "a sweep leaves it alone"


def test_a_post_is_linked_by_the_public_name_of_its_channel(history: PolledHistory) -> None:
    engine = open_engine(history.url)
    with write_transaction(engine) as db:
        db.execute(delete(chats))
        db.execute(insert(chats).values(chat="-1001234567890", name="@port_news"))
        db.execute(update(deliveries).values(chat="-1001234567890"))
    engine.dispose()

    assert "  -1001234567890, пост 1: отправлено; https://t.me/port_news/101" in call("why", AGAIN.url).rows
    assert answer(call("why", AGAIN.url, "--json"))["stories"][0]["posts"][0]["link"] == "https://t.me/port_news/101"


def test_why_for_a_program(history: PolledHistory) -> None:
    result = answer(call("why", AGAIN.url, "--json"))

    (entry,) = result["entries"]
    assert (entry["feed"], entry["outcome"], entry["story_id"]) == ("Вести реки", "joined", 1)
    assert entry["verdict"]["topics"] == entry["today"]["topics"]
    (recorded,) = result["stories"]
    assert [member["feed"] for member in recorded["members"]] == ["Портовый вестник", "Вести реки"]
    assert recorded["posts"][0]["link"] == "https://t.me/port_news/101"
    lacking = answer(call("why", SNOW.url, "--json"))["entries"][0]["today"]["lacking"]
    assert "не хватает: граница, таможня (строка 9)" in lacking["flight"]


def test_a_story_with_its_members(history: PolledHistory) -> None:
    result = call("story", "1")

    assert result.rows[0] == f"История 1 · началась {NOW - 3 * DAY + ALMATY:%d.%m.%Y %H:%M} (Asia/Almaty)"
    assert sum(row.startswith("Лента:") for row in result.rows) == 2
    assert any(row.startswith("Связь:     сходство") for row in result.rows)
    assert answer(call("story", "1", "--json"))["id"] == 1
    assert call("story", "99").code == 1


def test_nothing_is_created_by_looking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    result = call("story", "1")

    assert (result.code, "монитор здесь не запускали" in result.stderr) == (4, True)
    assert list(tmp_path.iterdir()) == []


# ── backtest ───────────────────────────────────────────────────────────────────────────────────


def test_the_same_rules_change_nothing(history: PolledHistory) -> None:
    result = call("backtest")

    assert result.code == 0
    assert result.rows[:2] == ["Прочитано новостей: 5 за 3 дн.", "Подходит: было 3 (1.0 в день), стало 3 (1.0 в день)"]
    assert result.rows[-1] == "Ни одно решение не изменилось."


def test_what_an_edit_gains_and_loses(history: PolledHistory) -> None:
    file = edited("граница, таможня", "дорога, таможня")
    result = call("backtest", "--keywords", file)
    machine = answer(call("backtest", "--keywords", file, "--json"))

    assert result.code == 6
    assert "Прибавилось: 1" in result.rows
    assert f"  + {NOW - DAY:%d.%m.%Y} Портовый вестник: Снег на перевале" in result.rows
    assert "    «[Беглец] зимы, снег выпал в горах, [дорога] открыта.»" in result.rows
    assert "Пропало: 2" in result.rows
    assert "    теперь: правилу «побег у границы» не хватает: дорога, таможня (строка 9)" in result.rows
    assert [change["url"] for change in machine["gained"]] == [SNOW.url]
    assert {change["url"] for change in machine["lost"]} == {CUSTOMS.url, AGAIN.url}
    assert machine["gained"][0]["sentences"] == ["Беглец зимы, снег выпал в горах, дорога открыта."]
    tallies = {rule["rule"]: [rule[key] for key in ("before", "after", "gained", "lost")] for rule in machine["rules"]}
    assert tallies == {"побег у границы": [2, 1, 1, 2], "побег в пути": [1, 1, 0, 0]}


def test_another_tier_is_another_decision(history: PolledHistory) -> None:
    result = call("backtest", "--keywords", edited("        tier: review\n", ""))

    assert (result.code, "Решено иначе: 1" in result.rows) == (6, True)
    assert (
        "    было: flight: побег в пути — сначала редактору; стало: flight: побег в пути — сразу в канал" in result.rows
    )


def test_two_files_may_be_compared_and_lists_cut_short(history: PolledHistory) -> None:
    file = edited("граница, таможня", "дорога")

    assert call("backtest", "--against", file, "--keywords", file).code == 0
    against = answer(call("backtest", "--against", file, "--json"))
    assert (len(against["gained"]), len(against["lost"])) == (2, 1)
    assert "  … и ещё 1: --show 2" in call("backtest", "--keywords", file, "--show", "1").rows


def test_only_the_time_asked_for(history: PolledHistory) -> None:
    assert answer(call("backtest", "--since", "36h", "--json"))["articles"] == 2
    assert call("backtest", "--since", "вчера").code == 2
    assert "За этот срок в базе нет" in call("backtest", "--since", "1h").stdout


# ── check ──────────────────────────────────────────────────────────────────────────────────────


def test_check_says_what_the_news_say_of_the_rules(history: PolledHistory) -> None:
    history.poll([feed_article(100 + number, f"Погода {number}", "В порту тихо.") for number in range(500)], NOW - DAY)
    file = edited("рейс, поезд", "пароход")

    lenient = call("check", "--keywords", file)

    assert "flight: ни разу не сработали (505 новостей за 3 дн.): «побег в пути»" in lenient.stderr
    assert call("check", "--no-archive").stderr == ""
    assert call("check", "--strict", "--keywords", file).code == 0, "what the news say is advice"


def test_check_goes_without_a_database_it_cannot_ask(history: PolledHistory) -> None:
    history.database.write_bytes(b"not a database")

    result = call("check")

    assert result.code == 0
    assert "правила не примерены к прочитанным новостям" in result.stderr


def test_rules_tell_what_each_brought_and_what_editors_thought_of_it(history: PolledHistory) -> None:
    reviews = Reviews(open_engine(history.url))
    for story_id in range(1, 9):
        reviews.decide(story_id, 1, Decision.REJECTED, initial="Р", now=NOW)

    shown, data = call("rules", "--since", "30d"), json.loads(call("rules", "--json").stdout)

    assert shown.code == 0
    assert "Прочитано за 30 дн.: 5. Решений редакторов: 1." in shown.stdout
    counts = {row["rule"]: (row["tier"], row["fired"], row["alone"], row["rejected"]) for row in data["rules"]}
    assert counts == {"побег у границы": ("post", 2, 2, 0), "побег в пути": ("review", 1, 1, 1)}


def test_a_period_that_is_none_is_named() -> None:
    assert "пишут так: 12h, 30d или 8w" in call("rules", "--since", "вчера").stderr
