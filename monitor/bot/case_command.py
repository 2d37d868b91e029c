"""`/case`: maintainers open, list and close cases, the only pages of the archive that name somebody.

What it does may be done twice without harm, so that a call taken up again after a crash changes nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final

from monitor.bot.review_chat import CommandCall
from monitor.models.site import OpenedCase, SiteCase, Takedown
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.site.cases import CaseStore
from monitor.storage.tables import LARGEST_ID
from monitor.text.telegram_html import Html, fitting, join, line, text
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

_WHICH_CASE: Final = "Которое дело закрыть? После «закрыть» пишут его номер."
_WHICH_STORY: Final = "Которую историю убрать? После «убрать» пишут её номер."
_WHICH_TITLE: Final = "Как назвать дело? После номера истории пишут его название."


class CaseCommand:
    """Raises DatabaseError."""

    def __init__(self, cases: CaseStore, outbox: Outbox, clock: Callable[[], datetime]) -> None:
        self._cases, self._outbox, self._clock = cases, outbox, clock

    def __call__(self, call: CommandCall) -> None:
        """Do what was asked and answer in the chat it was asked in."""
        self._outbox.tell(call.chat, call.key, self._answer(call.argument), now=self._clock())

    def _answer(self, argument: str) -> Html:
        first, *rest = argument.split(maxsplit=1) or [""]
        said = "".join(rest)
        if not first:
            return _listed(self._cases.open_cases())
        if first.casefold() in _CLOSE:
            number = _number(said)
            return (
                text(closed_message(number, done=self._cases.close(number, self._clock())))
                if number
                else _how(_WHICH_CASE)
            )
        if first.casefold() in _REMOVE:
            number = _number(said)
            return text(removed_message(number, done=self._cases.remove(number))) if number else _how(_WHICH_STORY)
        return self._open(first, said)

    def _open(self, named: str, said: str) -> Html:
        number, title = _number(named), title_of(said)
        if not number:
            return _how(f"«{line(named, LONGEST_TITLE)}» — не номер истории, не «закрыть» и не «убрать».")
        return (
            text(opened_message(number, self._cases.open(number, title, self._clock())))
            if title
            else _how(_WHICH_TITLE)
        )


def _listed(cases: Sequence[SiteCase]) -> Html:
    """As many as one message takes."""
    head = text("Открытые дела:" if cases else "Открытых дел нет.")
    rows = [text(line(f"{one.id}. {one.title} · историй: {len(one.stories)}", LONGEST_TITLE * 2)) for one in cases]
    return fitting(
        rows[:_MOST], lambda shown: join("\n", (head, *shown, *_rest(len(rows) - len(shown)), *map(text, _HOW)))
    )


def _rest(count: int) -> Iterator[Html]:
    if count:
        yield text(f"… и ещё {count}")


def _how(mistake: str) -> Html:
    return join("\n", map(text, (mistake, *_HOW)))


def _number(written: str) -> int:
    """A number as somebody wrote it, no larger than a database knows; 0 for none."""
    return min(int(written), LARGEST_ID) if written.strip().isdecimal() else 0


def title_of(written: str) -> str:
    """A case's title as somebody wrote it, on one line; "" for none."""
    return " ".join(clean(written).split())[:LONGEST_TITLE].strip()


def opened_message(story: int, into: OpenedCase | Takedown | None) -> str:
    """What became of opening a case, in Russian."""
    if into is None:
        return f"Истории {story} нет. Номер истории называют /why и monitor why."
    if isinstance(into, Takedown):
        return (
            f"История {story} скрыта с сайта (почему: {into.why}): дело с ней не открыто. "
            f"Вернуть её: monitor site show {story}"
        )
    case = into.case
    said = f"Дело {case.id} «{case.title}» открыто, историй: {len(case.stories)}. Страница будет после сборки сайта."
    return " ".join((said, *(_left(story, one) for one in into.left)))


def _left(story: int, case: SiteCase) -> str:
    close = f" Закрыть его: /case закрыть {case.id} или monitor case close {case.id}" if not case.stories else ""
    was = f"История {story} с её нитью перешла из дела {case.id} «{case.title}»"
    return f"{was}; в нём теперь историй: {len(case.stories)}.{close}"


def closed_message(number: int, *, done: bool) -> str:
    """What became of closing one."""
    if not done:
        return f"Открытого дела {number} нет. Открытые показывают /case и monitor case list."
    return f"Дело {number} закрыто: его страница исчезнет со следующей сборкой сайта."


def removed_message(story: int, *, done: bool) -> str:
    """What became of taking a story out of its case."""
    return f"История {story} больше не в деле." if done else f"История {story} не стоит ни в одном деле."
