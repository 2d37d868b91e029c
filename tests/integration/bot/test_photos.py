"""Posts with a picture, through the Bot API stand-in."""

from collections.abc import AsyncIterator

import pytest

from monitor.bot.client import BotClient
from monitor.errors import ChannelClosed, MaybeAccepted, MessageRejected, NotAccepted
from monitor.site.pictures.cards import png
from tests.servers.bot_api import BotApi
from tests.servers.bot_faults import deliver_then_reset, html502, http, too_many_requests

CHAT = "@test_channel"
POST = '<b><a href="https://news.example/1">Заголовок</a></b>'
PICTURE = png('<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="675"/>')
pytestmark = pytest.mark.manual_time  # no answer is late because the machine is busy


@pytest.fixture
async def channel(api: BotApi) -> AsyncIterator[BotClient]:
    async with BotClient(api.token, base_url=api.url) as opened:
        yield opened


async def test_a_picture_stands_above_its_text(api: BotApi, channel: BotClient) -> None:
    message_id = await channel.post(CHAT, POST, photo=PICTURE, silent=True)

    (shown,) = api.posted(CHAT)
    assert (shown.message_id, shown.text) == (message_id, "Заголовок")
    assert (shown.raw["photo"][0]["width"], shown.raw["photo"][0]["file_size"]) == (1200, len(PICTURE))
    (call,) = api.calls
    assert (call.method.lower(), call.params["disable_notification"]) == ("sendphoto", "true")


async def test_what_becomes_of_a_picture_is_known_as_of_any_post(api: BotApi, channel: BotClient) -> None:
    for fault, kind in (
        (html502, MaybeAccepted),
        (deliver_then_reset, MaybeAccepted),
        (too_many_requests(7), NotAccepted),
        (http(403, "Forbidden: not enough rights to send photos to the chat"), ChannelClosed),
    ):
        api.script(fault, "sendPhoto")
        with pytest.raises(kind):
            await channel.post(CHAT, POST, photo=PICTURE)
    with pytest.raises(MessageRejected, match="caption is too long"):
        await channel.post(CHAT, "я" * 1025, photo=PICTURE)
    with pytest.raises(MessageRejected, match="PHOTO_INVALID_DIMENSIONS"):
        await channel.post(CHAT, POST, photo=PICTURE[:16] + b"\0\0\x40\0" + PICTURE[20:])
    assert len(api.posted(CHAT)) == 1
