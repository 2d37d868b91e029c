from datetime import timedelta

import pytest

from monitor.models.feeds import Entry, FeedKind, Fetched
from monitor.sources import discovery
from tests.factories import NOW, entry
from tests.factories import feed as make_feed

URL = "https://vesti.kz/"


def page(html: str, url: str = URL) -> Fetched:
    return Fetched(url=url, body=f"<!doctype html><html>{html}</html>".encode())


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("@vesti_kz", "https://t.me/s/vesti_kz"),
        ("t.me/vesti_kz", "https://t.me/s/vesti_kz"),
        ("https://t.me/s/vesti_kz?before=5", "https://t.me/s/vesti_kz"),
        ("http://telegram.me/vesti_kz/", "https://t.me/s/vesti_kz"),
        ("https://t.me/share", ""),
        ("https://t.me/+AbCdEf", ""),
        ("https://t.me/vesti_kz/5", ""),
        ("https://vesti.kz/@vesti_kz", ""),
    ],
)
def test_the_preview_of_a_channel(written: str, address: str) -> None:
    assert discovery.channel_address(written) == address


def test_what_a_page_names_the_surest_first() -> None:
    html = (
        '<head><link rel="alternate" type="application/rss+xml" title="Комментарии" href="/comments/feed/">'
        '<link rel="alternate" hreflang="kk" href="/kk/">'
        '<link rel="alternate" type="application/atom+xml" href="/atom">'
        '<link rel="alternate home" type="application/rss+xml" href="/news.rss"></head>'
        '<a href="/about">О нас</a><a href="https://feeds.example/rss/vesti">Лента</a><a href="/subscribe">RSS</a>'
        '<script type="application/ld+json">{"@type":"DataFeed","url":"https:\\/\\/vesti.kz\\/feed\\/all"}</script>'
    )
    assert discovery.named_on(page(html)) == (
        "https://vesti.kz/atom",
        "https://vesti.kz/news.rss",
        "https://feeds.example/rss/vesti",
        "https://vesti.kz/subscribe",
        "https://vesti.kz/feed/all",
    )


def test_channels_of_a_page_as_often_named_first() -> None:
    html = '<a href="https://t.me/odin_kz">1</a><a href="https://t.me/dva_kz">2</a><a href="https://t.me/dva_kz/">3</a>'
    assert discovery.channels_on(page(html)) == ("https://t.me/s/dva_kz", "https://t.me/s/odin_kz")


def test_sitemaps_of_robots_are_those_of_news() -> None:
    robots = "User-agent: *\nDisallow: /admin\nSitemap: https://vesti.kz/all.xml\nsitemap:/news.xml\n"
    assert discovery.news_sitemaps_in(robots, URL) == ("https://vesti.kz/news.xml",)


RUSSIAN = ("Суд отпустил активиста под подписку", "Прокурор требует выслать его из страны")
KAZAKH = ("Сот белсендіні босатып жіберді", "Прокурор оны елден шығаруды талап етті")


def entries(titles: tuple[str, ...], *, gap: timedelta = timedelta(hours=1), count: int = 20) -> tuple[Entry, ...]:
    return tuple(entry(n, title=titles[n % len(titles)], published_at=NOW - gap * n) for n in range(count))


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("<rss><channel><title>Вести Актау | Новости города</title><item><title>Суд</title>", "Вести Актау"),
        ("<rss><channel><title><![CDATA[Вести &amp; Ко]]></title>", "Вести & Ко"),
        ("<html><title>Вести – Telegram</title>", "Вести"),
        ('{"version": "1", "title": "Вести", "items": []}', "Вести"),
        (f"<rss><channel><title>{'Очень длинное имя ' * 9}</title>", "vesti.kz"),
        ("<rss><channel></channel></rss>", "vesti.kz"),
    ],
)
def test_the_name_is_what_the_feed_calls_itself(body: str, name: str) -> None:
    feed = discovery.propose_feed(Fetched(url="https://www.vesti.kz/rss", body=body.encode()), FeedKind.RSS, ())
    assert feed.name == name


@pytest.mark.parametrize(
    ("titles", "lang"), [(RUSSIAN, "ru"), (KAZAKH, "kk"), (RUSSIAN + KAZAKH, "both"), (("News of the day",), "both")]
)
def test_the_language_is_that_of_the_titles(titles: tuple[str, ...], lang: str) -> None:
    assert discovery.propose_feed(page(""), FeedKind.RSS, entries(titles)).lang == lang


@pytest.mark.parametrize(
    ("url", "kind", "tz"),
    [
        ("https://vesti.kz/rss", FeedKind.RSS, "Asia/Almaty"),
        ("https://vesti.ru/rss", FeedKind.RSS, "Europe/Moscow"),
        ("https://vesti.media/rss", FeedKind.RSS, "UTC"),
        ("https://t.me/s/vesti", FeedKind.TELEGRAM, "UTC"),
    ],
)
def test_the_zone_is_that_of_the_country(url: str, kind: FeedKind, tz: str) -> None:
    assert discovery.propose_feed(page("", url), kind, entries(RUSSIAN)).tz == tz


@pytest.mark.parametrize(("minutes", "interval"), [(1, 5), (3, 10), (15, None)])
def test_a_feed_that_shows_little_of_much_is_visited_often(minutes: int, interval: int | None) -> None:
    feed = discovery.propose_feed(page(""), FeedKind.RSS, entries(RUSSIAN, gap=timedelta(minutes=minutes)))
    assert feed.interval == (timedelta(minutes=interval) if interval else None)


def test_a_feed_is_known_by_its_address_and_by_its_fallback() -> None:
    known = [
        make_feed(name="А", url="https://a.kz/rss"),
        make_feed(name="Б", url="https://b.kz/", fallback="https://t.me/s/b_kz"),
    ]
    assert discovery.same_address(make_feed(url="http://www.a.kz/rss/"), known) is known[0]
    assert discovery.same_address(make_feed(url="https://t.me/b_kz"), known) is known[1]
    assert discovery.same_address(make_feed(url="https://a.kz/rss2"), known) is None


def test_feeds_of_the_same_hosts_may_give_the_same_news() -> None:
    known = [make_feed(name="А", url="https://news.example/rss"), make_feed(name="Б", url="https://b.kz/rss")]
    assert discovery.feeds_of_same_hosts(make_feed(url="https://t.me/s/x_kz"), [entry(1)], known) == (known[0],)


def test_most_addresses_in_common_are_the_same_news() -> None:
    ours = [entry(number) for number in range(10)]
    assert discovery.same_entries(ours, [entry(number) for number in range(4, 30)])
    assert not discovery.same_entries(ours, [entry(number) for number in range(6, 30)])
    assert not discovery.same_entries([], ours)


def test_a_taken_name_is_told_apart() -> None:
    feed = make_feed(name="Вести", url="https://www.vesti.kz/rss")
    taken: set[str] = set()
    for expected in ("Вести", "Вести (vesti.kz)", "Вести 2", "Вести 3"):
        named = discovery.with_own_name(feed, taken)
        assert named.name == expected
        taken.add(discovery.name_key(named.name.upper()))
    longest = discovery.with_own_name(make_feed(name="Я" * 100, url=feed.url), {discovery.name_key("я" * 100)}).name
    assert (len(longest) <= 100, longest.endswith(" (vesti.kz)")) == (True, True)


def test_what_somebody_writes_stands_for_addresses() -> None:
    assert discovery.usual_addresses(" vesti.kz/rss") == ("https://vesti.kz/rss", "http://vesti.kz/rss")
    assert discovery.usual_addresses("http://vesti.kz") == ("http://vesti.kz",)
    assert discovery.usual_addresses("@vesti") == ("https://t.me/s/vesti",)
