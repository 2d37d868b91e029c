"""Written dates → instants. What feeds, posts and pages write is read here, and nothing is guessed silently.

Forms: RFC 822, ISO 8601, `20.11.2026 14:05`, epoch seconds, and Russian, Kazakh and English month names in any
order of words. All of Kazakhstan is UTC+5 since 2024-03-01 and parts were UTC+6 before: zones are always
`zoneinfo` names, never fixed hours.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_LONGEST = 120  # no date is written longer
_SLACK = timedelta(hours=24)  # wrong zones and dates set ahead by a day at most are ordinary

_MONTH_STEMS = (
    ("jan", "янв", "қаңтар"),
    ("feb", "фев", "ақпан"),
    ("mar", "мар", "наурыз"),
    ("apr", "апр", "сәуір"),
    ("may", "май", "мая", "мамыр"),
    ("jun", "июн", "маусым"),
    ("jul", "июл", "шілде"),
    ("aug", "авг", "тамыз"),
    ("sep", "сен", "қыркүйек"),
    ("oct", "окт", "қазан"),
    ("nov", "ноя", "қараша"),
    ("dec", "дек", "желтоқсан"),
)
_MONTHS = {stem: number for number, stems in enumerate(_MONTH_STEMS, start=1) for stem in stems}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))

_YEAR_FIRST = re.compile(r"(?<!\d)(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4})(?!\d)")
_NAMED = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})[\s.,-]+(?P<name>{_MONTH})[^\W\d_]*[\s.,-]*(?P<year>\d{{4}}|\d\d(?![\d:]))?"
)
_NAMED_FIRST = re.compile(rf"(?P<name>{_MONTH})[^\W\d_]*\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})")
_NAMED_LAST = re.compile(rf"(?P<year>\d{{4}})\s*(?:жылғы|жылы|жыл|ж\.?|,)?\s*(?P<day>\d{{1,2}})\s+(?P<name>{_MONTH})")
_DATES = (_YEAR_FIRST, _DAY_FIRST, _NAMED_LAST, _NAMED, _NAMED_FIRST)
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)t(?P<rest>\d{4,6})")
_TIME = re.compile(r"(?<![\d+:-])(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?![\d:])")
_OFFSET = re.compile(r"(?:gmt|utc|мск)?\s*(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?(?!\d|[-.]\d)")
_ZONE = re.compile(r"(?<![a-zа-я])(?P<name>[a-zа-я]{1,5})(?![a-zа-я])")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")

_ZONES = {
    **dict.fromkeys(("z", "gmt", "utc", "ut", "wet"), "UTC"),
    **dict.fromkeys(("msk", "msd", "мск"), "Europe/Moscow"),
    **dict.fromkeys(("almt", "alma"), "Asia/Almaty"),
    **dict.fromkeys(("aqtt", "aqt"), "Asia/Aqtau"),
    "orat": "Asia/Oral",
    "qyzt": "Asia/Qyzylorda",
    "kgt": "Asia/Bishkek",
    "uzt": "Asia/Tashkent",
    "tjt": "Asia/Dushanbe",
    "tmt": "Asia/Ashgabat",
    "yekt": "Asia/Yekaterinburg",
    "omst": "Asia/Omsk",
    "samt": "Europe/Samara",
    **dict.fromkeys(("cet", "cest"), "Europe/Berlin"),
    **dict.fromkeys(("eet", "eest"), "Europe/Kyiv"),
    "bst": "Europe/London",
    **dict.fromkeys(("est", "edt"), "America/New_York"),
    **dict.fromkeys(("cst", "cdt"), "America/Chicago"),
    **dict.fromkeys(("mst", "mdt"), "America/Denver"),
    **dict.fromkeys(("pst", "pdt"), "America/Los_Angeles"),
}


def parse(raw: str, *, tz: str, now: datetime) -> datetime | None:
    """The instant `raw` names, in UTC; None if it names none, or one more than a day after `now`.

    `tz` is the zone of a date that names none; `now` settles the year of a date without one: the latest year
    that does not put it more than a day ahead. A date without a time is the beginning of its day.
    """
    text = " ".join(raw[:_LONGEST].split()).lower()
    try:
        instant = _epoch(text) or _written(text, ZoneInfo(tz), now)
    except (ValueError, OverflowError):  # the 31st of February, the year 0
        return None
    return instant if instant and instant <= now + _SLACK else None


def _epoch(text: str) -> datetime | None:
    if not _EPOCH.fullmatch(text):
        return None
    return datetime.fromtimestamp(int(text[:10]), UTC)


def _written(text: str, zone: tzinfo, now: datetime) -> datetime | None:
    text = _COMPACT.sub(_spread, text)
    found = next((match for pattern in _DATES if (match := pattern.search(text))), None)
    if found is None:
        return None
    rest = f"{text[: found.start()]} {text[found.end() :].removeprefix('t')}"
    parts = found.groupdict()
    month = _MONTHS[parts["name"]] if parts.get("name") else int(parts["month"])
    hour, minute, second = _time(rest)
    own_zone = _zone(rest) or zone

    def in_year(year: int) -> datetime:
        naive = datetime(year, month, int(parts["day"]), hour, minute, min(second, 59), tzinfo=own_zone)
        return naive.astimezone(UTC)

    if parts["year"]:
        return in_year(_full_year(parts["year"]))
    this_year = in_year(now.year)
    return this_year if this_year <= now + _SLACK else in_year(now.year - 1)


def _spread(compact: re.Match[str]) -> str:
    digits = compact["rest"]
    time = ":".join(digits[index : index + 2] for index in range(0, len(digits) - 1, 2))
    return f"{compact['year']}-{compact['month']}-{compact['day']}t{time}"


def _full_year(year: str) -> int:
    return int(year) + 2000 if len(year) == 2 else int(year)


def _time(text: str) -> tuple[int, int, int]:
    found = _TIME.search(text)
    return (int(found["hour"]), int(found["minute"]), int(found["second"] or 0)) if found else (0, 0, 0)


def _zone(text: str) -> tzinfo | None:
    if found := _OFFSET.search(text):
        ahead = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
        return timezone(ahead if found["sign"] == "+" else -ahead)
    names = (_ZONES.get(found["name"]) for found in _ZONE.finditer(text))
    return next((ZoneInfo(name) for name in names if name), None)
