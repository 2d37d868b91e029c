"""The database takes nothing: a full or read-only disk, a lock held, a server gone. What the operator is told then.

Every other message goes through the outbox, which lies in that very database; this one goes straight to Telegram, once,
and that it is over goes the usual way. The memory of it is the process's own: where nothing can be written there is
no other. Each worker speaks for itself, for a server may be gone for one of them only.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from monitor.errors import DatabaseError, DatabaseLost
from monitor.models.clock import Clock
from monitor.models.labels import span
from monitor.models.outbox import Notifier
from monitor.text.telegram_html import join, tag, text
from monitor.text.unicode import cut

HOLD = timedelta(seconds=20)  # a server that restarts is nothing; a minute without a database is
GIVEN_UP = timedelta(minutes=15)  # work not tried for so long is tried no more: its feed was taken out of feeds.yaml
AGAIN = timedelta(minutes=1)  # between two lines in the log, and between two tries to tell
TITLE = "База данных не принимает записей"
_LONGEST = 300  # UTF-16 units of the reason

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class DatabaseOutage:
    """Follows which work cannot reach the database: `failed` and `succeeded` tell of each try, `round` acts on it.

    A full disk refuses what needs new room and takes the rest, so that only the same work done shows that it is over.
    `send_directly` posts Telegram HTML to the operator past the outbox; True: posted, or perhaps posted, which must
    not be done twice. `notify` goes through the outbox. Without them all of it stands in the log only.
    """

    worker: str
    clock: Clock
    send_directly: Callable[[str], Coroutine[None, None, bool]] | None = None
    notify: Notifier | None = None
    redact: Callable[[str], str] = str
    # By the steady clock:
    _failing: dict[str, datetime] = field(default_factory=dict)  # which work, and when it failed last
    _since: datetime | None = None  # when the first try began that failed
    _began: str = ""  # the same by the clock, ISO 8601
    _failed_at: datetime | None = None
    _back_at: datetime | None = None  # since when nothing fails
    _why: str = ""
    _is_lost: bool = False  # nothing goes on before somebody has restored it
    _tried_at: datetime | None = None
    _logged_at: datetime | None = None
    _is_told: bool = False

    def failed(self, work: str, error: DatabaseError, began: datetime) -> None:
        """A try of this work, begun then by the steady clock, could not read or write."""
        now = self.clock.steady()
        self._failing[work] = self._failed_at = now
        if self._since is None:
            self._since, self._began = began, (self.clock() - (now - began)).isoformat()
        self._back_at, self._why, self._is_lost = None, str(error), isinstance(error, DatabaseLost)
        if self._logged_at is None or now - self._logged_at >= AGAIN:
            log.error("the database takes nothing; it will be tried again", action="database", error=self._why)
            self._logged_at = now

    def succeeded(self, work: str) -> None:
        """This work has read and written, and no longer speaks of an outage."""
        self._failing.pop(work, None)

    async def round(self) -> None:
        """Tell the operator what has lasted long enough; costs nothing when nothing has. Raises DatabaseError."""
        now = self.clock.steady()
        self._failing = {work: at for work, at in self._failing.items() if now - at < GIVEN_UP}
        if self._since is None or self._failed_at is None:
            return
        if self._failing:
            if self._failed_at - self._since >= HOLD:
                await self._report(now)
            return
        self._back_at = self._back_at or now
        if now - self._back_at >= HOLD:
            await self._report_the_end(self._since, self._back_at)

    async def _report(self, now: datetime) -> None:
        lately = self._tried_at is not None and now - self._tried_at < AGAIN
        if self.send_directly is None or self._is_told or lately:
            return
        self._tried_at = now
        why = cut(" ".join(self.redact(self._why).split()), _LONGEST)
        rest = f"Опросы и отправка стоят{'' if self._is_lost else '; ничего не теряется, работа пойдёт сама'}."
        heading = join(" ", (text("⚠️"), tag("b", text(TITLE))))
        self._is_told = await self.send_directly(join("\n", (heading, text(f"• {self.worker}: {why}"), text(rest))))

    async def _report_the_end(self, since: datetime, back_at: datetime) -> None:
        if self._is_told and self.notify:
            heading = join(" ", (text("✅ Прошло:"), tag("b", text(TITLE))))
            html = join("\n", (heading, text(f"• {self.worker}: {span(back_at - since)}")))
            await asyncio.to_thread(self.notify, f"database:{self.worker}:{self._began}", html)
        log.warning("the database is back", action="database", since=self._began)
        self._since = self._failed_at = self._back_at = self._tried_at = self._logged_at = None
        self._is_told = False
