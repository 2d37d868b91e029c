"""Keeps the public archive fresh: `monitor site build` in a process of its own, whenever there is something to show.

A build takes memory and CPU that the polls of a small machine should not wait for; a child gives both back. Pages and
feeds follow within a minute; what is made of all stories at once (search, charts, data, sitemap) every half hour,
and so is what has gone from the folder or was altered there.
"""

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from monitor.models.clock import Clock
from monitor.models.labels import span

WHOLE = timedelta(minutes=30)  # between two builds of what is made whole
LONGEST = timedelta(minutes=30)  # of a build; a thousand stories take seconds
_LONGEST_REASON = 500  # characters of what a failed build said

log = structlog.get_logger()


class SiteKeeper:
    """One folder, one child at a time. `pulse` changes with anything that the archive shows; raises DatabaseError.

    `trouble` is why the archive is not fresh, for the alarms; empty when it is.
    """

    def __init__(self, folder: str, pulse: Callable[[], str], clock: Clock, *, longest: timedelta = LONGEST) -> None:
        self._folder, self._pulse, self._clock, self._longest = folder, pulse, clock, longest
        self._shown = ""  # the pulse that the last build began with
        self._whole_at: datetime | None = None
        self.trouble: list[str] = []

    async def round(self) -> None:
        """Build if there is something to build. A build that is cut off goes on at the next round."""
        pulse, now = await asyncio.to_thread(self._pulse), self._clock()
        is_whole = self._whole_at is None or not timedelta(0) <= now - self._whole_at < WHOLE
        if pulse == self._shown and not is_whole:
            return
        if await self._build(is_whole=is_whole):
            self._shown = pulse
            if is_whole:
                self._whole_at = now

    async def _build(self, *, is_whole: bool) -> bool:
        order = ("-m", "monitor", "site", "build", self._folder, *([] if is_whole else ["--quick"]))
        pipe = asyncio.subprocess.PIPE
        child = await asyncio.create_subprocess_exec(sys.executable, *order, stdout=pipe, stderr=pipe)
        reason = ""
        try:
            async with asyncio.timeout(LONGEST.total_seconds()):
                _, said = await child.communicate()
            reason = said.decode(errors="replace").strip()[-_LONGEST_REASON:]
        except TimeoutError:
            reason = f"сборка остановлена: за {span(LONGEST)} она не закончилась"
            with suppress(ProcessLookupError):
                child.kill()
        finally:
            with suppress(ProcessLookupError):
                child.terminate()
        if child.returncode == 0:
            self.trouble.clear()
            return True
        self.trouble[:] = [f"{self._folder}: {reason or f'сборка закончилась с кодом {child.returncode}'}"]
        log.warning("the site was not built; tried again", action="site", error=self.trouble[0])
        return False
