"""«Слова»: where each word of keywords.yaml stands, and a word put in or taken out, tried before it is saved."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeVar
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.config.keyword_rules import Role
from monitor.desk.file_versions import FileVersionPages
from monitor.desk.numbers import number_of, number_or_none
from monitor.desk.pages import back, form_of, initial_of, page
from monitor.desk.template_globals import globals_for
from monitor.edits.checking import new_ones
from monitor.edits.file_history import FileHistory
from monitor.edits.files import is_writable
from monitor.edits.keywords.keyword_edits import Spot
from monitor.edits.keywords.keyword_places import WordGroup, WordPlace
from monitor.edits.keywords.keywords_file import DAYS, KeywordsFile
from monitor.edits.keywords.word_edits import KeywordsLook, TriedEdit, WordEdit
from monitor.edits.keywords.word_search import uses
from monitor.edits.saving import Saved
from monitor.errors import ConfigError, EditConflict, EditRefused
from monitor.models.articles import Language

UNCHOSEN: Final = "?"  # as what a word is meant, where there are roles to choose from

_LONGEST: Final = 200  # characters of a word
_LANGUAGES: Final[Mapping[str, Language | None]] = {"": None, "ru": "ru", "kk": "kk"}
_ROLES: Final[Mapping[str, Role | None]] = {"": None, UNCHOSEN: None, **{role.value: role for role in Role}}
_PARTS: Final = ("forms", "trial", "doubts")  # of a preview, as script asks for them
_NO_SUCH_PLACE: Final = (
    "Такого места в файле нет: возможно, его переименовали. Найдите слово поиском на странице «Слова»."
)
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


_P = ParamSpec("_P")
_T = TypeVar("_T")


class AskKeywords(Protocol):
    """Asks the file that is edited, wherever it is open."""

    def __call__(
        self, question: Callable[Concatenate[KeywordsFile, _P], _T], /, *args: _P.args, **options: _P.kwargs
    ) -> _T:
        """What a method of it answers. Raises what it raises."""


class Words:
    """The pages of one file. `ask` asks a KeywordsFile, `zone` is the maintainers' clock."""

    def __init__(self, *, ask: AskKeywords, history: FileHistory, zone: str) -> None:
        self._ask, self._file = ask, history.file
        ours = {"file": history.file, "group_address": _group_address, "spot_field": _spot_field}
        self._called = {**globals_for(zone), **ours}
        self.routes = [
            Route("/words", self._all),
            Route("/words/group", self._group),
            Route("/words/edit", self._edit),
            Route("/words/save", self._save, methods=["POST"]),
            *FileVersionPages("/words", history, zone=zone).routes,
        ]

    async def _all(self, request: Request) -> Response:
        """Everything as cards; or where a word stands; or, by a list's name or a line of the file, that very place."""
        look = await self._asked(KeywordsFile.look)
        named, line = request.query_params.get("list"), request.query_params.get("line")
        if named is not None:
            group = next((one for one in look.groups if one.key in (f"list:{named}", named)), None)
            return self._to(request, look, group)
        if line is not None:
            number = number_of(line, "строки")
            group = max((one for one in look.groups if one.line <= number), key=_line, default=None)
            return self._to(request, look, group)
        asked = request.query_params.get("ask", "")[:_LONGEST].strip()
        groups = await self._asked(KeywordsFile.find, asked) if asked else []
        return self._page(request, "words.html", look=look, asked=asked, found=groups)

    async def _group(self, request: Request) -> Response:
        look = await self._asked(KeywordsFile.look)
        group = look.group(request.query_params.get("key", ""))
        if group is None:
            return self._nowhere(request, look)
        return await self._shown(request, look, group)

    async def _shown(
        self,
        request: Request,
        look: KeywordsLook,
        group: WordGroup,
        *,
        typed: Mapping[str, str] = NOTHING,
        problems: Sequence[ConfigError] = (),
    ) -> Response:
        """The page of a group. `typed` stands in its form, if it was refused for these problems."""
        spots = await self._asked(KeywordsFile.spots, group.key)
        return self._page(
            request,
            "words_group.html",
            look=look,
            group=group,
            offered=[_spot_field(spot) for spot in spots],
            uses=uses(look.groups, group),
            is_writable=is_writable(self._file),
            typed=typed,
            problems=problems,
            brought=new_ones(look.errors, problems),
            status=409 if problems else 200,
        )

    def _nowhere(self, request: Request, look: KeywordsLook) -> Response:
        """There is no such place: or nobody can tell, since the file is broken."""
        if look.is_broken:
            return self._page(request, "words_broken.html", look=look, status=409)
        raise HTTPException(HTTPStatus.NOT_FOUND, _NO_SUCH_PLACE)

    async def _edit(self, request: Request) -> Response:
        """What an edit would do: a page of its own, or a part of it for the page on which the word is typed."""
        edit = _edit_of(request.query_params)
        part = request.query_params.get("part", "")
        begin = number_or_none(request.query_params.get("begin", ""), "новости")
        template = f"words_{part}.html" if part in _PARTS else "words_edit.html"
        try:
            _require_filled(request.query_params, file=self._file)
            if part == "forms":
                forms = await self._asked(KeywordsFile.forms, edit)
                return self._page(request, template, edit=edit, forms=forms, error=None)
            tried = await self._tried(edit, part, begin)
        except EditConflict:
            return await self._conflict(request, edit)
        except ConfigError as error:
            if part in _PARTS:
                return self._page(request, template, error=error, edit=edit)
            return await self._refused(request, edit, (error,), typed=request.query_params)
        if part not in _PARTS and edit.is_added and (errors := tried.preview.errors):
            return await self._refused(request, edit, errors, typed=request.query_params)
        onward = _address(edit, begin=tried.trial.rest) if tried.trial and tried.trial.rest else ""
        about: dict[str, Any] = {"tried": tried, "onward": onward, "days": DAYS}
        return self._page(request, template, error=None, edit=edit, fields=_fields(edit), **about)

    async def _refused(
        self, request: Request, edit: WordEdit, problems: Sequence[ConfigError], *, typed: Mapping[str, str]
    ) -> Response:
        """Why not, above the form as it was filled in."""
        look = await self._asked(KeywordsFile.look)
        group = look.group(edit.group)
        if group is None:
            return self._nowhere(request, look)
        if edit.is_added:
            return await self._shown(request, look, group, typed=typed, problems=problems)
        brought = new_ones(look.errors, problems)
        return self._page(request, "words_refused.html", edit=edit, problems=problems, brought=brought, status=409)

    async def _tried(self, edit: WordEdit, part: str, begin: int | None) -> TriedEdit:
        doubts, trial = part in ("doubts", ""), part in ("trial", "")
        return await self._asked(KeywordsFile.try_edit, edit, doubts=doubts, trial=trial, begin=begin)

    async def _save(self, request: Request) -> Response:
        form = await form_of(request)
        edit = _edit_of(form)
        try:
            _require_filled(form, file=self._file)
            saved = await self._asked(KeywordsFile.save, edit, initial=initial_of(request))
        except EditConflict:
            return await self._conflict(request, edit)
        except EditRefused as refused:
            return await self._refused(request, edit, refused.problems, typed=form)
        except ConfigError as error:
            return await self._refused(request, edit, (error,), typed=form)
        return back(request, _group_address(edit.group), said=_said(saved))

    async def _conflict(self, request: Request, edit: WordEdit) -> Response:
        """What others changed, beside what was wanted; the edit can be made anew of the file as it is now."""
        conflict = await self._asked(KeywordsFile.conflict, edit)
        look = await self._asked(KeywordsFile.look)
        about = {"look": look, "conflict": conflict, "edit": edit, "again": _address(conflict.again)}
        return self._page(request, "words_conflict.html", status=409, **about)

    def _to(self, request: Request, look: KeywordsLook, group: WordGroup | None) -> Response:
        if group is None:
            return self._nowhere(request, look)
        return RedirectResponse(_group_address(group.key), HTTPStatus.SEE_OTHER)

    async def _asked(
        self, question: Callable[Concatenate[KeywordsFile, _P], _T], *args: _P.args, **options: _P.kwargs
    ) -> _T:
        return await asyncio.to_thread(lambda: self._ask(question, *args, **options))

    def _page(self, request: Request, template: str, *, status: int = HTTPStatus.OK, **context: Any) -> Response:
        return page(request, template, status=status, **self._called, **context)


def _edit_of(fields: Mapping[str, str]) -> WordEdit:
    role, _, language = fields.get("language", "").rpartition(" ")
    if language not in _LANGUAGES or role not in _ROLES or "key" not in fields:
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    return WordEdit(
        group=fields["key"],
        word=fields.get("word", "").strip(),
        is_added=fields.get("sign", "+") != "-",
        digest=fields.get("digest", ""),
        language=_LANGUAGES[language],
        role=_ROLES[role],
        line=number_or_none(fields.get("line", ""), "строки") or 0,
    )


def _require_filled(fields: Mapping[str, str], *, file: str) -> None:
    """Raises ConfigError when the form is not filled in, before anybody looks at the file."""
    word = fields.get("word", "").strip()
    if not word or len(word) > _LONGEST:
        raise ConfigError(f"впишите слово или выражение, не длиннее {_LONGEST} знаков", file=file)
    if fields.get("language", "").startswith(UNCHOSEN):
        raise ConfigError("выберите, как слово должно стоять: от этого зависит, что оно найдёт", file=file)


def _spot_field(spot: Spot | WordEdit | WordPlace) -> str:
    """As what a word is meant, as a form writes it: «ru», or «где ru»."""
    return f"{spot.role} {spot.language or ''}" if spot.role else spot.language or ""


def _fields(edit: WordEdit) -> dict[str, str]:
    """The edit as a form sends it."""
    sign = "+" if edit.is_added else "-"
    place = {"key": edit.group, "language": _spot_field(edit), "line": str(edit.line or "")}
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
    return " ".join(filter(None, (done, saved.trouble)))
