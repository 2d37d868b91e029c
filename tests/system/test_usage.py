"""What a maintainer sees of a call that is wrong, and of the help: Russian, with the exit codes of before."""

import subprocess
import sys

import pytest

from tests.harness.monitor_process import ROOT, Monitor


def called(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"COLUMNS": "100", "TERM": "dumb", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "monitor", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("nope", "Команды «nope» нет."),
        ("chek", "Команды «chek» нет. Может быть, «check»"),
        ("outbox nope", "Команды «nope» нет."),
        ("--", "Не хватает команды."),
        ("--nope", "Ключа --nope нет."),
        ("check --onlin", "Ключа --onlin нет. Похожие: --json, --online."),
        ("forms", "Не хватает: СЛОВО."),
        ("schema", "Не хватает: feeds|keywords|channels."),
        ("schema foo", "feeds|keywords|channels: «foo» не бывает, можно «feeds», «keywords», «channels»."),
        ("forms --lang de слово", "--lang: «de» не бывает, можно «ru», «kk»."),
        ("story x", "НОМЕР: нужно целое число."),
        ("story 1.5", "НОМЕР: нужно целое число."),
        ("backtest --show -1", "--show: нужно число не меньше 0."),
        ("backtest --show", "После ключа --show нужно значение."),
        ("check --strict=1", "У ключа --strict не бывает значения."),
        ("outbox retry 1 2", "Лишнее: 2"),
        ("export --since вчера", "--since: нужна дата, например 2026-11-22."),
    ],
)
def test_a_mistake_in_a_call_is_named_in_russian(preview: Monitor, arguments: str, says: str) -> None:
    answered = preview.call(*arguments.split())

    assert answered.returncode == 2
    assert says in answered.stderr
    assert "Ошибка в команде" in answered.stderr
    assert answered.stdout == ""
    if "нужно значение" not in says and "не бывает значения" not in says:
        assert answered.stderr.startswith("Вызов: monitor ")
        assert "Справка: monitor " in answered.stderr


def test_a_call_without_a_command_shows_the_help_once() -> None:
    answered = called()

    assert answered.returncode == 2
    assert answered.stdout.count("Вызов: monitor [КЛЮЧИ] КОМАНДА ...") == 1
    assert answered.stderr == ""


def test_the_help_of_a_command_is_russian_as_a_process_too() -> None:
    answered = called("poll", "--help")

    assert answered.returncode == 0
    assert "Вызов: monitor poll [КЛЮЧИ] [ЛЕНТА]..." in answered.stdout
    assert "│ --help           показать эту справку" in answered.stdout
