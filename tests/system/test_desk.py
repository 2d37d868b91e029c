"""The desk in Debian's Chromium over a running monitor: what a maintainer does of an evening, from the chat and back.

Pictures of its pages are left in build/desk-screenshots.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.harness.chromium import CHROMIUM, barriers
from tests.harness.monitor_process import PATIENCE, Monitor, eventually
from tests.harness.polled_history import FILLER
from tests.harness.sources import ROOT
from tests.servers.bot_api import REVIEW, TOKEN, BotApi
from tests.servers.postgres import free_port
from tests.servers.web import PAGE_TYPE, Item, WebServer, rss

PICTURES = ROOT / "build/desk-screenshots"
PHONE, LAPTOP = 360, 1280
CHANNEL = "@test_channel"
RULES = """\
lists:
  казахстан: {ru: "Казахстан, Астана"}  # где
topics:
  extradition:
    title: Экстрадиция
    hashtag: экстрадиция
    any_of:
      - name: выдача
        all: [{ru: "экстрадировать, выдать"}, $казахстан]
        within: sentence
      - name: задержание
        tier: review
        all: [{ru: задержать}, {ru: россиянин}]
        within: sentence
"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="browser: no chromium here; apt-get install chromium")


def item(number: int, title: str, text: str) -> Item:
    now = datetime.now(UTC)  # noqa: TID251 - the world outside the product has a clock
    link = f"https://news.example/{number}"
    rest = " ".join(
        FILLER[(7 * number + place) % len(FILLER)] for place in range(7)
    )  # a whole article: no page is asked for
    return Item(title=title, link=link, guid=link, content=f"{text} {rest}", published=now - timedelta(minutes=5))


LACKING = item(1, "Вести с космодрома", "Россиянина экстрадируют из Байконура уже завтра, говорит его адвокат Иванов.")
DOUBTFUL = item(2, "Задержание на вокзале", "Россиянина задержали вечером на вокзале, сообщили очевидцы.")


@pytest.fixture
def monitor(tmp_path: Path, web: WebServer, bot_api: BotApi) -> Iterator[Monitor]:
    """Live, with a review chat and a desk; two news were read, one of which asks for a decision."""
    monitor = Monitor(
        tmp_path,
        MONITOR_BOT_TOKEN=TOKEN,
        MONITOR_CHANNEL=CHANNEL,
        MONITOR_REVIEW_CHAT=str(REVIEW.id),
        MONITOR_BOT_API_URL=bot_api.url,
        MONITOR_DESK_PORT=str(free_port()),
    )
    monitor.keywords.write_text(RULES, encoding="utf-8")
    monitor.write_feeds(Порт=web.serve("/port", rss([LACKING, DOUBTFUL])))
    monitor.start_and_wait()
    eventually(lambda: len(monitor.sql("SELECT 1 FROM entries")) == 2, what="the first poll")
    yield monitor
    monitor.kill()


@pytest.fixture
def page(monitor: Monitor, bot_api: BotApi, browser: Browser) -> Iterator[Page]:
    """A visitor who came in by the link of the chat; whatever the console says is an error of the test."""
    said: list[str] = []
    with browser.new_context(viewport={"width": LAPTOP, "height": 800}, locale="ru") as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        expect.set_options(timeout=PATIENCE * 1000)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(link_of_the_chat(bot_api))
        page.get_by_role("button", name="Войти").click()
        page.wait_for_url("**/news/waiting")
        yield page
    assert said == []


def link_of_the_chat(bot_api: BotApi) -> str:
    bot_api.say(REVIEW.id, "/desk")
    eventually(lambda: "Войти за стол" in text_of(bot_api), what="the link")
    entities = [entity for message in bot_api.posted(REVIEW.id) for entity in message.entities]
    return next(str(entity["url"]) for entity in entities if "/in/" in str(entity.get("url")))


def text_of(bot_api: BotApi, chat: int | str = REVIEW.id) -> str:
    return "\n".join(message.text for message in bot_api.posted(chat))


def looked_at(page: Page, name: str) -> None:
    """The page as it stands: no barrier that axe knows, nothing wider than a phone; a picture of it is kept."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")
    page.set_viewport_size({"width": PHONE, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE, name
    page.screenshot(path=PICTURES / f"{name}-phone.png")
    assert barriers(page) == [], name
    page.set_viewport_size({"width": LAPTOP, "height": 800})


def test_a_word_is_tried_saved_taken_up_and_taken_back(
    monitor: Monitor, page: Page, web: WebServer, bot_api: BotApi
) -> None:
    page.get_by_role("link", name="Слова", exact=True).click()
    looked_at(page, "words")
    page.get_by_role("link", name="$казахстан").first.click()
    page.get_by_label("Слово, как в словаре").fill("Байконур")
    expect(page.locator(".live")).to_contain_text("байконуром")
    expect(page.locator(".live")).to_contain_text("Прибавилось бы 1, пропало бы 0")
    expect(page.locator(".live mark").first).to_be_visible()
    looked_at(page, "word-typed")

    page.get_by_role("button", name="Посмотреть, что изменится").click()
    expect(page.get_by_role("main")).to_contain_text("Россиянина экстрадируют из Байконура уже завтра")
    looked_at(page, "word-tried")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_role("status")).to_contain_text("Сохранено")
    assert monitor.keywords.read_text(encoding="utf-8") == RULES.replace("Астана", "Астана, Байконур")
    eventually(lambda: "+ Байконур" in text_of(bot_api), what="the notice in the chat")
    assert ", Р." in text_of(bot_api), "it says whose edit it was, by one letter"

    released = item(3, "Ещё один", "Россиянина выдали с Байконура ночью, рассказала его сестра Мария.")
    web.serve("/port", rss([released, LACKING, DOUBTFUL]))
    monitor.sql("UPDATE feeds SET next_poll_at = '2000-01-01 00:00:00.000000'")
    eventually(lambda: "Ещё один" in text_of(bot_api, CHANNEL), what="a post by the new word")

    page.get_by_role("link", name="Прежние версии").click()
    page.locator(".versions a").last.click()
    looked_at(page, "version")
    page.get_by_role("button", name="Вернуть эту версию").click()
    expect(page.get_by_role("status")).to_contain_text("Сохранено")
    assert monitor.keywords.read_text(encoding="utf-8") == RULES
    eventually(lambda: "− Байконур" in text_of(bot_api), what="the notice that it was taken back")


def test_a_feed_is_found_tried_added_and_paused(monitor: Monitor, page: Page, web: WebServer, bot_api: BotApi) -> None:
    head = f'<link rel="alternate" type="application/rss+xml" title="Река" href="{web.url}/river">'
    web.serve("/home", f"<html><head><title>Река</title>{head}</head><body></body></html>", content_type=PAGE_TYPE)
    web.serve("/river", rss([item(4, "Новости реки", "Лёд сошёл.")]))
    page.get_by_role("link", name="Ленты", exact=True).click()
    looked_at(page, "feeds")
    page.get_by_role("link", name="Добавить").click()
    page.get_by_label("Адрес сайта").fill(f"{web.url}/home")
    page.get_by_role("button", name="Найти").click()
    expect(page.get_by_role("main")).to_contain_text("Новости реки")
    looked_at(page, "feed-found")
    page.get_by_label("Имя").fill("Река")
    page.get_by_role("button", name="Добавить").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert "name: Река" in monitor.feeds.read_text(encoding="utf-8")
    eventually(lambda: monitor.sql("SELECT 1 FROM entries WHERE feed = 'Река'"), what="its first poll")
    assert "новая лента «Река»" in text_of(bot_api)

    page.goto(page.url.partition("/feeds")[0] + "/feeds/one?name=Река")
    expect(page.get_by_role("main")).to_contain_text("Новости реки")
    looked_at(page, "feed")


def test_a_story_is_decided_as_in_the_chat(monitor: Monitor, page: Page, bot_api: BotApi) -> None:
    expect(page.get_by_role("main")).to_contain_text("Задержание на вокзале")
    looked_at(page, "waiting")
    page.get_by_role("link", name="Задержание на вокзале").click()
    expect(page.locator("mark").first).to_be_visible()
    looked_at(page, "story")
    page.get_by_role("button", name="Опубликовать").click()
    eventually(lambda: "Задержание на вокзале" in text_of(bot_api, CHANNEL), what="a post")
    eventually(lambda: "Опубликовано" in text_of(bot_api), what="the question, decided")
    for path in ("/news", "/news/near", "/rules", "/status"):
        page.goto(page.url.partition("/news")[0].partition("/rules")[0] + path)
        looked_at(page, path.strip("/").replace("/", "-"))

    bot_api.say(REVIEW.id, "/desk out")
    eventually(lambda: "Стол закрыт" in text_of(bot_api), what="the answer")
    outside = page.request.get(page.url)
    assert outside.status == 401
    assert "Сюда входят по ссылке" in outside.text()
