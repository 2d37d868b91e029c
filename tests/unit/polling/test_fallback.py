import pytest

from monitor.errors import FeedError, FetchError, FetchFailure, ParseError, ParseFailure
from monitor.models.feeds import FeedKind, FeedState, Habit
from monitor.polling import fallback
from tests.factories import HOUR, NOW, feed

BOTH = feed(fallback="https://t.me/stepnoy")
AWAY = Habit(away_since=NOW - HOUR, tried_at=NOW)


@pytest.mark.parametrize(
    ("address", "kind", "url"),
    [
        ("https://t.me/stepnoy", FeedKind.TELEGRAM, "https://t.me/s/stepnoy"),
        ("https://t.me/s/stepnoy", FeedKind.TELEGRAM, "https://t.me/s/stepnoy"),
        ("https://news.example/sitemap-news.xml", FeedKind.SITEMAP, "https://news.example/sitemap-news.xml"),
        ("https://news.example/feed.json", FeedKind.JSON, "https://news.example/feed.json"),
        ("https://news.example/?feed=rss2", FeedKind.RSS, "https://news.example/?feed=rss2"),
        ("https://news.example/export/all.xml", FeedKind.RSS, "https://news.example/export/all.xml"),
        ("https://feeds.example/latest/", FeedKind.HTML, "https://feeds.example/latest/"),
    ],
)
def test_the_kind_of_a_fallback_is_guessed_from_its_path(address: str, kind: FeedKind, url: str) -> None:
    other = fallback.switch_to_fallback(feed(fallback=address))

    assert (other.kind, other.url, other.name) == (kind, url, "Лента")


def urls_asked(habit: Habit) -> list[str]:
    return [one.url for one in fallback.order(BOTH, habit, NOW)]


def test_its_own_address_comes_first_and_again_every_hour() -> None:
    own, other = BOTH.url, "https://t.me/s/stepnoy"
    assert urls_asked(Habit()) == [own, other]
    assert urls_asked(AWAY) == [other, own]
    assert urls_asked(Habit(away_since=NOW - HOUR, tried_at=NOW - HOUR)) == [own, other]
    assert fallback.order(feed(), Habit(), NOW) == (feed(),)


@pytest.mark.parametrize(
    ("error", "failures", "turns"),
    [
        (FetchError("", kind=FetchFailure.FORBIDDEN), 0, True),
        (ParseError("", kind=ParseFailure.CHALLENGE), 0, True),
        (FetchError("", kind=FetchFailure.CONNECTION), 0, False),
        (FetchError("", kind=FetchFailure.CONNECTION), 1, True),
        (FeedError("", feed=""), 1, True),
    ],
)
def test_a_refusal_turns_away_at_once_and_the_rest_after_two(error: FeedError, failures: int, turns: bool) -> None:
    assert fallback.turns_away(error, FeedState(name="Лента", failures=failures)) is turns
    assert fallback.turns_away(error, FeedState(name="Лента", habit=AWAY))


def test_where_the_news_come_from_is_remembered() -> None:
    left = fallback.after_answer(Habit(), is_home=False, now=NOW)
    stayed = fallback.after_answer(left, is_home=False, now=NOW + HOUR / 2)
    tried = fallback.after_answer(left, is_home=False, now=NOW + HOUR)
    back = fallback.after_answer(stayed, is_home=True, now=NOW + HOUR)

    assert (left.away_since, left.tried_at) == (NOW, NOW)
    assert stayed == left
    assert (tried.away_since, tried.tried_at) == (NOW, NOW + HOUR)
    assert back == Habit()
