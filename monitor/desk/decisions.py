"""What maintainers decide at the desk: as in their chat, by the same calls, with the same words back."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.desk.numbers import number_of, number_or_none
from monitor.desk.pages import back, form_of, initial_of, page
from monitor.desk.reasons import Pieces, excerpts
from monitor.desk.template_globals import globals_for
from monitor.models.clock import Clock
from monitor.models.stories import Decision
from monitor.storage.corrections.retractions import Retractions
from monitor.storage.desk.questions import Question, Questions
from monitor.storage.reviews import UNDOABLE, Reviews
from monitor.storage.stories import MADE
from monitor.stories.corrections.retraction import (
    TOO_LONG,
    describe,
    is_too_long,
    no_story_message,
    not_retracted_message,
    reason_of,
)

AT_ONCE: Final = 20  # questions on a page
_MOST_QUOTED: Final = 3  # sentences of a question
_DECISIONS: Final = {one.value: one for one in MADE}
_NO_REASON: Final = "Напишите, почему: это прочтут подписчики. Ничего не сделано."
_BACK: Final = "Вернуть можно кнопкой под историей."

log = structlog.get_logger()

_Do = Callable[[Mapping[str, str], str], str]  # a form and the letter of who sends it → what came of it


class Decisions:
    """Questions to the maintainers, and what is published already. `review_chat` hears of deletions, "" for none;
    `zone` is the maintainers' clock.
    """

    def __init__(
        self,
        *,
        questions: Questions,
        reviews: Reviews,
        retractions: Retractions,
        review_chat: str,
        zone: str,
        clock: Clock,
    ) -> None:
        self._questions, self._reviews, self._retractions = questions, reviews, retractions
        self._review_chat, self._clock, self._shown = review_chat, clock, globals_for(zone)
        acts = {
            "decide": self._decide,
            "undo": self._take_back,
            "remove": self._remove,
            "retract": self._retract,
            "restore": self._restore,
        }
        self.routes = [
            Route("/news/waiting", self._waiting),
            *(Route(f"/news/{name}", self._act(act), methods=["POST"]) for name, act in acts.items()),
        ]

    async def _waiting(self, request: Request) -> Response:
        before = number_or_none(request.query_params.get("before", ""), "истории")
        waiting = await asyncio.to_thread(self._questions.list_waiting, limit=AT_ONCE, before=before)
        since = self._clock() - UNDOABLE
        lately = await asyncio.to_thread(self._questions.list_decided, since, limit=AT_ONCE) if before is None else ()
        just = await asyncio.to_thread(self._asked_of, request.query_params)
        more = waiting[-1].story_id if len(waiting) >= AT_ONCE else None
        asked = [(one, _quotes(one)) for one in waiting]
        known: dict[str, Any] = {"asked": asked, "lately": lately, "more": more, "just": just, "undoable_since": since}
        return page(request, "news_waiting.html", **known, **self._shown)

    def _asked_of(self, query: Mapping[str, str]) -> Question | None:
        """The question that was just acted on, if the address names one."""
        story, part = number_or_none(query.get("story", ""), "истории"), number_or_none(query.get("part", ""), "части")
        return self._questions.for_part(story, part) if story and part else None

    def _act(self, act: _Do) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            form = await form_of(request)
            entry = number_or_none(form.get("entry", ""), "новости")
            said = await asyncio.to_thread(act, form, initial_of(request))
            log.info("a maintainer acted", action="desk", act=request.url.path)
            return back(request, f"/news/one?entry={entry}" if entry else _list_after(form), said=said)

        return answer

    def _decide(self, form: Mapping[str, str], initial: str) -> str:
        decision = _decision(form.get("decision", ""))
        return self._reviews.decide(*_part(form), decision, initial=initial, now=self._clock())

    def _take_back(self, form: Mapping[str, str], _initial: str) -> str:
        return self._reviews.take_back(*_part(form), was=_decision(form.get("was", "")), now=self._clock()).said

    def _remove(self, form: Mapping[str, str], initial: str) -> str:
        return self._reviews.remove_post(*_part(form), chat=self._review_chat, initial=initial, now=self._clock())

    def _retract(self, form: Mapping[str, str], initial: str) -> str:
        story, why = number_of(form.get("story", ""), "истории"), form.get("why", "")
        if is_too_long(why):
            return TOO_LONG
        reason = reason_of(why)
        if not reason:
            return _NO_REASON
        corrected = self._retractions.retract(
            story,
            reason,
            deletes="deletes" in form,
            initial=initial,
            now=self._clock(),
            notices=self._review_chat,
        )
        return " ".join(describe(corrected, back=_BACK)) if corrected else no_story_message(str(story))

    def _restore(self, form: Mapping[str, str], _initial: str) -> str:
        story = number_of(form.get("story", ""), "истории")
        corrected = self._retractions.restore(story, now=self._clock())
        return " ".join(describe(corrected)) if corrected else not_retracted_message(story)


def _list_after(form: Mapping[str, str]) -> str:
    """The list of questions, which first says about which of them something was just done."""
    story, part = (number_or_none(form.get(name, ""), what) for name, what in (("story", "истории"), ("part", "части")))
    return f"/news/waiting?story={story}&part={part}" if story and part else "/news/waiting"


def _part(form: Mapping[str, str]) -> tuple[int, int]:
    return number_of(form.get("story", ""), "истории"), number_of(form.get("part", ""), "части")


def _decision(written: str) -> Decision:
    if written not in _DECISIONS:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "Такого решения нет. Ничего не сделано.")
    return _DECISIONS[written]


def _quotes(question: Question) -> list[Pieces]:
    """The sentences with the words that met the rules."""
    lead = question.lead
    if lead is None or lead.verdict is None:
        return []
    matches = [match for topic in lead.verdict.topics for match in topic.matches]
    return list(excerpts(matches, title=lead.title, text=lead.text or "", most=_MOST_QUOTED))
