"""Feeds tried over HTTP: the feed behind an address, and the health of those we have."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from monitor.models.feeds import Feed, FeedKind
from monitor.sources import checkup, discovery
from monitor.sources.checkup import Checkup
from monitor.sources.http.client import Fetcher, Limits
from tests.factories import NOW
from tests.factories import feed as make_feed
from tests.harness.clock import Clock
from tests.servers import faults
from tests.servers.web import PAGE_TYPE, Item, WebServer, rss


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    limits = Limits(host_gap=0)
    async with Fetcher(user_agent="test", clock=Clock(), allow_private=True, limits=limits) as made:
        yield made


def items(web: WebServer, count: int = 6, *, age: timedelta = timedelta(hours=1)) -> list[Item]:
    return [
        Item(
            title=f"Суд в Актау отложил заседание номер {n}",
            link=f"{web.url}/news/2026/{n}",
            published=NOW - age * (n + 1),
        )
        for n in range(count)
    ]


def page(body: str, head: str = "") -> str:
    return f"<!doctype html><html><head><title>Вести</title>{head}</head><body>{body}</body></html>"


def sitemap(web: WebServer) -> str:
    urls = "".join(
        f"<url><loc>{item.link}</loc><news><publication_date>2026-11-22</publication_date><title>{item.title}</title></news></url>"
        for item in items(web)
    )
    return f"<urlset>{urls}</urlset>"


CHANNEL = (
    '<div class="tgme_widget_message" data-post="vesti/1">'
    '<div class="tgme_widget_message_text js-message_text">Суд</div></div>'
)


async def find(fetcher: Fetcher, url: str, *known: Feed) -> discovery.FoundFeed | None:
    return await discovery.find_feed(fetcher, url, known, now=NOW)


async def test_the_address_itself_may_be_the_feed(fetcher: Fetcher, web: WebServer) -> None:
    url = web.serve("/rss.xml", rss(items(web), title="Вести Актау"))
    answer = await find(fetcher, url)
    assert answer is not None
    assert answer.feed == make_feed(name="Вести Актау", url=url)
    assert (len(answer.entries), answer.twin) == (6, None)


async def test_the_feed_that_the_page_names(fetcher: Fetcher, web: WebServer) -> None:
    dead = '<link rel="alternate" type="application/rss+xml" href="/gone">'
    empty = '<link rel="alternate" type="application/rss+xml" href="/empty">'
    web.serve("/empty", rss([]))
    web.serve("/lenta", rss(items(web)))
    head = dead + empty + '<link rel="alternate" type="application/rss+xml" href="/lenta">'
    answer = await find(fetcher, web.serve("/", page("<p>Главная</p>", head), content_type=PAGE_TYPE))
    assert answer is not None
    assert answer.feed.url == f"{web.url}/lenta"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/feed.xml", FeedKind.RSS),
        ("/google-news-sitemap.xml", FeedKind.SITEMAP),
        ("/karta-news.xml", FeedKind.SITEMAP),
        ("/s/vesti_kz", FeedKind.TELEGRAM),
        ("/", FeedKind.HTML),
    ],
)
async def test_what_the_page_does_not_name_is_looked_for(
    fetcher: Fetcher, web: WebServer, path: str, kind: FeedKind
) -> None:
    front = page("".join(f'<h3><a href="{item.link}">{item.title}</a></h3>' for item in items(web)))
    bodies: dict[FeedKind, Any] = {
        FeedKind.RSS: rss(items(web)),
        FeedKind.SITEMAP: sitemap(web),
        FeedKind.TELEGRAM: CHANNEL,
    }
    web.serve("/", front, content_type=PAGE_TYPE)
    web.serve(path, bodies.get(kind, front))
    web.serve("/robots.txt", f"Sitemap: {web.url}/karta-news.xml\n", content_type="text/plain")
    start = f"{web.url}{path}" if kind is FeedKind.TELEGRAM else f"{web.url}/"
    answer = await find(fetcher, start)
    assert answer is not None
    assert (answer.feed.kind, answer.feed.url) == (kind, f"{web.url}{path}")


async def test_a_site_that_answers_everything_with_one_page_has_no_feed(fetcher: Fetcher, web: WebServer) -> None:
    for path in ("/", "/rss", "/feed/", "/rss.xml", "/robots.txt", "/news-sitemap.xml"):
        web.serve(path, page("<div id=app></div>"), content_type=PAGE_TYPE)
    assert await find(fetcher, f"{web.url}/") is None
    assert len(web.requests) <= discovery.MOST_TRIES + 2


async def test_a_known_feed_is_found_by_address_and_by_content(fetcher: Fetcher, web: WebServer) -> None:
    url = web.serve("/rss.xml", rss(items(web)))
    copy = web.serve("/all.xml", rss(items(web, 8)))
    other = web.serve("/sport.xml", rss([Item(title="Матч", link=f"{web.url}/sport/1")]))
    known, sport = make_feed(name="Вести", url=url), make_feed(name="Спорт", url=other)
    by_address = await find(fetcher, f"{url}?utm_source=x", sport, known)
    by_content = await find(fetcher, copy, sport, known)
    new = await find(fetcher, copy, sport)
    assert [one.twin.name if one and one.twin else None for one in (by_address, by_content, new)] == [
        "Вести",
        "Вести",
        None,
    ]


async def check(fetcher: Fetcher, *feeds: Feed) -> list[Checkup]:
    ended: list[Checkup] = []
    answers = await checkup.check_feeds(fetcher, feeds, now=NOW, checked=ended.append)
    assert sorted(one.feed for one in ended) == sorted(one.feed for one in answers)
    return list(answers)


async def test_every_feed_gets_a_verdict_in_the_order_of_the_file(fetcher: Fetcher, web: WebServer) -> None:
    web.fail("/cut", faults.reset)
    moved = web.redirect("/moved", "/good")
    feeds = {
        "OK": web.serve("/good", rss(items(web))),
        "STALE": web.serve("/old", rss(items(web, age=timedelta(days=30)))),
        "EMPTY": web.serve("/empty", rss([])),
        "HTML": web.serve("/page", page("Главная"), content_type=PAGE_TYPE),
        "BLOCKED": web.serve("/wall", "<!doctype html><title>Just a moment...</title>", content_type=PAGE_TYPE),
        "HTTP 404": f"{web.url}/nowhere",
        "HTTP 500": web.serve("/broken", "", status=500),
        "CONNECTION": web.serve("/cut", ""),
    }
    answers = await check(
        fetcher, *(make_feed(name=name, url=url) for name, url in feeds.items()), make_feed(url=moved)
    )
    assert [answer.verdict for answer in answers] == [*feeds, "OK"]
    assert answers[-1].final_url == f"{web.url}/good"


async def test_a_dead_feed_lives_by_its_fallback(fetcher: Fetcher, web: WebServer) -> None:
    fallback = web.serve("/s/vesti", CHANNEL, content_type=PAGE_TYPE)
    (dead, alive) = await check(
        fetcher,
        make_feed(name="А", url=f"{web.url}/gone", fallback=f"{web.url}/gone too"),
        make_feed(name="Б", url=f"{web.url}/gone", fallback=fallback),
    )
    assert (dead.verdict, dead.is_fallback) == ("HTTP 404", False)
    assert (alive.verdict, alive.is_fallback, alive.kind, alive.entries) == ("OK", True, FeedKind.TELEGRAM, 1)


async def test_an_index_of_sitemaps_is_followed(fetcher: Fetcher, web: WebServer) -> None:
    web.serve("/news-1.xml", sitemap(web))
    url = web.serve("/index.xml", "<sitemapindex><sitemap><loc>/news-1.xml</loc></sitemap></sitemapindex>")
    (answer,) = await check(fetcher, make_feed(kind=FeedKind.SITEMAP, url=url))
    assert (answer.verdict, answer.entries) == ("OK", 6)
