"""The channel's picture of a week: a bar for each topic."""

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element

from monitor.site.outputs.xml_writer import add, document, root
from monitor.text.telegram_html import line

WIDTH, HEIGHT = 1200, 675

_MOST_BARS: Final = 5
_TITLE_UNITS: Final = 50
_TOP, _ROW, _LEFT, _LONGEST_BAR = 190, 95, 80, 900
_REST: Final = "Остальное"


def weekly_svg(title: str, counts: Sequence[tuple[str, int]]) -> str:
    """Return the chart as SVG, 1200×675; `counts` are topics with their numbers of stories, the largest first."""
    drawing = root(
        "svg", xmlns="http://www.w3.org/2000/svg", width=str(WIDTH), height=str(HEIGHT), **{"font-family": "PT Sans"}
    )
    add(drawing, "rect", width=str(WIDTH), height=str(HEIGHT), fill="#12202f")
    add(drawing, "rect", width="16", height=str(HEIGHT), fill="#fca311")
    _text(drawing, title, _LEFT, 110, size=48, fill="#ffffff", weight="700")
    shown = [*counts[:_MOST_BARS]]
    if len(counts) > _MOST_BARS:
        shown[-1] = (_REST, sum(count for _, count in counts[_MOST_BARS - 1 :]))
    most = max((count for _, count in shown), default=1)
    for number, (topic, count) in enumerate(shown):
        top = _TOP + number * _ROW
        length = max(round(_LONGEST_BAR * count / most), 4)
        _text(drawing, line(topic, _TITLE_UNITS), _LEFT, top, size=30, fill="#b0becd")
        add(drawing, "rect", x=str(_LEFT), y=str(top + 14), width=str(length), height="38", fill="#fca311")
        _text(drawing, str(count), _LEFT + length + 20, top + 46, size=38, fill="#ffffff", weight="700")
    return document(drawing).decode()


def _text(drawing: Element, text: str, x: int, y: int, *, size: int, fill: str, weight: str = "400") -> None:
    place = {"x": str(x), "y": str(y), "font-size": str(size), "font-weight": weight, "fill": fill}
    add(drawing, "text", text, **place)
