"""Small drawings of figures. Colours are the stylesheet's, by class; read aloud a drawing is its numbers."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from monitor.site.charts.drawing import rect, text

_WIDTH, _HEIGHT = 98, 24
_SPARKLINE: Final = Markup(
    '<svg class="sparkline" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
    'aria-label="{said}"><path d="{bars}"/></svg>'
)
_CHART_WIDTH, _SPACE, _AXIS = 400, 90, 20
_CHART: Final = Markup(
    '<svg class="chart" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
    'aria-label="{said}">{inner}</svg>'
)
_LINE, _LABELS, _VALUES = 26, 150, 90


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
    most, step = max(values, default=0) or 1, _CHART_WIDTH / max(len(values), 1)
    base = _SPACE + _AXIS
    inner = [rect(0, base, _CHART_WIDTH, 1, name="base")]
    for place, value in enumerate(values):
        if value:
            height = max(value / most * _SPACE, 2)
            inner.append(rect(step * (place + 0.14), base - height, min(step * 0.72, 28), height))
    if any(values):
        middle = step * (max(range(len(values)), key=values.__getitem__) + 0.5)
        inner.append(text(highest, min(max(middle, 40), _CHART_WIDTH - 40), _AXIS - 6, anchor="middle"))
    inner.append(text(first, 0, base + _AXIS - 4, name="axis"))
    inner.append(text(last, _CHART_WIDTH, base + _AXIS - 4, name="axis", anchor="end"))
    return _CHART.format(width=_CHART_WIDTH, height=base + _AXIS, said=said, inner=Markup("").join(inner))


def bars(rows: Sequence[tuple[str, float, str]], *, said: str) -> Markup:
    """A line for each row: its label, a bar of its value, and how the value is said."""
    most = max((value for _, value, _ in rows), default=0) or 1
    inner = []
    for number, (label, value, told) in enumerate(rows):
        middle, width = number * _LINE + 17, value / most * (_CHART_WIDTH - _LABELS - _VALUES)
        inner.append(text(label, _LABELS - 8, middle, anchor="end"))
        if value:
            inner.append(rect(_LABELS, middle - 13, max(width, 1), 17))
        inner.append(text(told, _LABELS + width + 6, middle, name="value"))
    aloud = f"{said}: {', '.join(f'{label} — {told}' for label, _, told in rows)}"
    return _CHART.format(width=_CHART_WIDTH, height=len(rows) * _LINE, said=aloud, inner=Markup("").join(inner))
