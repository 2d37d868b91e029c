"""SVG drawings of charts. Colours come from the stylesheet by class, and every bar has a label besides its colour.

A drawing is 400 units wide, so that letters are readable on a phone, and uses no `style`, which the pages' content
security policy forbids.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from markupsafe import Markup

from monitor.site.charts.counts import Chart, Row
from monitor.site.texts import Texts

WIDTH: Final = 400
_PANEL: Final = 106  # height of a row of columns, including its name
_NAME: Final = 32
_AXIS: Final = 22
LINE: Final = 26  # height of a bar and of the label beside it
_LABELS: Final = 150  # width
_FEW: Final = 3  # up to this many columns each have a label
_LONGEST: Final = 50  # characters of a name that fit on one line
_LONGEST_LABEL: Final = 20

_FRAME: Final = Markup(
    '<svg class="chart" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
    'aria-labelledby="{id}-title {id}-desc" xmlns="http://www.w3.org/2000/svg">'
    '<title id="{id}-title">{title}</title><desc id="{id}-desc">{note}</desc>{inner}</svg>'
)
_TEXT: Final = Markup('<text class="{name}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{text}</text>')
_RECT: Final = Markup('<rect class="{name}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"/>')


def draw(chart: Chart, say: Texts) -> Markup:
    """Return the chart as an `svg` element for a page."""
    pieces = list(_columns(chart, say) if chart.shape == "columns" else _bars(chart, say))
    height = len(chart.rows) * _PANEL + _AXIS if chart.shape == "columns" else len(chart.labels) * LINE
    inner = Markup("").join(pieces)
    return _FRAME.format(
        width=WIDTH, height=height, id=f"chart-{chart.id}", title=chart.title, note=chart.note, inner=inner
    )


def text(words: str, x: float, y: float, *, name: str = "label", anchor: str = "start") -> Markup:
    """Return a text element at a position."""
    return _TEXT.format(text=words, x=x, y=y, name=name, anchor=anchor)


def rect(x: float, y: float, width: float, height: float, *, name: str = "bar") -> Markup:
    """Return a bar as a `rect` element."""
    return _RECT.format(x=round(x, 1), y=round(y, 1), width=round(width, 1), height=round(height, 1), name=name)


def columns(
    values: Sequence[float], *, base: float, space: float, most: float, peak_label: str, aside: float = 10
) -> Iterator[Markup]:
    """Yield a column for each value except 0, standing on a line at `base`; a value of `most` is `space` high.

    The highest column has `peak_label` above it; the label's middle stays at least `aside` away from either side.
    """
    yield rect(0, base, WIDTH, 1, name="base")
    step = WIDTH / len(values)
    width = min(step * 0.72, 28)
    highest = max(range(len(values)), key=values.__getitem__)
    for place, value in enumerate(values):
        if value:
            height = max(value / most * space, 2)
            middle = step * (place + 0.5)
            yield rect(middle - width / 2, base - height, width, height)
            if place == highest:
                yield text(peak_label, min(max(middle, aside), WIDTH - aside), base - height - 4, anchor="middle")


def bars(rows: Sequence[tuple[str, float, str]], *, beside: float = 48) -> Iterator[Markup]:
    """Yield for each row its label, its bar, and the value's label in the space `beside` the bars."""
    most = max((value for _, value, _ in rows), default=0) or 1
    for number, (label, value, value_label) in enumerate(rows):
        middle, width = number * LINE + 17, value / most * (WIDTH - _LABELS - beside)
        yield text(label, _LABELS - 8, middle, anchor="end")
        if value:
            yield rect(_LABELS, middle - 13, max(width, 1), 17)
        yield text(value_label, _LABELS + width + 6, middle, name="value")


def short(words: str, letters: int) -> str:
    """Cut text to so many characters with «…»: nothing wraps in a drawing."""
    return words if len(words) <= letters else words[: letters - 1].rstrip() + "…"


def _columns(chart: Chart, say: Texts) -> Iterator[Markup]:
    most = max(max(row.values, default=0) for row in chart.rows)
    for number, row in enumerate(chart.rows):
        yield from _panel(row, number * _PANEL, most, say)
    y = len(chart.rows) * _PANEL + _AXIS - 6
    if len(chart.labels) <= _FEW:
        step = WIDTH / len(chart.labels)
        for place, label in enumerate(chart.labels):
            yield text(label, step * (place + 0.5), y, name="axis", anchor="middle")
    else:
        yield text(chart.labels[0], 0, y, name="axis")
        yield text(chart.labels[-1], WIDTH, y, name="axis", anchor="end")


def _panel(row: Row, top: float, most: int, say: Texts) -> Iterator[Markup]:
    """Yield the bars of one row, on the same scale as the other rows; the highest has its value above it."""
    yield text(short(row.name, _LONGEST), 0, top + 25, name="name")
    yield from columns(
        row.values, base=top + _PANEL - 4, space=_PANEL - _NAME - 20, most=most, peak_label=say.number(max(row.values))
    )


def _bars(chart: Chart, say: Texts) -> Iterator[Markup]:
    rows = zip(chart.labels, chart.rows[0].values, strict=True)
    return bars([(short(label, _LONGEST_LABEL), value, say.number(value)) for label, value in rows])
