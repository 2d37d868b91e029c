"""The outbox, drained: claim → post, edit, delete → settle. Read `drain` aloud; the states stand in storage/tables.py.

What is sent stands in the database before it is sent, and what became of it afterwards. A crash between the
two leaves a row `sending`, which the next start turns `uncertain`: it is never blindly sent again (reconcile.py looks
for it).
"""

import asyncio
import itertools
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog

from monitor.config.hours import Hours
from monitor.errors import (
    ChannelClosed,
    DatabaseError,
    DeliveryError,
    MaybeAccepted,
    MessageGone,
    MessageRejected,
    NotAccepted,
)
from monitor.models.clock import Clock
from monitor.models.outbox import Buttons, ChatIdentity, Delivery, DeliveryKind, DeliveryState, Pace, Settlement, Wait
from monitor.storage.chats import ChatStore
from monitor.storage.outbox.deliveries import Outbox
from monitor.text.chat_names import chat_of, rename_chat
from monitor.text.telegram_html import text

LEASE = timedelta(minutes=3)  # longer than any send may take, so that a live claim never expires
PROMPT = timedelta(minutes=1)  # a claim that comes to its sender later is given back: its lease may end during the send
SEND_RETRY = timedelta(seconds=5)  # after a first refusal, doubled after each further one
SEND_RETRY_CEILING = timedelta(minutes=5)  # a subscriber waits: the chat is asked at least this often
UNCERTAIN_PAUSE = timedelta(minutes=1)  # while Telegram swallows messages, each next one would be uncertain too
MEET_PAUSE = timedelta(minutes=1)  # between two tries to learn which chat of Telegram's one of ours is
SETTLE_PAUSE = 1.0  # seconds between two tries to write down what Telegram said
TWIN = "{chat} — тот же чат, что и {twin}: каждая новость вышла бы там дважды. Оставьте в channels.yaml одну запись."
OVERSLEPT = Settlement(state=DeliveryState.PENDING, error="процесс был приостановлен: сообщение не отправлялось")
DELETED = Settlement(state=DeliveryState.CANCELLED, error="удалено из канала: так решил редактор")
NO_HOURS = Hours(zone="UTC")

log = structlog.get_logger()


class Chat(Protocol):
    """One chat to show posts in: a Telegram channel (client.py) or the terminal (terminal.py)."""

    async def post(
        self,
        chat: str,
        html: str,
        *,
        silent: bool = False,
        reply_to: int | None = None,
        quote: str = "",
        buttons: Buttons = (),
        photo: bytes = b"",
    ) -> int:
        """Show a new message, below a picture if there is one, as an answer to another if that still stands, with
        `quote` (Telegram HTML) of it if that still says so; returns its id. Raises DeliveryError.
        """

    async def edit(self, chat: str, message_id: int, html: str, *, buttons: Buttons = ()) -> None:
        """Make a message show `html` and `buttons`; one that already does is no error. Raises DeliveryError."""

    async def delete(self, chat: str, message_id: int) -> None:
        """Take a message away. Raises DeliveryError; MessageGone when it is gone already."""

    async def pin(self, chat: str, message_id: int) -> None:
        """Pin a message, without a notification. Raises DeliveryError."""

    async def identify(self, chat: str) -> ChatIdentity:
        """Which chat this is, whatever it is called. Raises ChannelClosed or NotAccepted."""

    async def check(self, chats: Iterable[str]) -> None:
        """Ask whether posts would be taken. Raises ChannelClosed with what the operator must do, or NotAccepted."""


class Dispatcher:
    """Brings the chats to what the outbox says they should show.

    In the quiet hours of `hours` stories come without a sound. `operator` is the chat ("" for none) that reads of a
    group of ours that has become another one. `posted` is called, in a thread, with the number of each new delivery.
    """

    def __init__(
        self,
        outbox: Outbox,
        chat_store: ChatStore,
        chats: Mapping[str, Chat],
        *,
        clock: Clock,
        pace: Pace,
        hours: Hours = NO_HOURS,
        operator: str = "",
        posted: Callable[[int], None] | None = None,
    ) -> None:
        self._outbox, self._chat_store, self._chats = outbox, chat_store, dict(chats)
        self._served = tuple(chats)
        self._clock, self._pace, self._hours = clock, pace, hours
        self._operator, self._posted = operator, posted
        self._closed: dict[str, bool] = {}
        self._refused: dict[str, str] = {}  # what a chat's last call met; said once, until another answer comes
        # By the steady clock:
        self._meet_at: dict[str, datetime | None] = {}  # when to ask again who a chat is; None: we know
        # Since a lost answer, by the chat of Telegram's (`_telegram_chat`): asked in vain so often, ask again at
        self._silent: dict[str, tuple[int, datetime]] = {}
        self._numbers: dict[str, str] = {}  # the numbers of those we know
        self._twins: set[str] = set()  # other names of places that are served already
        self.stopping = False

    @property
    def chats(self) -> tuple[str, ...]:
        """The chats this dispatcher serves."""
        return self._served

    def serve(self, chats: Mapping[str, Chat]) -> None:
        """Serve these from now on. What is in hand for another chat goes out; nothing further is claimed for it."""
        self._chats |= chats
        self._served = tuple(chats)

    def is_closed(self, chat: str) -> bool:
        """Whether it takes nothing for now: a wrong token, no rights, an unknown chat, a second name of another one."""
        return self._closed.get(chat, False)

    async def drain(self, chat: str) -> datetime | None:
        """Send what may be sent now. Returns when more may go, or None when nothing waits.

        0. Know which chat this is: under another name it may show everything already. After an uncertain post, know
           that Telegram answers: else each next post would be uncertain too.
        1. Claim the next delivery: from here on the row is `sending`.
        2. Bring the chat there, and learn what became of it.
        3. Settle the row, whatever it takes.
        """
        if until := await self._meet(chat):
            return until
        while not self.stopping and chat in self._served:
            if until := await self._await_an_answer(chat):
                return until
            asked_at = self._clock()
            claimed = await asyncio.to_thread(self._outbox.claim, chat, asked_at, lease=LEASE, pace=self._pace)
            if claimed is None:
                return None
            if isinstance(claimed, Wait):
                return claimed.until
            await self._send(claimed, asked_at)
        return None

    async def _meet(self, chat: str) -> datetime | None:
        """Learn the chat's number and name once. Returns until when nothing may be sent, as it may be known already.

        Asked again later if Telegram does not say; that holds up the chat only while there are rows under names that
        are not ours, for one of those may be this very chat under its former name.
        """
        now = self._clock.steady()
        again = self._meet_at.get(chat, now)
        if again is None:
            return None
        if again <= now:
            await self._meet_earlier(chat)
            again = self._meet_at[chat] = await self._identify(chat)
        waits = again is not None and (chat in self._twins or await self._may_be_known())
        return self._by_the_clock(again) if again is not None and waits else None

    async def _meet_earlier(self, chat: str) -> None:
        """Of two names of one place the first is served: it must be known whether the others are that place."""
        for other in itertools.takewhile(lambda other: other != chat, self._served):
            if other not in self._meet_at:
                self._meet_at[other] = await self._identify(other)

    def _by_the_clock(self, steady: datetime) -> datetime:
        return self._clock() + (steady - self._clock.steady())

    async def _may_be_known(self) -> bool:
        return await asyncio.to_thread(self._chat_store.may_be_strangers, self.chats)

    async def _identify(self, chat: str) -> datetime | None:
        """Ask which chat this is. None: we know it now; else when to ask again, by the steady clock."""
        now = self._clock()
        try:
            identity = await self._chats[chat].identify(chat)
        except DeliveryError as error:
            self._say_once("Telegram does not say which chat this is", action="meet", chat=chat, error=str(error))
            self._closed[chat] = isinstance(error, ChannelClosed)
            if isinstance(error, ChannelClosed) and await self._may_be_known():
                await asyncio.to_thread(self._chat_store.close, chat, str(error), now)
            return self._clock.steady() + MEET_PAUSE
        self._numbers[chat] = chat_of(identity.number)
        adopted = await asyncio.to_thread(self._chat_store.meet, chat, identity, served=self.chats, now=now)
        log.info("chat known", action="meet", chat=chat, number=identity.number, rows_adopted=adopted)
        twin = await asyncio.to_thread(self._chat_store.twin_of, chat)
        if twin:
            log.warning("a place is named twice; served under its first name", action="meet", chat=chat, twin=twin)
            self._twins.add(chat)
            self._closed[chat] = True
            await asyncio.to_thread(self._chat_store.close, chat, TWIN.format(chat=chat, twin=twin), now)
            return self._clock.steady() + MEET_PAUSE
        self._twins.discard(chat)
        self._closed[chat] = False
        return None

    def _telegram_chat(self, chat: str) -> str:
        """What all topics of one chat of Telegram's have in common: its number, or its name until we know that."""
        return self._numbers.get(chat) or chat_of(chat).lower()

    async def _await_an_answer(self, chat: str) -> datetime | None:
        """After a lost answer, ask something harmless. Returns until when nothing is sent: Telegram is still silent.

        That holds for all topics of the chat: each message that Telegram swallows is one more in doubt.
        """
        whole = self._telegram_chat(chat)
        if whole not in self._silent:
            return None
        now = self._clock.steady()
        asked, again = self._silent[whole]
        if now < again:
            return self._by_the_clock(again)
        try:
            await self._chats[chat].identify(chat)
        except NotAccepted as error:
            log.warning("Telegram is silent since a post in doubt", action="doubt", chat=chat, error=str(error))
            again = next_send_at(now, attempts=asked + 1, retry_after=error.retry_after)
            self._silent[whole] = asked + 1, again
            until = self._by_the_clock(again)
            await asyncio.to_thread(self._chat_store.pause, chat, until)
            return until
        except DeliveryError:
            pass  # it has spoken; what it says of a post it says again
        self._silent.pop(whole, None)  # another topic may have asked at the same time
        return None

    async def _send(self, delivery: Delivery, asked_at: datetime) -> None:
        overslept = self._clock() - asked_at > PROMPT
        settlement = OVERSLEPT if overslept else await self._bring(delivery)
        self._closed[delivery.chat] = bool(settlement.chat_closed)
        if settlement.state is DeliveryState.UNCERTAIN:
            self._silent[self._telegram_chat(delivery.chat)] = 0, self._clock.steady() + UNCERTAIN_PAUSE
        await self._settle(delivery, settlement)
        if self._posted and settlement.state is DeliveryState.SENT and delivery.message_id is None:
            await asyncio.to_thread(self._posted, delivery.id)
        if settlement.chat_moved_to:
            await self._report_move(delivery.chat, settlement)

    async def _bring(self, delivery: Delivery) -> Settlement:
        chat, message_id = self._chats[delivery.chat], delivery.message_id
        try:
            if message_id is not None and not delivery.html:
                with suppress(MessageGone):  # deleted by hand, or by us without an answer
                    await chat.delete(delivery.address, message_id)
                return DELETED
            if message_id is None:
                quiet = delivery.kind is not DeliveryKind.NOTICE and self._hours.is_quiet(self._clock())
                message_id = await chat.post(
                    delivery.address,
                    delivery.html,
                    silent=delivery.silent or quiet,
                    reply_to=delivery.reply_to,
                    quote=delivery.quote,
                    buttons=delivery.buttons,
                    photo=delivery.photo,
                )
            else:
                await chat.edit(delivery.address, message_id, delivery.html, buttons=delivery.buttons)
        except DeliveryError as error:
            return failure_settlement(delivery, error, self._clock())
        return Settlement(state=DeliveryState.SENT, message_id=message_id)

    async def _settle(self, delivery: Delivery, settlement: Settlement) -> None:
        """Only this process knows what Telegram said: a database that is away for a minute must not cost that."""
        while True:
            try:
                ours = await asyncio.to_thread(self._outbox.settle, delivery, settlement, self._clock())
            except DatabaseError as error:
                log.warning("not settled yet; trying again", action="settle", delivery=delivery.id, error=str(error))
                await asyncio.sleep(SETTLE_PAUSE)
            else:
                self._report(delivery, settlement, ours=ours)
                return

    def _report(self, delivery: Delivery, settlement: Settlement, *, ours: bool) -> None:
        about = {
            "action": "post" if delivery.message_id is None else "edit" if delivery.html else "delete",
            "delivery": delivery.id,
            "kind": str(delivery.kind),
            "story": delivery.story_id,
            "state": str(settlement.state),
            "attempts": delivery.attempts,
        }
        if not ours:
            log.error("the lease ran out during the send; the row is uncertain", **about)
        elif settlement.state is DeliveryState.PENDING:
            self._say_once("not delivered", chat=delivery.chat, error=settlement.error, **about)
            return
        elif settlement.state is DeliveryState.SENT:
            log.info("delivered", **about, message=settlement.message_id)
        elif settlement is DELETED:
            log.info("deleted", **about, message=delivery.message_id)
        else:
            log.warning("not delivered", **about, error=settlement.error)
        self._refused.pop(delivery.chat, None)

    def _say_once(self, event: str, *, chat: str, error: str, **about: object) -> None:
        """A warning; what a chat meets again and again is for whoever debugs."""
        say = log.debug if self._refused.get(chat) == error else log.warning
        self._refused[chat] = error
        say(event, **about, chat=chat, error=error)

    async def _report_move(self, chat: str, settlement: Settlement) -> None:
        number = settlement.chat_moved_to
        log.warning("the group has become a supergroup", action="move", chat=chat, number=number)
        if self._operator:
            key = f"moved:{chat}:{number}"
            await asyncio.to_thread(self._outbox.tell, self._operator, key, text(settlement.error), now=self._clock())


def failure_settlement(delivery: Delivery, error: DeliveryError, now: datetime) -> Settlement:
    """What a failure means for the row and for its chat. Pure."""
    reason = str(error)
    retry_at = next_send_at(now, attempts=delivery.attempts, retry_after=getattr(error, "retry_after", None))
    pending = partial(Settlement, state=DeliveryState.PENDING, error=reason)
    match error:
        case MaybeAccepted() if delivery.message_id is None:
            return Settlement(state=DeliveryState.UNCERTAIN, error=reason, chat_not_before_at=now + UNCERTAIN_PAUSE)
        case MaybeAccepted() | NotAccepted():
            return pending(chat_not_before_at=retry_at)
        case ChannelClosed() if error.migrated_to is not None and str(error.migrated_to) != chat_of(delivery.address):
            return pending(chat_moved_to=rename_chat(delivery.chat, str(error.migrated_to)))
        case ChannelClosed():
            return pending(chat_not_before_at=retry_at, chat_closed=reason)
        case MessageGone():
            return Settlement(state=DeliveryState.CANCELLED, error=reason)
        case MessageRejected():
            return Settlement(state=DeliveryState.REJECTED, error=reason)
    raise error  # a new kind of DeliveryError must be given its meaning here


def next_send_at(now: datetime, *, attempts: int, retry_after: timedelta | None = None) -> datetime:
    """When a chat that refused may be tried again: exactly what Telegram asked for, else 5 s doubling to 5 min."""
    if retry_after is not None:
        return now + retry_after
    return now + min(SEND_RETRY * (1 << min(max(attempts, 1) - 1, 10)), SEND_RETRY_CEILING)
