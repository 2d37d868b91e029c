"""«Слова»: where each word of keywords.yaml stands, and a word put in or taken out, tried before it is saved."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.desk.numbers import number_of, number_or_none
from monitor.desk.pages import back, form_of, initial_of, page
from monitor.edits.files import is_writable
from monitor.edits.keyword_places import WordGroup
from monitor.edits.keywords_file import DAYS, KeywordsFile
from monitor.edits.saving import Saved
from monitor.edits.word_edits import WordEdit
from monitor.errors import ConfigError, EditConflict, EditRefused
from monitor.models.articles import Language

_LONGEST: Final = 200  # characters of a word
_LANGUAGES: Final[Mapping[str, Language | None]] = {"": None, "ru": "ru", "kk": "kk"}
_PARTS: Final = ("forms", "trial", "doubts")  # of a preview, as script asks for them


class Words:
    """The pages of one file. `zone` is the maintainers' clock."""

    def __init__(self, *, keywords: KeywordsFile, zone: str) -> None:
        self._keywords, self._zone = keywords, ZoneInfo(zone)
        self.routes = [
            Route("/words", self._all),
            Route("/words/group", self._group),
            Route("/words/edit", self._edit),
            Route("/words/save", self._save, methods=["POST"]),
            Route("/words/versions", self._versions),
            Route("/words/version", self._version),
            Route("/words/back", self._take_back, methods=["POST"]),
        ]

    def let_go(self) -> None:
        """Forget what takes memory if nobody has asked for it since this was last called."""
        self._keywords.let_go()

    async def _all(self, request: Request) -> Response:
        """Everything as cards; or where a word stands; or, by a list's name or a line of the file, that very place."""
        look = await asyncio.to_thread(self._keywords.look)
        named, line = request.query_params.get("list"), request.query_params.get("line")
        if named is not None:
            group = next((one for one in look.groups if one.key in (f"list:{named}", named)), None)
            return self._to(group)
        if line is not None:
            number = number_of(line, "строки")
            return self._to(max((one for one in look.groups if one.line <= number), key=_line, default=None))
        asked = request.query_params.get("ask", "")[:_LONGEST].strip()
        found = await asyncio.to_thread(self._keywords.find, asked) if asked else []
        return self._page(request, "words.html", look=look, asked=asked, found=found)

    async def _group(self, request: Request) -> Response:
        look = await asyncio.to_thread(self._keywords.look)
        group = next((one for one in look.groups if one.key == request.query_params.get("key")), None)
        if group is None:
            raise _no_such_place()
        offered = self._keywords.languages(look, group)
        may_save = is_writable(self._keywords.file)
        context: dict[str, Any] = {"group": group, "languages": offered, "is_writable": may_save}
        return self._page(request, "words_group.html", look=look, **context)

    async def _edit(self, request: Request) -> Response:
        """What an edit would do: a page of its own, or a part of it for the page on which the word is typed."""
        edit = _edit_of(request.query_params)
        part = request.query_params.get("part", "")
        begin = number_or_none(request.query_params.get("begin", ""), "новости")
        template = f"words_{part}.html" if part in _PARTS else "words_edit.html"
        try:
            if part == "forms":
                forms = await asyncio.to_thread(self._keywords.forms, edit)
                return self._page(request, template, edit=edit, forms=forms, error=None)
            told = await asyncio.to_thread(self._told, edit, part, begin)
        except EditConflict:
            return await self._conflict(request, edit)
        except ConfigError as error:
            if part in _PARTS:
                return self._page(request, template, error=error, edit=edit)
            return self._page(request, "words_refused.html", edit=edit, problems=(error,), status=409)
        return self._page(request, template, error=None, edit=edit, **told)

    def _told(self, edit: WordEdit, part: str, begin: int | None) -> dict[str, Any]:
        preview = self._keywords.preview(edit)
        doubts = self._keywords.doubts(preview) if part in ("doubts", "") else ()
        trial = self._keywords.trial(preview, begin=begin) if part in ("trial", "") else None
        changes = self._keywords.told(preview, trial) if trial else ()
        onward = _address(edit, begin=trial.rest) if trial and trial.rest else ""
        return {
            "preview": preview,
            "doubts": doubts,
            "trial": trial,
            "changes": changes,
            "onward": onward,
            "days": DAYS,
        }

    async def _save(self, request: Request) -> Response:
        edit = _edit_of(await form_of(request))
        try:
            saved = await asyncio.to_thread(self._keywords.save, edit, initial=initial_of(request))
        except EditConflict:
            return await self._conflict(request, edit)
        except EditRefused as refused:
            return self._page(request, "words_refused.html", edit=edit, problems=refused.problems, status=409)
        except ConfigError as error:
            return self._page(request, "words_refused.html", edit=edit, problems=(error,), status=409)
        return back(request, _group_address(edit.group), said=_said(saved))

    async def _conflict(self, request: Request, edit: WordEdit) -> Response:
        """What others changed, beside what was wanted; the edit can be made anew of the file as it is now."""
        conflict = await asyncio.to_thread(self._keywords.conflict, edit)
        again = _address(conflict.again)
        return self._page(request, "words_conflict.html", conflict=conflict, edit=edit, again=again, status=409)

    async def _versions(self, request: Request) -> Response:
        look = await asyncio.to_thread(self._keywords.look)
        versions = await asyncio.to_thread(self._keywords.history.versions)
        return self._page(request, "words_versions.html", look=look, versions=versions)

    async def _version(self, request: Request) -> Response:
        """A version beside the file as it is now, or beside another version."""
        number = number_of(request.query_params.get("number", ""), "версии")
        other = number_or_none(request.query_params.get("with", ""), "версии")
        look = await asyncio.to_thread(self._keywords.look)
        compared = await asyncio.to_thread(self._keywords.history.compared, number, with_number=other)
        if compared is None:
            raise _no_such_version()
        version, lines = compared
        return self._page(request, "words_version.html", look=look, version=version, lines=lines, other=other)

    async def _take_back(self, request: Request) -> Response:
        form = await form_of(request)
        number, digest = number_of(form.get("number", ""), "версии"), form.get("digest", "")
        try:
            saved = await asyncio.to_thread(
                self._keywords.history.take_back, number, digest, initial=initial_of(request)
            )
        except EditConflict:
            said = "Файл изменился, пока вы смотрели: ничего не сделано. Вот как он отличается теперь."
            return back(request, f"/words/version?number={number}", said=said)
        except EditRefused as refused:
            return self._page(request, "words_refused.html", edit=None, problems=refused.problems, status=409)
        if saved is None:
            raise _no_such_version()
        return back(request, "/words/versions", said=_said(saved))

    def _to(self, group: WordGroup | None) -> Response:
        if group is None:
            raise _no_such_place()
        return RedirectResponse(_group_address(group.key), HTTPStatus.SEE_OTHER)

    def _page(self, request: Request, template: str, *, status: int = HTTPStatus.OK, **context: Any) -> Response:
        shown = {"file": self._keywords.file, "moment": self._moment, "group_address": _group_address}
        return page(request, template, status=status, **shown, **context)

    def _moment(self, at: datetime) -> str:
        return f"{at.astimezone(self._zone):%d.%m.%Y %H:%M}"


def _edit_of(fields: Mapping[str, str]) -> WordEdit:
    word = fields.get("word", "").strip()
    language = fields.get("language", "")
    if not word or len(word) > _LONGEST or language not in _LANGUAGES or "key" not in fields:
        said = f"Впишите слово или выражение, не длиннее {_LONGEST} знаков. Ничего не сделано."
        raise HTTPException(HTTPStatus.BAD_REQUEST, said)
    return WordEdit(
        group=fields["key"],
        word=word,
        is_added=fields.get("sign", "+") != "-",
        digest=fields.get("digest", ""),
        language=_LANGUAGES[language],
        line=number_or_none(fields.get("line", ""), "строки") or 0,
    )


def _fields(edit: WordEdit) -> dict[str, str]:
    """The edit as a form writes it."""
    sign = "+" if edit.is_added else "-"
    place = {"key": edit.group, "language": edit.language or "", "line": str(edit.line or "")}
    return {**place, "word": edit.word, "sign": sign, "digest": edit.digest}


def _address(edit: WordEdit, *, begin: int | None = None) -> str:
    further = {} if begin is None else {"begin": str(begin)}
    return f"/words/edit?{urlencode(_fields(edit) | further)}"


def _group_address(key: str) -> str:
    return f"/words/group?{urlencode({'key': key})}"


def _line(group: WordGroup) -> int:
    return group.line


def _said(saved: Saved) -> str:
    if saved.version is None:
        return "Сохранять нечего: в файле уже так."
    done = "Сохранено. Монитор возьмёт правку за несколько секунд и скажет об этом в чате."
    return " ".join(filter(None, (done, saved.git.trouble)))


def _no_such_place() -> HTTPException:
    said = "Такого места в файле нет: возможно, его переименовали. Найдите слово поиском на странице «Слова»."
    return HTTPException(HTTPStatus.NOT_FOUND, said)


def _no_such_version() -> HTTPException:
    return HTTPException(HTTPStatus.NOT_FOUND, "Такой версии нет: хранятся последние двести.")
