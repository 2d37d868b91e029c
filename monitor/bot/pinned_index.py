"""The pinned index of a chat: one message with the open cases and the stories of the week, edited in place.

What it names: monitor/stories/index.py. It goes through the outbox like every message; here it is put there, pinned
once Telegram has accepted it, and posted anew once a day when somebody has deleted it.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from monitor.bot.dispatcher import Chat
from monitor.errors import DeliveryError, NotAccepted
from monitor.models.channels import Destination
from monitor.models.outbox import DeliveryState
from monitor.storage.chats import ChatStore
from monitor.storage.site.pinned_index import IndexMessage, PinnedIndexStore
from monitor.stories.index import WEEK, index_post
from monitor.text.telegram_html import Html, text

PAUSE: Final = timedelta(minutes=10)  # between two edits
AGAIN: Final = timedelta(days=1)  # after it was deleted by hand, or could not be pinned
_NO_RIGHT: Final = (
    "Оглавление в {chat} опубликовано, но закрепить его бот не может: дайте ему право закреплять сообщения (в канале — "
    "«Изменение сообщений»). Через сутки он попробует снова. Или закрепите его сами."
)

log = structlog.get_logger()


class PinnedIndex:
    """Keeps the index of each destination that has one.

    `page_of` is a case's page below the archive's address; `tell_operator` puts a message for the operator, the same
    key twice is one message. `zone` is where days begin.
    """

    def __init__(
        self,
        store: PinnedIndexStore,
        chat_store: ChatStore,
        chats: Mapping[str, Chat],
        *,
        destinations: Iterable[Destination],
        page_of: Callable[[int], str],
        tell_operator: Callable[[str, Html], None],
        zone: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._chat_store = store, chat_store
        self.serve(chats, destinations)
        self._page_of, self._tell_operator, self._zone, self._clock = page_of, tell_operator, zone, clock

    def serve(self, chats: Mapping[str, Chat], destinations: Iterable[Destination]) -> None:
        """Keep the indexes of these from now on."""
        self._chats, self._destinations = chats, tuple(to for to in destinations if to.index)

    async def round(self) -> None:
        """Bring each index up to date, and pin what is new; asking often costs little. Raises DatabaseError."""
        for to in self._destinations:
            message = await asyncio.to_thread(self._put, to)
            if message and self._is_to_be_pinned(message):
                await self._pin(to.chat, message)

    def _put(self, to: Destination) -> IndexMessage | None:
        """The index as it stands, after it was told what to show."""
        now, before = self._clock(), self._store.message(to.chat)
        wait = AGAIN if before and before.state is DeliveryState.CANCELLED else PAUSE
        if before and now - before.changed_at < wait:
            return before
        html = self._html(to, now)
        if before and before.state is DeliveryState.CANCELLED:
            self._store.put_anew(to.chat, html, now)
        elif before is None or html != before.html:
            self._store.put(to.chat, html, now)
        return self._store.message(to.chat)

    def _html(self, to: Destination, now: datetime) -> Html:
        cases = self._store.cases(lambda case: f"{to.archive}{self._page_of(case)}" if to.archive else "")
        stories = self._store.stories(to.chat, now - WEEK, now)
        return index_post(cases, stories, zone=self._zone, tongue=to.tongue)

    def _is_to_be_pinned(self, message: IndexMessage) -> bool:
        if message.message_id is None or message.state is DeliveryState.CANCELLED:
            return False
        if message.message_id != message.pinned_id:
            return True
        return bool(message.trouble) and message.tried_at is not None and self._clock() - message.tried_at >= AGAIN

    async def _pin(self, chat: str, message: IndexMessage) -> None:
        """A right that is missing is told once; it is looked for again after a day."""
        assert message.message_id is not None
        await asyncio.to_thread(self._chat_store.count_send, chat, self._clock())
        try:
            await self._chats[chat].pin(message.address, message.message_id)
        except NotAccepted as error:
            log.info("the index is not pinned yet; tried again", action="pin", chat=chat, error=str(error))
            return
        except DeliveryError as error:
            log.warning("the index is not pinned", action="pin", chat=chat, error=str(error))
            await asyncio.to_thread(self._store.note_pin, chat, message.message_id, str(error), self._clock())
            await asyncio.to_thread(self._tell_operator, f"pin:{chat}", text(_NO_RIGHT.format(chat=chat)))
            return
        await asyncio.to_thread(self._store.note_pin, chat, message.message_id, "", self._clock())
        log.info("the index is pinned", action="pin", chat=chat, message=message.message_id)
