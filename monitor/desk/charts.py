"""Small drawings of figures. Colours are the stylesheet's, by class; read aloud a drawing is its numbers."""

from collections.abc import Iterable, Sequence
from typing import Final

from markupsafe import Markup

from monitor.site.charts import drawing

_WIDTH, _HEIGHT = 98, 24
_SPARKLINE: Final = Markup(
    '<svg class="sparkline" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
    'aria-label="{said}"><path d="{bars}"/></svg>'
)
_SPACE, _AXIS, _VALUES = 90, 20, 90
_CHART: Final = Markup(
    '<svg class="chart" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
    'aria-label="{said}">{inner}</svg>'
)


def sparkline(values: Sequence[int], said: str) -> Markup:
    """A bar for each value, as high as the highest one allows; none for 0. `said` is what the numbers are of."""
    most, step = max(values, default=0) or 1, _WIDTH // max(len(values), 1)
    heights = [max(round(value / most * _HEIGHT), 2) if value else 0 for value in values]
    bars = "".join(
        f"M{place * step} {_HEIGHT}v-{height}h{step - 1}v{height}z" for place, height in enumerate(heights) if height
    )
    return _SPARKLINE.format(width=_WIDTH, height=_HEIGHT, said=f"{said}: {', '.join(map(str, values))}", bars=bars)


def columns(values: Sequence[float], *, first: str, last: str, highest: str, said: str) -> Markup:
    """A column for each value; below them the labels of the first and the last, above the highest what it is."""
    base = _SPACE + _AXIS
    inner = [
        *drawing.columns(values, base=base, space=_SPACE, most=max(values), peak_label=highest, aside=40),
        drawing.text(first, 0, base + _AXIS - 4, name="axis"),
        drawing.text(last, drawing.WIDTH, base + _AXIS - 4, name="axis", anchor="end"),
    ]
    return _chart(inner, base + _AXIS, said)


def bars(rows: Sequence[tuple[str, float, str]], *, said: str) -> Markup:
    """A line for each row: its label, a bar of its value, and how the value is said."""
    aloud = f"{said}: {', '.join(f'{label} — {figure}' for label, _, figure in rows)}"
    return _chart(drawing.bars(rows, beside=_VALUES), len(rows) * drawing.LINE, aloud)


def _chart(inner: Iterable[Markup], height: int, said: str) -> Markup:
    return _CHART.format(width=drawing.WIDTH, height=height, said=said, inner=Markup("").join(inner))
