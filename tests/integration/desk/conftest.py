"""Pages are tested over SQLite: what differs between the databases is below them, and tested there."""

import pytest


@pytest.fixture
def database_server() -> None:
    """No PostgreSQL: a file."""
    return
