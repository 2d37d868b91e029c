import pytest

from monitor.edits.feeds.feed_import import compare
from monitor.models.feeds import Feed, FeedKind
from tests.factories import feed

OURS = (
    feed(name="Вести", url="https://www.news.example/rss", fallback="https://t.me/s/vesti"),
    feed(name="Ёлочка", url="https://yolka.example/feed"),
)


def listed(url: str, name: str = "Новая", **given: object) -> Feed:
    return feed(**{"url": url, "name": name, "tz": ""} | given)


@pytest.mark.parametrize(
    "url",
    [
        "http://news.example/rss/",
        "https://m.news.example/rss?utm_source=reader#top",
        "https://t.me/vesti",
        "https://telegram.me/s/Vesti",
    ],
)
def test_an_address_in_any_spelling_is_known(url: str) -> None:
    compared = compare([listed(url)], OURS, allow_private=False)

    assert [reason for _, reason in compared.known] == ["этот адрес уже читает «Вести»"]
    assert (compared.new, compared.refused) == ((), ())


@pytest.mark.parametrize("name", ["Ёлочка", "Е\u0308лочка", "ЁЛОЧКА", "  ёлочка "])
def test_another_feed_with_a_taken_name_gets_its_own(name: str) -> None:
    compared = compare([listed("https://other.example/rss", name)], OURS, allow_private=False)

    (own,) = compared.new
    assert own.name == f"{name} (other.example)"
    assert compared.renamed == {own.name: f"имя «{name}» занято лентой с другим адресом"}


def test_what_stands_twice_in_the_list_is_added_once() -> None:
    twice = [
        listed("https://a.example/rss", "А"),
        listed("http://a.example/rss/", "Б"),
        listed("https://b.example/", "а"),
    ]
    compared = compare(twice, OURS, allow_private=False)

    assert [one.name for one in compared.new] == ["А", "а (b.example)"]
    assert [reason for _, reason in compared.known] == ["этот адрес уже читает «А»"]


def test_feeds_without_a_title_are_called_by_their_host() -> None:
    compared = compare([listed(f"https://www.a.example/{n}", "") for n in range(150)], OURS, allow_private=False)

    assert [one.name for one in compared.new[:3]] == ["a.example", "a.example (a.example)", "a.example 2"]
    assert len({one.name for one in compared.new}) == 150


def test_a_new_feed_gets_what_the_address_says() -> None:
    compared = compare(
        [listed("https://t.me/kanal"), listed("https://a.kz/rss", "Я" * 300, group="Г" * 300)],
        OURS,
        allow_private=False,
    )
    channel, site = compared.new

    assert (channel.kind, channel.url, channel.tz) == (FeedKind.TELEGRAM, "https://t.me/s/kanal", "UTC")
    assert site.tz == "Asia/Almaty"
    assert 90 < len(site.name) <= 100
    assert 90 < len(site.group) <= 100


@pytest.mark.parametrize("tz", ["UTC", "Europe/Moscow"])
def test_a_zone_that_is_said_is_kept(tz: str) -> None:
    (own,) = compare([listed("https://a.kz/rss", tz=tz)], OURS, allow_private=False).new

    assert own.tz == tz


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "нет адреса ленты (xmlUrl)"),
        ("ftp://a.example/rss", "нужен полный адрес"),
        ("javascript:alert(1)", "нужен полный адрес"),
        ("rss.xml", "нужен полный адрес"),
        ("https://user:hush@a.example/rss", "имя и пароль"),
        ("https://[::1/rss", "нужен полный адрес"),
        ("https://a.example/\u202e", "url"),
        ("http://127.0.0.1/rss", "внутренней сети"),
        ("http://0x7f.1/rss", "внутренней сети"),
        ("http://router.local/rss", "внутренней сети"),
        ("http://localhost:8080/rss", "внутренней сети"),
        ("https://t.me/joinchat", "Telegram"),
    ],
)
def test_an_address_that_cannot_be_read_is_refused_with_the_reason(url: str, reason: str) -> None:
    compared = compare([listed(url), listed("https://good.example/rss", "Хорошая")], OURS, allow_private=False)

    assert [why for _, why in compared.refused if reason in why], compared
    assert [one.name for one in compared.new] == ["Хорошая"]


def test_the_private_network_may_be_allowed() -> None:
    assert len(compare([listed("http://localhost:8080/rss")], OURS, allow_private=True).new) == 1
