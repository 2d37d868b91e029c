"""One feed: how it does, what it brought and what became of that; its stanza as a form, tried before it is saved."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from unicodedata import normalize
from urllib.parse import quote
from zoneinfo import ZoneInfo

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.config.feeds import load_feeds
from monitor.desk.charts import columns
from monitor.desk.feeds import DAYS, LATELY, Health, ago, mornings, state
from monitor.desk.pages import back, form_of, initial_of, page
from monitor.desk.shown import shown_by
from monitor.edits import feeds_file
from monitor.edits.feed_list import FeedList, OpenedList
from monitor.edits.feed_trials import FeedTrial, FeedTrials
from monitor.edits.line_diff import ChangedLine, changed_lines
from monitor.errors import ConfigError, EditConflict, FeedError
from monitor.models.clock import Clock
from monitor.models.feeds import FeedKind
from monitor.models.labels import span
from monitor.storage.desk.feed_activity import FeedActivity, FeedFigures, SeenEntry

AT_ONCE: Final = 10  # entries on a page
PAUSE: Final = timedelta(days=7)  # as long as the form proposes
_NOT_FOUND: Final = "Такой ленты нет: её убрали или назвали иначе."
FIELDS: Final = {  # what of a stanza is edited here; a proxy and certificates are the operator's
    "url": ("Адрес", "полный, https://…"),
    "kind": ("Вид", ""),
    "lang": ("Язык", ""),
    "tz": ("Часовой пояс дат без пояса", "например Asia/Almaty; пусто — UTC"),
    "interval": ("Как часто заходить", "10m, 1h; пусто — бот подбирает сам"),
    "fallback": ("Запасной адрес", "те же новости в другом месте"),
    "article": ("Селектор текста статьи", "например div.text"),
    "listing.item": ("Селектор одной новости", "только для вида html"),
    "listing.link": ("Селектор ссылки в ней", "пусто — первая"),
    "listing.title": ("Селектор заголовка в ней", "пусто — текст ссылки"),
    "listing.date": ("Селектор даты в ней", "пусто — элемент time"),
    "group": ("Группа", ""),
    "note": ("Заметка", "бот её не читает"),
}
_CHOICES: Final = {"kind": tuple(kind.value for kind in FeedKind), "lang": ("", "ru", "kk", "both")}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What a page of a feed says beside how it does: what was typed, what came of a trial or of a save."""

    status: int = HTTPStatus.OK
    typed: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""
    trial: FeedTrial | None = None
    lines: Sequence[ChangedLine] = ()  # of the file, as the edit would change them
    conflict: bool = False


_Act = Callable[[Mapping[str, str], str], tuple[Callable[[str], str], str, str]]


class FeedPage:
    """The page of a feed and what its forms do. `zone` is the maintainers' clock."""

    def __init__(
        self,
        *,
        feed_list: FeedList,
        trials: FeedTrials,
        health: Health,
        figures: FeedFigures,
        zone: str,
        clock: Clock,
    ) -> None:
        self._list, self._trials, self._health, self._figures = feed_list, trials, health, figures
        self._zone, self._clock, self._shown = ZoneInfo(zone), clock, shown_by(zone)
        acts = {"save": self._saved, "pause": self._paused, "resume": self._resumed, "remove": self._removed}
        self.routes = [
            Route("/feeds/one", self._show),
            Route("/feeds/try", self._try, methods=["POST"]),
            *(Route(f"/feeds/{name}", self._edit(act), methods=["POST"]) for name, act in acts.items()),
        ]

    async def _show(self, request: Request) -> Response:
        return await self._page(request, _name(request.query_params), _Answer())

    async def _try(self, request: Request) -> Response:
        """Read with what was typed, and save nothing."""
        form = await form_of(request)
        name = _name(form)
        lines: Sequence[ChangedLine] = ()
        try:
            opened = await asyncio.to_thread(self._list.open)
            made = await asyncio.to_thread(feeds_file.changed, opened.text, name, _typed(form), file=opened.file)
            lines = changed_lines(opened.text, made)
            feed = next(one for one in load_feeds(made, file=opened.file) if one.name == name)
            trial = await self._trials.preview(feed)
        except ConfigError as error:
            answer = _Answer(status=HTTPStatus.BAD_REQUEST, typed=_typed(form), trouble=str(error))
        except FeedError as error:
            answer = _Answer(status=HTTPStatus.BAD_GATEWAY, typed=_typed(form), trouble=error.message, lines=lines)
        else:
            answer = _Answer(typed=_typed(form), trial=trial, lines=lines)
        return await self._page(request, name, answer)

    def _edit(self, act: _Act) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            form = await form_of(request)
            name, digest = _name(form), form.get("digest", "")
            try:
                change, summary, to = act(form, name)
                edit = partial(self._list.edit, digest, change, initial=initial_of(request), summary=summary)
                saved = await asyncio.to_thread(edit)
            except EditConflict as error:
                refused = _Answer(status=HTTPStatus.CONFLICT, typed=_typed(form), trouble=str(error), conflict=True)
                return await self._page(request, name, refused)
            except ConfigError as error:
                refused = _Answer(status=HTTPStatus.BAD_REQUEST, typed=_typed(form), trouble=str(error))
                return await self._page(request, name, refused)
            log.info("a maintainer edited the feeds", action="desk", act=request.url.path, feed=name)
            if saved.version is None:
                return back(request, to, said="Менять нечего: в файле так и есть.")
            return back(request, to, said=" ".join(filter(None, [f"Сохранено: {summary}.", saved.git.trouble])))

        return answer

    def _saved(self, form: Mapping[str, str], name: str) -> tuple[Callable[[str], str], str, str]:
        typed = _typed(form)
        change = partial(feeds_file.changed, name=name, changes=typed, file=self._list.file)
        return change, f"настройки ленты «{name}»", _address(name)

    def _paused(self, form: Mapping[str, str], name: str) -> tuple[Callable[[str], str], str, str]:
        try:
            until = date.fromisoformat(form.get("until", ""))
        except ValueError as error:
            raise ConfigError("выберите день, с которого читать ленту снова", file="") from error
        today = self._clock().astimezone(self._zone).date()
        because = form.get("because", "")
        change = partial(feeds_file.paused, name=name, until=until, because=because, today=today, file=self._list.file)
        return change, f"лента «{name}» на паузе до {until:%d.%m.%Y}: {because.strip()}", _address(name)

    def _resumed(self, _form: Mapping[str, str], name: str) -> tuple[Callable[[str], str], str, str]:
        change = partial(feeds_file.resumed, name=name, file=self._list.file)
        return change, f"лента «{name}» читается снова", _address(name)

    def _removed(self, form: Mapping[str, str], name: str) -> tuple[Callable[[str], str], str, str]:
        if form.get("sure") != "yes":
            raise ConfigError("отметьте, что ленту надо убрать; ничего не сделано", file="")
        return partial(feeds_file.removed, name=name, file=self._list.file), f"убрана лента «{name}»", "/feeds"

    async def _page(self, request: Request, name: str, answer: _Answer) -> Response:
        known = await asyncio.to_thread(self._known, name, answer)
        return page(request, "feeds_one.html", status=answer.status, **known, **self._shown)

    def _known(self, name: str, answer: _Answer) -> Mapping[str, Any]:
        now = self._clock()
        health = next((one for one in self._health(now) if one.name == name), None)
        opened, written, trouble = self._written(name)
        if health is None and written is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, answer.trouble or trouble or _NOT_FOUND)
        return {
            "name": name,
            "health": health,
            "state": state(health, self._zone) if health else "сохранена; монитор возьмёт её за несколько секунд",
            **self._brought(name, now),
            "opened": opened,
            "written": written,
            "typed": {path: answer.typed.get(path, (written or {}).get(path, "")) for path in FIELDS},
            "differing": [path for path in answer.typed if written and answer.typed[path] != written.get(path, "")],
            "fields": FIELDS,
            "choices": _CHOICES,
            "answer": answer,
            "trouble": answer.trouble or trouble,
            "until": f"{now.astimezone(self._zone).date() + PAUSE:%Y-%m-%d}",
            "tomorrow": f"{now.astimezone(self._zone).date() + timedelta(days=1):%Y-%m-%d}",
            "ago": lambda at: ago(at, now),
            "ahead": lambda at: f"через {span(at - now)}" if at > now else "сейчас",
        }

    def _written(self, name: str) -> tuple[OpenedList | None, Mapping[str, str] | None, str]:
        """The file, what its stanza says, what is wrong with it."""
        try:
            opened = self._list.open()
        except ConfigError as error:
            return None, None, str(error)
        try:
            return opened, feeds_file.written(opened.text, name, file=opened.file), opened.trouble
        except ConfigError as error:
            return opened, None, opened.trouble or str(error)

    def _brought(self, name: str, now: datetime) -> Mapping[str, Any]:
        days = mornings(now, self._zone)
        activity = self._figures.activity(days, of=name).get(name, FeedActivity(by_day=(0,) * DAYS))
        delay = self._figures.delays(now - LATELY, of=name).get(name)
        labels = [f"{day.astimezone(self._zone):%d.%m}" for day in (days[0], days[-1])]
        said = f"Новых записей по дням, с {labels[0]} по {labels[1]}: {', '.join(map(str, activity.by_day))}"
        highest = str(max(activity.by_day))
        chart = columns(activity.by_day, first=labels[0], last=labels[1], highest=highest, said=said)
        entries: Sequence[SeenEntry] = self._figures.last(name, limit=AT_ONCE)
        return {
            "activity": activity,
            "delay": span(delay) if delay is not None else "",
            "chart": chart,
            "last": entries,
        }


def _name(given: Mapping[str, str]) -> str:
    """A name as feeds.yaml is read, however a browser composes its letters."""
    return normalize("NFC", given.get("name", ""))


def _typed(form: Mapping[str, str]) -> Mapping[str, str]:
    return {path: form[path].strip() for path in FIELDS if path in form}


def _address(name: str) -> str:
    return f"/feeds/one?name={quote(name, safe='')}"
