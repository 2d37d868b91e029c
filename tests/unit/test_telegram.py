from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ParseError, ParseFailure
from monitor.models import Entry, ParsedFeed
from monitor.sources.telegram import parse
from tests.factories import NOW

URL = "https://t.me/s/kanal"


def post(number: int, inner: str, *, date: str = "2026-11-20T05:00:00+00:00", service: bool = False) -> str:
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message'
        f' js-widget_message{" service_message" if service else ""}" data-post="Kanal/{number}">'
        '<div class="tgme_widget_message_bubble"><a class="tgme_widget_message_owner_name"><span>Канал</span></a>'
        f"{inner}"
        '<div class="tgme_widget_message_footer"><span class="tgme_widget_message_views">2.01K</span>'
        f'<a class="tgme_widget_message_date" href="https://t.me/Kanal/{number}"><time datetime="{date}">05:00</time>'
        "</a></div></div></div></div>"
    )


def text(html: str) -> str:
    return f'<div class="tgme_widget_message_text js-message_text" dir="auto">{html}</div>'


def page(*posts: str) -> bytes:
    history = "".join(posts)
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>Канал – Telegram</title></head>'
        f'<body class="tgme_webpreview"><section class="tgme_channel_history">{history}</section></body></html>'
    ).encode()


def read(body: bytes) -> ParsedFeed:
    return parse(body, url=URL, now=NOW, name="Канал")


def only(inner: str) -> Entry:
    (entry,) = read(page(post(1, inner))).entries
    return entry


def test_a_post_is_read_whole() -> None:
    html = 'Жителя Уральска <b>задержали</b> на <a href="https://x.kz/">границе</a>.<br/>Ждёт суд.<br/><br/>Вот 👇'
    preview = (
        '<a class="tgme_widget_message_link_preview" href="https://x.kz/1"><div class="link_preview_site_name">X</div>'
        '<div class="link_preview_title">Задержан на границе</div>'
        '<div class="link_preview_description">Что известно</div></a>'
    )
    assert only(text(html) + preview) == Entry(
        keys=("u:https://t.me/kanal/1",),
        url="https://t.me/Kanal/1",
        title="Жителя Уральска задержали на границе.",
        content=("Жителя Уральска задержали на границе.\nЖдёт суд.\n\nВот 👇\n\nЗадержан на границе\n\nЧто известно"),
        published_at=datetime(2026, 11, 20, 5, tzinfo=UTC),
    )


def test_posts_keep_the_order_of_the_page() -> None:
    assert [entry.title for entry in read(page(post(1, text("Первый")), post(2, text("Второй")))).entries] == [
        "Первый",
        "Второй",
    ]


def test_the_length_of_a_video_is_not_a_date() -> None:
    video = '<a class="tgme_widget_message_video_player"><time class="message_video_duration">1:25</time></a>'
    assert only(video + text("Видео")).published_at == datetime(2026, 11, 20, 5, tzinfo=UTC)


def test_the_quote_a_post_replies_to_is_not_its_text() -> None:
    quote = (
        '<a class="tgme_widget_message_reply"><div class="tgme_widget_message_text js-message_reply_text">'
        "Экстрадиция отложена</div></a>"
    )
    assert only(quote + text("Уточнение: суд завтра")).content == "Уточнение: суд завтра"


def test_service_posts_and_posts_without_text_are_left_out() -> None:
    photo = '<a class="tgme_widget_message_photo_wrap" style="background-image:url(x)"></a>'
    body = page(post(1, text("Channel created"), service=True), post(2, photo), post(3, text("Новость")))
    assert [entry.url for entry in read(body).entries] == ["https://t.me/Kanal/3"]


def test_a_long_post_in_two_nested_texts_is_told_once() -> None:
    assert only(text(text("Длинный пост"))).content == "Длинный пост"


def test_a_link_in_a_text_escaped_twice_is_read() -> None:
    assert only(text("Отчёт A&amp;amp;B &amp;quot;тут&amp;quot;")).content == 'Отчёт A&B "тут"'


def test_long_first_lines_become_titles_by_sentence() -> None:
    first = "Суд отпустил задержанного."
    assert only(text(first + " И ещё много слов об этом деле." * 20)).title == first
    assert len(only(text("слово " * 100)).title) <= 200


def test_posts_only_the_app_shows_are_told() -> None:
    hidden = '<div class="message_media_not_supported">Please open Telegram to view this post</div>'
    assert read(page(post(1, hidden), post(2, text("А")))).problems == (
        "записи, видные только в приложении Telegram: 1",
    )


def test_an_empty_channel_is_a_value() -> None:
    parsed = read(page('<div class="tme_no_messages_found">No posts found</div>'))
    assert parsed.entries == ()
    assert parsed.problems == ("в канале нет ни одной записи",)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<title>Telegram: Contact @kanal</title><div class='tgme_page'>If you have <strong>Telegram</strong></div>",
        b"<title>Telegram Messenger</title>",
        b"<rss><channel></channel></rss>",
    ],
)
def test_no_preview_is_named(body: bytes) -> None:
    with pytest.raises(ParseError, match="Канал: ") as caught:
        read(body)
    assert caught.value.kind is ParseFailure.NO_PREVIEW


@pytest.mark.parametrize("address", ["javascript:alert(1)", "a/b/c", "../1", "имя/1", "kanal/1?x"])
def test_a_forged_post_name_makes_no_link(address: str) -> None:
    assert read(page(post(1, text("А")).replace("Kanal/1", address), post(2, text("Б")))).entries[0].title == "Б"


@given(st.binary(max_size=200), st.text(alphabet="<>/div&;abr \n", max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_entries_or_a_named_failure(body: bytes, html: str) -> None:
    with pytest.raises(ParseError, match="просмотра канала"):
        read(body)
    assert len(read(page(post(1, text(html)), post(2, text("А")))).entries) >= 1
