"""Written dates → instants, as feeds, posts and pages write them. Nothing is guessed silently.

Forms: RFC 822, ISO 8601, `20.11.2026 14:05`, epoch seconds, Russian, Kazakh and English month names in any order of
words, and what listing pages write: `14:33`, «вчера, 9:40», «5 минут назад», «2 сағат бұрын». All of Kazakhstan is
UTC+5 since 2024-03-01 and parts were UTC+6 before: zones are always `zoneinfo` names, never fixed hours.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_LONGEST = 120  # characters; no date is longer
_SLACK = timedelta(hours=24)  # wrong zones and dates up to a day ahead are ordinary

# Russian, Kazakh, Ukrainian, Uzbek; English, German, French, Spanish, Italian, Portuguese, Dutch; Polish, Czech,
# Turkish. A stem with a dot is an abbreviation; without it the letters would be another word.
_MONTH_STEMS = (
    "янв қаңтар қаң. січ yanv jan jän gennai enero stycz ledna ocak",
    "фев ақпан ақп. лют fevr feb fév fev luteg února şubat",
    "мар наурыз нау. берез mar mär maer mrz maart břez",
    "апр сәуір сәу. квіт apr avr abr kwiet dubna nisan",
    "май мая мамыр мам. трав may mai mayo maggi mei maja květ",
    "июн маусым мау. черв iyun jun juin giugn czerw června haziran",
    "июл шілде шіл. лип iyul jul juil lugli lipc července temmuz",
    "авг тамыз там. серп avg aug aoû aout agost sierp srpna ağustos",
    "сен қыркүйек қыр. верес sent sep settem setem wrześ září eylül",
    "окт қазан қаз. жовт okt oct ottob outub paźdz října ekim",
    "ноя қараша қар. листопада noya nov listopad kasım",
    "дек желтоқсан жел. груд dek dec dez déc dic grudn prosin aralık",
)
_MONTHS = {stem: number for number, stems in enumerate(_MONTH_STEMS, start=1) for stem in stems.split()}
_MONTH = "|".join(re.escape(stem) for stem in sorted(_MONTHS, key=len, reverse=True))
_ENDING = r"[^\W\d_]{0,12}+"  # what may follow a stem

_YEAR_FIRST = re.compile(r"(?<!\d)(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(
    r"(?<![\d.])(?P<day>\d{1,2})(?:[-/]|\. ?)(?P<month>\d{1,2})(?:[-/]|\. ?)(?P<year>\d{4}|\d\d(?![\d:.]))(?!\d)"
)
_NAMED = re.compile(
    rf"(?<![\d:])(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º)?[\s.,/-]*(?:(?:of|de)\s+)?(?P<name>{_MONTH}){_ENDING}[\s.,/-]*"
    r"(?:del?\s+)?['’]?(?P<year>\d{4}|\d\d(?![\d:]))?"
)
_NAMED_FIRST = re.compile(
    rf"(?P<name>{_MONTH}){_ENDING}\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s,]+"
    r"(?:(?P<clock>\d\d:\d\d(?::\d\d)?)\s+)?(?P<year>\d{4})"  # asctime has the time before the year
)
_NAMED_LAST = re.compile(rf"(?P<year>\d{{4}})\s*(?:жылғы|жылы|жыл|ж\.?|,)?\s*(?P<day>\d{{1,2}})\s+(?P<name>{_MONTH})")
_DATES = (_YEAR_FIRST, _DAY_FIRST, _NAMED_LAST, _NAMED, _NAMED_FIRST)
_SHORT_DATES = (_DAY_FIRST, _NAMED)  # the year may be short or missing
_FULL_YEAR = re.compile(r"\d{4}")
_COMPACT = re.compile(r"(?P<year>\d{4})-?(?P<month>\d\d)-?(?P<day>\d\d)t(?P<rest>\d{4,6})(?!\d)")
_TIME = re.compile(r"(?<![\d+:-])(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d{1,2}))?(?![\d:])")
_OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?(?!\d|[-.]\d)")
_ZONE = re.compile(r"(?<![a-zа-я])(?P<name>[a-zа-я]{1,5})(?![a-zа-я])")
_HALF = re.compile(r"\d\s*(?P<half>[ap])\.?m\b")
_PLAIN = re.compile(  # RFC 822 as nearly every feed has it: matched at once, without a search
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun), )?(?P<day>\d{1,2}) (?P<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r" (?P<year>\d{4}) (?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
    r" (?:gmt|(?P<sign>[+-])(?P<hours>[01]\d)(?P<minutes>[0-5]\d))"
)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")

_UNITS = (
    (timedelta(seconds=1), "сек|sec"),
    (timedelta(minutes=1), "мин|min"),
    (timedelta(hours=1), "час|сағ|hour|hr"),
    (timedelta(days=1), "дн|ден|күн|day|сут"),
    (timedelta(days=7), "нед|апта|week"),
)
_AGO = re.compile(
    rf"(?:(?:(?P<count>\d{{1,3}})|один|одну|бір|an?) ?)?(?P<unit>{'|'.join(stems for _, stems in _UNITS)}){_ENDING}\.?"
    r" ?(?:назад|бұрын|ago)"
)
_HALF_AN_HOUR_AGO = re.compile(r"пол\s?часа назад|жарты сағат бұрын")
_JUST_NOW = re.compile(r"только что|сейчас|жаңа ғана|қазір|just now")
_DAYS_AGO = {"сегодня": 0, "бүгін": 0, "today": 0, "вчера": 1, "кеше": 1, "yesterday": 1, "позавчера": 2}
_DAY_WORD = re.compile(rf"(?<![^\W\d_])(?P<day>{'|'.join(_DAYS_AGO)})(?![^\W\d_])")
_TIME_ALONE = re.compile(r"(?:в|сағат)?\s*\d{1,2}:\d\d(?::\d\d)?")
_LETTERS = re.compile(r"[^\W\d_]")
_MOST_DATES = 2  # in one line: of publication and of a change
_MOST_LETTERS = 10  # of a weekday and «в»; a line with more letters says something else
_LONGEST_RELATIVE = 40  # characters; in a longer text «вчера» is part of a sentence

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
    # these say themselves whether it is summer time, rightly or not; Etc zones have reversed signs
    **dict.fromkeys(("cet", "bst"), "Etc/GMT-1"),
    **dict.fromkeys(("cest", "eet"), "Etc/GMT-2"),
    "eest": "Etc/GMT-3",
    "edt": "Etc/GMT+4",
    **dict.fromkeys(("est", "cdt"), "Etc/GMT+5"),
    **dict.fromkeys(("cst", "mdt"), "Etc/GMT+6"),
    **dict.fromkeys(("mst", "pdt"), "Etc/GMT+7"),
    "pst": "Etc/GMT+8",
}


def parse(raw: str, *, tz: str, now: datetime, month_first: bool = False) -> datetime | None:
    """Return the instant that `raw` names, in UTC and not after `now`; None if there is none, or it is over a day
    ahead.

    `tz` is the zone of a date without one. A date without a year gets the latest year that does not put it more than a
    day after `now`. A time alone is the last time it was so late. A date without a time is the beginning of its day. An
    instant up to a day ahead (a wrong zone, a pinned advert) becomes `now`. `month_first`: `11/12/2026` is the 12th of
    November, as Americans write it.
    """
    text = " ".join(raw[:_LONGEST].split()).lower()
    try:
        if plain := _PLAIN.fullmatch(text):
            instant: datetime | None = _plain(plain)
        else:
            written = _written(text, ZoneInfo(tz), now, month_first=month_first)
            instant = _epoch(text) or written or _relative(text, ZoneInfo(tz), now)
    except (ValueError, OverflowError):  # the 31st of February, the year 0
        return None
    return min(instant, now) if instant and instant <= now + _SLACK else None


def in_line(raw: str, *, tz: str, now: datetime, month_first: bool = False) -> datetime | None:
    """Parse a date in a line of a page, as `parse` does.

    A day without a year, or relative to now, must be all that the line says.
    """
    text = " ".join(raw[:_LONGEST].split()).lower()
    date = _date(text)
    says_when = date or _AGO.search(text) or _DAY_WORD.search(text)
    if not says_when or not ((date and date["year"]) or is_alone(raw)):
        return None
    return parse(raw, tz=tz, now=now, month_first=month_first)


def is_alone(raw: str) -> bool:
    """Whether a line is a date and nothing else: «пт, 20 ноября 2026 г., 14:05», «вчера, 9:40», «2 hours ago»."""
    text = said = " ".join(raw[:_LONGEST].split()).lower()
    for _ in range(_MOST_DATES):
        date = _date(said)
        said = said.replace(date[0], " ") if date else said
    said = _AGO.sub(" ", _DAY_WORD.sub(" ", said))
    return said != text and len(raw) < _LONGEST and len(_LETTERS.findall(_TIME.sub(" ", said))) <= _MOST_LETTERS


def from_headline(pasted: str) -> str:
    """Drop the first line of a text copied from a page if it is only the date of publication."""
    first, _, rest = pasted.partition("\n")
    return rest.lstrip("\n") if is_alone(first) and rest.strip() else pasted


def _date(text: str) -> re.Match[str] | None:
    patterns = _DATES if _FULL_YEAR.search(text) else _SHORT_DATES
    return next((match for pattern in patterns if (match := pattern.search(text))), None)


def _epoch(text: str) -> datetime | None:
    if not _EPOCH.fullmatch(text):
        return None
    return datetime.fromtimestamp(int(text[:10]), UTC)


def _plain(date: re.Match[str]) -> datetime:
    ahead = timedelta(hours=int(date["hours"] or 0), minutes=int(date["minutes"] or 0))
    year, month, day = int(date["year"]), _MONTHS[date["name"]], int(date["day"])
    at = datetime(year, month, day, int(date["hour"]), int(date["minute"]), min(int(date["second"]), 59), tzinfo=UTC)
    return at + ahead if date["sign"] == "-" else at - ahead


def _written(text: str, zone: tzinfo, now: datetime, *, month_first: bool) -> datetime | None:
    text = _COMPACT.sub(_spread, text)
    date = _date(text)
    if date is None:
        return None
    parts = date.groupdict()
    rest = f"{text[: date.start()]} {parts.get('clock') or ''} {text[date.end() :].removeprefix('t')}"
    day, month = int(parts["day"]), _MONTHS[parts["name"]] if parts.get("name") else int(parts["month"])
    if date.re is _DAY_FIRST and (month > 12 or (month_first and "/" in date[0] and day <= 12)):
        day, month = month, day
    hour, minute, second = _time(rest)
    own_zone = _zone(rest) or zone

    def in_year(year: int) -> datetime:
        naive = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=own_zone)
        return naive.astimezone(UTC)

    if parts["year"]:
        return in_year(_full_year(parts["year"]))
    this_year = in_year(now.year)
    return this_year if this_year <= now + _SLACK else in_year(now.year - 1)


def _relative(text: str, zone: tzinfo, now: datetime) -> datetime | None:
    """Return an instant relative to now: an age, a day's name with or without a time, a time alone; else None."""
    if len(text) > _LONGEST_RELATIVE:
        return None
    if _HALF_AN_HOUR_AGO.search(text):
        return now - timedelta(minutes=30)
    if ago := _AGO.search(text):
        return now - _unit(ago["unit"]) * int(ago["count"] or 1)
    day = _DAY_WORD.search(text)
    if day or _TIME_ALONE.fullmatch(text):
        return _on_day(text, _DAYS_AGO[day["day"]] if day else None, zone, now)
    return now if _JUST_NOW.search(text) else None


def _unit(stem: str) -> timedelta:
    return next(unit for unit, stems in _UNITS if stem in stems.split("|"))


def _on_day(text: str, days_ago: int | None, zone: tzinfo, now: datetime) -> datetime:
    hour, minute, second = _time(text)
    today = now.astimezone(zone).replace(hour=hour, minute=minute, second=min(second, 59), microsecond=0)
    at = (today - timedelta(days=days_ago or 0)).astimezone(UTC)
    return at - timedelta(days=1) if days_ago is None and at > now else at


def _spread(compact: re.Match[str]) -> str:
    digits = compact["rest"]
    time = ":".join(digits[index : index + 2] for index in range(0, len(digits) - 1, 2))
    return f"{compact['year']}-{compact['month']}-{compact['day']}t{time}"


def _full_year(year: str) -> int:
    return int(year) + (2000 if year < "70" else 1900) if len(year) == 2 else int(year)


def _time(text: str) -> tuple[int, int, int]:
    """Return hour, minute and second; midnight if the text has no time."""
    time = _TIME.search(text)
    if time is None:
        return 0, 0, 0
    hour, half = int(time["hour"]), _HALF.search(text)
    if half and hour <= 12:
        hour = hour % 12 + (12 if half["half"] == "p" else 0)
    return hour, int(time["minute"]), int(time["second"] or 0)


def _zone(text: str) -> tzinfo | None:
    if offset := _OFFSET.search(text):
        ahead = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
        return timezone(ahead if offset["sign"] == "+" else -ahead)
    names = (_ZONES.get(word["name"]) for word in _ZONE.finditer(text))
    return next((ZoneInfo(name) for name in names if name), None)
