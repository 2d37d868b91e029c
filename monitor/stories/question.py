"""The question to maintainers about a doubtful story: its text, its buttons, and parsing a press of one."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from monitor.models.articles import Outcome, Tier, TopicVerdict, Verdict
from monitor.models.channels import Destination
from monitor.models.labels import OUTCOMES
from monitor.models.outbox import Buttons
from monitor.models.stories import Decision, Story
from monitor.stories.corrections.retraction import heading
from monitor.stories.placement import LIKENESS, ONE_HEADLINE, SAME_ADDRESS
from monitor.stories.post import part_of, render
from monitor.text.telegram_html import Html, fitting, join, line, tag, text

_PRESS: Final = re.compile(r"r:(\d{1,18}):(\d{1,6}):([pro])", re.ASCII)
_LETTERS: Final = {"p": Decision.PUBLISHED, "r": Decision.REJECTED, "o": Decision.OFF_TOPIC}
_MAINTAINERS: Final = Destination(chat="")  # they see what the channel would see
_TOPICS, _WORDS = 4, 6  # topics shown, and words of each
_RULES, _RULE_UNITS = 3, 100
_UNITS, _LACK, _REASON = 80, 300, 500

DECIDED: Final = {
    Decision.PUBLISHED: "Опубликовано",
    Decision.REJECTED: "Отклонено",
    Decision.OFF_TOPIC: "Не та тема",
    Decision.EXPIRED: "Никто не решил вовремя. Кнопки ещё действуют",
    Decision.OVERTAKEN: "Ушло в канал само: о том же написали так, что правилам решение не нужно",
}
"""What a decision is called in the chat."""

DECISION: Final = " · решение: "
"""Stands in an entry's reason before the last decision of maintainers, in lower case."""


NEWS: Final = "; новое: "
"""Stands in an entry's reason before what the entry adds to the story that it joined."""

_JOINED: Final = re.compile(rf"; (?:{SAME_ADDRESS}|{LIKENESS} \d|{ONE_HEADLINE})")


def outcome_label(outcome: Outcome, reason: str) -> str:
    """Return what became of an entry, in Russian. Its reason shows how maintainers rejected it, and whether its post
    began a story or continued one.
    """
    is_off_topic = reason.rpartition(DECISION)[2].startswith(DECIDED[Decision.OFF_TOPIC].lower())
    if outcome is Outcome.REJECTED and is_off_topic:
        return "редактор решил: не та тема"
    return f"{goes_on(reason)}: пост в канал" if outcome is Outcome.POSTED and goes_on(reason) else OUTCOMES[outcome]


def goes_on(reason: str) -> str:
    """Return what a posted article is to an earlier story, by its reason; "" if it began one.

    Without anything new it was posted because the rules had been less sure of the story, or after a retraction.
    """
    if not _JOINED.search(reason):
        return ""
    return "продолжение истории" if NEWS in reason else "ещё одно изложение истории"


def ask(story: Story, part: int, *, now: datetime) -> str:
    """Return the HTML of the question: the rules to judge; the post as it would look, matched words underlined; for
    each topic the rule and its words; and what kept the story from the channel. For a retracted story that is said
    first.
    """
    verdict = part_of(story, part).lead.verdict
    label = heading(story.retracted) if story.retracted else _label(verdict)
    shown = join("\n", (label, render(story, part, to=_MAINTAINERS, now=now, marked=True)))
    reasons = [*verdict.grounds, *[""] * len(verdict.topics)]  # empty for a verdict recorded before grounds existed
    topics = [pair for pair in zip(verdict.topics, reasons, strict=False) if pair[0].tier is Tier.REVIEW]
    lack = [text(f"Сразу в канал не пошло: {line(verdict.lack, _LACK)}")] if verdict.lack else []
    rows = [*(_why(topic, reason) for topic, reason in topics[:_TOPICS]), *lack]
    return fitting(rows, lambda some: _with(shown, some), room=200)  # for what will be decided


def _label(verdict: Verdict) -> Html:
    rules = [line(topic.rule, _RULE_UNITS) for topic in verdict.topics if topic.tier is Tier.REVIEW]
    named = ", ".join(f"«{rule}»" for rule in rules[:_RULES])
    return text(f"{'На проверку, скорее не наше' if verdict.is_unlikely else 'На проверку'} · правило {named}")


def _with(shown: Html, rows: Sequence[Html]) -> Html:
    return join("\n\n", (shown, tag("i", join("\n", rows)))) if rows else shown


def _why(topic: TopicVerdict, reason: str) -> Html:
    words = dict.fromkeys(f"«{line(match.form, _UNITS)}» ({line(match.term, _UNITS)})" for match in topic.matches)
    named = f"{line(topic.title, _UNITS)}, правило «{line(topic.rule, _UNITS)}»"
    return text(f"{named}: {line(reason, _REASON) or ', '.join([*words][:_WORDS])}")


def append_decision(asked: str, decision: Decision, *, initial: str, at: datetime, zone: str) -> str:
    """Return the question with the decision below it."""
    return join("\n\n", (Html(asked), tag("b", text(decision_label(decision, initial=initial, at=at, zone=zone)))))


def decision_label(decision: Decision, *, initial: str, at: datetime, zone: str) -> str:
    """«Отклонено · 23.11 14:05 · А.» as plain text, in the time zone `zone`."""
    by = f" · {initial}." if initial else ""
    return f"{DECIDED[decision]} · {at.astimezone(ZoneInfo(zone)):%d.%m %H:%M}{by}"


def buttons(story_id: int, part: int) -> Buttons:
    """Return the buttons below the question."""
    data = f"r:{story_id}:{part}"
    return (
        (("Опубликовать", f"{data}:p"),),
        (("Отклонить", f"{data}:r"), ("Не та тема", f"{data}:o")),
    )


def parse_press(data: str) -> tuple[int, int, Decision] | None:
    """Parse a button's data into story, part and decision; None if no button of ours sends it."""
    press = _PRESS.fullmatch(data)
    return (int(press[1]), int(press[2]), _LETTERS[press[3]]) if press else None


def initial_of(name: str) -> str:
    """Return the one letter of a name that is stored, "" if the name does not begin with a letter."""
    return name.strip()[:1].upper()[:1] if name.strip()[:1].isalpha() else ""


def is_asked(story: Story, part: int) -> bool:
    """Whether maintainers decide about a part: no rule is sure of it, or it came after its story was retracted."""
    return part not in story.struck and (part_of(story, part).tier is not Tier.POST or story.retracted is not None)
