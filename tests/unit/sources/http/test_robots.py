import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.http.robots import parse
from tests.harness.cpu import cpu_at_most

SITE = "https://news.example"


def allows(text: str, path: str) -> bool:
    return bool(parse(text).can_fetch(SITE + path, "monitor"))


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/", True),
        ("User-agent: *\nDisallow: /", "/news/1", False),
        ("User-agent: *\nDisallow:", "/news/1", True),
        ("User-agent: *\nDisallow: /news\nAllow: /news/open", "/news/open/1", True),
        ("User-agent: *\nDisallow: /news\nAllow: /news/open", "/news/1", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf?x", True),
        ("User-agent: *\nDisallow: /новости", "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/1", False),
        ("User-agent: *\nDisallow: /%D0%BD", "/нет", False),
        ("User-agent: *\nDisallow: /\nUser-agent: monitor\nDisallow: /private", "/news", True),
        ("User-agent: Monitor/1.0\nDisallow: /\n", "/news", False),
        ("User-agent: monitor-bot\nDisallow: /\n", "/news", True),
        ("User-agent: Googlebot\nDisallow: /\n", "/news", True),
        ("User-agent: Googlebot\nUser-agent: *\nDisallow: /", "/news", False),
        ("User-agent: Googlebot\nSitemap: https://a/\nUser-agent: *\n\n# всем\nDisallow: /", "/news", False),
        ("User-agent: *\nDisallow: /a\n\nUser-agent: Bing\nDisallow: /b\n\nUser-agent: *\nDisallow: /c", "/c", False),
        ("User-agent: *\nDisallow: /a\n\nUser-agent: Bing\nDisallow: /b\n\nUser-agent: *\nDisallow: /c", "/b", True),
        ("\ufeffUser-agent: *\r\nDisallow: /", "/news", False),
        ("user agent *\ndisallow /", "/news", False),
        ("Disallow: /", "/news", True),
        ("<!doctype html><html><title>404</title></html>", "/news", True),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
    ],
)
def test_rules(text: str, path: str, *, allowed: bool) -> None:
    assert allows(text, path) is allowed


@pytest.mark.parametrize(("written", "seconds"), [("7", 7), ("0.5", 0.5), ("soon", None), ("-1", None), ("nan", None)])
def test_crawl_delay(written: str, seconds: float | None) -> None:
    assert parse(f"User-agent: *\nCrawl-delay: {written}\nDisallow: /x").crawl_delay("monitor") == seconds


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"User-agent: a{n}" for n in range(15_000)) + "\nAllow: /a" * 25_000,
        "\n".join(f"User-agent: a{n}" for n in range(17_000)) * 2,
        "User-agent: *\n" + "\n".join(f"Disallow: /{n}" for n in range(40_000)),
        "User-agent: *\n" + "Disallow: /" + "*a" * 200_000,
        "User-agent: *\n" * 36_000,
        "User-agent: *\nDisallow: /a\n" * 18_000,
        " " * 500_000,
        "user" + " " * 500_000,
    ],
    ids=["agents x rules", "agents twice", "rules", "stars", "all", "groups", "blanks", "blanks in a word"],
)
def test_half_a_hostile_megabyte_takes_no_time(text: str) -> None:
    with cpu_at_most(3):
        allows(text, "/" + "a" * 4_000)


@given(st.text(alphabet="User-agent: *\n\rDisallow/$#%монитор", max_size=200))
def test_any_text_is_a_robots_txt(text: str) -> None:
    allows(text, "/news")
