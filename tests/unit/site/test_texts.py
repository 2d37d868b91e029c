import re
from datetime import UTC, date, datetime
from string import Formatter

import pytest

from monitor.models.evidence import Sight
from monitor.site.texts import INTERFACES, Interface, Texts, believable, load_texts, towns
from monitor.text.languages.places import TOWNS
from tests.factories import site
from tests.harness.sources import ROOT

OF_TOPICS = re.compile("^(topic|tag)_")
CHOSEN = re.compile(r"^(sight|format|in|short|chart)_")  # by a word that the code puts behind it


def keys(language: Interface) -> set[str]:
    return {key for key in load_texts(language) if not OF_TOPICS.match(key)}


def texts(language: Interface) -> Texts:
    return Texts(language, zone=site.ZONE)


@pytest.mark.parametrize("language", INTERFACES)
def test_the_three_files_say_the_same_things(language: Interface) -> None:
    assert keys(language) == keys("ru")
    for key in keys("ru"):
        places = {name for _, name, _, _ in Formatter().parse(load_texts("ru")[key]) if name}
        assert {name for _, name, _, _ in Formatter().parse(load_texts(language)[key]) if name} == places, key


def test_every_text_is_said_somewhere_and_every_one_said_exists() -> None:
    sources = [*(ROOT / "monitor/site").rglob("*.py"), *(ROOT / "monitor/site").rglob("*.html")]
    written = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    used = set(re.findall(r'\b(?:say|tongue|count)\("(\w+)"', written))
    named = {key for key in keys("ru") if CHOSEN.match(key) or f'"{key}"' in written}

    assert {key for key in used if not key.endswith("_")} <= keys("ru")
    assert keys("ru") == named


@pytest.mark.parametrize("language", INTERFACES)
def test_every_sight_has_words(language: Interface) -> None:
    say = texts(language)
    assert all(say.sight(sight) for sight in Sight)
    firsts = {sight for sight in Sight if say.sight(sight, is_first=True) != say.sight(sight)}
    assert firsts == {Sight.UNCHANGED, Sight.CHANGED}


def test_every_town_has_a_name_in_three_languages() -> None:
    assert set(towns()) == TOWNS
    assert all(len(names) == len(INTERFACES) and all(names) for names in towns().values())


@pytest.mark.parametrize(
    ("language", "day", "month", "moment"),
    [
        ("ru", "22 ноября 2026", "ноябрь 2026", "23 ноября 2026, 03:30"),
        ("kk", "2026 жылғы 22 қараша", "2026 жылғы қараша", "2026 жылғы 23 қараша, 03:30"),
        ("en", "22 November 2026", "November 2026", "23 November 2026, 03:30"),
    ],
)
def test_dates_are_those_of_the_language(language: Interface, day: str, month: str, moment: str) -> None:
    say = texts(language)

    assert say.day(date(2026, 11, 22)) == day
    assert say.month("2026-11") == month
    assert say.moment(datetime(2026, 11, 22, 22, 30, tzinfo=UTC)) == moment


@pytest.mark.parametrize(
    ("language", "counted"),
    [
        ("ru", ["1 история", "2 истории", "5 историй", "11 историй", "21 история", "1\u00a0000 историй"]),
        ("kk", ["1 оқиға", "2 оқиға", "5 оқиға", "11 оқиға", "21 оқиға", "1\u00a0000 оқиға"]),
        ("en", ["1 story", "2 stories", "5 stories", "11 stories", "21 stories", "1,000 stories"]),
    ],
)
def test_numbers_have_the_plural_of_the_language(language: Interface, counted: list[str]) -> None:
    assert [texts(language).count("stories", number) for number in (1, 2, 5, 11, 21, 1_000)] == counted


@pytest.mark.parametrize(
    ("seconds", "named"),
    [(40, "40 секунд"), (430, "7 минут"), (5_000, "83 минуты"), (9_000, "2,5 часа"), (260_000, "3 дня")],
)
def test_a_duration_is_named_by_its_largest_unit(seconds: float, named: str) -> None:
    assert texts("ru").duration(seconds) == named


def test_topics_are_translated_where_we_know_them() -> None:
    assert texts("ru").topic(site.KNB) == site.KNB.title
    assert texts("kk").topic(site.KNB) == "ҰҚК-ге шақыру және жауап алу"
    assert texts("en").tag(site.RVP) == "#residence"


def test_a_feeds_default_date_is_no_date() -> None:
    assert believable(site.NOON)
    assert not believable(datetime(1970, 1, 1, tzinfo=UTC))
    assert not believable(None)
