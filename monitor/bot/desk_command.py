"""`/desk`: a link that lets one maintainer in to the desk; `/desk out`: everybody is out."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from monitor.bot.review_chat import CommandCall
from monitor.storage.desk.keys import DeskKeys
from monitor.storage.outbox.deliveries import Outbox
from monitor.text.telegram_html import Html, join, link, text

_OUT: Final = frozenset({"out", "выход", "выйти", "закрыть"})
_HOW: Final = "Ссылка впустит один раз, в течение 10 минут; потом — 12 часов без неё. Закрыть стол для всех: /desk out"

_USAGE: Final = "Ничего не сделано. Пишите так: /desk — ссылка за стол; /desk out — закрыть стол для всех"


class DeskCommand:
    """`address` is the desk's, "" while there is none; `new_secret` makes what nobody can guess.

    A call taken up again after a crash makes another link, and the one before it expires unseen. Raises DatabaseError.
    """

    def __init__(
        self,
        keys: DeskKeys,
        outbox: Outbox,
        *,
        address: str,
        new_secret: Callable[[], str],
        clock: Callable[[], datetime],
    ) -> None:
        self._keys, self._outbox, self._address = keys, outbox, address
        self._new_secret, self._clock = new_secret, clock

    def __call__(self, call: CommandCall) -> None:
        """Do what was asked and answer in the chat it was asked in."""
        self._outbox.tell(call.chat, call.key, self._answer(call), now=self._clock())

    def _answer(self, call: CommandCall) -> Html:
        if not call.argument:
            return self._invite(call.initial)
        return self._close() if call.argument.casefold() in _OUT else text(_USAGE)

    def _close(self) -> Html:
        return text(closed_message(self._keys.close(self._clock())))

    def _invite(self, initial: str) -> Html:
        if not self._address:
            return text("Стол выключен. Его включает тот, кто держит сервер: MONITOR_DESK_PORT (docs/desk.md).")
        for_whom = f" для {initial}." if initial else ""
        return join(
            "\n",
            (
                link(
                    f"Войти за стол{for_whom}",
                    invitation(self._keys, self._address, initial, self._new_secret(), self._clock()),
                ),
                text(_HOW),
            ),
        )


def invitation(keys: DeskKeys, address: str, initial: str, secret: str, now: datetime) -> str:
    """The address of a door that opens once. Raises DatabaseError."""
    keys.add_link(secret, initial=initial, now=now)
    return f"{address}/in/{secret}"


def closed_message(sessions: int) -> str:
    """What became of closing the desk for everybody, in Russian."""
    return (
        f"Стол закрыт: сессий было {sessions}, ссылки больше не впускают."
        if sessions
        else "За столом никого не было; ссылки больше не впускают."
    )
