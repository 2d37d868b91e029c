"""The beats of a worker, and what they find of its clock: set back, all is put right, and the operator is told once.

Since when it was wrong only the process knows, by the machine's steady clock: a restart in between forgets it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from monitor.models.clock import Clock
from monitor.models.labels import moment, sentence, span
from monitor.models.outbox import Notifier
from monitor.storage.maintenance import SKEW, HeartbeatStore
from monitor.text.telegram_html import join, tag, text

TITLE = "Часы были неверны"
_MINUTE = timedelta(minutes=1)
_ADVICE = (
    "Ленты и чаты исправлены. Что из-за этого сочтено старым и ещё стоит в лентах, будет разобрано заново."
    " Проверьте, что часы машины идут по NTP."
)

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class ClockWatch:
    """Beats for the jobs of a worker. Without `notify` what it finds stands in the log only; `zone` is its reader's."""

    heartbeats: HeartbeatStore
    clock: Clock
    notify: Notifier | None = None
    zone: str = "UTC"
    _apart: timedelta | None = None  # from the steady clock to the other, at the last beat
    _right: timedelta | None = None  # the same while the clock is right
    _right_at: datetime | None = None  # when it was so last

    def beat(self, name: str) -> None:
        """Note that a job is alive, and whether the clock was set back. Raises DatabaseError."""
        now = self.clock()
        apart = now - self.clock.steady()
        before = apart if self._apart is None else self._apart
        right = apart if self._right is None else self._right
        if step := self.heartbeats.beat(name, now):
            was_ahead = before - right > SKEW >= apart - right
            self._tell(max(step, before - apart), self._right_at if was_ahead else None, now)
            right = apart
        if apart - right <= SKEW:
            self._right_at = now
        self._apart, self._right = apart, right

    def _tell(self, by: timedelta, since: datetime | None, now: datetime) -> None:
        log.warning("the clock was set back; feeds and chats are put right", action="clock", by=str(by))
        if not self.notify:
            return
        zone, far = ZoneInfo(self.zone), span(round(by / _MINUTE) * _MINUTE)
        what = f"{moment(now, zone)} они переведены назад на {far}; с каких пор они спешили, неизвестно"
        if since:
            what = f"с {moment(since, zone)} до {moment(now, zone)} они спешили на {far}"
        lines = (tag("b", text(f"⚠️ {TITLE}")), text(f"• {sentence(what)}"), text(_ADVICE))
        self.notify(f"clock:{now.isoformat()}", join("\n", lines))
