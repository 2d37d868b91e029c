"""The archive, built again and again in one process."""

import pytest

from monitor.site.environment import templates
from tests.harness.templates import compiled_once


@pytest.fixture(autouse=True)
def templates_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of a second for each build otherwise."""
    monkeypatch.setattr("monitor.site.pages.templates", compiled_once(templates))
