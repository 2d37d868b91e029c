"""`/case`: maintainers open, list and close cases, the only pages of the archive that name somebody.

What it does may be done twice without harm, so that a call taken up again after a crash changes nothing.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from monitor.bot.review_chat import CommandCall
from monitor.models.site import SiteCase
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.site.cases import CaseStore
from monitor.storage.tables import LARGEST_ID
from monitor.text.telegram_html import Html, join, line, text
from monitor.text.unicode import clean

LONGEST_TITLE: Final = 120  # characters
_MOST: Final = 30  # cases in a list
_CLOSE, _REMOVE = frozenset({"закрыть", "close"}), frozenset({"убрать", "remove"})
_HOW: Final = (
    "Открыть дело: /case НОМЕР_ИСТОРИИ Название дела",
    "Закрыть: /case закрыть НОМЕР_ДЕЛА",
    "Убрать историю из её дела: /case убрать НОМЕР_ИСТОРИИ",
    "Номер истории называет /why.",
)


class CaseCommand:
    """Raises DatabaseError."""

    def __init__(self, cases: CaseStore, outbox: Outbox, clock: Callable[[], datetime]) -> None:
        self._cases, self._outbox, self._clock = cases, outbox, clock

    def __call__(self, call: CommandCall) -> None:
        """Do what was asked and answer in the chat it was asked in."""
        self._outbox.tell(call.chat, call.key, self._answer(call.argument), now=self._clock())

    def _answer(self, argument: str) -> Html:
        first, _, rest = argument.strip().partition(" ")
        if first.casefold() in _CLOSE and (number := _number(rest)):
            return text(closed(number, done=self._cases.close(number, self._clock())))
        if first.casefold() in _REMOVE and (number := _number(rest)):
            return text(removed(number, done=self._cases.remove(number)))
        if (number := _number(first)) and (title := title_of(rest)):
            return text(opened(number, self._cases.open(number, title, self._clock())))
        return join("\n", self._listing())

    def _listing(self) -> Iterator[Html]:
        cases = self._cases.opened()
        yield text("Открытые дела:" if cases else "Открытых дел нет.")
        for case in cases[:_MOST]:
            yield text(line(f"{case.id}. {case.title} · историй: {len(case.stories)}", LONGEST_TITLE * 2))
        if len(cases) > _MOST:
            yield text(f"… и ещё {len(cases) - _MOST}")
        yield from map(text, _HOW)


def _number(written: str) -> int:
    """A number as somebody wrote it, no larger than a database knows; 0 for none."""
    return min(int(written), LARGEST_ID) if written.strip().isdecimal() else 0


def title_of(written: str) -> str:
    """A case's title as somebody wrote it, on one line; "" for none."""
    return " ".join(clean(written).split())[:LONGEST_TITLE].strip()


def opened(story: int, case: SiteCase | None) -> str:
    """What became of opening a case, in Russian."""
    if case is None:
        return f"Истории {story} нет. Номер истории называют /why и monitor why."
    return f"Дело {case.id} «{case.title}» открыто, историй: {len(case.stories)}. Страница будет после сборки сайта."


def closed(number: int, *, done: bool) -> str:
    """What became of closing one."""
    if not done:
        return f"Открытого дела {number} нет. Открытые показывают /case и monitor case list."
    return f"Дело {number} закрыто: его страница исчезнет со следующей сборкой сайта."


def removed(story: int, *, done: bool) -> str:
    """What became of taking a story out of its case."""
    return f"История {story} больше не в деле." if done else f"История {story} не стоит ни в одном деле."
