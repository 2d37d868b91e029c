"""`find` over a database that real polls have filled, by the program as it is called."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.storage.database import open_engine
from monitor.storage.search.index import SearchIndex
from tests.harness.command_line import call, write_files
from tests.harness.polled_history import PolledHistory, feed_article
from tests.servers.web import WebServer

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ESCAPE, SNOW, BRIDGE = (
    feed_article(1, "Ночной переход", "Сотрудники КНБ искали беглеца. Его экстрадируют в Россию, узнали газеты."),
    feed_article(2, "Снег \x1b[31mна перевале", "Снег выпал в горах, дорога открыта."),
    feed_article(3, "Задержан у моста", "Беглец Артём Пробников вышел к границе, сообщила охрана моста. Его ждали."),
)


@pytest.fixture
def history(tmp_path: Path, web: WebServer, monkeypatch: pytest.MonkeyPatch) -> PolledHistory:
    write_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MONITOR_TIMEZONE", "Asia/Almaty")
    history = PolledHistory(tmp_path, web)
    history.poll([ESCAPE, BRIDGE], NOW - 3 * DAY)
    history.poll([SNOW], NOW - DAY, name="Вести реки")
    return history


@pytest.fixture
def indexed(history: PolledHistory) -> PolledHistory:
    engine = open_engine(history.url)
    sum(iter(SearchIndex(engine).catch_up, 0))
    engine.dispose()
    return history


def test_a_text_that_no_rule_matched_is_found_by_another_form(indexed: PolledHistory) -> None:
    result = call("find", "экстрадиция", "кнб")

    assert result.code == 0
    assert result.rows == [
        "Лента:     Портовый вестник, 19.11.2026 14:00",
        "Заголовок: Ночной переход",
        "Решение:   не подошло ни одной теме",
        "Адрес:     https://port.example/news/1",
        "  «Сотрудники [КНБ] искали беглеца.»",
        "",
        "Время — Asia/Almaty.",
    ]


def test_words_may_be_excluded_and_the_last_comes_first(indexed: PolledHistory) -> None:
    every = call("find", "его", "или")
    assert every.code == 1

    assert "… и более ранние: --limit 2" in call("find", "его", "--limit", "1").rows
    assert "Заголовок: Задержан у моста" in call("find", "его", "-экстрадиция").rows
    assert "Заголовок: Ночной переход" not in call("find", "его", "-экстрадиция").rows
    assert call("find", "охрана моста").rows == call("find", "«охрана моста»").rows != []
    assert call("find", "моста охрана").code == 1


def test_a_name_of_several_words_is_one_argument_or_stands_in_quotes(indexed: PolledHistory) -> None:
    found = call("find", "лента:Вести реки", "снег")
    assert (found.code, found.rows[0]) == (0, "Лента:     Вести реки, 21.11.2026 14:00")
    assert call("find", "лента:«Вести", "реки»", "снег").rows == found.rows
    assert call("find", "лента:Вести_реки", "снег").rows == found.rows

    split = call("find", "лента:Вести", "реки", "снег")
    assert split.code == 1
    assert split.rows[:2] == [
        "Ничего не нашлось.",
        "Имя ленты из нескольких слов пишут в кавычках: лента:«Вести реки»",
    ]
    assert "в кавычках" not in call("find", "лента:«Вести реки»", "абракадабра").stdout
    assert "в кавычках" not in call("find", "лента:реки", "абракадабра").stdout


def test_for_programs_a_line_each(indexed: PolledHistory) -> None:
    result = call("find", "снег", "лента:вести", "--json")

    (found,) = map(json.loads, result.stdout.splitlines())
    assert found == {
        "entry_id": 3,
        "feed": "Вести реки",
        "url": "https://port.example/news/2",
        "title": found["title"],
        "outcome": "unmatched",
        "reason": found["reason"],
        "story_id": None,
        "sentence": "Снег выпал в горах, дорога открыта.",
        "seen_at": "2026-11-21T09:00:00+00:00",
        "published_at": "2026-11-21T08:00:00+00:00",
    }
    assert "\x1b" not in result.stdout


def test_an_empty_answer_says_what_was_searched(history: PolledHistory) -> None:
    behind = call("find", "экстрадиция")
    assert behind.code == 1
    assert behind.rows == [
        "Ничего не нашлось.",
        "Поиск знает текстов: 0; неподошедшие — с 19.11.2026. Ещё не в поиске: 3, они появятся в нём сами.",
    ]

    engine = open_engine(history.url)
    sum(iter(SearchIndex(engine).catch_up, 0))
    engine.dispose()
    nothing = call("find", "абракадабра")
    assert (nothing.code, nothing.rows[-1]) == (1, "Поиск знает текстов: 3; неподошедшие — с 19.11.2026.")


def test_the_or_of_other_searches_is_told_when_nothing_is_found(indexed: PolledHistory) -> None:
    for words in (["снег или маяк"], ["снег", "OR", "маяк"]):
        assert "Спросите о каждом слове отдельно." in call("find", *words).stdout
    assert "отдельно" not in call("find", "маяк").stdout


def test_what_cannot_be_understood(indexed: PolledHistory) -> None:
    for words in (["итог:чушь", "снег"], ["снег", "--jsno"], ["снег", "лента:нетакой"], ["«»"]):
        result = call("find", *words)
        assert (result.code, result.stdout) == (2, "")
        assert result.stderr.startswith("Ошибка: ")
