"""The archive as data for programs and spreadsheets: JSON lines, CSV, and a sheet that describes them.

Stories are written one at a time, so that a hundred thousand take no more memory than one.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

from monitor.models.site import SiteAbout, SiteStory, SiteTelling, StoryBrief, TopicRules
from monitor.site.outputs.xml_writer import iri, rfc3339, writable
from monitor.site.page import SITE_NAME, Page, story_path
from monitor.text.telegram_html import line

JSON_LINES, CSV, SHEET = "data/stories.jsonl", "data/stories.csv", "data/README.md"

_LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BETWEEN: Final = "; "
_CELL_UNITS: Final = 2_000


def json_line(story: SiteStory, about: SiteAbout) -> bytes:
    """Return a story with all its tellings as one line of `JSON_LINES`."""
    return json.dumps(_record(story, about), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def table(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines as CSV (RFC 4180), one row per story with the first of its tellings.

    It begins with a byte order mark: without one, Excel reads UTF-8 as the code page of its Windows, and people open
    this file in Excel; programs have the JSON lines.
    """
    yield b"\xef\xbb\xbf" + _row(_COLUMNS)
    for record in map(json.loads, lines):
        yield _row([cell(record) for cell in _COLUMNS.values()])


def sheet(about: SiteAbout) -> Page:
    """Return the description of the data in Russian and English: fields, licence, limits, measured precision."""
    fields = "\n".join(f"| `{name}` | {russian} | {english} |" for name, russian, english in _FIELDS)
    telling_fields = "\n".join(f"| `{name}` | {russian} | {english} |" for name, russian, english in _TELLING_FIELDS)
    body = _SHEET.format(
        site=SITE_NAME, fields=fields, tellings=telling_fields, columns=", ".join(f"`{name}`" for name in _COLUMNS),
        outlets=len(about.outlets), precision=_precision(about.topics), licence=_LICENCE,
        address=f" <{about.address}>" if about.address else "",
    )  # fmt: skip
    return Page(SHEET, writable(body).encode())


def _record(story: SiteStory, about: SiteAbout) -> dict[str, Any]:
    brief = story.brief
    return {
        "id": brief.id,
        "page": about.address + story_path(brief.id),
        "posted_at": rfc3339(brief.posted_at),
        "updated_at": rfc3339(brief.updated_at),
        "title": writable(brief.title),
        "languages": list(brief.languages),
        "topics": [topic.id for topic in brief.topics],
        "places": [writable(place) for place in brief.places],
        "counts": list(brief.counts),
        "case": brief.case,
        "delay_seconds": None if brief.delay is None else round(brief.delay),
        "follows": story.follows,
        "post": story.post_url,
        "retracted": _retracted(brief),
        "tellings": [_told(telling) for telling in story.tellings],
    }


def _retracted(brief: StoryBrief) -> dict[str, Any] | None:
    return {"at": rfc3339(brief.retracted.at), "why": writable(brief.retracted.why)} if brief.retracted else None


def _told(telling: SiteTelling) -> dict[str, Any]:
    return {
        "outlet": writable(telling.outlet),
        "url": iri(telling.url),
        "language": telling.language,
        "published_at": rfc3339(telling.published_at) if telling.published_at else None,
        "seen_at": rfc3339(telling.seen_at),
        "headline": writable(telling.headline.text),
        "former_title": writable(telling.former_title),
        "quotes": [writable(quote.text) for quote in telling.quotes],
    }


# ── the table ──────────────────────────────────────────────────────────────────────────────────

_Record = Mapping[str, Any]


def _same(field: str) -> Callable[[_Record], object]:
    return itemgetter(field)


def _joined(field: str) -> Callable[[_Record], object]:
    return lambda record: _BETWEEN.join(record[field])


def _first(field: str) -> Callable[[_Record], object]:
    return lambda record: record["tellings"][0][field] if record["tellings"] else ""


_COLUMNS: Final[Mapping[str, Callable[[_Record], object]]] = {
    **{field: _same(field) for field in ("id", "posted_at", "updated_at", "title")},
    **{field: _first(field) for field in ("outlet", "url", "published_at")},
    "outlets": lambda record: _BETWEEN.join(dict.fromkeys(telling["outlet"] for telling in record["tellings"])),
    **{field: _joined(field) for field in ("languages", "topics", "places", "counts")},
    **{field: _same(field) for field in ("case", "delay_seconds")},
    "quote": lambda record: next(iter(record["tellings"][0]["quotes"]), "") if record["tellings"] else "",
    "page": _same("page"),
    "retracted": lambda record: record["retracted"]["why"] if record["retracted"] else "",
}


def _row(cells: Iterable[object]) -> bytes:
    written = io.StringIO(newline="")
    # the csv module's default dialect is that of RFC 4180
    csv.writer(written).writerow([_cell(cell) for cell in cells])
    return written.getvalue().encode()


def _cell(value: object) -> object:
    """Return text as one line; text that a spreadsheet would take for a formula gets an apostrophe before it."""
    if not isinstance(value, str):
        return value
    shown = line(writable(value), _CELL_UNITS)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown


# ── the sheet ──────────────────────────────────────────────────────────────────────────────────

_FIELDS: Final = (
    ("id", "номер новости в архиве", "the story's number in the archive"),
    ("page", "её страница, без адреса архива — от его корня", "its page, from the root where there is no address"),
    ("posted_at", "когда её показал канал (UTC)", "when the channel showed it (UTC)"),
    ("updated_at", "когда она менялась в последний раз", "when it changed last"),
    ("title", "заголовок первого издания", "the first outlet's headline"),
    ("languages", "языки изданий: `ru`, `kk`", "languages of its outlets: `ru`, `kk`"),
    ("topics", "темы", "topics"),
    ("places", "названные города Казахстана, по-русски", "towns of Kazakhstan that it names, in Russian"),
    ("counts", "счётчики графиков, к которым она относится", "the charts' counters that count it"),
    ("case", "номер дела, если редакторы его открыли", "the number of its case, if editors have opened one"),
    ("delay_seconds", "секунд от публикации в издании до канала", "seconds from its publication to the channel"),
    ("follows", "номер новости, которую она продолжает", "the story that it goes on"),
    ("post", "адрес поста в канале", "the post in the channel"),
    ("retracted", "опровергнута: с какого времени (`at`) и почему (`why`); `null` — в силе",
     "retracted: since when (`at`), why (`why`); `null`: it stands"),
    ("tellings", "кто об этом написал: см. ниже", "who told it: see below"),
)  # fmt: skip
_TELLING_FIELDS: Final = (
    ("outlet", "издание", "outlet"),
    ("url", "адрес статьи", "address of the article"),
    ("language", "её язык; `null` — не определён", "its language; `null`: not known"),
    ("published_at", "когда вышла, по словам издания", "when it came out, as the outlet says"),
    ("seen_at", "когда её прочёл монитор", "when the monitor read it"),
    ("headline", "заголовок", "headline"),
    ("former_title", "прежний заголовок, если издание его изменило", "the headline before the outlet changed it"),
    ("quotes", "до трёх предложений, из-за которых она здесь", "at most three sentences for which it is here"),
)
_SHEET: Final = """\
# {site}: данные · data{address}

- `stories.jsonl` — одна новость в строке, JSON, UTF-8 · one story a line.
- `stories.csv` — то же таблицей, из рассказов только первый · the same as a table, of the tellings only the first:
  {columns}. RFC 4180, UTF-8 с BOM, чтобы Excel открыл её правильно (в pandas — `encoding="utf-8-sig"`). Перед `=`, `+`,
  `-`, `@` в начале ячейки стоит апостроф: так таблица не примет чужой заголовок за формулу · a cell that begins like a
  formula has an apostrophe before it.

## Поля · Fields

| Поле | Что это | Meaning |
|---|---|---|
{fields}

В `tellings` · in `tellings`:

| Поле | Что это | Meaning |
|---|---|---|
{tellings}

## Лицензия · Licence

Наши слова и отбор — CC BY 4.0 ({licence}): берите, называя источник.
Заголовки и цитаты принадлежат изданиям и приведены как цитаты со ссылкой.

Our own words and the selection: CC BY 4.0. Headlines and quotes belong to their outlets and are quoted with a link.

## Чего здесь нет · What is not in it

Это новости, а не события: об одном событии может быть несколько новостей, о многих — ни одной. Здесь только то, что
показал канал, из {outlets} источников; нет текстов статей, нет отклонённого редакторами, нет того, о чём никто не
написал, и нет снятого с архива. По числу новостей нельзя судить о числе людей. Время — по словам изданий;
`delay_seconds` пуст там, где оно неправдоподобно.

These are stories in the press, not events: some events have several, many have none. Only what the channel has shown
is here, from {outlets} sources: no texts of articles, nothing that editors rejected or took down, nothing that nobody
wrote about. Numbers of stories are no numbers of people. Times are the outlets' own; `delay_seconds` is empty where
they cannot be believed.

## Точность · Precision

Какая доля того, что правила темы отправили в канал или редакторам, оказалась по теме — по решениям редакторов. Полнота
так не измеряется.

Of what a topic's rules sent to the channel or to editors, how much was right, by the editors' decisions. It says
nothing of what was missed.

| Тема · Topic | Верно · Right | Мимо · Wrong | Точность · Precision |
|---|---|---|---|
{precision}
"""


def _precision(topics: Sequence[TopicRules]) -> str:
    rows = []
    for topic in topics:
        share = topic.precision.share
        shown = "—" if share is None else f"{share:.0%}"
        title = line(topic.title, 200).replace("|", "\\|")
        rows.append(f"| {title} (`{topic.id}`) | {topic.precision.published} | {topic.precision.rejected} | {shown} |")
    return "\n".join(rows)
