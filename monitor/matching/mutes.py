"""Muted rules: the `/mute` and `/unmute` commands, how they name rules, and the answers.

A muted rule posts nothing and asks nobody; articles that only muted rules match are held until the mute ends.
matcher.py applies mutes to an article; storage/mutes.py stores them (docs/decisions/0022).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from itertools import islice
from typing import Final, Literal
from zoneinfo import ZoneInfo

from monitor.matching.compiled_rules import CompiledRules
from monitor.text.telegram_html import Html, join, line, tag, text

MOST_HOURS: Final = 168
_REQUEST: Final = re.compile(r"(?P<rule>.*[^ ]) +(?P<hours>-?[0-9]{1,9}) ?(?:ч|час|часа|часов)?\.?")
_QUOTES: Final = re.compile(r"[«»\"“”„']")
_LONGEST: Final = 200  # UTF-16 units of a request, and of a rule's name
_NEAREST, _SHOWN = 3, 8  # names offered; rules of each kind in one message
_NONE: Final = {"mute": "Нет такого правила", "unmute": "На паузе такого правила нет"}
_EXAMPLE: Final = "Пишите так: /mute правило часы — например, /mute в Россию 24. Часов может быть от 1 до 168."


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleName:
    """A rule as maintainers may name it: `topic` is the topic's id, `title` its title as readers see it."""

    topic: str
    title: str
    rule: str

    @property
    def key(self) -> tuple[str, str]:
        """The rule's identity: the topic's id and the rule's name."""
        return self.topic, self.rule

    @property
    def path(self) -> str:
        """«topic/rule», as alarms and reasons write it."""
        return f"{self.topic}/{self.rule}"

    @property
    def full(self) -> str:
        """«Тема: правило», which is unique."""
        return f"{self.title}: {self.rule}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """A rule that is silent until an instant (UTC); `initial` is the first letter of the name of who muted it."""

    name: RuleName
    until: datetime
    initial: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteRequest:
    """What `/mute` asks for: a rule, and for how long it is to be silent."""

    name: RuleName
    length: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An article that only muted rules matched; `name` is the first of them."""

    name: RuleName
    title: str
    url: str
    feed: str


def no_mutes(_now: datetime) -> tuple[Mute, ...]:
    """A source of mutes that has none, for use where nobody can mute a rule."""
    return ()


def names_of(compiled: CompiledRules) -> tuple[RuleName, ...]:
    """Return the names of every rule, in the file's order."""
    topics = compiled.topics
    named = ((topics[rule.topic], rule.name) for rule in compiled.rules)
    return tuple(RuleName(topic=topic.id, title=topic.title, rule=rule) for topic, rule in named)


# ── what is asked ───────────────────────────────────────────────────────────────────────────────────────────────


def mute_request(said: str, rules: Sequence[RuleName]) -> MuteRequest | Html:
    """Parse what was written after `/mute`: «правило часы» or «тема: правило часы». Return the error as Html."""
    said = line(said, _LONGEST)
    written = _REQUEST.fullmatch(said)
    if written is None or _called(said, rules):
        return _hours_missing(said, rules)
    hours = int(written["hours"])
    if not 1 <= hours <= MOST_HOURS:
        return text(f"Часов может быть от 1 до {MOST_HOURS}, а не {hours}.")
    name = one_of(written["rule"], rules, command="mute", hours=written["hours"])
    if not isinstance(name, RuleName):
        return name
    return MuteRequest(name=name, length=timedelta(hours=hours))


def one_of(
    said: str, rules: Sequence[RuleName], *, command: Literal["mute", "unmute"], hours: str = ""
) -> RuleName | Html:
    """Return the one rule with this name; else what to write instead: its namesakes in full, or the nearest names."""
    said = line(said, _LONGEST)
    names = _called(said, rules)
    if len(names) == 1:
        return names[0]
    if names:
        head = "Такое правило есть в нескольких темах. Которое?"
        return join("\n", (text(head), *(_command(command, name.full, hours) for name in names[:_SHOWN])))
    head = f"{_NONE[command]}: «{said}». Похожие:"
    return join("\n", (text(head), *_nearest(said, rules, command, hours)))


def _hours_missing(said: str, rules: Sequence[RuleName]) -> Html:
    head = text(f"На сколько часов? {_EXAMPLE}")
    called = [_command("mute", name.full, "24") for name in _called(said, rules)]
    return join("\n", (head, *(called or _nearest(said, rules, "mute", "24"))))


def _called(said: str, rules: Iterable[RuleName]) -> list[RuleName]:
    return [name for name in rules if _folded(said) in map(_folded, _spellings(name))]


def _spellings(name: RuleName) -> tuple[str, ...]:
    """Every way to write a rule's name: as people do, as this chat shows it, as alarms and reasons do."""
    return name.rule, name.full, f"{name.topic}: {name.rule}", name.path


def _nearest(said: str, rules: Sequence[RuleName], command: str, hours: str) -> list[Html]:
    spelt = {_folded(spelling): name for name in rules for spelling in _spellings(name)}
    alike = get_close_matches(_folded(said), spelt, n=len(spelt) or 1, cutoff=0.0)
    names = dict.fromkeys(spelt[spelling].full for spelling in alike)
    return [_command(command, full, hours) for full in islice(names, _NEAREST)]


def _folded(said: str) -> str:
    return " ".join(_QUOTES.sub("", said).casefold().replace("ё", "е").split())


# ── what is said ────────────────────────────────────────────────────────────────────────────────────────────────


def mute_label(mute: Mute, *, zone: str) -> str:
    """«Тема: правило» до 23.11 14:05 (А.), as plain text."""
    by = f" ({mute.initial}.)" if mute.initial else ""
    return f"«{line(mute.name.full, _LONGEST)}» до {clock_time(mute.until, zone)}{by}"


def clock_time(at: datetime, zone: str) -> str:
    """Return the day and the time in the maintainers' time zone."""
    return f"{at.astimezone(ZoneInfo(zone)):%d.%m %H:%M}"


def reason(rules: Iterable[tuple[str, str]], mutes: Iterable[Mute], *, zone: str) -> str:
    """Say why an article that only muted rules (topic's id, name) matched is held, and until when."""
    until = {mute.name.key: mute.until for mute in mutes}
    return "; ".join(
        f"{topic}: {rule}; правило на паузе (/mute) до {clock_time(until[topic, rule], zone)}" for topic, rule in rules
    )


def listing(mutes: Sequence[Mute], fired: Mapping[RuleName, int], *, days: int, zone: str) -> Html:
    """List what is muted and until when, and the rules that fired most (`fired`: how often), with commands to mute
    them.
    """
    now = [text(mute_label(mute, zone=zone)) for mute in mutes[:_SHOWN]]
    more = [text(f"и ещё {len(mutes) - _SHOWN}")] if len(mutes) > _SHOWN else []
    most = sorted(fired.items(), key=lambda one: -one[1])[:_SHOWN]
    busy = [join(" ", (_command("mute", name.full, "24"), text(f"— {count}"))) for name, count in most]
    parts = (
        tag("b", text("На паузе" if now else "На паузе ничего нет")),
        *(*now, *more),
        *((text(""), tag("b", text(f"Чаще всего срабатывали за {days} дн."))) if busy else ()),
        *busy,
        *(text(""), text(_EXAMPLE), text("Снять паузу: /unmute правило")),
    )
    return join("\n", parts)


def mute_message(mute: Mute, *, zone: str) -> Html:
    """Return the answer to `/mute`, with the command that ends the mute."""
    rest = "Что найдёт только оно, бот придержит и покажет здесь, когда пауза кончится."
    return join(
        "\n", (text(f"На паузе: {mute_label(mute, zone=zone)}. {rest}"), _command("unmute", mute.name.full, ""))
    )


def unmute_message(name: RuleName, held: int) -> Html:
    """Return the answer to `/unmute`; `held` is the number of articles shown after it."""
    rest = f"Придержано новостей: {held}, они ниже." if held else "За время паузы ничего не придержано."
    return text(f"Снова работает: «{line(name.full, _LONGEST)}». {rest}")


def void_message(names: Iterable[RuleName]) -> Html:
    """Return the message about muted rules that keywords.yaml no longer has."""
    gone = "; ".join(f"«{line(name.full, _LONGEST)}»" for name in islice(names, _SHOWN))
    return text(f"Пауза больше не действует, в keywords.yaml нет такого правила: {gone}. Новое имя — новый /mute.")


def _command(name: str, rule: str, hours: str) -> Html:
    """Return a command that one tap copies."""
    return tag("code", text(f"/{name} {line(rule, _LONGEST)} {hours}".rstrip()))
