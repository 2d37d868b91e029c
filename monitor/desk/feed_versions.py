"""The saves of feeds.yaml: what each changed, and the file as it was then, taken back."""

import asyncio
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.desk.numbers import number_of, number_or_none
from monitor.desk.pages import back, form_of, initial_of, page
from monitor.desk.shown import shown_by
from monitor.edits.feed_list import FeedList
from monitor.errors import EditConflict, EditRefused


class FeedVersions:
    """Pages of one file. `zone` is the maintainers' clock."""

    def __init__(self, *, feed_list: FeedList, zone: str) -> None:
        self._list, self._history, self._shown = feed_list, feed_list.history, shown_by(zone)
        self.routes = [
            Route("/feeds/versions", self._versions),
            Route("/feeds/version", self._version),
            Route("/feeds/back", self._take_back, methods=["POST"]),
        ]

    async def _versions(self, request: Request) -> Response:
        versions = await asyncio.to_thread(self._history.versions)
        return page(request, "feeds_versions.html", versions=versions, file=self._list.file, **self._shown)

    async def _version(self, request: Request) -> Response:
        """A version beside the file as it is now, or beside another version."""
        number = number_of(request.query_params.get("number", ""), "версии")
        other = number_or_none(request.query_params.get("with", ""), "версии")
        compared = await asyncio.to_thread(self._history.compared, number, with_number=other)
        if compared is None:
            raise _no_such_version()
        version, lines = compared
        opened = await asyncio.to_thread(self._list.open)
        known: dict[str, Any] = {"version": version, "lines": lines, "other": other, "digest": opened.digest}
        return page(request, "feeds_version.html", **known, **self._shown)

    async def _take_back(self, request: Request) -> Response:
        form = await form_of(request)
        number, digest = number_of(form.get("number", ""), "версии"), form.get("digest", "")
        try:
            saved = await asyncio.to_thread(self._history.take_back, number, digest, initial=initial_of(request))
        except EditConflict:
            said = "Файл изменился, пока вы смотрели: ничего не сделано. Вот как он отличается теперь."
            return back(request, f"/feeds/version?number={number}", said=said)
        except EditRefused as error:
            said = f"Не возвращено: в той версии ошибка. {error}"
            return back(request, f"/feeds/version?number={number}", said=said)
        if saved is None:
            raise _no_such_version()
        return back(request, "/feeds/versions", said=" ".join(filter(None, ["Возвращено.", saved.git.trouble])))


def _no_such_version() -> HTTPException:
    return HTTPException(HTTPStatus.NOT_FOUND, "Такой версии нет: хранятся только последние.")
