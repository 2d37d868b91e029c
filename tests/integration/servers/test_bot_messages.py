"""The stand-in of the Bot API: what it accepts, what it refuses and in which words."""

import json
import re
import struct
from datetime import timedelta
from typing import Any

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, LinkPreviewOptions, Message
from telegram.error import BadRequest, Forbidden, InvalidToken

from tests.servers.bot_api import (
    CHANNEL,
    OPERATOR,
    REVIEW,
    BotApi,
    Chat,
)


def call(client: httpx.Client, api: BotApi, method: str, **fields: Any) -> Any:
    return client.post(f"{api.url}/bot{api.token}/{method}", data=fields).json()


def description(client: httpx.Client, api: BotApi, method: str, **fields: Any) -> str:
    answer = call(client, api, method, **fields)
    assert answer["ok"] is False
    return str(answer["description"])


async def test_a_post_shows_as_text_and_entities(api: BotApi, bot: Bot) -> None:
    html = '😀 <b>Суд</b>\n<a href="https://News.example">подробнее</a>'
    sent = await bot.send_message(
        "@Test_Channel", html, "HTML", link_preview_options=LinkPreviewOptions(is_disabled=True)
    )

    (shown,) = api.posted(CHANNEL.id)
    assert (shown.message_id, shown.chat, shown.html, shown.edits) == (1, CHANNEL.id, html, 0)
    assert shown.text == sent.text == "😀 Суд\nподробнее"
    assert shown.entities == (
        {"type": "bold", "offset": 3, "length": 3},
        {"type": "text_link", "offset": 7, "length": 9, "url": "https://news.example/"},
    )
    assert abs(shown.date - sent.date) < timedelta(seconds=2)
    assert shown.raw["link_preview_options"] == {"is_disabled": True}


async def test_a_channel_post_has_no_author_and_a_group_message_has_the_bot(api: BotApi, bot: Bot) -> None:
    post, remark = await bot.send_message(CHANNEL.id, "в канал"), await bot.send_message(REVIEW.id, "в группу")

    assert post.sender_chat is not None
    assert post.sender_chat.id == CHANNEL.id
    assert post.from_user is None
    assert remark.from_user is not None
    assert remark.from_user.id == bot.id
    assert [len(api.posted(chat.id)) for chat in (CHANNEL, REVIEW, OPERATOR)] == [1, 1, 0]


def test_a_call_may_come_in_every_form(api: BotApi, client: httpx.Client) -> None:
    root = f"{api.url}/bot{api.token}"
    fields = {"chat_id": "@test_channel", "text": "Проба"}

    answers = [
        client.get(f"{root}/sendMessage", params=fields),
        client.post(f"{root}/SENDMESSAGE", data=fields),
        client.post(f"{root}/sendmessage", json=fields | {"reply_markup": {"inline_keyboard": []}}),
        client.post(f"{root}/sendMessage", data=fields, files={"unused": ("имя.txt", b"\r\n\x00")}),
    ]

    assert [answer.json()["result"]["message_id"] for answer in answers] == [1, 2, 3, 4]
    assert [call.method for call in api.calls] == ["sendMessage", "SENDMESSAGE", "sendmessage", "sendMessage"]
    assert api.calls[3].params["unused"].content == b"\r\n\x00"
    assert api.count("sendMessage") == 4


@pytest.mark.parametrize(
    ("path", "code", "text"),
    [
        ("bot{token}/noSuchMethod", 404, "Not Found: method not found"),
        ("bot{token}x/getMe", 401, "Unauthorized"),
        ("botnonsense/getMe", 401, "Unauthorized: invalid token specified"),
        ("elsewhere", 404, "Not Found"),
    ],
)
def test_wrong_paths_and_tokens_are_refused(api: BotApi, client: httpx.Client, path: str, code: int, text: str) -> None:
    answer = client.get(f"{api.url}/{path.format(token=api.token)}")

    assert answer.status_code == code
    assert answer.json() == {"ok": False, "error_code": code, "description": text}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"chat_id": "@nobody"}, "chat not found"),
        ({"chat_id": "@"}, "chat not found"),
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "text must be non-empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "text must be non-empty"),
        ({"text": "я" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "*x*", "parse_mode": "MarkdownV3"}, "unsupported parse_mode"),
        ({"reply_markup": "{"}, "can't parse reply_markup JSON object"),
        ({"reply_markup": "[]1"}, "can't parse reply_markup JSON object"),
        ({"reply_markup": "[1]"}, "object expected as reply_markup"),
        ({"reply_parameters": '{"message_id": 77}'}, "message to be replied not found"),
        ({"message_thread_id": "5"}, "message thread not found"),
    ],
)
def test_a_refused_message(api: BotApi, client: httpx.Client, fields: dict[str, str], reason: str) -> None:
    complete = {"chat_id": "@test_channel", "text": "Проба"} | fields

    assert description(client, api, "sendMessage", **complete) == f"Bad Request: {reason}"
    assert api.posted(CHANNEL.id) == []


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("а<br>", 'Unsupported start tag "br" at byte offset 2'),
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("2 < 3", 'Unsupported start tag "" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ('<a href="x', 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
        ("<a =1>x</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
    ],
)
def test_bad_html_is_named_with_its_byte(api: BotApi, client: httpx.Client, html: str, reason: str) -> None:
    refused = description(client, api, "sendMessage", chat_id=CHANNEL.id, text=html, parse_mode="html")

    assert refused == f"Bad Request: can't parse entities: {reason}"


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("&lt;&amp;&quot;&gt; &nbsp; &#8381;&#x1F600", '<&"> &nbsp; ₽😀', []),
        ("&#0;&#55555555;&", "&#0;&#55555555;&", []),
        ("  <u> ж </u> ", "ж", [("underline", 0, 1)]),
        ("<a>нет адреса</a>", "нет адреса", []),
        ("<a href='javascript:x'>л</a>", "л", []),
        ("<a href='http://localhost/'>л</a>", "л", []),
        ("<a href='example.com/x'>л</a>", "л", [("text_link", 0, 1)]),
        ("<b>1<i>2</i></b>", "12", [("bold", 0, 2), ("italic", 1, 1)]),
        ("<pre><code class='language-py'>x</code></pre>", "x", [("pre", 0, 1)]),
        ("<code><b>x</b></code>", "x", [("code", 0, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        (
            "<blockquote expandable>1<blockquote>2</blockquote><i>3</i></blockquote>",
            "123",
            [("expandable_blockquote", 0, 3), ("italic", 2, 1)],
        ),
        ("<tg-spoiler>a</tg-spoiler><span class='tg-spoiler'>b</span>", "ab", [("spoiler", 0, 1), ("spoiler", 1, 1)]),
        ("<b></b>x", "x", []),
    ],
)
def test_good_html(
    api: BotApi, client: httpx.Client, html: str, text: str, entities: list[tuple[str, int, int]]
) -> None:
    sent = call(client, api, "sendMessage", chat_id=CHANNEL.id, text=html, parse_mode="HTML")["result"]

    assert sent["text"] == text
    assert [(e["type"], e["offset"], e["length"]) for e in sent.get("entities", [])] == entities


def test_the_length_is_that_of_the_parsed_text(api: BotApi, client: httpx.Client) -> None:
    html = f"<b>{'😀' * 2047}&lt;x</b>" + " " * 50

    sent = call(client, api, "sendMessage", chat_id=CHANNEL.id, text=html, parse_mode="HTML")

    assert sent["result"]["entities"] == [{"type": "bold", "offset": 0, "length": 4096}]


async def test_an_edit_replaces_text_and_buttons(api: BotApi, bot: Bot) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Да", callback_data="yes:1")]])
    post = await bot.send_message(CHANNEL.id, "<b>было</b>", "HTML", reply_markup=keyboard)

    edited = await bot.edit_message_text("<i>стало</i>", CHANNEL.id, post.message_id, parse_mode="HTML")

    (shown,) = api.posted(CHANNEL.id)
    assert (shown.message_id, shown.text, shown.html, shown.edits) == (post.message_id, "стало", "<i>стало</i>", 1)
    assert [entity["type"] for entity in shown.entities] == ["italic"]
    assert "reply_markup" not in shown.raw
    assert isinstance(edited, Message)
    assert edited.edit_date is not None


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Да", callback_data="yes:1")]])
    post = await bot.send_message(CHANNEL.id, "<b>так</b>", "HTML", reply_markup=keyboard)

    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await post.edit_text("<strong>так </strong>", "HTML", reply_markup=keyboard)
    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await post.edit_reply_markup(keyboard)
    await post.edit_reply_markup(None)


async def test_a_message_that_is_gone_or_not_ours(api: BotApi, bot: Bot) -> None:
    post = await bot.send_message(CHANNEL.id, "было")
    stranger = api.say(REVIEW.id, "привет")["message"]["message_id"]
    api.delete(CHANNEL.id, post.message_id)

    with pytest.raises(BadRequest, match=r"(?i)message to edit not found"):
        await post.edit_text("стало")
    with pytest.raises(BadRequest, match=r"(?i)message to delete not found"):
        await post.delete()
    with pytest.raises(BadRequest, match=r"(?i)message can't be edited"):
        await bot.edit_message_text("стало", REVIEW.id, stranger)
    assert await bot.delete_message(REVIEW.id, stranger)


async def test_ids_are_never_used_twice(api: BotApi, bot: Bot) -> None:
    await (await bot.send_message(CHANNEL.id, "1")).delete()

    assert (await bot.send_message(CHANNEL.id, "2")).message_id == 2
    assert [post.text for post in api.posted(CHANNEL.id)] == ["2"]


async def test_a_reply_needs_its_message_or_permission(bot: Bot) -> None:
    first = await bot.send_message(CHANNEL.id, "1")

    second = await first.reply_text("2", do_quote=True)
    third = await bot.send_message(CHANNEL.id, "3", reply_to_message_id=99, allow_sending_without_reply=True)

    assert second.reply_to_message is not None
    assert second.reply_to_message.message_id == first.message_id
    assert third.reply_to_message is None


def test_a_forum_has_its_topics(client: httpx.Client) -> None:
    forum = Chat(id=-1005, type="supergroup", title="Форум", threads=frozenset({5}))
    with BotApi(chats=[forum]) as api:
        sent = call(client, api, "sendMessage", chat_id=-1005, text="x", message_thread_id=5, disable_notification=True)
        api.close_topic(-1005, 5)
        closed = description(client, api, "sendMessage", chat_id=-1005, text="x", message_thread_id=5)
        unknown = description(client, api, "sendMessage", chat_id=-1005, text="x", message_thread_id=1)
        call(client, api, "sendMessage", chat_id=-1005, text="в «General»")
        shown = api.posted(-1005)

    assert sent["result"]["message_thread_id"] == 5
    assert sent["result"]["chat"]["is_forum"] is True
    assert (closed, unknown) == ("Bad Request: TOPIC_CLOSED", "Bad Request: message thread not found")
    assert [(post.thread, post.silent) for post in shown] == [(5, True), (0, False)]


@pytest.mark.parametrize(
    ("quote", "taken"),
    [
        ("<b>Суд решил</b>", True),
        ("<b>решил</b>: выдать", True),
        (": выдать", True),
        ("Суд решил", False),  # it is bold there
        ("<b>Суд решил: выдать</b>", False),
        ("<b>Суд  решил</b>", False),
        ("", True),
    ],
)
def test_a_quote_is_word_for_word_and_in_the_same_style(
    api: BotApi, client: httpx.Client, quote: str, *, taken: bool
) -> None:
    html = '😀 <b><a href="https://news.example/1">Суд решил</a></b>: выдать'
    call(client, api, "sendMessage", chat_id=CHANNEL.id, text=html, parse_mode="HTML")
    how = {"message_id": 1, "quote": quote, "quote_parse_mode": "HTML", "allow_sending_without_reply": True}

    sent = call(client, api, "sendMessage", chat_id=CHANNEL.id, text="ответ", reply_parameters=json.dumps(how))

    if taken:
        (_, shown) = api.posted(CHANNEL.id)
        assert (shown.reply_to, shown.quote) == (1, re.sub("<.*?>", "", quote).strip())
    else:
        assert sent["description"] == "Bad Request: QUOTE_TEXT_INVALID"
        assert len(api.posted(CHANNEL.id)) == 1


async def test_photos_and_albums(api: BotApi, bot: Bot) -> None:
    photo = await bot.send_photo(CHANNEL.id, b"jpeg", caption="<b>Подпись</b>", parse_mode="HTML")
    album = await bot.send_media_group(
        CHANNEL.id, [InputMediaPhoto(b"jpeg", caption="Первая"), InputMediaPhoto("https://news.example/2.jpg")]
    )

    assert (photo.caption, photo.photo[0].file_size) == ("Подпись", 4)
    assert [message.caption for message in album] == ["Первая", None]
    assert len({message.media_group_id for message in album}) == 1
    assert [post.text for post in api.posted(CHANNEL.id)] == ["Подпись", "Первая", ""]


def test_limits_of_photos_and_buttons(api: BotApi, client: httpx.Client) -> None:
    def refused(method: str, **fields: Any) -> str:
        return description(client, api, method, chat_id=CHANNEL.id, **fields)

    button = '{"inline_keyboard": [[{"text": "да", "callback_data": "%s"}]]}'
    url = "https://news.example/1.jpg"
    assert refused("sendMessage", text="x", reply_markup=button % ("я" * 33)) == "Bad Request: BUTTON_DATA_INVALID"
    assert call(client, api, "sendMessage", chat_id=CHANNEL.id, text="x", reply_markup=button % ("я" * 32))["ok"]
    assert refused("sendPhoto", photo=url, caption="я" * 1025) == "Bad Request: message caption is too long"
    assert refused("sendPhoto") == "Bad Request: there is no photo in the request"
    assert "2 to 10" in refused("sendMediaGroup", media='[{"type": "photo", "media": "https://news.example/1.jpg"}]')
    sent = client.post(
        f"{api.url}/bot{api.token}/sendPhoto", data={"chat_id": CHANNEL.id}, files={"photo": bytes((10 << 20) + 1)}
    )
    assert sent.json()["description"] == "Bad Request: file is too big"
    for sides in ((5_001, 5_000), (2_001, 100)):
        drawing = b"\x89PNG\r\n\x1a\n" + bytes(8) + struct.pack(">II", *sides)
        sent = client.post(
            f"{api.url}/bot{api.token}/sendPhoto", data={"chat_id": CHANNEL.id}, files={"photo": drawing}
        )
        assert sent.json()["description"] == "Bad Request: PHOTO_INVALID_DIMENSIONS"


async def test_the_bot_learns_who_and_where_it_is(bot: Bot) -> None:
    chat = await bot.get_chat("@test_channel")
    mine = await bot.get_chat_member(chat.id, bot.id)
    other = await bot.get_chat_member(chat.id, 5)

    assert (await bot.get_me()).username == "test_monitor_bot"
    assert (chat.id, chat.title, chat.type) == (CHANNEL.id, CHANNEL.title, "channel")
    assert (mine.status, other.status) == ("administrator", "member")


async def test_a_closed_chat_and_its_return(api: BotApi, bot: Bot) -> None:
    post = await bot.send_message(CHANNEL.id, "было")
    api.kick("@test_channel")
    with pytest.raises(Forbidden, match="bot was kicked from the channel chat"):
        await post.edit_text("стало")
    api.kick(OPERATOR.id, "bot was blocked by the user")
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(OPERATOR.id, "x")

    api.restore("@test_channel")

    assert (await bot.send_message(CHANNEL.id, "снова")).text == "снова"


async def test_a_revoked_token(api: BotApi, bot: Bot) -> None:
    api.revoke()
    with pytest.raises(InvalidToken):
        await bot.send_message(CHANNEL.id, "x")
    api.revoke(revoked=False)

    assert (await bot.send_message(CHANNEL.id, "x")).text == "x"
