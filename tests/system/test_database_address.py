"""Addresses of databases as operators write them, and where a password may stand."""

import pytest

from tests.harness.monitor_process import Monitor


@pytest.mark.parametrize(
    ("address", "says"),
    [
        (
            "postgres://monitor:hush@host/base",
            "вместо postgres:// пишите так: postgresql+psycopg://имя:пароль@хост/база",
        ),
        ("mysql://monitor:hush@host/base", "mysql:// программа не знает. Бывает sqlite:///data/monitor.db"),
        ("sqlite://data/x", "нужны три черты: sqlite:///data/x"),
        ("postgresql+psycopg2://monitor:hush@host/base", "вместо postgresql+psycopg2:// пишите так"),
        ("postgresql+psycopg://monitor:x@host:hush/base", "это не адрес базы"),
    ],
)
def test_a_wrong_database_address_is_one_line_with_the_right_form(preview: Monitor, address: str, says: str) -> None:
    preview.environment["MONITOR_DATABASE_URL"] = address

    answered = preview.call("status")

    assert answered.returncode == 4
    assert answered.stderr.startswith("Ошибка: MONITOR_DATABASE_URL: ")
    assert answered.stderr.count("\n") == 1
    assert says in answered.stderr
    assert "hush" not in answered.stderr
    assert "скрыто" not in answered.stderr


def test_a_driver_that_is_not_there_is_named(preview: Monitor) -> None:
    preview.new_interpreter = True
    (preview.folder / "psycopg.py").write_text("raise ImportError('no pq wrapper')", encoding="utf-8")
    preview.environment |= {"MONITOR_DATABASE_URL": "postgresql+psycopg://host/base", "PYTHONPATH": str(preview.folder)}

    answered = preview.call("status")

    assert answered.returncode == 4
    assert "Драйвер psycopg для PostgreSQL не загружается (no pq wrapper). Выполните: make setup" in answered.stderr


def test_a_password_is_not_taken_from_the_command_line(preview: Monitor) -> None:
    assert preview.call("migrate").returncode == 0

    refused = preview.call("copy-to", "postgresql+psycopg://monitor:hush@127.0.0.1:1/base")
    assert refused.returncode == 2
    assert "monitor copy-to < файл_с_адресом" in refused.stderr
    assert "hush" not in refused.stderr

    tried = preview.call("copy-to", stdin="postgresql+psycopg://monitor:hush@127.0.0.1:1/base\n")
    assert tried.returncode == 4
    assert "недоступна" in tried.stderr
    assert "hush" not in tried.stderr

    wrong = preview.call("copy-to", stdin="mysql://monitor:hush@host/base\n")
    assert wrong.returncode == 4
    assert "адрес новой базы: базы mysql:// программа не знает" in wrong.stderr


def test_a_database_is_moved_to_the_address_that_is_read_in(preview: Monitor) -> None:
    assert preview.call("migrate").returncode == 0
    target = preview.folder / "other.db"

    moved = preview.call("copy-to", stdin=f"sqlite:///{target}\n")

    assert moved.returncode == 0, moved.stderr
    assert "Перенесено и сверено построчно" in moved.stdout
    assert target.exists()
