"""A real browser without a window: Debian's chromium (apt-get install chromium), driven by playwright."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
_AXE = Path(str(files("axe_playwright_python") / "axe.min.js"))
_VIOLATIONS = "async (options) => (await axe.run(options)).violations.map((one) => [one.id, one.nodes[0].html])"


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Skips where there is none."""
    if CHROMIUM is None:
        pytest.skip("no chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_FLAGS))
        yield browser
        browser.close()


@contextmanager
def browser_page() -> Iterator[Page]:
    """An empty page; what its scripts cannot do is an error of the test. Skips where there is no browser."""
    troubles: list[str] = []
    with open_browser() as browser:
        page = browser.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        yield page
    assert troubles == []


def barriers(page: Page, *, of: Sequence[str] = ()) -> list[list[str]]:
    """What axe finds to keep people from reading the page as it stands, by these rules of it, or groups of them,
    or by all: the rule, and the first element that breaks it.
    """
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(of)} if of else {})  # the rest is not written out
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text(encoding="utf-8"))
    found: list[list[str]] = page.evaluate(_VIOLATIONS, options)
    return found
