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

from monitor.errors import DeliveryError
from monitor.models.outbox import Buttons
from monitor.models.updates import Incoming
from monitor.storage.outbox import Outbox
from monitor.storage.reviews import Reviews
from monitor.storage.update_cursor import UpdateCursor
from monitor.stories.question import pressed

WAIT: Final = timedelta(seconds=20)  # a long poll; one that a stop cuts off is asked again
LEASE: Final = timedelta(minutes=3)  # longer than any poll may take
PAUSE: Final = timedelta(seconds=10)  # after a failure
DOUBT: Final = timedelta(minutes=10)  # what is found in the channel by itself is found by then
_NO_BUTTON = "Эта кнопка больше не действует."

log = structlog.get_logger()


class Source(Protocol):
    """Where updates come from (updates.py)."""

    async def get(self, first: int, *, wait: timedelta) -> tuple[Incoming, ...]:
        """The updates from this number on. Raises DeliveryError."""

    async def answer(self, query: str, told: str) -> None:
        """Answer a press. Raises DeliveryError."""


Answer = Callable[[str], str]
"""What is said after a command → Telegram HTML. Runs in a thread; raises DatabaseError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandCall:
    """A command that changes something: in which chat, by whom (one letter), and under which key it is answered."""

    chat: str
    key: str
    said: str
    initial: str


Command = Callable[[CommandCall], None]
"""Does what was ordered and answers, both or neither, once for the order's key. In a thread; raises DatabaseError."""


class ReviewChat:
    """Reads what is said to the bot and acts on it.

    `review` and `operator` are chats of the settings, "" for none. `answers` are the commands each chat may use,
    `deeds` those of the review chat that change something, and `presses` what a chat's further buttons do, by the part
    of their data before the first colon. `doubts` are the questions about posts in doubt since before an instant;
    `release` shows a chat what muted rules held, when their mute is over, and returns how much that was.
    """

    def __init__(
        self,
        source: Source,
        listening: UpdateCursor,
        reviews: Reviews,
        outbox: Outbox,
        *,
        worker: str,
        review: str,
        operator: str,
        expires_after: timedelta,
        answers: Mapping[str, Mapping[str, Answer]],
        deeds: Mapping[str, Command],
        presses: Mapping[str, Mapping[str, Answer]],
        doubts: Callable[[datetime], Sequence[tuple[str, str, Buttons]]],
        release: Callable[[str], int],
        clock: Callable[[], datetime],
    ) -> None:
        self._source, self._listening, self._reviews, self._outbox = source, listening, reviews, outbox
        self._worker, self._review, self._expires_after = worker, review, expires_after
        self._answers, self._presses, self._clock = answers, presses, clock
        self._again_at: datetime | None = None  # after a failure
        self._listens = False
        self._trouble = ""
        self._operator, self._doubts, self._deeds, self._release = operator, doubts, deeds, release
        self._asked: set[str] = set()

    async def round(self) -> None:
        """One look: wait for updates, act on each, and remember how far they are read. Raises DatabaseError."""
        now = self._clock()
        if not self._answers:
            return  # no chat to listen to
        if self._again_at and now < self._again_at <= now + PAUSE:
            return
        first = await asyncio.to_thread(self._listening.lease, self._worker, now, length=LEASE)
        self._listens = first is not None
        if first is None:
            self._again_at = now + PAUSE
            return
        try:
            found = await self._source.get(first, wait=WAIT)
        except DeliveryError as error:
            self._failed(str(error))
            return
        self._trouble, self._again_at = "", None
        for incoming in found:
            if not self._decides(incoming):  # a question that breaks us must not be asked for ever
                await asyncio.to_thread(self._listening.passed, incoming.id)
            await self._act(incoming)
            await asyncio.to_thread(self._listening.passed, incoming.id)

    async def expire(self) -> None:
        """Give up on questions that waited too long; asking often costs little. Raises DatabaseError."""
        now = self._clock()
        chat = self._spokesman
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
        count = await asyncio.to_thread(self._release, self._spokesman)
        if count:
            log.info("what muted rules held was shown", action="mute", count=count)

    @property
    def _spokesman(self) -> str:
        """The chat that is told what concerns maintainers; "" for none."""
        return self._review or next(iter(self._answers), "")

    def _failed(self, trouble: str) -> None:
        """Named once; tried again until it is gone."""
        self._again_at = self._clock() + PAUSE
        if trouble != self._trouble:
            log.warning("the bot's updates cannot be read; trying again", action="updates", error=trouble)
        self._trouble = trouble

    async def ask_about_doubts(self) -> None:
        """Put posts that stay in doubt to the operator, each once. Raises DatabaseError."""
        if not self._operator:
            return
        now = self._clock()
        for key, html, buttons in await asyncio.to_thread(self._doubts, now - DOUBT):
            if key not in self._asked:
                await asyncio.to_thread(self._outbox.tell, self._operator, key, html, now=now, buttons=buttons)
                self._asked.add(key)

    async def _act(self, incoming: Incoming) -> None:
        chat = await asyncio.to_thread(self._listening.setting_of, incoming.chat, incoming.name, tuple(self._answers))
        if incoming.query:
            told = await asyncio.to_thread(self._press, chat, incoming) if chat else ""
            await self._reply_to_press(incoming.query, told)
        elif chat and incoming.text.startswith("/"):
            await asyncio.to_thread(self._obey, chat, incoming)

    async def _reply_to_press(self, query: str, told: str) -> None:
        try:
            await self._source.answer(query, told)
        except DeliveryError as error:  # the decision stands, and the message will say so
            log.info("a press was not answered", action="review", error=str(error))

    def _press(self, chat: str, incoming: Incoming) -> str:
        asked = pressed(incoming.data)
        if asked and chat == self._review:
            story_id, part, decision = asked
            told = self._reviews.decide(story_id, part, decision, initial=incoming.initial, now=self._clock())
            log.info("a maintainer decided", action="review", story=story_id, part=part, wanted=str(decision))
            return told
        kind, _, rest = incoming.data.partition(":")
        act = self._presses.get(chat, {}).get(kind)
        return act(rest) if act else _NO_BUTTON

    def _obey(self, chat: str, incoming: Incoming) -> None:
        """Answer a command; an unknown one gets the list of those there are."""
        name, said = _command(incoming.text)
        key = f"reply:{incoming.id}"
        if chat == self._review and name in self._deeds:
            self._deeds[name](CommandCall(chat=chat, key=key, said=said, initial=incoming.initial))
            log.info("a maintainer ordered", action="review", order=name)
            return
        answers = self._answers[chat]
        answer = answers.get(name, answers["help"])
        self._outbox.tell(chat, key, answer(said), now=self._clock())

    def _decides(self, incoming: Incoming) -> bool:
        """Whether it must be acted on, even if that takes a second try: all of these are safe to repeat."""
        return bool(incoming.query) or _command(incoming.text)[0] in self._deeds


def _command(written: str) -> tuple[str, str]:
    """`/why@our_bot …` is `/why …`: the command's name, and what follows it."""
    word, _, rest = written.partition(" ")
    return word.removeprefix("/").partition("@")[0].lower(), rest.strip()
