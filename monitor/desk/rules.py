"""«Правила в цифрах»: what each rule finds, what maintainers decided of it, and what of it costs more than it gives."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Final

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.desk.charts import sparkline
from monitor.desk.pages import page
from monitor.errors import DatabaseError
from monitor.health.rule_rates import RuleRate
from monitor.models.labels import TIER_WORDS
from monitor.storage.desk.rule_figures import WEEKS, Figures

LEAST: Final = 0.5  # of published: where more is rejected, it is said what to do about it
SECONDS: Final = 1.0  # of counting before the page is shown
SECONDS_UNSEEN: Final = 4.0  # and after it; a stop waits no longer than that

log = structlog.get_logger()


class Rules:
    """One page. `figures` gives the figures as far as they are counted within so many seconds; what is left then is
    counted while the page is read. `rates` are those of the rules that fired lately.
    """

    def __init__(self, *, figures: Callable[[float], Figures], rates: Callable[[], Iterable[RuleRate]]) -> None:
        self._figures, self._rates = figures, rates
        self._counting: asyncio.Task[None] | None = None
        self.routes = [Route("/rules", self._show)]

    async def _show(self, request: Request) -> Response:
        figures = await asyncio.to_thread(self._figures, 0.0 if self._is_counting else SECONDS)
        if figures.left and not self._is_counting:
            self._counting = asyncio.create_task(self._count_on())
        unusual = {rate.rule: rate.unusual for rate in await asyncio.to_thread(self._rates)}
        known: dict[str, Any] = {"figures": figures, "unusual": unusual, "weeks": WEEKS, "least": LEAST}
        return page(request, "rules.html", tiers=TIER_WORDS, sparkline=sparkline, **known)

    @property
    def _is_counting(self) -> bool:
        return self._counting is not None and not self._counting.done()

    async def _count_on(self) -> None:
        try:
            await asyncio.to_thread(self._figures, SECONDS_UNSEEN)
        except DatabaseError as error:
            log.warning("rules are not counted further: the database is away", action="desk", error=str(error))
