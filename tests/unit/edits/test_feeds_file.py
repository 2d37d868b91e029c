"""Edits of feeds.yaml: what was asked for is there, and nothing else has changed."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from monitor.config.feeds import load_feeds
from monitor.edits.feeds.feeds_file import ALL_KEYS, pause, read_keys, remove, resume, set_keys
from monitor.errors import ConfigError

OURS = Path("feeds.yaml").read_text(encoding="utf-8")
STANZAS = re.split(r"^(?=  - name)", OURS, flags=re.MULTILINE)[1:]
FILE = """# Наши ленты
feeds:
  # ── Соседи ──
  - name: "Первая"   # главная
    kind: html
    url: https://a.kz/news
    interval: 10m  # листается быстро
    listing:       # вёрстка 2026 года
      # карточка
      item: "div.card"
      link: 'a.title'

  - name: Вторая
    kind: rss
    url: https://b.kz/rss
    note: |
      Заметка
      на две строки.

  # хвост файла"""

_VALUES = {
    "kind": st.sampled_from(["rss", "atom", "json", "sitemap"]),
    "url": st.from_regex(r"https://[a-z]{3,9}\.example/[a-z0-9/?=&%._~#'-]{0,30}", fullmatch=True),
    "lang": st.sampled_from(["ru", "kk", "both"]),
    "tz": st.sampled_from(["UTC", "Asia/Almaty", "Europe/Moscow"]),
    "interval": st.from_regex(r"[1-9][0-9]? ?m", fullmatch=True),
    "fallback": st.from_regex(r"https://t\.me/s/[a-z]{5,9}\?x=[#'a-z]{0,9}", fullmatch=True),
    "article": st.sampled_from(["div.text", "#main > p:not(.x)", '[class="x: y"]', "div[data-x='#1']"]),
    "group": st.text(alphabet="аЯқA0 «»\"'#:-{}[]*&!|>%@`,?~№\\", min_size=1, max_size=30).filter(str.strip),
    "note": st.text(alphabet="аЯқA0 «»\"'#:-{}[]*&!|>%@`,?~№\\", min_size=1, max_size=30).filter(str.strip),
}  # fmt: skip
CHANGES = st.fixed_dictionaries({}, optional={key: st.just("") | values for key, values in _VALUES.items()}).filter(
    lambda changes: changes.get("kind") != "" and changes.get("url") != ""
)


def edited(changes: dict[str, str], name: str = "Первая", text: str = FILE) -> str:
    return set_keys(text, name, changes, file="feeds.yaml")


def comments(text: str) -> list[str]:
    return sorted(found.strip() for found in re.findall(r"(?:^|\s)#\s.*|^#.*", text, re.MULTILINE))


def by_name(text: str) -> dict[str, Any]:
    return {feed.name: feed for feed in load_feeds(text, file="feeds.yaml")}


def test_a_value_is_replaced_where_it_stands() -> None:
    assert edited({"interval": "5m"}) == FILE.replace("10m", "5m")
    assert edited({"listing.item": 'div[data-x="1"]'}) == FILE.replace('"div.card"', '"div[data-x=\\"1\\"]"')
    assert edited({"listing.link": "a[title='1']"}) == FILE.replace("'a.title'", "'a[title=''1'']'")


def test_a_new_key_stands_where_it_usually_does() -> None:
    made = edited({"tz": "Asia/Almaty", "lang": "ru", "listing.date": "time", "article": "div.text"})

    url = "    url: https://a.kz/news\n"
    assert made == FILE.replace(url, f"{url}    lang: ru\n    tz: Asia/Almaty\n").replace(
        "  # листается быстро\n", "  # листается быстро\n    article: div.text\n"
    ).replace("'a.title'\n", "'a.title'\n      date: time\n")


def test_selectors_come_as_a_whole_and_go_as_a_whole() -> None:
    selectors = {"listing.item": "li", "listing.title": "h2"}
    page = edited({"kind": "html"}, "Вторая")

    made = edited(selectors, "Вторая", page)
    assert "    url: https://b.kz/rss\n    listing:\n      item: li\n      title: h2\n    note: |" in made
    assert edited(dict.fromkeys(selectors, ""), "Вторая", made) == page


def test_a_key_goes_and_what_is_said_beside_it_stays() -> None:
    made = edited({"interval": "", "listing.item": "", "listing.link": ""})

    assert read_keys(made, "Первая", file="f") == {"name": "Первая", "kind": "html", "url": "https://a.kz/news"}
    assert comments(made) == comments(FILE)


def test_a_file_that_ends_without_a_line_end() -> None:
    text = FILE.split("    note", maxsplit=1)[0].rstrip()
    assert edited({"lang": "kk"}, "Вторая", text) == f"{text}\n    lang: kk\n"


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("feeds: [{name: Первая, kind: rss, url: 'https://a.kz/rss'}]\n", {"lang": "ru"}),
        ("feeds: [{name: Первая, kind: rss, url: 'https://a.kz/rss', lang: ru}]\n", {"lang": ""}),
        ("feeds:\n  - interval: 10m\n    name: Первая\n    kind: rss\n    url: https://a.kz/\n", {"interval": ""}),
        ("feeds:\n  - name: Первая\n    kind: rss\n    url: https://a.kz/\n    note: >\n      а\n", {"note": "б"}),
    ],
    ids=["in brackets", "out of brackets", "the first line", "an open text"],
)
def test_what_is_written_unusually_is_left_to_the_maintainer(text: str, changes: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="сами") as raised:
        edited(changes, text=text)
    assert raised.value.line


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"interval": "раз в час"}, "10m, 1h"),
        ({"url": "https://b.kz/rss"}, "уже есть"),
        ({"listing.item": "div["}, "селектор"),
        ({"url": ""}, "url"),
        ({"note": "а\nб"}, "одна строка"),
    ],
)
def test_what_the_file_does_not_take_is_said_in_its_own_words(changes: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        edited(changes)


def test_only_keys_of_feeds_are_edited_and_never_the_name() -> None:
    assert edited({"name": "Другая", "наше": "что-то"}) == FILE
    with pytest.raises(ConfigError, match="Третья"):
        edited({"lang": "ru"}, "Третья")


def test_a_pause_is_written_and_taken_out() -> None:
    made = pause(
        FILE, "Первая", until=date(2026, 12, 10), because="сайт взломан: спам", today=date(2026, 12, 1), file="f"
    )

    assert "    paused_until: 2026-12-10\n    paused_because: 'сайт взломан: спам'\n" in made
    assert resume(made, "Первая", file="f") == FILE
    for until, because in ((date(2026, 12, 1), "сайт взломан"), (date(2026, 12, 2), " ")):
        with pytest.raises(ConfigError):
            pause(FILE, "Первая", until=until, because=because, today=date(2026, 12, 1), file="f")


def test_a_feed_is_removed_and_what_stands_around_it_stays() -> None:
    first = FILE.index('  - name: "Первая"')
    assert remove(FILE, "Первая", file="f") == FILE[:first] + FILE[FILE.index("\n  - name: Вторая") :]
    assert remove(FILE, "Вторая", file="f") == FILE[: FILE.index("  - name: Вторая")] + "\n  # хвост файла"
    with pytest.raises(ConfigError, match="последняя"):
        remove(remove(FILE, "Первая", file="f"), "Вторая", file="f")


@st.composite
def of_our_own(draw: st.DrawFn) -> tuple[str, str]:
    """Some stanzas of the project's own file with all that is written between them, and the name of one."""
    first = draw(st.integers(min_value=0, max_value=len(STANZAS) - 3))
    text = "feeds:\n\n" + "".join(STANZAS[first : first + 3])
    return text, draw(st.sampled_from([feed.name for feed in load_feeds(text, file="f")]))


@given(of_our_own(), CHANGES)
@settings(max_examples=60, deadline=None)
def test_exactly_what_was_asked_for_changes(ours: tuple[str, str], changes: dict[str, str]) -> None:
    text, name = ours
    before = read_keys(text, name, file="f")
    assume("kind" not in changes or before["kind"] in ("rss", "atom", "sitemap"))  # the others allow not every key
    made = edited(changes, name, text)
    said = dict(before) | {key: value.strip() for key, value in changes.items()}

    assert read_keys(made, name, file="f") == {key: value for key, value in said.items() if value}
    assert comments(made) == comments(text)
    assert {**by_name(made), name: None} == {**by_name(text), name: None}
    again = edited({key: before.get(key, "") for key in changes}, name, made)
    assert by_name(again) == by_name(text)
    assert sorted(re.sub("['\"]", "", again).split()) == sorted(re.sub("['\"]", "", text).split())


@given(of_our_own())
@settings(max_examples=20, deadline=None)
def test_any_of_our_feeds_is_removed_with_its_own_lines_only(ours: tuple[str, str]) -> None:
    text, name = ours
    made = remove(text, name, file="f")

    assert by_name(made) == {one: feed for one, feed in by_name(text).items() if one != name}
    assert comments(made) == comments(text)
    assert set(ALL_KEYS) >= set(read_keys(text, name, file="f"))
