import pytest

from monitor.sources.challenge_pages import is_login, is_maintenance, wall
from tests.harness.cpu import cpu_at_most


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("<!DOCTYPE html><html><head><title>Just a moment...</title>", "Cloudflare"),
        ("<html><title>Attention Required! | Cloudflare</title>", "Cloudflare"),
        ("<html><head><title>Один момент…</title>", "Cloudflare"),
        ("\n<html><body><script>window._cf_chl_opt={cvId:'3'}</script>", "Cloudflare"),
        ("<!doctype html><title>DDoS-Guard</title>", "DDoS-Guard"),
        ("<html><body>DDoS protection by DDoS-GUARD</body>", "DDoS-Guard"),
        ("<html><script src='/__qrator/qauth_utm_v2.js'></script>", "Qrator"),
        ("<html><script>esteq_ddos_intercepter()</script>", "Variti"),
    ],
)
def test_walls_are_known_by_their_marks(page: str, name: str) -> None:
    assert wall(page) == name


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<html><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script><p>Новость</p>",
        "<html><title>Сайт закрылся за Cloudflare: just a moment</title><p>Новость</p>",
        "<rss><item><title>_cf_chl_opt</title></item></rss>",
        "<html><p>" + "Новость о том, как работает /__qrator/. " * 3_000,
    ],
)
def test_news_is_no_wall(page: str) -> None:
    assert wall(page) == ""


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("<html><script src='/cdn-cgi/challenge-platform/h/b/orchestrate/chl'></script>", "Cloudflare"),
        ("<html><script src='/.well-known/ddos-guard/check'></script>", "DDoS-Guard"),
        ("<html><p>Please enable JS</p><script data-cfasync='false'>var dd={};// DataDome</script>", "DataDome"),
    ],
)
def test_what_every_page_behind_a_wall_carries_counts_only_in_a_refusal(page: str, name: str) -> None:
    assert wall(page, status=403) == name
    assert wall(page) == ""
    assert wall(page, status=404) == ""


COOKIE = "<script>document.cookie='seen=1;path=/';setTimeout(function(){location.reload(true)},9)</script>"


def test_a_page_that_only_sets_a_cookie_and_reloads_is_a_wall() -> None:
    assert wall(f"<html><head><title>Проверка</title>{COOKIE}{'<style>a{}</style>' * 99}</head></html>")
    assert wall(f"<html><body>{COOKIE}<p>{'Суд в Актау отложил выдачу. ' * 20}") == ""
    assert wall("<html><script>document.cookie='seen=1'</script><p>Новость") == ""


@pytest.mark.parametrize("title", ["Вход", "Авторизация", "Вход в личный кабинет", "Кіру", "Log in", "Sign In -"])
def test_logins(title: str) -> None:
    form = "<form><input name='p' type='password'></form>"
    assert is_login(f"<html><title>{title}</title>{form}")
    assert not is_login(f"<html><title>{title}</title><p>Новость")
    assert not is_login(f"<html><title>{title} в посольство закрыт</title>{form}")
    assert not is_login(f"<html><title>{title}</title>{form}<p>{'Новость о суде. ' * 200}")


@pytest.mark.parametrize(
    "title",
    [
        "Технические работы",
        "Ведутся технические работы…",
        "Сайт находится на техническом обслуживании",
        "Сайт временно недоступен",
        "Сайтта техникалық жұмыстар жүргізілуде",
        "Site under maintenance",
        "Maintenance mode",
    ],
)
def test_maintenance(title: str) -> None:
    assert is_maintenance(f"<!DOCTYPE html><html><head><title> {title} </title></head><p>Скоро вернёмся")
    assert not is_maintenance(f"<html><title>{title}</title><p>{'Портал закроют на выходные. ' * 99}")
    assert not is_maintenance(f"<html><title>{title} на портале судов 5 декабря</title><p>Новость")


@pytest.mark.parametrize(
    "page",
    [
        "<html>" + "<script" * 9_000 + "document.cookie=1;location.reload()",
        "<html><title>Вход</title><input type=password>" + "<" * 60_000,
        "<html><title>" + " " * 60_000 + "Вход",
        "<html>" + "<input " * 9_000,
        "<html>document.cookie=location.reload()" + "İ" * 30_000 + "<script" * 3_000,
    ],
)
def test_hostile_pages_take_no_time(page: str) -> None:
    with cpu_at_most(1):
        assert not (wall(page) and is_login(page))
        is_maintenance(page)


def test_a_header_is_enough() -> None:
    assert wall("", {"cf-mitigated": "Challenge"}) == "Cloudflare"
    assert wall("<html><p>Новость", {"server": "cloudflare", "cf-ray": "1"}) == ""
