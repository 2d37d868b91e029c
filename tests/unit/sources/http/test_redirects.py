import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.http.redirects import Detour, detour


@pytest.mark.parametrize(
    ("asked", "final"),
    [
        ("http://vesti.kz/rss", "https://www.vesti.kz/rss/"),
        ("https://vesti.kz/rss", "https://vesti.kz/feed/all.xml"),
        ("https://vesti.kz/rss", "https://feeds.vesti.kz/new"),
        ("https://rus.azattyq.org/api/zx", "https://rus.azattyqasia.org/api/zx"),
        ("https://vesti.kz/", "https://vesti.kz/ru/"),
        ("https://vesti.kz", "https://www.vesti.kz/"),
        ("https://vesti.kz/ru/", "https://vesti.kz/"),
        ("https://vesti.kz/rss", "https://vesti.kz/?feed=rss2"),
        ("https://vesti.com.kz/rss", "https://a.vesti.com.kz/feed"),
        ("https://t.me/s/vesti", "https://t.me/vesti"),
        ("https://vesti.kz/login/news.rss", "https://vesti.kz/login/news.xml"),
    ],
)
def test_honest_moves(asked: str, final: str) -> None:
    assert detour(asked, final) is None


@pytest.mark.parametrize(
    ("asked", "final", "expected"),
    [
        ("https://vesti.kz/rss", "https://vesti.kz/", Detour.HOME),
        ("https://vesti.kz/rss", "https://vesti.kz/ru", Detour.HOME),
        ("https://vesti.kz/rss", "https://vesti.kz/index.php", Detour.HOME),
        ("https://vesti.kz/news/1", "https://m.vesti.kz/kz/main/", Detour.HOME),
        ("https://vesti.kz/?p=17", "https://vesti.kz/", Detour.HOME),
        ("https://vesti.kz/rss", "https://parking.example/", Detour.HOME),
        ("https://vesti.kz/rss", "https://vesti.kz/user/login?next=/rss", Detour.LOGIN),
        ("https://vesti.kz/rss", "https://vesti.kz/wp-login.php", Detour.LOGIN),
        ("https://vesti.kz/rss", "https://casino.example/bonus", Detour.SITE),
        ("https://a.com.kz/rss", "https://b.com.kz/feed", Detour.SITE),
    ],
)
def test_detours(asked: str, final: str, expected: Detour) -> None:
    assert detour(asked, final) is expected


@given(st.text(max_size=40))
def test_an_address_is_no_detour_from_itself(path: str) -> None:
    url = f"https://vesti.kz/{path}"
    assert detour(url, url) is None
