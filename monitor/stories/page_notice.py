"""Messages about a posted article's page that changed or disappeared, and the buttons below them. Pure.

They state observations, not conclusions: that a page does not answer at its address does not say why.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from monitor.models.evidence import Observed, Sight
from monitor.models.outbox import Buttons
from monitor.text.telegram_html import Html, join, line, link, tag, text
from monitor.text.unicode import cut

BUTTON: Final = "v"  # the part of the button's data before the first colon
BACK: Final = "Страница снова на месте"
_PRESS: Final = re.compile(r"(\d{1,18}):([yn])", re.ASCII)
_HEADLINE_UNITS: Final = 200
_SAID_UNITS: Final = 1_500
_HEADS: Final = {
    Sight.GONE: "Страница исчезла с адреса",
    Sight.CHANGED: "На странице изменилось важное",
    Sight.BACK: BACK,
}


def notice(observed: Observed, headline: str, *, seen_at: Sequence[datetime], zone: str) -> Html:
    """Return the message to maintainers; `seen_at` are the times at which the page was absent."""
    head = text(_head(observed, seen_at, zone))
    return join(
        "\n", filter(None, (tag("b", head), link(line(headline, _HEADLINE_UNITS), observed.url), _said(observed)))
    )


def public(observed: Observed, *, seen_at: Sequence[datetime], zone: str) -> Html:
    """Return the message to the channel, a reply to the post."""
    copy = "Копия того, что на ней теперь, у нас есть" if _is_late(observed) else "Копия у нас есть"
    head = f"{_head(observed, seen_at, zone)}. {copy}."
    return join("\n", filter(None, (text(head), _said(observed))))


def back_line(at: datetime, zone: str) -> str:
    """Return the line added to a notice when the page is back."""
    return f"{BACK} с {_moment(at, zone)}"


def undone_line(at: datetime, zone: str) -> str:
    """Return the line added to a question when the change is reverted."""
    return f"На странице снова прежний текст с {_moment(at, zone)}"


def buttons(observation_id: int) -> Buttons:
    """Return the buttons that ask whether to tell the channel."""
    data = f"{BUTTON}:{observation_id}"
    return ((("Сообщить в канале", f"{data}:y"), ("Не сообщать", f"{data}:n")),)


def parse_press(data: str) -> tuple[int, bool] | None:
    """Parse the data after BUTTON and its colon into the observation and whether to announce it; None if not ours."""
    press = _PRESS.fullmatch(data)
    return (int(press[1]), press[2] == "y") if press else None


def _moment(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%d.%m %H:%M}"


def _head(observed: Observed, seen_at: Sequence[datetime], zone: str) -> str:
    before_copy = " до первой копии" if _is_late(observed) else ""
    return f"{_HEADS[observed.sight]}{before_copy}{_checked(seen_at, zone)}"


def _is_late(observed: Observed) -> bool:
    return observed.is_first and observed.sight is Sight.CHANGED


def _said(observed: Observed) -> Html:
    """Return the changes in a quotation, one a line; empty if there are none."""
    lines = cut("\n".join(line(said, _SAID_UNITS) for said in observed.said.splitlines()), _SAID_UNITS)
    return tag("blockquote", join("\n", map(text, lines.splitlines()))) if lines else Html("")


def _checked(seen_at: Sequence[datetime], zone: str) -> str:
    """« (проверено дважды: 14:05, 15:20)», with days if they differ."""
    if not seen_at:
        return ""
    local = [at.astimezone(ZoneInfo(zone)) for at in seen_at]
    is_one_day = len({at.date() for at in local}) == 1
    times = ", ".join(f"{at:%H:%M}" if is_one_day else f"{at:%d.%m %H:%M}" for at in local)
    often = {1: "один раз", 2: "дважды"}.get(len(local), f"{len(local)} раза")
    return f" (проверено {often}: {times})"
