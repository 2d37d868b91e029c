"""How the pages of news show values: clean words in Russian, the maintainers' clock, addresses a browser may open."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from monitor.matching.explanation import TopicReport, join_lines, lack, lack_of_post
from monitor.models.articles import Outcome
from monitor.models.labels import OUTCOME_WORDS, OUTCOMES, STATES, TIER_WORDS, moment
from monitor.models.outbox import DeliveryState
from monitor.models.stories import Decision
from monitor.stories.corrections import retraction
from monitor.stories.question import decision_label, goes_on, outcome_label
from monitor.text.telegram_html import line, web_address
from monitor.text.unicode import visible
from monitor.text.urls import without_credentials

_BEGUN: Final = {Outcome.POSTED: "начало новой истории", Outcome.JOINED: "ещё одно изложение истории"}
_STANDINGS: Final = {
    DeliveryState.SENT: "в канале",
    DeliveryState.DIGESTED: "в сводке",
    DeliveryState.UNCERTAIN: "неясно, дошло ли до канала",
    DeliveryState.SENDING: "ждёт отправки",
    DeliveryState.PENDING: "ждёт отправки",
    DeliveryState.REJECTED: "Telegram отверг пост",
    DeliveryState.CANCELLED: "пост снят",
}


def globals_for(zone: str) -> Mapping[str, Any]:
    """What a template of news calls, by name. `zone` is the maintainers' clock."""
    return {
        "moment": partial(moment, zone=ZoneInfo(zone)),
        "line": line,
        "visible": visible,
        "web": _web,
        "outcomes": OUTCOMES | _BEGUN,
        "became": _became,
        "titled": insert_titles,
        "outcome_words": OUTCOME_WORDS,
        "states": STATES,
        "decided": partial(_decided, zone=zone),
        "retracted": retraction.label,
        "say_report": _report,
    }


def _decided(decision: Decision, at: datetime, initial: str, *, zone: str) -> str:
    return decision_label(decision, initial=initial, at=at, zone=zone)


def _became(outcome: Outcome, reason: str, standing: DeliveryState | None) -> str:
    """What became of a news; of what was found also how far its story came to subscribers."""
    if outcome not in _BEGUN:
        return outcome_label(outcome, reason)
    what = (outcome is Outcome.POSTED and goes_on(reason)) or _BEGUN[outcome]
    return f"{what}: {_STANDINGS[standing]}" if standing else f"{what}, в канал не шло"


def insert_titles(reason: str, titles: Mapping[str, str]) -> str:
    """A reason as it was written down, with the topics' titles in place of their ids: «knb: …», «knb/правило: …»."""
    ids = "|".join(map(re.escape, titles))
    return re.sub(rf"(?<![\w/-])({ids})(?:: |/)", lambda match: f"{titles[match[1]]}: ", reason)


def _web(url: str) -> str:
    """The address if a browser may be sent there, without name and password; else ""."""
    return without_credentials(web_address(url))


def _report(report: TopicReport) -> str:
    """What the rules of a topic say of a text, in Russian."""
    fired = report.fired
    if fired is None or report.is_hinted:
        return f"нет: {lack(report)}"
    missed = lack_of_post(report)
    said = f"правило «{fired.rule}», {TIER_WORDS[fired.tier]}: {join_lines(report.lines)}"
    return f"{said}. Сразу в канал не пошло бы: {missed}" if missed else said
