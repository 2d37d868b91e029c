import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.text.urls import absolute, as_typed, canonical, host_key


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (" site.kz/news/1 ", "https://site.kz/news/1"),
        ("127.0.0.1:8099/a1", "https://127.0.0.1:8099/a1"),
        ("localhost:8080", "https://localhost:8080"),
        ("новости.рф?id=1", "https://новости.рф?id=1"),
        ("site.kz/a?to=https%3A//b.kz", "https://site.kz/a?to=https%3A//b.kz"),
        ("http://site.kz/a b", "http://site.kz/a%20b"),
        *((no_address, "") for no_address in ("", "блабла", "суд в Актау.", "два слова.тут", "a@b.kz", "ftp://b.kz/")),
        *((no_address, "") for no_address in ("http://", "mailto:a@b.kz", "tel:123456789", "/news/1", ".", "a..b")),
    ],
)
def test_an_address_is_what_somebody_meant(written: str, meant: str) -> None:
    assert as_typed(written) == meant


@pytest.mark.parametrize(
    "twins",
    [
        (
            "https://www.Vesti.KZ/a/1/",
            "http://vesti.kz/a/1",
            "https://m.vesti.kz/a/1#comments",
            "https://vesti.kz:443/a/1",
        ),
        ("https://vesti.kz/a?id=7&utm_source=x&yclid=2", "https://vesti.kz/a?id=7", "https://vesti.kz/a?fbclid=1&id=7"),
        ("https://vesti.kz/amp/", "https://vesti.kz", "https://vesti.kz/?amp=1"),
        ("https://vesti.kz/a/1/amp/", "https://vesti.kz/a/1", "https://amp.vesti.kz/a/1"),
        (
            "https://vesti.kz/выдача",
            "https://vesti.kz/%D0%B2%D1%8B%D0%B4%D0%B0%D1%87%D0%B0",
            "https://vesti.kz/%d0%b2ыдача",
        ),
        (
            "https://t.me/s/Kanal/12",
            "https://t.me/kanal/12?single",
            "http://telegram.me/kanal/12",
            "https://t.me/kanal/12",
        ),
        (
            "https://rus.azattyq.org/a/slug-odin/33001122.html",
            "https://www.azattyqasia.org/a/33001122.html",
            "https://azattyqasia.org/a/other-slug/33001122.html?ltflags=mailer",
        ),
        ("https://www.kommersant.ru/doc/77?query=суд&sids=1", "https://kommersant.ru/doc/77"),
        ("\n https://vesti.kz/a/1 \t", "https://vesti.kz/a/1"),
        ("https://fergana.agency/news/5/", "https://fergana.media/news/5", "https://www.fergana.news/news/5/?from=tg"),
        (
            "https://vesti.kz/n/1;jsessionid=A1",
            "https://vesti.kz/n/1;JSESSIONID=b2.node?PHPSESSID=c",
            "https://vesti.kz/n/1",
        ),
        ("https://vesti.kz/a/1?erid=x&etext=2&ymclid=3", "https://vesti.kz/a/1?at_medium=RSS&at_campaign=r&maca=1"),
    ],
)
def test_spellings_of_one_address_are_one(twins: tuple[str, ...]) -> None:
    assert len({canonical(url) for url in twins}) == 1


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("https://vesti.kz/?id=1", "https://vesti.kz/?id=2"),
        ("https://vesti.kz/?ELEMENT_ID=1", "https://vesti.kz/"),
        ("https://vesti.kz/a?view=full", "https://vesti.kz/a"),
        ("https://kaz.nur.kz/1", "https://nur.kz/1"),
        ("https://m.kz/1", "https://www.kz/1"),
        ("https://vesti.kz:8080/1", "https://vesti.kz/1"),
        ("https://vesti.kz/A", "https://vesti.kz/a"),
        ("https://t.me/kanal/1", "https://t.me/kanal/12"),
        ("https://www.svoboda.org/a/33001122.html", "https://www.svoboda.org/a/33001123.html"),
        ("https://vesti.kz/a/33001122.html", "https://www.svoboda.org/a/33001122.html"),
        ("https://vesti.kz/a%2Fb", "https://vesti.kz/a%252Fb"),
    ],
)
def test_different_articles_stay_different(one: str, another: str) -> None:
    assert canonical(one) != canonical(another)


@given(st.one_of(st.text(), st.from_regex(r"https?://[a-z.:0-9%\[\]]{0,12}/[ -~а-я]{0,30}", fullmatch=True)))
@settings(max_examples=300)
def test_total_and_idempotent(url: str) -> None:
    once = canonical(url)
    assert canonical(once) == once
    assert host_key(once) == host_key(url) or "rferl.org" in once or "t.me" in once


@pytest.mark.parametrize(
    "url", ["http://[::1", "http://a:port/", "\ud800", "https://a.kz/" + "x" * 9000, "//", "http:///a"]
)
def test_nonsense_is_no_address(url: str) -> None:
    canonical(url)
    assert host_key(url) == ""
    assert absolute("https://vesti.kz/", url) == "" or url == "//"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.Vesti.kz/a", "vesti.kz"),
        ("http://m.vesti.kz:8080/", "vesti.kz:8080"),
        ("http://:8080/a", ""),
        ("http://vesti.kz:80800/", ""),
        ("mailto:a@b.kz", ""),
    ],
)
def test_host_key(url: str, host: str) -> None:
    assert host_key(url) == host


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("/a/1", "https://vesti.kz/a/1"),
        ("2", "https://vesti.kz/news/2"),
        ("//cdn.kz/x", "https://cdn.kz/x"),
        ("\n http://other.kz/a \n", "http://other.kz/a"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("", ""),
        ("   ", ""),
    ],
)
def test_absolute(written: str, made: str) -> None:
    assert absolute("https://vesti.kz/news/", written) == made


@pytest.mark.parametrize(
    ("written", "opened"),
    [
        (" https://v.kz/delo alimova.html\n", "https://v.kz/delo%20alimova.html"),
        ("https://v.kz/a\n/b", "https://v.kz/a/b"),
        ("/delo alimova", "https://v.kz/delo%20alimova"),
        ("\ufeffhttps://v.kz/a\u200bb\u200b", "https://v.kz/a\u200bb"),
    ],
)
def test_an_address_is_opened_as_it_was_meant(written: str, opened: str) -> None:
    assert absolute("https://v.kz/", written) == opened
    assert canonical(written if "://" in written else opened) == canonical(opened)


def test_both_spellings_of_a_host_are_one() -> None:
    cyrillic, ascii_ = "https://www.Новостная.рф/a", "http://xn--80ad6abdbvi3j.xn--p1ai/a"
    assert canonical(cyrillic) == canonical(ascii_)
    assert host_key(cyrillic) == host_key(ascii_)
