from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.models.feeds import Fetched, ParsedFeed
from monitor.sources.feeds import parse
from monitor.sources.feeds.unchanged import Trimmed, trim
from tests.factories import NOW, feed
from tests.servers.web import Item, atom, rss


def item(number: int, **given: object) -> Item:
    link = f"https://news.example/{number}"
    fields: dict[str, object] = {"title": f"Новость {number} & <b>другое</b>", "link": link, "guid": link}
    published = NOW - timedelta(minutes=number)
    return Item(**fields | {"description": "<p>Подробности</p>", "published": published} | given)  # type: ignore[arg-type]  # by name


def parsed(body: bytes) -> ParsedFeed:
    return parse.parse(feed(), Fetched(url="https://news.example/rss", body=body, content_type="text/xml"), now=NOW)


def again(first: bytes, second: bytes) -> Trimmed:
    return trim(second, trim(first, b"").items)


@settings(max_examples=60)
@given(
    data=st.data(),
    numbers=st.lists(st.integers(0, 60), unique=True, min_size=1, max_size=12),
    write=st.sampled_from([rss, atom, lambda items: rss(items, encoding="windows-1251")]),
)
def test_reading_the_rest_gives_exactly_what_is_new(data: st.DataObject, numbers: list[int], write: object) -> None:
    assert callable(write)
    shown_before = data.draw(st.lists(st.sampled_from(numbers), unique=True))
    changed = set(data.draw(st.lists(st.sampled_from(numbers), unique=True, max_size=2)))
    before = write([item(number) for number in shown_before])
    now = write([item(number, title="Правка") if number in changed else item(number) for number in numbers])

    trimmed = again(before, now)

    known = set(shown_before) - changed
    expected = [one for one in parsed(now).entries if int(one.url.rpartition("/")[2]) not in known]
    assert (trimmed.total, trimmed.known) == (len(numbers), len(known))
    assert list(parsed(trimmed.body).entries if expected else ()) == expected


def test_another_head_of_the_feed_does_not_matter() -> None:
    first, second = (rss([item(1), item(2)], title=title) for title in ("Сейчас 10:00", "Сейчас 10:05"))

    assert again(first, second).known == 2


@pytest.mark.parametrize(
    "items",
    [
        [item(1, guid="все"), item(2, guid="все")],
        [item(1, guid=None, link="https://news.example/?id=1"), item(2, guid=None, link="https://news.example/?id=2")],
        [item(1, guid=None, link=""), item(2, guid=None, link="")],
        [item(1), item(2, guid=None)],
    ],
    ids=["guids repeat", "addresses differ in the query only", "no identity", "a guid is missing"],
)
def test_where_identities_depend_on_each_other_the_body_stays_whole(items: list[Item]) -> None:
    body = rss(items)

    assert again(body, body) == Trimmed(body=body, items=b"")


@pytest.mark.parametrize(
    "now",
    [
        [item(3, guid="https://news.example/1"), item(1), item(2)],
        [item(3, guid=None), item(1), item(2)],
        [item(1), item(2), item(1)],
    ],
    ids=["the guid of a known one", "no guid beside those that have one", "a known one twice"],
)
def test_known_entries_stay_where_a_new_one_makes_them_doubtful(now: list[Item]) -> None:
    body = rss(now)

    assert again(rss([item(1), item(2)]), body) == Trimmed(body=body, items=b"")


def test_an_address_that_begins_like_a_known_one_is_another() -> None:
    assert again(rss([item(11)]), rss([item(1), item(11)])).known == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        "<rss><channel></channel></rss>".encode("utf-16"),
        b"<html><body>no items</body></html>",
        b"<rss><item><guid>1</guid><item><guid>2</guid></item></item></rss>",
        b"<rss><item><guid>1</guid><![CDATA[ </item> ]]></item></rss>",
        b"<rss><!-- <item><guid>1</guid></item> --><item><guid>2</guid><!-- </item> --></item></rss>",
        b"<rss></item></rss>",
        b"<rss>" + b"<item><guid>1</guid></item>" * 5_001 + b"</rss>",
    ],
)
def test_what_does_not_stand_plainly_side_by_side_stays_whole(body: bytes) -> None:
    assert trim(body, b"") == Trimmed(body=body, items=b"")


def test_a_body_that_breaks_off_behind_an_entry_stays_whole() -> None:
    whole = rss([item(1), item(2), item(3)])
    cut = whole[: whole.rindex(b"<item")]
    assert again(whole, cut) == Trimmed(body=cut, items=b"")


def test_rdf_names_its_entries_at_the_head() -> None:
    head = b'<rdf:RDF><channel><items><rdf:Seq><rdf:li resource="x"/></rdf:Seq></items></channel>'
    body = head + b"<item rdf:about='1'><link>http://a/1</link></item><item><link>http://a/2</link></item></rdf:RDF>"

    assert again(body, body).body == head + b"</rdf:RDF>"


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_any_bytes_are_borne(body: bytes, known: bytes) -> None:
    assert trim(body, known).total >= 0
