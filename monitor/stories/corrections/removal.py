"""Deleting a post from the channel: the messages to maintainers, and the button. Pure."""

import re
from typing import Final

from monitor.models.outbox import Buttons, DeliveryState, Settlement
from monitor.text.telegram_html import Html, join, link, text

REMOVE_BUTTON: Final = "d"  # the part of the button's data before the first colon

_PRESS: Final = re.compile(r"(\d{1,18}):(\d{1,6})", re.ASCII)
_BY_HAND: Final = "Удалите его сами: откройте пост в канале, удерживайте его и выберите «Удалить»."


def offer(headline: str) -> str:
    """Return the question above the button, as plain text."""
    return f"{headline} уже в канале. Удалить пост? Новость станет отклонённой, и новые пересказы её не вернут."


def button(story_id: int, part: int) -> Buttons:
    """Return the button that deletes the post of a part of a story."""
    return ((("Удалить пост из канала", f"{REMOVE_BUTTON}:{story_id}:{part}"),),)


def parse_press(data: str) -> tuple[int, int] | None:
    """Parse the data after REMOVE_BUTTON and its colon into story and part; None if no button of ours sends it."""
    press = _PRESS.fullmatch(data)
    return (int(press[1]), int(press[2])) if press else None


def why_not(headline: str, state: DeliveryState | None) -> str:
    """Say in plain text why the post is not deleted, by its state in the outbox; None means that there is no post."""
    match state:
        case DeliveryState.SENDING | DeliveryState.UNCERTAIN:
            return f"{headline}: пост на пути в канал, и неясно, дошёл ли. Повторите /undo через несколько минут."
        case DeliveryState.DIGESTED:
            return f"{headline} стоит в сводке вместе с другими новостями: удалить её можно только в самом канале."
    return f"{headline}: если пост стоит в канале, бот его удалить не может. {_BY_HAND}"


def notice_key(delivery_id: int) -> str:
    """Return the key of the notice about a removal, in the chat where it was ordered."""
    return f"delete:{delivery_id}"


def ordered_notice(headline: str, address: str) -> Html:
    """Return the notice shown until Telegram answers; `address` is the post's, "" if it has none."""
    return join(
        "\n", (text("Пост удаляется из канала. Когда Telegram ответит, здесь будет сказано."), link(headline, address))
    )


def ended_notice(notice: str, settlement: Settlement) -> Html:
    """Return the notice shown when Telegram has answered."""
    deleted = settlement.state is DeliveryState.CANCELLED
    first = "Поста в канале больше нет." if deleted else f"{settlement.error} {_BY_HAND}"
    return join("\n", (text(first), Html(notice.partition("\n")[2])))
