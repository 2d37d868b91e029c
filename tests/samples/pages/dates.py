"""The day on which every made-up page of newsrooms.py, builders.py and shapes.py says it was published, as sites write it."""

from datetime import date

POSTED = date(2026, 11, 20)
ISO = "2026-11-20T14:05:00+05:00"
UPDATED = "2026-11-21T09:30:00+05:00"
ANOTHER = "2026-11-19T08:00:00+05:00"  # of another article, earlier
LATER = "2026-11-21T20:15:00+05:00"  # of a comment or a newer article

_NAMED = {
    "ru": "{day} ноября 2026, 14:05",
    "kk": "2026 жылғы {day} қараша, 14:05",
    "en": "November {day}, 2026",
    "de": "{day}. November 2026, 14:05 Uhr",
}
_WEEKDAY = {
    "ru": "пятница, {day} ноября 2026 г.",
    "kk": "{day} қараша, 2026 ж.",
    "en": "Friday, {day} November 2026",
    "de": "Freitag, {day}. November 2026",
}
_SHORT = {"ru": "{day} нояб. 2026 г.", "kk": "{day} қар. 2026 ж.", "en": "Nov {day}, 2026", "de": "{day}. Nov. 2026"}
PUBLISHED = {"ru": "Опубликовано", "kk": "Жарияланды", "en": "Published", "de": "Veröffentlicht am"}
CHANGED = {"ru": "Обновлено", "kk": "Жаңартылды", "en": "Updated", "de": "Aktualisiert am"}


def named(lang: str, day: int = 20) -> str:
    """`20 ноября 2026, 14:05`."""
    return _NAMED[lang].format(day=day)


def weekday(lang: str, day: int = 20) -> str:
    """`пятница, 20 ноября 2026 г.`."""
    return _WEEKDAY[lang].format(day=day)


def short(lang: str, day: int = 20) -> str:
    """`20 нояб. 2026 г.`."""
    return _SHORT[lang].format(day=day)
