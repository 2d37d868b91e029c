"""New feeds: found behind an address and tried, or taken from the list of another reader; written to feeds.yaml."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.config.feed_writer import append_feeds
from monitor.desk.feed import feed_address
from monitor.desk.pages import back, form_of, initial_of, page
from monitor.desk.template_globals import globals_for
from monitor.edits.feeds.feed_import import ComparedList, compare
from monitor.edits.feeds.feed_list import FeedList, OpenedList
from monitor.edits.feeds.feed_trials import FeedTrials
from monitor.edits.feeds.feeds_file import feed_of
from monitor.errors import ConfigError, EditConflict, FeedError
from monitor.models.clock import Clock
from monitor.models.feeds import LONGEST_LINE, Feed
from monitor.models.labels import KINDS, LANGUAGES
from monitor.sources.discovery import FoundFeed
from monitor.sources.feeds import opml

LONGEST: Final = 1_000_000  # characters of a list
_BY: Final = "за столом"  # in the comment above a new stanza
_FIELDS: Final = ("name", "kind", "url", "lang", "tz", "interval")  # of a found feed's form
_NOT_UTF_8: Final = "Файл не в UTF-8: сохраните его в этой кодировке или возьмите командой monitor feeds import."

log = structlog.get_logger()


class FeedLists:
    """Pages on which feeds are added. `zone` is the maintainers' clock."""

    def __init__(
        self, *, feed_list: FeedList, trials: FeedTrials, allow_private: bool, zone: str, clock: Clock
    ) -> None:
        self._list, self._trials, self._allow_private = feed_list, trials, allow_private
        self._clock, self._zone, self._shown = clock, ZoneInfo(zone), globals_for(zone)
        self.routes = [
            Route("/feeds/add", self._ask),
            Route("/feeds/add", self._find, methods=["POST"]),
            Route("/feeds/add/save", self._add, methods=["POST"]),
            Route("/feeds/import", self._ask_for_list),
            Route("/feeds/import", self._compare, methods=["POST"]),
            Route("/feeds/import/save", self._import, methods=["POST"]),
        ]

    async def _ask(self, request: Request) -> Response:
        return self._adding(request)

    async def _find(self, request: Request) -> Response:
        asked = (await form_of(request)).get("address", "").strip()
        if not asked or len(asked) > 2_000:
            return self._adding(
                request, trouble="Напишите адрес ленты, сайта или канала.", status=HTTPStatus.BAD_REQUEST
            )
        opened = await asyncio.to_thread(self._list.open)
        try:
            feeds = await self._trials.search(asked, opened.feeds)
        except FeedError as error:
            return self._adding(request, asked=asked, trouble=error.message, status=HTTPStatus.BAD_GATEWAY)
        return self._adding(request, asked=asked, candidates=feeds, digest=opened.digest, trouble=opened.trouble)

    def _adding(
        self,
        request: Request,
        *,
        asked: str = "",
        candidates: Sequence[FoundFeed] | None = None,
        kept: Mapping[str, str] | None = None,
        digest: str = "",
        trouble: str = "",
        status: int = HTTPStatus.OK,
    ) -> Response:
        """`candidates` is None before any feed was looked for, `kept` is the form of one that was not accepted."""
        known: Mapping[str, Any] = {"asked": asked, "found": candidates, "kept": kept, "digest": digest}
        words = {"languages": LANGUAGES, "kinds": KINDS, "fields_of": _fields_of, "longest_line": LONGEST_LINE}
        return page(request, "feeds_add.html", status=status, trouble=trouble, **known, **words, **self._shown)

    async def _add(self, request: Request) -> Response:
        form = await form_of(request)
        kept = {path: form.get(path, "") for path in _FIELDS}
        refused = partial(self._adding, request, asked=kept["url"])
        digest = form.get("digest", "")
        try:
            opened = await asyncio.to_thread(self._list.open)
            digest = opened.digest
            feed = feed_of(form)
            compared = self._compared([feed], opened.feeds)
            for _, why in (*compared.known, *compared.refused):
                return refused(kept=kept, digest=digest, trouble=why, status=HTTPStatus.BAD_REQUEST)
            for name, why in compared.renamed.items():
                said = f"Не добавлено: {why}. Свободно имя «{name}»: возьмите его или напишите другое."
                named = kept | {"name": name}
                return refused(kept=named, digest=digest, trouble=said, status=HTTPStatus.BAD_REQUEST)
            return await self._append(request, form, compared.new, to=feed_address(feed.name))
        except EditConflict as error:
            return refused(kept=kept, digest=digest, trouble=str(error), status=HTTPStatus.CONFLICT)
        except ConfigError as error:
            return refused(kept=kept, digest=digest, trouble=error.message, status=HTTPStatus.BAD_REQUEST)

    async def _ask_for_list(self, request: Request) -> Response:
        return self._importing(request)

    async def _compare(self, request: Request) -> Response:
        form = await form_of(request)
        try:
            opened, compared = await asyncio.to_thread(self._sorted, _document(form))
        except ValueError as error:
            return self._importing(request, trouble=str(error), status=HTTPStatus.BAD_REQUEST)
        if opened.trouble:
            return self._importing(request, trouble=opened.trouble, status=HTTPStatus.CONFLICT)
        return self._importing(request, compared=compared, digest=opened.digest)

    def _importing(
        self,
        request: Request,
        *,
        compared: ComparedList | None = None,
        digest: str = "",
        trouble: str = "",
        status: int = HTTPStatus.OK,
    ) -> Response:
        document = opml.write(compared.new) if compared and compared.new else ""
        new = [(feed, compared.renamed.get(feed.name, "")) for feed in compared.new] if compared else []
        known: Mapping[str, Any] = {"compared": compared, "new": new, "document": document, "digest": digest}
        return page(request, "feeds_import.html", status=status, trouble=trouble, **known, **self._shown)

    async def _import(self, request: Request) -> Response:
        form = await form_of(request)
        try:
            _, compared = await asyncio.to_thread(self._sorted, _document(form))
            return await self._append(request, form, compared.new, to="/feeds?only=new")
        except EditConflict as error:
            return self._importing(request, trouble=str(error), status=HTTPStatus.CONFLICT)
        except (ConfigError, ValueError) as error:
            return self._importing(request, trouble=str(error), status=HTTPStatus.BAD_REQUEST)

    async def _append(self, request: Request, form: Mapping[str, str], new: Sequence[Feed], *, to: str) -> Response:
        """Raises EditConflict, ConfigError."""
        today = self._clock().astimezone(self._zone).date()
        names = ", ".join(f"«{feed.name}»" for feed in new[:3]) + (f" и ещё {len(new) - 3}" if len(new) > 3 else "")
        summary = f"добавлено лент {len(new)}: {names}" if len(new) != 1 else f"добавлена лента {names}"

        def change(text: str) -> str:
            return append_feeds(text, *new, file=self._list.file, today=today, by=_BY)

        digest, initial = form.get("digest", ""), initial_of(request)
        saved = await asyncio.to_thread(self._list.edit, digest, change, initial=initial, summary=summary)
        log.info("a maintainer added feeds", action="desk", feeds=len(new))
        return back(request, to, said=" ".join(filter(None, [f"Сохранено: {summary}.", saved.trouble])))

    def _sorted(self, document: str) -> tuple[OpenedList, ComparedList]:
        """A list against the file as it is now. Raises ValueError, ConfigError; a long one takes seconds."""
        opened = self._list.open()
        return opened, self._compared(opml.read(document), opened.feeds)

    def _compared(self, listed: Sequence[Feed], ours: Sequence[Feed]) -> ComparedList:
        return compare(listed, ours, allow_private=self._allow_private)


def _fields_of(candidate: FoundFeed) -> Mapping[str, str]:
    """What the form of a found feed proposes."""
    feed = candidate.feed
    interval = f"{feed.interval // timedelta(minutes=1)}m" if feed.interval else ""
    return {
        "name": feed.name,
        "kind": feed.kind,
        "url": feed.url,
        "lang": feed.lang,
        "tz": feed.tz,
        "interval": interval,
    }


def _document(form: Mapping[str, str]) -> str:
    """The list that was pasted, or the file that was chosen. Raises ValueError, in Russian."""
    document = form.get("list", "").strip() or form.get("file", "").strip()
    if not document:
        raise ValueError("Вставьте список или выберите файл.")
    if len(document) > LONGEST:
        raise ValueError("Список больше 1 МБ: разделите его или возьмите командой monitor feeds import.")
    if "\ufffd" in document:
        raise ValueError(_NOT_UTF_8)
    return document
