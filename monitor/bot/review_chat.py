"""The maintainers' chat: updates → decisions and answers. Read `round` aloud; storage/reviews.py has the decisions.

Only the chats of the settings are listened to; anything else is passed over without a word, and nothing of it is
logged. Answers go through the outbox, so that they keep the chat's pace and a restart repeats none.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from monitor.errors import ChannelClosed, DatabaseError, DeliveryError
from monitor.models.clock import Clock
from monitor.models.outbox import Buttons
from monitor.models.updates import Incoming
from monitor.storage.chats import UpdateCursor
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.reviews import Reviews
from monitor.stories.question import parse_press
from monitor.text.telegram_html import Html, line, text

WAIT: Final = timedelta(seconds=20)  # a long poll; one that a stop cuts off is asked again
LEASE: Final = timedelta(minutes=3)  # longer than any poll may take
PAUSE: Final = timedelta(seconds=10)  # after a failure
SILENCE: Final = timedelta(minutes=10)  # a Telegram away for longer leaves the chats unheard
ASK_AFTER: Final = timedelta(minutes=10)  # an uncertain post that can be found in the channel is found by then
ALONE: Final = frozenset({"status", "feeds", "help", "undo"})  # commands that take nothing after their name
BROKEN: Final = "Не получилось: ошибка внутри бота, она в журнале. Проверьте, сделано ли это, и повторите."
NO_BUTTON: Final = "Эта кнопка больше не действует."

_LONGEST_SAID: Final = 100  # UTF-16 units of what somebody wrote, as it is said again

log = structlog.get_logger()


class Source(Protocol):
    """Where updates come from (updates.py)."""

    async def get(self, first: int, *, wait: timedelta) -> tuple[Incoming, ...]:
        """The updates from this number on. Raises DeliveryError."""

    async def answer(self, query: str, text: str) -> None:
        """Answer a press. Raises DeliveryError."""


Answer = Callable[[str], str]
"""What follows a command → Telegram HTML. In a thread; raises DatabaseError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandCall:
    """A command or a button that changes something, as it was called."""

    chat: str
    key: str  # of the answer in the outbox
    argument: str  # what follows the command's name, or the first colon of what the button carries
    initial: str  # the one letter that is kept of who called it


Command = Callable[[CommandCall], None]
"""Does what is asked and answers, both or neither, once for the call's key. In a thread; raises DatabaseError."""

Press = Callable[[CommandCall], str]
"""Does what a button says, once however often it is pressed → plain text. In a thread; raises DatabaseError."""


class ReviewChat:
    """Reads what is said to the bot and acts on it.

    `review` and `operator` are chats of the settings, "" for none. `read_commands` are the commands each chat may use,
    `write_commands` those of the review chat that change something, and `presses` what a chat's further buttons do, by
    the part of their data before the first colon. `uncertain_posts` gives the questions about posts that are uncertain
    since before an instant; `release` shows a chat what muted rules held, when their mute is over, and returns how
    much that was.
    """

    def __init__(
        self,
        source: Source,
        cursor: UpdateCursor,
        reviews: Reviews,
        outbox: Outbox,
        *,
        worker: str,
        review: str,
        operator: str,
        expires_after: timedelta,
        read_commands: Mapping[str, Mapping[str, Answer]],
        write_commands: Mapping[str, Command],
        presses: Mapping[str, Mapping[str, Press]],
        uncertain_posts: Callable[[datetime], Sequence[tuple[str, str, Buttons]]],
        release: Callable[[str], int],
        clock: Clock,
    ) -> None:
        self._source, self._cursor, self._reviews, self._outbox = source, cursor, reviews, outbox
        self._worker, self._review, self._operator, self._expires_after = worker, review, operator, expires_after
        self._read_commands, self._write_commands, self._presses = read_commands, write_commands, presses
        self._uncertain_posts, self._release, self._clock = uncertain_posts, release, clock
        self._again_at: datetime | None = None  # after a failure; by the steady clock, as the next
        self._failing_since: datetime | None = None
        self._listens = False
        self._trouble: str | None = None  # as it is kept; None: unknown
        self._asked: set[str] = set()  # the keys of the questions about uncertain posts

    async def round(self) -> None:
        """Wait for updates, act on each, and remember how far they are read. Raises DatabaseError."""
        if not self._read_commands:
            return  # no chat to listen to
        now = self._clock.steady()
        if self._again_at and now < self._again_at:
            return
        first = await asyncio.to_thread(self._cursor.lease, self._worker, self._clock(), length=LEASE)
        self._listens = first is not None
        if first is None:
            self._again_at = now + PAUSE
            return
        try:
            updates = await self._source.get(first, wait=WAIT)
        except DeliveryError as error:
            await self._failed(error)
            return
        await self._note_trouble("")
        self._failing_since = self._again_at = None
        for incoming in updates:
            if not self._changes_something(incoming):  # a question that breaks us must not be asked for ever
                await asyncio.to_thread(self._cursor.advance, incoming.id)
            await self._act_or_pass(incoming)
            await asyncio.to_thread(self._cursor.advance, incoming.id)

    async def _failed(self, error: DeliveryError) -> None:
        """Kept for the alarms when somebody must do something, or it lasts; tried again until it is gone."""
        now = self._clock.steady()
        self._again_at, self._failing_since = now + PAUSE, self._failing_since or now
        if isinstance(error, ChannelClosed) or now - self._failing_since >= SILENCE:
            await self._note_trouble(str(error))

    async def _note_trouble(self, trouble: str) -> None:
        """Said once, and kept once. The first time of a process it is unknown what the one before it has left."""
        if trouble == self._trouble:
            return
        await asyncio.to_thread(self._cursor.note_trouble, trouble)
        if trouble:
            log.warning("the bot's updates cannot be read; trying again", action="updates", error=trouble)
        elif self._trouble:
            log.info("the bot's updates can be read again", action="updates")
        self._trouble = trouble

    async def _act_or_pass(self, incoming: Incoming) -> None:
        """What breaks us must not be asked for ever: it is passed over, and nothing that was said is logged."""
        try:
            await self._act(incoming)
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 - the boundary between one update and the next
            fault = type(error).__name__
            log.error("an update broke its handling; passed over", action="updates", number=incoming.id, fault=fault)  # noqa: TRY400 - a traceback would show what was said
            await self._say_broken(incoming)

    async def _say_broken(self, incoming: Incoming) -> None:
        """Whoever asked would wait for an answer that never comes. Raises DatabaseError."""
        served = tuple(self._read_commands)
        chat = await asyncio.to_thread(self._cursor.setting_of, incoming.chat, incoming.name, served)
        if incoming.query:
            await self._answer_press(incoming.query, BROKEN)
        elif chat:
            now = self._clock()
            await asyncio.to_thread(self._outbox.tell, chat, f"broken:{incoming.id}", text(BROKEN), now=now)

    def _changes_something(self, incoming: Incoming) -> bool:
        """Whether it must be acted on, even if that takes a second try: all of these are safe to repeat."""
        return bool(incoming.query) or _command(incoming.text)[0] in self._write_commands

    async def _act(self, incoming: Incoming) -> None:
        served = tuple(self._read_commands)
        chat = await asyncio.to_thread(self._cursor.setting_of, incoming.chat, incoming.name, served)
        if incoming.query:
            answer = await asyncio.to_thread(self._press, chat, incoming) if chat else ""
            await self._answer_press(incoming.query, answer)
        elif chat and incoming.text.startswith("/"):
            await asyncio.to_thread(self._run_command, chat, incoming)

    def _press(self, chat: str, incoming: Incoming) -> str:
        question = parse_press(incoming.data)
        if question and chat == self._review:
            story_id, part, decision = question
            answer = self._reviews.decide(story_id, part, decision, initial=incoming.initial, now=self._clock())
            log.info("a maintainer decided", action="review", story=story_id, part=part, wanted=str(decision))
            return answer
        kind, _, rest = incoming.data.partition(":")
        act = self._presses.get(chat, {}).get(kind)
        call = CommandCall(chat=chat, key=f"reply:{incoming.id}", argument=rest, initial=incoming.initial)
        return act(call) if act else NO_BUTTON

    async def _answer_press(self, query: str, answer: str) -> None:
        try:
            await self._source.answer(query, answer)
        except DeliveryError as error:  # the decision stands, and the message will say so
            log.info("a press was not answered", action="review", error=str(error))

    def _run_command(self, chat: str, incoming: Incoming) -> None:
        """An unknown command is answered with the list of those there are."""
        name, argument = _command(incoming.text)
        key, commands = f"reply:{incoming.id}", self._read_commands[chat]
        order = self._write_commands.get(name) if chat == self._review else None
        if argument and name in ALONE and (order or name in commands):
            self._outbox.tell(chat, key, _alone(name, argument), now=self._clock())
        elif order:
            order(CommandCall(chat=chat, key=key, argument=argument, initial=incoming.initial))
            log.info("a maintainer ordered", action="review", order=name)
        else:
            answer = commands.get(name, commands["help"])
            self._outbox.tell(chat, key, answer(argument), now=self._clock())

    async def ask_about_uncertain_posts(self) -> None:
        """Put posts that stay uncertain to the operator, each once. Raises DatabaseError."""
        if not self._operator:
            return
        now = self._clock()
        for key, html, buttons in await asyncio.to_thread(self._uncertain_posts, now - ASK_AFTER):
            if key not in self._asked:
                await asyncio.to_thread(self._outbox.tell, self._operator, key, html, now=now, buttons=buttons)
                self._asked.add(key)

    async def expire(self) -> None:
        """Give up on questions that waited too long; asking often costs little. Raises DatabaseError."""
        now, chat = self._clock(), self._maintainers_chat
        count = await asyncio.to_thread(self._reviews.expire, now - self._expires_after, now, chat=chat)
        if count:
            log.info("questions expired", action="review", count=count)

    async def end_mutes(self) -> None:
        """Let rules speak whose mute is over, and show what they held; asking often costs little.

        Only who listens does: mutes are of rules in its keywords.yaml, and another worker may have another one for
        a moment. Raises DatabaseError.
        """
        if not self._listens:
            return
        count = await asyncio.to_thread(self._release, self._maintainers_chat)
        if count:
            log.info("what muted rules held was shown", action="mute", count=count)

    @property
    def _maintainers_chat(self) -> str:
        """The chat that is told what concerns maintainers; "" for none."""
        return self._review or next(iter(self._read_commands), "")


def _command(text: str) -> tuple[str, str]:
    """`/why@our_bot …` is `/why …`: the command's name, and what follows it."""
    word, *rest = text.split(maxsplit=1) or [""]
    return word.removeprefix("/").partition("@")[0].lower(), "".join(rest).strip()


def _alone(name: str, argument: str) -> Html:
    said = line(argument, _LONGEST_SAID)
    return text(f"После /{name} ничего не пишут, а там «{said}». Ничего не сделано: пошлите одно /{name}.")
