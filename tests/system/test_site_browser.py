"""The archive in Debian's Chromium: readable by everybody, on a phone, in the dark, without a word on the console.

Pictures of its pages are left in build/site-screenshots.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Response

from monitor.site.outputs.search_index import record, write_index
from monitor.site.pages import Renderer
from tests.factories import site
from tests.harness.chromium import CHROMIUM, barriers
from tests.harness.sources import ROOT
from tests.servers.files import FileServer

PICTURES = ROOT / "build/site-screenshots"

PAGES = {
    "latest": "index.html",
    "story": "story/1000.html",
    "topic": "kk/topic/knb.html",
    "case": "case/3.html",
    "months": "en/months.html",
    "charts": "charts.html",
    "about": "about.html",
    "search": "kk/search.html",
}
PHONE, DESK, HEIGHT = 360, 1280, 740
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
COLOURS = ("color-contrast", "link-in-text-block")
LAYOUT = (*COLOURS, "target-size", "scrollable-region-focusable", "css-orientation-lock")
LOOKS = ((PHONE, "light", RULES), (PHONE, "dark", COLOURS), (DESK, "light", LAYOUT))  # and what axe may find anew in it
FIRST_PAGE = 60_000  # bytes in all
ALIKE = 20  # stories of a list, after which the next ones are made as these: axe looks at every element of each
SMALLEST_TARGET = 24  # CSS pixels, but for links within a sentence

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="browser: no chromium here; apt-get install chromium")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The made archive with its search index, served below a folder of a host."""
    root = tmp_path_factory.mktemp("site")
    about = site.about()
    listed = [site.brief(number, **({"case": 3} if number in (0, 3, 6) else {})) for number in range(120)]
    for page in site.archive(Renderer(about, zone=site.ZONE), listed, of=about):
        path = root / "below" / page.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(page.body)
    write_index((record(site.plain_story(item)) for item in listed), root / "below/pagefind")
    with FileServer(root) as server:
        yield f"{server.url}/below/"


def context(browser: Browser, width: int = PHONE, **given: Any) -> BrowserContext:
    return browser.new_context(viewport={"width": width, "height": HEIGHT}, locale="ru", **given)


@pytest.fixture(scope="module")
def phone(browser: Browser) -> Iterator[Page]:
    """One page for all tests, as below; nothing is cached: each comes as for the first time."""
    with context(browser) as opened:
        page = opened.new_page()
        network = opened.new_cdp_session(page)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})
        yield page


@pytest.fixture
def page(phone: Page) -> Iterator[Page]:
    """A page of a phone; what it says on the console is an error."""
    said: list[str] = []

    def hear_message(message: ConsoleMessage) -> None:
        said.append(message.text)

    def hear_error(error: Error) -> None:
        said.append(str(error))

    phone.on("console", hear_message)
    phone.on("pageerror", hear_error)
    phone.emulate_media(media="screen")
    phone.goto("about:blank")
    yield phone
    phone.remove_listener("console", hear_message)
    phone.remove_listener("pageerror", hear_error)
    assert said == []


@pytest.fixture(scope="module")
def read_page(browser: Browser) -> Iterator[Page]:
    """One page for all that is only read: a new one is a new process, and three times the work of the reading."""
    with context(browser, bypass_csp=True) as opened:
        yield opened.new_page()


def look(page: Page, width: int, scheme: Any) -> None:
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.emulate_media(color_scheme=scheme)


@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_read_it(read_page: Page, address: str, name: str) -> None:
    """No scrolling sideways; no violation that axe knows; a picture for people to look at."""
    read_page.goto(address + PAGES[name])
    read_page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    for width in (PHONE, DESK):
        read_page.set_viewport_size({"width": width, "height": HEIGHT})
        assert read_page.evaluate("document.documentElement.scrollWidth") <= width

    rest = "(most) => [...document.querySelectorAll('.brief')].slice(most).forEach((one) => one.remove())"
    read_page.evaluate(rest, ALIKE)
    for width, scheme, rules in LOOKS:
        look(read_page, width, scheme)
        read_page.screenshot(path=PICTURES / f"{name}-{width}-{scheme}.jpeg", full_page=True)
        assert barriers(read_page, of=rules) == [], (width, scheme)


def test_a_finger_finds_its_target(page: Page, address: str) -> None:
    for name, path in PAGES.items():
        page.goto(address + path)
        small = page.evaluate(
            """(smallest) => [...document.querySelectorAll("a, button, summary, input, select")]
            .filter((one) => !one.matches(".skip, p.note a, td a, :disabled, [hidden]"))
            .map((one) => [one.textContent.trim(), one.getBoundingClientRect().height])
            .filter(([, height]) => height > 0 && height < smallest)""",
            SMALLEST_TARGET,
        )

        assert small == [], name


def test_the_first_page_is_light(page: Page, address: str) -> None:
    came: list[Response] = []
    page.on("response", lambda response: came.append(response))  # noqa: PLW0108 - playwright wants a function
    page.goto(address + PAGES["latest"], wait_until="networkidle")
    sizes = [len(response.body()) for response in came]

    assert len(sizes) >= 2
    assert sum(sizes) <= FIRST_PAGE


def test_nothing_moves_while_a_page_loads(page: Page, address: str) -> None:
    page.goto(address + PAGES["search"], wait_until="networkidle")
    moved = page.evaluate(
        """() => new Promise((resolve) => new PerformanceObserver((list) =>
        resolve(list.getEntries().reduce((sum, entry) => sum + entry.value, 0)))
        .observe({ type: "layout-shift", buffered: true }) || setTimeout(() => resolve(0), 300))"""
    )

    assert moved == 0


def test_one_gets_back_to_where_one_was(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="#КНБ").first.click()
    page.wait_for_url("**/topic/knb.html")
    page.locator(".brief h3 a").nth(4).click()
    page.wait_for_url("**/story/*.html")
    page.go_back()
    page.wait_for_url("**/topic/knb.html")
    page.go_back()

    assert page.title() == "Россияне в Казахстане: архив новостей"


def test_the_keyboard_skips_to_the_content_and_shows_where_it_is(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.press("Tab")
    skip = page.locator(":focus")

    assert skip.inner_text() == "К содержанию"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_words_are_searched_and_no_server_learns_them(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}en/search.html")
    page.get_by_label("Words").fill("мобилизации")
    page.get_by_role("button", name="Search").click()
    page.locator("#results li").first.wait_for()
    page.get_by_label("Topic").select_option("extradition")
    page.wait_for_url("**topic=extradition")
    page.get_by_label("Outlet", exact=True).select_option("Уральская неделя")
    page.wait_for_url("**outlet=**")
    page.get_by_text("2026 · Уральская неделя").first.wait_for()
    page.locator("#results a").first.click()
    page.wait_for_url("**/en/story/*.html")
    page.go_back()
    page.locator("#results li").first.wait_for()

    assert page.get_by_label("Words").input_value() == "мобилизации"
    assert not [url for url in asked if "%D0%BC" in url or "мобилизации" in url]
    assert all(url.startswith(address) for url in asked)


def test_a_search_is_found_again_by_its_address(page: Page, address: str) -> None:
    page.goto(f"{address}search.html#q=%D0%BD%D0%B5%D1%82%D1%82%D0%B0%D0%BA%D0%BE%D0%B3%D0%BE&year=2026")
    page.get_by_text("Ничего не нашлось").wait_for()

    assert page.get_by_label("Год").input_value() == "2026"


def test_without_scripts_the_months_stand_in_for_search(browser: Browser, address: str) -> None:
    with context(browser, java_script_enabled=False) as opened:
        page = opened.new_page()
        page.goto(f"{address}search.html")
        page.get_by_role("link", name="все месяцы").click()
        page.get_by_role("link", name="ноябрь").click()

        assert page.get_by_role("heading", level=1).inner_text() == "ноябрь 2026"


def test_what_is_printed_names_where_links_lead(page: Page, address: str) -> None:
    page.goto(address + PAGES["story"])
    page.emulate_media(media="print")
    shown = page.evaluate("getComputedStyle(document.querySelector('.out a'), '::after').content")

    assert "https://news.example/2026/11/vydacha" in shown
    assert not page.locator("nav.rooms").is_visible()
