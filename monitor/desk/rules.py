"""«Правила в цифрах»: what each rule finds, what maintainers decided of it, and what of it costs more than it gives."""

import asyncio
from collections.abc import Callable
from typing import Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.desk.pages import page
from monitor.desk.shown import TIERS
from monitor.storage.rule_figures import WEEKS, Figures

LEAST: Final = 0.3  # a smaller share of published is little, as for `monitor rules`
_WIDTH, _HEIGHT = 96, 24
_BAR: Final = Markup('<rect x="{x}" y="{y}" width="9" height="{height}"/>')
_SPARKLINE: Final = Markup(
    '<svg class="sparkline" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
    'aria-label="{label}">{bars}</svg>'
)


class Rules:
    """One page. `figures` gives the figures as far as they are counted within its time."""

    def __init__(self, *, figures: Callable[[], Figures]) -> None:
        self._figures = figures
        self.routes = [Route("/rules", self._show)]

    async def _show(self, request: Request) -> Response:
        figures = await asyncio.to_thread(self._figures)
        return page(request, "rules.html", figures=figures, tiers=TIERS, weeks=WEEKS, least=LEAST, sparkline=sparkline)


def sparkline(weeks: tuple[int, ...]) -> Markup:
    """A bar a week, the last one on the right; none for a week without a firing. Read aloud it is the numbers."""
    most, step = max(weeks, default=0) or 1, _WIDTH // max(len(weeks), 1)
    heights = [max(round(value / most * _HEIGHT), 2) if value else 0 for value in weeks]
    bars = Markup("").join(
        _BAR.format(x=place * step + 1, y=_HEIGHT - height, height=height)
        for place, height in enumerate(heights)
        if height
    )
    label = "по неделям: " + ", ".join(map(str, weeks))
    return _SPARKLINE.format(width=_WIDTH, height=_HEIGHT, label=label, bars=bars)
