"""The quick reader (lxml) and the patient one (feedparser) see the same entries in a well-formed feed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.sources import elements
from monitor.sources.document import prepare
from monitor.sources.feed import _Draft, _draft, _read_patiently
from tests.factories import NOW
from tests.servers.web import Item, atom, rss

BASE = "https://news.example/feed"
WORDS = st.text(alphabet="абвгд ЖЗқғ&<>\"'«»—.!? 0129", max_size=40).map(str.strip)
items = st.builds(
    Item,
    title=WORDS,
    link=st.integers(1, 99).map("https://news.example/{}?a=1&b=2".format),
    guid=st.none() | st.integers(1, 99).map("tag:{}".format),
    description=WORDS.map("Коротко {}".format),  # without one, feedparser repeats the content
    content=WORDS.map("<p>{}</p>".format),
    published=st.none()
    | st.integers(0, 10_000).map(lambda minutes: datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
)


def drafts_of(document: bytes) -> tuple[list[_Draft], list[_Draft]]:
    source = prepare(document.decode(), name="").encode()
    quick, patient = elements.read(source), _read_patiently(source, BASE, "")
    assert quick is not None, "a well-formed feed with entries must not need the patient reader"
    return [_draft(raw, BASE, "UTC", NOW) for raw in quick], [_draft(raw, BASE, "UTC", NOW) for raw in patient]


@pytest.mark.parametrize("build", [rss, atom])
@given(told=st.lists(items, min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_both_readers_agree(build: Callable[[list[Item]], bytes], told: list[Item]) -> None:
    quick, patient = drafts_of(build(told))

    assert quick == patient


def test_the_quick_reader_hands_back_what_it_is_not_sure_of() -> None:
    assert elements.read(b"<rss><channel><item><title>a</title></channel></rss>") is None
    assert elements.read(b"<rss><channel><title>a</title></channel></rss>") is None
    assert elements.read(b"<opml><item><title>a</title></item></opml>") is None
