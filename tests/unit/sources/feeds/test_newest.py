import json
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from monitor.models.feeds import FeedKind, Fetched, ParsedFeed
from monitor.sources.feeds import parse
from monitor.sources.feeds.newest import MOST_ENTRIES
from tests.factories import NOW, feed
from tests.servers.web import Item, atom, rss

EXTRA = 7

Write = Callable[[Sequence[Item]], bytes]


def item(number: int, *, dated: bool = True) -> Item:
    """The higher its number, the older."""
    link = f"https://news.example/{number}"
    return Item(
        title=f"Новость {number}", link=link, guid=link, published=NOW - timedelta(minutes=number) if dated else None
    )


def json_feed(items: Sequence[Item]) -> bytes:
    return json.dumps({"items": [_json_item(one) for one in items]}).encode()


def _json_item(one: Item) -> dict[str, str]:
    dated = {"date_published": one.published.isoformat()} if one.published else {}
    return {"id": one.link, "url": one.link, "title": one.title} | dated


def broken(items: Sequence[Item]) -> bytes:
    """For the lenient reader alone."""
    return rss(items).replace(b"</channel>", b"</chanel>")


def read(body: bytes) -> ParsedFeed:
    fetched = Fetched(url="https://news.example/rss", body=body, content_type="text/xml; charset=utf-8")
    return parse.parse(feed(kind=FeedKind.RSS), fetched, now=NOW)


def numbers(parsed: ParsedFeed) -> list[int]:
    return [int(entry.url.rpartition("/")[2]) for entry in parsed.entries]


@pytest.mark.parametrize("write", [rss, atom, json_feed, broken])
def test_of_a_long_feed_the_newest_are_read_in_its_order_and_the_rest_is_told(write: Write) -> None:
    order = [number * 7919 % (MOST_ENTRIES + EXTRA) for number in range(MOST_ENTRIES + EXTRA)]

    parsed = read(write([item(number) for number in order]))

    assert numbers(parsed) == [number for number in order if number < MOST_ENTRIES]
    assert "записей больше, чем читается: в ленте 5007, прочитаны 5000 самых новых" in parsed.problems


@pytest.mark.parametrize("write", [rss, json_feed])
def test_without_dates_the_first_are_read(write: Write) -> None:
    parsed = read(write([item(number, dated=False) for number in range(MOST_ENTRIES + EXTRA)]))

    assert numbers(parsed) == [*range(MOST_ENTRIES)]
    assert any("в ленте 5007, прочитаны 5000 первых" in problem for problem in parsed.problems)


@pytest.mark.parametrize("write", [rss, atom, json_feed])
def test_a_feed_of_just_so_many_is_read_whole(write: Write) -> None:
    parsed = read(write([item(number) for number in range(MOST_ENTRIES)]))

    assert (len(parsed.entries), parsed.problems) == (MOST_ENTRIES, ())


def test_a_long_feed_that_breaks_off_is_told_for_both() -> None:
    whole = rss([item(number) for number in reversed(range(MOST_ENTRIES + EXTRA))])

    parsed = read(whole[: whole.rindex(b"<link>")])

    assert numbers(parsed)[-2:] == [2, 1]
    assert [problem.partition(":")[0] for problem in parsed.problems[-2:]] == [
        "лента обрывается на середине",
        "записей больше, чем читается",
    ]


def test_markup_without_end_is_told() -> None:
    parsed = read(b"<rss><channel>" + b"<item><title>x</title><link>/x</link></item>" + b"<a>" * 100_000)

    assert any(problem.startswith("записей больше, чем читается: разметка") for problem in parsed.problems)
