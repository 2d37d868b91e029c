import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from posixpath import dirname, join, normpath
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.models.evidence import Sight
from monitor.models.site import Outlet, Quote, SiteStory, SiteTopic, StoryBrief, Takedown
from monitor.site.page import Page
from monitor.site.pages import LATEST, NEWEST, Renderer
from tests.factories import site

HOSTILE = (
    '"><script>alert(1)</script>',
    "</title></head><img src=x onerror=alert(1)>",
    "\u202eтекст справа налево\u2066\u200f",
    "שלום עולם <b>",
    "😀" * 10_000,
    "а" * 300,
    "{{ 7*7 }} {% raw %}",
    "&lt;i&gt; &amp;amp; &#0; &bogus;",
    "\x00\x07\x1b[31m\x85\ufffe\U0001ffff\ud800",
    "   \n\t ",
    "",
)
LINKS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " data:text/html,<script>alert(1)</script>",
    'https://v.example/"onmouseover="alert(1)',
    "https://name:secret@v.example/a",
    "https://v.example/\u202egnp.exe",
    "//v.example/a",
    "",
)
MADE_ELSEWHERE = re.compile(r"^(feeds/[\w-]+\.(atom|json)|pagefind/)")

texts = st.sampled_from(HOSTILE) | st.text(max_size=80)
links = st.sampled_from(LINKS) | st.text(max_size=40).map("https://v.example/{}".format)
quotes = st.builds(
    Quote, text=texts, marks=st.lists(st.tuples(st.integers(-3, 90), st.integers(-3, 90)), max_size=3).map(tuple)
)
topics = st.builds(SiteTopic, id=st.sampled_from(("knb", "rvp", "gone")), title=texts, hashtag=texts)
briefs = st.builds(
    site.brief,
    st.integers(0, 500),
    title=texts,
    outlets=st.lists(texts, max_size=5).map(tuple),
    languages=st.lists(st.sampled_from(("ru", "kk")), max_size=2, unique=True).map(tuple),
    topics=st.lists(topics, max_size=2).map(tuple),
    places=st.lists(texts, max_size=2).map(tuple),
    first_quote=texts,
)
tellings = st.builds(
    site.telling,
    outlet=texts,
    url=links,
    headline=quotes,
    quotes=st.lists(quotes, max_size=3).map(tuple),
    language=st.sampled_from(("ru", "kk", None)),
    published_at=st.sampled_from((None, site.NOON, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))),
    former_title=texts,
)
looks = st.builds(site.look, url=links, sight=st.sampled_from(Sight), said=texts, digest=texts)
stories = st.builds(
    site.story,
    brief=briefs,
    tellings=st.lists(tellings, max_size=3).map(tuple),
    looks=st.lists(looks, max_size=3).map(tuple),
    post_url=links,
)


@cache
def renderer(address: str = site.ADDRESS) -> Renderer:
    return Renderer(site.about(address=address), zone=site.ZONE)


@cache
def whole(address: str = site.ADDRESS) -> dict[str, bytes]:
    """Every page of a small archive, by its path."""
    listed = [site.brief(number, **({"case": 3} if number in (0, 3) else {})) for number in range(12)]
    return {page.path: page.body for page in site.archive(renderer(address), listed, of=site.about(address=address))}


def parsed(body: bytes) -> Element:
    """The document; a page that is not valid raises."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    document: Element = parser.parse(body, transport_encoding="utf-8")
    return document


def documents(pages: Iterable[Page]) -> list[Element]:
    return [parsed(page.body) for page in pages if page.path.endswith(".html")]


def pages_of(archive: dict[str, bytes]) -> dict[str, Element]:
    return {path: parsed(body) for path, body in archive.items() if path.endswith(".html")}


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def harmless(document: Element) -> None:
    """No code, no styles within, no way out but to http(s) and pages of the archive."""
    for element in document.iter():
        assert element.tag not in ("style", "iframe", "object", "img", "base")
        assert element.tag != "script" or element.get("src", "").endswith("assets/search.js")
        assert not {name for name in element.attrib if name.startswith("on") or name == "style"}
        for name in ("href", "src", "action"):
            address = element.get(name, "")
            assert re.match(r"https?://|#|[\w./-]*$", address), address
            assert "secret@" not in address


# ── what holds for every page ──────────────────────────────────────────────────────────────────


def test_every_page_is_valid_and_harmless() -> None:
    pages = pages_of(whole())

    assert len(pages) > 60
    for document in pages.values():
        harmless(document)


@settings(max_examples=30)
@given(story=stories, title=texts)
def test_hostile_stories_make_valid_pages(story: SiteStory, title: str) -> None:
    for document in documents(renderer().story(story, case=site.case(title=title))):
        harmless(document)
        assert text_of(document.find(".//h1"))  # type: ignore[arg-type]  # every page has one


@settings(max_examples=15)
@given(listed=st.lists(briefs, max_size=5), title=texts)
def test_hostile_lists_make_valid_pages(listed: list[StoryBrief], title: str) -> None:
    about = site.about(
        outlets=tuple(Outlet(name=title, url=url, language=title) for url in LINKS),
        topics=(site.rules(site.KNB, title=title, hashtag=title, rules=HOSTILE),),
        channel="javascript:alert(1)",
    )
    of_hostile = Renderer(about, zone=site.ZONE)
    kinds: list[Callable[[], Iterable[Page]]] = [
        lambda: of_hostile.latest(listed),
        lambda: of_hostile.topic(about.topics[0], listed),
        lambda: of_hostile.month("2026-11", listed),
        lambda: of_hostile.case(site.case(title=title), listed),
        lambda: of_hostile.cases([site.case(title=title)], {item.id: item for item in listed}),
        lambda: of_hostile.charts(listed),
        lambda: of_hostile.about_page(listed),
        lambda: of_hostile.search(listed),
    ]
    for pages in kinds:
        for document in documents(pages()):
            harmless(document)


def test_each_page_stands_in_three_languages() -> None:
    paths = {path for path in whole() if path.endswith(".html")} - {"404.html"}
    russian = {path for path in paths if not path.startswith(("kk/", "en/"))}

    assert paths == {folder + path for path in russian for folder in ("", "kk/", "en/")}
    for path, document in pages_of(whole()).items():
        language = path[:2] if path.startswith(("kk/", "en/")) else "ru"
        assert document.get("lang") == language


@pytest.mark.parametrize("address", ["", site.ADDRESS])
def test_every_link_leads_to_a_page_that_was_made(address: str) -> None:
    archive = whole(address)
    for path, document in pages_of(archive).items():
        for element in document.iter():
            link = element.get("href") or element.get("src") or element.get("action") or ""
            if not link or re.match(r"https?://(?!archive\.example)", link) or path == "404.html":
                continue
            assert not link.startswith("/"), f"{path}: {link}"
            target, _, anchor = link.removeprefix(address or "\n").partition("#")
            here = path if not target else normpath(join("" if link.startswith("http") else dirname(path), target))
            assert here in archive or MADE_ELSEWHERE.match(here), f"{path}: {link}"
            if anchor:
                assert document.find(f".//*[@id='{anchor}']") is not None


def test_an_archive_without_an_address_names_none() -> None:
    for path, body in whole("").items():
        if path.endswith(".html"):
            assert b"archive.example" not in body
            assert b"og:image" not in body
            assert b"canonical" not in body


@pytest.mark.parametrize("path", ["index.html", "kk/story/1000.html", "en/about.html"])
def test_the_head_says_who_it_is(path: str) -> None:
    document = pages_of(whole())[path]
    meta: dict[str, Any] = {
        str(element.get("name") or element.get("property")): element.get("content") for element in document.iter("meta")
    }
    links = [(element.get("rel"), element.get("hreflang"), element.get("href")) for element in document.iter("link")]
    name = re.sub("^(kk|en)/", "", path)

    assert meta["referrer"] == "no-referrer"
    assert meta["description"]
    assert text_of(document.find(".//title"))  # type: ignore[arg-type]  # it has one
    assert meta["og:image"] == f"{site.ADDRESS}og/{'1000' if 'story' in path else 'site'}.png"
    assert ("canonical", None, site.ADDRESS + path) in links
    for language, folder in (("ru", ""), ("kk", "kk/"), ("en", "en/")):
        assert ("alternate", language, site.ADDRESS + folder + name) in links


def test_only_the_search_page_may_run_a_script() -> None:
    for path, document in pages_of(whole()).items():
        policy = document.find(".//meta[@http-equiv='Content-Security-Policy']")
        assert policy is not None
        said = policy.get("content", "")
        assert said.startswith("default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'")
        assert ("script-src" in said) == path.endswith("search.html")
        assert "unsafe-inline" not in said


# ── stories ────────────────────────────────────────────────────────────────────────────────────


def story_page(language: str = "ru", **given_fields: Any) -> Element:
    pages = renderer().story(site.story(**given_fields), case=site.case())
    return next(document for document in documents(pages) if document.get("lang") == language)


def test_a_story_shows_what_each_outlet_wrote() -> None:
    page = story_page()
    marks = [text_of(mark) for mark in page.iter("mark")]
    quotes = [(quote.get("lang"), text_of(quote)) for quote in page.iter("blockquote")]

    assert marks[:2] == ["Астане", "выдать России"]
    assert [language for language, _ in quotes] == ["ru", "kk"]
    assert quotes[0][1].endswith("просил убежища в Астане. Адвокат обжалует решение в городском суде.")
    assert "опубликовано 22 ноября 2026, 11:46 · прочитано нами 22 ноября 2026, 12:01" in text_of(page)
    assert "Время — Алматы." in text_of(page)
    assert "Заголовок изменён, прежний: Астанада буряттық белсендінің ісі қаралды" in text_of(page)
    assert "Адрес: javascript:alert(1)" in text_of(page)


def test_a_story_leads_on() -> None:
    page = story_page()
    links = {text_of(link): link for link in page.iter("a")}

    assert links["Читать на news.example"].get("href") == "https://news.example/2026/11/vydacha?id=7&page=2"
    assert links["Читать на news.example"].get("rel") == "noopener noreferrer nofollow"
    assert links["Дело активиста из Бурятии"].get("href") == "../case/3.html"
    assert links["Что было раньше: запись 997"].get("href") == "../story/997.html"
    assert links["Что было дальше: запись 994"].get("href") == "../story/994.html"
    assert links["Как сообщили в канале"].get("href") == "https://t.me/channel/17"
    assert links["#экстрадиция"].get("href") == "../topic/extradition.html"


def test_changes_read_without_colour() -> None:
    page = story_page("en")
    changes = [text_of(change) for change in page.iter("dl")]

    assert changes[1] == "was просил убежища с мая is now просил убежища полгода"
    assert changes[2:4] == ["added Адвокат обжалует решение.", "removed Его имя не называют."]
    assert [text_of(word) for word in page.iter("del")][1] == "просил убежища с мая"
    assert site.look().digest in text_of(page)


def test_a_topic_that_is_no_more_is_no_link() -> None:
    gone = SiteTopic(id="gone", title="Прежняя тема", hashtag="прежняя")
    page = story_page(brief=site.brief(0, topics=(gone,)))

    assert "#прежняя" in text_of(page)
    assert "#прежняя" not in {text_of(link) for link in page.iter("a")}


def test_a_story_taken_off_says_only_the_day() -> None:
    taken_down = Takedown(story=5, at=site.NOON.replace(minute=47), why="по просьбе героя")
    for page, document in ((page, parsed(page.body)) for page in renderer().tombstone(taken_down)):
        said = text_of(document)
        assert "2026" in said
        assert b":47" not in page.body
        assert "по просьбе" not in said
        robots = document.find(".//meta[@name='robots']")
        assert robots is not None
        assert robots.get("content") == "noindex"


# ── lists ──────────────────────────────────────────────────────────────────────────────────────


def stories_in(page: Page) -> list[str]:
    listed = parsed(page.body).findall(".//li[@class='brief']")
    return [str(next(item.iter("a")).get("href")) for item in listed]


def test_the_first_page_shows_the_newest_and_leads_to_the_rest() -> None:
    listed = site.briefs(LATEST + 1)
    page = next(iter(renderer().latest(listed)))

    assert stories_in(page) == [f"story/{item.id}.html" for item in listed[:LATEST]]
    assert "Что было раньше — по месяцам" in page.body.decode()


def test_a_topic_of_many_shows_the_newest() -> None:
    page = next(iter(renderer().topic(site.about().topics[0], site.briefs(1) * 100_000)))

    assert len(stories_in(page)) == NEWEST
    assert "100\u00a0000 историй" in page.body.decode()


@pytest.mark.parametrize("count", [0, 1])
def test_an_empty_archive_and_one_of_one_story_are_whole(count: int) -> None:
    pages = list(site.archive(renderer(), site.briefs(count), of=site.about()))

    for document in documents(pages):
        assert document.find(".//h1") is not None


def test_days_begin_at_midnight_of_the_zone() -> None:
    late = site.brief(1, posted_at=datetime(2026, 11, 21, 18, 59, tzinfo=UTC))
    next_day = site.brief(0, posted_at=datetime(2026, 11, 21, 19, 1, tzinfo=UTC))
    page = parsed(next(iter(renderer().latest([next_day, late]))).body)

    assert [text_of(day) for day in page.iter("h2")] == ["22 ноября 2026", "21 ноября 2026"]


def test_a_case_is_told_from_its_beginning() -> None:
    listed = [site.brief(number, case=3) for number in (0, 3, 6)]
    page = next(iter(renderer().case(site.case(), listed)))

    assert stories_in(page) == [f"../story/{number}.html" for number in (994, 997, 1000)]


# ── what it is made of ─────────────────────────────────────────────────────────────────────────


def test_the_version_is_that_of_what_pages_are_made_of() -> None:
    about = site.about()
    version = Renderer(about, zone=site.ZONE).version

    assert Renderer(replace(about), zone=site.ZONE).version == version
    assert Renderer(replace(about, channel=""), zone=site.ZONE).version != version
    assert Renderer(about, zone="Asia/Aqtau").version != version


def test_the_page_for_what_is_missed_begins_at_the_root() -> None:
    below = Renderer(site.about(address="https://v.example/archive/"), zone=site.ZONE)
    body = next(page.body for page in below.static() if page.path == "404.html").decode()

    assert 'href="/archive/assets/style.css"' in body
    assert 'href="/archive/kk/index.html"' in body


def test_styles_are_small() -> None:
    assert len(whole()["assets/style.css"]) <= 12_288
