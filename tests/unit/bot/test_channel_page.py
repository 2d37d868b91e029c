from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.bot.channel_page import PreviewMessage, find, mark, read_page
from monitor.models.channels import Destination
from monitor.stories.post import render
from tests.factories import NOW, story, telling
from tests.servers.bot_chats import CHANNEL, PostedMessage
from tests.servers.bot_preview import CONTACT_PAGE, preview_page

HTML = '#выдача\n<b><a href="https://news.example/a?x=1&amp;y=2">Суд решил</a></b>\n\nМедуза'


def posted(number: int, html: str = HTML) -> PostedMessage:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return PostedMessage(message_id=number, chat=CHANNEL.id, text="", entities=(), html=html, date=at, edits=0, raw={})


def page(*posts: PostedMessage) -> bytes:
    return preview_page(CHANNEL, posts).encode()


def test_a_page_gives_numbers_and_marks() -> None:
    read = read_page(page(posted(4, "<b>без ссылки</b>"), posted(5)), channel="Test_Channel")

    assert read
    assert read.messages == (
        PreviewMessage(message_id=4, mark="без ссылки"),
        PreviewMessage(message_id=5, mark="https://news.example/a?x=1&y=2"),
    )
    assert read.older is None


def test_older_messages_are_asked_for_by_number() -> None:
    read = read_page(page(*map(posted, range(1, 31))), channel="test_channel")

    assert read
    assert (read.older, read.numbers) == (11, frozenset(range(11, 31)))


def test_a_number_without_end_leads_to_no_older_messages() -> None:
    hostile = page(*map(posted, range(1, 31))).replace(b'data-before="11"', b'data-before="%s"' % (b"9" * 5_000))
    read = read_page(hostile, channel="test_channel")

    assert read
    assert (read.older, read.numbers) == (None, frozenset(range(11, 31)))


def test_the_mark_of_a_post_is_that_of_its_message_whatever_was_added_later() -> None:
    later = HTML + '\nЕщё пишут: <a href="https://other.example/b">Лада</a>'

    assert mark(HTML) == mark(later) == "https://news.example/a?x=1&y=2"
    assert mark("<b>без ссылки</b>\nвовсе") == "без ссылки вовсе"
    assert mark("") == ""


def test_a_post_as_it_is_made_is_known_by_its_headlines_link() -> None:
    told = story(1, telling(1), telling(2, feed="Лада"))
    to = Destination(chat="@test_channel", archive="https://archive.example/")
    html = render(told, 1, to=to, now=NOW)
    read = read_page(page(posted(1, html)), channel="test_channel")

    assert "<blockquote>" in html
    assert read
    assert read.messages[0].mark == mark(html) == "https://news.example/1"


def test_a_hashtag_is_no_link() -> None:
    shown = HTML.replace("#выдача", '<a href="?q=%23выдача">#выдача</a>')
    read = read_page(page(posted(1, shown)), channel="test_channel")

    assert read
    assert read.messages[0].mark == mark(HTML)


def test_a_post_is_known_below_what_it_quotes_and_with_an_expandable_quote() -> None:
    html = HTML.replace("\n\nМедуза", "\n\n<blockquote expandable>Первое.\nВторое.</blockquote>")
    answered = {"message_id": 1, "text": "Суд решил", "entities": []}
    post = replace(posted(2, html), reply_to=1, quote="Суд", raw={"reply_to_message": answered})
    read = read_page(page(posted(1, "<b>Суд решил</b>"), post), channel="test_channel")

    assert read
    assert [message.mark for message in read.messages] == ["Суд решил", mark(html)]
    assert mark(html.replace("https://news.example/a?x=1&amp;y=2", "x:")) == "#выдача Суд решил Первое. Второе."


def test_only_newer_messages_that_tell_nothing_else_are_found() -> None:
    messages = [PreviewMessage(message_id=number, mark="x") for number in (3, 5, 7)]

    assert find("x", messages, after=3, known=frozenset({5})) == 7
    assert find("x", messages, after=7, known=frozenset()) is None
    assert find("y", messages, after=0, known=frozenset()) is None


def test_another_page_is_no_page() -> None:
    assert read_page(CONTACT_PAGE.encode(), channel="test_channel") is None
    assert read_page(b"", channel="test_channel") is None
    assert read_page(page(posted(1)), channel="another_channel") is None


def test_an_empty_channel_is_a_page() -> None:
    read = read_page(page(), channel="test_channel")

    assert read
    assert (read.messages, read.older) == ((), None)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: page(posted(1, text))))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    read = read_page(body, channel="test_channel")

    assert read is None or all(number > 0 for number in read.numbers)
