"""What a command imports, which is most of what its start costs: nothing that it does not use."""

import os
import subprocess
import sys
from pathlib import Path

from tests.factories.polling import RULES
from tests.harness.databases import sqlite_database

FEEDS = "feeds:\n  - {name: Проба, kind: rss, url: 'https://news.example/rss', lang: ru}\n"

DATABASE = {"sqlalchemy", "alembic", "psycopg", "sqlite3"}
NETWORK = {"asyncio", "ssl", "httpx", "telegram", "cryptography", "apscheduler", "prometheus_client"}
READING = {"feedparser", "selectolax", "lxml", "pymorphy3", "yaml", "charset_normalizer"}
DRAWING = {"jinja2", "babel", "resvg_py", "warcio", "multiprocessing"}
HEAVY = DATABASE | NETWORK | READING | DRAWING | {"pydantic", "structlog"}
SHOWING = {"typer", "rich", "pygments"}
ON_DEMAND = {
    "alembic",
    "psycopg",
    "cryptography",
    "feedparser",
    "jinja2",
    "babel",
    "resvg_py",
    "pydantic",
    "click",
    "h2",
}
"""What the daemon may never need."""


def imported_by(*arguments: str, folder: Path, code: str = "from monitor.__main__ import main; main()") -> set[str]:
    """The packages that stand in `sys.modules` when a command ends."""
    program = f"""
import atexit, sys
atexit.register(lambda: open("modules", "w").write(" ".join(sys.modules)))
sys.argv[1:] = {list(arguments)!r}
{code}
"""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
    (folder / "keywords.yaml").write_text(RULES, encoding="utf-8")
    (folder / "feeds.yaml").write_text(FEEDS, encoding="utf-8")
    subprocess.run([sys.executable, "-c", program], cwd=folder, env=environment, capture_output=True, check=False)
    return {name.partition(".")[0] for name in (folder / "modules").read_text(encoding="utf-8").split()}


def test_help_imports_what_shows_it(tmp_path: Path) -> None:
    assert not imported_by("--help", folder=tmp_path) & HEAVY


def test_a_health_check_imports_next_to_nothing(tmp_path: Path) -> None:
    sqlite_database(tmp_path / "data" / "monitor.db")

    assert imported_by("health", folder=tmp_path) & (HEAVY | SHOWING) == {"sqlite3"}


def test_a_check_of_the_files_reads_them_and_nothing_else(tmp_path: Path) -> None:
    assert imported_by("check", folder=tmp_path) & (HEAVY | {"typer"}) == {"yaml", "pymorphy3", "selectolax"}

    sqlite_database(tmp_path / "data" / "monitor.db")
    assert imported_by("check", folder=tmp_path) & HEAVY == {"yaml", "pymorphy3", "selectolax", "sqlite3"}


def test_the_daemon_starts_without_what_it_may_never_need(tmp_path: Path) -> None:
    code = "from monitor import __main__; __main__._command()"

    assert not imported_by("run", folder=tmp_path, code=code) & (ON_DEMAND | SHOWING | {"pymorphy3"})
