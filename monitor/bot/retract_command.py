"""`/retract` and `/unretract`: maintainers say of a published story that it is wrong, and take that back.

What a retraction does to the posts: monitor/stories/corrections/retraction.py, monitor/storage/corrections/.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from monitor.bot.review_chat import NO_BUTTON, CommandCall
from monitor.storage.corrections.retractions import Answered, Retractions
from monitor.storage.outbox.deliveries import Outbox
from monitor.stories.corrections.retraction import (
    TOO_LONG,
    is_too_long,
    no_story_message,
    not_retracted_message,
    order_of,
    parse_press,
    story_named,
)
from monitor.text.telegram_html import Html, join, tag, text

HOW: Final = (
    "Опровергнуть: /retract ИСТОРИЯ почему\n"
    "Удалить посты вместо того, чтобы зачеркнуть: /retract ИСТОРИЯ удалить: почему\n"
    "Вернуть: /unretract ИСТОРИЯ\n"
    "ИСТОРИЯ — номер (его называет /why), ссылка на пост или на страницу архива. Причину прочтут подписчики."
)


class RetractCommand:
    """Raises DatabaseError. What is called twice for one update is done once."""

    def __init__(self, retractions: Retractions, outbox: Outbox, clock: Callable[[], datetime]) -> None:
        self._retractions, self._outbox, self._clock = retractions, outbox, clock

    def retract(self, call: CommandCall) -> None:
        """`/retract ИСТОРИЯ почему`, `/retract ИСТОРИЯ удалить: почему`; answers in the chat it was asked in."""
        named, rest = _split(call.argument)
        why, deletes = order_of(rest)
        number = self._number(named)
        if is_too_long(rest):
            self._say(call, text(TOO_LONG))
            return
        if number is None or not why:
            self._say(call, _how(named, is_known=number is not None))
            return
        self._retractions.retract(
            number,
            why,
            deletes=deletes,
            initial=call.initial,
            now=self._clock(),
            answered=_answered(call, no_story_message(named)),
            notices=call.chat,
        )

    def restore(self, call: CommandCall) -> None:
        """`/unretract ИСТОРИЯ`."""
        named, rest = _split(call.argument)
        number = self._number(named)
        if number is None:
            self._say(call, _how(named, is_known=False))
            return
        if rest:
            self._say(call, text(f"После истории ничего не пишут. Ничего не сделано: пошлите /unretract {number}"))
            return
        self._retractions.restore(number, now=self._clock(), answered=_answered(call, not_retracted_message(number)))

    def offer(self, call: CommandCall) -> str:
        """The button under a decision: what to send, as a button carries no words. Returns the press's answer."""
        number = parse_press(call.argument)
        if number is None or self._retractions.story_of(number) is None:
            return NO_BUTTON
        self._say(
            call, join("\n", (text("Допишите причину и пошлите:"), tag("code", text(f"/retract {number} почему"))))
        )
        return "Пошлите команду с причиной: она ниже в чате."

    def _number(self, named: str) -> int | None:
        story = story_named(named)
        return self._retractions.story_of(story) if story is not None else None

    def _say(self, call: CommandCall, said: Html) -> None:
        self._outbox.tell(call.chat, call.key, said, now=self._clock())


def _split(argument: str) -> tuple[str, str]:
    """What stands for the story, and what follows it."""
    first, *rest = argument.strip().split(maxsplit=1) or [""]
    return first, rest[0] if rest else ""


def _answered(call: CommandCall, otherwise: str) -> Answered:
    return Answered(chat=call.chat, key=call.key, otherwise=text(otherwise))


def _how(named: str, *, is_known: bool) -> Html:
    """What is missing, and how to write it."""
    missing = "Напишите, почему: это прочтут подписчики." if is_known else no_story_message(named)
    return join("\n", map(text, (*([missing] if named else []), *HOW.split("\n"))))
