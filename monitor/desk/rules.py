"""«Правила в цифрах»: what each rule finds, what maintainers decided of it, and what of it costs more than it gives."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.desk.pages import page
from monitor.desk.shown import TIERS
from monitor.health.rule_rates import RuleRate
from monitor.storage.desk.rule_figures import WEEKS, Figures

LEAST: Final = 0.3  # a smaller share of published is little, as for `monitor rules`
SECONDS: Final = 1.0  # of counting before the page is shown
SECONDS_UNSEEN: Final = 4.0  # and after it; a stop waits no longer than that
_WIDTH, _HEIGHT = 96, 24
_BAR: Final = Markup('<rect x="{x}" y="{y}" width="9" height="{height}"/>')
_SPARKLINE: Final = Markup(
    '<svg class="sparkline" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
    'aria-label="{label}">{bars}</svg>'
)


class Rules:
    """One page. `figures` gives the figures as far as they are counted within so many seconds; what is left then is
    counted while the page is read. `rates` are those of the rules that fired lately.
    """

    def __init__(self, *, figures: Callable[[float], Figures], rates: Callable[[], Iterable[RuleRate]]) -> None:
        self._figures, self._rates = figures, rates
        self._counting: asyncio.Task[Figures] | None = None
        self.routes = [Route("/rules", self._show)]

    async def _show(self, request: Request) -> Response:
        figures = await asyncio.to_thread(self._figures, SECONDS)
        if figures.left and (self._counting is None or self._counting.done()):
            self._counting = asyncio.create_task(asyncio.to_thread(self._figures, SECONDS_UNSEEN))
        unusual = {rate.rule: rate.unusual for rate in await asyncio.to_thread(self._rates)}
        known: dict[str, Any] = {"figures": figures, "unusual": unusual, "weeks": WEEKS, "least": LEAST}
        return page(request, "rules.html", tiers=TIERS, sparkline=sparkline, **known)


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
