"""The pages' own texts in each language of the interface (texts/*.toml); dates, numbers and plurals by Babel.

Headlines and quotes are never translated. The forms of a text with plurals are separated by «|», in the order of the
language's plural categories.
"""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, get_timezone_location
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from monitor.models.evidence import Sight
from monitor.models.site import SiteTopic, TopicRules

Interface = Literal["ru", "kk", "en"]
INTERFACES: Final[tuple[Interface, ...]] = get_args(Interface)

_LOCALES: Final = {"ru": "ru", "kk": "kk", "en": "en_GB"}
_FORMS: Final[Mapping[str, tuple[str, ...]]] = {"ru": ("one", "few", "many"), "kk": ("other",), "en": ("one", "other")}
_YEARS: Final = range(1990, 2100)  # a feed's default value (1970, 0001, 9999) is not a date
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


class Texts:
    """The texts of one language, and times in one zone.

    >>> Texts("ru", zone="Asia/Almaty").count("stories", 3)
    '3 истории'
    """

    def __init__(self, language: Interface, *, zone: str) -> None:
        self.language = language
        self.zone = ZoneInfo(zone)
        self._locale = Locale.parse(_LOCALES[language])
        self._said = load_texts(language)
        # cached: Babel takes as long for one date as a template for a page
        self._dates: dict[tuple[str, date], str] = {}
        self.city = get_timezone_location(zone, locale=self._locale, return_city=True)

    def __call__(self, key: str, **values: object) -> str:
        """Return the text of a key, with these values in its placeholders."""
        return self._said[key].format(**values) if values else self._said[key]

    def count(self, key: str, number: int) -> str:
        """Return the text of a key in the plural form for the number, which replaces {n}."""
        forms = self._said[key].split("|")
        rule = self._locale.plural_form(number)
        names = _FORMS[self.language]
        return forms[names.index(rule) if rule in names else -1].format(n=self.number(number))

    def number(self, number: float) -> str:
        """Return a number such as «12 345»."""
        return str(format_decimal(number, locale=self._locale))

    def percent(self, share: float) -> str:
        """Return a share (0 to 1) in whole percents."""
        return str(format_percent(share, locale=self._locale))

    def duration(self, seconds: float) -> str:
        """Return a duration in its largest fitting unit: «40 секунд», «7 минут», «2,5 часа», «3 дня»."""
        for unit, size, most in (("second", 1, _MINUTE), ("minute", _MINUTE, 90 * _MINUTE), ("hour", _HOUR, 2 * _DAY)):
            if seconds < most:
                rounded = round(seconds / size, 1 if unit == "hour" else None)
                return format_unit(rounded, f"duration-{unit}", locale=self._locale)
        return format_unit(round(seconds / _DAY), "duration-day", locale=self._locale)

    # ── times ──────────────────────────────────────────────────────────────────────────────────

    def local(self, at: datetime) -> datetime:
        """Return the instant in the zone."""
        return at.astimezone(self.zone)

    def moment(self, at: datetime) -> str:
        """Return «22 ноября 2026, 14:05», in the zone."""
        local = self.local(at)
        return f"{self.day(local)}, {local:%H:%M}"

    def day(self, day: date) -> str:
        """Return «22 ноября 2026»."""
        return self._date("format_day", day)

    def month(self, month: str) -> str:
        """Return «ноябрь 2026» for "2026-11"."""
        return self._date("format_month", date.fromisoformat(f"{month}-01"))

    def month_alone(self, month: str) -> str:
        """Return «ноябрь» for "2026-11"."""
        return self._date("format_month_alone", date.fromisoformat(f"{month}-01"))

    def _date(self, key: str, day: date) -> str:
        wanted = (key, date(day.year, day.month, day.day))
        if wanted not in self._dates:
            self._dates[wanted] = format_date(day, self._said[key], locale=self._locale)
        return self._dates[wanted]

    # ── names ──────────────────────────────────────────────────────────────────────────────────

    def topic(self, topic: SiteTopic | TopicRules) -> str:
        """Return the title of a topic: its translation into this language, else the title in keywords.yaml."""
        return self._said.get(f"topic_{topic.id}", topic.title)

    def tag(self, topic: SiteTopic | TopicRules) -> str:
        """Return the topic's hashtag as posts in the channel have it: «#экстрадиция»."""
        return f"#{self._said.get(f'tag_{topic.id}', topic.hashtag)}"

    def sight(self, sight: Sight, *, is_first: bool = False) -> str:
        """Return what a look at a page found, in words; `is_first` means that no earlier look saw the page."""
        usual = self._said[f"sight_{sight.value}"]
        return self._said.get(f"sight_first_{sight.value}", usual) if is_first else usual

    def place(self, place: str) -> str:
        """Return the name of a town of Kazakhstan by its key in text/languages/places.py; "" for any other place."""
        names = towns().get(place)
        return names[INTERFACES.index(self.language)] if names else ""


def believable(at: datetime | None) -> bool:
    """Whether a time given by an outlet is plausible."""
    return at is not None and at.year in _YEARS


@cache
def load_texts(language: Interface) -> Mapping[str, str]:
    """Return the texts of a language by key."""
    return tomllib.loads((files("monitor.site") / "texts" / f"{language}.toml").read_text(encoding="utf-8"))


@cache
def towns() -> Mapping[str, tuple[str, str, str]]:
    """Return the names of the towns by key, in the order of `INTERFACES`."""
    return tomllib.loads((files("monitor.site") / "texts" / "towns.toml").read_text(encoding="utf-8"))
