"""Pages are tested over SQLite: what differs between the databases is below them, and tested there."""

import pytest

from monitor.desk.pages import templates
from tests.harness.templates import compiled_once


@pytest.fixture(autouse=True)
def templates_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each desk compiles its own otherwise."""
    monkeypatch.setattr("monitor.desk.app.templates", compiled_once(templates))


@pytest.fixture
def database_server() -> None:
    """No PostgreSQL: a file."""
    return
