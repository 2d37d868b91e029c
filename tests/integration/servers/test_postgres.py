"""The PostgreSQL of the other tests."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
import sqlalchemy as sa

from tests.servers.postgres import PostgresServer, find_binaries


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresServer]:
    with PostgresServer(durable=True) as server:
        yield server


def run(url: str, statement: str) -> None:
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        connection.execute(sa.text(statement))


def ask(url: str, question: str) -> object:
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        return connection.execute(sa.text(question)).scalar_one()


@pytest.mark.postgres
def test_databases_are_empty_and_separate(cluster: PostgresServer) -> None:
    first, second = cluster.new_database(), cluster.new_database()
    run(first, "CREATE TABLE kept (word text)")

    assert first.startswith("postgresql+psycopg://")
    assert ask(first, "SELECT count(*) FROM kept") == 0
    with pytest.raises(sa.exc.ProgrammingError):
        ask(second, "SELECT count(*) FROM kept")
    assert ask(second, "SELECT current_setting('server_encoding')") == "UTF8"


@pytest.mark.postgres
@pytest.mark.parametrize("crash", [False, True])
def test_what_was_committed_survives_a_stop(cluster: PostgresServer, *, crash: bool) -> None:
    url = cluster.new_database()
    run(url, "CREATE TABLE kept AS SELECT 'слово' AS word")
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        cluster.stop(immediate=crash)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
        with pytest.raises(sa.exc.OperationalError):
            ask(url, "SELECT 1")
        cluster.start()

    assert ask(url, "SELECT word FROM kept") == "слово"


@pytest.mark.postgres
def test_a_restart_and_a_clean_end() -> None:
    with PostgresServer() as server:
        home = server._home
        url = server.new_database()
        server.restart()
        assert ask(url, "SELECT current_setting('fsync')") == "off"

    assert home is not None
    assert not home.exists()


@pytest.mark.postgres
def test_binaries_that_cannot_run_are_an_error_with_the_reason() -> None:
    with TemporaryDirectory(dir="/tmp") as folder:  # not tmp_path: another user must be able to enter
        initdb = Path(folder) / "initdb"
        initdb.write_text("#!/bin/sh\necho no disk; exit 1\n")
        initdb.chmod(0o755)
        initdb.parent.chmod(0o755)
        with pytest.raises(RuntimeError, match="no disk"), PostgresServer(binaries=initdb.parent):
            pass


def test_the_first_complete_binaries_are_taken(tmp_path: Path) -> None:
    half, whole = tmp_path / "half", tmp_path / "whole"
    for program in (half / "initdb", whole / "initdb", whole / "postgres"):
        program.parent.mkdir(exist_ok=True)
        program.touch()

    assert find_binaries([tmp_path / "initdb", half / "initdb", whole / "initdb"]) == whole
    with pytest.raises(RuntimeError, match="apt-get install postgresql"):
        find_binaries([half / "initdb"])
