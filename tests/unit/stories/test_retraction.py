"""What a retracted story shows, and how maintainers name one."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.models.channels import Destination
from monitor.models.outbox import DigestItem
from monitor.models.stories import Retraction
from monitor.stories.corrections.retraction import PostAddress, is_too_long, reason_of, story_named, struck_post
from monitor.stories.digest import render_day
from monitor.stories.post import render
from monitor.text.telegram_html import first_address, first_line, fits, visible_text
from monitor.text.unicode import utf16_length
from tests.factories import NOW, story, telling


@given(why=st.text(max_size=2_000), title=st.text(max_size=2_000))
def test_whatever_is_written_is_escaped_and_fits(why: str, title: str) -> None:
    retraction = Retraction(why=reason_of(why), at=NOW, parts=frozenset({1}))
    told = replace(story(1, telling(1, title=title)), retracted=retraction)

    html = struck_post(told, 1, to=Destination(chat="@channel"))

    assert utf16_length(retraction.why) <= 300
    assert fits(html)
    assert html.count("<") == html.count(">") == 8  # of <b>, <s>, <a> and <b>, and of their ends
    assert "Опровергнуто 22.11.2026:" in visible_text(html)


KAZAKH = Destination(chat="@kazakh", languages=frozenset({"kk"}), tongue="kk")


@pytest.mark.parametrize("title", ["Жаңалық", ""])
def test_a_chat_reads_of_the_telling_that_its_post_showed(title: str) -> None:
    told = story(
        1, telling(1), telling(2, feed="Азаттық", title=title, text="Сот шешті. Ол келіспейді.", language="kk")
    )
    post = render(told, 1, to=KAZAKH, now=NOW)
    retracted = replace(told, retracted=Retraction(why="қате", at=NOW, parts=frozenset({1})))

    html = struck_post(retracted, 1, to=KAZAKH)

    assert first_line(html) == first_line(post) == (title or "Сот шешті.")
    assert first_address(html) == first_address(post) == "https://news.example/2"
    assert visible_text(html).endswith("Азаттық")


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("17", 17),
        ("https://t.me/Channel_ru/5", PostAddress("@channel_ru", 5)),
        ("t.me/s/channel_ru/5?single#x", PostAddress("@channel_ru", 5)),
        ("https://t.me/forum_ru/17/5", PostAddress("@forum_ru", 5)),
        ("https://t.me/c/1234567890/5", PostAddress("-1001234567890", 5)),
        ("https://archive.example/sub/kk/story/17.html#x", 17),
        ("https://t.me/channel_ru", None),
        ("https://evil.example/channel_ru/5", None),
        ("²", None),
        ("1e3", None),
        ("http://[", None),
        ("9" * 30, None),
    ],
)
def test_a_story_is_named_by_number_post_or_page(written: str, named: object) -> None:
    assert story_named(written) == named


@given(st.integers(0, 60), st.integers(1, 30), st.integers(1, 400))
def test_the_day_always_tells_what_was_retracted(items: int, retracted: int, length: int) -> None:
    item = DigestItem(topic="Экстрадиция", title="ы" * length, url="https://news.example/" + "x" * length)
    wrong = replace(item, retracted="я" * length)

    html = render_day(date(2026, 11, 29), [item] * items, retracted=[wrong] * retracted)

    assert fits(html)
    assert html.count("<a ") <= 90
    assert f"Опровергнуто · {retracted}" in visible_text(html)
    assert html.count("<s>") == min(retracted, 10)


def test_only_a_reason_that_would_be_cut_is_too_long() -> None:
    assert not is_too_long(f"удалить: ложь{' ' * 400}и обман")
    assert not is_too_long("а" * 300)
    assert is_too_long("а" * 301)
