"""Feeds tried over HTTP before they are saved."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from monitor.edits.feeds.feed_trials import FeedTrials
from monitor.errors import FeedError
from monitor.models.feeds import FeedKind, Listing
from monitor.sources.http.client import Fetcher, Limits
from monitor.sources.sandbox import Sandbox
from tests.factories import NOW, feed
from tests.harness.clock import Clock
from tests.servers.web import PAGE_TYPE, Item, WebServer, rss


@asynccontextmanager
async def reading(*, allow_private: bool = True) -> AsyncIterator[tuple[Fetcher, Sandbox]]:
    fetcher = Fetcher(user_agent="test", clock=Clock(), allow_private=allow_private, limits=Limits(host_gap=0))
    async with fetcher, Sandbox() as sandbox:
        yield fetcher, sandbox


@pytest.fixture
def trials() -> FeedTrials:
    return FeedTrials(reading, clock=Clock())


def entries(web: WebServer, path: str, *, count: int = 5) -> list[Item]:
    hour = timedelta(hours=1)
    return [
        Item(title=f"Суд в Актау отложил заседание {n}", link=f"{web.url}/{path}/{n}", published=NOW - hour * n)
        for n in range(count)
    ]


def page(body: str, head: str = "") -> str:
    return f"<!doctype html><html><head><title>Вести</title>{head}</head><body>{body}</body></html>"


async def test_selectors_show_what_they_read_and_the_text_of_a_page(trials: FeedTrials, web: WebServer) -> None:
    items = "".join(f"<li class=card><h2><a href=/n/{n}>Суд {n}</a></h2><i>вчера</i></li>" for n in range(12))
    web.serve("/news", page(items), content_type=PAGE_TYPE)
    text = "<p>Суд в Актау отложил заседание по делу об экстрадиции.</p>" * 9
    web.serve("/n/0", page(f"<aside>Реклама</aside><div class=body>{text}</div>"), content_type=PAGE_TYPE)
    listing = Listing(item="li.card", link="h2 a")

    seen = await trials.preview(
        feed(kind=FeedKind.HTML, url=f"{web.url}/news", listing=listing, article="div.body", lang="ru")
    )

    assert (seen.checkup.verdict, seen.checkup.entries) == ("OK", 12)
    assert [entry.title for entry in seen.entries] == [f"Суд {n}" for n in range(10)]
    assert seen.page == f"{web.url}/n/0"
    assert seen.article is not None
    assert seen.article.text.startswith("Суд в Актау отложил")


async def test_a_selector_that_finds_nothing_says_so(trials: FeedTrials, web: WebServer) -> None:
    web.serve("/news", page("<p>пусто</p>"), content_type=PAGE_TYPE)
    seen = await trials.preview(feed(kind=FeedKind.HTML, url=f"{web.url}/news", listing=Listing(item="li.card")))

    assert (seen.checkup.verdict, seen.entries, seen.article) == ("NO MATCH", (), None)
    assert "li.card" in seen.checkup.detail


async def test_all_feeds_of_a_site_are_found_and_what_repeats_is_left_out(trials: FeedTrials, web: WebServer) -> None:
    named = "".join(f'<link rel=alternate type=application/rss+xml href="/{path}">' for path in ("all", "copy", "kk"))
    web.serve("/", page("<p>Главная</p>", named), content_type=PAGE_TYPE)
    for path, of in (("all", "ru"), ("copy", "ru"), ("kk", "kk")):
        web.serve(f"/{path}", rss(entries(web, of)))
    known = feed(name="Казахская", url=f"{web.url}/kk")

    found = await trials.search(web.url, [known])

    assert [one.feed.url for one in found] == [f"{web.url}/all", f"{web.url}/kk"]
    assert [one.twin.name if one.twin else "" for one in found] == ["", "Казахская"]


async def test_what_was_found_before_the_time_was_over_counts(web: WebServer) -> None:
    named = "".join(f'<link rel=alternate type=application/rss+xml href="/{path}">' for path in ("all", "slow"))
    web.serve("/", page("<p>Главная</p>", named), content_type=PAGE_TYPE)
    web.serve("/all", rss(entries(web, "ru")))
    with web.hold("/slow"):
        found = await FeedTrials(reading, clock=Clock(), seconds=2.0).search(web.url, ())
        assert [one.feed.url for one in found] == [f"{web.url}/all"]
        with pytest.raises(FeedError, match="не ответил"):
            await FeedTrials(reading, clock=Clock(), seconds=0.2).preview(feed(url=f"{web.url}/slow"))


async def test_a_site_is_tried_once_at_once(trials: FeedTrials, web: WebServer) -> None:
    with web.hold("/rss") as held:
        first = asyncio.create_task(trials.preview(feed(url=f"{web.url}/rss")))
        await held.arrived()
        with pytest.raises(FeedError, match="как раз пробуют"):
            await trials.search(f"{web.url}/", ())
    await first
    await trials.preview(feed(url=f"{web.url}/rss"))


async def test_the_inside_of_the_network_is_out_of_reach(web: WebServer) -> None:
    trials = FeedTrials(lambda: reading(allow_private=False), clock=Clock())
    web.serve("/rss", rss(entries(web, "ru")))

    assert (await trials.preview(feed(url=f"{web.url}/rss"))).checkup.verdict == "PRIVATE"
    with pytest.raises(FeedError, match="внутренн"):
        await trials.search(web.url, ())
    assert not web.requests
