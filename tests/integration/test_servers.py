"""The stand-ins are tools of the other tests: here each behaviour and each fault is seen through a real client."""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import httpx
import psycopg
import pytest
import sqlalchemy as sa
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, LinkPreviewOptions
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, TelegramError, TimedOut

from tests.servers import faults
from tests.servers.bot_api import (
    CHANNEL,
    OPERATOR,
    REVIEW,
    BotApi,
    Chat,
    badjson,
    deliver_then_502,
    deliver_then_hang,
    deliver_then_reset,
    empty200,
    html502,
    http,
    too_many_requests,
)
from tests.servers.faults import Fault
from tests.servers.loopback import Exchange, LoopbackServer
from tests.servers.postgres import PostgresServer, find_binaries
from tests.servers.web import Item, WebServer, atom, page, rss

PUBLISHED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ITEM = Item(
    title="Суд & «экстрадиция»",
    link="https://news.example/1?a=1&b=2",
    guid="news-1",
    description="Коротко <о деле>",
    content="<p>Полный текст</p>",
    published=PUBLISHED,
)
FEED = rss([ITEM])


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer() as server:
        server.serve("/feed", FEED)
        yield server


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as server:
        yield server


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5, verify=False) as opened:
        yield opened


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[Bot]:
    async with Bot(api.token, base_url=f"{api.url}/bot") as opened:
        yield opened


# -- the news site ------------------------------------------------------------------------------------------


def test_a_document_is_served_until_replaced_or_removed(web: WebServer, client: httpx.Client) -> None:
    address = web.serve("/feed", "новый", content_type="text/plain; charset=utf-8", headers={"X-Own": "1"})
    replaced = client.get(address)
    web.remove("/feed")

    assert (replaced.text, replaced.headers["x-own"]) == ("новый", "1")
    assert client.get(address).status_code == 404


def test_a_path_with_a_query_wins_over_the_bare_path(web: WebServer, client: httpx.Client) -> None:
    web.serve("/feed?page=2", "вторая")

    assert client.get(f"{web.url}/feed?page=2").text == "вторая"
    assert client.get(f"{web.url}/feed?page=3").content == FEED
    assert web.count("/feed") == 2


def test_requests_are_remembered_in_order(web: WebServer, client: httpx.Client) -> None:
    client.head(f"{web.url}/feed?x=%D1%8F", headers={"User-Agent": "reader"})
    client.get(f"{web.url}/статья")

    first, second = web.requests
    assert (first.method, first.path, first.parameter("x"), first.headers["user-agent"]) == (
        "HEAD",
        "/feed",
        "я",
        "reader",
    )
    assert second.path == "/статья"
    assert second.at >= first.at


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 200),
        ({"if-none-match": '"v1"'}, 304),
        ({"if-none-match": 'W/"v1"'}, 304),
        ({"if-none-match": '"v0", "v1"'}, 304),
        ({"if-none-match": "*"}, 304),
        ({"if-none-match": '"v0"'}, 200),
        ({"if-none-match": '"v0"', "if-modified-since": "Sun, 01 Mar 2026 09:30:00 GMT"}, 200),
        ({"if-modified-since": "Sun, 01 Mar 2026 09:30:00 GMT"}, 304),
        ({"if-modified-since": "Sun, 01 Mar 2026 09:29:59 GMT"}, 200),
        ({"if-modified-since": "вчера".encode()}, 200),
    ],
)
def test_validators_are_honoured(web: WebServer, client: httpx.Client, sent: dict[str, Any], status: int) -> None:
    web.serve("/feed", FEED, etag='W/"v1"', last_modified=PUBLISHED)

    answer = client.get(f"{web.url}/feed", headers=sent)

    assert answer.status_code == status
    assert answer.headers["etag"] == 'W/"v1"'
    assert answer.headers["last-modified"] == "Sun, 01 Mar 2026 09:30:00 GMT"
    assert bool(answer.content) == (status == 200)


def test_an_automatic_etag_follows_the_body(web: WebServer, client: httpx.Client) -> None:
    tags = []
    for body in ("раз", "два", "раз"):
        web.serve("/feed", body, etag="auto")
        tags.append(client.get(f"{web.url}/feed").headers["etag"])

    assert tags[0] == tags[2] != tags[1]


def test_a_redirect_leads_on(web: WebServer, client: httpx.Client) -> None:
    web.redirect("/old", "/feed", status=301)

    answer = client.get(f"{web.url}/old", follow_redirects=True)

    assert [hop.status_code for hop in answer.history] == [301]
    assert answer.content == FEED


def test_a_compressed_document_goes_out_as_given(web: WebServer, client: httpx.Client) -> None:
    web.serve("/feed", gzip.compress(FEED), headers={"Content-Encoding": "gzip"})

    assert client.get(f"{web.url}/feed").content == FEED


BROKEN = {
    "reset": (faults.reset, httpx.ReadError),
    "no answer": (faults.no_answer, httpx.RemoteProtocolError),
    "garbage": (faults.garbage, httpx.RemoteProtocolError),
    "drop mid body": (faults.drop_mid_body, httpx.RemoteProtocolError),
    "truncate": (faults.truncate, httpx.RemoteProtocolError),
    "bad gzip": (faults.bad_gzip, httpx.DecodingError),
    "hang": (faults.hang, httpx.ReadTimeout),
    "slow": (faults.slow(5), httpx.ReadTimeout),
}


@pytest.mark.parametrize(("fault", "error"), BROKEN.values(), ids=BROKEN)
def test_a_broken_answer_breaks_the_client_once(
    web: WebServer, client: httpx.Client, fault: Fault, error: type[Exception]
) -> None:
    web.fail("/feed", fault, times=1)

    with pytest.raises(error):
        client.get(f"{web.url}/feed", timeout=0.2)
    assert client.get(f"{web.url}/feed").content == FEED


def test_a_reset_is_an_rst_and_a_missing_answer_is_not(web: WebServer, client: httpx.Client) -> None:
    web.fail("/feed", faults.reset)

    with pytest.raises(httpx.ReadError, match="Connection reset"):
        client.get(f"{web.url}/feed")


def test_statuses_and_empty_bodies(web: WebServer, client: httpx.Client) -> None:
    web.fail("/feed", faults.status(503, {"Retry-After": "7"}, "занято"), times=1)
    web.fail("/feed", faults.status(799), times=1)
    web.fail("/feed", faults.empty, times=1)

    busy, odd, empty = (client.get(f"{web.url}/feed") for _ in range(3))

    assert (busy.status_code, busy.headers["retry-after"], busy.text) == (503, "7", "занято")
    assert odd.status_code == 799
    assert (empty.status_code, empty.content) == (200, b"")


def test_a_lying_length_cuts_the_body(web: WebServer, client: httpx.Client) -> None:
    web.fail("/feed", faults.lying_content_length, times=1)

    assert client.get(f"{web.url}/feed").content == FEED[: len(FEED) // 2]
    assert client.get(f"{web.url}/feed").content == FEED


def test_a_drip_keeps_its_pace(web: WebServer, client: httpx.Client) -> None:
    web.serve("/feed", "x" * 50)
    web.fail("/feed", faults.slow_drip(200))
    started = time.monotonic()

    with client.stream("GET", f"{web.url}/feed") as answer:
        pieces = list(answer.iter_raw())

    assert b"".join(pieces) == b"x" * 50
    assert len(pieces) > 1
    assert time.monotonic() - started >= 0.2


def test_a_huge_body_streams_without_a_length(web: WebServer, client: httpx.Client) -> None:
    web.fail("/feed", faults.huge(3_000_000))

    with client.stream("GET", f"{web.url}/feed") as answer:
        assert "content-length" not in answer.headers
        assert sum(len(piece) for piece in answer.iter_raw()) > 3_000_000


def test_a_client_may_leave_a_huge_body(web: WebServer, client: httpx.Client) -> None:
    web.fail("/feed", faults.huge(1 << 40))

    with client.stream("GET", f"{web.url}/feed") as answer:
        next(answer.iter_raw())


def test_a_gzip_bomb_is_small_and_valid(web: WebServer, client: httpx.Client) -> None:
    size = 16 << 20
    web.fail("/feed", faults.gzip_bomb(size))

    with client.stream("GET", f"{web.url}/feed") as answer:
        wire = b"".join(answer.iter_raw())

    assert len(wire) < size // 500
    assert gzip.decompress(wire) == bytes(size)


def test_an_endless_redirect_never_visits_an_address_twice(web: WebServer, client: httpx.Client) -> None:
    web.fail("/feed", faults.endless_redirect)

    with pytest.raises(httpx.TooManyRedirects):
        client.get(f"{web.url}/feed?id=7", follow_redirects=True)
    queries = [request.query for request in web.requests]
    assert len(set(queries)) == len(queries) > 5


def test_faults_wait_in_a_queue_and_can_be_mended(web: WebServer, client: httpx.Client) -> None:
    web.fail("/feed", faults.status(500), times=2)
    web.fail("/feed", faults.status(502))
    web.serve("/other", "цела")

    spoiled = [client.get(f"{web.url}/feed").status_code for _ in range(4)]
    web.mend("/feed")

    assert spoiled == [500, 500, 502, 502]
    assert client.get(f"{web.url}/other").text == "цела"
    assert client.get(f"{web.url}/feed").content == FEED


def test_a_held_request_waits_for_its_release(web: WebServer, client: httpx.Client) -> None:
    with ThreadPoolExecutor() as pool, web.hold("/feed") as hold:
        answer = pool.submit(client.get, f"{web.url}/feed")
        hold.wait_arrived()
        assert not answer.done()
        web.serve("/feed", "новое")
        hold.release()

        assert answer.result(timeout=5).text == "новое"
    assert client.get(f"{web.url}/feed").text == "новое"


def test_a_hold_nobody_reaches_says_so(web: WebServer) -> None:
    with web.hold("/feed") as hold, pytest.raises(TimeoutError):
        hold.wait_arrived(timeout=0.01)


def test_a_test_can_wait_for_the_nth_request(web: WebServer, client: httpx.Client) -> None:
    with ThreadPoolExecutor() as pool:
        pool.submit(client.get, f"{web.url}/feed")
        web.wait_until(lambda: web.count("/feed") == 1, timeout=5)

    with pytest.raises(TimeoutError):
        web.wait_until(lambda: web.count("/feed") == 2, timeout=0.01)


def test_a_stopped_server_refuses_and_comes_back_as_it_was(web: WebServer, client: httpx.Client) -> None:
    address = f"{web.url}/feed"
    client.get(address)

    web.stop()
    with pytest.raises(httpx.ConnectError):
        client.get(address)
    web.start()

    assert client.get(address).content == FEED
    assert web.count("/feed") == 2


def test_a_bug_of_a_stand_in_fails_the_test() -> None:
    class Faulty(LoopbackServer):
        async def answer(self, exchange: Exchange) -> None:
            raise LookupError(exchange.request.path)

    server = Faulty()
    server.start()
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{server.url}/any")

    with pytest.raises(ExceptionGroup) as caught:
        server.stop()
    assert caught.group_contains(LookupError, match="/any")


@pytest.mark.parametrize("document", [FEED, atom([ITEM])], ids=["rss", "atom"])
def test_built_feeds_are_feeds(document: bytes) -> None:
    parsed = feedparser.parse(document)

    (entry,) = parsed.entries
    assert not parsed.bozo
    assert parsed.feed.title == "Лента новостей"
    assert (entry.title, entry.link, entry.id) == ("Суд & «экстрадиция»", "https://news.example/1?a=1&b=2", "news-1")
    assert entry.content[0].value == "<p>Полный текст</p>"
    assert entry.published_parsed[:5] == (2026, 3, 1, 9, 30)


def test_a_feed_in_another_encoding_keeps_kazakh_letters() -> None:
    document = rss([Item(title="Сот «Ғ. Ә.» ісін қарады", link="https://news.example/2")], encoding="windows-1251")

    assert "Сот".encode("windows-1251") in document
    assert feedparser.parse(document).entries[0].title == "Сот «Ғ. Ә.» ісін қарады"


def test_a_built_page_holds_the_article_among_noise() -> None:
    html = page("Суд & дело", ["Первый <абзац>.", "Второй."], PUBLISHED)

    assert "<h1>Суд &amp; дело</h1>" in html
    assert "<p>Первый &lt;абзац&gt;.</p><p>Второй.</p>" in html
    assert 'content="2026-03-01T09:30:00+00:00"' in html


# -- the Bot API: calls and errors -----------------------------------------------------------------------------


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


async def test_a_channel_speaks_for_itself_and_a_group_shows_the_bot(api: BotApi, bot: Bot) -> None:
    post, remark = await bot.send_message(CHANNEL.id, "в канал"), await bot.send_message(REVIEW.id, "в группу")

    assert post.sender_chat is not None
    assert post.sender_chat.id == CHANNEL.id
    assert post.from_user is None
    assert remark.from_user is not None
    assert remark.from_user.id == bot.id
    assert [len(api.posted(chat.id)) for chat in (CHANNEL, REVIEW, OPERATOR)] == [1, 1, 0]


def test_a_call_may_come_in_every_form(api: BotApi, client: httpx.Client) -> None:
    root = f"{api.url}/bot{api.token}"
    fields = {"chat_id": CHANNEL.id, "text": "Проба"}

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
def test_the_door(api: BotApi, client: httpx.Client, path: str, code: int, text: str) -> None:
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
    assert edited is not True
    assert edited.edit_date is not None


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Да", callback_data="yes:1")]])
    post = await bot.send_message(CHANNEL.id, "<b>так</b>", "HTML", reply_markup=keyboard)

    with pytest.raises(BadRequest, match="(?i)message is not modified"):
        await post.edit_text("<strong>так </strong>", "HTML", reply_markup=keyboard)
    with pytest.raises(BadRequest, match="(?i)message is not modified"):
        await post.edit_reply_markup(keyboard)
    await post.edit_reply_markup(None)


async def test_a_message_that_is_gone_or_not_ours(api: BotApi, bot: Bot) -> None:
    post = await bot.send_message(CHANNEL.id, "было")
    stranger = api.say(REVIEW.id, "привет")["message"]["message_id"]
    api.delete(CHANNEL.id, post.message_id)

    with pytest.raises(BadRequest, match="(?i)message to edit not found"):
        await post.edit_text("стало")
    with pytest.raises(BadRequest, match="(?i)message to delete not found"):
        await post.delete()
    with pytest.raises(BadRequest, match="(?i)message can't be edited"):
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
        sent = call(client, api, "sendMessage", chat_id=-1005, text="x", message_thread_id=5)

    assert sent["result"]["message_thread_id"] == 5


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

    assert await bot.send_message(CHANNEL.id, "снова")


async def test_a_revoked_token(api: BotApi, bot: Bot) -> None:
    api.revoke()
    with pytest.raises(InvalidToken):
        await bot.send_message(CHANNEL.id, "x")
    api.revoke(revoked=False)

    assert await bot.send_message(CHANNEL.id, "x")


# -- the Bot API: limits --------------------------------------------------------------------------------------


def test_the_long_window_counts_sends_and_edits_of_one_chat(api: BotApi, client: httpx.Client) -> None:
    api.limit(chat_per_minute=2, chat_per_second=100, overall=100, minute=0.3)
    post = call(client, api, "sendMessage", chat_id=CHANNEL.id, text="1")["result"]["message_id"]
    call(client, api, "editMessageText", chat_id="@test_channel", message_id=post, text="2")

    refused = client.post(f"{api.url}/bot{api.token}/sendMessage", data={"chat_id": CHANNEL.id, "text": "3"})

    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["description"] == "Too Many Requests: retry after 1"
    assert refused.json()["parameters"] == {"retry_after": 1}
    assert call(client, api, "sendMessage", chat_id=REVIEW.id, text="другой чат")["ok"]
    time.sleep(0.31)
    assert call(client, api, "sendMessage", chat_id=CHANNEL.id, text="3")["ok"]


@pytest.mark.parametrize(
    ("limits", "chats", "accepted"),
    [
        ({"chat_per_second": 1}, [CHANNEL, CHANNEL], [True, False]),
        ({"chat_per_second": 9, "overall": 2}, [CHANNEL, REVIEW, OPERATOR], [True, True, False]),
        ({"chat_per_minute": 1, "chat_per_second": 9}, [CHANNEL, CHANNEL, REVIEW], [True, False, True]),
    ],
)
def test_the_short_windows(
    api: BotApi, client: httpx.Client, limits: dict[str, int], chats: list[Chat], accepted: list[bool]
) -> None:
    api.limit(**limits)

    assert [call(client, api, "sendMessage", chat_id=chat.id, text="x")["ok"] for chat in chats] == accepted
    api.unlimit()
    assert call(client, api, "sendMessage", chat_id=CHANNEL.id, text="x")["ok"]


def test_an_album_costs_its_items_and_the_wait_is_told(api: BotApi, client: httpx.Client) -> None:
    api.limit(chat_per_minute=3, chat_per_second=9)
    media = '[{"type": "photo", "media": "https://news.example/1.jpg"}, {"type": "photo", "media": "https://news.example/2.jpg"}]'

    assert call(client, api, "sendMediaGroup", chat_id=CHANNEL.id, media=media)["ok"]
    refused = call(client, api, "sendMediaGroup", chat_id=CHANNEL.id, media=media)

    assert 58 <= refused["parameters"]["retry_after"] <= 60
    assert call(client, api, "sendMessage", chat_id=CHANNEL.id, text="x")["ok"]


# -- the Bot API: updates -------------------------------------------------------------------------------------


async def test_updates_come_until_confirmed(api: BotApi, bot: Bot) -> None:
    api.say(REVIEW.id, "/why https://news.example/1")
    api.push_update({"message": {"message_id": 9, "date": 1, "chat": REVIEW.json(), "text": "чужое"}})

    first = await bot.get_updates()
    again = await bot.get_updates(offset=first[1].update_id)
    rest = await bot.get_updates(offset=again[0].update_id + 1)

    assert [update.message.text for update in first if update.message] == ["/why https://news.example/1", "чужое"]
    assert first[0].message is not None
    assert first[0].message.entities[0].type == "bot_command"
    assert [update.update_id for update in again] == [first[1].update_id]
    assert rest == ()


async def test_only_the_kinds_asked_for(api: BotApi, bot: Bot) -> None:
    api.say(REVIEW.id, "слово")

    assert await bot.get_updates(allowed_updates=["callback_query"]) == ()


async def test_a_long_poll_wakes_when_something_happens(api: BotApi, bot: Bot) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=10))
    await asyncio.to_thread(api.wait_until, lambda: api.count("getUpdates") == 1)
    assert not waiting.done()
    api.say(REVIEW.id, "проснись")

    assert len(await asyncio.wait_for(waiting, 2)) == 1


async def test_a_long_poll_ends_empty(bot: Bot) -> None:
    started = time.monotonic()

    assert await bot.get_updates(timeout=1) == ()
    assert time.monotonic() - started >= 1


async def test_the_older_poll_loses(api: BotApi, bot: Bot) -> None:
    async with Bot(api.token, base_url=f"{api.url}/bot") as rival:
        older = asyncio.create_task(bot.get_updates(timeout=10))
        await asyncio.to_thread(api.wait_until, lambda: api.count("getUpdates") == 1)
        younger = await rival.get_updates(timeout=0)

        assert younger == ()
        with pytest.raises(Conflict, match="(?i)terminated by other getupdates request"):
            await older


async def test_a_webhook_excludes_polling(api: BotApi, bot: Bot) -> None:
    await bot.set_webhook("https://hook.example/")
    api.say(REVIEW.id, "слово")
    with pytest.raises(Conflict, match="(?i)while webhook is active"):
        await bot.get_updates(timeout=10)
    info = await bot.get_webhook_info()
    await bot.delete_webhook(drop_pending_updates=True)

    assert (info.url, info.pending_update_count) == ("https://hook.example/", 1)
    assert await bot.get_updates() == ()


async def test_a_button_is_pressed_and_answered_once(api: BotApi, bot: Bot) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Да", callback_data="yes:1")]])
    question = await bot.send_message(REVIEW.id, "Публиковать?", reply_markup=keyboard)
    with pytest.raises(LookupError):
        api.callback(REVIEW.id, question.message_id, "no:1")
    api.callback(REVIEW.id, question.message_id, "yes:1")

    (update,) = await bot.get_updates()
    query = update.callback_query
    assert query is not None
    assert (query.data, query.message and query.message.message_id) == ("yes:1", question.message_id)
    assert await bot.answer_callback_query(query.id)
    with pytest.raises(BadRequest, match="(?i)query is too old"):
        await bot.answer_callback_query(query.id)


# -- the Bot API: faults --------------------------------------------------------------------------------------

SPOILED = {
    "http 500": (http(500, "Internal Server Error"), NetworkError, False),
    "http 400": (http(400, "Bad Request: TOPIC_CLOSED"), BadRequest, False),
    "html 502": (html502, NetworkError, False),
    "bad json": (badjson, TelegramError, False),
    "empty 200": (empty200, TelegramError, False),
    "hang": (faults.hang, TimedOut, False),
    "reset": (faults.reset, NetworkError, False),
    "slow": (faults.slow(5), TimedOut, False),
    "truncate": (faults.truncate, NetworkError, True),
    "deliver then hang": (deliver_then_hang, TimedOut, True),
    "deliver then reset": (deliver_then_reset, NetworkError, True),
    "deliver then 502": (deliver_then_502, NetworkError, True),
    "deliver then truncate": (faults.deliver_then(faults.truncate), NetworkError, True),
}


@pytest.mark.parametrize(("fault", "error", "kept"), SPOILED.values(), ids=SPOILED)
async def test_a_spoiled_send(api: BotApi, bot: Bot, fault: Fault, error: type[TelegramError], *, kept: bool) -> None:
    api.script(fault)

    with pytest.raises(error):
        await bot.send_message(CHANNEL.id, "x", read_timeout=0.2)
    assert len(api.posted(CHANNEL.id)) == kept
    await bot.send_message(CHANNEL.id, "следующее")
    assert len(api.posted(CHANNEL.id)) == kept + 1


def test_flood_control_and_migration_carry_their_parameters(api: BotApi, client: httpx.Client) -> None:
    upgraded = "Bad Request: group chat was upgraded to a supergroup chat"
    api.script(too_many_requests(17))
    api.script(http(400, upgraded, {"migrate_to_chat_id": -100777}))

    flood, moved = (call(client, api, "sendMessage", chat_id=CHANNEL.id, text="x") for _ in range(2))

    assert flood == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 17",
        "parameters": {"retry_after": 17},
    }
    assert moved["parameters"] == {"migrate_to_chat_id": -100777}


def test_a_fault_of_any_method_and_its_end(api: BotApi, client: httpx.Client) -> None:
    api.script(http(500, "Internal Server Error"), "*", times=None)
    api.script(http(400, "Bad Request: x"), "getMe")

    assert [call(client, api, "getMe")["error_code"] for _ in range(3)] == [400, 500, 500]
    assert call(client, api, "getUpdates")["error_code"] == 500
    api.mend("*")
    assert call(client, api, "getMe")["ok"]


def test_a_held_call_is_not_yet_kept(api: BotApi, client: httpx.Client) -> None:
    with ThreadPoolExecutor() as pool, api.hold("sendMessage") as hold:
        sent = pool.submit(call, client, api, "sendMessage", chat_id=CHANNEL.id, text="x")
        hold.wait_arrived()
        assert api.posted(CHANNEL.id) == []
        hold.release()

        assert sent.result(timeout=5)["ok"]
    assert len(api.posted(CHANNEL.id)) == 1


def test_an_accepted_call_is_kept_while_its_answer_waits(api: BotApi, client: httpx.Client) -> None:
    with ThreadPoolExecutor() as pool, api.hold("sendMessage", accepted=True) as hold:
        sent = pool.submit(call, client, api, "sendMessage", chat_id=CHANNEL.id, text="x")
        hold.wait_arrived()
        assert len(api.posted(CHANNEL.id)) == 1
        assert not sent.done()
        hold.release()

        assert sent.result(timeout=5)["result"]["message_id"] == 1


@pytest.mark.parametrize("accepted", [False, True])
async def test_the_held_call_of_a_dead_client(api: BotApi, bot: Bot, *, accepted: bool) -> None:
    with api.hold("sendMessage", accepted=accepted) as hold:
        sending = asyncio.create_task(bot.send_message(CHANNEL.id, "x", read_timeout=0.2))
        await hold.arrived()
        with pytest.raises(TimedOut):
            await sending
    await bot.send_message(CHANNEL.id, "следующее")

    assert len(api.posted(CHANNEL.id)) == 1 + accepted


async def test_an_outage_loses_nothing(api: BotApi, bot: Bot) -> None:
    await bot.send_message(CHANNEL.id, "до")
    await asyncio.to_thread(api.stop)
    with pytest.raises(NetworkError) as caught:
        await bot.send_message(CHANNEL.id, "во время")
    api.start()
    await bot.send_message(CHANNEL.id, "после")

    assert isinstance(caught.value.__cause__, httpx.ConnectError)
    assert [post.text for post in api.posted(CHANNEL.id)] == ["до", "после"]


# -- the public preview of the channel ------------------------------------------------------------------------


def test_the_preview_shows_what_the_channel_shows(api: BotApi, client: httpx.Client) -> None:
    for number in range(25):
        call(client, api, "sendMessage", chat_id=CHANNEL.id, text=f"<b>№{number}</b>\nстрока", parse_mode="HTML")

    newest = client.get(f"{api.url}/s/test_channel").text
    older = client.get(f"{api.url}/s/test_channel?before=6").text

    assert '<div class="tgme_widget_message_text js-message_text" dir="auto"><b>№24</b><br/>строка</div>' in newest
    assert 'data-post="test_channel/25"' in newest
    assert (newest.count("js-message_text"), older.count("js-message_text")) == (20, 5)
    assert 'href="/s/test_channel?before=6"' in newest
    assert "tme_messages_more" not in older


def test_the_preview_may_be_hidden_or_missing(api: BotApi, client: httpx.Client) -> None:
    empty = client.get(f"{api.url}/s/test_channel").text
    api.hide_preview()
    hidden = client.get(f"{api.url}/s/test_channel")

    assert "tme_no_messages_found" in empty
    assert hidden.status_code == 200
    assert "tgme_page" in hidden.text
    assert client.get(f"{api.url}/s/no_such_channel").status_code == 302


# -- PostgreSQL -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    with PostgresServer(durable=True) as server:
        yield server


def one(url: str, statement: str) -> object:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        return connection.execute(sa.text(statement)).scalar_one()


@pytest.mark.postgres
def test_databases_are_fresh_and_apart(postgres: PostgresServer) -> None:
    first, second = postgres.new_database(), postgres.new_database()
    one(first, "CREATE TABLE kept (word text); SELECT 1")

    assert first.startswith("postgresql+psycopg://")
    assert one(first, "SELECT count(*) FROM kept") == 0
    with pytest.raises(sa.exc.ProgrammingError):
        one(second, "SELECT count(*) FROM kept")
    assert one(second, "SELECT current_setting('server_encoding')") == "UTF8"


@pytest.mark.postgres
@pytest.mark.parametrize("crash", [False, True])
def test_what_was_committed_survives_a_stop(postgres: PostgresServer, *, crash: bool) -> None:
    url = postgres.new_database()
    one(url, "CREATE TABLE kept AS SELECT 'слово' AS word; SELECT 1")
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        postgres.stop(immediate=crash)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
        with pytest.raises(sa.exc.OperationalError):
            one(url, "SELECT 1")
        postgres.start()

    assert one(url, "SELECT word FROM kept") == "слово"


@pytest.mark.postgres
def test_a_restart_and_a_clean_end() -> None:
    with PostgresServer() as server:
        home = server._home
        url = server.new_database()
        server.restart()
        assert one(url, "SELECT current_setting('fsync')") == "off"

    assert home is not None
    assert not home.exists()


@pytest.mark.postgres
def test_binaries_that_cannot_run_are_an_error_with_the_reason(tmp_path: Path) -> None:
    for name, code in {"initdb": "echo no disk; exit 1", "postgres": "exit 1"}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{code}\n")
        (tmp_path / name).chmod(0o755)
    for parent in tmp_path.parents[:3]:
        parent.chmod(parent.stat().st_mode | 0o055)

    with pytest.raises(RuntimeError, match="no disk"), PostgresServer(binaries=tmp_path):
        pass


@pytest.mark.postgres
def test_without_binaries_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tests.servers.postgres.Path", lambda *_: tmp_path)
    monkeypatch.setattr("tests.servers.postgres.importlib.util.find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(RuntimeError, match="apt-get install postgresql"):
        find_binaries()
