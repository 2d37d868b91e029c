import pytest

from monitor.challenges import wall


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


def test_a_header_is_enough() -> None:
    assert wall("", {"cf-mitigated": "Challenge"}) == "Cloudflare"
    assert wall("<html><p>Новость", {"server": "cloudflare", "cf-ray": "1"}) == ""
