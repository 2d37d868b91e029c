"""How the pages of news show values: clean words in Russian, the maintainers' clock, addresses a browser may open."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from monitor.matching.explanation import TopicReport, lack, lack_of_post, pictured
from monitor.models.labels import OUTCOME_WORDS, OUTCOMES, SIGHTS, STATES
from monitor.models.stories import Decision
from monitor.stories.corrections import retraction
from monitor.stories.question import DECIDED, decision_label
from monitor.text.telegram_html import line, web_address
from monitor.text.unicode import visible
from monitor.text.urls import message_link, without_credentials

TIERS: Final = {"post": "сразу в канал", "review": "редактору", "none": "никуда"}


def shown_by(zone: str) -> Mapping[str, Any]:
    """What a template of news calls, by name. `zone` is the maintainers' clock."""
    return {
        "moment": partial(_moment, zone=ZoneInfo(zone)),
        "line": line,
        "visible": visible,
        "web": _web,
        "outcomes": OUTCOMES,
        "outcome_words": OUTCOME_WORDS,
        "states": STATES,
        "sights": SIGHTS,
        "tiers": TIERS,
        "decided": partial(_decided, zone=zone),
        "decisions": DECIDED,
        "retracted": retraction.label,
        "post_link": message_link,
        "say_report": _report,
    }


def _moment(at: datetime, *, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%d.%m.%Y %H:%M}"


def _decided(decision: Decision, at: datetime, initial: str, *, zone: str) -> str:
    return decision_label(decision, initial=initial, at=at, zone=zone)


def _web(url: str) -> str:
    """The address if a browser may be sent there, without name and password; else ""."""
    return without_credentials(web_address(url))


def _report(report: TopicReport) -> str:
    """What the rules of a topic say of a text, in Russian."""
    fired = report.fired
    if fired is None or report.is_hinted:
        return f"нет: {lack(report)}"
    missed = lack_of_post(report)
    said = f"правило «{fired.rule}», {TIERS[fired.tier]}: {pictured(report.lines)}"
    return f"{said}. Сразу в канал не пошло бы: {missed}" if missed else said
