from datetime import timedelta

import pytest

from monitor.config.feeds import load_feeds, problems
from monitor.errors import ConfigError
from monitor.models import Feed, FeedKind

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
"""


def stanza(**changes: str) -> str:
    keys = {"name": "Лента", "kind": "rss", "url": "https://lenta.example/rss", "lang": "ru"} | changes
    return "feeds:\n  - " + "\n    ".join(f"{key}: {value}" for key, value in keys.items() if value) + "\n"


def test_reads_stanzas_in_order() -> None:
    first, second = load_feeds(GOOD, file="feeds.yaml")
    assert first == Feed(
        name="Степной вестник",
        kind=FeedKind.RSS,
        url="https://vestnik.example/rss",
        lang="ru",
        tz="Asia/Almaty",
        interval=timedelta(minutes=10),
    )
    assert (second.kind, second.tz, second.interval) == (FeedKind.TELEGRAM, "UTC", None)
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
        (stanza(kind="html"), 3, "kind", "пока не поддерживается"),
        (stanza(kind="rs"), 3, "kind", "может быть, «rss»?"),
        (stanza(url="lenta.example/rss"), 4, "url", "https://"),
        (stanza(url="ftp://lenta.example/rss"), 4, "url", "https://"),
        (stanza(url="https://:80/rss"), 4, "url", "https://"),
        (stanza(url="http://[::1/rss"), 4, "url", "https://"),
        (stanza(url="http://lenta.example:99999/"), 4, "url", "https://"),
        (stanza(url='"https://lenta.example/a b"'), 4, "url", "https://"),
        (stanza(lang="en"), 5, "lang", "ru, kk или both"),
        (stanza(tz="Almaty"), 6, "tz", "Asia/Almaty"),
        (stanza(tz="../Asia/Almaty"), 6, "tz", "Asia/Almaty"),
        (stanza(tz="Asia"), 6, "tz", "Asia/Almaty"),
        (stanza(name=""), 2, "name", "нет значения"),
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


def test_names_both_lines_of_a_repeated_name_and_address() -> None:
    text = stanza() + stanza().removeprefix("feeds:\n")
    name, url = problems(text, file="f")
    assert (name.line, name.key, url.line, url.key) == (6, "name", 8, "url")
    assert "в строке 2" in name.message
    assert "в строке 4" in url.message


def test_first_mistake_counts_the_others() -> None:
    with pytest.raises(ConfigError, match="ещё ошибок: 2"):
        load_feeds(stanza(lang="xx", tz="Nowhere", interval="soon"), file="f")
