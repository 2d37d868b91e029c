"""`evaluate` over records that say which event they tell: pairs grouped against pairs that belong together."""

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.stories.evaluation import evaluate_events
from tests.harness.command_line import call, write_files

RETOLD = (
    "Пекаря из Сызрани Ивана Пробникова сняли с поезда в Актобе. Ночь он провёл в отделе, рассказала его сестра.",
    "Полицейские Актобе задержали в поезде пекаря Ивана Пробникова из Сызрани. Сестра сказала, что он ночует в отделе.",
    "Сестра пекаря Ивана Пробникова рассказала, что его увели из поезда. Уроженца Сызрани держат в отделе Актобе.",
)
OTHER = "В Шымкенте комитет вызвал на беседу переводчика Глеба Выдумкина и спрашивал о подписи под письмом."


def record(number: int, text: str, event: object, date: object = "2026-03-02", **more: object) -> dict[str, object]:
    """A positive record of an event."""
    fields = {"id": f"r{number}", "title": "", "text": text, "lang": "ru", "topics": ["flight"]}
    return fields | {"event_id": event, "date": date} | more


def scored(*records: dict[str, object]) -> dict[str, Any]:
    result = evaluate_events(records)
    assert result is not None
    return result


def test_tellings_of_one_event_are_grouped_and_others_are_not() -> None:
    result = scored(*(record(number, text, "а") for number, text in enumerate(RETOLD)), record(9, OTHER, "б"))

    assert result == {"precision": 1.0, "recall": 1.0, "tp": 3, "fp": 0, "fn": 0, "wrong": [], "missed": []}


def test_pairs_joined_by_mistake_and_pairs_missed_are_named() -> None:
    first, second, _ = RETOLD
    result = scored(record(1, first, "а"), record(2, second, "б"), record(3, OTHER, "б"))

    assert (result["tp"], result["fp"], result["fn"]) == (0, 1, 1)
    assert (result["precision"], result["recall"]) == (0.0, 0.0)
    assert (result["wrong"], result["missed"]) == ([["r1", "r2"]], [["r2", "r3"]])


def test_only_scored_positives_with_an_event_count() -> None:
    first, second, third = RETOLD
    result = scored(
        record(1, first, "а"),
        record(2, second, "а", topics=["maybe"]),
        record(3, second, "а", topics=[]),
        record(4, third, None),
    )

    assert (result["tp"], result["fp"], result["fn"]) == (0, 0, 0)
    assert evaluate_events([record(1, first, "а", topics=[]), record(2, second, None)]) is None
    assert evaluate_events([]) is None


def test_the_dates_decide_not_the_order_of_the_file() -> None:
    first, second, third = RETOLD
    half_a_year = [
        record(1, first, "а", "2026-03-02"),
        record(2, third, "б", "2026-09-10"),
        record(3, second, "а", "2026-03-03T10:00:00Z"),
    ]

    assert scored(*half_a_year)["missed"] == scored(*half_a_year)["wrong"] == []


@pytest.mark.parametrize("date", ["2026-03", "2026", None, "", "вчера", "2026-13-40", 20260302])
def test_a_vague_or_broken_date_is_borne(date: object) -> None:
    result = scored(*(record(number, text, "а", date) for number, text in enumerate(RETOLD)))

    assert result["recall"] == 1.0


def test_the_same_text_twice_is_two_tellings() -> None:
    assert scored(record(1, RETOLD[0], "а"), record(1, RETOLD[0], "а"))["tp"] == 1


# ── as the command tells it ────────────────────────────────────────────────────────────────────


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Records of two events, one pair of which is labelled as nobody could tell it."""
    write_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    records = [*(record(number, text, "а") for number, text in enumerate(RETOLD)), record(9, OTHER, "а")]
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in records)


def test_evaluate_prints_the_pairs_of_events(corpus: str) -> None:
    result = call("evaluate", "-", stdin=corpus)

    (row,) = (row for row in result.rows if row.startswith("│ события (пары)"))
    assert [cell.strip() for cell in row.split("│")[2:-1]] == ["1.000", "0.500", "3", "0", "3"]
    assert "− не слито r0 и r9" in result.stdout
    assert "слито зря" not in result.stdout


def test_evaluate_json_has_events_when_the_records_have(corpus: str) -> None:
    result = json.loads(call("evaluate", "-", "--json", stdin=corpus).stdout)
    without = json.loads(call("evaluate", "-", "--json", stdin=corpus.replace("event_id", "other")).stdout)

    assert set(result["events"]) == {"precision", "recall", "tp", "fp", "fn", "wrong", "missed"}
    assert result["events"]["missed"] == [["r0", "r9"], ["r1", "r9"], ["r2", "r9"]]
    assert "events" not in without
    assert {key: value for key, value in result.items() if key != "events"} == without


def test_events_have_a_bound_like_the_rules(corpus: str) -> None:
    assert call("evaluate", "-", "--fail-under", "events:precision=0.98", stdin=corpus).code == 0

    result = call("evaluate", "-", "--fail-under", "events:recall=0.8", stdin=corpus)

    assert (result.code, "events: recall 0.500 меньше 0.8" in result.stderr) == (1, True)
