from datetime import UTC, datetime, timedelta
from pathlib import Path
from unicodedata import normalize

import pytest

from monitor.config.feeds import load_checked, load_feeds, problems
from monitor.errors import ConfigError
from monitor.models.feeds import Feed, FeedKind, Listing
from monitor.text.urls import canonical
from tests.harness.cpu import cpu_at_most

GOOD = """
feeds:
  - name: Степной вестник   # имя — ключ
    kind: rss
    url: https://vestnik.example/rss
    lang: ru
    tz: Asia/Almaty
    interval: 10m
    note: проверено весной
  - {name: Арна, kind: telegram, url: "https://t.me/s/arna", lang: kk}
  - name: Полка новостей
    kind: html
    url: https://polka.example/news
    group: Казахстан
    fallback: https://t.me/s/polka
    listing:
      item: "li.card, li.news > p"
      link: a.title
      date: time[datetime]
    article: div.text
    proxy: socks5://127.0.0.1:1080
    user_agent: Reader/1.0
    ca_file: certs/polka.pem
"""


def stanza(**changes: str) -> str:
    keys = {"name": "Лента", "kind": "rss", "url": "https://lenta.example/rss", "lang": "ru"} | changes
    return "feeds:\n  - " + "\n    ".join(f"{key}: {value}" for key, value in keys.items() if value) + "\n"


def test_reads_stanzas_in_order() -> None:
    first, second, page = load_feeds(GOOD, file="feeds.yaml")
    assert first == Feed(
        name="Степной вестник",
        kind=FeedKind.RSS,
        url="https://vestnik.example/rss",
        lang="ru",
        tz="Asia/Almaty",
        interval=timedelta(minutes=10),
    )
    assert (second.kind, second.tz, second.interval) == (FeedKind.TELEGRAM, "UTC", None)
    assert page == Feed(
        name="Полка новостей",
        kind=FeedKind.HTML,
        url="https://polka.example/news",
        lang="both",
        group="Казахстан",
        fallback="https://t.me/s/polka",
        listing=Listing(item="li.card, li.news > p", link="a.title", date="time[datetime]"),
        article="div.text",
        proxy="socks5://127.0.0.1:1080",
        user_agent="Reader/1.0",
        ca_file="certs/polka.pem",
    )
    assert problems(GOOD, file="feeds.yaml") == ()


@pytest.mark.parametrize(("text", "expected"), [("1s", 1), ("90s", 90), ("1m", 60), ("1h", 3600), ("24h", 86400)])
def test_interval(text: str, expected: int) -> None:
    (feed,) = load_feeds(stanza(interval=text), file="f")
    assert feed.interval == timedelta(seconds=expected)


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        (stanza(interval="0s"), 6, "interval", "10m"),
        (stanza(interval="25h"), 6, "interval", "24h"),
        (stanza(interval="10"), 6, "interval", "10m"),
        (stanza(interval="١m"), 6, "interval", "10m"),
        (stanza(interval="999999999999h"), 6, "interval", "10m"),
        (stanza(intervall="10m"), 6, "intervall", "может быть, «interval»?"),
        (stanza(note="[адрес, телефон]"), 6, "note", "здесь нужен один текст"),
        (stanza(name="Лента\xa0дня"), 2, "name", "неразрывный пробел"),
        (stanza(url="https://\u200blenta.example"), 4, "url", "невидимый знак"),
        (stanza(name="Голос #1"), 2, "", "прочитано «Голос»"),
        (stanza(kind="page"), 3, "kind", "неизвестный вид «page»"),
        (stanza(kind="rss", url="https://t.me/s/arna"), 3, "kind", "kind: telegram"),
        (stanza(kind="telegram", url="https://t.me/arna"), 4, "url", "https://t.me/s/ИМЯ"),
        (stanza(kind="rss", listing="{item: div}"), 6, "listing", "только у kind: html"),
        (stanza(kind="html", listing="div"), 6, "listing", "ключ: значение"),
        (stanza(kind="html", listing="{link: a}"), 6, "item", "нужен item"),
        (stanza(kind="html", listing="{item: div, links: a}"), 6, "links", "может быть, «link»?"),
        (stanza(kind="html", listing="{item: 'div..a'}"), 6, "item", "селектор не читается"),
        (stanza(kind="html", listing="{item: div, title: 'h3 > b'}"), 6, "title", "вместо b"),
        (stanza(article="div["), 6, "article", "селектор не читается"),
        (stanza(fallback="t.me/s/arna"), 6, "fallback", "https://"),
        (stanza(fallback="https://t.me/arna"), 6, "fallback", "https://t.me/s/ИМЯ"),
        (stanza(fallback="httрs://arna.example"), 6, "fallback", "вперемешку"),
        (stanza(fallback="https://lenta.example/rss"), 6, "fallback", "тот же"),
        (stanza(proxy="proxy.example:8080"), 6, "proxy", "socks5://"),
        (stanza(proxy="ftp://proxy.example"), 6, "proxy", "socks5://"),
        (stanza(user_agent="Читалка"), 6, "user_agent", "только латиница"),
        (stanza(ca_file="https://ca.example/root.pem"), 6, "ca_file", "путь к файлу"),
        (stanza(ca_file="certs/root"), 6, "ca_file", "путь к файлу"),
        (stanza(group="х" * 101), 6, "group", "одна строка"),
        (stanza(kind="rs"), 3, "kind", "может быть, «rss»?"),
        (stanza(url="lenta.example/rss"), 4, "url", "https://"),
        (stanza(url="ftp://lenta.example/rss"), 4, "url", "https://"),
        (stanza(url="https://:80/rss"), 4, "url", "https://"),
        (stanza(url="http://[::1/rss"), 4, "url", "https://"),
        (stanza(url="http://lenta.example:99999/"), 4, "url", "https://"),
        (stanza(url='"https://lenta.example/a b"'), 4, "url", "https://"),
        (stanza(url="https://editor:tayna@lenta.example/rss"), 4, "url", "имени и пароля в адресе быть не должно"),
        (stanza(url="https://editor@lenta.example/rss"), 4, "url", "имени и пароля в адресе быть не должно"),
        (stanza(fallback="http://:tayna@b.example/"), 6, "fallback", "имени и пароля в адресе быть не должно"),
        (stanza(url="https://lеnta.example/rss"), 4, "url", "русские и латинские буквы вперемешку"),
        (stanza(url="https://lenta.example/rss,"), 4, "url", "в конце адреса лишний знак «,» — уберите его"),
        (stanza(lang="en"), 5, "lang", "ru, kk или both"),
        (stanza(tz="Almaty"), 6, "tz", "Asia/Almaty"),
        (stanza(tz="../Asia/Almaty"), 6, "tz", "Asia/Almaty"),
        (stanza(tz="Asia"), 6, "tz", "Asia/Almaty"),
        (stanza(name=""), 2, "name", "нет ключа name — добавьте строку «name: имя»"),
        (stanza(kind=""), 2, "kind", "нет ключа kind — добавьте строку «kind: rss»"),
        (stanza(url=""), 2, "url", "нет ключа url — добавьте строку «url: https://сайт/rss»"),
        (stanza().replace("url: https://lenta.example/rss", "url:"), 4, "url", "нет значения"),
        (stanza(name='"  "'), 2, "name", "нет значения"),
        (stanza(name="[a, b]"), 2, "name", "нужен один текст"),
        ("", 1, "", "ключ:"),
        ("feeds:\n", 1, "feeds", "«- »"),
        ("feeds: []\n", 1, "feeds", "«- »"),
        ("feeds:\n  - просто текст\n", 2, "feeds", "ключ: значение"),
        ("ленты:\n  - a\n", 1, "ленты", "можно: feeds"),
    ],
)
def test_names_file_line_key_and_advice(text: str, line: int, key: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_feeds(text, file="feeds.yaml")
    first = min(problems(text, file="feeds.yaml"), key=lambda error: error.line)
    assert (caught.value.file, caught.value.line, caught.value.key) == ("feeds.yaml", line, key)
    assert says in first.message or says in "".join(error.message for error in problems(text, file="feeds.yaml"))


def test_a_password_in_an_address_is_not_repeated() -> None:
    (problem,) = problems(stanza(url="https://editor:tayna@lenta.example/rss"), file="f")
    assert "tayna" not in str(problem)
    assert "editor" not in str(problem)


def test_a_sign_in_a_path_is_no_password() -> None:
    (feed,) = load_feeds(stanza(url="https://lenta.example/@rss?to=a@b"), file="f")
    assert feed.url == "https://lenta.example/@rss?to=a@b"


def test_a_file_that_a_feed_names_is_looked_for_when_asked() -> None:
    text = stanza(ca_file="certs/site.pem")
    ((feed,), wrong) = load_checked(text, file="f", is_file=lambda path: path == "certs/site.pem")
    assert (feed.ca_file, wrong) == ("certs/site.pem", ())

    _, (problem,) = load_checked(text, file="f", is_file=lambda _: False)
    assert (problem.line, problem.key) == (6, "ca_file")
    assert "такого файла нет" in problem.message
    assert problems(text, file="f") == (), "the monitor starts without it: one feed fails, the others do not"


def test_names_both_lines_of_a_repeated_name_and_address() -> None:
    text = stanza() + stanza().removeprefix("feeds:\n")
    name, url = problems(text, file="f")
    assert (name.line, name.key, url.line, url.key) == (6, "name", 8, "url")
    assert "в строке 2" in name.message
    assert "в строке 4" in url.message


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("https://WWW.Lenta.example/feed", "https://lenta.example/feed/"),
        ("http://lenta.example:80/feed", "https://lenta.example/feed"),
        ("https://орда.example/rss", "https://xn--80ah3ai.example/rss"),
        ("https://lenta.example/feed?lang=kk", "https://www.lenta.example/feed/?lang=kk"),
    ],
)
def test_an_address_is_one_in_any_spelling(first: str, second: str) -> None:
    text = stanza(url=first) + stanza(name="Другая", url=second).removeprefix("feeds:\n")
    (problem,) = problems(text, file="f")
    assert (problem.line, problem.key) == (8, "url")
    assert "в строке 4" in problem.message
    assert first in problem.message
    assert second in problem.message


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("https://lenta.example/feed?lang=kk", "https://lenta.example/feed?lang=ru"),
        ("https://lenta.example/feed?from=aqtau", "https://lenta.example/feed?from=oral"),
        ("https://lenta.example/feed", "https://lenta.example/feed?lang=ru"),
        ("https://lenta.example/Feed", "https://lenta.example/feed"),
        ("https://kk.lenta.example/feed", "https://lenta.example/feed"),
        ("https://lenta.example:8443/feed", "https://lenta.example/feed"),
    ],
)
def test_different_addresses_are_different_feeds(first: str, second: str) -> None:
    text = stanza(url=first) + stanza(name="Другая", url=second).removeprefix("feeds:\n")
    assert problems(text, file="f") == ()


def test_a_name_is_one_in_any_case() -> None:
    text = stanza(name="Орда") + stanza(name="ОРДА", url="https://b.example/").removeprefix("feeds:\n")
    (problem,) = problems(text, file="f")
    assert (problem.line, problem.key) == (6, "name")
    assert "«ОРДА» уже есть в строке 2 в другом написании, «Орда»" in problem.message


def test_two_stanzas_of_one_line_may_be_the_same() -> None:
    twice = ", ".join(["{name: Лента, kind: rss, url: 'https://lenta.example/rss'}"] * 2)
    assert {problem.key for problem in problems(f"feeds: [{twice}]\n", file="f")} == {"name", "url"}


def test_a_name_is_one_however_its_letters_are_composed() -> None:
    both = "".join(
        f'  - {{name: "{normalize(form, "Край")}", kind: rss, url: "https://{form}.kz/", lang: ru}}\n'
        for form in ("NFC", "NFD")
    )
    with pytest.raises(ConfigError, match="уже есть в строке 2"):
        load_feeds(f"feeds:\n{both}", file="feeds.yaml")

    (decomposed,) = load_feeds(f"feeds:\n{both.splitlines()[1]}\n", file="feeds.yaml")
    assert decomposed.name == "Край", "what an editor does to it makes no new feed"


def test_first_mistake_counts_the_others() -> None:
    with pytest.raises(ConfigError, match="ещё ошибок: 2"):
        load_feeds(stanza(lang="xx", tz="Nowhere", interval="soon"), file="f")


def test_a_fallback_that_another_feed_reads_is_told() -> None:
    text = stanza() + stanza(name="Другая", url="https://b.example/", fallback="https://lenta.example/rss")[7:]
    (problem,) = problems(text, file="f")
    assert (problem.line, problem.key) == (10, "fallback")
    assert "уже читает «Лента»" in problem.message


def test_a_fallback_is_known_in_another_spelling() -> None:
    other = stanza(name="Другая", url="https://b.example/", fallback="http://www.lenta.example/rss/")
    (problem,) = problems(stanza() + other.removeprefix("feeds:\n"), file="f")
    assert (problem.line, problem.key) == (10, "fallback")


def test_a_fallback_may_be_the_feeds_own_address_without_tls() -> None:
    (feed,) = load_feeds(stanza(fallback="http://lenta.example/rss"), file="f")
    assert feed.fallback == "http://lenta.example/rss"


OWN = Path(__file__).resolve().parents[3] / "feeds.yaml"


def test_the_projects_own_feeds() -> None:
    with cpu_at_most(1):  # a hundred feeds take some thirty milliseconds
        feeds = load_feeds(OWN.read_text(encoding="utf-8"), file="feeds.yaml")
    assert len(feeds) >= 90
    assert len({canonical(feed.url) for feed in feeds}) == len(feeds)
    assert {feed.kind for feed in feeds} >= {FeedKind.RSS, FeedKind.HTML, FeedKind.SITEMAP, FeedKind.TELEGRAM}
    for feed in feeds:
        is_preview = feed.url.startswith("https://t.me/s/")
        assert is_preview is (feed.kind is FeedKind.TELEGRAM), feed.name
        assert feed.listing is None or feed.kind is FeedKind.HTML, feed.name


def test_each_of_the_projects_own_feeds_has_a_word_about_it() -> None:
    lines = OWN.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if line.startswith("  - name:"):
            assert lines[number - 1].startswith("  # "), f"feeds.yaml:{number + 1}"


def test_a_pause_ends_with_the_day_before_by_the_feeds_own_clock() -> None:
    (paused,) = load_feeds(stanza(tz="Asia/Almaty", paused_until="2026-12-10", paused_because="сайт взломан"), file="f")
    end = datetime(2026, 12, 9, 19, tzinfo=UTC)

    assert (paused.paused_until, paused.paused_because) == (end, "сайт взломан")
    assert paused.is_paused(end - timedelta(seconds=1))
    assert not paused.is_paused(end)


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ({"paused_until": "10.12.2026", "paused_because": "x"}, "paused_until"),
        ({"paused_until": "0001-01-01", "paused_because": "x", "tz": "Asia/Almaty"}, "paused_until"),
        ({"paused_until": "2026-12-10"}, "paused_because"),
        ({"paused_because": "сайт взломан"}, "paused_until"),
    ],
)
def test_a_pause_has_an_end_and_a_reason(keys: dict[str, str], key: str) -> None:
    assert key in {error.key for error in problems(stanza(**keys), file="f")}
