from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.feed_writer import append_feeds, stanza
from monitor.config.feeds import load_feeds
from monitor.errors import ConfigError
from monitor.models.feeds import Feed, FeedKind
from tests.factories import feed as make_feed

TODAY = date(2026, 11, 22)
FILE = """# Наши ленты

feeds:

  # ── Соседи ──
  - name: "Первая"   # главная
    kind: rss
    url: https://a.kz/rss

# хвост файла"""


def add(text: str, feed: Feed) -> str:
    return append_feeds(text, feed, file="feeds.yaml", today=TODAY)


def test_a_feed_is_added_at_the_end_and_nothing_else_changes() -> None:
    feed = make_feed(name="Вторая", url="https://b.kz/rss", tz="Asia/Almaty", interval=timedelta(minutes=5))
    made = add(FILE, feed)
    assert made.startswith(FILE)
    assert "22.11.2026" in made
    assert load_feeds(made, file="f")[1] == feed


@pytest.mark.parametrize("indent", ["", "    "])
def test_the_indent_of_the_file_is_kept(indent: str) -> None:
    text = f"feeds:\n{indent}- name: А\n{indent}  kind: rss\n{indent}  url: https://a.kz/rss\n"
    assert f"\n{indent}- name: Лента\n{indent}  kind: rss\n" in add(text, make_feed())


@pytest.mark.parametrize(
    "text",
    [
        "feeds: [{name: А, kind: rss, url: 'https://a.kz/rss'}]\n",
        "feeds:\n  - name: А\n    kind: rss\n    url: https://a.kz/rss\n    note: |\n      дальше\n       - текст",
    ],
    ids=["in brackets", "an open text"],
)
def test_a_file_written_unusually_is_left_to_the_maintainer(text: str) -> None:
    with pytest.raises(ConfigError, match=r"feeds\.yaml"):
        add(text, make_feed())


def test_a_broken_file_is_named_before_anything() -> None:
    with pytest.raises(ConfigError, match="kind"):
        add("feeds:\n  - name: А\n    url: https://a.kz/rss\n", make_feed())


@given(
    st.text(alphabet="аЯқA0 «»\"'#:-{}[]*&!|>%@`,?~№", min_size=1, max_size=30).map(str.strip).filter(bool),
    st.from_regex(r"https://[a-z]{1,9}\.kz/[a-z0-9/?=&%._~#'-]{0,30}", fullmatch=True),
    st.sampled_from(list(FeedKind)),
)
@settings(max_examples=200)
def test_any_name_and_address_come_back(name: str, url: str, kind: FeedKind) -> None:
    feed = make_feed(name=name, url=url, kind=kind, lang="both")
    assert load_feeds("feeds:\n" + stanza(feed), file="f") == (feed,)
