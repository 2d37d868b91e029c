"""The saves of a maintainers' file: what each changed, and the file as it was then, taken back."""

import asyncio
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.desk.numbers import number_of, number_or_none
from monitor.desk.pages import back, form_of, initial_of, page
from monitor.desk.template_globals import globals_for
from monitor.edits.file_history import FileHistory
from monitor.errors import EditConflict, EditRefused


class FileVersionPages:
    """Pages of one file, in the section below `root` ("/words", "/feeds"). `zone` is the maintainers' clock."""

    def __init__(self, root: str, history: FileHistory, *, zone: str) -> None:
        self._root, self._history = root, history
        self._shown = {**globals_for(zone), "root": root, "section": f"{root.strip('/')}_parts.html"}
        self.routes = [
            Route(f"{root}/versions", self._versions),
            Route(f"{root}/version", self._version),
            Route(f"{root}/back", self._take_back, methods=["POST"]),
        ]

    async def _versions(self, request: Request) -> Response:
        versions = await asyncio.to_thread(self._history.versions)
        digest = await asyncio.to_thread(self._history.digest)
        now = next((version.id for version in versions if version.digest == digest), None)
        return page(request, "versions.html", versions=versions, now=now, file=self._history.file, **self._shown)

    async def _version(self, request: Request) -> Response:
        """A version beside the file as it is now, or beside another version."""
        number = number_of(request.query_params.get("number", ""), "версии")
        other = number_or_none(request.query_params.get("with", ""), "версии")
        compared = await asyncio.to_thread(self._history.compare, number, with_number=other)
        if compared is None:
            raise _no_such_version()
        version, lines = compared
        digest = await asyncio.to_thread(self._history.digest)
        return page(request, "version.html", version=version, lines=lines, other=other, digest=digest, **self._shown)

    async def _take_back(self, request: Request) -> Response:
        form = await form_of(request)
        number, digest = number_of(form.get("number", ""), "версии"), form.get("digest", "")
        try:
            saved = await asyncio.to_thread(self._history.take_back, number, digest, initial=initial_of(request))
        except EditConflict:
            said = "Файл изменился, пока вы смотрели: ничего не сделано. Вот как он отличается теперь."
            return back(request, f"{self._root}/version?number={number}", said=said)
        except EditRefused as refused:
            said = f"Не возвращено: в той версии ошибка. {refused}"
            return back(request, f"{self._root}/version?number={number}", said=said)
        if saved is None:
            raise _no_such_version()
        done = "Возвращено. Сохранено новой версией: монитор возьмёт её за несколько секунд и скажет об этом в чате."
        return back(request, f"{self._root}/versions", said=" ".join(filter(None, [done, saved.trouble])))


def _no_such_version() -> HTTPException:
    return HTTPException(HTTPStatus.NOT_FOUND, "Такой версии нет: хранятся последние двести.")
