from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ParseError, ParseFailure
from monitor.models.feeds import Entry, ParsedFeed
from monitor.sources.feeds.telegram_preview import parse
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


CONTACT = "<title>Telegram: Contact @kanal</title><div class='tgme_page'>If you have <strong>Telegram</strong></div>"
PREVIEW_LINK = '<a class="tgme_page_context_link" href="/s/kanal">Preview channel</a>'


@pytest.mark.parametrize(
    ("body", "url", "kind"),
    [
        ("<!doctype html>" + CONTACT, "https://t.me/kanal", ParseFailure.NO_PREVIEW),
        ("<title>Telegram: View @kanal</title><div class='tgme_page'>", "https://t.me/kanal", ParseFailure.NO_PREVIEW),
        ("<rss><channel></channel></rss>", URL, ParseFailure.NO_PREVIEW),
        (CONTACT + PREVIEW_LINK, "https://t.me/kanal", ParseFailure.THROTTLED),
        ("<title>Telegram Messenger</title>", URL, ParseFailure.NO_CHANNEL),
        ("<title>Мессенджер</title>", "https://telegram.org/", ParseFailure.NO_CHANNEL),
    ],
)
def test_what_stands_instead_of_a_channel_is_told_apart(body: str, url: str, kind: ParseFailure) -> None:
    with pytest.raises(ParseError, match="Канал: ") as caught:
        parse(body.encode(), url=url, now=NOW, name="Канал")
    assert caught.value.kind is kind


def edited(html: str) -> str:
    return (
        text(html)
        + '<div class="tgme_widget_message_footer"><span class="tgme_widget_message_meta">edited</span></div>'
    )


def test_an_edited_post_is_another_entry_once_its_lead_is_another() -> None:
    fresh = only(text("Суд в Актау: заседание началось"))
    mended = only(edited("Суд в Актау — заседание началось!"))
    again = only(edited("Суд в <b>Актау</b>: заседание, началось"))
    changed = only(edited("Суд в Актау: выдача разрешена"))
    assert fresh.keys == ("u:https://t.me/kanal/1",)
    assert mended.keys == again.keys
    assert len({fresh.keys, mended.keys, changed.keys}) == 3
    assert fresh.url == mended.url == changed.url


def test_what_follows_the_lead_may_change() -> None:
    long = "Первые слова новости о суде в Актау. " * 20
    assert only(edited(long + "Конец.")).keys == only(edited(long + "Другой конец.")).keys


def test_a_post_that_speaks_of_editing_is_not_edited() -> None:
    assert only(text("The text was edited by the court")).keys == ("u:https://t.me/kanal/1",)


def test_polls_and_documents_speak_too() -> None:
    poll = (
        '<div class="tgme_widget_message_poll"><h4 class="tgme_widget_message_poll_question">Выдадут ли его?</h4>'
        '<div class="tgme_widget_message_poll_option"><div class="tgme_widget_message_poll_option_text">Да</div></div>'
        "</div>"
    )
    assert only(poll).content == "Выдадут ли его?\n\nДа"
    document = '<a href="/d"><div class="tgme_widget_message_document_title">Приговор.pdf</div></a>'
    assert only(document + text("Документ")).content == "Документ\n\nПриговор.pdf"


def test_a_forwarded_post_is_told_in_its_own_words() -> None:
    source = (
        '<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from '
        '<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/drugoy/5"><span>Россия</span></a></div>'
    )
    entry = only(source + text("Суд отложен #Актау"))
    assert (entry.content, entry.url) == ("Суд отложен #Актау", "https://t.me/Kanal/1")


def test_a_quote_of_the_old_markup_is_not_matched_either() -> None:
    quote = f'<a class="tgme_widget_message_reply">{text("Экстрадиция отложена")}</a>'
    assert only(quote + text("Уточнение")).content == "Уточнение"


def test_the_page_before_this_one() -> None:
    more = '<a class="tme_messages_more js-messages_more" data-before="{}" href="/s/kanal?before=1"></a>'
    assert read(page(more.format("101") + post(102, text("А")))).older == "https://t.me/s/kanal?before=101"
    assert read(page(more.format("101&x=1") + post(102, text("А")))).older == ""
    assert read(page(post(1, text("А")))).older == ""


@pytest.mark.parametrize("address", ["javascript:alert(1)", "a/b/c", "../1", "имя/1", "kanal/1?x"])
def test_a_forged_post_name_makes_no_link(address: str) -> None:
    assert read(page(post(1, text("А")).replace("Kanal/1", address), post(2, text("Б")))).entries[0].title == "Б"


@given(st.binary(max_size=200), st.text(alphabet="<>/div&;abr \n", max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_entries_or_a_named_failure(body: bytes, html: str) -> None:
    with pytest.raises(ParseError, match="просмотра канала"):
        read(body)
    assert len(read(page(post(1, text(html)), post(2, text("А")))).entries) >= 1
