"""The first line of a post, which a locked phone shows alone: «● Экстрадиция: арест · Казахстан → Россия»."""

import re
from collections.abc import Sequence
from typing import Final

from monitor.models.articles import FactKind, TopicVerdict
from monitor.models.channels import Tongue
from monitor.models.stories import Telling
from monitor.stories.claims.certainty import Certainty
from monitor.stories.claims.stance import stance
from monitor.stories.claims.steps import NO_REMOVAL, STAYING, TAKING, Step
from monitor.stories.fact_line import direction, fact_name
from monitor.stories.novelty import is_rewritten, news_by_kind
from monitor.stories.post_texts import TEXTS, PostTexts, topic_name
from monitor.stories.quotes import new_steps, step_of
from monitor.text.telegram_html import line
from monitor.text.unicode import utf16_length

_UNITS: Final = 80
_HERE: Final = "Казахстан"  # as the facts of keywords.yaml call it


def first_line(lead: Telling, topics: Sequence[TopicVerdict], earlier: Sequence[Telling], tongue: Tongue) -> str:
    """«● Экстрадиция: арест · Казахстан → Россия»; for a later part «● Новое: арест · Экстрадиция · …»."""
    words, step, topics = TEXTS[tongue], step_of(lead, opens=not earlier), topics or lead.verdict.topics
    about = (_plain(topic_name(topics[0], tongue)) if topics else "") or words.news
    sure = stance(lead, earlier)
    new = _new(lead, earlier, sure, tongue) if earlier else ""
    claim = "" if earlier else _told(step, sure, words, tongue)
    topic_label = f"{about}: {claim}" if claim else about
    is_urgent, way = (False, "") if sure is Certainty.DENIED else (step and step.is_urgent, _way(lead, step, tongue))
    start = f"{'● ' if is_urgent else ''}{f'{words.new}: ' if earlier else ''}{new or topic_label}"
    for more in filter(None, (about if new else "", way)):
        longer = f"{start} · {more}"
        start = longer if utf16_length(longer) <= _UNITS else start
    return start


def _told(step: Step | None, sure: Certainty, words: PostTexts, tongue: Tongue) -> str:
    """«арест», «арест (не подтверждено)», «опровергают»; "" if no step is told."""
    label = step.label(tongue) if step else ""
    if sure is Certainty.UNCONFIRMED:
        return f"{label} ({words.unconfirmed})" if label else words.unconfirmed
    return label or (words.denied if sure is Certainty.DENIED else "")


def _new(lead: Telling, earlier: Sequence[Telling], sure: Certainty, tongue: Tongue) -> str:
    """Return the new step; else what else is new, with the step it is told with; "" for nothing."""
    words, step = TEXTS[tongue], step_of(lead, opens=False)
    if sure is Certainty.DENIED:
        return _told(step if step in NO_REMOVAL else None, sure, words, tongue)
    if steps := new_steps(lead, earlier):
        return _told(steps[0], sure, words, tongue)
    thing = next((words.things[kind] for kind in news_by_kind(lead, earlier) if kind in words.things), "")
    thing = thing or (words.rewritten if is_rewritten(lead.article, earlier) else "")
    return ", ".join(filter(None, (_told(step, sure, words, tongue) if step and thing else "", thing)))


def _way(lead: Telling, step: Step | None, tongue: Tongue) -> str:
    """«Казахстан → Россия», «→ Россия»; "" if the destination is unknown, or nobody is or will be taken there."""
    is_done = any(fact.kind is FactKind.ACT for fact in lead.verdict.facts)
    is_taken = step in TAKING or (is_done and step not in STAYING)
    if not is_taken:
        return ""
    come_from, goes_to = direction(lead.verdict)
    if come_from is None and goes_to and goes_to.ru == _HERE:  # «в аэропорт Алматы»: nobody is taken to where he is
        return ""
    origin, destination = (_plain(fact_name(fact, tongue)) if fact else "" for fact in (come_from, goes_to))
    return f"{origin} → {destination}".strip() if destination else ""


def _plain(outside: str) -> str:
    """Return outside words without characters that Telegram would turn into a link, a hashtag or a command."""
    words = re.sub(r"[^\w\s«»,()–—-]|_", " ", line(outside, _UNITS)).split()
    return " ".join(words) if any(letter.isalnum() for word in words for letter in word) else ""
