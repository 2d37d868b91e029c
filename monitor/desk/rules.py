"""«Правила в цифрах»: what each rule finds, what maintainers decided of it, and what of it costs more than it gives."""

import asyncio
from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.desk.charts import sparkline
from monitor.desk.pages import page
from monitor.desk.shown import TIERS
from monitor.storage.rule_figures import WEEKS, Figures

LEAST: Final = 0.3  # a smaller share of published is little, as for `monitor rules`


class Rules:
    """One page. `figures` gives the figures as far as they are counted within its time."""

    def __init__(self, *, figures: Callable[[], Figures]) -> None:
        self._figures = figures
        self.routes = [Route("/rules", self._show)]

    async def _show(self, request: Request) -> Response:
        figures = await asyncio.to_thread(self._figures)
        return page(request, "rules.html", figures=figures, tiers=TIERS, weeks=WEEKS, least=LEAST, sparkline=sparkline)
