from collections import Counter
from datetime import timedelta

import html5lib
import pytest

from monitor.models.site import StoryBrief
from monitor.site.charts.counts import WEEKS, Chart, count, delays, make_charts
from monitor.site.pages import Renderer
from monitor.site.texts import Texts
from tests.factories import site

SVG = "{http://www.w3.org/2000/svg}"


def charts_of(listed: list[StoryBrief]) -> dict[str, Chart]:
    say = Texts("ru", zone=site.ZONE)
    return {chart.id: chart for chart in make_charts(count(listed, site.about(), say.zone), site.about(), say)}


def test_weeks_count_each_story_under_its_topics() -> None:
    listed = site.briefs(30)
    chart = charts_of(listed)["weeks"]

    assert chart.labels == ("9 ноября 2026", "16 ноября 2026")
    assert [sum(row.values) for row in chart.rows] == [
        sum(topic.id in {one.id for one in item.topics} for item in listed) for topic in site.about().topics
    ]


def test_weeks_without_stories_stand_empty_and_the_chart_is_a_year_long() -> None:
    listed = [site.brief(0), site.brief(0, posted_at=site.NOON - timedelta(days=3_000))]
    chart = charts_of(listed)["weeks"]

    assert len(chart.labels) == WEEKS
    assert chart.rows[0].values[:-1] == (0,) * (WEEKS - 1)


def test_towns_are_named_and_other_places_left_out() -> None:
    listed = [site.brief(0, places=("алмат", "новоси")), site.brief(0, places=("алмат", "усть-каменог"))]
    chart = charts_of(listed)["towns"]

    assert dict(zip(chart.labels, chart.rows[0].values, strict=True)) == {"Алматы": 2, "Усть-Каменогорск": 1}


def test_counters_are_counted_by_month() -> None:
    listed = [site.brief(number) for number in range(120)]
    chart = charts_of(listed)["counters"]
    zone = Texts("ru", zone=site.ZONE).zone
    months = Counter(f"{item.posted_at.astimezone(zone):%m}" for item in listed if item.counts)

    assert chart.labels == ("октябрь 2026", "ноябрь 2026")
    assert chart.rows[0].values == (months["10"], months["11"])


def test_delays_fall_into_spans() -> None:
    listed = [site.brief(0, delay=delay) for delay in (0.0, 299.0, 301.0, 90_000.0, None, -5.0)]
    chart = charts_of(listed)["delays"]

    assert chart.rows[0].values == (2, 1, 0, 0, 0, 0, 1)


@pytest.mark.parametrize(
    ("known", "median", "most"), [([60.0], 60.0, 60.0), ([float(n) for n in range(1, 12)], 6.0, 10.0)]
)
def test_half_and_nine_of_ten(known: list[float], median: float, most: float) -> None:
    found = delays([site.brief(0, delay=delay) for delay in (*known, None)])

    assert found is not None
    assert (found.stories, found.median, found.nine_of_ten) == (len(known), median, most)
    assert delays([site.brief(0, delay=None)]) is None


def test_tables_say_what_is_drawn() -> None:
    renderer, listed = Renderer(site.about(), zone=site.ZONE), site.briefs(90)
    page = next(iter(renderer.charts(listed)))
    document = html5lib.parse(page.body, transport_encoding="utf-8", namespaceHTMLElements=False)
    charts = charts_of(listed)

    figures = list(document.iter("figure"))
    assert [figure.get("id") for figure in figures] == list(charts)
    for figure, chart in zip(figures, charts.values(), strict=True):
        rows = [["".join(cell.itertext()) for cell in row] for row in figure.iter("tr")][1:]
        assert rows == [
            [label, *(str(row.values[place]) for row in chart.rows)] for place, label in enumerate(chart.labels)
        ]
        bars = [bar for bar in figure.iter(f"{SVG}rect") if bar.get("class") == "bar"]
        assert len(bars) == sum(value > 0 for row in chart.rows for value in row.values)


def test_nothing_is_drawn_of_nothing() -> None:
    assert charts_of([]) == {}
