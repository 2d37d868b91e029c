from datetime import timedelta

import pytest

from monitor.errors import FeedError, FetchError, FetchFailure, ParseError, ParseFailure
from monitor.models.feeds import Entry, FeedKind
from monitor.sources import checkup
from tests.factories import NOW, entry
from tests.factories import feed as make_feed


def of(*entries: Entry) -> checkup.Checkup:
    return checkup.for_entries(
        make_feed(), entries, final_url="https://a.kz/rss", kind=FeedKind.RSS, problems=("мелочь",), now=NOW
    )


def test_a_healthy_feed() -> None:
    answer = of(entry(1), entry(2, published_at=None), entry(3, keys=("t:x",)), entry(4))
    assert (answer.verdict, answer.is_alive, answer.entries) == ("OK", True, 4)
    assert (answer.newest_at, answer.without_date, answer.without_id) == (NOW - timedelta(hours=1), 0.25, 0.25)
    assert answer.detail == "мелочь"


@pytest.mark.parametrize(
    ("entries", "verdict", "said"),
    [
        ((), "EMPTY", "не читается"),
        ((entry(1, published_at=NOW - timedelta(days=8)),), "STALE", "читается, но нового давно не было"),
        ((entry(1, published_at=NOW - timedelta(days=6)),), "OK", "читается"),
        ((entry(1, published_at=None),), "OK", "читается"),
    ],
)
def test_the_verdict_of_entries(entries: tuple[Entry, ...], verdict: str, said: str) -> None:
    answer = of(*entries)
    assert (answer.verdict, answer.said, answer.is_alive) == (verdict, said, said != "не читается")


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (FetchError("страницы нет (404): проверьте", kind=FetchFailure.NOT_FOUND), "HTTP 404"),
        (FetchError("ошибка на сервере (503): обычно", kind=FetchFailure.SERVER), "HTTP 503"),
        (FetchError("сайт закрыт проверкой Qrator", kind=FetchFailure.CHALLENGE), "BLOCKED"),
        (FetchError("сервер не ответил вовремя", kind=FetchFailure.TIMEOUT), "TIMEOUT"),
        (FetchError("ответ больше", kind=FetchFailure.TOO_LARGE), "TOO LARGE"),
        (ParseError("веб-страница", kind=ParseFailure.HTML), "HTML"),
        (ParseError("проверка", kind=ParseFailure.CHALLENGE), "BLOCKED"),
        (ParseError("пусто (200): ", kind=ParseFailure.NO_ENTRIES), "EMPTY"),
        (ParseError("нет канала", kind=ParseFailure.NO_CHANNEL), "NO CHANNEL"),
        (FeedError("что-то", feed=""), "ERROR"),
    ],
)
def test_the_verdict_of_a_failure(error: FeedError, verdict: str) -> None:
    answer = checkup.for_failure(make_feed(), error)
    assert (answer.verdict, answer.is_alive, answer.detail) == (verdict, False, error.message)
