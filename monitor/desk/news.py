"""«Новости»: search over everything read, one news with the reasons in its text, what the rules nearly found."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.desk.numbers import number_of, number_or_none
from monitor.desk.pages import page
from monitor.desk.reasons import (
    Pieces,
    Reason,
    excerpts,
    marked_article,
    marked_title,
    near_reasons,
    reasons_of,
)
from monitor.desk.template_globals import globals_for
from monitor.errors import QueryError
from monitor.matching.backtest import KeptArticle
from monitor.matching.explanation import NearArticles, TopicReport
from monitor.matching.rule_lines import NearMiss
from monitor.matching.search.query import Query, read_query
from monitor.models.clock import Clock
from monitor.models.outbox import DeliveryState
from monitor.models.search import Found, SearchResult
from monitor.storage.desk.questions import Questions
from monitor.storage.evidence.history import EvidenceHistory
from monitor.storage.history import History, Member
from monitor.storage.reviews import UNDOABLE

AT_ONCE: Final = 20  # news on a page
_MOST_QUOTED: Final = 3  # sentences of what was nearly found
_FIELDS: Final = {"feed": "лента", "outcome": "итог", "since": "с", "until": "по"}


class Search(Protocol):
    """What answers questions (storage/search/finder.py)."""

    def __call__(self, query: Query, *, limit: int, before: int | None) -> SearchResult:
        """Raises QueryError, DatabaseError."""


class Ask(Protocol):
    """What asks the rules in force about a text; muted rules are silent."""

    def __call__(self, *, title: str, text: str) -> tuple[tuple[TopicReport, ...], tuple[NearMiss, ...]]:
        """What they say by topic, and which of them lacked one line."""


class News:
    """Pages that only show. `near` gives what the rules nearly found, before an entry of that number; `is_public`
    whether a channel showed a story, so that it can be retracted; `topics` the titles of the topics by their ids,
    `chats` what maintainers call the chats that posts go to. `zone` is the maintainers' clock.
    """

    def __init__(
        self,
        *,
        search: Search,
        ask: Ask,
        near: Callable[[int | None], NearArticles],
        history: History,
        questions: Questions,
        evidence: EvidenceHistory,
        is_public: Callable[[int], bool],
        topics: Callable[[], Mapping[str, str]],
        chats: Callable[[], Mapping[str, str]],
        zone: str,
        clock: Clock,
    ) -> None:
        self._search, self._ask, self._near = search, ask, near
        self._history, self._questions, self._evidence = history, questions, evidence
        self._topics, self._chats = topics, chats
        self._is_public, self._shown, self._clock = is_public, globals_for(zone), clock
        self.routes = [
            Route("/news", self._found),
            Route("/news/one", self._one),
            Route("/news/near", self._nearly_found),
        ]

    async def _found(self, request: Request) -> Response:
        asked = {name: request.query_params.get(name, "") for name in ("q", *_FIELDS)}
        before = number_or_none(request.query_params.get("before", ""), "новости")
        known: dict[str, Any] = {
            "asked": asked,
            "before": before,
            "rest": urlencode({name: said for name, said in asked.items() if said}),
        }
        try:
            answer = await asyncio.to_thread(self._answer, asked, before)
        except QueryError as error:
            known |= {"trouble": str(error), "found": (), "answer": None}
            return page(request, "news.html", status=HTTPStatus.BAD_REQUEST, **known, **self._shown)
        standings = await asyncio.to_thread(self._standings, answer.found)
        known |= {"trouble": "", "found": list(map(_marked, answer.found)), "answer": answer, "standings": standings}
        return page(request, "news.html", **known, **self._shown)

    def _answer(self, asked: Mapping[str, str], before: int | None) -> SearchResult:
        given = {key: asked[name] for name, key in _FIELDS.items()}
        query = read_query(asked["q"], given=given, needs_words=False)
        return self._search(query, limit=AT_ONCE, before=before)

    def _standings(self, entries: Iterable[Found | Member]) -> Mapping[int, DeliveryState]:
        return self._history.standings({one.story_id for one in entries if one.story_id})

    async def _one(self, request: Request) -> Response:
        number = number_of(request.query_params.get("entry", ""), "новости")
        return page(request, "news_one.html", **await asyncio.to_thread(self._known_of, number), **self._shown)

    def _known_of(self, number: int) -> Mapping[str, Any]:
        """Everything that is known of an entry, for its page."""
        entry = self._history.entry(number)
        if entry is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"Новости {number} нет.")
        reports, misses = self._ask(title=entry.title, text=entry.text) if entry.text is not None else ((), ())
        recorded, near = reasons_of(entry.verdict) if entry.verdict else (), near_reasons(misses)
        return {
            "entry": entry,
            "article": marked_article(entry.title, entry.text or "", recorded or near),
            "is_recorded": bool(recorded),
            "near": near if recorded else (),
            "standings": self._standings([entry]),
            "topics": self._topics(),
            "chats": self._chats(),
            "reports": reports,
            "story": self._history.story(entry.story_id) if entry.story_id else None,
            "question": self._questions.for_part(entry.story_id, entry.part) if entry.story_id else None,
            "undoable_since": self._clock() - UNDOABLE,
            "pages": self._evidence.records(entry.story_id or entry.url) if entry.story_id or entry.url else (),
            "is_public": entry.story_id is not None and self._is_public(entry.story_id),
        }

    async def _nearly_found(self, request: Request) -> Response:
        before = number_or_none(request.query_params.get("before", ""), "новости")
        near = await asyncio.to_thread(self._near, before)
        articles = [_nearly(one.article, near_reasons([one.miss])) for one in near.found]
        return page(request, "news_near.html", near=near, found=articles, **self._shown)


def _marked(one: Found) -> tuple[Found, Pieces, Pieces]:
    """A text that answers, with the words of the question marked in its headline and in its first sentence."""
    quote = next(excerpts(one.matches, title=one.title, text=one.text, most=1), ())
    return one, marked_title(one.title, one.matches), quote


_Near = tuple[KeptArticle, Sequence[Reason], Pieces, list[Pieces]]


def _nearly(article: KeptArticle, reasons: Sequence[Reason]) -> _Near:
    """An article that rules nearly found, its headline, and the sentences with words that met the nearest one."""
    words = reasons[0].words
    quotes = list(excerpts(words, title=article.title, text=article.text, most=_MOST_QUOTED))
    return article, reasons, marked_title(article.title, words), quotes
