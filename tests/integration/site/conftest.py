"""The archive, built again and again in one process."""

import pytest

from monitor.site import pages
from tests.harness.templates import compiled_once


@pytest.fixture(autouse=True)
def templates_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of a second for each build otherwise."""
    monkeypatch.setattr(pages, "templates", compiled_once(pages.templates))
