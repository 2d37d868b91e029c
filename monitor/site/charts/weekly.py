"""The picture of a week: one SVG of 1200×630 that stands alone, with its own colours, to be made a PNG of."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from markupsafe import Markup

from monitor.models.site import StoryBrief
from monitor.site.charts.counts import monday, town_counts
from monitor.site.charts.drawing import short
from monitor.site.fragments import shown
from monitor.site.texts import Texts

_PAPER, _INK, _SOFT, _BAR = "#fcfbf8", "#1c1c1e", "#595853", "#23395b"
_LEFT, _RIGHT = 72, 1128
_TOPICS: Final = 4
_TOWNS: Final = 5
_LONGEST_TITLE: Final = 58  # letters
_LONGEST_TOWNS: Final = 70

_FRAME: Final = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630" viewBox="0 0 1200 630" '
    'font-family="Noto Sans, DejaVu Sans"><title>{title}</title><rect width="1200" height="630" fill="{paper}"/>'
    '<rect width="1200" height="12" fill="{bar}"/>{inner}</svg>'
)
_TEXT: Final = Markup(
    '<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{fill}" text-anchor="{anchor}">{text}</text>'
)
_RECT: Final = Markup('<rect x="{x}" y="{y}" width="{width:.0f}" height="18" fill="{fill}"/>')


def weekly_svg(briefs: Iterable[StoryBrief], week: date, say: Texts) -> str:
    """What was told in the week of this day: how many stories, by topic, and the towns named most."""
    told = [brief for brief in briefs if monday(say.local(brief.posted_at).date()) == monday(week)]
    title = say("week_of", day=say.day(monday(week)))
    inner = Markup("").join(
        [
            _text(say("site_name"), 78, 28, fill=_SOFT),
            _text(title, 140, 46, weight=700),
            _text(say.count("stories", len(told)) if told else say("nothing_yet"), 222, 64, weight=700, fill=_BAR),
            *_topics(told, say),
            *_towns(told, say),
        ]
    )
    return str(_FRAME.format(title=title, inner=inner, paper=_PAPER, bar=_BAR))


def _topics(told: Sequence[StoryBrief], say: Texts) -> Iterator[Markup]:
    counted = Counter(topic for brief in told for topic in brief.topics).most_common(_TOPICS)
    for row, (topic, number) in enumerate(counted):
        y = 290 + row * 68
        yield _text(short(shown(say.topic(topic)), _LONGEST_TITLE), y, 27)
        yield _text(say.number(number), y, 27, x=_RIGHT, weight=700, anchor="end")
        yield _RECT.format(x=_LEFT, y=y + 12, width=(_RIGHT - _LEFT) * number / counted[0][1], fill=_BAR)


def _towns(told: Sequence[StoryBrief], say: Texts) -> Iterator[Markup]:
    towns = town_counts(Counter(place for brief in told for place in set(brief.places)), say)[:_TOWNS]
    if towns:
        named = " · ".join(f"{name} {say.number(number)}" for name, number in towns)
        yield _text(short(named, _LONGEST_TOWNS), 590, 27, fill=_SOFT)


def _text(
    words: str, y: int, size: int, *, x: int = _LEFT, weight: int = 400, fill: str = _INK, anchor: str = "start"
) -> Markup:
    return _TEXT.format(x=x, y=y, size=size, weight=weight, fill=fill, anchor=anchor, text=words)
