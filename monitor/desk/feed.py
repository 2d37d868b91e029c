"""One feed: how it does, what it brought and what became of that; its stanza as a form, tried before it is saved."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from monitor.desk.feeds import DAYS, LATELY, Health, mornings, state
from monitor.desk.pages import back, form_of, initial_of, page
from monitor.desk.template_globals import globals_for
from monitor.edits.feeds import feeds_file
from monitor.edits.feeds.feed_list import FeedList, OpenedList
from monitor.edits.feeds.feed_trials import FeedTrial, FeedTrials
from monitor.edits.line_diff import ChangedLine, changed_lines
from monitor.errors import ConfigError, EditConflict, FeedError
from monitor.models.clock import Clock
from monitor.models.feeds import LONGEST_LINE, Feed
from monitor.models.labels import KINDS, LANGUAGES, ago, ahead, given_pause, sentence, span
from monitor.storage.desk.feed_activity import FeedActivity, FeedFigures, SeenEntry

AT_ONCE: Final = 10  # entries on a page
PAUSE: Final = timedelta(days=7)  # as long as the form proposes
_NOT_FOUND: Final = "Такой ленты нет: её убрали или назвали иначе."
PLAIN: Final = ("url", "kind", "lang", "interval", "group", "note")
TECHNICAL: Final = (  # folded away; a proxy and certificates are the operator's and are not edited here
    *("article", "listing.item", "listing.link", "listing.title", "listing.date", "fallback", "tz"),
)
FIELDS: Final = (*PLAIN, *TECHNICAL)
_ASKED: Final = ("paused_until", "paused_because")  # in the form of a pause
_READING: Final = ("url", "kind", "article", *(path for path in TECHNICAL if path.startswith("listing.")))
"""What a feed cannot be read without: a save that changes it is tried first."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What a page of a feed says beside how it does: what was typed, what came of a trial or of a save."""

    status: int = HTTPStatus.OK
    typed: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""
    refused: ConfigError | None = None  # why the file does not take it
    trial: FeedTrial | None = None
    lines: Sequence[ChangedLine] = ()  # of the file, as the edit would change them
    conflict: bool = False
    unread: str = ""  # why it is not saved without asking

    def lacking(self, changed: Collection[str]) -> str:
        """What did not come of the trial: news, or with a new selector their text; "" when all did."""
        if self.trial is None:
            return "новые настройки не удалось попробовать"
        if not self.trial.checkup.is_alive:
            return "по новым настройкам лента не читается"
        article = self.trial.article if "article" in changed else None
        return "по новому селектору текст статьи не нашёлся" if article and article.problem else ""


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
        self._zone, self._clock, self._shown = ZoneInfo(zone), clock, globals_for(zone)
        acts = {"pause": self._paused, "resume": self._resumed, "remove": self._removed}
        self.routes = [
            Route("/feeds/one", self._show),
            Route("/feeds/try", self._try, methods=["POST"]),
            Route("/feeds/save", self._save, methods=["POST"]),
            *(Route(f"/feeds/{name}", self._edit(act), methods=["POST"]) for name, act in acts.items()),
        ]

    async def _show(self, request: Request) -> Response:
        return await self._page(request, _name(request.query_params), _Answer())

    async def _try(self, request: Request) -> Response:
        """Read with what was typed, and save nothing."""
        form = await form_of(request)
        return await self._page(request, _name(form), await self._tried(_name(form), _typed(form)))

    async def _save(self, request: Request) -> Response:
        """Save what was typed; where nothing is read with it, ask first: a feed that works must not die of a slip."""
        form = await form_of(request)
        name, typed = _name(form), _typed(form)
        changed = await asyncio.to_thread(self._changed_reading, name, typed, form.get("digest", ""))
        if changed and form.get("anyway", "") != reading(typed):
            tried = await self._tried(name, typed)
            if not tried.refused and (lacking := tried.lacking(changed)):
                asked = replace(tried, status=HTTPStatus.UNPROCESSABLE_ENTITY, unread=lacking)
                return await self._page(request, name, asked)
        return await self._edited(request, form, self._settings)

    def _changed_reading(self, name: str, typed: Mapping[str, str], digest: str) -> frozenset[str]:
        """What of `_READING` differs from the file; nothing when the save will be refused anyway."""
        opened, said, _ = self._written(name)
        if opened is None or said is None or opened.digest != digest:
            return frozenset()
        return frozenset(path for path in _READING if path in typed and typed[path] != said.get(path, ""))

    async def _tried(self, name: str, typed: Mapping[str, str]) -> _Answer:
        lines: Sequence[ChangedLine] = ()
        try:
            lines, feed = await asyncio.to_thread(self._made, name, typed)
            return _Answer(typed=typed, trial=await self._trials.preview(feed), lines=lines)
        except ConfigError as error:
            return _Answer(status=HTTPStatus.BAD_REQUEST, typed=typed, refused=error)
        except FeedError as error:
            return _Answer(status=HTTPStatus.BAD_GATEWAY, typed=typed, trouble=error.message, lines=lines)

    def _made(self, name: str, typed: Mapping[str, str]) -> tuple[Sequence[ChangedLine], Feed]:
        """What would change in the file, and the feed as it would be. Raises ConfigError."""
        opened = self._list.open()
        made = feeds_file.set_keys(opened.text, name, typed, file=opened.file)
        feed = next(one for one in load_feeds(made, file=opened.file) if one.name == name)
        return changed_lines(opened.text, made), feed

    def _edit(self, act: _Act) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            return await self._edited(request, await form_of(request), act)

        return answer

    async def _edited(self, request: Request, form: Mapping[str, str], act: _Act) -> Response:
        name, digest = _name(form), form.get("digest", "")
        typed = {path: form[path].strip() for path in (*FIELDS, *_ASKED) if path in form}
        try:
            change, summary, to = act(form, name)
            initial = initial_of(request)
            saved = await asyncio.to_thread(self._list.edit, digest, change, initial=initial, summary=summary)
        except EditConflict as error:
            refused = _Answer(status=HTTPStatus.CONFLICT, typed=typed, trouble=str(error), conflict=True)
            return await self._page(request, name, refused)
        except ConfigError as error:
            refused = _Answer(status=HTTPStatus.BAD_REQUEST, typed=typed, refused=error)
            return await self._page(request, name, refused)
        log.info("a maintainer edited the feeds", action="desk", act=request.url.path, feed=name)
        if saved.version is None:
            return back(request, to, said="Менять нечего: в файле так и есть.")
        return back(request, to, said=" ".join(filter(None, [sentence(f"Сохранено: {summary}"), saved.trouble])))

    def _settings(self, form: Mapping[str, str], name: str) -> tuple[Callable[[str], str], str, str]:
        change = partial(feeds_file.set_keys, name=name, changes=_typed(form), file=self._list.file)
        return change, f"настройки ленты «{name}»", feed_address(name)

    def _paused(self, form: Mapping[str, str], name: str) -> tuple[Callable[[str], str], str, str]:
        try:
            until = date.fromisoformat(form.get("paused_until", ""))
        except ValueError as error:
            message = "выберите день, с которого читать ленту снова"
            raise ConfigError(message, file="", key="paused_until") from error
        today = self._clock().astimezone(self._zone).date()
        because = form.get("paused_because", "")
        change = partial(feeds_file.pause, name=name, until=until, because=because, today=today, file=self._list.file)
        return change, f"лента «{name}» на паузе до {until:%d.%m.%Y}: {because.strip()}", feed_address(name)

    def _resumed(self, _form: Mapping[str, str], name: str) -> tuple[Callable[[str], str], str, str]:
        change = partial(feeds_file.resume, name=name, file=self._list.file)
        return change, f"лента «{name}» читается снова", feed_address(name)

    def _removed(self, form: Mapping[str, str], name: str) -> tuple[Callable[[str], str], str, str]:
        if form.get("sure") != "yes":
            raise ConfigError("отметьте, что ленту надо убрать; ничего не сделано", file="")
        return partial(feeds_file.remove, name=name, file=self._list.file), f"убрана лента «{name}»", "/feeds?removed="

    async def _page(self, request: Request, name: str, answer: _Answer) -> Response:
        known = await asyncio.to_thread(self._known, name, answer)
        return page(request, "feeds_one.html", status=answer.status, **known, **self._shown)

    def _known(self, name: str, answer: _Answer) -> Mapping[str, Any]:
        now = self._clock()
        opened, written, trouble = self._written(name)
        known = self._health(now)
        health = next((one for one in (opened.health(known, now) if opened else known) if one.name == name), None)
        if health is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, answer.trouble or trouble or _NOT_FOUND)
        wrong = _beside(answer.refused, answer.typed) if answer.refused and not trouble else {}
        return {
            "name": name,
            "health": health,
            "state": state(health, self._zone),
            **self._brought(name, now),
            "opened": opened,
            "written": written,
            "typed": {path: answer.typed.get(path, (written or {}).get(path, "")) for path in FIELDS},
            "differing": [
                path
                for path in FIELDS
                if path in answer.typed and written and answer.typed[path] != written.get(path, "")
            ],
            "plain": PLAIN,
            "technical": TECHNICAL,
            "choices": {"kind": KINDS, "lang": {"": "не указан: русский и казахский", **LANGUAGES}},
            "reading": reading(answer.typed),
            "sentence": sentence,
            "answer": answer,
            "wrong": wrong,
            "trouble": _trouble(answer, wrong) or trouble,
            "paused": given_pause(health, self._zone),
            "longest_line": LONGEST_LINE,
            "because": answer.typed.get("paused_because", ""),
            "until": answer.typed.get("paused_until") or f"{now.astimezone(self._zone).date() + PAUSE:%Y-%m-%d}",
            "tomorrow": f"{now.astimezone(self._zone).date() + timedelta(days=1):%Y-%m-%d}",
            "ago": partial(ago, now=now),
            "ahead": partial(ahead, now=now),
        }

    def _written(self, name: str) -> tuple[OpenedList | None, Mapping[str, str] | None, str]:
        """The file, what its stanza says, what is wrong with it."""
        try:
            opened = self._list.open()
        except ConfigError as error:
            return None, None, str(error)
        try:
            return opened, feeds_file.read_keys(opened.text, name, file=opened.file), opened.trouble
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


def reading(typed: Mapping[str, str]) -> str:
    """What a feed would be read with: who has seen that it does not read may save just this."""
    return " ".join(typed.get(path, "") for path in _READING)


def _beside(refused: ConfigError, typed: Mapping[str, str]) -> Mapping[str, str]:
    """The reason by the field it belongs to; nothing when it belongs to none."""
    if refused.key == "url" and not typed.get("url"):
        return {"url": "напишите адрес"}
    inner = "listing.item" if refused.key == "listing" else f"listing.{refused.key}"
    path = next((path for path in (refused.key, inner) if path in (*FIELDS, *_ASKED)), "")
    return {path: refused.message} if path else {}


def _trouble(answer: _Answer, wrong: Mapping[str, str]) -> str:
    if wrong:
        return "Не сохранено: исправьте отмеченное."
    return str(answer.refused) if answer.refused else answer.trouble


def feed_address(name: str) -> str:
    """The page of a feed."""
    return f"/feeds/one?name={quote(name, safe='')}"
