"""`match` and `evaluate`: streams of records, as programs call them."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.matching.jsonl import LONGEST_LINE, numbered_lines, record_of
from tests.harness.command_line import CommandResult, call, write_files
from tests.harness.monitor_process import ROOT


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the two files, and no setting from outside."""
    write_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


# ── match ──────────────────────────────────────────────────────────────────────────────────────


def record(id: object, text: str, **more: object) -> str:  # noqa: A002 - the key of the format
    return json.dumps({"id": id, "title": "", "text": text, **more}, ensure_ascii=False)


def answers(result: CommandResult) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_match_answers_line_by_line_in_order(folder: Path) -> None:
    lines = [record(number, "Беглец и таможня." if number % 2 else "Снег.") for number in range(9)]
    (folder / "records.jsonl").write_text("\n".join(lines), encoding="utf-8")

    result = call("match", "--jsonl", "records.jsonl")

    assert result.code == 0
    assert [(answer["id"], answer["tier"]) for answer in answers(result)] == [
        (number, "post" if number % 2 else "none") for number in range(9)
    ]
    assert call("match", "--jsonl", stdin="\n".join(lines)).stdout == result.stdout
    assert call("match", "--jsonl", "-", stdin="\n".join(lines)).stdout == result.stdout


def test_match_says_what_explain_says() -> None:
    line = record("а", "Роман о беглеце и таможне. Беглец сел в поезд.")

    (matched,) = answers(call("match", "--jsonl", stdin=line))

    assert matched == json.loads(call("explain", "--json", "-", stdin=line).stdout)


def test_a_broken_line_is_answered_in_its_place() -> None:
    lines = [
        record(1, "Снег."),
        "",
        "{",
        record(2, "Беглец и таможня."),
        "[1]",
        '{"id": 3}',
        '{"text": ["а"]}',
        "[" * 9999,
    ]

    result = call("match", "--jsonl", stdin="\n".join(lines))

    assert result.code == 1
    assert [(answer["id"], answer.get("line")) for answer in answers(result)] == [
        (1, None), (None, 3), (2, None), (None, 5), (None, 6), (None, 7), (None, 8),
    ]  # fmt: skip
    wrong = [answer for answer in answers(result) if "error" in answer]
    assert [json.loads(line) for line in result.stderr.splitlines()] == wrong
    assert "нет ни title, ни text" in result.stderr


def test_an_endless_line_is_one_wrong_line_and_does_not_fill_the_memory() -> None:
    stream = io.BytesIO(b"x" * (2 * LONGEST_LINE + 5) + b"\n\n" + record(1, "Снег.").encode())

    (endless, beginning), (number, line) = numbered_lines(stream)

    assert (endless, len(beginning)) == (1, LONGEST_LINE)
    assert (number, record_of(line)["id"]) == (3, 1)
    with pytest.raises(ValueError, match="не JSON"):
        record_of(beginning)


def test_odd_records_are_answered() -> None:
    lines = [
        '\ufeff{"id": "bom", "text": "Снег."}',
        '{"id": "\\ud800", "title": null, "text": "\\ud800 беглец\\u0000 таможня"}',
        '{"text": "Беглец и таможня."}\r',
        '{"id": {"a": [1]}, "title": "Беглец и таможня", "extra": true}',
    ]

    result = call("match", "--jsonl", stdin="\n".join(lines))

    assert result.code == 0
    assert [(answer["id"], answer["tier"]) for answer in answers(result)] == [
        ("bom", "none"), ("\ud800", "post"), (None, "post"), ({"a": [1]}, "post"),
    ]  # fmt: skip


def test_without_jsonl_match_says_what_to_write() -> None:
    result = call("match", stdin=record(1, "Снег."))

    assert result.code == 2
    assert "--jsonl" in result.stderr


def test_match_answers_before_the_next_line_comes(folder: Path) -> None:
    """As a real process: whoever feeds it line by line is not kept waiting."""
    command = [sys.executable, "-m", "monitor", "match", "--jsonl", "--keywords", "keywords.yaml"]
    process = subprocess.Popen(
        command,
        env={"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdin
    assert process.stdout
    for number in range(3):
        process.stdin.write(record(number, "Беглец и таможня.") + "\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == number
    process.stdin.close()
    assert process.wait(timeout=100) == 0
    process.stdout.close()


# ── evaluate ───────────────────────────────────────────────────────────────────────────────────

CORPUS = "\n".join(
    [
        record("1", "Беглец и таможня.", topics=["flight"], lang="ru"),
        record("2", "Беглец сел в поезд.", topics=[], lang="ru"),
        record("3", "Беглец и роман.", topics=["flight"], lang="kk"),
        record("4", "Снег.", topics=["maybe"], lang="kk"),
    ]
)


def test_evaluate_prints_scores_misses_and_alarms() -> None:
    result = call("evaluate", "-", stdin=CORPUS)

    assert result.code == 0
    scores = {row.split("│")[1].strip(): row.split("│")[2:-1] for row in result.rows if row.startswith("│")}
    assert [cell.strip() for cell in scores["flight"]] == ["0.500", "0.500", "1", "1", "1"]
    assert [cell.strip() for cell in scores["только post"]] == ["1.000", "0.500", "1", "0", "1"]
    assert {"русский", "казахский", "любая тема", "post и review"} <= scores.keys()
    assert "Не оценивались (тема maybe): 1" in result.stdout
    assert (
        "− пропущено 3 «» — flight: правилу «побег у границы» не хватает: граница, таможня (строка 9)" in result.stdout
    )
    assert "+ лишнее 2 «» — flight: правило «побег в пути» (review) на словах Беглец, поезд" in result.stdout


def test_evaluate_json_has_the_published_shape() -> None:
    result = json.loads(call("evaluate", "-", "--json", stdin=CORPUS).stdout)

    half = {"precision": 0.5, "recall": 0.5, "tp": 1, "fp": 1, "fn": 1}
    assert result["topics"] == {"flight": half}
    assert result["any"] == result["tiers"]["review"] == half
    assert result["tiers"]["post"] == {"precision": 1.0, "recall": 0.5, "tp": 1, "fp": 0, "fn": 1}
    assert [miss["id"] for miss in result["misses"]] == ["3"]
    assert [alarm["id"] for alarm in result["false_alarms"]] == ["2"]


@pytest.mark.parametrize(
    ("bounds", "code", "says"),
    [
        ("post:precision=1,any:recall=0.5", 0, ""),
        ("post:recall=0.6", 1, "post: recall 0.500 меньше 0.6"),
        ("flight:precision=0.51, review:recall=0.9", 1, "flight: precision"),
        ("почта:recall=1", 2, "--fail-under"),
        ("other:recall=1", 2, "можно: any, post, review, flight"),
        ("post:recall=2", 2, "--fail-under"),
    ],
)
def test_evaluate_may_fail_under_a_bound(bounds: str, code: int, says: str) -> None:
    result = call("evaluate", "-", "--fail-under", bounds, stdin=CORPUS)

    assert result.code == code
    assert says in result.stderr


@pytest.mark.parametrize(
    ("line", "says"), [("{", "-:2: это не JSON"), ('{"text": "а"}', "-:2: topics: нет списка тем")]
)
def test_evaluate_names_the_line_that_is_wrong(line: str, says: str) -> None:
    result = call("evaluate", "-", stdin=f"{record(1, 'Снег.', topics=[])}\n{line}")

    assert result.code == 2
    assert says in result.stderr
