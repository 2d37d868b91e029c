"""Opening, migrating and guarding the database, on both kinds."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DatabaseError as DriverError

from monitor.app.logs import Redactor
from monitor.errors import DatabaseError, InstanceRunning, SchemaError
from monitor.storage import database
from monitor.storage.database import instance_lock, is_held, migrate, open_engine, require_current_schema
from monitor.storage.schema_version import SCRIPTS, expected_revision
from monitor.storage.search.schema import is_not_of_search
from monitor.storage.tables import metadata
from tests.servers.postgres import PostgresServer


def test_the_migrations_build_exactly_the_tables(engine: Engine) -> None:
    with engine.connect() as db:
        context = MigrationContext.configure(db, opts={"include_name": is_not_of_search})
        assert compare_metadata(context, metadata) == []


def test_the_newest_migration_is_known_by_its_file(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    (head,) = ScriptDirectory.from_config(config).get_heads()
    with engine.connect() as db:
        assert expected_revision() == head == database._revision(db)


def test_migrating_twice_is_harmless(engine: Engine) -> None:
    migrate(engine)
    require_current_schema(engine)


def test_down_and_up_again(database_url: str) -> None:
    engine = open_engine(database_url)
    migrate(engine)
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))

    with engine.begin() as db:
        config.attributes["connection"] = db
        command.downgrade(config, "base")
    assert inspect(engine).get_table_names() in ([], ["alembic_version"])
    with pytest.raises(SchemaError, match="monitor migrate"):
        require_current_schema(engine)

    migrate(engine)
    require_current_schema(engine)
    engine.dispose()


def test_an_older_sqlite_file_is_copied_before_it_is_migrated(tmp_path: Path) -> None:
    file = tmp_path / "monitor.db"
    with sqlite3.connect(file) as old:
        old.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        old.execute("INSERT INTO alembic_version VALUES ('0000')")
    old.close()
    engine = open_engine(f"sqlite:///{file}")

    with pytest.raises(Exception, match="0000"):
        migrate(engine)  # no such version is known: it must not be touched

    assert (tmp_path / "monitor.db.before-0000").exists()
    engine.dispose()


def test_the_copy_of_an_upgrade_is_of_that_upgrade(tmp_path: Path) -> None:
    """Not of an earlier one: upgraded, set back and worked with, the old copy would lose what came since."""
    engine = open_engine(f"sqlite:///{tmp_path / 'monitor.db'}")
    with sqlite3.connect(tmp_path / "monitor.db") as old:
        old.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        old.execute("INSERT INTO alembic_version VALUES ('0000')")
    old.close()
    (tmp_path / "monitor.db.before-0000").write_bytes(b"the copy of a year ago")

    with pytest.raises(Exception, match="0000"):
        migrate(engine)

    with closing(sqlite3.connect(tmp_path / "monitor.db.before-0000")) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [("0000",)]
    assert not list(tmp_path.glob("*.unfinished"))
    engine.dispose()


def test_without_room_for_the_copy_nothing_is_changed(tmp_path: Path) -> None:
    file = tmp_path / "monitor.db"
    engine = open_engine(f"sqlite:///{file}")
    _migrate_to(engine, "0001")
    (tmp_path / "monitor.db.before-0001").mkdir()  # where the copy should stand

    with pytest.raises(DatabaseError, match="и не изменена"):
        migrate(engine)

    with pytest.raises(SchemaError):
        require_current_schema(engine)
    engine.dispose()


def test_a_migration_that_fails_leaves_the_tables_as_they_were(database_url: str) -> None:
    engine = open_engine(database_url)
    _migrate_to(engine, "0002")
    with engine.begin() as db:
        db.exec_driver_sql("CREATE TABLE alarms (key INTEGER)")  # in the way of a later one
    before = sorted(inspect(engine).get_table_names())

    with pytest.raises(DatabaseError if engine.dialect.name == "sqlite" else DriverError):
        migrate(engine)

    assert sorted(inspect(engine).get_table_names()) == before
    with pytest.raises(SchemaError, match="0002"):
        require_current_schema(engine)
    engine.dispose()


@pytest.mark.postgres
def test_workers_that_start_at_once_migrate_once(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    engines = [open_engine(url) for _ in range(4)]

    with ThreadPoolExecutor(len(engines)) as pool:
        list(pool.map(migrate, engines))

    for engine in engines:
        require_current_schema(engine)
        engine.dispose()


@pytest.mark.postgres
def test_a_server_gone_without_a_word_is_not_waited_for_by_the_hour(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    mine, given = open_engine(url), open_engine(f"{url}?connect_timeout=3")

    for engine, patience in ((mine, "10"), (given, "3")):
        with engine.connect() as db:
            driver = db.connection.driver_connection
            assert driver
            options = driver.info.get_parameters()
            assert options["connect_timeout"] == patience
            assert options["tcp_user_timeout"] == "60000"
        engine.dispose()


def _migrate_to(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with engine.begin() as db:
        config.attributes["connection"] = db
        command.upgrade(config, revision)


def test_a_second_process_is_refused_and_the_lock_dies_with_the_first(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'monitor.db'}"
    holder = (
        "import sys; from monitor.storage.database import instance_lock\n"
        "with instance_lock(sys.argv[1]):\n    print('held', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", holder, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"

    assert is_held(url)
    with pytest.raises(InstanceRunning, match="уже работает"), instance_lock(url):
        pass

    process.kill()
    process.communicate()
    assert not is_held(url)
    with instance_lock(url):
        pass


def test_asking_who_works_keeps_nobody_from_beginning(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'monitor.db'}"
    assert not is_held(url), "there is no file"
    enough = threading.Event()

    def ask() -> None:
        while not enough.wait(0.005):
            is_held(url)

    asker = threading.Thread(target=ask)
    asker.start()
    for _ in range(50):
        with instance_lock(url):
            assert is_held(url)
    enough.set()
    asker.join()


@pytest.mark.parametrize("way", ["a symlink", "a symlink to the folder", "a hard link", "its lock file deleted"])
def test_a_database_is_one_whatever_it_is_called(tmp_path: Path, way: str) -> None:
    data = tmp_path / "data"
    url = f"sqlite:///{data / 'monitor.db'}"
    with instance_lock(url):
        if way == "a symlink":
            (tmp_path / "other.db").symlink_to(data / "monitor.db")
            url = f"sqlite:///{tmp_path / 'other.db'}"
        elif way == "a symlink to the folder":
            (tmp_path / "elsewhere").symlink_to(data)
            url = f"sqlite:///{tmp_path / 'elsewhere' / 'monitor.db'}"
        elif way == "a hard link":
            (tmp_path / "other.db").hardlink_to(data / "monitor.db")
            url = f"sqlite:///{tmp_path / 'other.db'}"
        else:
            (data / "monitor.db.lock").unlink()

        with pytest.raises(InstanceRunning), instance_lock(url):
            pass


def test_what_is_committed_outlives_a_power_cut(tmp_path: Path) -> None:
    """A commit that is only in the system's memory may be undone after its post went out: it would go out again."""
    engine = open_engine(f"sqlite:///{tmp_path / 'monitor.db'}")
    with engine.connect() as db:
        assert db.scalar(text("PRAGMA journal_mode")) == "wal"
        assert db.scalar(text("PRAGMA synchronous")) == 2, "FULL"
    engine.dispose()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make a folder it gives away")
def test_a_folder_of_another_user_is_explained() -> None:
    folder = Path(tempfile.mkdtemp())  # not tmp_path: its parents are closed to other users
    folder.chmod(0o755)
    opening = (
        "import os, sys; from monitor.storage.database import instance_lock\n"
        "os.setgid(10001); os.setuid(10001)\n"
        "with instance_lock(sys.argv[1]): pass"
    )

    ended = subprocess.run(
        [sys.executable, "-c", opening, f"sqlite:///{folder / 'monitor.db'}"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "DatabaseError" in ended.stderr
    assert f"chown -R 10001 {folder}" in ended.stderr
    shutil.rmtree(folder)


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file stands where the folder should be")

    with pytest.raises(DatabaseError, match="нельзя писать"):
        open_engine(f"sqlite:///{tmp_path / 'data' / 'monitor.db'}")


def test_a_folder_in_the_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError) as caught, instance_lock(f"sqlite:///{tmp_path}"):
        pass

    assert f"{tmp_path} - папка, а нужен файл. Пишите так: sqlite:///{tmp_path}/monitor.db" in str(caught.value)
    assert not tmp_path.with_name(f"{tmp_path.name}.lock").exists()


def test_what_nobody_may_own_is_not_to_be_given_away() -> None:
    with pytest.raises(DatabaseError, match="Проверьте адрес") as caught, instance_lock("sqlite:////proc/x.db"):
        pass

    assert "chown" not in str(caught.value)


def test_a_file_that_is_no_database_is_explained(tmp_path: Path) -> None:
    (tmp_path / "monitor.db").write_bytes(b"not a database at all, whatever its name says" * 100)
    engine = open_engine(f"sqlite:///{tmp_path / 'monitor.db'}")

    with pytest.raises(DatabaseError, match="недоступна"):
        migrate(engine)


@pytest.mark.parametrize(
    ("url", "right"),
    [
        ("postgres://monitor:hush@host/base", "postgresql+psycopg://имя"),
        ("postgresql://monitor:hush@host/base", "postgresql+psycopg://имя"),
        ("postgresql+asyncpg://monitor:hush@host/base", "postgresql+psycopg://имя"),
        ("postgresql+psycopg2://monitor:hush@host/base", "postgresql+psycopg://имя"),
        ("POSTGRES://monitor:hush@host/base", "postgresql+psycopg://имя"),
        ("postgresql+psycopg://monitor:a@b@host:hush/base", "postgresql+psycopg://имя:пароль@хост/база"),
        ("mysql://monitor:hush@host/base", "sqlite:///data/monitor.db"),
        ("mysql+pymysql://monitor:hush@host/base", "postgresql+psycopg://имя:пароль@хост/база"),
        ("mongodb://monitor:hush@host/base", "postgresql+psycopg://имя:пароль@хост/база"),
        ("sqlite:data/monitor.db", "sqlite:///data/monitor.db"),
        ("data/monitor.db", "sqlite:///data/monitor.db"),
        ("sqlite+aiosqlite:///data/monitor.db", "sqlite:///data/monitor.db"),
        ("sqlite://data/monitor.db", "sqlite:///data/monitor.db"),
        ("sqlite://", "sqlite:///data/monitor.db"),
        ("sqlite:///file:data/monitor.db?uri=true", "sqlite:///data/monitor.db"),
        ("sqlite:///:memory:", "sqlite:///data/monitor.db"),
    ],
)
def test_a_wrong_address_is_answered_with_the_right_form(url: str, right: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        open_engine(url)

    shown = Redactor()(str(caught.value))
    assert right in shown
    assert "hush" not in shown
    assert "\n" not in shown
    assert "скрыто" not in shown


@pytest.mark.parametrize("url", ["nonsense", "postgresql+psycopg://monitor:hush@127.0.0.1:1/monitor"])
def test_a_database_that_is_not_there_is_explained_without_its_password(url: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        migrate(open_engine(url))

    assert "MONITOR_DATABASE_URL" in str(caught.value)
    assert "hush" not in str(caught.value)
