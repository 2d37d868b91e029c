"""The archive's search as a reader has it: in a browser, from a static host, under the pages' own policy."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

import monitor.site
from monitor.site.outputs.search_index import record, write_index
from tests.harness.chromium import browser_page
from tests.integration.site.search_queries import QUERIES, STORIES
from tests.servers.archive_site import serving

QUERY_SCRIPT = Path(str(monitor.site.__path__[0])) / "static" / "query.js"
PAGE = '<!doctype html><html lang="ru"><meta charset="utf-8"><script type="module" src="search.js"></script>'
SCRIPT = """\
import { normalise, confirms } from "./query.js";
const pagefind = await import("./pagefind/pagefind.js");
await pagefind.init();
window.normalise = normalise;
window.find = async (typed, filters = {}) => {
  const query = normalise(typed);
  const found = await pagefind.search(query, { filters, sort: { date: "desc" } });
  const loaded = await Promise.all(found.results.map(one => one.data()));
  return loaded.filter(data => confirms(query, data)).map(({ url, excerpt, meta }) => ({ url, excerpt, meta }));
};
document.documentElement.dataset.ready = "yes";
"""
FIRST_QUERY_BYTES = 250_000  # scripts and wasm included; measured 190,000


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with nothing but its search."""
    folder = tmp_path_factory.mktemp("archive")
    assert write_index(map(record, STORIES), folder / "pagefind") == len(STORIES)
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    (folder / "search.js").write_text(SCRIPT, encoding="utf-8")
    (folder / "query.js").write_bytes(QUERY_SCRIPT.read_bytes())
    return folder


@pytest.fixture(scope="module")
def page(archive: Path) -> Iterator[Page]:
    """The search, loaded."""
    with serving(archive) as (address, _), browser_page() as page:
        page.goto(address)
        page.wait_for_selector("html[data-ready]", state="attached")
        yield page


def found(page: Page, query: str, **filters: str) -> list[int]:
    told: list[dict[str, Any]] = page.evaluate("([query, filters]) => find(query, filters)", [query, filters])
    return [int(one["url"].removeprefix("/story/").removesuffix(".html")) for one in told]


@pytest.mark.parametrize(("query", "wanted"), QUERIES, ids=[query for query, _ in QUERIES])
def test_a_query_finds_what_is_meant(page: Page, query: str, wanted: frozenset[int]) -> None:
    assert set(found(page, query)) == wanted


def test_the_newest_stand_first_and_filters_part_them(page: Page) -> None:
    assert found(page, "экстрадиция") == [13, 2, 1]
    assert found(page, "экстрадиция", language="kk") == [13]
    assert found(page, "КНБ", topic="knb", year="2026") == [10, 9]
    assert found(page, "бегство", outlet="Азаттық") == [16]


def test_an_excerpt_has_the_outlets_words_only(page: Page) -> None:
    (one,) = page.evaluate("find('экстрадировали Омск')")
    assert "экстрадир" in one["excerpt"].lower()
    assert "экстрадици" not in one["excerpt"].lower()
    assert one["meta"]["title"] == "Казахстан экстрадировал россиянина"
    assert one["meta"]["date"] == "2026-11-22"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", ""),
        ("«Ещё» один", "еще один"),
        ("ҰҚК-нің", "ұқк"),
        ("ҰҚК-дағылар", "ұқк"),
        ("вид-на-жительство", "вид-на-жительство"),
        ("КНБ-ге", "кнб"),
        ("экcтpадиция", "экстрадиция"),
        ("за\u00adдер\u200bжан\u0301", "задержан"),
        ("тергеушінің сұрағы", "тергеуш сұра"),
        ("Almaty", "almaty"),
        ("<script>alert(1)</script>", "script alert 1 script"),
        ("йога", "йога"),
        ("слово " * 40, " ".join(["слово"] * 12)),
    ],
)
def test_a_query_is_cleaned(page: Page, typed: str, meant: str) -> None:
    assert page.evaluate("typed => normalise(typed)", typed) == meant


def test_a_first_query_costs_little(archive: Path, page: Page) -> None:
    assert page.context.browser is not None
    with serving(archive) as (address, sent):
        fresh = page.context.browser.new_page()
        fresh.goto(address)
        fresh.wait_for_selector("html[data-ready]", state="attached")
        assert found(fresh, "депортация") == [14]
        fresh.close()
    assert sum(sent.values()) < FIRST_QUERY_BYTES
    assert not [path for path in sent if "pagefind-ui" in path]
